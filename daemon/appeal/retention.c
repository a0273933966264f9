/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Persons and contact data past their term, in jobs of so many rows that nobody waits long behind
 * one. A job is guarded on its rows as they were read; where somebody came between, its rows are
 * read again, and at last left to the next run. An appeal that ended is walked once: its last job
 * marks it, and its key is destroyed before, so that a run that was cut off begins it anew and
 * finds little left to do.
 *
 * Rows are walked by key, so that one that cannot be read is passed, told in the log and counted,
 * and all others go. An appeal with such a row is not marked: it stays due, and `status` says so.
 */
#include "appeal/retention.h"
#include "appeal/delivery.h"
#include "appeal/erasure.h"
#include "appeal/retention_term.h"
#include "appeal/signing.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/upkeep.h"
#include <inttypes.h>
#include <stdlib.h>

#define ROWS 100
#define ACT_ROWS 5000
#define TOLD 10 /* damaged rows in the log; the rest is only counted */
#define TRIES 8 /* how often others may come first */

struct batch { /* a job's rows */
    struct site *site;
    const struct retention_run *run;
    enum us_err err;
    /* Of which signatures: */
    enum statement statement;
    struct value values[4];
    size_t value_count;
    int64_t appeal, archived_on; /* 0: of refused ones */
    /* As they were read: */
    struct signatory_row rows[ROWS];
    size_t count, found;   /* found: ids that there were */
    int64_t last, last_on; /* key of the last one */
    int64_t unread;        /* of this job: damaged ones */
    int64_t damaged;       /* of all jobs before */
};

static bool wants_stop(const struct retention_run *run)
{
    return run->wants_stop != NULL && run->wants_stop(run->arg);
}

static void clear_batch(struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        signatory_row_clear(&batch->rows[i]);
    batch->count = batch->found = 0;
    batch->unread = 0;
}

static void read_batch(struct reader *reader, void *arg)
{
    struct batch *batch = arg;
    int64_t ids[ROWS];
    struct query *query = query_start(reader, batch->statement, batch->values, batch->value_count);
    clear_batch(batch);
    while (batch->found < ROWS && query_next(query)) {
        ids[batch->found++] = query_int(query, 0);
        batch->last = ids[batch->found - 1];
        batch->last_on = batch->appeal == 0 ? query_int(query, 1) : 0;
    }
    batch->err = query_end(query);
    for (size_t i = 0; !batch->err && i < batch->found; i++) {
        batch->err = signatory_row_find(reader, ids[i], &batch->rows[batch->count]);
        batch->count += !batch->err;
        if (batch->err == US_CORRUPT) {
            if (batch->damaged + batch->unread < TOLD)
                log_error("retention: the signature with the internal id %" PRId64
                          " is damaged and keeps its data; run `undersign check counts`",
                          ids[i]);
            batch->unread++;
            batch->err = US_OK;
        }
        if (batch->err == US_NOT_FOUND)
            batch->err = US_OK;
    }
}

/* Withdrawn ones hold no person, but reasons may stand beside them. */
static struct job *make_job(const struct batch *batch)
{
    const struct erasure_words words = {.at = clock_day(batch->run->now) * CLOCK_DAY,
                                        .actor = batch->run->actor};
    struct job *job = job_new();
    if (batch->appeal != 0)
        (void)job_expect(job, STATEMENT_RETENTION_GUARD, US_EXPIRED,
                         VALUES(value_int(batch->appeal), value_int(batch->archived_on)));
    for (size_t i = 0; i < batch->count; i++)
        erasure_add(job, &batch->rows[i], &words);
    return job;
}

struct said {
    const char *act, *subject, *what;
};

static void add_audit(struct job *job, const struct retention_run *run, const struct said *said)
{
    char *reason =
        run->reason ? mem_format("%s: %s", said->what, run->reason) : mem_string(said->what);
    job_add_audit(job, &(struct job_audit){.at = run->now,
                                           .actor = run->actor,
                                           .act = said->act,
                                           .subject = said->subject,
                                           .reason = reason});
    free(reason);
}

