/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * An act from its row to its end. The row is there before anything is changed, and says "running";
 * whoever finds that when the store is opened knows that it was cut off.
 */
#include "appeal/act.h"
#include "appeal/act_batch.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define REST_MOST (CLOCK_SECOND / 5)

struct run {
    struct site *site;
    const struct act_watch *watch;
    struct act_batch batch;
    char *reason; /* of the audit rows */
    struct act_result result;
};

static void tell(const struct run *run)
{
    if (run->watch && run->watch->on_progress)
        run->watch->on_progress(run->batch.done + run->batch.skipped, run->result.chosen,
                                "signatures", run->watch->arg);
}

static bool is_stopped(struct run *run)
{
    if (run->watch && run->watch->wants_stop && run->watch->wants_stop(run->watch->arg))
        run->result.is_stopped = true;
    return run->result.is_stopped;
}

/* ---- the act's row ---- */

struct beginning {
    int64_t appeal, undoes; /* undoes 0: none */
    const char *slug, *decision, *filter, *actor, *reason;
};

static enum us_err begin(struct run *run, const struct beginning *what)
{
    int64_t now = clock_now();
    struct job *job = job_new();
    size_t step = job_expect(
        job, STATEMENT_ACT_INSERT, US_IO,
        VALUES(value_int(what->appeal), value_text(what->decision), value_text(what->filter),
               what->undoes ? value_int(what->undoes) : value_null(), value_text(what->actor),
               value_text(what->reason), value_int(run->result.chosen), value_int(now)));
    char *act = mem_format("act.%s", what->decision);
    char *undone = what->undoes ? mem_format("act %" PRId64, what->undoes) : NULL;
    char *said = mem_format("%s%s%s", undone ? undone : what->filter, what->reason ? ": " : "",
                            what->reason ? what->reason : "");
    job_add_audit(
        job,
        &(struct job_audit){
            .at = now, .actor = what->actor, .act = act, .subject = what->slug, .reason = said});
    enum us_err err = store_run(site_store(run->site), job);
    if (!err)
        run->result.number = run->batch.number = job_get_int(job, step, 0);
    job_free(job);
    free(act);
    free(undone);
    free(said);
    run->reason = mem_format("%s%sact %" PRId64, what->reason ? what->reason : "",
                             what->reason ? "; " : "", run->result.number);
    run->batch.reason = run->reason;
    return err;
}

static enum us_err end(struct run *run, enum us_err err, struct act_result *out)
{
    act_batch_end(&run->batch);
    if (run->result.number != 0) {
        struct job *job = job_new();
        const char *state = err || run->result.is_stopped ? "stopped" : "done";
        (void)job_add(
            job, STATEMENT_ACT_END,
            VALUES(value_int(run->result.number), value_text(state), value_int(clock_now())));
        enum us_err ended = store_run(site_store(run->site), job);
        job_free(job);
        err = err ? err : ended;
    }
    run->result.done = run->batch.done;
    run->result.skipped = run->batch.skipped;
    free(run->reason);
    *out = run->result;
    return err;
}

/* ---- a decision on what was chosen ---- */

static int64_t count_applying(const struct act_params *params, const struct act_choice *choice)
{
    enum signature_state to;
    int64_t count = 0;
    for (size_t i = 0; i < choice->count; i++)
        count +=
            decision_applies(params->decision, (enum signature_state)choice->chosen[i].state, &to);
    return count;
}

/* Between two batches, as long as the one took: an act has half of the store's time, and visitors'
 * jobs and pages find the other half. */
static void rest(int64_t began)
{
    int64_t spent = clock_monotonic() - began;
    if (spent > REST_MOST)
        spent = REST_MOST;
    nanosleep(&(struct timespec){.tv_nsec = spent * (1000000000 / CLOCK_SECOND)}, NULL);
}

