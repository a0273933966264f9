/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Colour on a terminal, for words that are there without it too: it makes a state quicker to see,
 * and says nothing alone.
 */
#ifndef CLI_PAINT_H
#define CLI_PAINT_H

#include "base/str.h"
#include "cli/options.h"
#include <stdbool.h>

enum paint {
    PAINT_PLAIN,
    PAINT_HEADING, /* bold */
    PAINT_GOOD,    /* green */
    PAINT_WAITS,   /* yellow */
    PAINT_BAD,     /* red */
    PAINT_OVER,    /* dim */
};

/* By --color; else on a terminal that can (TERM), unless NO_COLOR is set to anything. */
bool paint_is_on(const struct options *options, int fd);
/* How a column's word is painted; most are plain. */
enum paint paint_choose(const char *column, const char *word);
/* Appends what begins a paint, and what ends any; nothing for plain. */
void paint_begin(enum paint paint, struct str *out);
void paint_end(enum paint paint, struct str *out);

#endif
