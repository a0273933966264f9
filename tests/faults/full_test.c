/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A file system that is really full: a small tmpfs in a mount namespace of the test's own, so that
 * it goes with the process. Skipped where neither root nor user namespaces allow that.
 */
#include <config.h> /* asks for unshare() */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "store/audit.h"
#include "store_rig.h"
#include <cmocka.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <time.h>
#include <unistd.h>

#define AUTOMAKE_SKIP 77

static void write_line(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);
    if (fd >= 0 && write(fd, text, strlen(text)) < 0)
        perror(path);
    if (fd >= 0)
        close(fd);
}

static bool make_namespace(void)
{
    char map[64];
    uid_t user = geteuid();
    gid_t group = getegid();
    if (unshare(CLONE_NEWNS) == 0)
        return true;
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
        return false;
    write_line("/proc/self/setgroups", "deny");
    snprintf(map, sizeof map, "0 %u 1", user);
    write_line("/proc/self/uid_map", map);
    snprintf(map, sizeof map, "0 %u 1", group);
    write_line("/proc/self/gid_map", map);
    return true;
}

static struct job *make_large_job(int id)
{
    static char data[20000];
    char word[16];
    struct job *job = job_new();
    snprintf(word, sizeof word, "%d", id);
    job_add(job, STATEMENT_TRIAL_INSERT_DATA,
            VALUES(value_int(id), value_text(word), value_null(), value_blob(data, sizeof data)));
    job_add_audit(job, &(struct job_audit){.at = id, .actor = "service", .act = "trial"});
    return job;
}

static void read_audit(struct reader *reader, void *arg)
{
    struct audit_verdict *verdict = arg;
    if (audit_verify(reader, verdict))
        verdict->entries = -1;
}

static void make_ballast(const char *path)
{
    /* As much as the log may have grown to: moving it needs the room twice. */
    static char block[4 << 20];
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, block, sizeof block), sizeof block);
    close(fd);
}

static void test_a_really_full_disk(void **state)
{
    struct rig *rig = *state;
    char ballast[128];
    struct audit_verdict verdict = {0};
    enum us_err err = US_OK;
    int count = 0;
    snprintf(ballast, sizeof ballast, "%s/ballast", rig->folder);
    make_ballast(ballast);
    rig_open(rig);
    for (; !err && count < 1000; count += !err)
        err = rig_run(rig, make_large_job(count));
    assert_int_equal(err, US_FULL);
    assert_true(count > 10);
    assert_true(store_is_failing(rig->store));
    assert_int_equal(rig_count(rig), count);
    for (int i = 0; i < 20; i++) {
        err = rig_run(rig, make_large_job(2000 + i));
        assert_true(err == US_FULL || err == US_OK); /* a checkpoint may have made room */
        count += !err;
    }
    assert_int_equal(rig_count(rig), count);

    unlink(ballast);
    for (int i = 0; i < 3000 && store_is_failing(rig->store); i++)
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    assert_false(store_is_failing(rig->store));
    assert_int_equal(rig_run(rig, make_large_job(5000)), US_OK);
    rig_close(rig);
    rig_open(rig);
    assert_int_equal(rig_count(rig), count + 1);
    assert_int_equal(store_read_wait(rig->store, read_audit, &verdict), US_OK);
    assert_int_equal(verdict.entries, count + 1);
}

int main(void)
{
    static struct rig rig;
    void *state = &rig;
    if (!make_namespace() || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) {
        fputs("skipped: no mount namespace to be had here\n", stderr);
        return AUTOMAKE_SKIP;
    }
    rig_make(&rig);
    if (mount("undersign-test", rig.folder, "tmpfs", 0, "size=8m") != 0) {
        fputs("skipped: no tmpfs to be had here\n", stderr);
        rig_remove(&rig);
        return AUTOMAKE_SKIP;
    }
    log_set_level((enum log_level) - 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(test_a_really_full_disk, state),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rig_close(&rig);
    umount2(rig.folder, MNT_DETACH);
    rmdir(rig.folder);
    return failed;
}
