/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The daemon put together: keys, store, domain, mail, pages, HTTP and the control socket, opened in
 * this order and closed in the reverse one, so that nothing serves what is not there any more.
 */
#ifndef MAIN_SERVICE_H
#define MAIN_SERVICE_H

#include "base/config.h"
#include "base/err.h"
#include "base/fault.h"

struct service;

US_MUST_CHECK enum us_err service_start(const struct config *config, struct service **out,
                                        struct fault *fault);
/* Waits for signals and serves the daemon's timers until SIGTERM or SIGINT; SIGHUP reloads what can
 * be reloaded. The signals must be blocked (service_block_signals()) before any thread starts. */
void service_run(struct service *service);
void service_stop(struct service *service);
void service_block_signals(void);

#endif
