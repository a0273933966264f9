/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Decisions on many signatures. First what would happen is looked at and shown, then asked, then
 * done over what was shown. Ctrl-C asks the service to stop after the batch that runs, and what was
 * done is told; a second one hangs up, and the service stops by itself.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "cli/ask.h"
#include "cli/confirm.h"
#include "cli/output.h"
#include "cli/perform.h"
#include "cli/screen.h"
#include "cli/show.h"
#include "cli/talk.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define NAME_WIDTH 60

struct bulk {
    const struct options *options;
    struct progress *progress;
    char *what; /* that the progress is of; it is kept as long */
    char *reason;
    /* The preview: its texts, and the same as an object. */
    int64_t found, applies, already, blocked, unknown, as_of, mailed, minutes;
    struct str states, countries, sample;
    json_t *preview;
    /* The result. */
    bool is_done, has_number, is_stopped;
    int64_t number, chosen, changed, skipped;
};

static void bulk_clear(struct bulk *bulk)
{
    progress_end(bulk->progress);
    free(bulk->what);
    free(bulk->reason);
    str_free(&bulk->states);
    str_free(&bulk->countries);
    str_free(&bulk->sample);
    json_decref(bulk->preview);
}

/* ---- what comes ---- */

static bool on_columns(const struct row_schema *schema, void *arg)
{
    (void)arg;
    if (row_schema_begins(schema, &row_act_preview) || row_schema_begins(schema, &row_act_count) ||
        row_schema_begins(schema, &row_act_result) || row_schema_begins(schema, &row_signature))
        return true;
    talk_error("the service sent columns that this version does not know");
    return false;
}

static void on_progress(int64_t done, int64_t total, const char *what, void *arg)
{
    struct bulk *bulk = arg;

    if (bulk->what == NULL || strcmp(bulk->what, what) != 0) {
        progress_end(bulk->progress);
        free(bulk->what);
        bulk->what = mem_string(what);
        bulk->progress = progress_new(bulk->what, total);
    }
    progress_show(bulk->progress, done);
}

static void take_preview(struct bulk *bulk, const struct row_value *values)
{
    bulk->found = values[3].number;
    bulk->applies = values[4].number;
    bulk->already = values[5].number;
    bulk->blocked = values[6].number;
    bulk->unknown = values[7].number;
    bulk->as_of = values[8].number;
    bulk->mailed = values[9].number;
    bulk->minutes = values[10].number;
    json_decref(bulk->preview);
    bulk->preview =
        json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:[], s:[], s:[]}", "appeal",
                  values[0].text, "decision", values[1].text, "filter", values[2].text, "found",
                  (json_int_t)bulk->found, "applies", (json_int_t)bulk->applies, "already",
                  (json_int_t)bulk->already, "blocked", (json_int_t)bulk->blocked, "domain_unknown",
                  (json_int_t)bulk->unknown, "mailed", (json_int_t)bulk->mailed, "mail_minutes",
                  (json_int_t)bulk->minutes, "states", "countries", "sample");
}

static void take_count(struct bulk *bulk, const struct row_value *values)
{
    bool is_state = strcmp(values[0].text, "state") == 0;
    struct str *out = is_state ? &bulk->states : &bulk->countries;
    const char *term = values[1].text[0] != '\0' ? values[1].text : "none";

    str_append_format(out, "%s%s %" PRId64, out->len > 0 ? ", " : "", term, values[2].number);
    json_array_append_new(json_object_get(bulk->preview, is_state ? "states" : "countries"),
                          json_pack("{s:s, s:I, s:I}", is_state ? "state" : "country",
                                    values[1].text, "signatures", (json_int_t)values[2].number,
                                    "applies", (json_int_t)values[3].number));
}

