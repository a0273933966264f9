/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Withdrawing. One job, guarded on the row as it was read, takes the signature off the list and
 * with it the public letters, moves the counters, and erases all that tells of persons; what is
 * left, the organisation's name and its numbers, has its digest made anew. The hashes of the
 * mailbox go too, so that nobody can ask later who withdrew; the organisation may sign again.
 *
 * What moderators wrote about it, in notes and as reasons, goes with it: it may name the person.
 *
 * A refused or struck one keeps its state, its place and what tells fakes, else whoever was refused
 * withdraws and signs again as if nothing had been. The rest of it is erased all the same.
 *
 * Deliveries are guarded by the audit's acts (sql/catalogue.sql, audit_guard): only the withdrawal
 * of a listed signature must stop them. Else whoever signs and withdraws, again and again, without
 * a moderator ever listing them, would keep every letter from leaving.
 */
#include "appeal/erasure.h"
#include "appeal/pending.h"
#include "appeal/signatory_task.h"
#include "appeal/signature_change.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "text/unicode.h"
#include <stdlib.h>
#include <string.h>

/* The reason as it can be kept: one line of text without anything invisible, cut where it is too
 * long. A bad reason keeps nobody from withdrawing. NULL: nothing is left of it. */
static char *clean_reason(const char *reason)
{
    size_t len = reason ? strnlen(reason, 16 * SIGNATORY_REASON_MOST) : 0, cut = 0, count = 0;
    char *line, *clean;
    if (len == 0)
        return NULL;
    len = reason[len] ? utf8_cut(reason, len + 1, len) : len;
    if (!utf8_is_valid(reason, len))
        return NULL;
    line = mem_string_part(reason, len);
    for (size_t at = 0, next = 0; at < len; at = next) {
        (void)utf8_next(line, len, &next);
        if (utf8_has_forbidden(line + at, next - at, false))
            memset(line + at, ' ', next - at);
    }
    clean = unicode_clean(line);
    for (len = strlen(clean); cut < len && count < SIGNATORY_REASON_MOST; count++)
        (void)utf8_next(clean, len, &cut);
    clean[cut] = '\0';
    free(line);
    if (cut > 0)
        return clean;
    free(clean);
    return NULL;
}

static struct job *make_job(const struct signatory_task *task, const struct signatory_row *row)
{
    const struct signature *s = &row->row.signature;
    enum signature_state to = erasure_keeps_place(s->state) ? s->state : SIGNATURE_WITHDRAWN;
    struct job *job = job_new();
    /* Before the audit row below, whose reason is the signatory's own. */
    erasure_add_withdrawal(job, row, to);
    /* The day only: a signature does not keep its second, nor does its end. */
    signature_change_add(job,
                         &(struct signature_change){
                             .signature = s,
                             .to = to,
                             .at = clock_day(task->now) * CLOCK_DAY,
                             .actor = "signatory",
                             .act = s->state == SIGNATURE_LISTED ? "signature.withdraw"
                                                                 : "signature.withdraw-unlisted",
                             .reason = task->texts[0],
                         });
    return job;
}

/* What was never confirmed leaves nothing behind but its number, till no backup has anything of it
 * that could still be confirmed; its mail, where it still waits, is dropped. */
static enum us_err make_pending_job(struct reader *reader, const struct signatory_task *task,
                                    struct job **job)
{
    struct pending pending;
    enum us_err err = pending_find(reader, task->row, &pending);
    if (err == US_NOT_FOUND)
        return US_OK; /* gone already */
    if (err)
        return err;
    *job = job_new();
    (void)job_expect(*job, STATEMENT_PENDING_DELETE, US_CONFLICT, VALUES(value_int(pending.id)));
    (void)job_add(*job, STATEMENT_SINCE_KEEP,
                  VALUES(value_int(pending.id), value_null(),
                         value_text(signature_state_name(SIGNATURE_WITHDRAWN)), value_int(1),
                         value_null(), value_int(0), value_null(),
                         value_int(task->now + PENDING_MAIL_TERM + PENDING_TERM)));
    (void)job_add(*job, STATEMENT_OUTBOX_FORGET, VALUES(value_int(pending.id)));
    pending_clear(&pending);
    return US_OK;
}

static enum us_err make(struct reader *reader, struct signatory_task *task, struct job **job)
{
    struct signatory_row row;
    enum us_err err = signatory_row_find(reader, task->row, &row);
    task->signature = (struct signature){.state = SIGNATURE_WITHDRAWN};
    if (err == US_NOT_FOUND)
        return make_pending_job(reader, task, job);
    if (err)
        return err;
    const struct signature *s = &row.row.signature;
    if (s->state != SIGNATURE_WITHDRAWN && !row.is_gone) {
        task->signature = (struct signature){.appeal = s->appeal, .state = s->state};
        err = public_letter_files_read(reader, task->site, s->appeal, &task->letters);
        if (!err)
            *job = make_job(task, &row);
    }
    signatory_row_clear(&row);
    return err;
}

static void on_stored(struct signatory_task *task)
{
    signature_change_done(task->site, &task->signature, SIGNATURE_WITHDRAWN, &task->letters);
}

void signatory_withdraw(struct reader *reader, struct site *site, const char *token,
                        const char *reason, int64_t now, signatory_done *on_done, void *arg)
{
    int64_t row;
    enum us_err err = signatory_task_row(site, TOKEN_WITHDRAW, token, &row);
    if (err) {
        on_done(err, arg);
        return;
    }
    struct signatory_task *task = MEM_NEW(struct signatory_task);
    *task = (struct signatory_task){.site = site,
                                    .row = row,
                                    .now = now,
                                    .on_done = on_done,
                                    .arg = arg,
                                    .make = make,
                                    .on_stored = on_stored};
    task->texts[0] = clean_reason(reason);
    signatory_task_run(reader, task);
}
