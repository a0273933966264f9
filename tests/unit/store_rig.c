/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "crypto/random.h"
#include "store/query.h"
#include "store_rig.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void rig_make(struct rig *rig)
{
    random_open();
    log_open("store-test", LOG_LEVEL_ERROR);
    memset(rig, 0, sizeof *rig);
    const char *root = getenv("TMPDIR");
    snprintf(rig->folder, sizeof rig->folder, "%.32s/undersign-store-XXXXXX", root ? root : "/tmp");
    assert_non_null(mkdtemp(rig->folder));
    snprintf(rig->path, sizeof rig->path, "%s/undersign.db", rig->folder);
    snprintf(rig->lock, sizeof rig->lock, "%s/lock", rig->folder);
    rig->params =
        (struct store_params){.path = rig->path, .lock = rig->lock, .readers = 2, .read_queue = 64};
}

void rig_remove(struct rig *rig)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    char name[128];
    rig_close(rig);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(name, sizeof name, "%s%s", rig->path, ends[i]);
        unlink(name);
    }
    for (int i = 0; i < 10; i++) { /* what is kept before a migration */
        snprintf(name, sizeof name, "%s.schema-%d", rig->path, i);
        unlink(name);
    }
    unlink(rig->lock);
    rmdir(rig->folder);
}

void rig_open(struct rig *rig)
{
    enum us_err err = store_open(&rig->params, &rig->store, &rig->fault);
    if (err)
        fail_msg("the store does not open: %s", rig->fault.text);
}

void rig_close(struct rig *rig)
{
    store_close(rig->store);
    rig->store = NULL;
}

void rig_sql(const struct rig *rig, const char *sql)
{
    sqlite3 *db = NULL;
    char *message = NULL;
    assert_null(rig->store);
    assert_int_equal(sqlite3_open(rig->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s", message);
    sqlite3_close(db);
}

struct job *rig_insert(int64_t id, const char *word, int64_t number)
{
    struct job *job = job_new();
    job_add(job, STATEMENT_TRIAL_INSERT,
            VALUES(value_int(id), value_text(word), value_int(number)));
    return job;
}

enum us_err rig_run(struct rig *rig, struct job *job)
{
    enum us_err err = store_run(rig->store, job);
    job_free(job);
    return err;
}

struct rig_sums {
    int64_t count, sum, id;
    bool has;
    enum us_err err;
};

static void rig_read_sums(struct reader *reader, void *arg)
{
    struct rig_sums *sums = arg;
    struct query *query = query_start(reader, STATEMENT_TRIAL_SUMS, VALUES_NONE);
    while (query_next(query)) {
        sums->count = query_int(query, 0);
        sums->sum = query_int(query, 1);
    }
    sums->err = query_end(query);
    query = query_start(reader, STATEMENT_TRIAL_FIND, VALUES(value_int(sums->id)));
    sums->has = query_next(query);
    if (!sums->err)
        sums->err = query_end(query);
    else
        (void)!query_end(query);
}

static struct rig_sums rig_sums(struct rig *rig, int64_t id)
{
    struct rig_sums sums = {.id = id};
    assert_int_equal(store_read_wait(rig->store, rig_read_sums, &sums), US_OK);
    assert_int_equal(sums.err, US_OK);
    return sums;
}

int64_t rig_count(struct rig *rig)
{
    return rig_sums(rig, 0).count;
}

int64_t rig_sum(struct rig *rig)
{
    return rig_sums(rig, 0).sum;
}

bool rig_has(struct rig *rig, int64_t id)
{
    return rig_sums(rig, id).has;
}

static void rig_on_stop(struct job *job, enum us_err err, void *arg)
{
    struct rig_stop *stop = arg;
    (void)job;
    (void)err;
    thread_gate_open(&stop->reached);
    thread_gate_wait(&stop->go);
}

void rig_stop_store(struct rig *rig, struct rig_stop *stop)
{
    *stop = (struct rig_stop){.reached = THREAD_GATE_INIT, .go = THREAD_GATE_INIT};
    store_submit(rig->store, job_new(), rig_on_stop, stop);
    thread_gate_wait(&stop->reached);
}
