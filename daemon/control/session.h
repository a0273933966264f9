/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One client's conversation, undersign-protocol(7): the two hellos, then requests one after
 * another, each answered before the next is read.
 */
#ifndef CONTROL_SESSION_H
#define CONTROL_SESSION_H

#include "appeal/site.h"
#include "base/config.h"
#include "base/fault.h"
#include "control/role.h"

/* How a session without a running service gets at the database, for the length of a request. */
struct session_opener {
    enum us_err (*open)(const struct config *config, struct site **out, struct fault *fault,
                        void *arg);
    void (*close)(struct site *site, void *arg);
    void *arg;
};

struct session_params {          /* borrowed */
    const struct config *config; /* NULL only with `place` */
    struct site *site;           /* the running service's; NULL: use the opener */
    const struct session_opener *opener;
    const char *actor; /* "unix:NAME", as the audit log has it */
    enum role_rank rank;
    int in, out;                /* the client; one descriptor for a socket */
    struct backup_place *place; /* a backup at hand, and nothing else is served; else NULL */
};

/* Returns when the client hangs up, breaks the protocol or is silent for ten minutes. Leaves the
 * descriptors open. SIGPIPE must be ignored. */
void session_run(const struct session_params *params);
/* Says hello and an error to a client that cannot be served at all. */
void session_refuse(int out, enum us_err err, const struct fault *fault);

#endif
