/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/stop.h"
#include <stddef.h>

static volatile sig_atomic_t is_stopped;

static void on_signal(int number)
{
    (void)number;
    is_stopped = 1;
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
