/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * How a composed message leaves: as an .eml file in a folder, or through an SMTP relay (libcurl). A
 * transport works on the mail thread's event base and tells each message's fate exactly once.
 */
#ifndef MAIL_TRANSPORT_H
#define MAIL_TRANSPORT_H

#include "base/config.h"
#include "base/err.h"
#include "base/fault.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event_base;
struct transport;

enum transport_fate {
    TRANSPORT_ACCEPTED,
    TRANSPORT_LATER,   /* the relay is away, or answered 4xx */
    TRANSPORT_REFUSED, /* 5xx for this message: trying again will not help */
};

struct transport_message { /* owned by the caller until on_fate */
    int64_t id;
    int64_t queued_at; /* with the id it names a spooled file: sent twice, written once */
    const char *recipient;
    const char *bytes; /* RFC 5322, CRLF */
    size_t len;
    bool is_test; /* of a connection of its own; what the relay says is wanted word for word */
};

/* said: one line without addresses, for the outbox: why not; NULL when accepted. Of a test: what
 * the relay answered, or where the file lies, and in a second line how the way there was encrypted.
 */
typedef void transport_on_fate(const struct transport_message *message, enum transport_fate fate,
                               const char *said, void *arg);

US_MUST_CHECK enum us_err transport_new(const struct config *config, struct event_base *base,
                                        struct transport **out, struct fault *fault);
void transport_send(struct transport *transport, const struct transport_message *message,
                    transport_on_fate *on_fate, void *arg);
/* From any thread: cuts its connections and makes no more, so that whatever waits for the relay
 * ends. For the end of the service, before transport_free(). */
void transport_interrupt(struct transport *transport);
/* Messages under way are given up on: on_fate is called with TRANSPORT_LATER for each. */
void transport_free(struct transport *transport);

#endif
