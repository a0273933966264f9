/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "config.h"

#include "base/mem.h"
#include "proto/socket.h"
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_BACKLOG 16
#define SOCKET_CONNECT_S 10

/* Fills the address; *folder is a descriptor to close after its use, or -1. */
static enum us_err fill_address(const char *path, struct sockaddr_un *address, int *folder,
                                struct fault *fault)
{
    const char *slash = strrchr(path, '/');
    char *parent;
    int n;

    *folder = -1;
    memset(address, 0, sizeof(*address));
    address->sun_family = AF_UNIX;
    if (strlen(path) < sizeof(address->sun_path)) {
        strcpy(address->sun_path, path);
        return US_OK;
    }
    if (slash == NULL || strlen(slash) > 64) {
        fault_set(fault, NULL, 0, "the control socket's name %s is too long", path);
        return US_INVALID;
    }
    parent = mem_string_part(path, slash == path ? 1 : (size_t)(slash - path));
    *folder = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
    free(parent);
    if (*folder < 0) {
        n = errno;
        fault_set(fault, NULL, 0, "cannot reach %s: %s", path, strerror(n));
        return n == ENOENT ? US_NOT_FOUND : n == EACCES ? US_DENIED : US_IO;
    }
    snprintf(address->sun_path, sizeof(address->sun_path), "/proc/self/fd/%d%.70s", *folder, slash);
    return US_OK;
}

enum us_err socket_listen(const char *path, mode_t mode, int *out, struct fault *fault)
{
    struct sockaddr_un address;
    struct stat there;
    enum us_err err;
    int folder, fd;

    err = fill_address(path, &address, &folder, fault);
    if (err != US_OK)
        return err;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        goto err_folder;
    if (lstat(address.sun_path, &there) == 0 && !S_ISSOCK(there.st_mode)) {
        fault_set(fault, path, 0,
                  "is there already and is no socket; it is left as it is: set [control] socket to "
                  "another name");
        err = US_INVALID;
        goto err_told;
    }
    if (unlink(address.sun_path) != 0 && errno != ENOENT)
        goto err_fd;
    /* The mode of the socket's own inode is what bind() gives the file (less the umask), so it is
     * never wider, not even for a moment; chmod() undoes a narrow umask. */
    if (fchmod(fd, mode) != 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        chmod(address.sun_path, mode) != 0 || listen(fd, SOCKET_BACKLOG) != 0)
        goto err_fd;
    if (folder >= 0)
        close(folder);
    *out = fd;
    return US_OK;

err_fd:
    fault_set(fault, NULL, 0, "cannot listen on %s: %s", path, strerror(errno));
    err = US_IO;
err_told:
    close(fd);
    if (folder >= 0)
        close(folder);
    return err;
err_folder:
    fault_set(fault, NULL, 0, "cannot make a socket: %s", strerror(errno));
    if (folder >= 0)
        close(folder);
    return US_IO;
}

void socket_remove(const char *path)
{
    struct stat there;

    if (lstat(path, &there) == 0 && S_ISSOCK(there.st_mode))
        unlink(path);
}

/* In a folder where everybody may put something (/tmp), only root's, the folder owner's and our own
 * word is taken: what is asked may hold mailboxes. */
static bool is_trusted(const char *path, int fd)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash == NULL
                       ? mem_string(".")
                       : mem_string_part(path, slash == path ? 1 : (size_t)(slash - path));
    struct stat found;
    struct ucred peer;
    socklen_t len = sizeof(peer);
    bool is_open = stat(folder, &found) == 0 && (found.st_mode & S_IWOTH) != 0;

    free(folder);
    if (!is_open)
        return true;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
           (peer.uid == 0 || peer.uid == geteuid() || peer.uid == found.st_uid);
}

/* Connects within SOCKET_CONNECT_S: one whose queue is full would let us wait for ever. */
static int connect_within(int fd, const struct sockaddr_un *address)
{
    const struct timeval limit = {.tv_sec = SOCKET_CONNECT_S}, none = {.tv_sec = 0};

    if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) != 0 ||
        connect(fd, (const struct sockaddr *)address, sizeof(*address)) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &none, sizeof(none)) != 0)
        return errno;
    return 0;
}

enum us_err socket_connect(const char *path, int *out, struct fault *fault)
{
    struct sockaddr_un address;
    enum us_err err;
    int folder, fd, n;

    err = fill_address(path, &address, &folder, fault);
    if (err != US_OK)
        return err;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    n = fd < 0 ? errno : connect_within(fd, &address);
    if (folder >= 0)
        close(folder);
    if (n == 0 && is_trusted(path, fd)) {
        *out = fd;
        return US_OK;
    }
    if (fd >= 0)
        close(fd);
    if (n == 0) {
        fault_set(
            fault, NULL, 0,
            "somebody else than the service listens at %s: everybody may write to its folder; "
            "set [control] socket to one in a folder of the service's own",
            path);
        return US_DENIED;
    }
    if (n == EAGAIN) {
        fault_set(fault, NULL, 0,
                  "the service at %s does not answer; `systemctl restart "
                  "undersignd` may help",
                  path);
        return US_IO;
    }
    if (n == EACCES || n == EPERM)
        fault_set(fault, NULL, 0,
                  "you may not use the control socket %s: only the service's account and root may, "
                  "unless the configuration's [roles] names groups and its folder lets them pass",
                  path);
    else
        fault_set(fault, NULL, 0, "cannot use the control socket %s: %s", path, strerror(n));
    if (n == ENOENT || n == ECONNREFUSED || n == ENOTDIR)
        return US_NOT_FOUND;
    return n == EACCES || n == EPERM ? US_DENIED : US_IO;
}
