/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * `undersignd --stdio`: the control protocol on standard input and output, for ssh and for when no
 * service is running. With a running service every byte is relayed to its socket, under the
 * caller's own rights; without one the site is opened for the length of each request.
 */
#ifndef CONTROL_STDIO_H
#define CONTROL_STDIO_H

#include "control/session.h"

/* Returns the process's exit status. The opener is called with the service's account's rights; it
 * takes the store's lock, and gives US_BUSY when another process keeps it. */
int stdio_run(const struct config *config, const struct session_opener *opener);
/* `undersignd --backup`: the same for the one backup on that descriptor alone; config NULL where no
 * site is meant. Root becomes the service's account. */
int stdio_run_backup(const struct config *config, int file);
/* The same for a configuration that could not be read: the client is told why. */
int stdio_refuse(enum us_err err, const struct fault *fault);

#endif
