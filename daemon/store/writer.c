/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Group commit: whatever queued up while the last commit ran becomes one transaction, up to 256
 * jobs. A job that fails takes back only itself (a savepoint); when the transaction fails, every
 * job of it fails, also one with a verdict of its own, since that was reached among rows that are
 * gone. The end of the audit chain is kept in memory, goes back with a job that failed, and is read
 * again from the database after a transaction that failed. The thread checkpoints between groups.
 */
#include "store/writer.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/schedule.h"
#include "store/audit.h"
#include "store/engine.h"
#include "store/job_step.h"
#include "store/thread.h"
#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define WRITER_GROUP 256
#define WRITER_LONG 16 /* statements: no visitor's job has so many, and an act's has thousands */
#define WRITER_QUEUE_JOBS 4096
#define WRITER_QUEUE_BYTES (64U << 20)
#define WRITER_COLUMNS 64
#define WRITER_CHECKPOINT_EACH CLOCK_SECOND
#define WRITER_IDLE_AFTER (5 * CLOCK_SECOND)
#define WRITER_EMPTY_EACH CLOCK_MINUTE /* the log, also where writing never ends */
#define WRITER_PROBE_EACH CLOCK_SECOND
#define WRITER_LOG_WARNING (INT64_C(64) << 20)

struct writer_errand { /* one that is no job */
    writer_act *act;
    void *arg;
    enum us_err err;
    struct thread_gate done;
};

struct writer {
    struct engine *engine;
    pthread_t thread;

    pthread_mutex_t mutex; /* over the queue */
    pthread_cond_t wake;
    struct job *first, **last;
    size_t jobs, bytes;
    bool is_closing;
    struct writer_errand *errand; /* NULL: none waits */

    atomic_bool is_failing;

    /* The store thread's own. */
    struct audit_chain chain;
    bool is_chain_known;
    int64_t written_at;    /* last commit */
    int64_t checkpoint_at; /* when the log is next moved; INT64_MAX: it is all moved */
    int64_t truncate_by;   /* that at the latest */
    int64_t truncate_at;   /* when the log's file is next emptied; INT64_MAX: it is empty */
    int64_t probe_at;      /* when writing is next tried; INT64_MAX: it works */
    bool is_checkpoint_failing;
    bool is_log_long;
};

/* A failed fsync leaves nobody knowing what the disk holds, and trying it again may succeed without
 * having written anything: only reading it all afresh, after a restart, tells. */
static void writer_check_sync(const struct writer *writer)
{
    if (!engine_has_lost_sync(writer->engine))
        return;
    log_error("store: the disk did not keep what was written (%s): stopping; nothing of it was "
              "acknowledged",
              engine_message(writer->engine));
    _exit(EX_IOERR);
}

static void writer_note_failure(struct writer *writer, enum us_err err)
{
    writer_check_sync(writer);
    if (!atomic_exchange(&writer->is_failing, true))
        log_error("store: writing fails (%s: %s): nothing is accepted until it works again, "
                  "reading goes on",
                  err_name(err), engine_message(writer->engine));
    writer->probe_at = clock_monotonic() + WRITER_PROBE_EACH;
}

static void writer_note_success(struct writer *writer)
{
    if (atomic_exchange(&writer->is_failing, false))
        log_warning("store: writing works again");
    writer->probe_at = INT64_MAX;
}

static enum us_err writer_read_chain(struct writer *writer)
{
    struct engine_cursor *cursor = NULL;
    struct audit_chain chain = {0};
    bool has_row = false;
    enum us_err err = engine_start(writer->engine, STATEMENT_AUDIT_LAST, VALUES_NONE, &cursor);
    if (!err)
        err = engine_step(cursor, &has_row);
    if (!err && has_row) {
        struct value digest = engine_column(cursor, 1);
        chain.seq = engine_column(cursor, 0).number;
        if (digest.len == DIGEST_SIZE)
            memcpy(chain.digest, digest.data, DIGEST_SIZE);
        else
            err = US_CORRUPT;
    }
    engine_end(cursor);
    if (err)
        return err;
    writer->chain = chain;
    writer->is_chain_known = true;
    return US_OK;
}

