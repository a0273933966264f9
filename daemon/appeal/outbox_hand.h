/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What people do with mail by its id: look at one, have it tried at once, drop it, send a test. */
#ifndef APPEAL_OUTBOX_HAND_H
#define APPEAL_OUTBOX_HAND_H

#include "appeal/outbox.h"
#include "base/fault.h"

/* One mail, while the callback runs. US_NOT_FOUND. */
US_MUST_CHECK enum us_err outbox_find(struct reader *reader, int64_t id,
                                      void (*on_row)(const struct outbox_row *row, void *arg),
                                      void *arg);

struct outbox_act { /* borrowed */
    int64_t id, now;
    const char *actor, *reason; /* reason NULL: none given */
    bool is_try;                /* say whether it could be done, and do nothing */
};

/* These wait, and write an audit row where they change something. *changed is false where it was so
 * already. US_NOT_FOUND: there is no such mail (any more); US_CONFLICT: it cannot be done, US_BUSY:
 * it is with the relay now; the fault says why. */

/* Due now, with all its tries before it. What was given up by the relay's word comes back as long
 * as its term is not over; a letter to an addressee does not, for its edition has failed. */
US_MUST_CHECK enum us_err outbox_retry(struct site *site, const struct outbox_act *act,
                                       bool *changed, struct fault *fault);
/* It is never sent. A letter's edition has failed then; who waits for a confirmation's link waits
 * until its row expires. */
US_MUST_CHECK enum us_err outbox_drop(struct site *site, const struct outbox_act *act,
                                      bool *changed, struct fault *fault);

#define OUTBOX_TESTS_PER_DAY 50

/* Queues a test mail to an address that somebody typed. US_INVALID: it is none; US_LIMITED: too
 * many today, to that mailbox or in all. Each with a fault. */
US_MUST_CHECK enum us_err outbox_test(struct site *site, const char *address,
                                      const struct outbox_act *act, int64_t *id,
                                      struct fault *fault);

struct outbox_outcome { /* outbox_outcome_clear() */
    bool is_known;      /* else it is still under way */
    bool is_taken;
    char *answer;     /* what the relay said, or where the file lies; else why it failed */
    char *encryption; /* NULL: none */
};
/* What became of a test. US_NOT_FOUND when somebody dropped it. Waits. */
US_MUST_CHECK enum us_err outbox_test_outcome(struct site *site, int64_t id,
                                              struct outbox_outcome *out);
void outbox_outcome_clear(struct outbox_outcome *outcome);
/* It was read, or nobody will: the row goes. Waits. */
US_MUST_CHECK enum us_err outbox_test_forget(struct site *site, int64_t id);

#endif
