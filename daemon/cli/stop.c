/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/stop.h"
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <sys/wait.h>

static volatile sig_atomic_t is_stopped;
static volatile pid_t reader; /* that SIGINT is left to; 0: none */

static void on_signal(int number)
{
    int saved = errno, status;

    if (number == SIGINT && reader > 0) {
        if (waitpid(reader, &status, WNOHANG) == 0) {
            errno = saved;
            return;
        }
        reader = 0;
    }
    is_stopped = 1;
    errno = saved;
}

void stop_watch(void)
{
    /* Without SA_RESTART: a read that waits is to end. */
    struct sigaction action = {.sa_handler = on_signal};
    struct sigaction ignored = {.sa_handler = SIG_IGN};

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    sigemptyset(&ignored.sa_mask);
    sigaction(SIGPIPE, &ignored, NULL);
    sigaction(SIGXFSZ, &ignored, NULL);
}

const volatile sig_atomic_t *stop_flag(void)
{
    return &is_stopped;
}

void stop_forget(void)
{
    is_stopped = 0;
}

void stop_leave_to(pid_t child)
{
    reader = child;
}

void stop_wait_for(pid_t child)
{
    int status;

    /* ECHILD: the handler above has met its end. */
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    reader = 0;
}

bool stop_wait(int fd)
{
    struct pollfd waiting = {.fd = fd, .events = POLLIN};
    sigset_t all, before;
    int ready = -1;

    /* Nothing gets through between the look at the flag and the wait. */
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    while (is_stopped == 0 && ready < 0) {
        ready = ppoll(&waiting, 1, NULL, &before);
        if (ready < 0 && errno != EINTR)
            break; /* the read will tell */
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    return is_stopped == 0;
}
