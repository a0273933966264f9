/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A connection is a small machine: each state has one step, which does what can be done without
 * blocking and says whether to go on, to wait, or to close. All terms are absolute: bytes that drip
 * in move none of them. Requests that were sent ahead wait in the buffer until the one before is
 * answered; the buffer holds one request of the largest size and no more.
 *
 * The timer is set once and looked at when it fires; a busy connection then costs no timer at all
 * between its requests.
 */
#include "http/connection.h"
#include "base/clock.h"
#include "base/mem.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECTION_FIRST_SIZE 2048
#define CONNECTION_LINGER_MOST 262144 /* bytes thrown away before the close */
#define CONNECTION_TURNS_MOST 16      /* requests sent ahead, before others have their turn */

enum step { STEP_ON, STEP_WAIT, STEP_CLOSE };

static void wait_readable(struct connection *connection)
{
    if (!event_pending(&connection->read_event, EV_READ, NULL))
        event_add(&connection->read_event, NULL);
}

static enum step wait_for(struct connection *connection, enum channel_result result)
{
    switch (result) {
    case CHANNEL_OK:
        return STEP_ON;
    case CHANNEL_WANT_READ:
        wait_readable(connection);
        return STEP_WAIT;
    case CHANNEL_WANT_WRITE:
        event_add(&connection->write_event, NULL);
        return STEP_WAIT;
    case CHANNEL_END:
    case CHANNEL_FAILED:
        break;
    }
    return STEP_CLOSE;
}

static void set_term(struct connection *connection, int64_t microseconds)
{
    connection->deadline = clock_monotonic() + microseconds;
}

static void leave_idle(struct connection *connection)
{
    if (connection->is_listed_idle)
        TAILQ_REMOVE(&connection->worker->idle, connection, idle);
    connection->is_listed_idle = false;
}

static void enter_idle(struct connection *connection)
{
    connection->state = CONNECTION_IDLE;
    set_term(connection, connection->worker->settings->idle);
    reader_start(&connection->reader);
    connection->reader.takes_upload = connection->worker->settings->takes_upload;
    connection->has_continued = connection->is_extended = false;
    TAILQ_INSERT_TAIL(&connection->worker->idle, connection, idle);
    connection->is_listed_idle = true;
}

static void begin_response(struct connection *connection, struct http_response *response,
                           bool keeps_alive)
{
    struct worker *worker = connection->worker;
    const void *body;
    const char *fields = "";
    connection->body_len = http_response_body(response, &body);
    if (connection->reader.method == HTTP_HEAD)
        connection->body_len = 0;
    connection->is_last = !keeps_alive || worker->is_stopping;
    if (connection->is_last)
        fields = "Connection: close\r\n";
    else if (connection->reader.is_http10)
        fields = "Connection: keep-alive\r\n";
    snprintf(connection->tail, sizeof connection->tail, "Date: %s\r\n%s\r\n", worker_date(worker),
             fields);
    connection->sending = response;
    connection->sent = 0;
    connection->state = CONNECTION_WRITING;
    /* A slow line is no attack: a long file gets the time that 1 KiB a second takes. */
    set_term(connection,
             worker->settings->write + (int64_t)(connection->body_len / 1024) * CLOCK_SECOND);
}

static enum step refuse(struct connection *connection, int status)
{
    const struct worker_settings *settings = connection->worker->settings;
    struct http_response *response = NULL;
    if (settings->on_error != NULL)
        response = settings->on_error(
            status, reader_path(&connection->reader, connection->in, connection->in_len),
            reader_field(&connection->reader, connection->in, "accept-language"), settings->arg);
    if (response == NULL)
        response = http_response_new(status);
    begin_response(connection, response, false);
    return STEP_ON;
}

static enum step dispatch(struct connection *connection)
{
    const struct worker_settings *settings = connection->worker->settings;
    struct http_exchange *exchange = &connection->exchange;
    struct address visitor = connection->peer;
    bool is_tls = connection->channel.ssl != NULL;

    reader_request(&connection->reader, connection->in, &exchange->request);
    address_find_visitor(settings->trusted, &exchange->request, &visitor, &is_tls);
    exchange->request.is_tls = is_tls;
    exchange->prefix = limits_hash(settings->limits, &visitor, clock_monotonic());
    exchange->response = NULL;
    connection->state = CONNECTION_HANDLING;
    connection->deadline = 0;

    connection->is_in_handler = true;
    settings->on_request(exchange, settings->arg);
    connection->is_in_handler = false;
    if (exchange->response == NULL)
        return STEP_WAIT;
    begin_response(connection, exchange->response, exchange->request.keeps_alive);
    return STEP_ON;
}

