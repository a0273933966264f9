/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The steps of `moderate`: a session claims what waits, one signature after another, and is told
 * all that helps to judge it. The decisions themselves are those of `signature approve` and its
 * like, so that they are made, guarded and logged in one place.
 */
#include "appeal/review.h"
#include "appeal/signature_row.h"
#include "base/clock.h"
#include "base/mem.h"
#include "control/signature_values.h"
#include "control/work.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define REVIEW_VALUES_MORE 17 /* of row_review, behind those of a signature */

static struct review_who who_asks(const struct call *call)
{
    return (struct review_who){
        .session = call->request->arguments[0],
        .actor = call->actor,
        .now = clock_now(),
    };
}

static enum us_err check_session(struct call *call)
{
    if (review_is_session(call->request->arguments[0]))
        return US_OK;
    fault_set(&call->fault, NULL, 0, "a session is %d to %d letters and digits",
              REVIEW_SESSION_LEAST, REVIEW_SESSION_MOST);
    return US_INVALID;
}

/* ---- a signature with what belongs to it ---- */

struct facts {
    int64_t row;
    const char *id; /* else by this one; NULL */
    struct signature_row signature;
    bool is_found;
    struct judged judged;
};

static bool keep_row(const struct signature *signature, void *arg)
{
    ((struct facts *)arg)->row = signature->row;
    return true;
}

static enum us_err read_facts(struct reader *reader, struct call *call, void *arg)
{
    struct facts *facts = arg;
    enum us_err err = US_OK;

    if (facts->id != NULL)
        err = signature_find(reader, facts->id, keep_row, facts);
    if (err == US_NOT_FOUND)
        fault_set(&call->fault, NULL, 0, "there is no signature %s", facts->id);
    if (err == US_OK)
        err = signature_row_find(reader, facts->row, &facts->signature);
    if (err != US_OK)
        return err;
    err = judge_signature(reader, call->site, &facts->signature.signature, &facts->judged);
    if (err != US_OK)
        signature_row_clear(&facts->signature);
    facts->is_found = err == US_OK;
    return err;
}

static void clear_facts(struct facts *facts)
{
    if (!facts->is_found)
        return;
    signature_row_clear(&facts->signature);
    judge_clear(&facts->judged);
}

static const char *kind_of_domain(const struct judged *judged)
{
    if (judged->domain == NULL)
        return NULL;
    if ((judged->marks & 1U << JUDGE_KNOWN_DOMAIN) != 0)
        return "register";
    return domain_kind_name(judged->domain_kind);
}

static void add_main(struct call *call, const struct facts *facts)
{
    const struct signature *s = &facts->signature.signature;
    const struct judged *judged = &facts->judged;
    const char *marks[JUDGE_MARK_COUNT];
    struct row_value values[SIGNATURE_VALUES + REVIEW_VALUES_MORE];
    size_t count = 0;

    for (int mark = 0; mark < JUDGE_MARK_COUNT; mark++) {
        if ((judged->marks & 1U << mark) != 0)
            marks[count++] = judge_mark_name((enum judge_mark)mark);
    }
    signature_values_fill(s, values);
    const struct row_value more[REVIEW_VALUES_MORE] = {
        row_texts(marks, count),
        row_text(judged->country_name),
        row_text(judged->latin),
        row_text(judged->was),
        row_text(judged->was_latin),
        row_number_if(judged->has_hour, judged->hour * CLOCK_HOUR),
        row_text(judged->domain),
        row_text(kind_of_domain(judged)),
        row_number(judged->of_domain[SIGNATURE_CONFIRMED]),
        row_number(judged->of_domain[SIGNATURE_HELD]),
        row_number(judged->of_domain[SIGNATURE_LISTED]),
        row_number(judged->of_domain[SIGNATURE_REFUSED]),
        row_number(judged->of_domain[SIGNATURE_STRUCK]),
        row_number_if(judged->has_hour, judged->burst),
        row_number_if(judged->has_hour, judged->burst_domain),
        row_number_if(judged->has_hour, judged->burst_domains),
        row_flag(judged->has_mailbox),
    };
    memcpy(values + SIGNATURE_VALUES, more, sizeof(more));
    answer_single(call->answer, &row_review, values);
}

