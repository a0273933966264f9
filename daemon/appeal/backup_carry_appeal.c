/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Whether an appeal takes signatures was said by hand, and stays so: open or not, shielded or not,
 * as it is in the present database. One that was erased there is erased again, to the last
 * signature, since its key is destroyed, and a form that opened again would lose whatever is sent.
 */
#include "appeal/appeal.h"
#include "appeal/backup_carry_parts.h"
#include "appeal/delivery.h"
#include "appeal/erasure.h"
#include "base/clock.h"
#include "base/mem.h"
#include "crypto/keyring.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ACT_ROWS 5000

enum { DAY_PAUSED, DAY_CLOSED, DAY_ARCHIVED, DAY_ERASED, DAYS };

struct known { /* of an appeal, as one database says */
    int64_t id;
    char *slug; /* of the restored one's alone */
    enum appeal_state state;
    struct value days[DAYS];
    int64_t days_lost;
    bool is_shielded;
};

static enum us_err read_known(struct query *query, struct known *out)
{
    struct known known = {.days_lost = query_int(query, 6),
                          .is_shielded = query_int(query, 7) != 0};
    const char *state = query_text(query, 1);

    if (state == NULL || !appeal_state_from_name(state, &known.state))
        return US_CORRUPT;
    for (int i = 0; i < DAYS; i++)
        known.days[i] =
            query_is_null(query, 2 + i) ? value_null() : value_int(query_int(query, 2 + i));
    *out = known;
    return US_OK;
}

/* The first behind `after`. US_NOT_FOUND: there is none. */
static enum us_err read_next(struct reader *reader, int64_t after, struct known *out)
{
    struct query *query = query_start(reader, STATEMENT_SINCE_APPEALS, VALUES(value_int(after)));
    enum us_err read = query_next(query) ? read_known(query, out) : US_NOT_FOUND;

    if (read == US_OK)
        out->id = query_int(query, 0);
    enum us_err err = query_end(query);
    return err == US_OK ? read : err;
}

/* That one, with its name, which is the caller's. */
static enum us_err find_known(struct reader *reader, int64_t id, struct known *out)
{
    struct query *query = query_start(reader, STATEMENT_SINCE_APPEAL_FIND, VALUES(value_int(id)));
    struct known known = {.slug = NULL};
    enum us_err read = query_next(query) ? read_known(query, &known) : US_NOT_FOUND;

    if (read == US_OK) {
        known.id = id;
        known.slug = mem_string(query_text(query, 0));
    }
    enum us_err err = query_end(query);
    if (err == US_OK && read == US_OK)
        *out = known;
    else
        free(known.slug);
    return err == US_OK ? read : err;
}

static bool is_set(const struct known *known, int day)
{
    return known->days[day].type != VALUE_NULL;
}

/* What was erased in the backup already has nothing left to change. */
static bool is_other(const struct known *now, const struct known *then)
{
    bool is_same = now->state == then->state && now->is_shielded == then->is_shielded &&
                   now->days_lost == then->days_lost;

    for (int i = 0; is_same && i < DAYS; i++)
        is_same =
            now->days[i].type == then->days[i].type && now->days[i].number == then->days[i].number;
    return !is_same && !is_set(then, DAY_ERASED);
}

/* ---- erasing all of one ---- */

struct erasing {
    int64_t appeal, last;
    struct signatory_row rows[BACKUP_CARRY_ROWS];
    size_t found, count;
    enum us_err err;
};

static void clear_rows(struct erasing *erasing)
{
    for (size_t i = 0; i < erasing->count; i++)
        signatory_row_clear(&erasing->rows[i]);
    erasing->found = erasing->count = 0;
}

static void read_rows(struct reader *reader, void *arg)
{
    struct erasing *erasing = arg;
    int64_t ids[BACKUP_CARRY_ROWS];
    struct query *query = query_start(
        reader, STATEMENT_RETENTION_SIGNATURES,
        VALUES(value_int(erasing->appeal), value_int(erasing->last), value_int(BACKUP_CARRY_ROWS)));

    clear_rows(erasing);
    while (erasing->found < BACKUP_CARRY_ROWS && query_next(query))
        erasing->last = ids[erasing->found++] = query_int(query, 0);
    erasing->err = query_end(query);
    for (size_t i = 0; erasing->err == US_OK && i < erasing->found; i++) {
        struct signatory_row *row = &erasing->rows[erasing->count];
        erasing->err = signatory_row_find(reader, ids[i], row);
        if (erasing->err == US_OK && signatory_row_is_erased(row))
            signatory_row_clear(row);
        else if (erasing->err == US_OK)
            erasing->count++;
    }
}