static enum us_err run_batches(struct run *run, const struct act_params *params,
                               const struct act_choice *choice)
{
    enum us_err err = US_OK;
    for (size_t i = 0; i < choice->count && !err && !run->result.is_stopped; i++) {
        struct act_item item = {.row = choice->chosen[i].row,
                                .from = (enum signature_state)choice->chosen[i].state};
        if (!decision_applies(params->decision, item.from, &item.to))
            continue;
        run->batch.items[run->batch.count++] = item;
        if (run->batch.count < ACT_BATCH)
            continue;
        int64_t began = clock_monotonic();
        err = act_batch_run(&run->batch);
        tell(run);
        if (!err && i + 1 < choice->count && !is_stopped(run))
            rest(began);
    }
    /* The last few belong to what was asked for, unless it was to stop. */
    if (!err && !run->result.is_stopped && run->batch.count > 0) {
        err = act_batch_run(&run->batch);
        tell(run);
    }
    return err;
}

enum us_err act_run(struct site *site, const struct act_params *params,
                    const struct act_choice *choice, const struct act_watch *watch,
                    struct act_result *out, struct fault *fault)
{
    *out = (struct act_result){0};
    enum us_err err = moderation_check_reason(params->decision, params->reason, fault);
    if (err)
        return err;
    const char *reason = params->reason && *params->reason ? params->reason : NULL;
    struct run *run = MEM_NEW(struct run);
    run->site = site;
    run->watch = watch;
    run->result.chosen = count_applying(params, choice);
    run->batch.site = site;
    run->batch.as_of = choice->as_of;
    run->batch.actor = params->actor;
    run->batch.told = reason;
    run->batch.act = decision_act(params->decision);
    run->batch.tells = params->decision == DECISION_APPROVE ||
                       (params->decision == DECISION_REFUSE && params->tells);
    if (run->result.chosen > 0) {
        err = begin(run, &(struct beginning){.appeal = params->appeal,
                                             .slug = params->slug,
                                             .decision = decision_name(params->decision),
                                             .filter = params->filter,
                                             .actor = params->actor,
                                             .reason = reason});
        if (!err)
            err = run_batches(run, params, choice);
    }
    err = end(run, err, out);
    free(run);
    return err;
}

/* ---- undoing ---- */

#define BEHIND_MOST 64 /* undoings of undoings that are told of */

struct undoing {
    struct run *run;
    const struct act_undo *undo;
    int64_t from; /* act_signature's, behind which the next page begins */
    bool is_last;
    int64_t appeal, can, blocked;
    char *slug;
    bool is_running;
    int64_t behind[BEHIND_MOST]; /* act_batch.behind */
    size_t behind_count;
    enum us_err err;
};

static bool on_act_behind(const struct act *act, void *arg)
{
    struct undoing *undoing = arg;
    if (act->is_undo && undoing->behind_count < BEHIND_MOST)
        undoing->behind[undoing->behind_count++] = act->undoes;
    return true;
}

static bool on_undone_act(const struct act *act, void *arg)
{
    struct undoing *undoing = arg;
    (void)on_act_behind(act, arg);
    undoing->appeal = act->appeal;
    undoing->slug = mem_string(act->slug ? act->slug : "");
    undoing->is_running = strcmp(act->state, "running") == 0;
    return true;
}

static void read_act(struct reader *reader, void *arg)
{
    struct undoing *undoing = arg;
    undoing->err = act_find(reader, undoing->undo->number, on_undone_act, undoing);
    /* One undoes only what is older. An act that is gone is nothing to be told of. */
    for (size_t i = 0; i < undoing->behind_count && !undoing->err; i++) {
        enum us_err err = act_find(reader, undoing->behind[i], on_act_behind, undoing);
        if (err && err != US_NOT_FOUND)
            undoing->err = err;
    }
}

static bool on_count(const struct act_signature *signature, void *arg)
{
    struct undoing *undoing = arg;
    undoing->can += !signature->is_undone && signature->can_undo;
    undoing->blocked += !signature->is_undone && !signature->can_undo;
    return true;
}