static enum us_err write_batch(const struct batch *batch)
{
    struct job *job = make_job(batch);
    if (batch->appeal == 0) {
        char *what = mem_format("%zu refused or struck", batch->count);
        add_audit(job, batch->run, &(struct said){"signature.erase-refused", NULL, what});
        free(what);
    }
    enum us_err err = store_run(site_store(batch->site), job);
    job_free(job);
    return err;
}

/* Reads a jobful and erases it; *is_last: there was no more. */
static enum us_err erase_batch(struct batch *batch, bool *is_last)
{
    enum us_err err = US_CONFLICT;
    for (int i = 0; i < TRIES && err == US_CONFLICT; i++) {
        err = store_read_wait(site_store(batch->site), read_batch, batch);
        if (!err)
            err = batch->err;
        if (!err && batch->count > 0)
            err = write_batch(batch);
    }
    *is_last = batch->found < ROWS;
    batch->damaged += batch->unread;
    clear_batch(batch);
    if (err == US_CONFLICT)
        err = US_BUSY;
    return err;
}

/* ---- refused and struck ---- */

static enum us_err erase_refused(struct site *site, const struct retention_run *run,
                                 int64_t *damaged)
{
    int64_t days = site_config(site)->retention_refused_days;
    struct batch *batch = MEM_NEW(struct batch);
    enum us_err err = US_OK;
    bool is_last = days == 0;
    *batch = (struct batch){.site = site,
                            .run = run,
                            .statement = STATEMENT_RETENTION_REFUSED,
                            .value_count = 4,
                            .last = INT64_MIN,
                            .last_on = INT64_MIN};
    while (!err && !is_last) {
        batch->values[0] = value_int(clock_day(run->now) - days);
        batch->values[1] = value_int(batch->last_on);
        batch->values[2] = value_int(batch->last);
        batch->values[3] = value_int(ROWS);
        err = wants_stop(run) ? US_CANCELLED : erase_batch(batch, &is_last);
    }
    *damaged += batch->damaged;
    free(batch);
    return err;
}

/* ---- archived appeals ---- */

struct ended { /* appeals, of which some are due */
    struct retention_appeal *appeals;
    size_t count;
    enum us_err err;
};

static void read_ended(struct reader *reader, void *arg)
{
    struct ended *ended = arg;
    ended->err = retention_term_read(reader, &ended->appeals, &ended->count);
}

struct drop { /* the public letters, which name persons */
    struct site *site;
    int64_t appeal;
    struct public_letter_files letters;
    enum us_err err;
};

static void read_letters(struct reader *reader, void *arg)
{
    struct drop *drop = arg;
    drop->err = public_letter_files_read(reader, drop->site, drop->appeal, &drop->letters);
}

/* What was drawn and did not leave, cannot leave any more. */
static struct job *make_end(const struct retention_run *run, const struct retention_appeal *appeal)
{
    struct job *job = job_new();
    public_letter_withdraw(job, appeal->id);
    (void)job_add(job, STATEMENT_RETENTION_EDITIONS, VALUES(value_int(appeal->id)));
    (void)job_add(job, STATEMENT_RETENTION_ACT_WORDS, VALUES(value_int(appeal->id)));
    (void)job_add(job, STATEMENT_RETENTION_REASONS, VALUES(value_int(appeal->id)));
    (void)job_expect(job, STATEMENT_RETENTION_END, US_EXPIRED,
                     VALUES(value_int(appeal->id), value_int(appeal->archived_on),
                            value_int(clock_day(run->now))));
    add_audit(job, run,
              &(struct said){"signature.erase-appeal", appeal->slug,
                             "all persons and contact data, and the appeal's key"});
    return job;
}

