/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Queues a mail in the job that it belongs to. */
#ifndef APPEAL_OUTBOX_QUEUE_H
#define APPEAL_OUTBOX_QUEUE_H

#include "appeal/outbox.h"
#include "store/job.h"

struct outbox_letter {
    enum outbox_template template;
    int64_t appeal;
    int64_t reference; /* confirm: the pending row; delivery: the edition's; links: 0; others: the
                        * signature's */
    const char *language;
    const char *recipient;
    const char *file;   /* delivery: the name of the file that waits; else NULL */
    const char *reason; /* refused; else NULL */
    const char *merged; /* refused by a merge: the kept one's number; NULL: that is not told
                         */
    int64_t update;     /* update: its number; else 0 */
    int64_t now;
    int64_t due_at; /* not before; 0: at once */
};

/* Adds the step; the recipient and the secrets lie under the day's key. The caller calls
 * site_mail_queued() once the job is done. */
US_MUST_CHECK enum us_err outbox_queue(struct site *site, struct job *job,
                                       const struct outbox_letter *letter);
/* The same, telling the row's id. */
US_MUST_CHECK enum us_err outbox_queue_id(struct site *site, struct job *job,
                                          const struct outbox_letter *letter, int64_t *out);

/* Adds the steps that count a mail which anybody may have sent to a mailbox (its site's hash):
 * US_LIMITED over what it may get under the appeal, or in all, on that day. */
void outbox_queue_quotas(struct job *job, const struct config *config, int64_t appeal,
                         const uint8_t hash[KEYRING_HASH_SIZE], int64_t day);

struct outbox_payload { /* owned; outbox_payload_clear() */
    char *recipient, *file, *reason, *merged;
    int64_t update;
};
US_MUST_CHECK enum us_err outbox_payload_open(struct site *site, int64_t row, const void *data,
                                              size_t len, struct outbox_payload *out);
void outbox_payload_clear(struct outbox_payload *payload);

#endif
