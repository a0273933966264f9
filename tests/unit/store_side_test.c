/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The database as a file: a copy is of one moment while writing goes on, and holds nothing of what
 * was deleted; damage and foreign tables are found; writing it anew wins back its gaps and loses
 * nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "store/upkeep.h"
#include "store_rig.h"
#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECRET "a word that was deleted and must not be in any copy"

static char copy_path[128];

static int set_up(void **state)
{
    static struct rig rig;
    rig_make(&rig);
    rig_open(&rig);
    snprintf(copy_path, sizeof copy_path, "%s/copy", rig.folder);
    *state = &rig;
    return 0;
}

static int tear_down(void **state)
{
    rig_remove(*state);
    return 0;
}

static struct side *open_side(struct rig *rig)
{
    struct side *side = NULL;
    assert_int_equal(store_open_side(rig->store, &side, &rig->fault), US_OK);
    return side;
}

static struct job *row_job(int64_t id, const char *word)
{
    char text[128];
    snprintf(text, sizeof text, "%s, %lld", word, (long long)id);
    return rig_insert(id, text, 1);
}

static void insert(struct rig *rig, int64_t id, const char *word)
{
    assert_int_equal(rig_run(rig, row_job(id, word)), US_OK);
}

/* Rows of one table in a file. */
struct count {
    const char *table;
    int64_t rows;
};

static void on_table(const char *name, int64_t rows, void *arg)
{
    struct count *count = arg;
    if (strcmp(name, count->table) == 0)
        count->rows = rows;
}

static int64_t count_in(const char *path, const char *table)
{
    struct count count = {.table = table, .rows = -1};
    struct fault fault;
    struct side *side = NULL;
    assert_int_equal(side_open(path, NULL, &side, &fault), US_OK);
    assert_int_equal(side_tables(side, on_table, &count), US_OK);
    side_free(side);
    return count.rows;
}

static bool has_bytes(const char *path, const char *bytes)
{
    FILE *file = fopen(path, "rb");
    struct stat found;
    assert_non_null(file);
    assert_int_equal(fstat(fileno(file), &found), 0);
    char *all = mem_alloc((size_t)found.st_size);
    assert_int_equal(fread(all, 1, (size_t)found.st_size, file), found.st_size);
    fclose(file);
    bool is_there = memmem(all, (size_t)found.st_size, bytes, strlen(bytes)) != NULL;
    free(all);
    return is_there;
}

/* Two rows a job: a moment between jobs has an even number of them. */
struct writing {
    struct rig *rig;
    atomic_bool goes_on;
    int64_t jobs;
};

static void *write_pairs(void *arg)
{
    struct writing *writing = arg;
    for (int64_t i = 1; atomic_load(&writing->goes_on); i++) {
        char other[32];
        struct job *job = row_job(2 * i, "pair");
        snprintf(other, sizeof other, "other %lld", (long long)i);
        job_add(job, STATEMENT_TRIAL_INSERT,
                VALUES(value_int(2 * i + 1), value_text(other), value_int(1)));
        if (store_run(writing->rig->store, job) == US_OK)
            writing->jobs = i;
        job_free(job);
    }
    return NULL;
}

static void test_copy_is_of_one_moment(void **state)
{
    struct rig *rig = *state;
    struct writing writing = {.rig = rig, .goes_on = true};
    struct stat found;
    pthread_t thread;
    int64_t before = 0;
    assert_int_equal(pthread_create(&thread, NULL, write_pairs, &writing), 0);
    for (int i = 0; i < 20; i++) {
        struct side *side = open_side(rig);
        assert_int_equal(side_copy(side, copy_path, &rig->fault), US_OK);
        side_free(side);
        assert_int_equal(stat(copy_path, &found), 0);
        assert_int_equal(found.st_mode & 0777, 0600);
        int64_t rows = count_in(copy_path, "trial");
        assert_int_equal(rows % 2, 0);
        assert_true(rows >= before);
        before = rows;
        assert_int_equal(unlink(copy_path), 0);
    }
    atomic_store(&writing.goes_on, false);
    pthread_join(thread, NULL);
    assert_true(writing.jobs > 0 && before > 0);
}

