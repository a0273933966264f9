/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Appeals that were archived and still hold persons, and when their term is over. */
#ifndef APPEAL_RETENTION_TERM_H
#define APPEAL_RETENTION_TERM_H

#include "appeal/appeal.h"

struct retention_appeal {
    int64_t id, archived_on;
    char slug[APPEAL_SLUG_MOST + 1];
};

/* Longest archived first; *out is the caller's (free()). */
US_MUST_CHECK enum us_err retention_term_read(struct reader *reader, struct retention_appeal **out,
                                              size_t *count);
/* The day so many months later, or that month's last where it has no such day. */
int64_t retention_term_day(int64_t day, int64_t months);

#endif
