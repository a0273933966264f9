/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the two transports implement; for transport.c and them alone. */
#ifndef MAIL_TRANSPORT_KIND_H
#define MAIL_TRANSPORT_KIND_H

#include "mail/transport.h"

struct transport_kind {
    enum us_err (*open)(const struct config *config, struct event_base *base, void **out,
                        struct fault *fault);
    void (*send)(void *self, const struct transport_message *message, transport_on_fate *on_fate,
                 void *arg);
    void (*interrupt)(void *self);
    void (*close)(void *self);
};

extern const struct transport_kind transport_spool, transport_smtp;

#endif