/* Where a row does not go in, the answer keeps the error. */
static bool add_others(struct answer *answer, const struct judged *judged)
{
    bool goes_on = true;

    answer_columns(answer, &row_review_other);
    for (size_t i = 0; i < judged->other_count && goes_on; i++) {
        const struct judge_other *other = &judged->others[i];
        goes_on = answer_row(answer, (struct row_value[]){
                                         row_text(other->id),
                                         row_text(other->slug),
                                         row_text(signature_state_name(other->state)),
                                         row_text(other->organisation),
                                         row_text(other->country),
                                         row_number(other->signed_on),
                                         row_number_if(other->likeness > 0, other->likeness),
                                         row_flag(other->has_mailbox),
                                         row_flag(other->has_domain),
                                         row_flag(other->is_registered_one),
                                     });
    }
    return goes_on;
}

static bool add_known(struct answer *answer, const struct judged *judged)
{
    bool goes_on = true;

    answer_columns(answer, &row_review_known);
    for (size_t i = 0; i < judged->known_count && goes_on; i++) {
        const struct judge_known *known = &judged->known[i];
        goes_on = answer_row(answer, (struct row_value[]){
                                         row_text(known->name),
                                         row_text(known->source),
                                         row_text(known->country),
                                         row_text(known->affiliation),
                                         row_number_if(known->likeness > 0, known->likeness),
                                         row_flag(known->has_domain),
                                         row_flag(known->has_domains),
                                     });
    }
    return goes_on;
}

static bool add_words(struct answer *answer, const struct judged *judged)
{
    bool goes_on = true;

    answer_columns(answer, &row_review_note);
    for (size_t i = 0; i < judged->note_count && goes_on; i++) {
        const struct judge_note *note = &judged->notes[i];
        goes_on = answer_row(answer, (struct row_value[]){
                                         row_number(note->at),
                                         row_text(note->actor),
                                         row_text(note->text),
                                     });
    }
    answer_columns(answer, &row_review_decision);
    for (size_t i = 0; i < judged->decision_count && goes_on; i++) {
        const struct judge_decision *decision = &judged->decisions[i];
        goes_on = answer_row(answer, (struct row_value[]){
                                         row_number(decision->at),
                                         row_text(decision->act),
                                         row_text(decision->actor),
                                         row_text(decision->reason),
                                     });
    }
    return goes_on;
}

static enum us_err answer_facts(struct call *call, struct facts *facts)
{
    enum us_err err = call_read(call, read_facts, facts);

    if (err != US_OK)
        return err;
    add_main(call, facts);
    if (add_others(call->answer, &facts->judged) && add_known(call->answer, &facts->judged) &&
        add_words(call->answer, &facts->judged))
        err = US_OK;
    clear_facts(facts);
    return call->answer->err;
}

/* ---- the commands ---- */

static enum us_err read_appeal(struct reader *reader, struct call *call, void *arg)
{
    const char *slug = call->request->arguments[2];
    struct review_choice *choice = arg;
    struct appeal *appeal;
    enum us_err err = appeal_load_any(reader, call->site, slug, &appeal);

    if (err == US_NOT_FOUND)
        fault_set(&call->fault, NULL, 0,
                  "there is no appeal \"%s\"; `undersign appeal list` says which there are", slug);
    if (err != US_OK)
        return err;
    choice->appeal = appeal->id;
    appeal_free(appeal);
    return US_OK;
}

static void answer_left(struct call *call, int64_t now, const struct review_left *left)
{
    answer_single(call->answer, &row_review_left,
                  (struct row_value[]){
                      row_number(now),
                      row_number(left->waiting),
                      row_number(left->held),
                      row_number(left->put_off),
                      row_number(left->taken),
                      row_flag(left->is_of_held),
                  });
}

/* In a trial "confirmed:ID" or "held:ID" stands for the round's beginning: nothing else tells how
 * far it is. The state is the one that it was chosen in. */
static enum us_err read_place(struct call *call, struct review_place *out)
{
    static const char confirmed[] = "confirmed:", held[] = "held:";
    const char *since = call->request->arguments[1];

    *out = (struct review_place){.id = NULL};
    if (strncmp(since, confirmed, strlen(confirmed)) == 0)
        out->id = since + strlen(confirmed);
    else if (strncmp(since, held, strlen(held)) == 0)
        *out = (struct review_place){.id = since + strlen(held), .is_of_held = true};
    else if (strcmp(since, "0") != 0) {
        fault_set(&call->fault, NULL, 0,
                  "a trial goes on behind confirmed:ID or held:ID, or begins with 0");
        return US_INVALID;
    }
    return US_OK;
}

