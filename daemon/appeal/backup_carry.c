/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * In jobs of so many rows, each of which counters, lists and public letters go with, as where a
 * signatory does it. Signatures are known by their public ids: after an earlier restore an internal
 * id may be another's.
 */
#include "appeal/backup_carry.h"
#include "appeal/erasure.h"
#include "appeal/signature_change.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

#define ROWS 100
#define REASON "done before the restore"

struct ended { /* as the present database says */
    int64_t row;
    char *id;
    bool is_withdrawn;
};

struct carrying {
    const struct backup_carry *carry;
    struct store *restored;
    struct ended ended[ROWS];
    size_t count;
    /* Those of them that are not so in the restored one. */
    struct signatory_row rows[ROWS];
    bool is_withdrawn[ROWS];
    size_t row_count;
    int64_t missing[ROWS]; /* not there: their forms may wait in it */
    size_t missing_count;
    enum us_err err;
};

static void clear(struct carrying *carrying)
{
    for (size_t i = 0; i < carrying->count; i++)
        free(carrying->ended[i].id);
    for (size_t i = 0; i < carrying->row_count; i++)
        signatory_row_clear(&carrying->rows[i]);
    carrying->count = carrying->row_count = carrying->missing_count = 0;
}

static enum us_err read_ended(struct reader *reader, struct carrying *carrying, int64_t *place)
{
    struct query *query =
        query_start(reader, STATEMENT_DATABASE_ERASED, VALUES(value_int(*place), value_int(ROWS)));

    while (carrying->count < ROWS && query_next(query)) {
        const char *id = query_text(query, 1), *state = query_text(query, 2);
        *place = query_int(query, 0);
        carrying->ended[carrying->count++] = (struct ended){
            .row = *place,
            .id = mem_string(id != NULL ? id : ""),
            .is_withdrawn = state != NULL && strcmp(state, "withdrawn") == 0,
        };
    }
    return query_end(query);
}

/* ---- what the restored one has of them ---- */

static enum us_err find_row(struct reader *reader, struct carrying *carrying,
                            const struct ended *ended)
{
    struct query *query =
        query_start(reader, STATEMENT_DATABASE_SIGNATURE_STATE, VALUES(value_text(ended->id)));
    bool is_there = query_next(query), is_erased = is_there && query_int(query, 1) != 0;
    int64_t row = is_there ? query_int(query, 2) : 0;
    enum us_err err = query_end(query);

    if (err == US_OK && !is_there)
        carrying->missing[carrying->missing_count++] = ended->row;
    if (err != US_OK || !is_there)
        return err;
    err = signatory_row_find(reader, row, &carrying->rows[carrying->row_count]);
    if (err != US_OK)
        return err;
    /* One that was erased may have been withdrawn behind that. */
    if (is_erased &&
        (!ended->is_withdrawn ||
         carrying->rows[carrying->row_count].row.signature.state == SIGNATURE_WITHDRAWN)) {
        signatory_row_clear(&carrying->rows[carrying->row_count]);
        return US_OK;
    }
    carrying->is_withdrawn[carrying->row_count++] = ended->is_withdrawn;
    return US_OK;
}

static void find_rows(struct reader *reader, void *arg)
{
    struct carrying *carrying = arg;

    carrying->err = US_OK;
    for (size_t i = 0; carrying->err == US_OK && i < carrying->count; i++)
        carrying->err = find_row(reader, carrying, &carrying->ended[i]);
}

/* ---- doing it again ---- */

/* The day only, as where the signatory does it. */
static int64_t day_of(const struct backup_carry *carry)
{
    return clock_day(carry->now) * CLOCK_DAY;
}

static void add_withdrawal(struct job *job, const struct backup_carry *carry,
                           const struct signatory_row *row)
{
    const struct signature *s = &row->row.signature;

    erasure_add_withdrawal(job, row, SIGNATURE_WITHDRAWN);
    signature_change_add(job,
                         &(struct signature_change){
                             .signature = s,
                             .to = SIGNATURE_WITHDRAWN,
                             .at = day_of(carry),
                             .actor = carry->actor,
                             .act = s->state == SIGNATURE_LISTED ? "signature.withdraw"
                                                                 : "signature.withdraw-unlisted",
                             .reason = REASON,
                         });
}

static void add_erasure(struct job *job, const struct backup_carry *carry,
                        const struct signatory_row *row)
{
    const struct signature *s = &row->row.signature;
    bool is_listed = s->state == SIGNATURE_LISTED;

    erasure_add(job, row, &(struct erasure_words){day_of(carry), carry->actor, REASON});
    if (is_listed)
        public_letter_withdraw(job, s->appeal);
    if (erasure_target(s->state) == s->state)
        job_add_audit(job, &(struct job_audit){
                               .at = day_of(carry),
                               .actor = carry->actor,
                               .act = is_listed ? "signature.erase" : "signature.erase-unlisted",
                               .subject = s->id,
                               .reason = REASON,
                           });
}

static enum us_err write_rows(const struct carrying *carrying)
{
    struct job *job = job_new();
    int64_t appeal = 0;
    enum us_err err;

    for (size_t i = 0; i < carrying->row_count; i++) {
        const struct signatory_row *row = &carrying->rows[i];
        if (carrying->is_withdrawn[i])
            add_withdrawal(job, carrying->carry, row);
        else
            add_erasure(job, carrying->carry, row);
        /* What was drawn with the person in it, and did not leave, cannot leave any more. */
        if (row->row.signature.appeal != appeal)
            (void)job_add(job, STATEMENT_RETENTION_EDITIONS,
                          VALUES(value_int(row->row.signature.appeal)));
        appeal = row->row.signature.appeal;
    }
    for (size_t i = 0; i < carrying->missing_count; i++) {
        (void)job_add(job, STATEMENT_PENDING_DELETE, VALUES(value_int(carrying->missing[i])));
        (void)job_add(job, STATEMENT_OUTBOX_FORGET, VALUES(value_int(carrying->missing[i])));
    }
    err = store_run(carrying->restored, job);
    job_free(job);
    return err;
}

static enum us_err carry_some(struct carrying *carrying, int64_t *carried)
{
    enum us_err err = store_read_wait(carrying->restored, find_rows, carrying);

    if (err == US_OK)
        err = carrying->err;
    if (err == US_OK && carrying->row_count + carrying->missing_count > 0)
        err = write_rows(carrying);
    if (err == US_OK)
        *carried += (int64_t)carrying->row_count;
    return err;
}

enum us_err backup_carry(struct side *old, struct store *restored, const struct backup_carry *carry,
                         int64_t *carried, bool *is_whole)
{
    struct carrying *carrying = MEM_NEW(struct carrying);
    struct reader *reader = side_begin(old);
    int64_t place = INT64_MIN, done = 0;
    enum us_err err = US_OK, read = US_OK;
    bool is_last = false;

    carrying->carry = carry;
    carrying->restored = restored;
    while (err == US_OK && read == US_OK && !is_last) {
        read = read_ended(reader, carrying, &place);
        is_last = carrying->count < ROWS;
        err = carry_some(carrying, &done);
        clear(carrying);
    }
    side_end(old);
    free(carrying);
    if (read != US_OK)
        log_warning("backup: the present database cannot be read to its end (%s)", err_name(read));
    *carried = done;
    *is_whole = read == US_OK;
    return err;
}