static bool on_item(const struct act_signature *signature, void *arg)
{
    struct undoing *undoing = arg;
    struct act_batch *batch = &undoing->run->batch;
    undoing->from = signature->row;
    if (!signature->can_undo)
        return true;
    batch->items[batch->count++] = (struct act_item){
        .row = signature->row,
        .from = signature->became,
        .to = signature->was,
        .has_changed = true,
        .changed = signature->changed,
        .is_decided = signature->is_decided,
        .decided_on = signature->decided_on,
    };
    return batch->count < ACT_BATCH;
}

static void count_all(struct reader *reader, void *arg)
{
    struct undoing *undoing = arg;
    undoing->err = act_each_signature(reader, undoing->undo->number, INT64_MIN, on_count, undoing);
}

static void read_items(struct reader *reader, void *arg)
{
    struct undoing *undoing = arg;
    undoing->err =
        act_each_signature(reader, undoing->undo->number, undoing->from, on_item, undoing);
    undoing->is_last = undoing->run->batch.count < ACT_BATCH;
}

static enum us_err read_undoing(struct undoing *undoing, void (*work)(struct reader *, void *))
{
    enum us_err err = store_read_wait(site_store(undoing->run->site), work, undoing);
    return err ? err : undoing->err;
}

static enum us_err look_first(struct undoing *undoing, struct fault *fault)
{
    int64_t number = undoing->undo->number;
    enum us_err err = read_undoing(undoing, read_act);
    if (err == US_NOT_FOUND)
        fault_set(fault, NULL, 0, "there is no act %" PRId64 "; `undersign act list` has them",
                  number);
    if (!err && undoing->is_running) {
        fault_set(fault, NULL, 0, "act %" PRId64 " is still running", number);
        return US_CONFLICT;
    }
    return err ? err : read_undoing(undoing, count_all);
}

static enum us_err undo_batches(struct undoing *undoing)
{
    enum us_err err = US_OK;
    while (!err && !undoing->is_last && !undoing->run->result.is_stopped) {
        int64_t began = clock_monotonic();
        err = read_undoing(undoing, read_items);
        if (!err)
            err = act_batch_run(&undoing->run->batch);
        tell(undoing->run);
        if (!err && !undoing->is_last && !is_stopped(undoing->run))
            rest(began);
    }
    return err;
}

enum us_err act_undo(struct site *site, const struct act_undo *undo, const struct act_watch *watch,
                     struct act_result *out, struct fault *fault)
{
    struct run *run = MEM_NEW(struct run);
    struct undoing undoing = {.run = run, .undo = undo, .from = INT64_MIN};
    const char *reason = undo->reason && *undo->reason ? undo->reason : NULL;
    *out = (struct act_result){0};
    run->site = run->batch.site = site;
    run->watch = watch;
    run->batch.as_of = INT64_MAX;
    run->batch.actor = undo->actor;
    run->batch.undoes = undo->number;
    enum us_err err = look_first(&undoing, fault);
    run->batch.behind = undoing.behind;
    run->batch.behind_count = undoing.behind_count;
    run->result.chosen = undoing.can;
    run->batch.skipped = undoing.blocked;
    if (!err && !undo->is_trial && undoing.can > 0) {
        err = begin(run, &(struct beginning){.appeal = undoing.appeal,
                                             .undoes = undo->number,
                                             .slug = undoing.slug,
                                             .decision = "undo",
                                             .filter = "",
                                             .actor = undo->actor,
                                             .reason = reason});
        if (!err)
            err = undo_batches(&undoing);
    }
    if (undo->is_trial)
        run->batch.done = undoing.can;
    /* Also those that somebody decided on between the look and their turn. */
    if (!run->result.is_stopped)
        run->batch.skipped = undoing.can + undoing.blocked - run->batch.done;
    err = end(run, err, out);
    free(undoing.slug);
    free(run);
    return err;
}
