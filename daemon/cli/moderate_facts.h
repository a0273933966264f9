/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A signature in words, for a moderator: what is suspicious first, each with a sign and a word
 * (colour only repeats them), then what its form says. What strangers typed is isolated, and
 * nothing in it acts on a terminal.
 */
#ifndef CLI_MODERATE_FACTS_H
#define CLI_MODERATE_FACTS_H

#include "base/str.h"
#include "cli/moderate_review.h"
#include "cli/paint.h"
#include <stddef.h>

struct facts_line {
    char *text;
    enum paint paint;
    bool is_spare; /* goes first where there is no room */
};

struct facts {
    struct facts_line *lines;
    size_t count, columns; /* columns: of the terminal; 0: lines are not broken */
    bool is_short;         /* what is seldom needed is left out, what is long is cut */
};

/* Around what strangers typed, in a text for a line: it is isolated there. */
#define FACTS_NAME "\001%s\002"

/* Appends the lines of a signature. */
void facts_add(struct facts *facts, const struct review *review);
/* All that is like it, and all that was said and done about it. */
void facts_add_details(struct facts *facts, const struct review *review);
/* A text that may be longer than the screen is wide. */
void facts_add_line(struct facts *facts, enum paint paint, const char *text);
/* Leaves out lines until there are at most so many, and says that there are more. */
void facts_fit(struct facts *facts, size_t rows);
/* Appends them with line ends; colour only where it is on. */
void facts_print(const struct facts *facts, size_t from, size_t count, bool is_painted,
                 struct str *out);
void facts_clear(struct facts *facts);

#endif
