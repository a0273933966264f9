/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/csv_count.h"

void csv_count_add(struct csv_count *count, const char *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        /* A quote that is doubled ends the quotes and begins them again, which is right too. */
        if (data[i] == '"')
            count->is_quoted = !count->is_quoted;
        count->is_open = data[i] != '\n' || count->is_quoted;
        count->ended += !count->is_open;
    }
}

int64_t csv_count_rows(const struct csv_count *count)
{
    return count->ended + count->is_open - 1;
}
