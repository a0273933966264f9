/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Reaching the service: its control socket where it runs; where nobody listens, an `undersignd
 * --stdio` started for the length of this conversation; on another machine, the same through ssh.
 */
#ifndef CLI_PEER_H
#define CLI_PEER_H

#include "base/err.h"
#include "base/fault.h"
#include <stdbool.h>
#include <sys/types.h>

struct peer {
    int fd;
    pid_t child; /* -1: the socket itself */
    bool is_remote;
};

/* config: of the site; its control socket is `socket`. */
US_MUST_CHECK enum us_err peer_open(const char *config, const char *socket, struct peer *out,
                                    struct fault *fault);
/* config: a path on that machine, NULL for its default. The program is $UNDERSIGN_SSH, else ssh. */
US_MUST_CHECK enum us_err peer_open_host(const char *host, const char *config, struct peer *out,
                                         struct fault *fault);
/* An `undersignd --backup` for the backup that is open there. config: of the site it is for; NULL:
 * none. */
US_MUST_CHECK enum us_err peer_open_backup(const char *config, int file, struct peer *out,
                                           struct fault *fault);
/* Hangs up and waits for the child, but not for ever. */
void peer_close(struct peer *peer);

#endif
