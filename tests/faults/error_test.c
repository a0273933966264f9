/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Writes, reads and synchronisations that fail. Whoever waits is told US_FULL or US_IO, what was
 * acknowledged is there and what was not is not, reads go on, and the store recovers by itself with
 * one line in the log at each end. After a failed fsync the process goes.
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
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#define FOREVER 1000000000L

static int set_up(void **state)
{
    static struct rig rig;
    vfs_reset();
    rig_make(&rig);
    rig.params.vfs = VFS_NAME;
    rig_open(&rig);
    *state = &rig;
    return 0;
}

static int tear_down(void **state)
{
    vfs_fail_no_more();
    rig_remove(*state);
    return 0;
}

static struct job *make_job(int id)
{
    char word[16];
    snprintf(word, sizeof word, "%d", id);
    struct job *job = rig_insert(id, word, id);
    job_add_audit(job, &(struct job_audit){.at = id, .actor = "service", .act = "trial"});
    return job;
}

static void nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
}

/* The store notices by itself that writing works again; how soon is its business. */
static void wait_for_recovery(struct rig *rig)
{
    for (int i = 0; i < 3000 && store_is_failing(rig->store); i++)
        nap();
    assert_false(store_is_failing(rig->store));
}

static void read_audit(struct reader *reader, void *arg)
{
    struct audit_verdict *verdict = arg;
    if (audit_verify(reader, verdict))
        verdict->entries = -1;
}

static int64_t count_audit(struct rig *rig)
{
    struct audit_verdict verdict;
    assert_int_equal(store_read_wait(rig->store, read_audit, &verdict), US_OK);
    return verdict.entries;
}

/* --- the log, read back --- */

static int log_kept = -1;

static FILE *log_catch(void)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    log_kept = dup(STDERR_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    return file;
}

static void log_release(void)
{
    dup2(log_kept, STDERR_FILENO);
    close(log_kept);
}

static int log_count(FILE *file, const char *words)
{
    char line[2048];
    int count = 0;
    rewind(file);
    while (fgets(line, sizeof line, file))
        count += strstr(line, words) != NULL;
    return count;
}

/* --- tests --- */

static void check_trouble(struct rig *rig, int rc, int os_error, enum us_err expected)
{
    FILE *file = log_catch();
    log_set_level(LOG_LEVEL_INFO);
    assert_int_equal(rig_run(rig, make_job(1)), US_OK);
    vfs_fail(VFS_WRITE, VFS_ANY, 1, FOREVER, rc, os_error);
    for (int i = 2; i < 52; i++)
        assert_int_equal(rig_run(rig, make_job(i)), expected);
    assert_true(store_is_failing(rig->store));
    assert_int_equal(rig_count(rig), 1); /* reading goes on */
    for (int i = 0; i < 75; i++)         /* the store's own tries fail too */
        nap();
    assert_true(store_is_failing(rig->store));
    vfs_fail_no_more();
    wait_for_recovery(rig);
    log_release();
    log_set_level(LOG_LEVEL_ERROR);
    assert_int_equal(log_count(file, "writing fails"), 1);
    assert_int_equal(log_count(file, "writing works again"), 1);
    assert_int_equal(log_count(file, "store: "), 2);
    fclose(file);
    assert_int_equal(rig_run(rig, make_job(99)), US_OK);
    assert_int_equal(rig_count(rig), 2);
    assert_int_equal(count_audit(rig), 2);
    rig_close(rig);
    rig_open(rig);
    assert_int_equal(rig_count(rig), 2);
    assert_int_equal(count_audit(rig), 2);
}

static void test_a_full_disk(void **state)
{
    check_trouble(*state, SQLITE_FULL, ENOSPC, US_FULL);
}

static void test_a_full_disk_of_other_words(void **state)
{
    check_trouble(*state, SQLITE_IOERR_WRITE, EDQUOT, US_FULL);
}

static void test_a_failing_disk(void **state)
{
    check_trouble(*state, SQLITE_IOERR_WRITE, EIO, US_IO);
}

struct outcome {
    int calls;
    enum us_err err;
};

static void on_outcome(struct job *job, enum us_err err, void *arg)
{
    struct outcome *outcome = arg;
    (void)job;
    outcome->calls++;
    outcome->err = err;
}

/* The whole group is told, also those with a verdict of their own: it was about rows that are gone.
 */
static void test_everybody_in_the_group_is_told(void **state)
{
    struct rig *rig = *state;
    struct outcome outcomes[10] = {0};
    struct rig_stop stop;
    rig_stop_store(rig, &stop);
    for (int i = 0; i < 10; i++)
        store_submit(rig->store, make_job(i % 9), on_outcome, &outcomes[i]);
    vfs_fail(VFS_WRITE, VFS_LOG, 1, 1, SQLITE_FULL, ENOSPC);
    thread_gate_open(&stop.go);
    enum us_err last = rig_run(rig, job_new()); /* behind them, perhaps in their group */
    assert_true(!last || last == US_FULL);
    assert_int_equal(rig_run(rig, make_job(100)), US_OK);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(outcomes[i].calls, 1);
        assert_int_equal(outcomes[i].err, US_FULL);
    }
    assert_int_equal(rig_count(rig), 1);
    assert_int_equal(count_audit(rig), 1);
}