static enum us_err erase_rows(struct store *restored, const struct backup_carry *carry,
                              int64_t appeal, int64_t *carried)
{
    struct erasing *erasing = MEM_NEW(struct erasing);
    enum us_err err = US_OK;
    bool is_last = false;

    erasing->appeal = appeal;
    erasing->last = INT64_MIN;
    while (err == US_OK && !is_last) {
        struct job *job = job_new();
        err = store_read_wait(restored, read_rows, erasing);
        if (err == US_OK)
            err = erasing->err;
        is_last = erasing->found < BACKUP_CARRY_ROWS;
        for (size_t i = 0; err == US_OK && i < erasing->count; i++)
            backup_carry_erase(job, carry, &erasing->rows[i]);
        if (err == US_OK && erasing->count > 0)
            err = store_run(restored, job);
        *carried += (int64_t)erasing->count;
        clear_rows(erasing);
        job_free(job);
    }
    free(erasing);
    return err;
}

static enum us_err forget_acts(struct store *restored, int64_t appeal)
{
    enum us_err err = US_OK;

    for (bool is_last = false; err == US_OK && !is_last;) {
        struct job *job = job_new();
        size_t step =
            job_add(job, STATEMENT_RETENTION_ACTS, VALUES(value_int(appeal), value_int(ACT_ROWS)));
        err = store_run(restored, job);
        is_last = err != US_OK || job_rows(job, step) < ACT_ROWS;
        job_free(job);
    }
    return err;
}

/* As the term does it (retention.c), and at once. `as` is archived, and erased. */
static enum us_err erase_appeal(struct store *restored, const struct backup_carry *carry,
                                const struct known *as, const char *slug, int64_t *carried)
{
    const struct value appeal = value_int(as->id);
    enum us_err err = erase_rows(restored, carry, as->id, carried);

    if (err == US_OK)
        err = forget_acts(restored, as->id);
    if (err != US_OK)
        return err;
    struct job *job = job_new();
    public_letter_withdraw(job, as->id);
    (void)job_add(job, STATEMENT_RETENTION_EDITIONS, VALUES(appeal));
    (void)job_add(job, STATEMENT_RETENTION_ACT_WORDS, VALUES(appeal));
    (void)job_add(job, STATEMENT_RETENTION_REASONS, VALUES(appeal));
    (void)job_add(job, STATEMENT_SINCE_APPEAL_FORMS, VALUES(appeal));
    (void)job_add(job, STATEMENT_SINCE_APPEAL_MAILS, VALUES(appeal));
    (void)job_expect(job, STATEMENT_RETENTION_END, US_CONFLICT,
                     VALUES(appeal, as->days[DAY_ARCHIVED], as->days[DAY_ERASED]));
    backup_carry_audit(job, carry, "signature.erase-appeal", slug);
    err = store_run(restored, job);
    job_free(job);
    return err;
}

/* ---- one appeal ---- */

static const char *act_of(const struct known *now, const struct known *then)
{
    switch (now->state) {
    case APPEAL_PAUSED:
        return "appeal.pause";
    case APPEAL_CLOSED:
        return "appeal.close";
    case APPEAL_ARCHIVED:
        return "appeal.archive";
    default:
        return then->state == APPEAL_PAUSED ? "appeal.resume" : "appeal.reopen";
    }
}

static enum us_err set_appeal(struct store *restored, const struct backup_carry *carry,
                              const struct known *now, const struct known *then)
{
    struct job *job = job_new();
    enum us_err err;

    (void)job_expect(job, STATEMENT_SINCE_APPEAL_SET, US_CONFLICT,
                     VALUES(value_int(then->id), value_text(appeal_state_name(now->state)),
                            now->days[DAY_PAUSED], now->days[DAY_CLOSED], now->days[DAY_ARCHIVED],
                            value_int(now->days_lost), value_int(now->is_shielded)));
    if (now->state != then->state)
        backup_carry_audit(job, carry, act_of(now, then), then->slug);
    if (now->is_shielded != then->is_shielded)
        backup_carry_audit(job, carry, now->is_shielded ? "appeal.shield" : "appeal.unshield",
                           then->slug);
    err = store_run(restored, job);
    job_free(job);
    return err;
}

