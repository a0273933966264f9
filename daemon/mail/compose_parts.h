/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What all messages are put together from; for compose*.c alone. */
#ifndef MAIL_COMPOSE_PARTS_H
#define MAIL_COMPOSE_PARTS_H

#include "mail/compose.h"
#include "mail/view.h"
#include "text/language.h"

#define COMPOSE_BOUNDARY "=_undersign_part" /* cannot occur in base64 */
#define COMPOSE_LINE_BYTES 57               /* make 76 characters of base64, RFC 2045 section 6.8 */

/* Lines of base64, each with its CRLF. */
void compose_base64(struct str *out, const void *data, size_t len);
/* Unstructured text or a display name by RFC 2047, cut between characters; folded. */
void compose_words(struct str *out, const char *text);
/* From, To, Subject, Date, Message-ID, Content-Language, MIME-Version. name: of the recipient;
 * NULL: none. */
struct compose_head {
    const char *subject, *name;
    int64_t now;
};
void compose_headers(struct str *out, const struct config *config, const struct outbox_mail *mail,
                     const struct compose_head *head);
/* A part of text, which is wiped where it was drawn. */
void compose_text(struct str *out, void (*draw)(struct template *t, const struct mail_view *v),
                  const struct language *language, const struct mail_view *view, const char *type);

#endif