static void test_copy_holds_nothing_deleted(void **state)
{
    struct rig *rig = *state;
    rig_close(rig);
    /* As a file that an older program has written would be. */
    rig_sql(rig, "PRAGMA secure_delete = OFF; INSERT INTO trial VALUES (1, '" SECRET "', 1, NULL);"
                 "DELETE FROM trial WHERE id = 1");
    assert_true(has_bytes(rig->path, SECRET));
    rig_open(rig);
    struct side *side = open_side(rig);
    assert_int_equal(side_copy(side, copy_path, &rig->fault), US_OK);
    side_free(side);
    assert_false(has_bytes(copy_path, SECRET));
    unlink(copy_path);
}

static void test_copy_takes_no_name_that_is_taken(void **state)
{
    struct rig *rig = *state;
    struct side *side = open_side(rig);
    int fd = open(copy_path, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, "kept", 4), 4);
    close(fd);
    assert_int_equal(side_copy(side, copy_path, &rig->fault), US_IO);
    assert_true(has_bytes(copy_path, "kept"));
    /* And reads on afterwards, but still cannot write. */
    unlink(copy_path);
    assert_int_equal(side_copy(side, copy_path, &rig->fault), US_OK);
    struct reader *reader = side_begin(side);
    assert_non_null(reader);
    side_end(side);
    side_free(side);
    unlink(copy_path);
}

static bool says_no(void *arg)
{
    ++*(int *)arg;
    return false;
}

static void test_cancelled_copy_leaves_nothing(void **state)
{
    struct rig *rig = *state;
    int asked = 0;
    for (int i = 1; i <= 500; i++)
        insert(rig, i, "a row that makes it last a moment");
    struct side *side = open_side(rig);
    side_watch(side, says_no, &asked);
    assert_int_equal(side_copy(side, copy_path, &rig->fault), US_CANCELLED);
    assert_true(asked > 0);
    assert_int_equal(access(copy_path, F_OK), -1);
    side_watch(side, NULL, NULL);
    assert_int_equal(side_copy(side, copy_path, &rig->fault), US_OK);
    side_free(side);
    unlink(copy_path);
}

static enum us_err check_schema(struct rig *rig)
{
    struct fault fault = {.text = ""};
    struct side *side = NULL;
    int version = 0;
    assert_int_equal(side_open(rig->path, NULL, &side, &fault), US_OK);
    enum us_err err = side_schema(side, &version, &fault);
    assert_true(err || version > 0);
    side_free(side);
    return err;
}

static void test_foreign_tables_are_found(void **state)
{
    static const char *const made[] = {
        "CREATE TRIGGER t AFTER INSERT ON trial BEGIN DELETE FROM trial; END",
        "CREATE VIEW v AS SELECT * FROM trial",
        "CREATE TABLE extra (x)",
        "CREATE INDEX i ON trial (word)",
        "ALTER TABLE trial ADD COLUMN more",
        "PRAGMA user_version = 0",
        "PRAGMA user_version = 999",
        "PRAGMA application_id = 1",
        "UPDATE migration SET checksum = x'00'",
    };
    struct rig *rig = *state;
    rig_close(rig);
    assert_int_equal(check_schema(rig), US_OK);
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        rig_remove(rig);
        rig_make(rig);
        rig_open(rig);
        rig_close(rig);
        rig_sql(rig, made[i]);
        if (check_schema(rig) != US_INVALID)
            fail_msg("not found: %s", made[i]);
    }
    snprintf(copy_path, sizeof copy_path, "%s/copy", rig->folder);
}

static void count_damage(const char *what, void *arg)
{
    assert_non_null(what);
    ++*(int *)arg;
}

static int damages_of(const char *path)
{
    struct fault fault;
    struct side *side = NULL;
    int damages = 0;
    assert_int_equal(side_open(path, NULL, &side, &fault), US_OK);
    enum us_err err = side_integrity(side, count_damage, &damages);
    side_free(side);
    return err ? 1 : damages;
}

static void test_damage_is_found(void **state)
{
    struct rig *rig = *state;
    for (int i = 1; i <= 2000; i++)
        insert(rig, i, "a row among many");
    rig_close(rig);
    assert_int_equal(damages_of(rig->path), 0);
    int fd = open(rig->path, O_RDWR);
    struct stat found;
    assert_int_equal(fstat(fd, &found), 0);
    char noise[4096];
    memset(noise, 0x5a, sizeof noise);
    /* The last page that rows stand on. */
    assert_int_equal(pwrite(fd, noise, sizeof noise, found.st_size - 3 * 4096), 4096);
    close(fd);
    assert_true(damages_of(rig->path) > 0);
}

static int64_t size_of(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 ? (int64_t)found.st_size : 0;
}

