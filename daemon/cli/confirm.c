/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A habit of saying "yes" undoes nothing, so what cannot be taken back asks for a name: whoever
 * types it has read it. A script has nobody to ask, and says so itself with --yes.
 */
#include "cli/confirm.h"
#include "base/mem.h"
#include "cli/ask.h"
#include "cli/stop.h"
#include "cli/talk.h"
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static bool is_settled(const struct options *options)
{
    return options_has(options, OPTION_YES) || options_has(options, OPTION_DRY_RUN);
}

static int refuse(const struct options *options)
{
    const struct command *command = &command_table[options->command];
    char *words = ask_typed_words(options, "--yes");

    talk_error("%s%s%s: nothing was done; if that is meant: %s", command->noun,
               command->verb != NULL ? " " : "", command->verb != NULL ? command->verb : "", words);
    free(words);
    return EX_USAGE;
}

int confirm_can_ask(const struct options *options)
{
    return is_settled(options) || talk_is_interactive() ? EX_OK : refuse(options);
}

static int finish(bool is_meant)
{
    if (*stop_flag() != 0) {
        talk_error("interrupted; nothing was done");
        return TALK_STATUS_INTERRUPTED;
    }
    if (!is_meant)
        talk_note("Nothing was done.");
    return is_meant ? EX_OK : EX_NOPERM;
}

int confirm_name(const struct options *options, const char *what, const char *name)
{
    char *question, *line;
    bool is_meant;

    if (is_settled(options))
        return EX_OK;
    if (what[0] != '\0')
        talk_note("%s", what);
    if (!talk_is_interactive())
        return refuse(options);
    question = mem_format("To go on, type %s: ", name);
    line = talk_ask_line(question);
    is_meant = line != NULL && strcmp(line, name) == 0;
    free(question);
    free(line);
    return finish(is_meant);
}

int confirm_question(const struct options *options, const char *question)
{
    if (is_settled(options))
        return EX_OK;
    if (!talk_is_interactive())
        return refuse(options);
    return finish(talk_ask(question));
}

int confirm_reason(const struct options *options, const char *question, char **reason)
{
    const struct command *command = &command_table[options->command];

    *reason = NULL;
    if (options_has(options, OPTION_REASON) || options_has(options, OPTION_DRY_RUN))
        return EX_OK;
    if (talk_is_interactive())
        *reason = talk_ask_line(question);
    if (*reason != NULL)
        return EX_OK;
    if (*stop_flag() != 0) {
        talk_error("interrupted; nothing was done");
        return TALK_STATUS_INTERRUPTED;
    }
    talk_error("%s %s: a reason is needed; add --reason TEXT", command->noun, command->verb);
    return EX_USAGE;
}
