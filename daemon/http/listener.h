/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Listening sockets from the configuration's text. */
#ifndef HTTP_LISTENER_H
#define HTTP_LISTENER_H

#include "base/err.h"
#include "base/fault.h"

#define LISTENER_MOST 16

/* Binds "127.0.0.1:8080 [::1]:8080" and listens, not blocking. fds holds LISTENER_MOST; *count is
 * set on success, and on failure nothing stays open. US_INVALID with a fault that names the
 * address. */
US_MUST_CHECK enum us_err listener_open_all(const char *text, int *fds, int *count,
                                            struct fault *fault);
/* The port that fd is bound to, or 0. */
int listener_port(int fd);

#endif