static void test_vacuum_wins_back_gaps(void **state)
{
    struct rig *rig = *state;
    for (int i = 1; i <= 2000; i++)
        insert(rig, i, "a row that goes, and leaves a gap where it was");
    rig_close(rig);
    rig_sql(rig, "DELETE FROM trial WHERE id > 10");
    rig_open(rig);
    int64_t before = size_of(rig->path);
    assert_int_equal(store_vacuum(rig->store, NULL, NULL), US_OK);
    assert_true(size_of(rig->path) < before);
    assert_int_equal(rig_count(rig), 10);
    char log[128];
    snprintf(log, sizeof log, "%s-wal", rig->path);
    assert_int_equal(size_of(log), 0); /* emptied at once */
    insert(rig, 3000, "and writing goes on");
    rig_close(rig);
    assert_int_equal(check_schema(rig), US_OK);
    assert_int_equal(damages_of(rig->path), 0);
    rig_open(rig);
    assert_int_equal(rig_count(rig), 11);
}

static void test_cancelled_vacuum_changes_nothing(void **state)
{
    struct rig *rig = *state;
    int asked = 0;
    for (int i = 1; i <= 500; i++)
        insert(rig, i, "a row that makes it last a moment");
    assert_int_equal(store_vacuum(rig->store, says_no, &asked), US_CANCELLED);
    assert_true(asked > 0);
    insert(rig, 1000, "and writing goes on");
    assert_int_equal(rig_count(rig), 501);
}

static void test_settled_file_is_all_of_it(void **state)
{
    struct rig *rig = *state;
    char log[128], kept[128], kept_log[128], command[600];
    insert(rig, 1, "in the log");
    snprintf(log, sizeof log, "%s-wal", rig->path);
    snprintf(kept, sizeof kept, "%s.k", rig->path);
    snprintf(kept_log, sizeof kept_log, "%s.k-wal", rig->path);
    snprintf(command, sizeof command, "cp %s %s && cp %s %s", rig->path, kept, log, kept_log);
    assert_true(size_of(log) > 0);
    assert_int_equal(system(command), 0); /* as a service that was killed leaves them */
    rig_close(rig);
    /* Somebody who has looked into it and does nothing could write next. */
    sqlite3 *idle = NULL;
    assert_int_equal(sqlite3_open(kept, &idle), SQLITE_OK);
    assert_int_equal(sqlite3_exec(idle, "SELECT * FROM trial", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(store_settle(kept, &rig->fault), US_BUSY);
    assert_int_equal(sqlite3_close(idle), SQLITE_OK);
    assert_int_equal(store_settle(kept, &rig->fault), US_OK);
    assert_int_equal(size_of(kept_log), 0);
    assert_int_equal(count_in(kept, "trial"), 1);
    snprintf(command, sizeof command, "rm -f %s %s %s-shm", kept, kept_log, kept);
    assert_int_equal(system(command), 0);
}

/* A copy that has no name any more is read as the one that it was, and cannot be written. */
static void test_without_a_name(void **state)
{
    struct rig *rig = *state;
    struct side *side = open_side(rig), *held = NULL;
    struct count rows = {.table = "trial", .rows = -1}, there = rows;
    int fd, version = 0, damages = 0;
    insert(rig, 1, "kept");
    assert_int_equal(side_copy(side, copy_path, &rig->fault), US_OK);
    assert_int_equal(side_tables(side, on_table, &rows), US_OK);
    side_free(side);
    fd = open(copy_path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(unlink(copy_path), 0);
    assert_int_equal(side_open_held(fd, &held, &rig->fault), US_OK);
    assert_int_equal(side_tables(held, on_table, &there), US_OK);
    assert_true(rows.rows > 0);
    assert_int_equal(there.rows, rows.rows);
    assert_int_equal(side_schema(held, &version, &rig->fault), US_OK);
    assert_int_equal(side_integrity(held, count_damage, &damages), US_OK);
    assert_int_equal(damages, 0);
    side_free(held);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0); /* still the caller's */
    close(fd);
    fd = open(rig->folder, O_RDONLY | O_CLOEXEC);
    assert_int_not_equal(side_open_held(fd, &held, &rig->fault), US_OK); /* a folder is none */
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_copy_is_of_one_moment, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_copy_holds_nothing_deleted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_copy_takes_no_name_that_is_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cancelled_copy_leaves_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_foreign_tables_are_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_damage_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_vacuum_wins_back_gaps, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cancelled_vacuum_changes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_settled_file_is_all_of_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_without_a_name, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
