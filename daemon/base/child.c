/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Other threads hold locks while we fork, so the child calls nothing but what is safe after fork()
 * in a program with threads (signal-safety(7)): all it needs is put together before. What keeps it
 * from being started it tells through a pipe that exec closes. It leads a process group of its own,
 * which is killed at the end, whatever the end, before the leader's number is given back. Its input
 * comes from a socket, since writing to one can be asked for without SIGPIPE; input and output go
 * on at once, so that neither side waits for the other.
 */
#include "base/child.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGUMENTS_MOST 16
#define FILES_MOST 64  /* a few fonts at once */
#define COMPLAINT 1024 /* bytes of standard error that are kept */
#define CHUNK 65536
#define STATUS_FD 3

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED 1
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED 1
#endif

/* What it gets of our environment, where we have it. */
static const char *const handed_on[] = {
    "PATH",         "FONTCONFIG_FILE", "FONTCONFIG_PATH", "FONTCONFIG_SYSROOT", "XDG_DATA_DIRS",
#ifdef IS_SANITIZED
    "ASAN_OPTIONS", "LSAN_OPTIONS",    "UBSAN_OPTIONS",   "TSAN_OPTIONS",
#endif
};
#define HANDED_COUNT (sizeof handed_on / sizeof handed_on[0])

struct limit {
    int resource;
    rlim_t soft, hard;
};

struct start { /* all that the child needs, made before the fork */
    const char *program;
    char *arguments[ARGUMENTS_MOST + 2];
    char *environment[HANDED_COUNT + 2];
    struct limit limits[5];
    size_t limit_count;
    pid_t parent;
    int streams[3], status; /* its ends */
};

/* ---- in the child ---- */

static void fail_start(int status)
{
    int number = errno;
    if (write(status, &number, sizeof number) < 0)
        _exit(126);
    _exit(127);
}

/* Ignored signals and blocked ones stay so over exec. A file that would be written must not kill
 * it: that its size is limited is told to write(), which the fonts' library takes. */