/* Moves the audit chain on where the step says so, and puts its end where markers stand. */
static void writer_resolve_audit(struct writer *writer, struct job_step *step)
{
    if (step->is_audit)
        audit_extend(&writer->chain, step->values[1].number, step->values[2].data,
                     step->values[3].data);
    for (size_t i = 0; i < step->count; i++) {
        if (step->values[i].type == VALUE_AUDIT_SEQ)
            step->values[i] = value_int(writer->chain.seq);
        else if (step->values[i].type == VALUE_AUDIT_DIGEST)
            step->values[i] = value_blob(writer->chain.digest, DIGEST_SIZE);
    }
}

static void writer_keep_row(struct job_step *step, struct engine_cursor *cursor, int columns)
{
    struct value row[WRITER_COLUMNS];
    assert(columns <= WRITER_COLUMNS);
    for (int i = 0; i < columns; i++)
        row[i] = engine_column(cursor, i);
    job_step_keep(step, row, (size_t)columns);
}

static enum us_err writer_run_step(struct writer *writer, struct job_step *step)
{
    struct engine_cursor *cursor = NULL;
    writer_resolve_audit(writer, step);
    enum us_err err =
        engine_start(writer->engine, step->statement, step->values, step->count, &cursor);
    if (err)
        return err;
    int columns = engine_columns(cursor);
    for (bool has_row = true; !err && has_row;) {
        err = engine_step(cursor, &has_row);
        if (err || !has_row)
            break;
        if (step->rows++ == 0)
            writer_keep_row(step, cursor, columns);
    }
    if (!err && columns == 0)
        step->rows = (size_t)engine_changes(writer->engine);
    engine_end(cursor);
    if (err == US_INVALID || err == US_CORRUPT) /* a mistake in a statement, or a bad database */
        log_error("store: a job failed: %s", engine_message(writer->engine));
    return err;
}

/* Runs one job inside the group's transaction. *group_err is set when that is lost as a whole. */
static enum us_err writer_run_job(struct writer *writer, struct job *job, enum us_err *group_err)
{
    struct audit_chain before = writer->chain;
    enum us_err err = engine_act(writer->engine, ENGINE_SAVEPOINT);
    if (err) {
        *group_err = err;
        return err;
    }
    bool is_missed = false;
    for (size_t i = 0; i < job->count && !err && !is_missed; i++) {
        struct job_step *step = &job->steps[i];
        err = writer_run_step(writer, step);
        is_missed = !err && step->miss && step->rows != 1;
        if (is_missed)
            job->err = step->miss;
        /* A page does not stand behind the thousands of an act. */
        if (i % WRITER_LONG == WRITER_LONG - 1)
            schedule_give_way();
    }
    if (!err && !is_missed) {
        err = engine_act(writer->engine, ENGINE_RELEASE);
        if (err)
            *group_err = err;
        return err;
    }
    job_step_forget(job);
    writer->chain = before;
    /* After running out of space or an I/O error SQLite may have rolled everything back, and what
     * it has not is not to be trusted. */
    if (err == US_FULL || err == US_IO || !engine_is_in_transaction(writer->engine))
        *group_err = err ? err : US_IO;
    else if (engine_act(writer->engine, ENGINE_UNDO))
        *group_err = US_IO;
    return is_missed ? job->err : err;
}

static enum us_err writer_begin(struct writer *writer)
{
    enum us_err err = engine_act(writer->engine, ENGINE_BEGIN);
    if (!err && !writer->is_chain_known)
        err = writer_read_chain(writer);
    return err;
}

static void writer_roll_back(struct writer *writer)
{
    writer->is_chain_known = false;
    if (engine_is_in_transaction(writer->engine) && engine_act(writer->engine, ENGINE_ROLLBACK))
        log_error("store: rolling back fails: %s", engine_message(writer->engine));
}

static void writer_answer(struct job *job)
{
    while (job) {
        struct job *next = job->next;
        bool is_kept = job->is_kept; /* a job that is kept may be gone after on_done */
        if (job->on_done)
            job->on_done(job, job->err, job->arg);
        if (!is_kept)
            job_free(job);
        job = next;
    }
}