static enum step receive(struct connection *connection)
{
    if (connection->in_len == connection->in_size) {
        size_t size = connection->in_size == 0 ? CONNECTION_FIRST_SIZE : 2 * connection->in_size;
        size_t most = reader_size_most(&connection->reader);
        connection->in_size = size < most ? size : most;
        connection->in = mem_resize(connection->in, connection->in_size, 1);
    }
    size_t room = connection->in_size - connection->in_len, got;
    assert(room > 0); /* a request of the largest size is whole or bad */
    enum channel_result result =
        channel_read(&connection->channel, connection->in + connection->in_len, room, &got,
                     &connection->is_drained);
    connection->in_len += got;
    /* Nothing there: then it is drained, and step_read() knows what to do. */
    return result == CHANNEL_WANT_READ ? STEP_ON : wait_for(connection, result);
}

/* RFC 9110 section 10.1.1. The answer is 25 bytes into a socket that has nothing else to send; when
 * even they do not fit it is left out where that is harmless. */
static enum step send_continue(struct connection *connection)
{
    static char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
    struct iovec piece = {text, sizeof text - 1};
    size_t sent;
    connection->has_continued = true;
    enum channel_result result =
        channel_write(&connection->channel, &piece, 1, connection->worker->scratch, &sent);
    if (result == CHANNEL_OK)
        return sent == piece.iov_len ? STEP_ON : STEP_CLOSE;
    return result == CHANNEL_WANT_WRITE && connection->channel.ssl == NULL ? STEP_ON : STEP_CLOSE;
}

static enum step step_read(struct connection *connection)
{
    if (connection->in_len > 0) {
        if (connection->state == CONNECTION_IDLE) {
            leave_idle(connection);
            connection->state = CONNECTION_READING;
            set_term(connection, connection->worker->settings->deadline);
        }
        enum reader_verdict verdict =
            reader_feed(&connection->reader, connection->in, connection->in_len);
        if (verdict == READER_BAD)
            return refuse(connection, connection->reader.status);
        if (verdict == READER_DONE)
            return dispatch(connection);
        /* On a slow line an upload takes longer; 8 KiB a second it has to come with. */
        if (reader_is_upload(&connection->reader) && !connection->is_extended) {
            connection->is_extended = true;
            connection->deadline += (int64_t)(connection->reader.body_len / 8192) * CLOCK_SECOND;
        }
        if (reader_wants_continue(&connection->reader) && !connection->has_continued &&
            send_continue(connection) == STEP_CLOSE)
            return STEP_CLOSE;
    }
    if (connection->is_drained) {
        /* An idle connection keeps no buffer. */
        if (connection->in_len == 0) {
            free(connection->in);
            connection->in = NULL;
            connection->in_size = 0;
        }
        return wait_for(connection, CHANNEL_WANT_READ);
    }
    return receive(connection);
}

static enum step step_handshake(struct connection *connection)
{
    enum channel_result result = channel_handshake(&connection->channel);
    if (result == CHANNEL_OK)
        enter_idle(connection);
    return wait_for(connection, result);
}

static enum step step_handle(struct connection *connection)
{
    (void)connection;
    return STEP_WAIT;
}

static void release_exchange(struct connection *connection)
{
    struct http_exchange *exchange = &connection->exchange;
    free(exchange->request.fields);
    exchange->request = (struct http_request){.fields = NULL};
    exchange->response = NULL;
}

/* What lies unread in a socket when it is closed makes the kernel send RST, which may overtake the
 * answer; so our side closes first, and the visitor has a moment to close his. */
static enum step begin_linger(struct connection *connection)
{
    channel_shut(&connection->channel);
    connection->state = CONNECTION_LINGERING;
    connection->linger_left = CONNECTION_LINGER_MOST;
    set_term(connection, connection->worker->settings->linger);
    return STEP_ON;
}

static enum step end_response(struct connection *connection)
{
    http_response_unref(connection->sending);
    connection->sending = NULL;
    release_exchange(connection);
    if (connection->is_last)
        return begin_linger(connection);

    size_t size = reader_size(&connection->reader);
    memmove(connection->in, connection->in + size, connection->in_len - size);
    connection->in_len -= size;
    enter_idle(connection);
    if (++connection->turns < CONNECTION_TURNS_MOST)
        return STEP_ON;
    event_active(&connection->read_event, EV_READ, 0);
    return STEP_WAIT;
}

static size_t add_piece(struct iovec *piece, const void *data, size_t len, size_t *skip)
{
    size_t skipped = *skip < len ? *skip : len;
    *skip -= skipped;
    /* iovec has no const; the bytes are only read. */
    memcpy(&piece->iov_base, &(const char *){(const char *)data + skipped}, sizeof(char *));
    piece->iov_len = len - skipped;
    return piece->iov_len;
}

static enum step step_write(struct connection *connection)
{
    struct iovec pieces[3];
    const char *head;
    const void *body;
    size_t skip = connection->sent, sent;
    size_t head_len = http_response_head(connection->sending, &head);
    (void)http_response_body(connection->sending, &body);
    size_t left = add_piece(&pieces[0], head, head_len, &skip);
    left += add_piece(&pieces[1], connection->tail, strlen(connection->tail), &skip);
    left += add_piece(&pieces[2], body == NULL ? "" : body, connection->body_len, &skip);

