/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Two signatures made one. What would be done is asked for first, and said; names that are little
 * alike are more likely two organisations than one.
 */
#include "base/mem.h"
#include "cli/ask.h"
#include "cli/cell.h"
#include "cli/confirm.h"
#include "cli/output.h"
#include "cli/perform.h"
#include "cli/talk.h"
#include "text/name_key.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum {
    KEPT,
    KEPT_NAME,
    KEPT_STATE,
    OTHER,
    OTHER_NAME,
    OTHER_WAS,
    OTHER_STATE,
    LIKENESS,
    COUNTRY,
    TOLD_WHY,
    UNREACHED
};

struct merging {
    const struct options *options;
    bool is_trial;           /* what is asked for now is what would be done */
    bool is_unlike, is_less; /* the likeness is small; the kept one waits, the other is listed */
    bool is_unexplained;     /* its signatory is mailed, and not that another is kept */
    bool is_broken;
};

static bool expect_merged(const struct row_schema *schema, void *arg)
{
    (void)arg;
    if (row_schema_begins(schema, &row_merged))
        return true;
    talk_error("the service sent columns that this version does not know");
    return false;
}

static void tell(const struct merging *merging, const struct row_value *values)
{
    talk_named(values[KEPT_NAME].text, "%s stays %s", values[KEPT].text, values[KEPT_STATE].text);
    talk_named(values[OTHER_NAME].text, merging->is_trial ? "%s would be %s" : "%s is %s now",
               values[OTHER].text, values[OTHER_STATE].text);
    if (values[UNREACHED].number != 0)
        talk_note("%s: its mailbox is not kept any more, so no mail tells of it: write to it "
                  "yourself",
                  values[OTHER].text);
}

/* Who may not know that another is kept must not learn it from the moderator's words either. */
static void tell_unexplained(const struct row_value *values)
{
    talk_note("The signatory of %s is not told that another is kept, since %s is not shown to "
              "everybody: the mail says your reason alone. Name no other signature in it.",
              values[OTHER].text, values[KEPT].text);
}

static bool on_merged(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct merging *merging = arg;
    const struct options *options = merging->options;
    const bool is_wanted =
        !merging->is_trial || options_has(options, OPTION_DRY_RUN); /* what was asked for */

    merging->is_unlike = values[LIKENESS].number < NAME_KEY_NEAR || values[COUNTRY].number == 0;
    merging->is_less = strcmp(values[KEPT_STATE].text, "listed") != 0 &&
                       strcmp(values[OTHER_WAS].text, "listed") == 0;
    merging->is_unexplained = strcmp(values[OTHER_STATE].text, "refused") == 0 &&
                              values[UNREACHED].number == 0 && values[TOLD_WHY].number == 0;
    if (is_wanted || merging->is_unlike || merging->is_less)
        tell(merging, values);
    if (merging->is_trial && merging->is_unexplained)
        tell_unexplained(values);
    if (merging->is_trial && merging->is_unlike)
        talk_note("Their names are %" PRId64 " %% alike%s: are they one organisation?",
                  values[LIKENESS].number,
                  values[COUNTRY].number == 0 ? ", and their countries differ" : "");
    if (merging->is_trial && merging->is_less)
        talk_note("The one to keep still waits, and the other is listed: none of the two would be "
                  "on the site until %s is approved.",
                  values[KEPT].text);
    if (is_wanted && (options_has(options, OPTION_JSON) || options_has(options, OPTION_JSONL))) {
        json_t *object = cell_row_json(schema, values);
        merging->is_broken = !output_json(options, object);
        json_decref(object);
    }
    return !merging->is_broken;
}

/* Asks the service what it would do. */
static int look_ahead(struct client *client, struct merging *merging)
{
    const struct client_handler handler = {
        .on_columns = expect_merged, .on_row = on_merged, .arg = merging};
    const struct frame_option trial = {"dry-run", ""};
    const struct ask ask = {.options = &trial, .option_count = 1};
    int status;

    merging->is_trial = true;
    status = ask_send(client, merging->options, &ask, &handler);
    if (status == EX_OK && !options_has(merging->options, OPTION_DRY_RUN) &&
        (merging->is_unlike || merging->is_less))
        status = confirm_question(merging->options, "Merge them?");
    return status;
}

int perform_merge(const struct options *options)
{
    struct merging merging = {.options = options};
    const struct client_handler handler = {
        .on_columns = expect_merged, .on_row = on_merged, .arg = &merging};
    struct ask ask = {.arguments = NULL};
    struct client *client;
    char *reason = NULL;
    int status = ask_open(options, &client);

    if (status != EX_OK)
        return status;
    status = look_ahead(client, &merging);
    if (status == EX_OK && merging.is_unexplained)
        status =
            confirm_reason(options, "Reason (for the audit log, and for the signatory): ", &reason);
    if (status == EX_OK && !options_has(options, OPTION_DRY_RUN)) {
        merging.is_trial = false;
        ask.reason = reason;
        status = ask_send(client, options, &ask, &handler);
        if (status == EX_OK) {
            char *site = ask_site_words(options);
            talk_note("To undo it: undersign%s signature restore %s", site, options->arguments[1]);
            free(site);
        }
    }
    client_close(client);
    free(reason);
    return merging.is_broken ? perform_broken_output() : status;
}
