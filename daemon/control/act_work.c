/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Decisions on all that a filter finds. With --dry-run the answer is the preview; without it the
 * act, over what the preview saw where the client says of when that was (--as-of), less what
 * somebody decided since. Who cancels is told what was done till then.
 */
#include "control/act_work.h"
#include "appeal/act.h"
#include "appeal/signature_row.h"
#include "base/mem.h"
#include "control/signature_values.h"
#include "control/work.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define COUNTRIES_SHOWN 10
#define COUNTRIES_MOST 400 /* there are 250 */

struct bulk {
    enum decision decision;
    const char *slug, *typed;
    int64_t appeal;
    struct filter *filter;
    struct act_choice choice;
};

static void on_progress(int64_t done, int64_t total, const char *what, void *arg)
{
    answer_progress(arg, done, total, what);
}

static bool wants_stop(void *arg)
{
    return answer_wants_stop(arg);
}

static struct act_watch watch_of(struct call *call)
{
    return (struct act_watch){on_progress, wants_stop, call->answer};
}

static enum us_err find_appeal(struct reader *reader, struct call *call, void *arg)
{
    struct bulk *bulk = arg;
    struct appeal *appeal;
    enum us_err err = call_load_appeal(reader, call, &appeal);

    if (err != US_OK)
        return err;
    bulk->appeal = appeal->id;
    appeal_free(appeal);
    return US_OK;
}

static void bulk_clear(struct bulk *bulk)
{
    filter_free(bulk->filter);
    act_choice_clear(&bulk->choice);
}

/* Freezes what the filter finds. */
static enum us_err bulk_choose(struct call *call, struct bulk *bulk)
{
    const struct request *request = call->request;
    const char *as_of = request->options[OPTION_AS_OF];
    const struct act_watch watch = watch_of(call);
    enum us_err err;

    if (request->argument_count != 1) {
        fault_set(&call->fault, NULL, 0, "with --where one appeal is named, by its slug");
        return US_INVALID;
    }
    bulk->slug = request->arguments[0];
    bulk->typed = request->options[OPTION_WHERE];
    err = filter_parse(bulk->typed, &bulk->filter, &call->fault);
    if (err == US_OK)
        err = call_read(call, find_appeal, bulk);
    if (err != US_OK)
        return err;
    err = act_choose(call->site,
                     &(struct act_question){.appeal = bulk->appeal,
                                            .filter = bulk->filter,
                                            .as_of = as_of ? strtoll(as_of, NULL, 10) : 0},
                     &watch, &bulk->choice);
    if (err == US_LIMITED)
        fault_set(&call->fault, NULL, 0, "the filter finds more than %d: narrow it",
                  ACT_CHOSEN_MOST);
    return err;
}

/* ---- the preview ---- */

struct tally {
    const char *term;
    int64_t count, applies;
};

struct preview {
    struct tally states[SIGNATURE_STATE_COUNT], countries[COUNTRIES_MOST];
    size_t country_count;
    int64_t applies, already, mailed;
};

static void count_country(struct preview *preview, const char *country, bool applies)
{
    size_t i = 0;

    while (i < preview->country_count && strcmp(preview->countries[i].term, country) != 0)
        i++;
    if (i == COUNTRIES_MOST)
        return;
    if (i == preview->country_count)
        preview->countries[preview->country_count++].term = country;
    preview->countries[i].count++;
    preview->countries[i].applies += applies;
}

/* As act_run() has it. */
static bool is_told(struct call *call, enum decision decision)
{
    return decision == DECISION_APPROVE ||
           (decision == DECISION_REFUSE && call->request->options[OPTION_TELL] != NULL);
}

static void preview_count(struct call *call, const struct bulk *bulk, struct preview *out)
{
    const bool tells = is_told(call, bulk->decision);

    for (size_t i = 0; i < bulk->choice.count; i++) {
        const struct act_chosen *chosen = &bulk->choice.chosen[i];
        enum signature_state state = (enum signature_state)chosen->state, to;
        bool applies = decision_applies(bulk->decision, state, &to);

        out->states[state].term = signature_state_name(state);
        out->states[state].count++;
        out->states[state].applies += applies;
        out->applies += applies;
        out->mailed += applies && tells && chosen->has_mailbox;
        out->already += decision_is_done(bulk->decision, state);
        count_country(out, chosen->country, applies);
    }
}

static int compare_tallies(const void *a, const void *b)
{
    const struct tally *one = a, *other = b;

    if (one->count != other->count)
        return one->count < other->count ? 1 : -1;
    return strcmp(one->term, other->term);
}

static bool answer_tally(struct call *call, const char *kind, const struct tally *tally)
{
    return answer_row(call->answer,
                      (struct row_value[]){row_text(kind), row_text(tally->term),
                                           row_number(tally->count), row_number(tally->applies)});
}

