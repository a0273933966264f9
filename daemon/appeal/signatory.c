/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What a signatory's link leads to: the signature, or what waits to become one under the same row.
 * And the wish for news, which no digest covers: it may change at any time.
 */
#include "appeal/signatory.h"
#include "appeal/erasure.h"
#include "appeal/pack.h"
#include "appeal/pending.h"
#include "appeal/signatory_task.h"
#include "appeal/signing_request.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

void signatory_free(struct signatory *signatory)
{
    if (!signatory)
        return;
    appeal_free(signatory->appeal);
    submission_clear(&signatory->submission);
    free(signatory);
}

static void copy_text(char *to, size_t size, const char *from)
{
    if (from && strlen(from) < size)
        memcpy(to, from, strlen(from) + 1);
}

static void fill_signed(const struct signatory_row *row, struct signatory *out)
{
    const struct signature *s = &row->row.signature;
    out->state = s->state;
    out->stage = s->state == SIGNATURE_WITHDRAWN ? STAGE_WITHDRAWN : STAGE_CONFIRMED;
    out->wants_updates = row->wants_updates;
    out->has_logo = row->has_logo;
    out->is_erased = row->is_gone;
    out->has_latin = row->confirmed_latin != NULL;
    out->can_correct = signatory_row_can_correct(row);
    copy_text(out->public_id, sizeof out->public_id, s->id);
    copy_text(out->language, sizeof out->language, row->spoken);
    copy_text(out->submission.language, sizeof out->submission.language, row->spoken);
    signing_request_fill(s, &out->submission);
    if (row->wants_updates)
        out->submission.values[FIELD_UPDATES] = mem_string("yes");
}

static enum us_err find_signed(struct reader *reader, struct site *site, int64_t id,
                               struct signatory *out)
{
    struct signatory_row row;
    struct signature seen;
    enum us_err err = signatory_row_find(reader, id, &row);
    if (err)
        return err;
    fill_signed(&row, out);
    err = appeal_load_id(reader, site, row.row.signature.appeal, row.row.signature.version,
                         &out->appeal);
    out->can_logo = !err && out->appeal->settings->takes_logos &&
                    signature_show(&row.row.signature, AUDIENCE_PUBLIC, &seen) != SHOWN_COUNTED &&
                    (out->state == SIGNATURE_CONFIRMED || out->state == SIGNATURE_HELD);
    signatory_row_clear(&row);
    return err;
}

static enum us_err find_waiting(struct reader *reader, struct site *site, int64_t id, int64_t now,
                                struct signatory *out)
{
    struct pending pending;
    enum us_err err = pending_find(reader, id, &pending);
    if (err)
        return err;
    if (pending.is_confirmed || pending.expires_at <= now)
        err = US_NOT_FOUND;
    else
        err = pending_unseal(site, &pending, &out->submission);
    if (err == US_EXPIRED) /* its day's key is gone, and it with it */
        err = US_NOT_FOUND;
    if (!err)
        err = appeal_load_id(reader, site, pending.appeal, pending.version, &out->appeal);
    pack_wipe_text(out->submission.values[FIELD_EMAIL]);
    out->submission.values[FIELD_EMAIL] = NULL;
    out->stage = STAGE_WAITING;
    out->wants_updates = out->submission.values[FIELD_UPDATES] != NULL;
    memcpy(out->language, pending.spoken, sizeof out->language);
    pending_clear(&pending);
    return err;
}

static enum us_err find(struct reader *reader, struct site *site, enum token_purpose purpose,
                        const char *token, int64_t now, struct signatory **out)
{
    int64_t row;
    enum us_err err = signatory_task_row(site, purpose, token, &row);
    if (err)
        return err;
    struct signatory *signatory = MEM_NEW(struct signatory);
    signatory->row = row;
    err = find_signed(reader, site, row, signatory);
    if (err == US_NOT_FOUND && purpose == TOKEN_WITHDRAW)
        err = find_waiting(reader, site, row, now, signatory);
    if (err) {
        signatory_free(signatory);
        return err;
    }
    *out = signatory;
    return US_OK;
}

enum us_err signatory_find(struct reader *reader, struct site *site, const char *token, int64_t now,
                           struct signatory **out)
{
    return find(reader, site, TOKEN_WITHDRAW, token, now, out);
}

enum us_err signatory_find_subscribed(struct reader *reader, struct site *site, const char *token,
                                      int64_t now, struct signatory **out)
{
    return find(reader, site, TOKEN_UNSUBSCRIBE, token, now, out);
}

/* Who withdrew, or had its data deleted, gets no news: not to want any is fine, to want some is
 * not. */
static enum us_err make_wish(struct reader *reader, struct signatory_task *task, struct job **job)
{
    struct signatory_row row;
    enum us_err err = signatory_row_find(reader, task->row, &row);
    if (err)
        return err;
    bool is_gone = row.row.signature.state == SIGNATURE_WITHDRAWN || signatory_row_is_erased(&row);
    if (is_gone && task->wants)
        err = US_CONFLICT;
    if (!err && row.wants_updates != task->wants) {
        *job = job_new();
        (void)job_expect(*job, STATEMENT_SIGNATURE_SET_UPDATES, US_CONFLICT,
                         VALUES(value_int(task->row), value_int(task->wants)));
    }
    signatory_row_clear(&row);
    return err;
}

void signatory_want_updates(struct reader *reader, struct site *site, enum token_purpose purpose,
                            const char *token, bool wants, signatory_done *on_done, void *arg)
{
    int64_t row;
    enum us_err err = signatory_task_row(site, purpose, token, &row);
    if (err) {
        on_done(err, arg);
        return;
    }
    struct signatory_task *task = MEM_NEW(struct signatory_task);
    *task = (struct signatory_task){.site = site,
                                    .row = row,
                                    .wants = wants,
                                    .on_done = on_done,
                                    .arg = arg,
                                    .make = make_wish};
    signatory_task_run(reader, task);
}
