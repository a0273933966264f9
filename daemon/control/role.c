/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "config.h"

#include "base/mem.h"
#include "base/str.h"
#include "control/role.h"
#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define GROUPS_FIRST 64
#define GROUPS_MOST 65536      /* NGROUPS_MAX: the kernel knows no more */
#define MEMBERS_MOST (8 << 20) /* bytes of a group's entry, which names all its members */
#define SOCKET_MODE_CLOSED 0600
#define SOCKET_MODE_OPEN 0666

static const char *const names[] = {
    [ROLE_NONE] = "nobody",
    [ROLE_MODERATOR] = "moderator",
    [ROLE_ORGANISER] = "organiser",
    [ROLE_ADMINISTRATOR] = "administrator",
};

static enum role_rank rank_of_command(enum command_role role)
{
    switch (role) {
    case COMMAND_MODERATOR:
        return ROLE_MODERATOR;
    case COMMAND_ORGANISER:
        return ROLE_ORGANISER;
    case COMMAND_ADMINISTRATOR:
        break;
    }
    return ROLE_ADMINISTRATOR;
}

/* The group that the configuration names for a role; NULL: none. */
static const char *group_of_rank(const struct config *config, enum role_rank rank)
{
    switch (rank) {
    case ROLE_MODERATOR:
        return config->roles_moderators;
    case ROLE_ORGANISER:
        return config->roles_organisers;
    case ROLE_ADMINISTRATOR:
        return config->roles_administrators;
    case ROLE_NONE:
        break;
    }
    return NULL;
}

static bool is_configured(const struct config *config)
{
    return config->roles_moderators != NULL || config->roles_organisers != NULL ||
           config->roles_administrators != NULL;
}

mode_t role_socket_mode(const struct config *config)
{
    return is_configured(config) ? SOCKET_MODE_OPEN : SOCKET_MODE_CLOSED;
}

/* False where there is no such group, or the system's lists do not answer. */
static bool find_group(const char *name, gid_t *out)
{
    struct group entry, *found = NULL;
    size_t size = 4096;
    char *buffer = NULL;
    int n;

    do {
        buffer = mem_resize(buffer, size, 1);
        n = getgrnam_r(name, &entry, buffer, size, &found);
        size *= 4;
    } while (n == ERANGE && size <= MEMBERS_MOST);
    if (n == 0 && found != NULL)
        *out = entry.gr_gid;
    free(buffer);
    return n == 0 && found != NULL;
}

static bool is_member(const struct role_peer *peer, gid_t group)
{
    if (peer->gid == group)
        return true;
    for (size_t i = 0; i < peer->count; i++) {
        if (peer->groups[i] == group)
            return true;
    }
    return false;
}

enum role_rank role_of(const struct config *config, const struct role_peer *peer)
{
    if (peer->uid == 0 || peer->uid == geteuid())
        return ROLE_ADMINISTRATOR;
    for (int rank = ROLE_ADMINISTRATOR; rank > ROLE_NONE; rank--) {
        const char *name = group_of_rank(config, (enum role_rank)rank);
        gid_t group;
        if (name != NULL && find_group(name, &group) && is_member(peer, group))
            return (enum role_rank)rank;
    }
    return ROLE_NONE;
}

/* The peer's supplementary groups; NULL where the kernel does not tell. The caller's. */
static gid_t *read_groups(int fd, size_t *count)
{
    socklen_t len = GROUPS_FIRST * sizeof(gid_t);
    gid_t *groups = mem_resize(NULL, GROUPS_FIRST, sizeof(gid_t));

    while (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len) != 0) {
        if (errno != ERANGE || len > GROUPS_MOST * sizeof(gid_t)) {
            free(groups);
            return NULL;
        }
        groups = mem_resize(groups, len, 1);
    }
    *count = len / sizeof(gid_t);
    return groups;
}

enum role_rank role_of_socket(const struct config *config, int fd)
{
    struct ucred credentials;
    socklen_t len = sizeof(credentials);
    struct role_peer peer;
    enum role_rank rank;
    gid_t *groups;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &len) != 0)
        return ROLE_NONE;
    peer = (struct role_peer){.uid = credentials.uid, .gid = credentials.gid};
    groups = read_groups(fd, &peer.count);
    peer.groups = groups;
    if (groups == NULL)
        peer.count = 0;
    rank = role_of(config, &peer);
    free(groups);
    return rank;
}

enum us_err role_check(const struct config *config, enum role_rank rank,
                       const struct command *command, struct fault *fault)
{
    enum role_rank least = rank_of_command(command->role);
    struct str name = STR_INIT;
    const char *group;

    if (rank >= least)
        return US_OK;
    group = group_of_rank(config, least);
    /* What the command line asks of its own accord nobody has typed. */
    if (command->is_hidden)
        str_append_text(&name, "this");
    else
        str_append_format(&name, "`%s%s%s`", command->noun, command->verb != NULL ? " " : "",
                          command->verb != NULL ? command->verb : "");
    if (group == NULL)
        fault_set(fault, NULL, 0,
                  "%s needs the role %s, and you are %s%s. No group has that role yet: root, or "
                  "the service's account, can do it, or name a group in the configuration's "
                  "[roles] %ss",
                  str_text(&name), names[least],
                  rank == ROLE_MODERATOR ? "a "
                  : rank                 ? "an "
                                         : "",
                  names[rank], names[least]);
    else
        fault_set(fault, NULL, 0,
                  "%s needs the role %s, and you are %s%s. Ask an administrator to add your "
                  "account to the group %s; it counts from your next login",
                  str_text(&name), names[least],
                  rank == ROLE_MODERATOR ? "a "
                  : rank                 ? "an "
                                         : "",
                  names[rank], group);
    str_free(&name);
    return US_DENIED;
}

void role_explain_none(const struct config *config, const char *actor, struct fault *fault)
{
    struct str groups = STR_INIT;

    for (int rank = ROLE_MODERATOR; rank <= ROLE_ADMINISTRATOR; rank++) {
        const char *group = group_of_rank(config, (enum role_rank)rank);
        if (group != NULL)
            str_append_format(&groups, "%s%s (%ss)", groups.len > 0 ? ", " : "", group,
                              names[rank]);
    }
    if (groups.len > 0)
        fault_set(fault, NULL, 0,
                  "you (%s) have no role on this site. Ask an administrator to add your account to "
                  "one of its groups: %s; it counts from your next login",
                  actor, str_text(&groups));
    else
        fault_set(fault, NULL, 0,
                  "only the service's account and root may act on this site; the configuration's "
                  "[roles] names nobody else");
    str_free(&groups);
}

enum us_err role_check_groups(const struct config *config, struct fault *fault)
{
    for (int rank = ROLE_MODERATOR; rank <= ROLE_ADMINISTRATOR; rank++) {
        const char *name = group_of_rank(config, (enum role_rank)rank);
        gid_t group;
        if (name == NULL || find_group(name, &group))
            continue;
        fault_set(fault, NULL, 0,
                  "[roles] %ss: there is no group \"%s\" on this machine, so nobody has that role; "
                  "`groupadd %s` makes one",
                  names[rank], name, name);
        return US_INVALID;
    }
    return US_OK;
}
