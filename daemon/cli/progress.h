/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * How far something is, as a bar on standard error: on a terminal alone, as wide as that is,
 * redrawn some ten times a second at most, and gone when it ends. Nothing that takes less than a
 * moment gets one.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdint.h>

struct progress;

/* what: "Drawing", borrowed; total 0: unknown, and then only a number is shown. NULL where standard
 * error is no terminal; all others take that. */
struct progress *progress_new(const char *what, int64_t total);
void progress_show(struct progress *progress, int64_t done);
/* Erases the bar, and frees. */
void progress_end(struct progress *progress);

#endif