    enum channel_result result =
        channel_write(&connection->channel, pieces, 3, connection->worker->scratch, &sent);
    connection->sent += sent;
    if (sent == left)
        return end_response(connection);
    return wait_for(connection, result);
}

static enum step step_linger(struct connection *connection)
{
    size_t got;
    enum channel_result result =
        channel_discard(&connection->channel, connection->worker->scratch, &got);
    if (got >= connection->linger_left)
        return STEP_CLOSE;
    connection->linger_left -= got;
    return wait_for(connection, result);
}

static enum step step_gone(struct connection *connection)
{
    (void)connection;
    return STEP_WAIT;
}

static void arm_timer(struct connection *connection)
{
    if (connection->deadline == 0 ||
        (connection->armed != 0 && connection->armed <= connection->deadline))
        return;
    int64_t left = connection->deadline - clock_monotonic();
    if (left < 0)
        left = 0;
    struct timeval in = {.tv_sec = left / CLOCK_SECOND, .tv_usec = left % CLOCK_SECOND};
    event_add(&connection->timer_event, &in);
    connection->armed = connection->deadline;
}

static void run(struct connection *connection)
{
    static enum step (*const steps[])(struct connection *) = {
        [CONNECTION_HANDSHAKE] = step_handshake, [CONNECTION_IDLE] = step_read,
        [CONNECTION_READING] = step_read,        [CONNECTION_HANDLING] = step_handle,
        [CONNECTION_WRITING] = step_write,       [CONNECTION_LINGERING] = step_linger,
        [CONNECTION_GONE] = step_gone,
    };
    enum step step = STEP_ON;
    while (step == STEP_ON)
        step = steps[connection->state](connection);
    if (step == STEP_CLOSE)
        connection_drop(connection);
    else
        arm_timer(connection);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    struct connection *connection = arg;
    (void)fd, (void)what;
    connection->is_drained = false;
    connection->turns = 0;
    if (connection->state == CONNECTION_HANDLING) {
        /* Whatever comes waits in the socket; a closed side must not wake us again and again. */
        event_del(&connection->read_event);
        return;
    }
    if (connection->state == CONNECTION_WRITING)
        event_del(&connection->read_event);
    run(connection);
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    run(arg);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct connection *connection = arg;
    (void)fd, (void)what;
    connection->armed = 0;
    if (connection->deadline == 0 || connection->deadline > clock_monotonic()) {
        arm_timer(connection);
    } else if (connection->state == CONNECTION_READING) {
        (void)refuse(connection, 408);
        run(connection);
    } else {
        connection_drop(connection);
    }
}

void connection_open(struct worker *worker, int fd, const struct address *peer, uint64_t ticket)
{
    const struct worker_settings *settings = worker->settings;
    struct connection *connection = MEM_NEW(struct connection);
    connection->worker = worker;
    connection->channel.fd = fd;
    connection->peer = *peer;
    connection->ticket = ticket;
    connection->exchange.connection = connection;
    event_assign(&connection->read_event, worker->base, fd, EV_READ | EV_PERSIST, on_readable,
                 connection);
    event_assign(&connection->write_event, worker->base, fd, EV_WRITE, on_writable, connection);
    event_assign(&connection->timer_event, worker->base, -1, 0, on_timer, connection);
    LIST_INSERT_HEAD(&worker->connections, connection, all);
    worker->open_count++;

    if (settings->tls == NULL) {
        enter_idle(connection);
        run(connection);
        return;
    }
    connection->state = CONNECTION_HANDSHAKE;
    set_term(connection, settings->handshake);
    connection->channel.ssl = tls_open(settings->tls, fd);
    if (connection->channel.ssl == NULL)
        connection_drop(connection);
    else
        run(connection);
}

static void connection_free(struct connection *connection)
{
    LIST_REMOVE(connection, all);
    release_exchange(connection);
    http_response_unref(connection->sending);
    free(connection->in);
    free(connection);
}

void connection_drop(struct connection *connection)
{
    struct worker *worker = connection->worker;
    assert(!connection->is_in_handler);
    if (connection->state == CONNECTION_GONE)
        return;
    leave_idle(connection);
    event_del(&connection->read_event);
    event_del(&connection->write_event);
    event_del(&connection->timer_event);
    channel_close(&connection->channel);
    limits_leave(worker->settings->limits, connection->ticket);
    if (connection->state == CONNECTION_HANDLING)
        connection->state = CONNECTION_GONE;
    else
        connection_free(connection);
    worker_on_closed(worker);
}

void connection_answer(struct connection *connection)
{
    struct http_exchange *exchange = &connection->exchange;
    struct http_response *response = exchange->response;
    if (connection->state == CONNECTION_GONE) {
        http_response_unref(response);
        connection_free(connection);
        return;
    }
    assert(connection->state == CONNECTION_HANDLING);
    begin_response(connection, response, exchange->request.keeps_alive);
    run(connection);
}

void connection_on_posted(void *arg)
{
    struct http_exchange *exchange = arg;
    exchange->response = exchange->posted;
    exchange->posted = NULL;
    connection_answer(exchange->connection);
}