/* Every write of a short life fails once, in turn. */
static void test_each_write_fails_once(void **state)
{
    (void)state;
    int failures = 0;
    for (long n = 1; n < 400; n++) {
        struct rig rig;
        bool acked[20];
        int count = 0;
        vfs_reset();
        rig_make(&rig);
        log_open("error-test", (enum log_level) - 1);
        rig.params.vfs = VFS_NAME;
        rig_open(&rig);
        vfs_fail(VFS_WRITE, VFS_ANY, n, 1, n % 2 ? SQLITE_FULL : SQLITE_IOERR_WRITE,
                 n % 2 ? ENOSPC : EIO);
        for (int i = 0; i < 20; i++) {
            enum us_err err = rig_run(&rig, make_job(i));
            assert_true(!err || err == (n % 2 ? US_FULL : US_IO));
            acked[i] = !err;
            count += !err;
        }
        rig_close(&rig); /* the failure may fall into this checkpoint */
        long failed = vfs_failures();
        vfs_fail_no_more();
        rig_open(&rig);
        for (int i = 0; i < 20; i++)
            assert_int_equal(rig_has(&rig, i), acked[i]);
        assert_int_equal(count_audit(&rig), count);
        rig_remove(&rig);
        failures += (int)failed;
        if (!failed)
            break;
    }
    print_message("%d writes failed once each\n", failures);
    assert_true(failures > 40 && failures < 399);
}

static void test_a_failing_checkpoint_hurts_nobody(void **state)
{
    struct rig *rig = *state;
    vfs_fail(VFS_WRITE, VFS_DATABASE, 1, FOREVER, SQLITE_FULL, ENOSPC);
    int count = 0;
    for (; count < 3000 && vfs_failures() < 2; count++) { /* a second, for each to come */
        assert_int_equal(rig_run(rig, make_job(count)), US_OK);
        nap();
    }
    assert_true(vfs_failures() >= 2);
    assert_false(store_is_failing(rig->store));
    vfs_fail_no_more();
    assert_int_equal(rig_run(rig, make_job(5000)), US_OK);
    rig_close(rig);
    rig_open(rig);
    assert_int_equal(rig_count(rig), count + 1);
}

static void read_count(struct reader *reader, void *arg)
{
    struct outcome *outcome = arg;
    struct query *query = query_start(reader, STATEMENT_TRIAL_LIST, VALUES_NONE);
    while (query_next(query))
        outcome->calls++;
    outcome->err = query_end(query);
}

static void test_a_failing_read_says_so(void **state)
{
    struct rig *rig = *state;
    for (int i = 0; i < 500; i++)
        assert_int_equal(rig_run(rig, make_job(i)), US_OK);
    rig_close(rig);
    rig_open(rig); /* with empty caches */
    struct outcome outcome = {0};
    vfs_fail(VFS_READ, VFS_DATABASE, 1, FOREVER, SQLITE_IOERR_READ, EIO);
    assert_int_equal(store_read_wait(rig->store, read_count, &outcome), US_OK);
    assert_int_equal(outcome.err, US_IO);
    vfs_fail_no_more();
    outcome = (struct outcome){0};
    assert_int_equal(store_read_wait(rig->store, read_count, &outcome), US_OK);
    assert_int_equal(outcome.err, US_OK);
    assert_int_equal(outcome.calls, 500);
}

static void on_tell(struct job *job, enum us_err err, void *arg)
{
    (void)job;
    if (write(*(int *)arg, err ? "e" : "a", 1) != 1)
        _exit(1);
}

/* In a process of its own: opens, loses a synchronisation, and should never answer the job. */
static void live_without_sync(struct rig *rig, enum vfs_file file, int tell)
{
    struct store *store = NULL;
    log_open("error-test", (enum log_level) - 1);
    if (store_open(&rig->params, &store, &rig->fault))
        _exit(1);
    struct job *first = make_job(1);
    if (store_run(store, first))
        _exit(1);
    job_free(first);
    vfs_fail(VFS_SYNC, file, 1, 1, SQLITE_IOERR_FSYNC, ENOSPC);
    if (file == VFS_LOG)
        store_submit(store, make_job(2), on_tell, &tell);
    for (int i = 0; i < 3000; i++) /* the checkpoint that comes each second */
        nap();
    _exit(0);
}

static void check_lost_sync(enum vfs_file file)
{
    struct rig rig;
    int tell[2], status = 0;
    char word;
    vfs_reset();
    rig_make(&rig);
    rig.params.vfs = VFS_NAME;
    assert_int_equal(pipe(tell), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        live_without_sync(&rig, file, tell[1]);
    close(tell[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EX_IOERR);
    assert_int_equal(read(tell[0], &word, 1), 0); /* nobody was told anything */
    close(tell[0]);
    rig_remove(&rig);
}

static void test_a_failed_sync_ends_the_process(void **state)
{
    (void)state;
    check_lost_sync(VFS_LOG);
    check_lost_sync(VFS_DATABASE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_failed_sync_ends_the_process), /* forks: before any thread */
        TEST(test_a_full_disk),
        TEST(test_a_full_disk_of_other_words),
        TEST(test_a_failing_disk),
        TEST(test_everybody_in_the_group_is_told),
        cmocka_unit_test(test_each_write_fails_once),
        TEST(test_a_failing_checkpoint_hurts_nobody),
        TEST(test_a_failing_read_says_so),
    };
    vfs_register();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