struct sampling {
    const struct bulk *bulk;
    size_t next;
};

/* Ids are random, so the first are as good a sample as any. */
static enum us_err read_sample(struct reader *reader, struct call *call, void *arg)
{
    struct sampling *sampling = arg;
    const struct act_choice *choice = &sampling->bulk->choice;

    for (size_t i = 0; i < choice->count && i < ACT_SAMPLE; i++) {
        struct row_value values[SIGNATURE_VALUES];
        struct signature_row row;
        enum us_err err = signature_row_find(reader, choice->chosen[i].row, &row);

        if (err == US_NOT_FOUND)
            continue;
        if (err != US_OK)
            return err;
        signature_values_fill(&row.signature, values);
        bool goes_on = answer_row(call->answer, values);
        signature_row_clear(&row);
        if (!goes_on)
            break;
    }
    return US_OK;
}

static enum us_err answer_preview(struct call *call, const struct bulk *bulk)
{
    struct preview *preview = MEM_NEW(struct preview);
    struct sampling sampling = {.bulk = bulk};
    int64_t found = (int64_t)bulk->choice.count;
    bool goes_on;

    preview_count(call, bulk, preview);
    qsort(preview->countries, preview->country_count, sizeof(preview->countries[0]),
          compare_tallies);
    answer_columns(call->answer, &row_act_preview);
    goes_on = answer_row(
        call->answer,
        (struct row_value[]){row_text(bulk->slug), row_text(decision_name(bulk->decision)),
                             row_text(bulk->typed), row_number(found), row_number(preview->applies),
                             row_number(preview->already),
                             row_number(found - preview->applies - preview->already),
                             row_number(bulk->choice.unknown), row_number(bulk->choice.as_of),
                             row_number(preview->mailed),
                             row_number(site_config(call->site)->mail_decision_minutes)});
    answer_columns(call->answer, &row_act_count);
    for (size_t i = 0; goes_on && i < SIGNATURE_STATE_COUNT; i++) {
        if (preview->states[i].count > 0)
            goes_on = answer_tally(call, "state", &preview->states[i]);
    }
    for (size_t i = 0; goes_on && i < preview->country_count && i < COUNTRIES_SHOWN; i++)
        goes_on = answer_tally(call, "country", &preview->countries[i]);
    free(preview);
    answer_columns(call->answer, &row_signature);
    return goes_on ? call_read(call, read_sample, &sampling) : call->answer->err;
}

/* ---- the act ---- */

static void answer_result(struct call *call, const char *decision, const struct act_result *result)
{
    answer_single(call->answer, &row_act_result,
                  (struct row_value[]){row_number_if(result->number != 0, result->number),
                                       row_text(decision), row_number(result->chosen),
                                       row_number(result->done), row_number(result->skipped),
                                       row_flag(result->is_stopped)});
}

/* Where the store gave up in the middle, what was done is worth as much as why. */
static void explain_part(struct call *call, const struct act_result *result)
{
    if (result->number == 0 || call->fault.text[0] != '\0')
        return;
    fault_set(&call->fault, NULL, 0,
              "the store could not go on: act %" PRId64 " stopped after %" PRId64 " of %" PRId64
              ", which stand; run it again to go on, or `undersign act undo %" PRId64 "`",
              result->number, result->done, result->chosen, result->number);
}

static enum us_err bulk_run(struct call *call, const struct bulk *bulk)
{
    const struct act_watch watch = watch_of(call);
    struct act_result result;
    enum us_err err = act_run(call->site,
                              &(struct act_params){
                                  .appeal = bulk->appeal,
                                  .slug = bulk->slug,
                                  .decision = bulk->decision,
                                  .filter = bulk->typed,
                                  .reason = call->request->options[OPTION_REASON],
                                  .actor = call->actor,
                                  .tells = call->request->options[OPTION_TELL] != NULL,
                              },
                              &bulk->choice, &watch, &result, &call->fault);

    if (err == US_OK)
        answer_result(call, decision_name(bulk->decision), &result);
    else
        explain_part(call, &result);
    return err;
}

enum us_err act_work_decide(struct call *call, enum decision decision)
{
    struct bulk bulk = {.decision = decision};
    bool is_trial = call->request->options[OPTION_DRY_RUN] != NULL;
    enum us_err err = bulk_choose(call, &bulk);

    if (err == US_OK)
        err = is_trial ? answer_preview(call, &bulk) : bulk_run(call, &bulk);
    bulk_clear(&bulk);
    return err;
}

/* ---- lists by a filter ---- */

struct found_list {
    struct call *call;
    struct bulk *bulk;
    bool has_state;
    enum signature_state state;
};

