/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What threads share: token buckets, the queue from one thread to another's loop, and the log.
 */
#include "base/clock.h"
#include "base/inbox.h"
#include "base/limiter.h"
#include "base/log.h"
#include "base/schedule.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void test_limiter_refills(void **state)
{
    struct limiter *limiter = limiter_new(30, 100);
    int64_t now = 5 * CLOCK_HOUR, interval = CLOCK_HOUR / 30;

    (void)state;
    for (int i = 0; i < 30; i++)
        assert_true(limiter_take(limiter, 1, now));
    assert_false(limiter_take(limiter, 1, now));
    assert_true(limiter_take(limiter, 2, now));

    /* A refused try costs nothing, and one token comes back after each interval. */
    assert_false(limiter_take(limiter, 1, now + interval - 1));
    assert_true(limiter_take(limiter, 1, now + interval));
    assert_false(limiter_take(limiter, 1, now + interval));

    /* After an hour it is full, and after a year it is no fuller. */
    now += 366 * CLOCK_DAY;
    for (int i = 0; i < 30; i++)
        assert_true(limiter_take(limiter, 1, now));
    assert_false(limiter_take(limiter, 1, now));
    limiter_free(limiter);
}

static void test_limiter_is_bounded(void **state)
{
    struct limiter *limiter = limiter_new(3, 8), *open = limiter_new(0, 8);

    (void)state;
    for (int i = 0; i < 1000; i++)
        assert_true(limiter_take(open, 1, 0));
    limiter_free(open);
    limiter_free(NULL);

    /* Four keys use up their tokens; then a flood of others passes through the table of eight. The
     * flood must push out its own, and the four must still be refused. */
    for (uint64_t key = 1; key <= 4; key++) {
        for (int i = 0; i < 3; i++)
            assert_true(limiter_take(limiter, key, 0));
    }
    for (uint64_t key = 100; key < 10100; key++)
        assert_true(limiter_take(limiter, key * UINT64_C(0x9e3779b97f4a7c15), 0));
    for (uint64_t key = 1; key <= 4; key++)
        assert_false(limiter_take(limiter, key, 0));
    limiter_free(limiter);
}

/* The fullest bucket goes, whatever the order in which the tokens were taken. */
static void test_limiter_gives_up_fullest(void **state)
{
    struct limiter *limiter = limiter_new(3, 2);

    (void)state;
    assert_true(limiter_take(limiter, 1, 0));
    for (int i = 0; i < 3; i++)
        assert_true(limiter_take(limiter, 2, 0));
    assert_true(limiter_take(limiter, 3, 0)); /* in the place of 1 */
    assert_false(limiter_take(limiter, 2, 0));
    for (int i = 0; i < 3; i++)
        assert_true(limiter_take(limiter, 1, 0)); /* in the place of 3, and forgotten */
    assert_false(limiter_take(limiter, 1, 0));
    assert_false(limiter_take(limiter, 2, 0));
    limiter_free(limiter);
}

/* Against a table that never forgets: with room for all keys the two must agree on every try. */
static void test_limiter_agrees(void **state)
{
    enum { KEYS = 200, BURST = 5 };
    struct limiter *limiter = limiter_new(BURST, KEYS);
    int64_t full_at[KEYS] = {0}, now = 0, interval = CLOCK_HOUR / BURST;
    uint32_t seed = 12345;

    (void)state;
    for (int i = 0; i < 100000; i++) {
        unsigned key;
        bool allowed;

        seed = seed * 1664525U + 1013904223U;
        key = (seed >> 16) % KEYS;
        now += (seed >> 8) % (uint32_t)(CLOCK_MINUTE / 8);
        if (full_at[key] < now)
            full_at[key] = now;
        allowed = full_at[key] - now <= (BURST - 1) * interval;
        if (allowed)
            full_at[key] += interval;
        assert_int_equal(limiter_take(limiter, key, now), allowed);
    }
    limiter_free(limiter);
}

struct post {
    struct inbox *inbox;
    int *sum, *order;
    int number;
};

static void on_post(void *arg)
{
    struct post *post = arg;

    assert_true(post->number > *post->order);
    *post->order = post->number;
    *post->sum += 1;
}

static void *post_many(void *arg)
{
    struct post *posts = arg;

    for (int i = 0; i < 1000; i++)
        inbox_post(posts[i].inbox, on_post, &posts[i]);
    return NULL;
}

static bool is_readable(const struct inbox *inbox)
{
    struct pollfd poller = {.fd = inbox_fd(inbox), .events = POLLIN};

    return poll(&poller, 1, 0) == 1;
}

