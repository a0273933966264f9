/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The mail thread: wakes when mail was queued or is due, composes it, hands it to the transport,
 * and tells the outbox what became of it. A dead relay costs nothing but time.
 */
#ifndef MAIL_RUNNER_H
#define MAIL_RUNNER_H

#include "appeal/site.h"

struct mail_runner;

US_MUST_CHECK enum us_err mail_runner_start(struct site *site, struct mail_runner **out,
                                            struct fault *fault);
void mail_runner_stop(struct mail_runner *runner); /* joins; frees */

#endif