static bool on_listed(const struct signature *signature, void *arg)
{
    struct found_list *list = arg;
    struct row_value values[SIGNATURE_VALUES];

    if (!act_choice_has(&list->bulk->choice, signature->row))
        return !answer_is_cancelled(list->call->answer);
    signature_values_fill(signature, values);
    return answer_row(list->call->answer, values);
}

static enum us_err read_found(struct reader *reader, struct call *call, void *arg)
{
    struct found_list *list = arg;

    (void)call;
    return signature_each(reader,
                          &(struct signature_filter){.appeal = list->bulk->appeal,
                                                     .has_state = list->has_state,
                                                     .state = list->state},
                          on_listed, list);
}

enum us_err act_work_list_signatures(struct call *call, bool has_state, enum signature_state state)
{
    struct bulk bulk = {.decision = DECISION_APPROVE};
    struct found_list list = {.call = call, .bulk = &bulk, .has_state = has_state, .state = state};
    enum us_err err = bulk_choose(call, &bulk);

    answer_columns(call->answer, &row_signature);
    if (err == US_OK && bulk.choice.count > 0)
        err = call_read(call, read_found, &list);
    bulk_clear(&bulk);
    return err;
}

/* ---- acts ---- */

static bool add_act(const struct act *act, void *arg)
{
    return answer_row(arg, (struct row_value[]){
                               row_number(act->number),
                               row_text(act->slug),
                               row_text(act->decision),
                               row_number_if(act->is_undo, act->undoes),
                               row_text(act->state),
                               row_number(act->chosen),
                               row_number(act->changed),
                               row_number(act->undone),
                               row_text(act->actor),
                               row_text(act->reason),
                               row_text(act->filter),
                               row_number(act->began_at),
                               row_number_if(act->has_ended, act->ended_at),
                           });
}

static enum us_err read_acts(struct reader *reader, struct call *call, void *arg)
{
    struct bulk *bulk = arg;
    enum us_err err = US_OK;

    if (call->request->argument_count > 0)
        err = find_appeal(reader, call, bulk);
    return err == US_OK ? act_each(reader, bulk->appeal, add_act, call->answer) : err;
}

enum us_err act_work_list(struct call *call)
{
    struct bulk bulk = {.appeal = 0};

    answer_columns(call->answer, &row_act);
    return call_read(call, read_acts, &bulk);
}

static enum us_err read_number(struct call *call, int64_t *out)
{
    const char *typed = call->request->arguments[0];

    if (typed[0] == '\0' || strlen(typed) > 15 || typed[strspn(typed, "0123456789")] != '\0') {
        fault_set(&call->fault, NULL, 0,
                  "an act has a number: `undersign act list` says which there are");
        return US_INVALID;
    }
    *out = strtoll(typed, NULL, 10);
    return US_OK;
}

static bool add_act_signature(const struct act_signature *signature, void *arg)
{
    return answer_row(arg, (struct row_value[]){
                               row_text(signature->id),
                               row_text(signature->organisation),
                               row_text(signature->country),
                               row_text(signature_state_name(signature->was)),
                               row_text(signature_state_name(signature->became)),
                               row_text(signature_state_name(signature->now)),
                               row_flag(signature->is_undone),
                               row_flag(signature->can_undo && !signature->is_undone),
                           });
}

static enum us_err read_act(struct reader *reader, struct call *call, void *arg)
{
    const int64_t *number = arg;
    enum us_err err = act_find(reader, *number, add_act, call->answer);

    if (err == US_NOT_FOUND)
        fault_set(&call->fault, NULL, 0,
                  "there is no act %" PRId64 "; `undersign act list` says which there are",
                  *number);
    if (err != US_OK)
        return err;
    answer_columns(call->answer, &row_act_signature);
    return act_each_signature(reader, *number, INT64_MIN, add_act_signature, call->answer);
}

enum us_err act_work_show(struct call *call)
{
    int64_t number;
    enum us_err err = read_number(call, &number);

    if (err != US_OK)
        return err;
    answer_columns(call->answer, &row_act);
    return call_read(call, read_act, &number);
}

enum us_err act_work_undo(struct call *call)
{
    const struct act_watch watch = watch_of(call);
    struct act_undo undo = {.reason = call->request->options[OPTION_REASON],
                            .actor = call->actor,
                            .is_trial = call->request->options[OPTION_DRY_RUN] != NULL};
    struct act_result result;
    enum us_err err = read_number(call, &undo.number);

    if (err == US_OK)
        err = call_check_reason(call);
    if (err != US_OK)
        return err;
    err = act_undo(call->site, &undo, &watch, &result, &call->fault);
    if (err == US_OK)
        answer_result(call, "undo", &result);
    else
        explain_part(call, &result);
    return err;
}
