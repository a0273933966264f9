/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The command line, taken apart by the command table: options may stand anywhere, "--" ends them,
 * "-o FILE", "-oFILE", "--output FILE" and "--output=FILE" are the same.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "base/err.h"
#include "proto/command.h"
#include <stdbool.h>

struct options {                      /* borrowed from argv, but for the list itself */
    enum command_id command;          /* COMMAND_COUNT: none was named */
    const char *values[OPTION_COUNT]; /* NULL: not given; "" for one that takes no value. --jsonl
                                       * is --json too, for those who only ask whether it is JSON */
    const char **arguments;           /* behind noun and verb */
    size_t argument_count;
    const char *noun, *verb; /* as typed, for help; NULL: not given */
};

/* US_INVALID when it cannot be understood, which has then been said on standard error. With --help
 * or
 * --version only the noun and the verb are looked at. */
US_MUST_CHECK enum us_err options_parse(int argc, char *const *argv, struct options *out);
void options_clear(struct options *options);
static inline bool options_has(const struct options *options, enum command_option_id option)
{
    return options->values[option] != NULL;
}
/* What was meant by a mistyped word: the most alike of those that next() gives until NULL, or NULL
 * when none is alike enough. */
typedef const char *options_words(size_t index, const char *noun);
const char *options_suggest(const char *word, options_words *next, const char *noun);

#endif
