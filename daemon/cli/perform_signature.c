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
#include "cli/talk.h"
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define IDS_PER_REQUEST 500

struct parts {
    size_t answered; /* ids of requests whose answers came to their end */
    size_t sent;     /* with those of the one that failed */
    bool is_refused; /* the last request: what was done before it, if anything, is known */
    int end;         /* the service can do no more: why, as an exit status */
};

/* Sends the command for all ids, in parts. */
static int send_parts(const struct options *options, const struct ids *ids, struct ask *ask,
                      const struct client_handler *handler, struct parts *parts)
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
    while (parts->answered < ids->count && status == EX_OK && parts->end == EX_OK) {
        size_t left = ids->count - parts->answered;
        ask->arguments = (const char *const *)ids->items + parts->answered;
        ask->argument_count = left < IDS_PER_REQUEST ? left : IDS_PER_REQUEST;
        parts->sent += ask->argument_count;
        status = ask_send(client, options, ask, handler);
        parts->is_refused = client_was_refused(client);
        if (status == EX_OK || parts->is_refused)
            parts->answered = parts->sent;
        if (client_was_stopped(client))
            status = TALK_STATUS_INTERRUPTED;
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
    struct parts parts = {.sent = 0};
    struct ids ids;
    int status = ids_read(options, stdin, &ids);

    if (status != EX_OK)
        return status;
    output = output_new(options, choose_shape(options));
    status = send_parts(options, &ids, &ask, &(struct client_handler){on_columns, on_row, output},
                        &parts);
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
    struct parts parts;
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

/* Behind these the service tries no other. */
static int status_at_end(const char *name)
{
    static const enum us_err ends[] = {US_FULL, US_IO, US_BUSY};

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        if (strcmp(name, err_name(ends[i])) == 0)
            return talk_status(ends[i]);
    }
    return EX_OK;
}

static bool on_decision(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct decided *decided = arg;
    const char *id = values[0].text, *state = values[2].text;

    if (values[4].is_set) {
        decided->failed++;
        if (strcmp(values[4].text, err_name(US_NOT_FOUND)) == 0)
            decided->missing++;
        decided->parts.end = status_at_end(values[4].text);
        talk_error("%s: %s", id, values[5].is_set ? values[5].text : values[4].text);
    } else if (values[3].number != 0) {
        decided->done++;
        /* With the name as it is now: a signatory may have corrected it since it was looked at. */
        talk_named(values[6].is_set ? values[6].text : "",
                   decided->is_trial ? "%s would be %s" : "%s is %s now", id,
                   state != NULL ? state : "decided");
        if (values[7].number != 0)
            talk_note("%s: its mailbox is not kept any more, so no mail tells of it: write to it "
                      "yourself",
                      id);
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
    bool is_grave = options->command == COMMAND_SIGNATURE_REFUSE ||
                    options->command == COMMAND_SIGNATURE_STRIKE;

    int status;

    *reason = NULL;
    if (!is_grave || options_has(options, OPTION_DRY_RUN))
        return EX_OK;
    status = confirm_reason(
        options, "Reason (for the audit log, and for the signatory when refused): ", reason);
    if (status != EX_OK)
        return status;
    if (count > 1 && !options_has(options, OPTION_YES) && talk_is_interactive()) {
        char *question =
            mem_format("%s %zu signatures?",
                       options->command == COMMAND_SIGNATURE_REFUSE ? "Refuse" : "Strike", count);
        status = confirm_question(options, question);
        free(question);
        return status;
    }
    return EX_OK;
}

/* Of a request whose answer did not come nobody here knows what was done: no number is made up. */
static void tell_count(const struct decided *decided, size_t count)
{
    const struct parts *parts = &decided->parts;
    const size_t known = decided->done + decided->same + decided->failed;
    const size_t open = parts->sent - parts->answered;

    if (parts->sent == 0 || (parts->is_refused && known == 0))
        return; /* nothing was asked for, or done: why has been said */
    if (count > 1 && open > 0)
        talk_note("%zu are known to be done, %zu as they were, %zu failed; of the %zu asked for "
                  "last it is not known. Run it again: it goes on with the rest.",
                  decided->done, decided->same, decided->failed, open);
    else if (open > 0)
        talk_note("Whether it was done is not known. Run it again: what is done stays as it is.");
    else if (known < count)
        talk_note("%zu done, %zu as they were, %zu failed, %zu not tried. Run it again: it goes on "
                  "with the rest.",
                  decided->done, decided->same, decided->failed, count - known);
    else if (count > 1)
        talk_note("%zu done, %zu as they were, %zu failed", decided->done, decided->same,
                  decided->failed);
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
                            &(struct client_handler){.on_columns = on_decision_columns,
                                                     .on_row = on_decision,
                                                     .arg = &decided,
                                                     .waits = true},
                            &decided.parts);
    }
    if (decided.output != NULL && !output_end(decided.output) && status == EX_OK)
        status = perform_broken_output();
    tell_count(&decided, ids.count);
    free(reason);
    ids_count = ids.count;
    ids_clear(&ids);
    if (status == TALK_STATUS_INTERRUPTED && decided.done + decided.same == ids_count)
        status = EX_OK; /* it came too late to stop anything */
    if (status != EX_OK || decided.failed == 0)
        return status;
    if (decided.parts.end != EX_OK)
        return decided.parts.end;
    /* As with `show`: there was nothing to act on. */
    return decided.missing == ids_count ? EX_NOINPUT : TALK_STATUS_PARTLY;
}
