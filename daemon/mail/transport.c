/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Chooses the transport that the configuration names. */
#include "mail/transport.h"
#include "base/mem.h"
#include "mail/transport_kind.h"
#include <stdlib.h>

struct transport {
    const struct transport_kind *kind;
    void *self;
};

enum us_err transport_new(const struct config *config, struct event_base *base,
                          struct transport **out, struct fault *fault)
{
    const struct transport_kind *kind =
        config->mail_transport == CONFIG_TRANSPORT_SMTP ? &transport_smtp : &transport_spool;
    void *self;
    enum us_err err = kind->open(config, base, &self, fault);
    if (err != US_OK)
        return err;
    *out = MEM_NEW(struct transport);
    (*out)->kind = kind;
    (*out)->self = self;
    return US_OK;
}

void transport_send(struct transport *transport, const struct transport_message *message,
                    transport_on_fate *on_fate, void *arg)
{
    transport->kind->send(transport->self, message, on_fate, arg);
}

void transport_interrupt(struct transport *transport)
{
    transport->kind->interrupt(transport->self);
}

void transport_free(struct transport *transport)
{
    if (!transport)
        return;
    transport->kind->close(transport->self);
    free(transport);
}
