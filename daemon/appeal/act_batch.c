/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "appeal/act_batch.h"
#include "appeal/delivery.h"
#include "appeal/moderation.h"
#include "appeal/signature_change.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/schedule.h"
#include <stdlib.h>

struct reading {
    struct act_batch *batch;
    size_t from, count; /* of the items */
    int64_t now;
    enum us_err err;
    struct moderation_subject subjects[ACT_BATCH];
    bool is_there[ACT_BATCH]; /* read, and as it is to be */
    struct public_letter_files letters;
};

static bool is_meant(const struct act_batch *batch, const struct act_item *item,
                     const struct moderation_subject *subject)
{
    if (subject->is_erased || subject->row.signature.state != item->from)
        return false;
    return item->has_changed ? subject->changed == item->changed : subject->changed < batch->as_of;
}

/* A row that is gone or damaged is left out, the others go on. */
static void read_subjects(struct reader *reader, void *arg)
{
    struct reading *reading = arg;
    bool has_listed = false;
    int64_t appeal = 0;
    for (size_t i = 0; i < reading->count && !reading->err; i++) {
        const struct act_item *item = &reading->batch->items[reading->from + i];
        struct moderation_subject *subject = &reading->subjects[i];
        schedule_give_way();
        enum us_err err = moderation_subject_read(reader, item->row, reading->now, subject);
        if (err == US_NOT_FOUND || err == US_CORRUPT)
            continue;
        reading->err = err;
        if (err)
            break;
        reading->is_there[i] = is_meant(reading->batch, item, subject);
        if (!reading->is_there[i])
            moderation_subject_clear(subject);
        else if (item->from == SIGNATURE_LISTED)
            has_listed = true;
        if (reading->is_there[i])
            appeal = subject->row.signature.appeal;
    }
    if (!reading->err && has_listed)
        reading->err =
            public_letter_files_read(reader, reading->batch->site, appeal, &reading->letters);
}

static void clear_reading(struct reading *reading)
{
    for (size_t i = 0; i < reading->count; i++) {
        if (reading->is_there[i])
            moderation_subject_clear(&reading->subjects[i]);
    }
    public_letter_files_clear(&reading->letters);
    free(reading);
}

/* What a change is called where an act is undone: what takes one off the list has a name that
 * deliveries are guarded by. */
static const char *name_change(enum signature_state from, enum signature_state to)
{
    switch (to) {
    case SIGNATURE_LISTED:
        return decision_act(from == SIGNATURE_STRUCK ? DECISION_RESTORE : DECISION_APPROVE);
    case SIGNATURE_REFUSED:
        return decision_act(DECISION_REFUSE);
    case SIGNATURE_STRUCK:
        return decision_act(DECISION_STRIKE);
    case SIGNATURE_HELD:
    case SIGNATURE_CONFIRMED:
    default:
        if (from == SIGNATURE_LISTED)
            return decision_act(DECISION_UNLIST);
        return decision_act(to == SIGNATURE_HELD ? DECISION_HOLD : DECISION_RESTORE);
    }
}

/* The act's row stands before the audit's, so that both "changed" are the same number. */
static void add_act_row(struct job *job, const struct act_batch *batch, const struct act_item *item,
                        const struct moderation_subject *subject)
{
    (void)job_add(job, STATEMENT_ACT_SIGNATURE_INSERT,
                  VALUES(value_int(batch->number), value_int(item->row),
                         value_text(signature_state_name(item->from)),
                         value_text(signature_state_name(item->to)),
                         subject->is_decided ? value_int(subject->decided_on) : value_null(),
                         value_audit_seq()));
    if (batch->undoes)
        (void)job_expect(job, STATEMENT_ACT_SIGNATURE_UNDO, US_CONFLICT,
                         VALUES(value_int(batch->undoes), value_int(item->row)));
    for (size_t i = 0; i < batch->behind_count; i++) {
        if (i % 2 == 0) /* it can be undone again as if it had done this change */
            (void)job_add(
                job, STATEMENT_ACT_SIGNATURE_REDO,
                VALUES(value_int(batch->behind[i]), value_int(item->row), value_audit_seq()));
        else
            (void)job_add(job, STATEMENT_ACT_SIGNATURE_UNDO,
                          VALUES(value_int(batch->behind[i]), value_int(item->row)));
    }
}