/* What its acts changed; of an act on all there are as many rows as signatures. */
static enum us_err forget_acts(struct site *site, const struct retention_run *run,
                               const struct retention_appeal *appeal)
{
    enum us_err err = US_OK;
    for (bool is_last = false; !err && !is_last;) {
        if (wants_stop(run))
            return US_CANCELLED;
        struct job *job = job_new();
        (void)job_expect(job, STATEMENT_RETENTION_GUARD, US_EXPIRED,
                         VALUES(value_int(appeal->id), value_int(appeal->archived_on)));
        size_t step = job_add(job, STATEMENT_RETENTION_ACTS,
                              VALUES(value_int(appeal->id), value_int(ACT_ROWS)));
        err = store_run(site_store(site), job);
        is_last = err || job_rows(job, step) < ACT_ROWS;
        job_free(job);
    }
    return err;
}

static enum us_err end_appeal(struct site *site, const struct retention_run *run,
                              const struct retention_appeal *appeal)
{
    struct drop drop = {.site = site, .appeal = appeal->id};
    enum us_err err = keyring_appeal_destroy(site_keyring(site), appeal->id);
    if (!err || err == US_NOT_FOUND)
        err = store_read_wait(site_store(site), read_letters, &drop);
    if (!err)
        err = drop.err;
    if (!err) {
        struct job *job = make_end(run, appeal);
        err = store_run(site_store(site), job);
        job_free(job);
    }
    if (!err)
        public_letter_files_remove(&drop.letters);
    public_letter_files_clear(&drop.letters);
    return err;
}

static enum us_err erase_appeal(struct site *site, const struct retention_run *run,
                                const struct retention_appeal *appeal, int64_t *damaged)
{
    struct batch *batch = MEM_NEW(struct batch);
    enum us_err err = US_OK;
    bool is_last = false;
    *batch = (struct batch){.site = site,
                            .run = run,
                            .statement = STATEMENT_RETENTION_SIGNATURES,
                            .value_count = 3,
                            .appeal = appeal->id,
                            .archived_on = appeal->archived_on,
                            .last = INT64_MIN};
    while (!err && !is_last) {
        batch->values[0] = value_int(appeal->id);
        batch->values[1] = value_int(batch->last);
        batch->values[2] = value_int(ROWS);
        err = wants_stop(run) ? US_CANCELLED : erase_batch(batch, &is_last);
    }
    bool is_whole = batch->damaged == 0;
    *damaged += batch->damaged;
    free(batch);
    if (!err)
        err = forget_acts(site, run, appeal);
    if (!err && is_whole)
        err = end_appeal(site, run, appeal);
    site_changed(site, appeal->id, true);
    return err == US_EXPIRED ? US_OK : err; /* reopened meanwhile */
}

static enum us_err keep_first(enum us_err first, enum us_err next)
{
    return first ? first : next;
}

static enum us_err erase_archived(struct site *site, const struct retention_run *run,
                                  int64_t *damaged)
{
    struct ended ended = {0};
    int64_t months = site_config(site)->retention_archive_months;
    if (months == 0)
        return US_OK;
    enum us_err err = store_read_wait(site_store(site), read_ended, &ended);
    if (!err)
        err = ended.err;
    for (size_t i = 0; i < ended.count && err != US_CANCELLED; i++) {
        if (retention_term_day(ended.appeals[i].archived_on, months) > clock_day(run->now))
            continue;
        enum us_err next = erase_appeal(site, run, &ended.appeals[i], damaged);
        err = next == US_CANCELLED ? next : keep_first(err, next);
    }
    free(ended.appeals);
    return err;
}

enum us_err retention_run(struct site *site, const struct retention_run *run)
{
    int64_t damaged = 0;
    enum us_err err = signing_expire(site, run->now);
    err = keep_first(err, edition_forget(site, run->now));
    enum us_err next = erase_refused(site, run, &damaged);
    if (next != US_CANCELLED)
        err = keep_first(err, next);
    if (next != US_CANCELLED)
        next = erase_archived(site, run, &damaged);
    err = next == US_CANCELLED ? next : keep_first(err, next);
    if (run->damaged)
        *run->damaged = damaged;
    /* Before anybody is told that it is done; where readers are in the way, soon after. */
    (void)!store_empty_log(site_store(site));
    if (damaged > 0)
        log_error("retention: %" PRId64 " damaged rows keep their data", damaged);
    return damaged > 0 ? keep_first(err, US_CORRUPT) : err;
}
