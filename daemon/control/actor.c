/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "config.h"

#include "control/actor.h"
#include <pwd.h>
#include <stdio.h>
#include <sys/socket.h>

void actor_name(uid_t uid, char out[ACTOR_SIZE])
{
    char buffer[4096];
    struct passwd entry, *found = NULL;

    if (getpwuid_r(uid, &entry, buffer, sizeof(buffer), &found) == 0 && found != NULL)
        snprintf(out, ACTOR_SIZE, "unix:%s", entry.pw_name);
    else
        snprintf(out, ACTOR_SIZE, "unix:%lu", (unsigned long)uid);
}

void actor_of_peer(int fd, char out[ACTOR_SIZE])
{
    struct ucred peer;
    socklen_t len = sizeof(peer);

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0)
        actor_name(peer.uid, out);
    else
        snprintf(out, ACTOR_SIZE, "unix:unknown");
}