static void reset_signals(void)
{
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigset_t none;
    for (int number = 1; number < NSIG; number++)
        (void)sigaction(number, &action, NULL);
    action.sa_handler = SIG_IGN;
    (void)sigaction(SIGXFSZ, &action, NULL);
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void close_others(int from)
{
    if (close_range((unsigned)from, ~0U, 0) == 0)
        return;
    struct rlimit files;
    int most = getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < 1 << 20
                   ? (int)files.rlim_cur
                   : 1 << 20;
    for (int fd = from; fd < most; fd++)
        (void)close(fd);
}

static void start_program(const struct start *start)
{
    int status = start->status;
    if (setpgid(0, 0) != 0)
        fail_start(status);
    reset_signals();
    for (int i = 0; i < 3; i++)
        if (dup2(start->streams[i], i) < 0)
            fail_start(status);
    if (status != STATUS_FD && dup2(status, STATUS_FD) < 0)
        fail_start(status);
    status = STATUS_FD;
    close_others(STATUS_FD + 1);
    (void)umask(077);
    if (fcntl(status, F_SETFD, FD_CLOEXEC) != 0 || chdir("/") != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        fail_start(status);
    if (getppid() != start->parent) /* which died before it could be told to kill us */
        _exit(127);
    for (size_t i = 0; i < start->limit_count; i++) {
        const struct rlimit limit = {start->limits[i].soft, start->limits[i].hard};
        if (setrlimit((enum __rlimit_resource)start->limits[i].resource, &limit) != 0)
            fail_start(status);
    }
    (void)execve(start->program, start->arguments, start->environment);
    fail_start(status);
}

/* ---- getting ready ---- */

static rlim_t least_of(rlim_t one, rlim_t other)
{
    return one < other ? one : other;
}

/* Nobody but root may raise a limit, and there is no need to. */
static void add_limit(struct start *start, int resource, rlim_t soft, rlim_t hard)
{
    struct rlimit now;
    if (getrlimit((enum __rlimit_resource)resource, &now) != 0)
        now.rlim_max = RLIM_INFINITY;
    hard = least_of(hard, now.rlim_max);
    start->limits[start->limit_count++] = (struct limit){resource, least_of(soft, hard), hard};
}

static void set_limits(struct start *start, const struct child_task *task)
{
    rlim_t seconds = (rlim_t)task->seconds;
#ifndef IS_SANITIZED /* its shadow alone is larger than any limit */
    add_limit(start, RLIMIT_AS, task->memory_most, task->memory_most);
#endif
    add_limit(start, RLIMIT_CPU, seconds, seconds + 1);
    add_limit(start, RLIMIT_FSIZE, 0, 0);
    add_limit(start, RLIMIT_NOFILE, FILES_MOST, FILES_MOST);
    add_limit(start, RLIMIT_CORE, 0, 0);
}

static void set_words(struct start *start, const struct child_task *task)
{
    size_t count = 0;
    start->program = task->program;
    start->arguments[count++] = mem_string(task->program);
    for (size_t i = 0; i < ARGUMENTS_MOST && task->arguments[i] != NULL; i++)
        start->arguments[count++] = mem_string(task->arguments[i]);
    count = 0;
    for (size_t i = 0; i < HANDED_COUNT; i++) {
        const char *value = getenv(handed_on[i]);
        if (value != NULL)
            start->environment[count++] = mem_format("%s=%s", handed_on[i], value);
    }
    start->environment[count] = mem_string("LC_ALL=C.UTF-8");
}

static void clear_words(struct start *start)
{
    for (size_t i = 0; start->arguments[i] != NULL; i++)
        free(start->arguments[i]);
    for (size_t i = 0; start->environment[i] != NULL; i++)
        free(start->environment[i]);
}

/* Ours and the child's end of each stream, and of the pipe for its status. */
struct ends {
    int ours[4], theirs[4];
};

static void close_end(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

static void close_ends(struct ends *ends)
{
    for (int i = 0; i < 4; i++) {
        close_end(&ends->ours[i]);
        close_end(&ends->theirs[i]);
    }
}

/* Above those that the child's are put on, wherever our own standard streams are. */
static bool move_up(int *fd)
{
    int moved = fcntl(*fd, F_DUPFD_CLOEXEC, STATUS_FD + 1);
    if (moved < 0)
        return false;
    (void)close(*fd);
    *fd = moved;
    return true;
}

static bool open_ends(struct ends *ends)
{
    *ends = (struct ends){.ours = {-1, -1, -1, -1}, .theirs = {-1, -1, -1, -1}};
    for (int i = 0; i < 4; i++) {
        int pair[2];
        if (i == 0 ? socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0
                   : pipe2(pair, O_CLOEXEC) != 0)
            goto err_close;
        ends->ours[i] = pair[0];
        ends->theirs[i] = pair[1];
        if (!move_up(&ends->theirs[i]) || (i < 3 && fcntl(ends->ours[i], F_SETFL, O_NONBLOCK) != 0))
            goto err_close;
    }
    (void)shutdown(ends->ours[0], SHUT_RD);
    return true;

err_close:
    close_ends(ends);
    return false;
}

/* No handler of ours may run in the child. */
static pid_t fork_quietly(const struct start *start)
{
    sigset_t all, before;
    sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t pid = fork();
    if (pid == 0)
        start_program(start);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return pid;
}

/* ---- while it runs ---- */

struct run {
    const struct child_task *task;
    struct ends *ends;
    size_t sent;
    struct str out;
    char complaint[COMPLAINT];
    size_t complaint_len;
    int64_t deadline;
};

static bool is_retry(void)
{
    return errno == EAGAIN || errno == EINTR;
}

/* A child that reads no further than it wants is no error. */
static void send_input(struct run *run)
{
    const char *from = run->task->input;
    ssize_t count = 0;
    if (run->sent < run->task->input_len)
        count = send(run->ends->ours[0], from + run->sent, run->task->input_len - run->sent,
                     MSG_NOSIGNAL);
    if (count > 0)
        run->sent += (size_t)count;
    if (run->sent == run->task->input_len || (count < 0 && !is_retry()))
        close_end(&run->ends->ours[0]);
}

static enum us_err take_output(struct run *run)
{
    char *chunk = mem_alloc(CHUNK);
    ssize_t count = read(run->ends->ours[1], chunk, CHUNK);
    enum us_err err = US_OK;
    if (count > 0 && (size_t)count > run->task->output_most - run->out.len)
        err = US_LIMITED;
    else if (count > 0)
        str_append(&run->out, chunk, (size_t)count);
    else if (count == 0 || !is_retry())
        close_end(&run->ends->ours[1]);
    free(chunk);
    return err;
}

static void take_complaint(struct run *run)
{
    char chunk[COMPLAINT];
    ssize_t count = read(run->ends->ours[2], chunk, sizeof chunk);
    if (count > 0) {
        size_t room = sizeof run->complaint - run->complaint_len;
        size_t len = (size_t)count < room ? (size_t)count : room;
        memcpy(run->complaint + run->complaint_len, chunk, len);
        run->complaint_len += len;
    } else if (count == 0 || !is_retry()) {
        close_end(&run->ends->ours[2]);
    }
}

/* Milliseconds until the deadline, rounded up. */
static int time_left(const struct run *run)
{
    int64_t left = run->deadline - clock_monotonic();
    return left <= 0 ? 0 : (int)((left + 999) / 1000);
}

static enum us_err exchange(struct run *run)
{
    while (run->ends->ours[1] >= 0 || run->ends->ours[2] >= 0) {
        struct pollfd fds[3] = {
            {run->ends->ours[0], POLLOUT, 0},
            {run->ends->ours[1], POLLIN, 0},
            {run->ends->ours[2], POLLIN, 0},
        };
        int left = time_left(run);
        if (left == 0)
            return US_EXPIRED;
        if (poll(fds, 3, left) < 0 && errno != EINTR)
            return US_IO;
        if (fds[0].revents != 0)
            send_input(run);
        if (fds[2].revents != 0)
            take_complaint(run);
        if (fds[1].revents != 0) {
            enum us_err err = take_output(run);
            if (err != US_OK)
                return err;
        }
    }
    return US_OK;
}

/* Until it ended, or the deadline; it is not given back yet. */
static enum us_err await_end(const struct run *run, pid_t pid)
{
    for (int pause = 1;; pause = pause < 50 ? 2 * pause : pause) {
        siginfo_t info = {.si_pid = 0};
        if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 && errno != EINTR)
            return US_IO;
        if (info.si_pid == pid)
            return US_OK;
        if (time_left(run) == 0)
            return US_EXPIRED;
        (void)poll(NULL, 0, pause);
    }
}

/* ---- what became of it ---- */

/* Its first line, which may hold what a stranger wrote. */
static void tell_complaint(struct run *run, int status, struct fault *fault)
{
    size_t len = 0;
    while (len < run->complaint_len && len < COMPLAINT - 1 && run->complaint[len] != '\n')
        len++;
    run->complaint[len] = '\0';
    bool is_clean = utf8_is_valid(run->complaint, len);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)run->complaint[i];
        if (c < ' ' || c == 0x7F || (!is_clean && c >= 0x80))
            run->complaint[i] = '?';
    }
    if (len > 0)
        fault_set(fault, NULL, 0, "%s", run->complaint);
    else if (WIFSIGNALED(status))
        fault_set(fault, NULL, 0, "%s was ended by signal %d", run->task->program,
                  WTERMSIG(status));
    else
        fault_set(fault, NULL, 0, "%s ended with status %d", run->task->program,
                  WEXITSTATUS(status));
}