static void take_sample(struct bulk *bulk, const struct row_value *values)
{
    const char *country = values[6].is_set && values[6].text[0] != '\0' ? values[6].text : "--";
    struct str visible = STR_INIT, cut = STR_INIT;
    char day[16];

    clock_print_day(values[14].number, day);
    screen_make_visible(values[3].text, false, &visible);
    (void)screen_cut(str_text(&visible), NAME_WIDTH, &cut);
    str_append_format(&bulk->sample, "    %s  %-9s  %s  %s  ", values[0].text, values[2].text,
                      country, day);
    screen_isolate(str_text(&cut), &bulk->sample);
    str_append_char(&bulk->sample, '\n');
    json_array_append_new(json_object_get(bulk->preview, "sample"),
                          json_pack("{s:s, s:s, s:s, s:s?, s:s}", "id", values[0].text, "state",
                                    values[2].text, "organisation", values[3].text, "country",
                                    values[6].is_set ? values[6].text : NULL, "signed_on", day));
    str_free(&visible);
    str_free(&cut);
}

static bool on_row(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct bulk *bulk = arg;

    if (strcmp(schema->name, row_act_preview.name) == 0) {
        take_preview(bulk, values);
    } else if (strcmp(schema->name, row_act_result.name) == 0) {
        bulk->is_done = true;
        bulk->has_number = values[0].is_set;
        bulk->number = values[0].number;
        bulk->chosen = values[2].number;
        bulk->changed = values[3].number;
        bulk->skipped = values[4].number;
        bulk->is_stopped = values[5].number != 0;
    } else if (bulk->preview == NULL) {
        talk_error("the service answered in an order that this version does not know");
        return false;
    } else if (strcmp(schema->name, row_act_count.name) == 0) {
        take_count(bulk, values);
    } else {
        take_sample(bulk, values);
    }
    return true;
}

/* ---- the preview ---- */

static const char *verb_of(const struct bulk *bulk)
{
    return command_table[bulk->options->command].verb;
}

static void print_mailed(const struct bulk *bulk, FILE *file)
{
    const char *who = bulk->mailed == 1 ? "signatory is" : "signatories are";

    if (bulk->mailed > 0 && bulk->minutes > 0)
        fprintf(file,
                "%" PRId64 " %s mailed in %" PRId64 " minute%s, unless it is undone before then\n",
                bulk->mailed, who, bulk->minutes, bulk->minutes == 1 ? "" : "s");
    else if (bulk->mailed > 0)
        fprintf(file, "%" PRId64 " %s mailed at once\n", bulk->mailed, who);
}

static void print_preview(const struct bulk *bulk, FILE *file)
{
    fprintf(file, "%" PRId64 " signature%s found: %s\n", bulk->found, bulk->found == 1 ? "" : "s",
            bulk->found > 0 ? bulk->states.data : "none");
    if (bulk->found > 0)
        fprintf(file, "  from %s%s\n", str_text(&bulk->countries),
                json_array_size(json_object_get(bulk->preview, "countries")) == 10 ? " and others"
                                                                                   : "");
    if (bulk->unknown > 0)
        fprintf(file,
                "  %" PRId64 " more left out: the domain of the mailbox is not known any more\n",
                bulk->unknown);
    if (bulk->already > 0)
        fprintf(file, "  %" PRId64 " %s already\n", bulk->already,
                bulk->already == 1 ? "is so" : "are so");
    if (bulk->blocked > 0)
        fprintf(file, "  %" PRId64 " %s in a state in which one cannot %s %s\n", bulk->blocked,
                bulk->blocked == 1 ? "is" : "are", verb_of(bulk),
                bulk->blocked == 1 ? "it" : "them");
    if (bulk->sample.len > 0)
        fprintf(file, "  some of them:\n%s", str_text(&bulk->sample));
    fprintf(file, "%" PRId64 " to %s\n", bulk->applies, verb_of(bulk));
    print_mailed(bulk, file);
}

