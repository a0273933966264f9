/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Signatures by their ids: shown, and decided on. A batch is sent in parts; each id is one act, so
 * what could not be done for one is told and the others go on, and running it again changes
 * nothing.
 */
#include "base/mem.h"
#include "cli/ask.h"
#include "cli/confirm.h"
#include "cli/ids.h"
#include "cli/output.h"
#include "cli/perform.h"
#include "cli/screen.h"
#include "cli/talk.h"
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define IDS_PER_REQUEST 500

/* Sends the command for all ids, in parts. */
static int send_parts(const struct options *options, const struct ids *ids, struct ask *ask,
                      const struct client_handler *handler)
{
    struct client *client;
    int status;

    if (ids->count == 0) {
        talk_note("There were no ids on standard input; nothing was done.");
        return EX_OK;
    }
    status = ask_open(options, &client);
    if (status != EX_OK)
        return status;
    for (size_t at = 0; at < ids->count && status == EX_OK; at += ask->argument_count) {
        size_t left = ids->count - at;
        ask->arguments = (const char *const *)ids->items + at;
        ask->argument_count = left < IDS_PER_REQUEST ? left : IDS_PER_REQUEST;
        status = ask_send(client, options, ask, handler);
    }
    client_close(client);
    return status;
}

static bool on_columns(const struct row_schema *schema, void *arg)
{
    output_columns(arg, schema);
    return true;
}

static bool on_row(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    if (!output_row(arg, schema, values)) {
        perform_broken_output();
        return false;
    }
    return !output_is_quit(arg);
}

/* One id, typed: an object. More, or a list from somewhere: an array, however many there are. */
static enum output_shape choose_shape(const struct options *options)
{
    bool is_one = options->argument_count == 1 && strcmp(options->arguments[0], "-") != 0;

    return is_one ? OUTPUT_ITEM : OUTPUT_ITEMS;
}

int perform_signatures(const struct options *options)
{
    struct output *output;
    struct ask ask = {.arguments = NULL};
    struct ids ids;
    int status = ids_read(options, stdin, &ids);

    if (status != EX_OK)
        return status;
    output = output_new(options, choose_shape(options));
    status = send_parts(options, &ids, &ask, &(struct client_handler){on_columns, on_row, output});
    ids_clear(&ids);
    if (status != EX_OK && !output_is_quit(output)) {
        output_free(output);
        return status;
    }
    return output_end(output) ? EX_OK : perform_broken_output();
}

/* ---- decisions ---- */

struct decided {
    struct output *output; /* NULL: not asked for */
    bool is_trial;         /* --dry-run */
    size_t done, same, failed;
    size_t missing; /* of those that failed: there is no such signature */
};

static bool on_decision_columns(const struct row_schema *schema, void *arg)
{
    struct decided *decided = arg;

    if (!row_schema_begins(schema, &row_decision)) {
        talk_error("the service sent columns that this version does not know");
        return false;
    }
    if (decided->output != NULL)
        output_columns(decided->output, schema);
    return true;
}

/* With the name as it is now: a signatory may have corrected it since it was looked at. */
static void note_done(const struct decided *decided, const char *id, const char *state,
                      const char *organisation)
{
    struct str visible = STR_INIT, name = STR_INIT;

    screen_make_visible(organisation, false, &visible);
    screen_isolate(str_text(&visible), &name);
    talk_note(decided->is_trial ? "%s would be %s: %s" : "%s is %s now: %s", id, state,
              str_text(&name));
    str_free(&visible);
    str_free(&name);
}

static bool on_decision(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct decided *decided = arg;
    const char *id = values[0].text, *state = values[2].text;

    if (values[4].is_set) {
        decided->failed++;
        if (strcmp(values[4].text, err_name(US_NOT_FOUND)) == 0)
            decided->missing++;
        talk_error("%s: %s", id, values[5].is_set ? values[5].text : values[4].text);
    } else if (values[3].number != 0) {
        decided->done++;
        note_done(decided, id, state != NULL ? state : "decided",
                  values[6].is_set ? values[6].text : "");
    } else {
        decided->same++;
        talk_note("%s was %s already", id, state != NULL ? state : "decided");
    }
    if (decided->output == NULL)
        return true;
    return output_row(decided->output, schema, values) || (perform_broken_output(), false);
}

/* Refusing and striking need a reason, and many at once a second thought. *reason is the caller's.
 */
static int ask_before(const struct options *options, size_t count, char **reason)
{
    const struct command *command = &command_table[options->command];
    bool is_grave = options->command == COMMAND_SIGNATURE_REFUSE ||
                    options->command == COMMAND_SIGNATURE_STRIKE;

    *reason = NULL;
    if (!is_grave || options_has(options, OPTION_DRY_RUN))
        return EX_OK;
    if (!options_has(options, OPTION_REASON) && talk_is_interactive())
        *reason = talk_ask_line("Reason (for the audit log, and for the signatory when refused): ");
    if (!options_has(options, OPTION_REASON) && *reason == NULL) {
        talk_error("signature %s: a reason is needed; add --reason TEXT", command->verb);
        return EX_USAGE;
    }
    if (count > 1 && !options_has(options, OPTION_YES) && talk_is_interactive()) {
        char *question =
            mem_format("%s %zu signatures?",
                       options->command == COMMAND_SIGNATURE_REFUSE ? "Refuse" : "Strike", count);
        int status = confirm_question(options, question);
        free(question);
        return status;
    }
    return EX_OK;
}

int perform_decision(const struct options *options)
{
    struct decided decided = {.is_trial = options_has(options, OPTION_DRY_RUN)};
    struct ask ask = {.arguments = NULL};
    char *reason = NULL;
    struct ids ids;
    size_t ids_count;
    int status;

    if (options_has(options, OPTION_WHERE))
        return perform_bulk(options);
    status = ids_read(options, stdin, &ids);
    if (status != EX_OK)
        return status;
    status = ask_before(options, ids.count, &reason);
    if (status == EX_OK) {
        if (options_has(options, OPTION_JSON))
            decided.output = output_new(options, choose_shape(options));
        ask.reason = reason;
        status = send_parts(options, &ids, &ask,
                            &(struct client_handler){on_decision_columns, on_decision, &decided});
    }
    if (decided.output != NULL && !output_end(decided.output) && status == EX_OK)
        status = perform_broken_output();
    if (ids.count > 1)
        talk_note("%zu done, %zu as they were, %zu failed", decided.done, decided.same,
                  decided.failed);
    free(reason);
    ids_count = ids.count;
    ids_clear(&ids);
    if (status != EX_OK || decided.failed == 0)
        return status;
    /* As with `show`: there was nothing to act on. */
    return decided.missing == ids_count ? EX_NOINPUT : TALK_STATUS_PARTLY;
}
