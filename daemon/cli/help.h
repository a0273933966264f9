/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the command table says, for people and for the shell's completion. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "base/str.h"
#include "cli/options.h"

/* Appends the help on everything (noun NULL), on a noun, or on one command. US_NOT_FOUND when there
 * is no such command. */
US_MUST_CHECK enum us_err help_print(const char *noun, const char *verb, struct str *out);
/* Appends "undersign noun verb [options] ARGUMENTS". */
void help_synopsis(enum command_id command, struct str *out);
/* Appends what can follow the words typed so far, one on each line; FILE and DIR stand for names
 * that the shell knows. */
void help_complete(char *const *words, size_t count, struct str *out);

#endif
