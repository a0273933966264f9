/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Accepting, and the life of a web thread. The listening sockets are shared: whichever thread is
 * free accepts. Where a limit is reached a connection that is idle makes room for a new one, since
 * whoever holds many open without asking for anything must not keep others out. At the file limit
 * the thread stops listening for a moment instead of spinning.
 */
#include "config.h" /* accept4() is an extension */

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/schedule.h"
#include "http/connection.h"
#include "http/worker.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define WORKER_TURN 100        /* microseconds: an answer out of memory takes less */
#define WORKER_ACCEPTS_MOST 64 /* before connections have their turn */

static void listen_all(struct worker *worker, bool on)
{
    for (int i = 0; i < worker->settings->listener_count; i++) {
        if (on)
            event_add(worker->listen_events[i], NULL);
        else
            event_del(worker->listen_events[i]);
    }
}

static void pause_listening(struct worker *worker)
{
    static const struct timeval pause = {.tv_usec = 100000};
    int64_t now = clock_monotonic();
    listen_all(worker, false);
    event_add(worker->resume_event, &pause);
    if (worker->complained == 0 || now - worker->complained > CLOCK_MINUTE) {
        worker->complained = now;
        log_warning("http: no file descriptor is left for another connection; listening pauses");
    }
}

static void on_resume(evutil_socket_t fd, short what, void *arg)
{
    struct worker *worker = arg;
    (void)fd, (void)what;
    if (!worker->is_stopping)
        listen_all(worker, true);
}

static void admit(struct worker *worker, int fd, const struct sockaddr *socket)
{
    const struct worker_settings *settings = worker->settings;
    struct address peer = address_from_socket(socket);
    bool is_exempt = address_set_has(settings->trusted, &peer);
    uint64_t ticket;
    enum limits_verdict verdict = limits_enter(settings->limits, &peer, is_exempt, &ticket);
    if (verdict == LIMITS_FULL && !TAILQ_EMPTY(&worker->idle)) {
        connection_drop(TAILQ_FIRST(&worker->idle));
        verdict = limits_enter(settings->limits, &peer, is_exempt, &ticket);
    }
    if (verdict != LIMITS_OK) {
        close(fd);
        return;
    }
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connection_open(worker, fd, &peer, ticket);
}

static void on_acceptable(evutil_socket_t listener, short what, void *arg)
{
    struct worker *worker = arg;
    (void)what;
    for (int i = 0; i < WORKER_ACCEPTS_MOST; i++) {
        struct sockaddr_storage address;
        socklen_t len = sizeof address;
        int fd = accept4(listener, (struct sockaddr *)&address, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            admit(worker, fd, (const struct sockaddr *)&address);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            pause_listening(worker);
            return;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return;
        }
        /* Anything else was that one connection's fault (accept(2)): on to the next. */
    }
}

static void on_inbox(evutil_socket_t fd, short what, void *arg)
{
    struct worker *worker = arg;
    (void)fd, (void)what;
    inbox_run(worker->inbox);
}

static void on_drained(evutil_socket_t fd, short what, void *arg)
{
    struct worker *worker = arg;
    (void)fd, (void)what;
    event_base_loopbreak(worker->base);
}

static void on_stop(void *arg)
{
    struct worker *worker = arg;
    worker->is_stopping = true;
    listen_all(worker, false);
    event_del(worker->resume_event);
    struct connection *connection, *next;
    for (connection = LIST_FIRST(&worker->connections); connection != NULL; connection = next) {
        next = LIST_NEXT(connection, all);
        if (connection->state == CONNECTION_IDLE || connection->state == CONNECTION_HANDSHAKE)
            connection_drop(connection);
    }
    struct timeval term = {.tv_sec = worker->drain_seconds};
    event_add(worker->drain_event, &term);
    if (worker->open_count == 0)
        event_base_loopbreak(worker->base);
}

void worker_on_closed(struct worker *worker)
{
    worker->open_count--;
    if (worker->is_stopping && worker->open_count == 0)
        event_base_loopbreak(worker->base);
}

