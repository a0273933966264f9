/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/thread.h"
#include "base/clock.h"
#include <signal.h>
#include <time.h>

enum us_err thread_start(pthread_t *thread, void *(*run)(void *arg), void *arg)
{
    /* A thread inherits its maker's mask: signals stay with the main thread. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = pthread_create(thread, NULL, run, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc == 0 ? US_OK : US_BUSY;
}

void thread_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attr);
    pthread_condattr_destroy(&attr);
}

void thread_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t until)
{
    if (until == INT64_MAX) {
        pthread_cond_wait(cond, mutex);
        return;
    }
    struct timespec at = {.tv_sec = until / CLOCK_SECOND,
                          .tv_nsec = until % CLOCK_SECOND * (1000000000 / CLOCK_SECOND)};
    pthread_cond_timedwait(cond, mutex, &at);
}

void thread_gate_open(struct thread_gate *gate)
{
    /* Signalled under the mutex: the one who waits may take the gate away at once. */
    pthread_mutex_lock(&gate->mutex);
    gate->is_open = 1;
    pthread_cond_signal(&gate->cond);
    pthread_mutex_unlock(&gate->mutex);
}

void thread_gate_wait(struct thread_gate *gate)
{
    pthread_mutex_lock(&gate->mutex);
    while (!gate->is_open)
        pthread_cond_wait(&gate->cond, &gate->mutex);
    pthread_mutex_unlock(&gate->mutex);
    pthread_cond_destroy(&gate->cond);
    pthread_mutex_destroy(&gate->mutex);
}