static enum us_err add_item(struct job *job, const struct reading *reading, size_t i,
                            bool *is_mailed)
{
    const struct act_batch *batch = reading->batch;
    const struct act_item *item = &batch->items[reading->from + i];
    const struct moderation_subject *subject = &reading->subjects[i];
    bool is_one_mailed = false, tells = batch->tells;
    /* Refused again nobody is told: whether they were the first time, nobody knows any more. */
    if (batch->undoes)
        tells = item->to == SIGNATURE_LISTED && item->from != SIGNATURE_STRUCK;
    add_act_row(job, batch, item, subject);
    enum us_err err =
        moderation_step_add(batch->site, job,
                            &(struct moderation_step){
                                .subject = subject,
                                .to = item->to,
                                .now = reading->now,
                                .actor = batch->actor,
                                .act = batch->act ? batch->act : name_change(item->from, item->to),
                                .reason = batch->reason,
                                .told = batch->told,
                                .tells = tells,
                                .keeps_mailbox = !tells,
                                .is_back = batch->undoes != 0,
                                .is_decided = item->is_decided,
                                .decided_on = item->decided_on,
                            },
                            &is_one_mailed);
    *is_mailed = *is_mailed || is_one_mailed;
    return err;
}

/* Forbidding the old pages with every batch would have all visitors wait for new ones some times a
 * second, so only the act's end does. A letter's file goes at once. */
static void tell_change(struct reading *reading, const struct signature *signature,
                        enum signature_state to)
{
    struct act_batch *batch = reading->batch;
    bool leaves = signature->state == SIGNATURE_LISTED;
    if (reading->letters.count > 0)
        signature_change_done(batch->site, signature, to, &reading->letters);
    if (!leaves && to != SIGNATURE_LISTED)
        return;
    batch->stepped = signature->appeal;
    batch->has_left = batch->has_left || leaves;
    site_stepped(batch->site, signature->appeal);
}

void act_batch_end(const struct act_batch *batch)
{
    if (batch->stepped != 0)
        site_changed(batch->site, batch->stepped, batch->has_left);
}

static void tell_site(struct reading *reading, bool is_mailed)
{
    const struct act_batch *batch = reading->batch;
    const struct moderation_subject *teller = NULL;
    enum signature_state to = SIGNATURE_HELD;
    for (size_t i = 0; i < reading->count; i++) {
        const struct act_item *item = &batch->items[reading->from + i];
        bool leaves = item->from == SIGNATURE_LISTED;
        if (!reading->is_there[i] ||
            (teller && (!leaves || teller->row.signature.state == SIGNATURE_LISTED)))
            continue;
        teller = &reading->subjects[i];
        to = item->to;
    }
    if (teller)
        tell_change(reading, &teller->row.signature, to);
    if (is_mailed)
        site_mail_queued(batch->site);
}

/* Some of the items, in one job. US_CONFLICT: one changed since it was read, and none was written.
 */
static enum us_err run_part(struct act_batch *batch, size_t from, size_t count)
{
    struct reading *reading = MEM_NEW(struct reading);
    struct job *job = job_new();
    bool is_mailed = false;
    int64_t done = 0;
    reading->batch = batch;
    reading->from = from;
    reading->count = count;
    reading->now = clock_now();
    enum us_err err = store_read_wait(site_store(batch->site), read_subjects, reading);
    if (!err)
        err = reading->err;
    site_mail_gate_close(batch->site);
    for (size_t i = 0; i < count && !err; i++) {
        if (!reading->is_there[i])
            continue;
        schedule_give_way();
        err = add_item(job, reading, i, &is_mailed);
        done++;
    }
    if (!err && done > 0)
        err = store_run(site_store(batch->site), job);
    site_mail_gate_open(batch->site);
    if (!err && done > 0)
        tell_site(reading, is_mailed);
    if (!err) {
        batch->done += done;
        batch->skipped += (int64_t)count - done;
    }
    job_free(job);
    clear_reading(reading);
    return err;
}

enum us_err act_batch_run(struct act_batch *batch)
{
    enum us_err err = batch->count ? run_part(batch, 0, batch->count) : US_OK;
    if (err == US_CONFLICT) {
        err = US_OK;
        for (size_t i = 0; i < batch->count && !err; i++) {
            err = run_part(batch, i, 1);
            if (err == US_CONFLICT) {
                batch->skipped++;
                err = US_OK;
            }
        }
    }
    batch->count = 0;
    return err;
}
