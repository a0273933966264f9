/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "text/slip.h"
#include "base/utf8.h"
#include "text/unicode.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Code points of it; SLIP_LENGTH_MOST + 1 where there are more than fit. */
static size_t read_points(const char *text, uint32_t points[SLIP_LENGTH_MOST])
{
    size_t len = strlen(text), count = 0;

    for (size_t at = 0; at < len;) {
        if (count == SLIP_LENGTH_MOST)
            return SLIP_LENGTH_MOST + 1;
        points[count++] = utf8_next(text, len, &at);
    }
    return count;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t slip_distance(const char *a, const char *b)
{
    uint32_t of_a[SLIP_LENGTH_MOST], of_b[SLIP_LENGTH_MOST];
    size_t row[SLIP_LENGTH_MOST + 1]; /* steps from the beginning of a so far to each of b */
    size_t len_a = read_points(a, of_a), len_b = read_points(b, of_b);

    if (len_a > SLIP_LENGTH_MOST || len_b > SLIP_LENGTH_MOST)
        return SIZE_MAX;
    for (size_t k = 0; k <= len_b; k++)
        row[k] = k;
    for (size_t i = 0; i < len_a; i++) {
        size_t before = row[0]; /* the row above, one to the left */

        row[0] = i + 1;
        for (size_t k = 0; k < len_b; k++) {
            size_t above = row[k + 1];

            row[k + 1] = least(before + (of_a[i] != of_b[k]), least(above, row[k]) + 1);
            before = above;
        }
    }
    return row[len_b];
}

bool slip_is(const char *was, const char *now)
{
    char *a = unicode_fold(was), *b = unicode_fold(now);
    size_t len_a = utf8_length(a, strlen(a)), len_b = utf8_length(b, strlen(b));
    size_t most = (len_a > len_b ? len_a : len_b) / SLIP_SHARE;
    bool is;

    if (most < SLIP_STEPS_LEAST)
        most = SLIP_STEPS_LEAST;
    is = strcmp(a, b) == 0 || slip_distance(a, b) <= most;
    free(a);
    free(b);
    return is;
}
