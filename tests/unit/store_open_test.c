/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Opening: what is refused and why, who may read the files, and that every statement fits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "store_rig.h"
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int set_up(void **state)
{
    static struct rig rig;
    rig_make(&rig);
    *state = &rig;
    return 0;
}

static int tear_down(void **state)
{
    rig_remove(*state);
    return 0;
}

static void assert_refused(struct rig *rig, const char *word)
{
    struct store *store = NULL;
    memset(&rig->fault, 0, sizeof rig->fault);
    assert_int_equal(store_open(&rig->params, &store, &rig->fault), US_INVALID);
    assert_null(store);
    assert_string_equal(rig->fault.file, rig->path);
    if (!strstr(rig->fault.text, word))
        fail_msg("\"%s\" does not say \"%s\"", rig->fault.text, word);
}

static int newest(void)
{
    int count = 0;
    while (statement_migrations[count].number)
        count++;
    return count;
}

static void test_every_statement_fits(void **state)
{
    struct rig *rig = *state;
    sqlite3 *db = NULL;
    rig_open(rig);
    assert_int_equal(store_schema_version(rig->store), newest());
    rig_close(rig);
    assert_int_equal(sqlite3_open_v2(rig->path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        const struct statement_entry *entry = &statement_table[i];
        sqlite3_stmt *stmt = NULL;
        assert_non_null(entry->name);
        if (sqlite3_prepare_v2(db, entry->sql, -1, &stmt, NULL) != SQLITE_OK)
            fail_msg("%s: %s", entry->name, sqlite3_errmsg(db));
        if (sqlite3_stmt_readonly(stmt) != entry->is_read)
            fail_msg("%s: is it one that reads?", entry->name);
        assert_int_equal(sqlite3_bind_parameter_count(stmt), entry->parameters);
        for (int j = 1; j <= entry->parameters; j++) {
            char name[16];
            snprintf(name, sizeof name, "$%d", j);
            assert_int_not_equal(sqlite3_bind_parameter_index(stmt, name), 0);
        }
        sqlite3_finalize(stmt);
    }
    sqlite3_close(db);
}

static int schema_of(const char *path)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    int schema = sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return schema;
}

/* And what was there before is kept beside it. */
static void test_an_older_schema_is_brought_up(void **state)
{
    struct rig *rig = *state;
    char sql[256], kept[160];
    rig_open(rig);
    rig_close(rig);
    snprintf(sql, sizeof sql,
             "DROP TABLE trial; DROP TABLE trial_first; DELETE FROM migration WHERE number = %d;"
             "PRAGMA user_version = %d",
             newest(), newest() - 1);
    rig_sql(rig, sql);
    snprintf(kept, sizeof kept, "%s.schema-%d", rig->path, newest() - 1);
    assert_int_equal(access(kept, F_OK), -1);
    rig_open(rig);
    assert_int_equal(schema_of(kept), newest() - 1);
    assert_int_equal(unlink(kept), 0);
    assert_int_equal(store_schema_version(rig->store), newest());
    assert_int_equal(rig_run(rig, rig_insert(1, "one", 1)), US_OK);
    rig_close(rig);
    rig_open(rig); /* and it stays so */
    assert_int_equal(rig_count(rig), 1);
}

/* A migration that cannot be done leaves nothing of itself behind. */
static void test_a_failing_migration_is_taken_back(void **state)
{
    struct rig *rig = *state;
    char sql[256];
    rig_open(rig);
    rig_close(rig);
    snprintf(
        sql, sizeof sql,
        "DROP TABLE trial_first; DELETE FROM migration WHERE number = %d; PRAGMA user_version = %d",
        newest(), newest() - 1);
    rig_sql(rig, sql); /* its second table is still there, and in its way */
    assert_refused(rig, "table trial already exists");
    assert_refused(rig, "table trial already exists");
    rig_sql(rig, "DROP TABLE trial");
    rig_open(rig);
    assert_int_equal(rig_count(rig), 0);
}

static void test_changed_migrations_are_refused(void **state)
{
    static const char *const changes[] = {
        "UPDATE migration SET checksum = zeroblob(32) WHERE number = 1",
        "UPDATE migration SET checksum = x'' WHERE number = 1",
        "UPDATE migration SET name = 'other' WHERE number = 1",
        "UPDATE migration SET number = 77 WHERE number = 1",
        "DELETE FROM migration WHERE number = 1",
        "DELETE FROM migration",
        "INSERT INTO migration VALUES (77, 'more', x'', 0)",
    };
    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct rig rig;
        rig_make(&rig);
        rig_open(&rig);
        rig_close(&rig);
        rig_sql(&rig, changes[i]);
        assert_refused(&rig, "migration");
        rig_remove(&rig);
    }
}

