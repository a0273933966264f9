/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A web thread: an event base, the connections it accepted, and an inbox by which other threads
 * reach it. Everything here but the inbox is the thread's own.
 */
#ifndef HTTP_WORKER_H
#define HTTP_WORKER_H

#include "base/inbox.h"
#include "http/address.h"
#include "http/channel.h"
#include "http/date.h"
#include "http/limits.h"
#include "http/server.h"
#include "http/tls.h"
#include <event2/event.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>

struct connection;
LIST_HEAD(connection_list, connection);
TAILQ_HEAD(connection_queue, connection);

/* What all web threads share; unchanging once they run, but for what has a lock of its own. */
struct worker_settings {
    void (*on_request)(struct http_exchange *exchange, void *arg);
    struct http_response *(*on_error)(int status, struct http_span path, struct http_span accept,
                                      void *arg);
    bool (*takes_upload)(struct http_span path);
    void *arg;
    int64_t deadline, idle, handshake, write, linger; /* microseconds */
    struct limits *limits;
    struct address_set *trusted;
    struct tls *tls; /* NULL: plain HTTP */
    int *listeners;
    int listener_count;
};

struct worker {
    const struct worker_settings *settings;
    pthread_t thread; /* of whoever started it */
    pthread_t self;   /* set by the thread before its first exchange */
    bool is_started;
    atomic_bool is_running; /* the thread serves its inbox */
    struct event_base *base;
    struct inbox *inbox;
    struct event *inbox_event, *resume_event, *drain_event;
    struct event **listen_events;
    struct connection_list connections; /* all, also those only waiting for a late answer */
    struct connection_queue idle;       /* longest idle first */
    int open_count;                     /* with a socket */
    bool is_stopping;
    int drain_seconds;
    int64_t complained; /* when the file limit was last logged */
    int64_t date_second;
    char date[DATE_SIZE];
    char scratch[CHANNEL_SCRATCH_SIZE];
};

/* US_IO when there are no descriptors for it. */
US_MUST_CHECK enum us_err worker_new(const struct worker_settings *settings, struct worker **out);
US_MUST_CHECK enum us_err worker_start(struct worker *worker);
/* Any thread; after it, worker_join(). */
void worker_stop(struct worker *worker, int seconds);
void worker_join(struct worker *worker);
/* After worker_join(): takes the answers that came late, and frees all. */
void worker_free(struct worker *worker);
/* Whether the caller runs on the worker's own thread. */
bool worker_is_here(const struct worker *worker);
/* The Date field's value now. */
const char *worker_date(struct worker *worker);
/* A connection's socket was closed. */
void worker_on_closed(struct worker *worker);

#endif
