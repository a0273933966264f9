/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What a child process gets, what it may not do, and that nothing of it stays. The shell stands in
 * for the programs that are run.
 */
#include "base/child.h"
#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define MEBIBYTE ((size_t)1024 * 1024)

struct outcome {
    enum us_err err;
    char *out;
    size_t len;
    struct fault fault;
};

static struct child_task shell(const char *const *arguments)
{
    return (struct child_task){.program = "/bin/sh",
                               .arguments = arguments,
                               .output_most = 16 * MEBIBYTE,
                               .memory_most = 256 * MEBIBYTE,
                               .seconds = 60};
}

static struct outcome run(const struct child_task *task)
{
    struct outcome outcome = {.out = NULL};
    void *out = NULL;

    outcome.err = child_run(task, &out, &outcome.len, &outcome.fault);
    if (outcome.err == US_OK) {
        outcome.out = mem_string_part(out, outcome.len);
        free(out);
    }
    return outcome;
}

static struct outcome run_script(const char *script)
{
    const char *const arguments[] = {"-c", script, NULL};
    struct child_task task = shell(arguments);

    return run(&task);
}

static void assert_says(const char *script, const char *expected)
{
    struct outcome outcome = run_script(script);

    assert_int_equal(outcome.err, US_OK);
    assert_string_equal(outcome.out, expected);
    free(outcome.out);
}

/* There is no process of ours left, dead or alive. */
static void assert_no_children(void)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static void test_streams(void **state)
{
    static const char input[] = "a\0b\n";
    const char *const arguments[] = {"-c", "cat; echo to nobody >&2", NULL};
    struct child_task task = shell(arguments);
    struct outcome outcome;

    (void)state;
    task.input = input;
    task.input_len = sizeof input;
    outcome = run(&task);
    assert_int_equal(outcome.err, US_OK);
    assert_int_equal(outcome.len, sizeof input);
    assert_memory_equal(outcome.out, input, sizeof input);
    free(outcome.out);
    assert_says("cat; echo end", "end\n");
    assert_says("true", "");
    assert_no_children();
}

/* Both sides have more to say than a pipe holds, from the first moment on. */
static void test_much_both_ways(void **state)
{
    const char *const arguments[] = {"-c", "cat /dev/zero | head -c 3000000; cat", NULL};
    struct child_task task = shell(arguments);
    size_t len = 5 * MEBIBYTE;
    char *input = mem_alloc(len);
    struct outcome outcome;

    (void)state;
    memset(input, 'x', len);
    task.input = input;
    task.input_len = len;
    outcome = run(&task);
    assert_int_equal(outcome.err, US_OK);
    assert_int_equal(outcome.len, 3000000 + len);
    assert_int_equal(outcome.out[2999999], 0);
    assert_memory_equal(outcome.out + 3000000, input, len);
    free(outcome.out);
    free(input);
}

/* Without a signal that would end us; the test leaves SIGPIPE as it is, deadly. */
static void test_input_unread(void **state)
{
    const char *const arguments[] = {"-c", "exec <&-; echo enough", NULL};
    struct child_task task = shell(arguments);
    size_t len = 5 * MEBIBYTE;
    struct outcome outcome;

    (void)state;
    task.input = mem_zero(len);
    task.input_len = len;
    outcome = run(&task);
    assert_int_equal(outcome.err, US_OK);
    assert_string_equal(outcome.out, "enough\n");
    free(outcome.out);
    free((void *)(uintptr_t)task.input);
}

static void test_nothing_of_ours(void **state)
{
    int fd;

    (void)state;
    /* Neither what we opened without a thought, nor what we know. */
    fd = open("/dev/null", O_RDONLY);
    assert_true(fd > 2);
    assert_int_equal(setenv("UNDERSIGN_TEST_SECRET", "x", 1), 0);
    assert_says("ls /proc/$$/fd; :", "0\n1\n2\n");
    assert_says("env | grep -c SECRET; env | grep ^LC_ALL=", "0\nLC_ALL=C.UTF-8\n");
    assert_says("pwd", "/\n");
    assert_int_equal(close(fd), 0);
}

static void test_limits(void **state)
{
    const char *const arguments[] = {"-c", "ulimit -v; ulimit -t; ulimit -f; ulimit -n; ulimit -c",
                                     NULL};
    struct child_task task = shell(arguments);
    struct outcome outcome;

    (void)state;
    task.seconds = 7;
    outcome = run(&task);
    assert_int_equal(outcome.err, US_OK);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(__clang__)
    assert_string_equal(outcome.out, "262144\n7\n0\n64\n0\n");
#else
    assert_non_null(strstr(outcome.out, "\n7\n0\n64\n0\n"));
#endif
    free(outcome.out);
    assert_says("grep NoNewPrivs /proc/self/status | tr -d '\\t'", "NoNewPrivs:1\n");
    /* A file cannot be filled, and the try is not deadly. */
    outcome =
        run_script("f=$(mktemp); echo text >\"$f\" || echo refused; wc -c <\"$f\"; rm \"$f\"");
    assert_int_equal(outcome.err, US_OK);
    assert_string_equal(outcome.out, "refused\n0\n");
    free(outcome.out);
}

