/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/moderate_request.h"
#include "base/mem.h"
#include "cli/client.h"
#include "cli/stop.h"
#include "cli/talk.h"
#include <stdlib.h>
#include <sysexits.h>

/* The service answers with a sentence and goes on; a connection that breaks, or a signal, ends the
 * run. Of a decision that was on its way then nobody here knows whether it was taken. */
static void fail(struct moderate *moderate, enum us_err err, const struct fault *fault)
{
    const char *text = fault->text[0] != '\0' ? fault->text : err_name(err);

    if (err == US_CANCELLED) {
        moderate->status = TALK_STATUS_INTERRUPTED;
        str_append_text(&moderate->broken, "interrupted");
    } else if (err == US_IO || err == US_CORRUPT || err == US_DENIED || err == US_NOT_FOUND) {
        moderate->status = talk_status(err);
        str_append_text(&moderate->broken, text);
    } else {
        moderate_say(moderate, true, "Not done: %s", text);
    }
}

bool moderate_request(struct moderate *moderate, enum command_id command,
                      const struct moderate_words *words)
{
    const struct command *entry = &command_table[command];
    const char *arguments[MODERATE_WORDS + 1];
    struct frame_option options[2] = {{NULL, NULL}};
    size_t option_count = 0;
    const struct client_handler handler = {.on_row = words->on_row, .arg = words->arg};
    struct fault fault = {.text = ""};
    size_t count = 0;
    char *name;
    enum us_err err;

    if (moderate->status != EX_OK)
        return false;
    name = mem_format("%s %s", entry->noun, entry->verb);
    if (words->reason != NULL)
        options[option_count++] =
            (struct frame_option){command_options[OPTION_REASON].name, words->reason};
    if (moderate->is_trial)
        options[option_count++] = (struct frame_option){command_options[OPTION_DRY_RUN].name, ""};
    if (!words->is_bare && entry->most > 0)
        arguments[count++] = moderate->session;
    for (size_t i = 0; i < words->count; i++)
        arguments[count++] = words->words[i];
    err = client_request(moderate->client,
                         &(struct frame_request_params){
                             .command = name,
                             .arguments = arguments,
                             .argument_count = count,
                             .options = options,
                             .option_count = option_count,
                         },
                         NULL, &handler, &fault);
    free(name);
    if (err == US_OK)
        return true;
    fail(moderate, err, &fault);
    return false;
}
