/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Power cuts. Threads hand in jobs, the power goes at some act of the disk's, and what comes back
 * is compared with what was acknowledged: nothing of that may be missing, no job may be there by
 * half, and the audit chain must check out. The same with synchronous=NORMAL must lose
 * something, or else this rig sees nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "store/audit.h"
#include "store/query.h"
#include "store_rig.h"
#include "vfs.h"
#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define CUT_THREADS 4
#define CUT_JOBS 200000 /* more than are ever handed in */

struct trial {
    struct rig rig;
    atomic_int next;       /* id of the next job */
    int limit;             /* where the threads stop when no cut stops them */
    atomic_bool *is_acked; /* by id */
    bool *is_there;
    int acked, lost, cuts;
};

static atomic_bool acked[CUT_JOBS];
static bool there[CUT_JOBS];

struct mark {
    struct trial *trial;
    int id;
};

/* A job is two rows, 2 id and 2 id + 1, and an entry of the audit chain. */
static struct job *make_job(int id)
{
    char words[2][32];
    snprintf(words[0], sizeof words[0], "even %d", id);
    snprintf(words[1], sizeof words[1], "odd %d", id);
    struct job *job = rig_insert(2 * (int64_t)id, words[0], id);
    job_add(job, STATEMENT_TRIAL_INSERT,
            VALUES(value_int(2 * (int64_t)id + 1), value_text(words[1]), value_int(-id)));
    job_add_audit(job, &(struct job_audit){.at = id, .actor = "service", .act = "trial"});
    return job;
}

static void *hand_in(void *arg)
{
    struct trial *trial = arg;
    for (;;) {
        int id = atomic_fetch_add(&trial->next, 1);
        if (id >= trial->limit || id >= CUT_JOBS)
            return NULL;
        if (rig_run(&trial->rig, make_job(id)) == US_OK)
            atomic_store(&trial->is_acked[id], true);
        else if (vfs_is_cut())
            return NULL;
    }
}

static void run_until_cut(struct trial *trial)
{
    pthread_t threads[CUT_THREADS];
    for (int i = 0; i < CUT_THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, hand_in, trial), 0);
    for (int i = 0; i < CUT_THREADS; i++)
        pthread_join(threads[i], NULL);
    rig_close(&trial->rig); /* on a dead disk, or alive and cut in its last checkpoint */
}

struct found {
    struct trial *trial;
    int halves;
    enum us_err err, audit_err;
    struct audit_verdict verdict;
};

static void read_found(struct reader *reader, void *arg)
{
    struct found *found = arg;
    struct query *query = query_start(reader, STATEMENT_TRIAL_LIST, VALUES_NONE);
    int64_t rows = 0, even = -1;
    for (; query_next(query); rows++) {
        int64_t id = query_int(query, 0);
        if (id % 2 == 0)
            even = id;
        else if (id == even + 1 && id / 2 < CUT_JOBS)
            found->trial->is_there[id / 2] = true;
        else
            found->halves++;
    }
    found->err = query_end(query);
    found->audit_err = audit_verify(reader, &found->verdict);
    if (rows != 2 * found->verdict.entries)
        found->halves++;
}

static void check_file(struct trial *trial)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_open_v2(trial->rig.path, &db, SQLITE_OPEN_READWRITE, VFS_NAME),
                     SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    assert_string_equal(sqlite3_column_text(stmt, 0), "ok");
    sqlite3_finalize(stmt);
    sqlite3_close(db);
}

static void compare(struct trial *trial)
{
    struct found found = {.trial = trial};
    int end = atomic_load(&trial->next);
    memset(trial->is_there, 0, CUT_JOBS * sizeof *trial->is_there);
    rig_open(&trial->rig);
    assert_int_equal(store_read_wait(trial->rig.store, read_found, &found), US_OK);
    rig_close(&trial->rig);
    assert_int_equal(found.err, US_OK);
    assert_int_equal(found.audit_err, US_OK);
    assert_int_equal(found.halves, 0);
    trial->acked = 0;
    for (int i = 0; i < end && i < CUT_JOBS; i++) {
        bool is_acked = atomic_load(&trial->is_acked[i]);
        trial->acked += is_acked;
        if (is_acked && !trial->is_there[i]) {
            trial->lost++;
            atomic_store(&trial->is_acked[i], false); /* counted once */
        }
    }
    check_file(trial);
}