static int look_first(struct client *client, struct bulk *bulk)
{
    const struct frame_option trial = {"dry-run", ""};
    const struct ask ask = {.options = &trial, .option_count = 1, .progress = &bulk->progress};
    const struct client_handler handler = {
        .on_columns = on_columns, .on_row = on_row, .on_progress = on_progress, .arg = bulk};
    int status = ask_send(client, bulk->options, &ask, &handler);

    progress_end(bulk->progress);
    bulk->progress = NULL;
    free(bulk->what);
    bulk->what = NULL;
    if (status == EX_OK && bulk->preview == NULL) {
        talk_error("the service did not say what would be done");
        return EX_PROTOCOL;
    }
    return status;
}

static int show_preview(const struct bulk *bulk)
{
    if (options_has(bulk->options, OPTION_JSON))
        return output_json(bulk->options, bulk->preview) ? EX_OK : perform_broken_output();
    print_preview(bulk, stdout);
    return fflush(stdout) == 0 ? EX_OK : perform_broken_output();
}

/* ---- the act ---- */

static int confirm(const struct bulk *bulk)
{
    const struct options *options = bulk->options;
    char *what;
    int status;

    print_preview(bulk, stderr);
    if (bulk->applies == 0)
        return EX_OK;
    what = mem_format("This will %s %" PRId64 " signature%s of %s. It can be undone by its number.",
                      verb_of(bulk), bulk->applies, bulk->applies == 1 ? "" : "s",
                      options->arguments[0]);
    status = confirm_name(options, what, options->arguments[0]);
    free(what);
    return status;
}

/* Gives the exit status. */
static int tell(const struct bulk *bulk, const char *did, const char *again)
{
    char *site = ask_site_words(bulk->options);
    int status = EX_OK;

    if (!bulk->has_number) {
        talk_note("Nothing was done: there is nothing to %s.", again);
    } else {
        talk_note("Act %" PRId64 ": %" PRId64 " %s, %" PRId64 " left out.", bulk->number,
                  bulk->changed, did, bulk->skipped);
        if (bulk->is_stopped)
            talk_note("It was stopped: %" PRId64 " of %" PRId64
                      " are done, and stand. Type it again "
                      "to go on.",
                      bulk->changed, bulk->chosen);
        talk_note("To undo it: undersign%s act undo %" PRId64, site, bulk->number);
        status = bulk->is_stopped ? TALK_STATUS_INTERRUPTED : EX_OK;
    }
    free(site);
    return status;
}

static int print_result(const struct bulk *bulk, const char *decision)
{
    json_t *object;
    bool is_good;

    if (!options_has(bulk->options, OPTION_JSON))
        return EX_OK;
    object = json_pack("{s:o, s:s, s:I, s:I, s:I, s:b}", "number",
                       bulk->has_number ? json_integer((json_int_t)bulk->number) : json_null(),
                       "decision", decision, "chosen", (json_int_t)bulk->chosen, "changed",
                       (json_int_t)bulk->changed, "skipped", (json_int_t)bulk->skipped, "stopped",
                       bulk->is_stopped);
    is_good = output_json(bulk->options, object);
    json_decref(object);
    return is_good ? EX_OK : perform_broken_output();
}

static int carry_out(struct client *client, struct bulk *bulk, const struct ask *as)
{
    const struct client_handler handler = {.on_columns = on_columns,
                                           .on_row = on_row,
                                           .on_progress = on_progress,
                                           .arg = bulk,
                                           .waits = true};
    struct ask ask = *as;
    int status;

    ask.progress = &bulk->progress;
    status = ask_send(client, bulk->options, &ask, &handler);
    progress_end(bulk->progress);
    bulk->progress = NULL;
    if (status == TALK_STATUS_INTERRUPTED)
        talk_note("The service stops after the batch that runs; `undersign act list` says how far "
                  "it came.");
    if (status == EX_OK && !bulk->is_done) {
        talk_error("the service did not say what was done");
        return EX_PROTOCOL;
    }
    return status;
}