enum us_err review_work_next(struct call *call)
{
    const struct request *request = call->request;
    const struct review_who who = who_asks(call);
    struct review_choice choice = {.appeal = 0};
    struct review_place place;
    struct review_left left;
    struct facts facts = {.row = 0};
    bool is_trial = request->options[OPTION_DRY_RUN] != NULL;
    enum us_err err = check_session(call);

    errno = 0;
    choice.since = strtoll(request->arguments[1], NULL, 10);
    if (choice.since <= 0 || errno != 0)
        choice.since = who.now;
    if (err == US_OK && request->argument_count > 2)
        err = call_read(call, read_appeal, &choice);
    if (err == US_OK && is_trial)
        err = read_place(call, &place);
    if (err == US_OK)
        err = is_trial ? review_look(call->site, &who, &choice, &place, &facts.row, &left)
                       : review_next(call->site, &who, &choice, &facts.row, &left);
    if (err != US_OK)
        return err;
    answer_left(call, who.now, &left);
    if (facts.row == 0)
        return call->answer->err;
    return answer_facts(call, &facts);
}

/* Whatever its state is: who has lost one to somebody else is told what became of it. */
enum us_err review_work_show(struct call *call)
{
    const struct review_who who = who_asks(call);
    struct facts facts = {.id = call->request->arguments[1]};
    enum us_err err = check_session(call);

    if (err == US_OK)
        err = answer_facts(call, &facts);
    if (err != US_OK || call->request->options[OPTION_DRY_RUN] != NULL)
        return err;
    err = review_claim(call->site, &who, facts.row);
    return err == US_CONFLICT ? US_OK : err;
}

enum us_err review_work_keep(struct call *call)
{
    const struct review_who who = who_asks(call);
    enum us_err err = check_session(call);

    return err != US_OK ? err : review_keep(call->site, &who);
}

static enum us_err read_row(struct reader *reader, struct call *call, void *arg)
{
    struct facts *facts = arg;
    enum us_err err = signature_find(reader, facts->id, keep_row, facts);

    if (err == US_NOT_FOUND)
        fault_set(&call->fault, NULL, 0, "there is no signature %s", facts->id);
    return err;
}

enum us_err review_work_skip(struct call *call)
{
    const struct review_who who = who_asks(call);
    struct facts facts = {.id = call->request->arguments[1]};
    enum us_err err = check_session(call);

    if (err == US_OK)
        err = call_read(call, read_row, &facts);
    return err != US_OK ? err : review_skip(call->site, &who, facts.row);
}

enum us_err review_work_release(struct call *call)
{
    const struct review_who who = who_asks(call);
    struct facts facts = {.row = 0};
    enum us_err err = check_session(call);

    if (err == US_OK && call->request->argument_count > 1) {
        facts.id = call->request->arguments[1];
        err = call_read(call, read_row, &facts);
    }
    return err != US_OK ? err : review_release(call->site, &who, facts.row);
}

static enum us_err read_reasons(struct reader *reader, struct call *call, void *arg)
{
    char *reasons[REVIEW_REASONS_MOST];
    size_t count;
    bool goes_on = true;
    enum us_err err = review_reasons(reader, reasons, &count);

    (void)arg;
    if (err != US_OK)
        return err;
    answer_columns(call->answer, &row_review_reason);
    for (size_t i = 0; i < count; i++) {
        goes_on = goes_on && answer_row(call->answer, (struct row_value[]){row_text(reasons[i])});
        free(reasons[i]);
    }
    return call->answer->err;
}

enum us_err review_work_reasons(struct call *call)
{
    return call_read(call, read_reasons, NULL);
}

enum us_err review_work_note(struct call *call)
{
    const char *id = call->request->arguments[0], *text = call->request->arguments[1];
    const struct review_who who = {.actor = call->actor, .now = clock_now()};
    struct facts facts = {.id = id};
    enum us_err err = call_read(call, read_row, &facts);

    if (err == US_OK)
        err = review_note(call->site, &who, facts.row, text, &call->fault);
    if (err != US_OK)
        return err;
    answer_single(call->answer, &row_noted, (struct row_value[]){row_text(id), row_text(text)});
    return call->answer->err;
}
