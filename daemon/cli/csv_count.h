/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Counts the records of a CSV file as it comes, by RFC 4180: a line end in quotes is text. */
#ifndef CLI_CSV_COUNT_H
#define CLI_CSV_COUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct csv_count { /* all zero: nothing has come yet */
    int64_t ended;
    bool is_quoted, is_open; /* in quotes; in a record that has not ended */
};

void csv_count_add(struct csv_count *count, const char *data, size_t len);
/* The records behind the header; -1 when there is not even a header. */
int64_t csv_count_rows(const struct csv_count *count);

#endif