static void test_a_newer_schema_is_refused(void **state)
{
    struct rig *rig = *state;
    char sql[64];
    rig_open(rig);
    rig_close(rig);
    snprintf(sql, sizeof sql, "PRAGMA user_version = %d", newest() + 1);
    rig_sql(rig, sql);
    assert_refused(rig, "newer program");
}

static void test_other_databases_are_refused(void **state)
{
    struct rig *rig = *state;
    rig_sql(rig, "CREATE TABLE theirs (a)");
    assert_refused(rig, "other program");
    rig_sql(rig, "DROP TABLE theirs; PRAGMA application_id = 12345");
    assert_refused(rig, "other program");
    /* Nor were they changed by our looking. */
    rig_sql(rig, "BEGIN; CREATE TABLE theirs (a); ROLLBACK");
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_open(rig->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA journal_mode", -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    assert_string_equal(sqlite3_column_text(stmt, 0), "delete");
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    FILE *file = fopen(rig->path, "w");
    assert_non_null(file);
    for (int i = 0; i < 1000; i++)
        fputs("This is a text. ", file);
    fclose(file);
    assert_refused(rig, "database");
    unlink(rig->path);
    assert_int_equal(mkdir(rig->path, 0700), 0);
    assert_refused(rig, "not a file");
    rmdir(rig->path);
}

static void assert_private(const char *path, const char *end)
{
    char name[128];
    struct stat status;
    snprintf(name, sizeof name, "%s%s", path, end);
    assert_int_equal(stat(name, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void test_files_are_the_owners_alone(void **state)
{
    struct rig *rig = *state;
    mode_t before = umask(0);
    rig_open(rig);
    assert_int_equal(rig_run(rig, rig_insert(1, "one", 1)), US_OK);
    umask(before);
    assert_private(rig->path, "");
    assert_private(rig->path, "-wal");
    assert_private(rig->path, "-shm");
    assert_private(rig->lock, "");
    rig_close(rig);
    char name[128]; /* one file is left when it is closed: simple to copy */
    snprintf(name, sizeof name, "%s-wal", rig->path);
    assert_int_not_equal(access(name, F_OK), 0);
}

/* Holds the store open in another process until `go` says so. */
static void hold_in_child(struct rig *rig, int ready, int go)
{
    struct store *store = NULL;
    struct fault fault = {0};
    char word = 'x';
    if (store_open(&rig->params, &store, &fault) || write(ready, &word, 1) != 1)
        _exit(1);
    if (read(go, &word, 1) < 0)
        _exit(1);
    store_close(store);
    _exit(0);
}

static void test_one_process_has_it_open(void **state)
{
    struct rig *rig = *state;
    int ready[2], go[2], status = 0;
    char word = 'x';
    assert_int_equal(pipe(ready) | pipe(go), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(go[1]);
        hold_in_child(rig, ready[1], go[0]);
    }
    assert_int_equal(read(ready[0], &word, 1), 1);

    struct store *store = NULL;
    assert_int_equal(store_open(&rig->params, &store, &rig->fault), US_BUSY);
    assert_null(store);
    assert_string_equal(rig->fault.file, rig->lock);
    assert_true(strlen(rig->fault.text) > 0);

    /* Who is willing to wait gets it when the other goes. */
    rig->params.lock_seconds = 60;
    assert_int_equal(write(go[1], &word, 1), 1);
    rig_open(rig);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    rig->params.lock_seconds = 0;
    assert_int_equal(store_open(&rig->params, &store, &rig->fault), US_BUSY); /* nor twice here */
    for (int i = 0; i < 2; i++) {
        close(ready[i]);
        close(go[i]);
    }
}

static void test_a_killed_process_leaves_no_lock(void **state)
{
    struct rig *rig = *state;
    int ready[2], go[2], status = 0;
    char word = 'x';
    assert_int_equal(pipe(ready) | pipe(go), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        hold_in_child(rig, ready[1], go[0]);
    assert_int_equal(read(ready[0], &word, 1), 1);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    rig_open(rig);
    for (int i = 0; i < 2; i++) {
        close(ready[i]);
        close(go[i]);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_statement_fits),
        TEST(test_an_older_schema_is_brought_up),
        TEST(test_a_failing_migration_is_taken_back),
        cmocka_unit_test(test_changed_migrations_are_refused),
        TEST(test_a_newer_schema_is_refused),
        TEST(test_other_databases_are_refused),
        TEST(test_files_are_the_owners_alone),
        TEST(test_one_process_has_it_open),
        TEST(test_a_killed_process_leaves_no_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