static enum us_err judge(struct run *run, enum us_err err, int status, struct fault *fault)
{
    if (err == US_OK && WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
        err = US_EXPIRED;
    if (err == US_LIMITED)
        fault_set(fault, NULL, 0, "%s wrote more than %zu bytes", run->task->program,
                  run->task->output_most);
    else if (err == US_EXPIRED)
        fault_set(fault, NULL, 0, "%s took longer than %d s", run->task->program,
                  run->task->seconds);
    else if (err != US_OK)
        fault_set(fault, NULL, 0, "%s could not be waited for", run->task->program);
    else if (status != 0)
        err = US_INVALID;
    if (err == US_INVALID)
        tell_complaint(run, status, fault);
    return err;
}

/* The pipe ends without a word when exec succeeded. */
static int await_start(int fd)
{
    int number = 0;
    ssize_t count;
    do {
        count = read(fd, &number, sizeof number);
    } while (count < 0 && errno == EINTR);
    return count == sizeof number ? number : 0;
}

static enum us_err attend(struct run *run, pid_t pid, struct fault *fault)
{
    int status = 0, number;
    enum us_err err = US_OK;
    (void)setpgid(pid, pid); /* so that it can be killed, whoever of us is first */
    for (int i = 0; i < 4; i++)
        close_end(&run->ends->theirs[i]);
    number = await_start(run->ends->ours[3]);
    if (number == 0) {
        err = exchange(run);
        if (err == US_OK)
            err = await_end(run, pid);
    }
    (void)kill(-pid, SIGKILL);
    (void)kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0) {
        if (errno == EINTR)
            continue;
        err = US_IO;
        break;
    }
    if (number == 0)
        return judge(run, err, status, fault);
    fault_set(fault, NULL, 0, "%s cannot be started: %s", run->task->program,
              strerrordesc_np(number) != NULL ? strerrordesc_np(number) : "unknown error");
    return US_IO;
}

enum us_err child_run(const struct child_task *task, void **out, size_t *len, struct fault *fault)
{
    struct ends ends;
    struct start start = {.parent = getpid()};
    struct run run = {
        .task = task, .ends = &ends, .deadline = clock_monotonic() + task->seconds * CLOCK_SECOND};
    enum us_err err = US_IO;
    pid_t pid;

    if (!open_ends(&ends)) {
        fault_set(fault, NULL, 0, "%s cannot be started: no pipes are left", task->program);
        return US_IO;
    }
    set_words(&start, task);
    set_limits(&start, task);
    memcpy(start.streams, ends.theirs, sizeof start.streams);
    start.status = ends.theirs[3];
    pid = fork_quietly(&start);
    if (pid > 0)
        err = attend(&run, pid, fault);
    else
        fault_set(fault, NULL, 0, "%s cannot be started: no process is left", task->program);
    close_ends(&ends);
    clear_words(&start);
    if (err == US_OK) {
        *len = run.out.len;
        *out = str_take(&run.out);
    }
    str_free(&run.out);
    return err;
}
