/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What whoever connects may have the service do. A role is a Unix group that the configuration's
 * [roles] names; the kernel says which groups the account at the socket's other end is in, so
 * nothing that a client sends can widen it. An administrator may all, an organiser also what
 * moderators may; the service's own account and root are administrators. Where [roles] names no
 * group, the socket's mode lets nobody else in; where it names one, everybody may knock, and is
 * told at the door which groups there are.
 */
#ifndef CONTROL_ROLE_H
#define CONTROL_ROLE_H

#include "base/config.h"
#include "base/err.h"
#include "base/fault.h"
#include "proto/command.h"
#include <stdbool.h>
#include <sys/types.h>

/* Nothing is what a forgotten field gives. */
enum role_rank { ROLE_NONE, ROLE_MODERATOR, ROLE_ORGANISER, ROLE_ADMINISTRATOR };

/* Who connected, as it was at that moment. */
struct role_peer {
    uid_t uid;
    gid_t gid;
    const gid_t *groups; /* the supplementary ones */
    size_t count;
};

/* The mode that the control socket gets. */
mode_t role_socket_mode(const struct config *config);
/* Of an account; a group that is not on this machine gives nobody a role. Asks the system's lists
 * of groups, which may take its time. */
enum role_rank role_of(const struct config *config, const struct role_peer *peer);
/* The same of a connected Unix socket's other end. ROLE_NONE where the kernel does not tell. */
enum role_rank role_of_socket(const struct config *config, int fd);
/* US_DENIED with a sentence that names the role, and how to come by it. */
US_MUST_CHECK enum us_err role_check(const struct config *config, enum role_rank rank,
                                     const struct command *command, struct fault *fault);
/* The sentence for whoever has no role at all. */
void role_explain_none(const struct config *config, const char *actor, struct fault *fault);
/* US_INVALID, with the first of [roles] that names a group which is not on this machine. */
US_MUST_CHECK enum us_err role_check_groups(const struct config *config, struct fault *fault);

#endif