static enum us_err keep_appeal(struct store *restored, const struct known *now)
{
    struct job *job = job_new();
    enum us_err err;

    (void)job_add(job, STATEMENT_SINCE_APPEAL_KEEP,
                  VALUES(value_int(now->id), value_text(appeal_state_name(now->state)),
                         now->days[DAY_PAUSED], now->days[DAY_CLOSED], now->days[DAY_ARCHIVED],
                         now->days[DAY_ERASED], value_int(now->days_lost),
                         value_int(now->is_shielded)));
    err = store_run(restored, job);
    job_free(job);
    return err;
}

struct finding {
    int64_t id;
    struct known then;
    enum us_err err;
};

static void find_then(struct reader *reader, void *arg)
{
    struct finding *finding = arg;

    finding->err = find_known(reader, finding->id, &finding->then);
}

static enum us_err carry_appeal(struct store *restored, const struct backup_carry *carry,
                                const struct known *now, struct backup_carried *carried)
{
    struct finding finding = {.id = now->id};
    enum us_err err = store_read_wait(restored, find_then, &finding);

    if (err == US_OK && finding.err == US_NOT_FOUND)
        return keep_appeal(restored, now);
    if (err == US_OK)
        err = finding.err;
    if (err != US_OK)
        return err;
    if (is_other(now, &finding.then)) {
        err = set_appeal(restored, carry, now, &finding.then);
        if (err == US_OK && is_set(now, DAY_ERASED))
            err = erase_appeal(restored, carry, now, finding.then.slug, &carried->signatures);
        carried->appeals++;
    }
    free(finding.then.slug);
    return err;
}

/* ---- news ---- */

struct removed {
    int64_t appeal, number, published_at, removed_at;
    char *slug; /* of the restored one's, where it is there yet; NULL: it is not */
    enum us_err err;
};

static enum us_err next_removed(struct reader *reader, struct removed *removed)
{
    struct query *query =
        query_start(reader, STATEMENT_SINCE_REMOVED,
                    VALUES(value_int(removed->appeal), value_int(removed->number)));
    bool is_there = query_next(query);

    if (is_there)
        *removed = (struct removed){query_int(query, 0),
                                    query_int(query, 1),
                                    query_int(query, 2),
                                    query_int(query, 3),
                                    NULL,
                                    US_OK};
    enum us_err err = query_end(query);
    return err == US_OK && !is_there ? US_NOT_FOUND : err;
}

static void find_removed(struct reader *reader, void *arg)
{
    struct removed *removed = arg;
    struct query *query = query_start(reader, STATEMENT_SINCE_REMOVED_FIND,
                                      VALUES(value_int(removed->appeal), value_int(removed->number),
                                             value_int(removed->published_at)));

    removed->slug = query_next(query) ? mem_string(query_text(query, 0)) : NULL;
    removed->err = query_end(query);
}

/* Where it is not there, its number is taken all the same: another backup may have it. */
static struct job *make_removed(const struct backup_carry *carry, const struct removed *removed)
{
    const struct value appeal = value_int(removed->appeal), number = value_int(removed->number),
                       at = value_int(removed->removed_at);
    struct job *job = job_new();

    if (removed->slug == NULL) {
        (void)job_add(job, STATEMENT_SINCE_REMOVED_KEEP,
                      VALUES(appeal, number, value_int(removed->published_at), at));
        return job;
    }
    (void)job_expect(job, STATEMENT_UPDATE_REMOVE, US_CONFLICT, VALUES(appeal, number, at));
    (void)job_add(job, STATEMENT_UPDATE_TEXT_DELETE, VALUES(appeal, number));
    (void)job_add(job, STATEMENT_UPDATE_MAIL_DELETE, VALUES(appeal, number));
    backup_carry_audit(job, carry, "update.remove", removed->slug);
    return job;
}

static enum us_err carry_removed(struct store *restored, const struct backup_carry *carry,
                                 struct removed *removed)
{
    enum us_err err = store_read_wait(restored, find_removed, removed);

