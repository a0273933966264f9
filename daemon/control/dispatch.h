/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* From a command to the function that does it. */
#ifndef CONTROL_DISPATCH_H
#define CONTROL_DISPATCH_H

#include "control/call.h"

/* Whether it may be asked for at all: its rank, and whether it can be tried where it is to be.
 * dispatch_run() asks it too. */
US_MUST_CHECK enum us_err dispatch_check(struct call *call);
/* Carries the call out. On success the answer is ready to be sent; on failure call->fault holds a
 * sentence, whatever failed. */
US_MUST_CHECK enum us_err dispatch_run(struct call *call);
/* Something serves that command: for a test, since no other would miss it. */
bool dispatch_has(enum command_id command);
/* A sentence for an error that brought none. */
void dispatch_explain(enum us_err err, struct fault *fault);

#endif
