/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What has had its time goes by itself: the daemon's timer and `undersign retention run` do the
 * same. Counts stay true, and what tells fakes stays: names of organisations, states, hashes (of an
 * appeal that ended, without the key that they were made with).
 */
#ifndef APPEAL_RETENTION_H
#define APPEAL_RETENTION_H

#include "appeal/site.h"
#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

enum retention_rule {
    RETENTION_PENDING,  /* forms that nobody confirmed */
    RETENTION_CONTACT,  /* what the server keeps of mailboxes */
    RETENTION_REFUSED,  /* persons and contact of refused and struck signatures */
    RETENTION_ARCHIVED, /* the same of all signatures of an archived appeal */
    RETENTION_MAIL,     /* mails that were given up */
    RETENTION_EDITIONS, /* letters that were made and never delivered */
    RETENTION_RULES
};

struct retention_state { /* of one rule */
    int64_t due;         /* rows past their term */
    bool has_next;
    int64_t next_on; /* day on which the next one is; of those that are not due */
};

const char *retention_name(enum retention_rule rule); /* "pending" */
const char *retention_what(enum retention_rule rule); /* a few words for people */
/* "30 days after the decision", "never"; the caller's. */
char *retention_after(const struct site *site, enum retention_rule rule);

/* These wait. What is due by every rule at that moment. */
US_MUST_CHECK enum us_err retention_look(struct site *site, int64_t now,
                                         struct retention_state states[RETENTION_RULES]);
/* What of persons is due since more than a day: whatever deletes it does not. */
struct retention_overdue {
    int64_t refused, appeals; /* signatures refused or struck; appeals archived */
};
US_MUST_CHECK enum us_err retention_overdue_read(struct reader *reader, struct site *site,
                                                 int64_t now, struct retention_overdue *out);
/* Deletes all of it, in small jobs; cut off anywhere, the next run goes on. Each of them that
 * erases persons has an audit row. wants_stop (NULL: nobody) is asked between them: US_CANCELLED.
 * What a rule fails at keeps none of the others from being gone by, nor does a damaged row:
 * US_CORRUPT at the end. */
struct retention_run {
    const char *actor; /* "service", "unix:anna" */
    const char *reason;
    int64_t now;
    bool (*wants_stop)(void *arg);
    void *arg;
    int64_t *damaged; /* out: rows that could not be read, and keep their data; may be NULL */
};
US_MUST_CHECK enum us_err retention_run(struct site *site, const struct retention_run *run);

#endif
