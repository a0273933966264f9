/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What a check found, in words, on standard output: each finding on a line that begins with "ok",
 * "WRONG" or "note"; for programs as one JSON object.
 */
#ifndef CLI_VERDICT_H
#define CLI_VERDICT_H

#include "cli/options.h"
#include <stdbool.h>

struct verdict;

struct verdict *verdict_new(const char *what); /* "bundle" or "letter"; borrowed */
void verdict_free(struct verdict *verdict);
void verdict_holds(struct verdict *verdict, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void verdict_fails(struct verdict *verdict, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void verdict_note(struct verdict *verdict, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Nothing failed, and something held. */
bool verdict_is_good(const struct verdict *verdict);
/* Prints all of it. False when it cannot be written. */
bool verdict_print(const struct verdict *verdict, const struct options *options);

#endif
