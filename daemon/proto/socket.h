/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The control socket's two ends. An address holds 107 bytes; a site may lie deeper than that, so a
 * longer path is reached through its open folder (/proc/self/fd/N/control.sock), without changing
 * the working directory, which belongs to the whole process.
 */
#ifndef PROTO_SOCKET_H
#define PROTO_SOCKET_H

#include "base/err.h"
#include "base/fault.h"
#include <sys/types.h>

/* A listening socket at path, of that mode from its first moment, whatever the umask. What lies
 * there from an earlier run is replaced: the caller holds the lock that says nobody uses it.
 * US_INVALID when it is no socket; then it is left. */
US_MUST_CHECK enum us_err socket_listen(const char *path, mode_t mode, int *fd,
                                        struct fault *fault);
/* Takes the socket away; anything else that lies there stays. */
void socket_remove(const char *path);
/* US_NOT_FOUND when nobody listens there, US_DENIED when the caller may not use it. */
US_MUST_CHECK enum us_err socket_connect(const char *path, int *fd, struct fault *fault);

#endif
