/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The control socket of a running service: a listening thread, and a thread for each client, of
 * whom there are at most sixteen. Who may connect is decided by the socket's mode and folder, and
 * by the groups of whoever does (control/role.h), before a byte of theirs is read. Nobody locks the
 * others out: an account that is no administrator's has at most four of these places, and two are
 * kept for root and the service's own account.
 */
#ifndef CONTROL_SERVER_H
#define CONTROL_SERVER_H

#include "appeal/site.h"
#include "base/fault.h"

#define CONTROL_CLIENTS_MOST 16
#define CONTROL_CLIENTS_EACH 4 /* of one account */
#define CONTROL_CLIENTS_KEPT 2

struct control_server;

/* Listens on the configuration's control.socket. The caller holds the store's lock, so a socket
 * that lies there is a dead one's and is replaced. Takes no signals and expects SIGPIPE to be
 * ignored. */
US_MUST_CHECK enum us_err control_server_start(struct site *site, struct control_server **out,
                                               struct fault *fault);
/* Hangs up on everybody, waits for the act that each is in, removes the socket. NULL is fine.
 * Before the store is closed. */
void control_server_stop(struct control_server *server);

#endif
