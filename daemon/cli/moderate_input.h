/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The two ways to sit at `moderate`: a terminal's keys, and lines from anywhere. Each returns when
 * there is nothing more to do, to the exit status. */
#ifndef CLI_MODERATE_INPUT_H
#define CLI_MODERATE_INPUT_H

#include "cli/moderate_session.h"
#include "cli/terminal.h"

/* Minutes without a key after which the claims are given up: somebody has fallen asleep. */
#define MODERATE_AWAKE_MINUTES 30
#define MODERATE_KEEP_MS 60000 /* between two renewals of the claims */

int moderate_keys(struct moderate *moderate, struct terminal *terminal);
int moderate_lines(struct moderate *moderate);

#endif
