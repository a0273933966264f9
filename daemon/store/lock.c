/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * An open-file-description lock (fcntl F_OFD_SETLK): unlike a classic POSIX lock it does not vanish
 * when some other part of the process closes the same file, and it keeps apart two stores in one
 * process too. Waiting is by looking again, so that a signal's alarm is not needed.
 */
#include <config.h> /* asks for F_OFD_SETLK */

#include "base/clock.h"
#include "store/lock.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LOCK_LOOK_AGAIN_NS 100000000L

enum us_err lock_take(const char *path, int seconds, int *out, struct fault *fault)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
    if (fd < 0) {
        fault_set(fault, path, 0, "the lock file cannot be opened: %s", strerror(errno));
        return US_INVALID;
    }
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int64_t end = clock_monotonic() + seconds * CLOCK_SECOND;
    while (fcntl(fd, F_OFD_SETLK, &whole) != 0) {
        if (errno != EAGAIN && errno != EACCES && errno != EINTR) {
            fault_set(fault, path, 0, "the file system does not lock files: %s", strerror(errno));
            close(fd);
            return US_INVALID;
        }
        if (clock_monotonic() >= end) {
            fault_set(fault, path, 0, "another process has the store open");
            close(fd);
            return US_BUSY;
        }
        nanosleep(&(struct timespec){.tv_nsec = LOCK_LOOK_AGAIN_NS}, NULL);
    }
    *out = fd;
    return US_OK;
}

void lock_release(int lock)
{
    if (lock >= 0)
        close(lock);
}
