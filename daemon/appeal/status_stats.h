/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* An appeal's signatures of all its versions, by day, by country and by affiliation: for those who
 * work on it, who see them all anyway. */
#ifndef APPEAL_STATUS_STATS_H
#define APPEAL_STATUS_STATS_H

#include "appeal/signature.h"

struct stats_total {
    int64_t signatures[SIGNATURE_STATE_COUNT];
    int64_t members; /* of the listed ones, as they state them */
};
US_MUST_CHECK enum us_err status_stats_total(struct reader *reader, int64_t appeal,
                                             struct stats_total *out);

struct stats_count {   /* borrowed while the callback runs */
    int64_t day;       /* by day alone */
    const char *name;  /* country code, "" for none; affiliation as it was typed first */
    int64_t confirmed; /* by day: that were confirmed on it, whatever became of them */
    int64_t waiting;   /* by country: confirmed and held */
    int64_t listed;
    int64_t members; /* of the listed ones; not by day */
};
typedef bool stats_callback(const struct stats_count *count, void *arg); /* false: stop */

/* Each day that somebody signed on, oldest first. */
US_MUST_CHECK enum us_err status_stats_days(struct reader *reader, int64_t appeal,
                                            stats_callback *on_count, void *arg);
/* Most listed ones first. */
US_MUST_CHECK enum us_err status_stats_countries(struct reader *reader, int64_t appeal,
                                                 stats_callback *on_count, void *arg);
/* The `most` with the most listed ones. Only those whom everybody may see are counted. */
US_MUST_CHECK enum us_err status_stats_affiliations(struct reader *reader, int64_t appeal,
                                                    int64_t most, stats_callback *on_count,
                                                    void *arg);

#endif