static void writer_run_group(struct writer *writer, struct job *group)
{
    enum us_err err = writer_begin(writer);
    for (struct job *job = group; job && !err; job = job->next)
        job->err = writer_run_job(writer, job, &err);
    if (!err)
        err = engine_act(writer->engine, ENGINE_COMMIT);
    if (err) {
        writer_note_failure(writer, err);
        writer_roll_back(writer);
        for (struct job *job = group; job; job = job->next) {
            job->err = err;
            job_step_forget(job);
        }
    } else {
        int64_t now = clock_monotonic();
        writer_note_success(writer);
        writer->written_at = now;
        if (writer->checkpoint_at == INT64_MAX)
            writer->checkpoint_at = now + WRITER_CHECKPOINT_EACH;
        /* The log keeps what was erased: on a busy site it must be emptied too. */
        if (writer->truncate_at == INT64_MAX)
            writer->truncate_by = now + WRITER_EMPTY_EACH;
        writer->truncate_at = now + WRITER_IDLE_AFTER < writer->truncate_by
                                  ? now + WRITER_IDLE_AFTER
                                  : writer->truncate_by;
    }
    writer_answer(group);
}

/* A log that a long read keeps from being moved grows without bound: say so once. */
static void writer_watch_log(struct writer *writer, const struct engine_log *log)
{
    bool is_long = log->bytes > WRITER_LOG_WARNING;
    if (is_long && !writer->is_log_long)
        log_warning("store: the write-ahead log has grown to %lld MiB: a read has been open for "
                    "long, or the disk is slow",
                    (long long)(log->bytes >> 20));
    writer->is_log_long = is_long;
}

static void writer_checkpoint(struct writer *writer, bool is_truncating)
{
    struct engine_log log = {0};
    enum us_err err = engine_checkpoint(writer->engine, is_truncating, &log);
    int64_t now = clock_monotonic();
    writer->checkpoint_at = now + WRITER_CHECKPOINT_EACH;
    if (is_truncating)
        writer->truncate_at = now + WRITER_IDLE_AFTER;
    if (err) {
        writer_check_sync(writer);
        /* While writing fails too, that has been said. */
        if (!writer->is_checkpoint_failing && !atomic_load(&writer->is_failing)) {
            log_error("store: moving the write-ahead log fails (%s): it is tried again each second",
                      engine_message(writer->engine));
            writer->is_checkpoint_failing = true;
        }
        return;
    }
    if (writer->is_checkpoint_failing)
        log_warning("store: moving the write-ahead log works again");
    writer->is_checkpoint_failing = false;
    writer_watch_log(writer, &log);
    if (log.is_moved)
        writer->checkpoint_at = INT64_MAX;
    if (log.is_moved && is_truncating)
        writer->truncate_at = INT64_MAX;
}

/* Between groups: what is due. Returns when something is due next. */
static int64_t writer_tend(struct writer *writer)
{
    int64_t now = clock_monotonic();
    if (writer->probe_at <= now) {
        enum us_err err = engine_probe(writer->engine);
        if (err) {
            writer_note_failure(writer, err);
            writer_roll_back(writer);
        } else {
            writer_note_success(writer);
            writer->truncate_at = now;
        }
    }
    if (writer->truncate_at <= now)
        writer_checkpoint(writer, true);
    else if (writer->checkpoint_at <= now)
        writer_checkpoint(writer, false);
    int64_t next = writer->probe_at;
    if (writer->truncate_at < next)
        next = writer->truncate_at;
    return writer->checkpoint_at < next ? writer->checkpoint_at : next;
}

/* Takes up to a group's worth of jobs off the queue; the mutex is held. */
static struct job *writer_take(struct writer *writer)
{
    struct job *group = writer->first;
    struct job **end = &writer->first;
    for (size_t i = 0; i < WRITER_GROUP && *end; i++) {
        writer->jobs--;
        writer->bytes -= (*end)->bytes;
        end = &(*end)->next;
    }
    writer->first = *end;
    *end = NULL;
    if (!writer->first)
        writer->last = &writer->first;
    return group;
}

