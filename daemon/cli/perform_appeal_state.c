/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Appeals paused, resumed, closed, reopened, archived, shielded: what became of it, in a sentence.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "cli/ask.h"
#include "cli/cell.h"
#include "cli/confirm.h"
#include "cli/output.h"
#include "cli/perform.h"
#include "cli/talk.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum { SLUG, STATE, CHANGED, SHIELDED, CLOSES_ON, DAYS_LOST }; /* of row_turned */

static bool on_columns(const struct row_schema *schema, void *arg)
{
    (void)arg;
    if (row_schema_begins(schema, &row_turned))
        return true;
    talk_error("the service sent columns that this version does not know");
    return false;
}

/* The days of a pause that ends with it count when it is opened again. */
static void tell_lost(const struct row_value *values, bool is_trial)
{
    if (values[DAYS_LOST].number > 0)
        talk_note("The %" PRId64 " day%s of its pause %s added to its closing day, should it be "
                  "reopened.",
                  values[DAYS_LOST].number, values[DAYS_LOST].number == 1 ? "" : "s",
                  is_trial                        ? "would be"
                  : values[DAYS_LOST].number == 1 ? "is"
                                                  : "are");
}

/* What follows from it, or what a moderator might take it for. */
static void tell_more(const struct options *options, const struct row_value *values, bool is_trial)
{
    char *site = ask_site_words(options);
    char day[16] = "";

    if (values[CLOSES_ON].is_set)
        clock_print_day(values[CLOSES_ON].number, day);
    switch (options->command) {
    case COMMAND_APPEAL_PAUSE:
        talk_note("Links that were mailed stay good. Go on with: undersign%s appeal resume %s",
                  site, values[SLUG].text);
        break;
    case COMMAND_APPEAL_RESUME:
    case COMMAND_APPEAL_REOPEN:
        if (values[DAYS_LOST].number > 0)
            talk_note("It %s %" PRId64 " day%s later, for those lost: on %s.",
                      is_trial ? "would close" : "closes", values[DAYS_LOST].number,
                      values[DAYS_LOST].number == 1 ? "" : "s", day);
        else if (values[CLOSES_ON].is_set)
            talk_note("It %s on %s.", is_trial ? "would close" : "closes", day);
        break;
    case COMMAND_APPEAL_CLOSE:
        talk_note("Links that were mailed stay good until they expire.");
        tell_lost(values, is_trial);
        break;
    case COMMAND_APPEAL_ARCHIVE:
        talk_note("When its persons and contact data go says: undersign%s retention show", site);
        tell_lost(values, is_trial);
        break;
    default:
        if (values[SHIELDED].number != 0)
            talk_note("Forms are taken more slowly, and a moderator lists every signature, "
                      "whatever its policy. Afterwards: undersign%s appeal shield %s off",
                      site, values[SLUG].text);
        break;
    }
    free(site);
}

static bool on_turned(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    const struct options *options = arg;
    bool is_trial = options_has(options, OPTION_DRY_RUN);
    const char *state = values[STATE].text;
    json_t *object;
    bool is_written = true;

    if (options->command == COMMAND_APPEAL_SHIELD)
        state = values[SHIELDED].number != 0 ? "shielded" : "not shielded";
    if (values[CHANGED].number == 0) {
        talk_note("Appeal %s is %s already; nothing was changed.", values[SLUG].text, state);
    } else {
        talk_note(is_trial ? "Appeal %s would be %s." : "Appeal %s is %s now.", values[SLUG].text,
                  state);
        tell_more(options, values, is_trial);
    }
    if (options_has(options, OPTION_JSON) || options_has(options, OPTION_JSONL)) {
        object = cell_row_json(schema, values);
        is_written = output_json(options, object) || (perform_broken_output(), false);
        json_decref(object);
    }
    return is_written;
}

int perform_turn(const struct options *options)
{
    const struct client_handler handler = {
        .on_columns = on_columns, .on_row = on_turned, .arg = (void *)(uintptr_t)options};
    const struct ask ask = {.arguments = NULL};
    int status = EX_OK;

    if (options->command == COMMAND_APPEAL_ARCHIVE)
        status =
            confirm_name(options,
                         "This ends the appeal for good: it takes no more signatures, its page "
                         "stays, and the term begins after which persons and contact data are "
                         "deleted.",
                         options->arguments[0]);
    return status == EX_OK ? ask_once(options, &ask, &handler) : status;
}
