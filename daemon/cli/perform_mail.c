/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Mail by hand. A batch is sent in parts; each id is one act, so what could not be done for one is
 * told and the others go on, and running it again changes nothing.
 */
#include "base/mem.h"
#include "cli/ask.h"
#include "cli/confirm.h"
#include "cli/gather.h"
#include "cli/ids.h"
#include "cli/output.h"
#include "cli/perform.h"
#include "cli/talk.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define IDS_PER_REQUEST 500

static bool is_known(const struct row_schema *schema, const struct row_schema *expected)
{
    if (row_schema_begins(schema, expected))
        return true;
    talk_error("the service sent columns that this version does not know");
    return false;
}

static bool is_for_people(const struct options *options)
{
    enum output_format format = output_choose(options);

    return format == OUTPUT_TABLE || format == OUTPUT_TSV;
}

/* ---- show ---- */

enum { MAIL_ID = 0, MAIL_STATE = 4, MAIL_CAN_RETRY = 9, MAIL_VALUES };

struct shown {
    struct output *output;
    char id[IDS_LENGTH_MOST];
    bool is_failed, can_retry;
};

static bool on_shown_columns(const struct row_schema *schema, void *arg)
{
    struct shown *shown = arg;

    if (!is_known(schema, &row_mail))
        return false;
    output_columns(shown->output, schema);
    return true;
}

static bool on_shown(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct shown *shown = arg;

    if (schema->count >= MAIL_VALUES && values[MAIL_ID].is_set && values[MAIL_STATE].is_set) {
        snprintf(shown->id, sizeof(shown->id), "%s", values[MAIL_ID].text);
        shown->is_failed = strcmp(values[MAIL_STATE].text, "failed") == 0;
        shown->can_retry = values[MAIL_CAN_RETRY].number != 0;
    }
    return output_row(shown->output, schema, values) || (perform_broken_output(), false);
}

int perform_mail(const struct options *options)
{
    struct shown shown = {.output = output_new(options, OUTPUT_ITEM)};
    const struct client_handler handler = {on_shown_columns, on_shown, &shown};
    const struct ask ask = {.arguments = NULL};
    int status = ask_once(options, &ask, &handler);

    if (status != EX_OK) {
        output_free(shown.output);
        return status;
    }
    if (!output_end(shown.output))
        return perform_broken_output();
    if (shown.is_failed && shown.can_retry)
        talk_note("It was given up; to send it all the same: undersign mail retry %s", shown.id);
    else if (shown.is_failed)
        talk_note("It was given up for good; to take it off the list: undersign mail drop %s",
                  shown.id);
    else if (shown.can_retry)
        talk_note("It is tried by itself; to try at once: undersign mail retry %s", shown.id);
    return EX_OK;
}

/* ---- retry, drop ---- */

struct changed {
    const struct options *options;
    struct output *output; /* NULL: not asked for */
    size_t done, same, failed, missing, busy;
};

static bool on_changed_columns(const struct row_schema *schema, void *arg)
{
    struct changed *changed = arg;

    if (!is_known(schema, &row_mailed))
        return false;
    if (changed->output != NULL)
        output_columns(changed->output, schema);
    return true;
}

/* What is said of one. */
static void tell_changed(const struct changed *changed, const char *id, bool is_changed)
{
    bool is_drop = changed->options->command == COMMAND_MAIL_DROP,
         is_try = options_has(changed->options, OPTION_DRY_RUN);

    if (!is_changed)
        talk_note("%s is due already", id);
    else if (is_drop)
        talk_note(is_try ? "%s would be dropped" : "%s was dropped", id);
    else
        talk_note(is_try ? "%s would be due now"
                         : "%s is due now: the service tries it at once, if it runs",
                  id);
}

static bool on_changed(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct changed *changed = arg;
    const char *id = values[0].is_set ? values[0].text : "";

    if (values[3].is_set) {
        changed->failed++;
        if (strcmp(values[3].text, err_name(US_NOT_FOUND)) == 0)
            changed->missing++;
        if (strcmp(values[3].text, err_name(US_BUSY)) == 0)
            changed->busy++;
        talk_error("%s: %s", id, values[4].is_set ? values[4].text : values[3].text);
    } else {
        changed->done += values[2].number != 0;
        changed->same += values[2].number == 0;
        tell_changed(changed, id, values[2].number != 0);
    }
    if (changed->output == NULL)
        return true;
    return output_row(changed->output, schema, values) || (perform_broken_output(), false);
}

static int send_parts(const struct options *options, const struct ids *ids,
                      const struct client_handler *handler)
{
    struct ask ask = {.arguments = NULL};
    struct client *client;
    int status = ask_open(options, &client);

    if (status != EX_OK)
        return status;
    for (size_t at = 0; at < ids->count && status == EX_OK; at += ask.argument_count) {
        size_t left = ids->count - at;
        ask.arguments = (const char *const *)ids->items + at;
        ask.argument_count = left < IDS_PER_REQUEST ? left : IDS_PER_REQUEST;
        status = ask_send(client, options, &ask, handler);
    }
    client_close(client);
    return status;
}

