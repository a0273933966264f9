/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Organisations' logos, where an appeal takes them (logos = yes). What a stranger uploads is drawn
 * anew in a process of its own; only that is kept. It may come and go until a moderator has listed
 * the signature, so what visitors see a moderator has seen; and it is shown where the organisation
 * is named to everybody, nowhere else.
 */
#ifndef APPEAL_LOGO_H
#define APPEAL_LOGO_H

#include "appeal/signatory.h"
#include "crypto/digest.h"

#define LOGO_UPLOAD_MOST (256 * 1024) /* bytes */
#define LOGO_WIDTH_MOST 320           /* pixels of what is kept */
#define LOGO_HEIGHT_MOST 160
#define LOGO_PNG_MOST (160 * 1024)
#define LOGO_PAGE 60

/* Draws and keeps it in place of one before. US_INVALID: no PNG or JPEG that can be drawn, or a
 * larger one; US_CONFLICT: a moderator decided, or the appeal takes none; US_BUSY: another is being
 * drawn; US_NOT_FOUND: the token leads nowhere. Takes up to seconds of the reader thread. */
void logo_put(struct reader *reader, struct site *site, const char *token, const void *data,
              size_t len, int64_t now, signatory_done *on_done, void *arg);
/* US_OK also where there was none. */
void logo_drop(struct reader *reader, struct site *site, const char *token, int64_t now,
               signatory_done *on_done, void *arg);

struct logo { /* owned; logo_clear() */
    void *png;
    size_t len;
    uint32_t width, height;
};
void logo_clear(struct logo *logo);
/* For everybody, by its digest: of an organisation that is named on the web by the published
 * version. US_NOT_FOUND otherwise. */
US_MUST_CHECK enum us_err logo_find(struct reader *reader, const uint8_t digest[DIGEST_SIZE],
                                    struct logo *out);
/* For a moderator, whatever the signature's state. */
US_MUST_CHECK enum us_err logo_of(struct reader *reader, const char *public_id, struct logo *out);
/* A moderator takes it off; an audit row. Waits. US_NOT_FOUND: there is none. */
US_MUST_CHECK enum us_err logo_remove(struct site *site, const char *public_id, const char *actor,
                                      const char *reason, struct fault *fault);

/* Those that everybody may see, by country and name; the signature as it may be seen. skip: how
 * many to pass over. At most LOGO_PAGE and one more, that says that there is another page. */
typedef bool logo_callback(const struct signature *seen, const uint8_t digest[DIGEST_SIZE],
                           uint32_t width, uint32_t height, void *arg);
US_MUST_CHECK enum us_err logo_each(struct reader *reader, int64_t appeal, int64_t version,
                                    int64_t skip, logo_callback *on_logo, void *arg);

#endif
