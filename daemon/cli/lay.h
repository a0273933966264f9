/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a screen that is drawn as a whole is put together from. */
#ifndef CLI_LAY_H
#define CLI_LAY_H

#include "base/str.h"
#include "cli/paint.h"
#include <stdint.h>

struct lay { /* where it goes, and how */
    struct str *out;
    size_t columns; /* of the terminal */
    bool is_painted;
};

#define LAY_LABEL 13 /* columns that labels take, the blanks behind them with it */
#define LAY_NUMBER 32

/* "1,234,567". */
void lay_number(int64_t number, char out[LAY_NUMBER]);
/* "812 MB", "41.2 GB". */
void lay_bytes(int64_t bytes, char out[LAY_NUMBER]);
/* Of microseconds: "3 days 4 h", "12 min". */
void lay_span(int64_t span, char out[LAY_NUMBER]);

/* Appends text of ours, or words of others that screen_make_visible() has seen, in a paint. */
void lay_paint(const struct lay *lay, enum paint paint, const char *text);
/* A label and behind it a text, in as many lines as it takes. */
void lay_line(const struct lay *lay, const char *label, const char *text);
/* A text from column `indent` on, in as many lines as it takes; the first line is there already up
 * to `at`. */
void lay_wrap(const struct lay *lay, size_t indent, size_t at, enum paint paint, const char *text);

#endif
