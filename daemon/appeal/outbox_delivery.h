/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a mail that takes a letter to its addressee says and brings; and what becomes of the edition
 * with it. */
#ifndef APPEAL_OUTBOX_DELIVERY_H
#define APPEAL_OUTBOX_DELIVERY_H

#include "appeal/outbox.h"
#include "store/job.h"

/* token: what the file in "outgoing" is called by. US_NOT_FOUND when addressee or file are gone. */
US_MUST_CHECK enum us_err outbox_delivery_make(struct site *site, const struct appeal *appeal,
                                               const struct edition *edition, const char *token,
                                               struct outbox_delivery **out);
void outbox_delivery_free(struct outbox_delivery *delivery); /* NULL is fine */
/* The path of the file; the caller's. */
char *outbox_delivery_path(const struct site *site, const char *token);

/* The relay took the mail on that day; or nobody will. Adds the steps, by the edition's row. */
void outbox_delivery_accepted(struct job *job, const struct outbox_mail *mail, int64_t now);
void outbox_delivery_failed(struct job *job, int64_t edition, int64_t now);

#endif
