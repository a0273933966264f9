/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "config.h"

#include "base/mem.h"
#include "cli/client.h"
#include "cli/stop.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CANCEL_MS 1000
#define HELLO_MS 10000        /* it is the first thing that a service says */
#define HELLO_REMOTE_MS 60000 /* behind ssh, which may take its time to get there */

struct client {
    struct peer peer;
    struct frame_reader *reader;
    bool is_stopping; /* it was asked to stop, and is waited for */
    bool is_refused;  /* the last request, by the service's own word */
    /* The columns that hold now, kept: a frame is gone when the next is read. */
    struct row_schema schema;
    struct row_column columns[ROW_COLUMNS_MOST];
};

static void forget_columns(struct client *client)
{
    for (size_t i = 0; i < client->schema.count; i++)
        free((char *)(uintptr_t)client->columns[i].name);
    free((char *)(uintptr_t)client->schema.name);
    client->schema = (struct row_schema){.name = NULL};
}

static void keep_columns(struct client *client, const struct frame *frame)
{
    forget_columns(client);
    for (size_t i = 0; i < frame->count; i++) {
        client->columns[i] = frame->columns[i];
        client->columns[i].name = mem_string(frame->columns[i].name);
    }
    client->schema = (struct row_schema){
        .name = mem_string(frame->name),
        .columns = client->columns,
        .count = frame->count,
    };
}

/* Makes an error frame the caller's error. */
static enum us_err take_error(const struct frame *frame, struct fault *fault)
{
    fault_set(fault, frame->file, frame->line, "%s", frame->text);
    return err_from_name(frame->name);
}

/* A sentence for a conversation that broke off. */
static enum us_err explain(enum us_err err, struct fault *fault)
{
    if (err == US_NOT_FOUND) {
        fault_set(fault, NULL, 0, "the service hung up");
        return US_IO;
    }
    if (err == US_INVALID)
        fault_set(fault, NULL, 0, "what answers there does not speak undersign's control protocol");
    else if (err == US_IO)
        fault_set(fault, NULL, 0, "the connection to the service broke off");
    return err == US_INVALID ? US_IO : err;
}

static enum us_err read_frame(struct client *client, int timeout_ms, struct frame *frame,
                              struct fault *fault)
{
    enum us_err err = frame_read(client->reader, client->peer.fd, timeout_ms, stop_flag(), frame);

    return err == US_OK ? US_OK : explain(err, fault);
}

static enum us_err cancel(struct client *client)
{
    struct str bytes = STR_INIT;

    frame_put_cancel(&bytes);
    /* Where it does not get through, hanging up will say the same. */
    (void)!frame_write(client->peer.fd, bytes.data, bytes.len, CANCEL_MS);
    str_free(&bytes);
    return US_CANCELLED;
}

/* The same where the service is to say how far it came. A first interrupt is answered so. */
static enum us_err read_patiently(struct client *client, bool waits, struct frame *frame,
                                  struct fault *fault)
{
    enum us_err err = read_frame(client, -1, frame, fault);

    if (err != US_CANCELLED || !waits || client->is_stopping)
        return err;
    client->is_stopping = true;
    stop_forget();
    (void)cancel(client);
    return read_frame(client, -1, frame, fault);
}

/* ssh asks for passwords on the terminal: where there is one, somebody sits there who sees it, and
 * can stop it. */
static int hello_limit(const struct peer *peer)
{
    int terminal;

    if (!peer->is_remote)
        return HELLO_MS;
    terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0)
        return HELLO_REMOTE_MS;
    close(terminal);
    return -1;
}

static enum us_err read_hello(struct client *client, struct frame *frame, struct fault *fault)
{
    const struct peer *peer = &client->peer;
    int limit = hello_limit(peer);
    enum us_err err = read_frame(client, limit, frame, fault);