static int ask_to_drop(const struct options *options, const struct ids *ids)
{
    char *what, *name;
    int status;

    if (options->command != COMMAND_MAIL_DROP)
        return EX_OK;
    what = mem_format(
        "This drops %zu mail%s for good: nobody gets %s. Who waits for a link to confirm cannot "
        "confirm without it, and an edition whose letter is dropped has failed.",
        ids->count, ids->count == 1 ? "" : "s", ids->count == 1 ? "it" : "them");
    name = ids->count == 1 ? mem_string(ids->items[0]) : mem_format("%zu", ids->count);
    status = confirm_name(options, what, name);
    free(what);
    free(name);
    return status;
}

static int finish_change(const struct changed *changed, size_t count)
{
    if (count > 1)
        talk_note("%zu done, %zu skipped, %zu failed", changed->done, changed->same,
                  changed->failed);
    if (changed->failed == 0)
        return EX_OK;
    if (changed->busy == count)
        return EX_TEMPFAIL;
    return changed->missing == count ? EX_NOINPUT : TALK_STATUS_PARTLY;
}

int perform_mail_change(const struct options *options)
{
    struct changed changed = {.options = options};
    const struct client_handler handler = {on_changed_columns, on_changed, &changed};
    bool is_one = options->argument_count == 1 && strcmp(options->arguments[0], "-") != 0;
    struct ids ids;
    int status = ids_read(options, stdin, &ids);

    if (status != EX_OK)
        return status;
    if (ids.count == 0) {
        talk_note("There were no ids on standard input; nothing was done.");
        ids_clear(&ids);
        return EX_OK;
    }
    status = ask_to_drop(options, &ids);
    if (status == EX_OK) {
        if (!is_for_people(options))
            changed.output = output_new(options, is_one ? OUTPUT_ITEM : OUTPUT_ITEMS);
        status = send_parts(options, &ids, &handler);
        if (changed.output != NULL && !output_end(changed.output) && status == EX_OK)
            status = perform_broken_output();
        if (status == EX_OK)
            status = finish_change(&changed, ids.count);
    }
    ids_clear(&ids);
    return status;
}

/* ---- test ---- */

struct tested {
    struct output *output; /* NULL: for people, who are told in a sentence */
    struct progress *progress;
    bool is_told, is_taken;
};

static bool on_tested_columns(const struct row_schema *schema, void *arg)
{
    struct tested *tested = arg;

    if (!is_known(schema, &row_mail_test))
        return false;
    if (tested->output != NULL)
        output_columns(tested->output, schema);
    return true;
}

static void on_progress(int64_t done, int64_t total, const char *what, void *arg)
{
    struct tested *tested = arg;

    (void)what;
    if (tested->progress == NULL)
        tested->progress = progress_new("Waiting for the relay", total);
    progress_show(tested->progress, done);
}

static void tell_tested(const struct row_value *values)
{
    bool is_taken = values[0].number != 0, is_spool = !values[2].is_set;
    const char *relay = is_spool ? "" : values[2].text,
               *answer = values[3].is_set ? values[3].text : "";

    if (is_spool && is_taken) {
        talk_note("It was written to a file, since [mail] transport is spool; nobody gets it:");
        printf("%s\n", answer);
        return;
    }
    if (is_spool)
        talk_error("the mail could not be written to the folder: %s", answer);
    else if (is_taken)
        talk_note("The relay %s took it%s%s. It said:", relay,
                  values[4].is_set ? ", encrypted by " : ", without encryption",
                  values[4].is_set ? values[4].text : "");
    else
        talk_error("the relay %s did not take it%s%s; what came was:", relay,
                   values[4].is_set ? ", encrypted by " : "",
                   values[4].is_set ? values[4].text : "");
    if (!is_spool)
        printf("%s\n", answer);
    if (is_taken)
        talk_note("That says that the relay has it, not that it arrives: look into the mailbox, "
                  "also among what is held for spam.");
}

static bool on_tested(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct tested *tested = arg;

    progress_end(tested->progress);
    tested->progress = NULL;
    tested->is_told = true;
    tested->is_taken = values[0].number != 0;
    if (tested->output != NULL)
        return output_row(tested->output, schema, values) || (perform_broken_output(), false);
    tell_tested(values);
    return true;
}

int perform_mail_test(const struct options *options)
{
    struct tested tested = {.output =
                                is_for_people(options) ? NULL : output_new(options, OUTPUT_ITEM)};
    const struct client_handler handler = {.on_columns = on_tested_columns,
                                           .on_row = on_tested,
                                           .arg = &tested,
                                           .on_progress = on_progress};
    const struct ask ask = {.progress = &tested.progress};
    int status = ask_once(options, &ask, &handler);

    progress_end(tested.progress);
    if (tested.output != NULL && status != EX_OK)
        output_free(tested.output);
    else if (tested.output != NULL && !output_end(tested.output))
        status = perform_broken_output();
    if (status == EX_OK && fflush(stdout) != 0)
        status = perform_broken_output();
    if (status == EX_OK && !tested.is_told) {
        talk_error("the service did not say what became of it");
        status = EX_PROTOCOL;
    }
    return status == EX_OK && !tested.is_taken ? EX_UNAVAILABLE : status;
}