static void *worker_main(void *arg)
{
    struct worker *worker = arg;
    worker->self = pthread_self();
    schedule_promptly(WORKER_TURN);
    atomic_store(&worker->is_running, true);
    listen_all(worker, true);
    event_base_dispatch(worker->base);
    struct connection *connection, *next;
    for (connection = LIST_FIRST(&worker->connections); connection != NULL; connection = next) {
        next = LIST_NEXT(connection, all);
        connection_drop(connection);
    }
    atomic_store(&worker->is_running, false);
    return NULL;
}

static bool make_events(struct worker *worker)
{
    const struct worker_settings *settings = worker->settings;
    worker->listen_events = mem_zero((size_t)settings->listener_count * sizeof(struct event *));
    for (int i = 0; i < settings->listener_count; i++) {
        worker->listen_events[i] = event_new(worker->base, settings->listeners[i],
                                             EV_READ | EV_PERSIST, on_acceptable, worker);
        if (worker->listen_events[i] == NULL)
            return false;
    }
    worker->inbox_event =
        event_new(worker->base, inbox_fd(worker->inbox), EV_READ | EV_PERSIST, on_inbox, worker);
    worker->resume_event = event_new(worker->base, -1, 0, on_resume, worker);
    worker->drain_event = event_new(worker->base, -1, 0, on_drained, worker);
    return worker->inbox_event != NULL && worker->resume_event != NULL &&
           worker->drain_event != NULL && event_add(worker->inbox_event, NULL) == 0;
}

enum us_err worker_new(const struct worker_settings *settings, struct worker **out)
{
    struct worker *worker = MEM_NEW(struct worker);
    worker->settings = settings;
    LIST_INIT(&worker->connections);
    TAILQ_INIT(&worker->idle);
    atomic_init(&worker->is_running, false);
    worker->inbox = inbox_new();
    /* One thread alone runs each base; the others come through the inbox. */
    struct event_config *config = event_config_new();
    if (config != NULL) {
        event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
        worker->base = event_base_new_with_config(config);
        event_config_free(config);
    }
    if (worker->inbox == NULL || worker->base == NULL || !make_events(worker)) {
        worker_free(worker);
        return US_IO;
    }
    *out = worker;
    return US_OK;
}

enum us_err worker_start(struct worker *worker)
{
    /* Signals are for the main thread; SIGPIPE, which OpenSSL's writes would raise, for nobody. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&worker->thread, NULL, worker_main, worker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed != 0)
        return US_IO;
    worker->is_started = true;
    return US_OK;
}

void worker_stop(struct worker *worker, int seconds)
{
    if (!worker->is_started)
        return;
    worker->drain_seconds = seconds;
    inbox_post(worker->inbox, on_stop, worker);
}

void worker_join(struct worker *worker)
{
    if (worker->is_started)
        pthread_join(worker->thread, NULL);
    worker->is_started = false;
}

static void free_event(struct event *event)
{
    if (event != NULL)
        event_free(event);
}

void worker_free(struct worker *worker)
{
    if (worker == NULL)
        return;
    if (worker->inbox != NULL)
        inbox_run(worker->inbox);
    if (!LIST_EMPTY(&worker->connections))
        log_error("http: a request was never answered");
    for (int i = 0; worker->listen_events != NULL && i < worker->settings->listener_count; i++)
        free_event(worker->listen_events[i]);
    free(worker->listen_events);
    free_event(worker->inbox_event);
    free_event(worker->resume_event);
    free_event(worker->drain_event);
    if (worker->base != NULL)
        event_base_free(worker->base);
    inbox_free(worker->inbox);
    free(worker);
}

bool worker_is_here(const struct worker *worker)
{
    return atomic_load(&worker->is_running) && pthread_equal(worker->self, pthread_self());
}

const char *worker_date(struct worker *worker)
{
    int64_t now = clock_now() / CLOCK_SECOND;
    if (now != worker->date_second || worker->date[0] == '\0') {
        worker->date_second = now;
        date_print(now, worker->date);
    }
    return worker->date;
}