    if (err == US_OK)
        err = removed->err;
    if (err == US_OK) {
        struct job *job = make_removed(carry, removed);
        err = store_run(restored, job);
        job_free(job);
    }
    free(removed->slug);
    removed->slug = NULL;
    return err;
}

enum us_err backup_carry_appeals(struct reader *old, struct store *restored,
                                 const struct backup_carry *carry, struct backup_carried *carried,
                                 enum us_err *read)
{
    struct removed removed = {INT64_MIN, INT64_MIN, 0, 0, NULL, US_OK};
    struct known now = {.id = INT64_MIN};
    enum us_err err = US_OK;

    while (err == US_OK && *read == US_OK) {
        *read = read_next(old, now.id, &now);
        if (*read == US_OK)
            err = carry_appeal(restored, carry, &now, carried);
    }
    if (*read == US_NOT_FOUND)
        *read = US_OK;
    while (err == US_OK && *read == US_OK) {
        *read = next_removed(old, &removed);
        if (*read == US_OK)
            err = carry_removed(restored, carry, &removed);
    }
    if (*read == US_NOT_FOUND)
        *read = US_OK;
    return err;
}

/* ---- keys that were destroyed ---- */

struct walking {
    int64_t appeal;
    bool is_there;
    enum us_err err;
};

static void walk_next(struct reader *reader, void *arg)
{
    struct walking *walking = arg;
    struct query *query =
        query_start(reader, STATEMENT_SINCE_APPEAL_EACH, VALUES(value_int(walking->appeal)));

    walking->is_there = query_next(query);
    if (walking->is_there)
        walking->appeal = query_int(query, 0);
    walking->err = query_end(query);
}

static enum us_err end_destroyed(struct store *restored, const struct backup_carry *carry,
                                 int64_t appeal, struct backup_carried *carried)
{
    const struct value today = value_int(clock_day(carry->now));
    struct finding finding = {.id = appeal};
    enum us_err err = store_read_wait(restored, find_then, &finding);

    if (err == US_OK)
        err = finding.err;
    if (err != US_OK)
        return err == US_NOT_FOUND ? US_OK : err; /* a draft */
    struct known as = finding.then;
    as.state = APPEAL_ARCHIVED;
    as.days[DAY_PAUSED] = value_null();
    if (!is_set(&as, DAY_CLOSED))
        as.days[DAY_CLOSED] = today;
    if (!is_set(&as, DAY_ARCHIVED))
        as.days[DAY_ARCHIVED] = today;
    as.days[DAY_ERASED] = today;
    err = set_appeal(restored, carry, &as, &finding.then);
    if (err == US_OK)
        err = erase_appeal(restored, carry, &as, finding.then.slug, &carried->signatures);
    carried->appeals++;
    free(finding.then.slug);
    return err;
}

enum us_err backup_carry_destroyed(struct store *restored, const struct backup_carry *carry,
                                   struct backup_carried *carried)
{
    struct walking walking = {.appeal = INT64_MIN, .is_there = true};
    enum us_err err = US_OK;

    while (err == US_OK && walking.is_there) {
        err = store_read_wait(restored, walk_next, &walking);
        if (err == US_OK)
            err = walking.err;
        if (err == US_OK && walking.is_there && keyring_peek_destroyed(carry->keys, walking.appeal))
            err = end_destroyed(restored, carry, walking.appeal, carried);
    }
    return err;
}

/* ---- telling ---- */

enum us_err
backup_compare_appeals(struct reader *now, struct reader *then,
                       void (*on_change)(const char *slug, const char *state, void *arg), void *arg)
{
    struct known is = {.id = INT64_MIN}, was;
    enum us_err err, found;

    while ((err = read_next(now, is.id, &is)) == US_OK) {
        found = find_known(then, is.id, &was);
        if (found == US_NOT_FOUND)
            continue;
        if (found != US_OK)
            return found;
        if (is_other(&is, &was)) {
            char *state = mem_format("%s%s%s", appeal_state_name(is.state),
                                     is_set(&is, DAY_ERASED) ? ", erased" : "",
                                     is.is_shielded ? ", shielded" : "");
            on_change(was.slug, state, arg);
            free(state);
        }
        free(was.slug);
    }
    return err == US_NOT_FOUND ? US_OK : err;
}
