/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What the program says to a person, on standard error: "undersign: what: why; hint". Also asking,
 * and what each kind of failure is as an exit status (sysexits.h; undersign(1) lists them).
 */
#ifndef CLI_TALK_H
#define CLI_TALK_H

#include "base/err.h"
#include "base/fault.h"
#include <stdbool.h>
#include <stddef.h>

#define TALK_STATUS_PARTLY 1        /* of several things some could not be done */
#define TALK_STATUS_INTERRUPTED 130 /* as shells have it for SIGINT */

/* A whole sentence behind "undersign: ". */
void talk_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A line without it: what was done. */
void talk_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same, and behind it a colon and a stranger's name, which is kept from turning the line. */
void talk_named(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Says what failed and gives the exit status. The file at fault, where there is one, stands first,
 * so that editors find it; folder (NULL: none) is put before it. */
int talk_failure(enum us_err err, const struct fault *fault, const char *folder);
int talk_status(enum us_err err);

/* Somebody sits at standard input and sees standard error. */
bool talk_is_interactive(void);
/* Asks until yes or no is said; false at the input's end. */
bool talk_ask(const char *question);
/* A line typed in answer; NULL at the input's end or for an empty one. The caller's. */
char *talk_ask_line(const char *question);

#endif