static void test_inbox_threads(void **state)
{
    static struct post posts[4][1000];
    struct inbox *inbox = inbox_new();
    int sum = 0, order[4] = {0};
    pthread_t threads[4];

    (void)state;
    assert_non_null(inbox);
    assert_false(is_readable(inbox));
    for (int t = 0; t < 4; t++) {
        for (int i = 0; i < 1000; i++)
            posts[t][i] = (struct post){inbox, &sum, &order[t], i + 1};
        assert_int_equal(pthread_create(&threads[t], NULL, post_many, posts[t]), 0);
    }

    /* What each thread posted runs in its order, and none is lost. */
    while (sum < 4000) {
        struct pollfd poller = {.fd = inbox_fd(inbox), .events = POLLIN};

        assert_int_equal(poll(&poller, 1, 10000), 1);
        inbox_run(inbox);
    }
    for (int t = 0; t < 4; t++)
        assert_int_equal(pthread_join(threads[t], NULL), 0);
    assert_int_equal(sum, 4000);
    assert_false(is_readable(inbox));
    inbox_free(inbox);
}

static void on_repost(void *arg)
{
    struct post *post = arg;

    *post->sum += 1;
    if (*post->sum < 3)
        inbox_post(post->inbox, on_repost, post);
}

static void test_inbox_round(void **state)
{
    struct inbox *inbox = inbox_new();
    int sum = 0;
    struct post post = {inbox, &sum, NULL, 0};

    (void)state;
    assert_non_null(inbox);
    inbox_run(inbox); /* nothing waits */
    inbox_post(inbox, on_repost, &post);
    assert_true(is_readable(inbox));
    inbox_run(inbox);
    assert_int_equal(sum, 1); /* what was posted meanwhile waits for the next round */
    assert_true(is_readable(inbox));
    inbox_run(inbox);
    assert_int_equal(sum, 2);
    inbox_free(inbox); /* runs nothing */
    assert_int_equal(sum, 2);
    inbox_free(NULL);
}

/* Logs from a child whose standard error is a pipe, and gives what it wrote. */
static void read_log(char *out, size_t size, bool journal)
{
    int ends[2], status;
    size_t len = 0;
    ssize_t got;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        struct stat info;
        char stream[64];

        (void)dup2(ends[1], STDERR_FILENO);
        (void)fstat(STDERR_FILENO, &info);
        (void)snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)info.st_dev,
                       (uintmax_t)info.st_ino + (journal ? 0 : 1));
        (void)setenv("JOURNAL_STREAM", stream, 1);
        log_open("prog", LOG_LEVEL_INFO);
        log_debug("unseen");
        errno = EPIPE;
        log_warning("two\nlines \x1b[31m of %d", 5);
        log_set_level(LOG_LEVEL_ERROR);
        log_warning("unseen");
        log_error("%04000d", 1);
        (void)close(STDERR_FILENO);
        log_error("nobody reads this, and errno stays the caller's");
        _exit(errno == EPIPE ? 0 : 1);
    }
    (void)close(ends[1]);
    while (len < size - 1 && (got = read(ends[0], out + len, size - 1 - len)) > 0)
        len += (size_t)got;
    out[len] = '\0';
    (void)close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void test_log(void **state)
{
    char text[8192], *second;

    (void)state;
    read_log(text, sizeof(text), true);
    assert_int_equal(strncmp(text, "<4>two?lines ?[31m of 5\n<3>0000", 31), 0);
    second = strchr(text, '\n') + 1;
    assert_int_equal(strlen(second), 2048); /* long lines are cut, and end in a line feed */
    assert_int_equal(second[2047], '\n');

    read_log(text, sizeof(text), false);
    assert_int_equal(text[4], '-');
    assert_int_equal(strncmp(text + 19, "Z prog warning: two?lines ?[31m of 5\n", 37), 0);
    assert_null(strstr(text, "unseen"));
}

/* Shorter turns are not a larger share. */
static void test_schedule(void **state)
{
    int before = getpriority(PRIO_PROCESS, 0);
    (void)state;
    schedule_promptly(100);
    schedule_give_way();
    assert_int_equal(getpriority(PRIO_PROCESS, 0), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limiter_refills),
        cmocka_unit_test(test_limiter_is_bounded),
        cmocka_unit_test(test_limiter_gives_up_fullest),
        cmocka_unit_test(test_limiter_agrees),
        cmocka_unit_test(test_inbox_threads),
        cmocka_unit_test(test_inbox_round),
        cmocka_unit_test(test_log),
        cmocka_unit_test(test_schedule),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
