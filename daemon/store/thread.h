/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Threads of the store: they take no signals, and their waits are by the clock that only grows. */
#ifndef STORE_THREAD_H
#define STORE_THREAD_H

#include "base/err.h"
#include <pthread.h>
#include <stdint.h>

/* US_BUSY when the system has no more threads. */
US_MUST_CHECK enum us_err thread_start(pthread_t *thread, void *(*run)(void *arg), void *arg);
void thread_cond_init(pthread_cond_t *cond);
/* Waits until signalled, or until clock_monotonic() is `until`; INT64_MAX: no such time. */
void thread_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t until);

/* A place for one thread to wait for another's word. */
struct thread_gate {
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    int is_open;
};
#define THREAD_GATE_INIT                                                                           \
    {                                                                                              \
        .mutex = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER                       \
    }

void thread_gate_open(struct thread_gate *gate);
void thread_gate_wait(struct thread_gate *gate);

#endif
