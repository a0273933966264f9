/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a mailbox has under an appeal, for the mail that somebody asked for who lost the others. */
#ifndef APPEAL_OUTBOX_LINKS_H
#define APPEAL_OUTBOX_LINKS_H

#include "appeal/outbox.h"

#define OUTBOX_LINKS_MOST 3 /* of those that are signed, and of those that wait */

/* Fills mail->links for mail->recipient: first what is signed, then what waits to be confirmed, of
 * organisations that are not among the signed ones, each organisation once and its newest. */
US_MUST_CHECK enum us_err outbox_links_make(struct site *site, struct reader *reader,
                                            int64_t appeal, int64_t now, struct outbox_mail *mail);
void outbox_links_free(struct outbox_mail *mail); /* wipes; those of the mail alone */

#endif
