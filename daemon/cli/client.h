/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The client's side of undersign-protocol(7). */
#ifndef CLI_CLIENT_H
#define CLI_CLIENT_H

#include "base/err.h"
#include "base/fault.h"
#include "cli/peer.h"
#include "proto/frame.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct client;

struct client_blob {
    const char *name;
    const void *data;
    size_t len;
};

struct client_handler { /* each may be NULL; false: it is no use to go on */
    bool (*on_columns)(const struct row_schema *schema, void *arg);
    bool (*on_row)(const struct row_schema *schema, const struct row_value *values, void *arg);
    void *arg;
    /* total 0: nobody knows; what is done, in the plural ("signatures") */
    void (*on_progress)(int64_t done, int64_t total, const char *what, void *arg);
    bool (*on_blob)(const void *data, size_t len, void *arg); /* a piece of what is asked for */
    /* An interrupt asks the service to stop, and what it did till then is still read; a second one
     * hangs up. Else the first hangs up. */
    bool waits;
};

/* Takes the peer, and says hello. The caller's. */
US_MUST_CHECK enum us_err client_open(struct peer *peer, struct client **out, struct fault *fault);
void client_close(struct client *client);
/* To be polled between requests: a service says nothing then, so what comes is its end. */
int client_fd(const struct client *client);
/* Of the last request: an interrupt asked the service to stop, as handler.waits has it. */
bool client_was_stopped(const struct client *client);
/* Whether it was refused, wholly or behind the rows that came: no row came behind what was done. */
bool client_was_refused(const struct client *client);
/* Sends the request with its blobs (as many as params says), and hands what comes to the handler.
 * US_OK when it was carried out; US_CANCELLED when a handler wanted no more or a signal came: then
 * the client is of no use any more. */
US_MUST_CHECK enum us_err client_request(struct client *client,
                                         const struct frame_request_params *params,
                                         const struct client_blob *blobs,
                                         const struct client_handler *handler, struct fault *fault);

#endif
