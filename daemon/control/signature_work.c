/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Signatures: what waits, what there is, and what a moderator decides. */
#include "appeal/moderation.h"
#include "appeal/moderation_step.h"
#include "appeal/signature_domain.h"
#include "base/clock.h"
#include "base/mem.h"
#include "control/act_work.h"
#include "control/dispatch.h"
#include "control/signature_values.h"
#include "control/work.h"
#include <stdlib.h>

static bool add_signature(const struct signature *signature, void *arg)
{
    struct row_value values[SIGNATURE_VALUES];

    signature_values_fill(signature, values);
    return answer_row(arg, values);
}

struct queue {
    struct reader *reader;
    struct call *call;
    enum us_err err;
};

static bool add_waiting(const struct signature *signature, void *arg)
{
    struct row_value values[SIGNATURE_VALUES + 1];
    struct queue *queue = arg;
    char *domain;
    bool goes_on;

    queue->err = signature_domain_read(queue->reader, queue->call->site, signature->row, &domain);
    if (queue->err != US_OK)
        return false;
    signature_values_fill(signature, values);
    values[SIGNATURE_VALUES] = row_text(domain);
    goes_on = answer_row(queue->call->answer, values);
    free(domain);
    return goes_on;
}

static enum us_err read_queue(struct reader *reader, struct call *call, void *arg)
{
    struct queue queue = {.reader = reader, .call = call};
    enum us_err read;
    int64_t id = 0;

    (void)arg;
    if (call->request->argument_count > 0) {
        struct appeal *appeal;
        enum us_err err = call_load_appeal(reader, call, &appeal);
        if (err != US_OK)
            return err;
        id = appeal->id;
        appeal_free(appeal);
    }
    read = signature_queue(reader, id, add_waiting, &queue);
    return read != US_OK ? read : queue.err;
}

enum us_err signature_work_queue(struct call *call)
{
    answer_columns(call->answer, &row_queue);
    return call_read(call, read_queue, NULL);
}

static enum us_err read_signatures(struct reader *reader, struct call *call, void *arg)
{
    struct signature_filter *filter = arg;
    struct appeal *appeal;
    enum us_err err = call_load_appeal(reader, call, &appeal);

    if (err != US_OK)
        return err;
    filter->appeal = appeal->id;
    appeal_free(appeal);
    return signature_each(reader, filter, add_signature, call->answer);
}

enum us_err signature_work_list(struct call *call)
{
    const char *state = call->request->options[OPTION_STATE];
    struct signature_filter filter = {.has_state = state != NULL};

    if (state != NULL && !signature_state_from_name(state, &filter.state)) {
        fault_set(&call->fault, NULL, 0,
                  "\"%s\" is not a state: confirmed, held, listed, refused, struck or withdrawn",
                  state);
        return US_INVALID;
    }
    if (call->request->options[OPTION_WHERE] != NULL)
        return act_work_list_signatures(call, filter.has_state, filter.state);
    answer_columns(call->answer, &row_signature);
    return call_read(call, read_signatures, &filter);
}

static enum us_err read_ids(struct reader *reader, struct call *call, void *arg)
{
    const struct request *request = call->request;

    (void)arg;
    for (size_t i = 0; i < request->argument_count; i++) {
        const char *id = request->arguments[i];
        enum us_err err = signature_find(reader, id, add_signature, call->answer);
        if (err == US_NOT_FOUND)
            fault_set(&call->fault, NULL, 0, "there is no signature %s", id);
        if (err != US_OK)
            return err;
        if (call->answer->err != US_OK)
            break;
    }
    return US_OK;
}

enum us_err signature_work_show(struct call *call)
{
    answer_columns(call->answer, &row_signature);
    return call_read(call, read_ids, NULL);
}

static enum decision find_decision(enum command_id command)
{
    switch (command) {
    case COMMAND_SIGNATURE_HOLD:
        return DECISION_HOLD;
    case COMMAND_SIGNATURE_REFUSE:
        return DECISION_REFUSE;
    case COMMAND_SIGNATURE_STRIKE:
        return DECISION_STRIKE;
    case COMMAND_SIGNATURE_RESTORE:
        return DECISION_RESTORE;
    case COMMAND_SIGNATURE_UNLIST:
        return DECISION_UNLIST;
    default:
        return DECISION_APPROVE;
    }
}

struct now {                /* how a signature stands behind a decision */
    const char *id, *state; /* state NULL: there is none */
    enum signature_state as;
    bool is_erased;    /* read_erased() */
    bool is_unreached; /* no mail can tell of it */
    enum decision decision;
    int64_t row;
    char *organisation; /* its name may have been corrected since it was looked at */
};