/* One life of the store, ended after `acts` acts on such a file. */
static void live_and_cut(struct trial *trial, enum vfs_file file, long acts, uint64_t seed)
{
    static const unsigned chances[] = {0, 128, 240};
    rig_open(&trial->rig);
    vfs_cut_after(file, acts);
    run_until_cut(trial);
    trial->cuts += vfs_is_cut();
    vfs_power_on(seed, chances[seed % 3]);
    compare(trial);
}

static void run_trial(struct trial *trial, bool is_weak, int rounds)
{
    memset(trial, 0, sizeof *trial);
    for (int i = 0; i < CUT_JOBS; i++)
        atomic_store(&acked[i], false);
    trial->is_acked = acked;
    trial->is_there = there;
    atomic_store(&trial->next, 1);
    vfs_reset();
    rig_make(&trial->rig);
    log_open("cut-test", (enum log_level) - 1); /* a dead disk is no news here */
    trial->rig.params.vfs = VFS_NAME;
    trial->rig.params.is_weak = is_weak;
    rig_open(&trial->rig); /* migrations are not what is cut here */
    rig_close(&trial->rig);
    for (int i = 0; i < rounds; i++) {
        /* Some rounds hand in few jobs, so that the cut falls into the last checkpoint. */
        trial->limit = atomic_load(&trial->next) + 10 + i % 7 * 40;
        live_and_cut(trial, i % 3 == 0 ? VFS_DATABASE : VFS_ANY, 1 + (i * 37L) % 400, (uint64_t)i);
    }
    /* And these go on until a checkpoint comes in the middle of work. */
    for (int i = 0; i < 4; i++) {
        trial->limit = CUT_JOBS;
        live_and_cut(trial, VFS_DATABASE, 1 + 3 * i, (uint64_t)i);
    }
    rig_remove(&trial->rig);
}

static void test_nothing_acknowledged_is_lost(void **state)
{
    struct trial trial;
    (void)state;
    run_trial(&trial, false, 120);
    print_message("%d cuts, %d jobs acknowledged, %d lost\n", trial.cuts, trial.acked, trial.lost);
    assert_true(trial.cuts > 60);
    assert_true(trial.acked > 3000);
    assert_int_equal(trial.lost, 0);
}

static void test_the_weak_store_loses_some(void **state)
{
    struct trial trial;
    (void)state;
    run_trial(&trial, true, 30);
    print_message("%d cuts, %d jobs acknowledged, %d lost\n", trial.cuts, trial.acked, trial.lost);
    assert_true(trial.lost > 0);
}

/* A migration that the power interrupts is done again, or was done. */
static void test_cuts_while_migrating(void **state)
{
    (void)state;
    for (long acts = 0; acts < 400; acts++) {
        struct rig rig;
        struct store *store = NULL;
        vfs_reset();
        rig_make(&rig);
        log_open("cut-test", (enum log_level) - 1);
        rig.params.vfs = VFS_NAME;
        vfs_cut_after(VFS_ANY, acts);
        enum us_err err = store_open(&rig.params, &store, &rig.fault);
        store_close(store);
        bool is_cut = vfs_is_cut();
        assert_true(is_cut || !err);
        vfs_power_on((uint64_t)acts, 128);
        rig_open(&rig);
        assert_int_equal(rig_run(&rig, rig_insert(1, "one", 1)), US_OK);
        rig_remove(&rig);
        if (!is_cut)
            return;
    }
    fail_msg("400 acts were not enough for a start");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_acknowledged_is_lost),
        cmocka_unit_test(test_the_weak_store_loses_some),
        cmocka_unit_test(test_cuts_while_migrating),
    };
    vfs_register();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
