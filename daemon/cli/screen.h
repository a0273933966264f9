/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Text on a terminal: how wide it is, and that it cannot do anything there. Names come from
 * strangers: a control sequence in one could repaint a moderator's screen, a direction override
 * could make one name look like another.
 */
#ifndef CLI_SCREEN_H
#define CLI_SCREEN_H

#include "base/str.h"
#include <stdbool.h>
#include <stddef.h>

/* Columns that valid UTF-8 takes: East Asian wide and fullwidth two, combining none, joined emoji
 * two together. */
size_t screen_width(const char *text);
/* Appends the text with controls, direction marks and separators written as \t, \n, \u202e.
 * with_backslash: a backslash doubled too, so that a program can undo it. */
void screen_make_visible(const char *text, bool with_backslash, struct str *out);
/* Appends the text; where some of it reads from right to left, between isolates, so that what
 * stands beside it keeps its place on terminals that turn such text. */
void screen_isolate(const char *text, struct str *out);
/* Appends as much as fits into `most` columns, with an ellipsis where something was cut. Returns
 * the columns taken. */
size_t screen_cut(const char *text, size_t most, struct str *out);
/* The terminal's width at a descriptor; 0 when it is none. */
size_t screen_columns(int fd);
size_t screen_rows(int fd); /* likewise its height */

#endif