static bool keep_now(const struct signature *signature, void *arg)
{
    struct now *now = arg;

    now->as = signature->state;
    now->row = signature->row;
    now->state = signature_state_name(signature->state);
    now->organisation = mem_string(signature->organisation);
    return true;
}

static enum us_err read_now(struct reader *reader, struct call *call, void *arg)
{
    struct now *now = arg;

    (void)call;
    return signature_find(reader, now->id, keep_now, now);
}

/* The same, and whether anything can still be decided. */
static enum us_err read_erased(struct reader *reader, struct call *call, void *arg)
{
    struct now *now = arg;
    struct moderation_subject subject;
    enum us_err err = read_now(reader, call, now);

    if (err == US_OK)
        err = moderation_subject_read(reader, now->row, clock_now(), &subject);
    if (err != US_OK)
        return err;
    now->is_erased = subject.is_erased;
    now->is_unreached = moderation_is_unreached(now->decision, &subject);
    moderation_subject_clear(&subject);
    return US_OK;
}

static enum us_err check_reason(struct call *call, enum decision decision)
{
    const char *reason = call->request->options[OPTION_REASON];
    bool is_needed =
        decision_needs_reason(decision) && call->request->options[OPTION_DRY_RUN] == NULL;

    if (is_needed && (reason == NULL || reason[strspn(reason, " ")] == '\0')) {
        fault_set(&call->fault, NULL, 0, "a reason is needed; give it with --reason");
        return US_INVALID;
    }
    return call_check_reason(call);
}

static bool answer_decision(struct call *call, const struct moderation_params *params, bool changed,
                            enum us_err err, const struct fault *fault, const struct now *now)
{
    return answer_row(call->answer, (struct row_value[]){
                                        row_text(params->public_id),
                                        row_text(decision_name(params->decision)),
                                        row_text(now->state),
                                        row_flag(changed),
                                        row_text(err == US_OK ? NULL : err_name(err)),
                                        row_text(err == US_OK ? NULL : fault->text),
                                        row_text(now->organisation),
                                        row_flag(changed && now->is_unreached),
                                    });
}

/* What a decision would do: in now, the state that it would lead to. */
static enum us_err try_decision(struct call *call, const struct moderation_params *params,
                                bool *changed, struct now *now, struct fault *fault)
{
    enum signature_state to;
    enum us_err err = call_read(call, read_erased, now);

    if (err != US_OK || decision_is_done(params->decision, now->as))
        return err;
    if (now->is_erased || !decision_applies(params->decision, now->as, &to)) {
        if (now->is_erased)
            fault_set(fault, NULL, 0,
                      "the data of its person is deleted: nothing more can be decided");
        else
            moderation_say_refused(params->decision, now->as, params->public_id, fault);
        return US_CONFLICT;
    }
    *changed = true;
    now->state = signature_state_name(to);
    return US_OK;
}

enum us_err signature_work_decide(struct call *call)
{
    const struct request *request = call->request;
    enum decision decision = find_decision(request->command);
    enum us_err err = check_reason(call, decision);

    if (err != US_OK)
        return err;
    if (request->options[OPTION_WHERE] != NULL)
        return act_work_decide(call, decision);
    answer_columns(call->answer, &row_decision);
    call->answer->is_kept = true;
    for (size_t i = 0; i < request->argument_count && !answer_wants_stop(call->answer); i++) {
        struct moderation_params params = {
            .public_id = request->arguments[i],
            .decision = decision,
            .reason = request->options[OPTION_REASON],
            .actor = call->actor,
        };
        struct fault fault = {.text = ""};
        bool changed = false;

        struct now now = {.id = params.public_id, .decision = decision};
        params.is_unreached = &now.is_unreached;
        if (request->options[OPTION_DRY_RUN] != NULL)
            err = try_decision(call, &params, &changed, &now, &fault);
        else
            err = moderation_decide(call->site, &params, &changed, &fault);
        if (err == US_NOT_FOUND)
            fault_set(&fault, NULL, 0, "there is no such signature");
        /* One id is one act: what could not be done for it is told in its row, and the others go
         * on; but a store that cannot write will not for the next either: what was done before is
         * told, and this one last. */
        bool is_end = err == US_FULL || err == US_IO || err == US_BUSY;
        if (is_end && i == 0) {
            free(now.organisation);
            call->fault = fault;
            return err;
        }
        if (is_end)
            dispatch_explain(err, &fault);
        else if (request->options[OPTION_DRY_RUN] == NULL &&
                 call_read(call, read_now, &now) != US_OK)
            now.state = NULL;
        bool goes_on = answer_decision(call, &params, changed, err, &fault, &now);
        free(now.organisation);
        if (!goes_on || is_end)
            break;
    }
    return call->answer->err;
}