/* Signals that the service blocks or ignores would stay so over exec. */
static void test_signals(void **state)
{
    struct sigaction before, ignore = {.sa_handler = SIG_IGN};
    sigset_t set, mask;

    (void)state;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    assert_int_equal(sigaction(SIGPIPE, &ignore, &before), 0);
    assert_int_equal(pthread_sigmask(SIG_BLOCK, &set, &mask), 0);
    assert_says("grep -E 'SigBlk' /proc/self/status | tr -d '\\t'", "SigBlk:0000000000000000\n");
    /* Only SIGXFSZ, the 25th. Those from the 32nd on are the C library's and may be inherited. */
    assert_says("echo $((0x$(sed -n 's/^SigIgn:.//p' /proc/self/status) & 0x7fffffff))",
                "16777216\n");
    assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &set), 0);
    assert_int_equal(sigismember(&set, SIGTERM), 1); /* ours are as they were */
    assert_int_equal(sigismember(&set, SIGINT), 0);
    assert_int_equal(pthread_sigmask(SIG_SETMASK, &mask, NULL), 0);
    assert_int_equal(sigaction(SIGPIPE, &before, NULL), 0);
}

static void test_failures(void **state)
{
    const char *const none[] = {NULL};
    struct child_task task = shell(none);
    struct outcome outcome =
        run_script("echo no; echo 'the picture\033[1m is broken' >&2; echo more "
                   ">&2; exit 3");

    (void)state;
    assert_int_equal(outcome.err, US_INVALID);
    assert_string_equal(outcome.fault.text, "the picture?[1m is broken");
    outcome = run_script("printf 'b\\377d' >&2; exit 3");
    assert_string_equal(outcome.fault.text, "b?d");
    outcome = run_script("exit 3");
    assert_int_equal(outcome.err, US_INVALID);
    assert_string_equal(outcome.fault.text, "/bin/sh ended with status 3");
    outcome = run_script("kill -SEGV $$");
    assert_int_equal(outcome.err, US_INVALID);
    assert_string_equal(outcome.fault.text, "/bin/sh was ended by signal 11");
    task.program = "/nowhere/program";
    outcome = run(&task);
    assert_int_equal(outcome.err, US_IO);
    assert_string_equal(outcome.fault.text,
                        "/nowhere/program cannot be started: No such file or directory");
    assert_no_children();
}

static void test_too_much(void **state)
{
    const char *const arguments[] = {"-c", "exec cat /dev/zero", NULL};
    const char *const exact[] = {"-c", "printf 12345", NULL};
    struct child_task task = shell(arguments);
    struct outcome outcome;

    (void)state;
    outcome = run(&task);
    assert_int_equal(outcome.err, US_LIMITED);
    assert_no_children();
    task = shell(exact);
    task.output_most = 5;
    outcome = run(&task);
    assert_int_equal(outcome.err, US_OK);
    free(outcome.out);
    task.output_most = 4;
    assert_int_equal(run(&task).err, US_LIMITED);
}

/* It waits for ever, by itself or through a child of its own, with its streams open or closed. */
static void test_deadline(void **state)
{
    static const char *const scripts[] = {"sleep 1000", "sleep 1000 & wait",
                                          "exec >&- 2>&-; sleep 1000", "while :; do :; done"};

    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        const char *const arguments[] = {"-c", scripts[i], NULL};
        struct child_task task = shell(arguments);

        task.seconds = 1;
        assert_int_equal(run(&task).err, US_EXPIRED);
        assert_no_children();
    }
}

/* What it left in the background ends with it: the pipe that only that one still holds closes. */
static void test_group(void **state)
{
    int pipe_fds[2];
    char path[64], byte;
    char *script;

    (void)state;
    assert_int_equal(pipe(pipe_fds), 0);
    (void)snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)getpid(), pipe_fds[1]);
    script = mem_format("sleep 1000 >%s 2>&1 </dev/null & echo started", path);
    assert_says(script, "started\n");
    assert_int_equal(close(pipe_fds[1]), 0);
    assert_int_equal(read(pipe_fds[0], &byte, 1), 0);
    assert_int_equal(close(pipe_fds[0]), 0);
    free(script);
}

static void *run_many(void *arg)
{
    for (int i = 0; i < 20; i++) {
        struct outcome outcome = run_script("cat; ls /proc/$$/fd; :");

        if (outcome.err != US_OK || strcmp(outcome.out, "0\n1\n2\n") != 0)
            *(bool *)arg = false;
        free(outcome.out);
    }
    return NULL;
}

/* While other threads allocate and start others. */
static void test_threads(void **state)
{
    pthread_t threads[8];
    bool is_fine[8];

    (void)state;
    for (size_t i = 0; i < 8; i++) {
        is_fine[i] = true;
        assert_int_equal(pthread_create(&threads[i], NULL, run_many, &is_fine[i]), 0);
    }
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_true(is_fine[i]);
    }
    assert_no_children();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_streams),      cmocka_unit_test(test_much_both_ways),
        cmocka_unit_test(test_input_unread), cmocka_unit_test(test_nothing_of_ours),
        cmocka_unit_test(test_limits),       cmocka_unit_test(test_signals),
        cmocka_unit_test(test_failures),     cmocka_unit_test(test_too_much),
        cmocka_unit_test(test_deadline),     cmocka_unit_test(test_group),
        cmocka_unit_test(test_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
