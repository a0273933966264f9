/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One visitor's connection: the states between accept and close, one request at a time. Only its
 * worker's thread touches it, but for exchange.posted.
 */
#ifndef HTTP_CONNECTION_H
#define HTTP_CONNECTION_H

#include "http/reader.h"
#include "http/worker.h"
#include <event2/event_struct.h>

enum connection_state {
    CONNECTION_HANDSHAKE, /* TLS */
    CONNECTION_IDLE,      /* no byte of a request yet */
    CONNECTION_READING,
    CONNECTION_HANDLING, /* the handler has it; nothing is read */
    CONNECTION_WRITING,
    CONNECTION_LINGERING, /* our side is closed; what comes is thrown away */
    CONNECTION_GONE,      /* the socket is closed, the handler's answer still to come */
};

struct http_exchange {
    struct connection *connection;
    struct http_request request;
    uint64_t prefix;
    struct http_response *response; /* answered on the worker's thread */
    struct http_response *posted;   /* answered on another, on its way through the inbox */
};

struct connection {
    struct worker *worker;
    struct channel channel;
    struct event read_event, write_event, timer_event;
    enum connection_state state;
    struct address peer;
    uint64_t ticket;
    int64_t deadline, armed; /* when the state ends; when the timer is set for; 0: none */
    bool is_in_handler, is_drained, is_last, has_continued, is_extended, is_listed_idle;
    int turns; /* requests answered since the loop last had its turn */
    char *in;
    size_t in_len, in_size;
    struct reader reader;
    struct http_exchange exchange;
    struct http_response *sending;
    size_t sent, body_len, linger_left;
    char tail[96]; /* Date, Connection and the empty line */
    LIST_ENTRY(connection) all;
    TAILQ_ENTRY(connection) idle;
};

/* Takes the socket; its ticket goes back to the limits when it closes. */
void connection_open(struct worker *worker, int fd, const struct address *peer, uint64_t ticket);
/* Closes the socket at once, and frees all unless a handler still has the exchange. */
void connection_drop(struct connection *connection);
/* The inbox's function for an answer from another thread; arg is the exchange. */
void connection_on_posted(void *arg);
/* Goes on after an answer on the worker's own thread, outside the handler. */
void connection_answer(struct connection *connection);

#endif