/* The log may have grown by the whole database: it is emptied at once. */
static void writer_do_errand(struct writer *writer, struct writer_errand *errand)
{
    errand->err = errand->act(writer->engine, errand->arg);
    writer_check_sync(writer);
    writer_roll_back(writer);
    writer_checkpoint(writer, true);
    thread_gate_open(&errand->done);
}

static void *writer_run(void *arg)
{
    struct writer *writer = arg;
    int64_t next = INT64_MAX;
    pthread_mutex_lock(&writer->mutex);
    for (;;) {
        while (!writer->first && !writer->errand && !writer->is_closing && clock_monotonic() < next)
            thread_wait(&writer->wake, &writer->mutex, next);
        if (!writer->first && !writer->errand && writer->is_closing)
            break;
        struct job *group = writer->first ? writer_take(writer) : NULL;
        struct writer_errand *errand = writer->errand;
        writer->errand = NULL;
        pthread_mutex_unlock(&writer->mutex);
        if (group)
            writer_run_group(writer, group);
        if (errand)
            writer_do_errand(writer, errand);
        next = writer_tend(writer);
        pthread_mutex_lock(&writer->mutex);
    }
    pthread_mutex_unlock(&writer->mutex);
    return NULL;
}

enum us_err writer_new(struct engine *engine, struct writer **out)
{
    struct writer *writer = MEM_NEW(struct writer);
    writer->engine = engine;
    writer->last = &writer->first;
    writer->checkpoint_at = writer->truncate_at = writer->probe_at = INT64_MAX;
    pthread_mutex_init(&writer->mutex, NULL);
    thread_cond_init(&writer->wake);
    enum us_err err = thread_start(&writer->thread, writer_run, writer);
    if (err) {
        pthread_cond_destroy(&writer->wake);
        pthread_mutex_destroy(&writer->mutex);
        free(writer);
        return err;
    }
    *out = writer;
    return US_OK;
}

void writer_submit(struct writer *writer, struct job *job, bool is_kept,
                   void (*on_done)(struct job *job, enum us_err err, void *arg), void *arg)
{
    job->on_done = on_done;
    job->arg = arg;
    job->is_kept = is_kept;
    job->next = NULL;
    job->err = US_OK;
    pthread_mutex_lock(&writer->mutex);
    if (writer->is_closing)
        job->err = US_CANCELLED;
    else if (writer->jobs >= WRITER_QUEUE_JOBS ||
             (writer->first && writer->bytes + job->bytes > WRITER_QUEUE_BYTES))
        job->err = US_BUSY;
    if (!job->err) {
        *writer->last = job;
        writer->last = &job->next;
        writer->jobs++;
        writer->bytes += job->bytes;
        pthread_cond_signal(&writer->wake);
        pthread_mutex_unlock(&writer->mutex);
        return;
    }
    pthread_mutex_unlock(&writer->mutex);
    writer_answer(job);
}

enum us_err writer_run_act(struct writer *writer, writer_act *act, void *arg)
{
    struct writer_errand errand = {.act = act, .arg = arg, .done = THREAD_GATE_INIT};
    pthread_mutex_lock(&writer->mutex);
    enum us_err err = writer->is_closing ? US_CANCELLED : writer->errand ? US_BUSY : US_OK;
    if (!err) {
        writer->errand = &errand;
        pthread_cond_signal(&writer->wake);
    }
    pthread_mutex_unlock(&writer->mutex);
    if (err)
        return err;
    thread_gate_wait(&errand.done);
    return errand.err;
}

void writer_free(struct writer *writer)
{
    if (!writer)
        return;
    pthread_mutex_lock(&writer->mutex);
    writer->is_closing = true;
    pthread_cond_signal(&writer->wake);
    pthread_mutex_unlock(&writer->mutex);
    pthread_join(writer->thread, NULL);
    pthread_cond_destroy(&writer->wake);
    pthread_mutex_destroy(&writer->mutex);
    free(writer);
}

bool writer_is_failing(const struct writer *writer)
{
    return atomic_load(&writer->is_failing);
}
