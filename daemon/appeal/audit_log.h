/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Reading the audit log. It may have millions of entries, and pages wait for the same readers: so
 * each function here is one short read, over a range of sequence numbers, and whoever wants all
 * comes again.
 */
#ifndef APPEAL_AUDIT_LOG_H
#define APPEAL_AUDIT_LOG_H

#include "store/audit.h"
#include <stdbool.h>
#include <stdint.h>

#define AUDIT_LOG_RANGE 2000 /* sequence numbers that one read covers */

struct audit_log_entry { /* borrowed, until the function that it is given to returns */
    int64_t seq, at;
    const char *act;
    const uint8_t *commitment, *digest; /* DIGEST_SIZE bytes; NULL where others stand there */
    const uint8_t *salt;                /* AUDIT_SALT_SIZE bytes */
    const char *actor, *subject;
    const char *reason; /* NULL: none was given, or it was erased, and its salt with it */
    bool is_erased;
    const uint8_t *reason_salt, *reason_digest; /* as those above */
};

struct audit_log_filter { /* zero: every entry */
    const char *subject;
    int64_t since; /* a time */
};

/* False: no more are wanted. */
typedef bool audit_log_function(const struct audit_log_entry *entry, void *arg);

/* The newest sequence number; 0: nothing was written yet. */
US_MUST_CHECK enum us_err audit_log_end(struct reader *reader, int64_t *out);
/* The entries behind `after`, of AUDIT_LOG_RANGE numbers at most, up to `end`, oldest first. */
US_MUST_CHECK enum us_err audit_log_read(struct reader *reader,
                                         const struct audit_log_filter *filter, int64_t after,
                                         int64_t end, audit_log_function *on_entry, void *arg);
/* Goes back from *before over one range, taking at most *wanted that the filter finds. Afterwards
 * *wanted is how many are still missing, and what is wanted stands behind *before. */
US_MUST_CHECK enum us_err audit_log_seek(struct reader *reader,
                                         const struct audit_log_filter *filter, int64_t *before,
                                         int64_t *wanted);
/* The same by days, for those who shall not learn the order of what has a day for its time: that
 * comes first of its day, ordered by subjects. The entries behind `after` that are of one day are
 * those up to *last. One read covers a day. */
US_MUST_CHECK enum us_err audit_log_day(struct reader *reader, int64_t after, int64_t end,
                                        int64_t *last);
US_MUST_CHECK enum us_err audit_log_count_day(struct reader *reader,
                                              const struct audit_log_filter *filter, int64_t after,
                                              int64_t last, int64_t *out);
struct audit_log_part {
    int64_t after, last; /* of one day */
    int64_t skip;        /* so many of what the filter finds */
};
US_MUST_CHECK enum us_err audit_log_read_day(struct reader *reader,
                                             const struct audit_log_filter *filter,
                                             const struct audit_log_part *part,
                                             audit_log_function *on_entry, void *arg);
/* The digest that stands at an entry; US_NOT_FOUND when there is no such. */
US_MUST_CHECK enum us_err audit_log_digest(struct reader *reader, int64_t seq,
                                           uint8_t out[DIGEST_SIZE]);

#endif
