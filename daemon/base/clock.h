/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Times are passed in as parameters, so that no test sleeps; these are where they come from.
 * Wall times are microseconds since 1970 (UTC), days are days since 1970-01-01 (UTC).
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLOCK_SECOND INT64_C(1000000)
#define CLOCK_MINUTE (60 * CLOCK_SECOND)
#define CLOCK_HOUR (60 * CLOCK_MINUTE)
#define CLOCK_DAY (24 * CLOCK_HOUR)

int64_t clock_now(void);         /* wall time, for dates and terms */
int64_t clock_monotonic(void);   /* microseconds that only grow, for deadlines */
int64_t clock_day(int64_t wall); /* floors, also before 1970 */
/* "2026-11-22" for a day; out holds at least 16 bytes. */
void clock_print_day(int64_t day, char out[16]);
/* The inverse, strict: exactly YYYY-MM-DD and a day that exists. */
bool clock_parse_day(const char *text, int64_t *day);
/* "2026-11-22T02:21:53Z", RFC 3339; out holds at least 24 bytes. */
void clock_print(int64_t wall, char out[24]);

#endif