    if (err == US_BUSY) {
        fault_set(fault, NULL, 0, "the service does not answer: it said nothing for %d seconds%s",
                  limit / 1000, peer->is_remote ? "" : "; `systemctl restart undersignd` may help");
        return US_IO;
    }
    if (err != US_OK && err != US_CANCELLED && peer->child > 0)
        fault_set(fault, NULL, 0, "undersignd could not be reached: it ended before it said hello");
    return err;
}

enum us_err client_open(struct peer *peer, struct client **out, struct fault *fault)
{
    struct client *client = MEM_NEW(struct client);
    struct str bytes = STR_INIT;
    struct frame frame;
    enum us_err err;

    client->peer = *peer;
    client->reader = frame_reader_new();
    err = read_hello(client, &frame, fault);
    if (err != US_OK)
        goto err_client;
    if (frame.type != FRAME_HELLO || frame.number != FRAME_VERSION) {
        fault_set(fault, NULL, 0, "the service (%s) speaks another version of the protocol",
                  frame.type == FRAME_HELLO ? frame.name : "no hello");
        err = US_IO;
        goto err_client;
    }
    err = frame_put_hello(&bytes, "undersign " PACKAGE_VERSION);
    /* A service that refuses us has hung up already; its reason is read with the answer. */
    if (err == US_OK && frame_write(client->peer.fd, bytes.data, bytes.len, -1) != US_OK)
        err = US_OK;
    str_free(&bytes);
    if (err != US_OK)
        goto err_client;
    *out = client;
    return US_OK;

err_client:
    client_close(client);
    return err;
}

int client_fd(const struct client *client)
{
    return client->peer.fd;
}

bool client_was_refused(const struct client *client)
{
    return client->is_refused;
}

bool client_was_stopped(const struct client *client)
{
    return client->is_stopping;
}

void client_close(struct client *client)
{
    if (client == NULL)
        return;
    forget_columns(client);
    frame_reader_free(client->reader);
    peer_close(&client->peer);
    free(client);
}

static enum us_err send_request(struct client *client, const struct frame_request_params *params,
                                const struct client_blob *blobs, struct fault *fault)
{
    struct str bytes = STR_INIT;
    enum us_err err = frame_put_request(&bytes, params);

    for (size_t i = 0; i < params->blobs && err == US_OK; i++)
        err = frame_put_blob(&bytes, blobs[i].name, blobs[i].data, blobs[i].len);
    if (err != US_OK)
        fault_set(fault, NULL, 0, "that is too much for one request");
    else if (frame_write(client->peer.fd, bytes.data, bytes.len, -1) != US_OK)
        err = US_OK; /* why it hung up, the answer says */
    str_free(&bytes);
    return err;
}

enum us_err client_request(struct client *client, const struct frame_request_params *params,
                           const struct client_blob *blobs, const struct client_handler *handler,
                           struct fault *fault)
{
    enum us_err err = send_request(client, params, blobs, fault);
    bool goes_on = true;

    client->is_stopping = client->is_refused = false;
    forget_columns(client);
    while (err == US_OK && goes_on) {
        struct frame frame;
        err = read_patiently(client, handler->waits, &frame, fault);
        if (err != US_OK)
            break;
        switch (frame.type) {
        case FRAME_COLUMNS:
            keep_columns(client, &frame);
            if (handler->on_columns != NULL)
                goes_on = handler->on_columns(&client->schema, handler->arg);
            break;
        case FRAME_ROW:
            if (handler->on_row != NULL)
                goes_on = handler->on_row(&client->schema, frame.values, handler->arg);
            break;
        case FRAME_PROGRESS:
            if (handler->on_progress != NULL)
                handler->on_progress(frame.number, frame.total, frame.name, handler->arg);
            break;
        case FRAME_BLOB:
            if (handler->on_blob == NULL)
                return explain(US_INVALID, fault);
            goes_on = handler->on_blob(frame.data, frame.len, handler->arg);
            break;
        case FRAME_END:
            return US_OK;
        case FRAME_ERROR:
            client->is_refused = true;
            return take_error(&frame, fault);
        default:
            return explain(US_INVALID, fault);
        }
    }
    return err == US_CANCELLED || !goes_on ? cancel(client) : err;
}