static int decide(struct client *client, struct bulk *bulk)
{
    static const char *const dids[] = {
        [COMMAND_SIGNATURE_APPROVE] = "listed",   [COMMAND_SIGNATURE_HOLD] = "held",
        [COMMAND_SIGNATURE_REFUSE] = "refused",   [COMMAND_SIGNATURE_STRIKE] = "struck",
        [COMMAND_SIGNATURE_RESTORE] = "restored", [COMMAND_SIGNATURE_UNLIST] = "taken off the list",
    };
    char *as_of = mem_format("%" PRId64, bulk->as_of);
    const struct frame_option option = {"as-of", as_of};
    int status = carry_out(
        client, bulk, &(struct ask){.options = &option, .option_count = 1, .reason = bulk->reason});

    free(as_of);
    if (status != EX_OK)
        return status;
    status = print_result(bulk, verb_of(bulk));
    int told = tell(bulk, dids[bulk->options->command], verb_of(bulk));
    return status == EX_OK ? told : status;
}

static int look_and_decide(struct bulk *bulk)
{
    struct client *client;
    int status = ask_open(bulk->options, &client);

    if (status != EX_OK)
        return status;
    status = look_first(client, bulk);
    if (status == EX_OK && options_has(bulk->options, OPTION_DRY_RUN)) {
        status = show_preview(bulk);
    } else if (status == EX_OK) {
        status = confirm(bulk);
        if (status == EX_OK)
            status = decide(client, bulk);
    }
    client_close(client);
    return status;
}

int perform_bulk(const struct options *options)
{
    struct bulk bulk = {.options = options};
    const char *verb = command_table[options->command].verb;
    int status = EX_OK;

    if (options->argument_count != 1 || strcmp(options->arguments[0], "-") == 0) {
        talk_error("signature %s: with --where it takes one appeal, by its slug: undersign "
                   "signature %s APPEAL --where 'country = VA'",
                   verb, verb);
        return EX_USAGE;
    }
    if (options->command == COMMAND_SIGNATURE_REFUSE ||
        options->command == COMMAND_SIGNATURE_STRIKE)
        status = confirm_reason(options, "Reason (for the audit log): ", &bulk.reason);
    if (status == EX_OK)
        status = confirm_can_ask(options);
    if (status == EX_OK)
        status = look_and_decide(&bulk);
    bulk_clear(&bulk);
    return status;
}

/* ---- acts ---- */

int perform_act(const struct options *options)
{
    return show_item(
        options,
        &(struct show){.item = &row_act, .list = &row_act_signature, .list_key = "signatures"});
}

static int undo(struct client *client, struct bulk *bulk)
{
    bool is_trial = options_has(bulk->options, OPTION_DRY_RUN);
    int status = carry_out(client, bulk, &(struct ask){.arguments = NULL});

    if (status != EX_OK)
        return status;
    status = print_result(bulk, "undo");
    if (is_trial)
        talk_note("%" PRId64 " would be as they were, %" PRId64 " would be left out.",
                  bulk->changed, bulk->skipped);
    else if (!bulk->has_number && bulk->skipped > 0)
        talk_note("Nothing was done: all %" PRId64 " that it changed are left out.", bulk->skipped);
    if (bulk->skipped > 0)
        talk_note("Left out is what somebody has decided on since, and what was withdrawn or "
                  "erased since; see `undersign signature show`.");
    if (is_trial || status != EX_OK)
        return status;
    return tell(bulk, "are as they were", "undo");
}

int perform_act_undo(const struct options *options)
{
    struct bulk bulk = {.options = options};
    char *question = mem_format("Take back what act %s changed?", options->arguments[0]);
    struct client *client;
    int status = confirm_question(options, question);

    free(question);
    if (status == EX_OK)
        status = ask_open(options, &client);
    if (status == EX_OK) {
        status = undo(client, &bulk);
        client_close(client);
    }
    bulk_clear(&bulk);
    return status;
}
