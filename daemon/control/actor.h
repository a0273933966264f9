/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who acts, in the words of the audit log. */
#ifndef CONTROL_ACTOR_H
#define CONTROL_ACTOR_H

#include <sys/types.h>

#define ACTOR_SIZE 64

/* "unix:NAME", or "unix:UID" for an account without a name. Any thread. */
void actor_name(uid_t uid, char out[ACTOR_SIZE]);
/* The account at a connected Unix socket's other end (SO_PEERCRED), as it was when it connected. */
void actor_of_peer(int fd, char out[ACTOR_SIZE]);

#endif
