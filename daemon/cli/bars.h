/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Numbers as bars on a terminal, each bar in two parts, and days folded into what fits. */
#ifndef CLI_BARS_H
#define CLI_BARS_H

#include "base/str.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Appends a bar of at most `width` columns for `full` and `rest` of `most`: anything above 0 can be
 * seen. is_block: with block elements, else with # and -. */
struct bar {
    int64_t full, rest, most;
    size_t width;
    bool is_block;
};
void bars_append(const struct bar *bar, struct str *out);
/* Whether the locale's encoding has block elements. */
bool bars_can_block(void);

struct bars_day {
    int64_t day; /* days since 1970 */
    int64_t confirmed, listed;
};
enum bars_unit { BARS_DAY, BARS_WEEK, BARS_MONTH, BARS_YEAR };
struct bars_span {  /* of a unit: a day, the days from a Monday on, ... */
    int64_t begins; /* its first day */
    int64_t confirmed, listed;
};
/* Folds days, oldest first, into the smallest unit of which at most `room` are needed (years,
 * whatever they need), with the empty ones between them. *out is the caller's; gives how many. */
size_t bars_fold(const struct bars_day *days, size_t count, size_t room, enum bars_unit *unit,
                 struct bars_span **out);
/* "2026-11-22", "2026-11", "2026". */
void bars_print_span(enum bars_unit unit, int64_t begins, char out[16]);

#endif
