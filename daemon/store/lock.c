/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * An open-file-description lock (fcntl F_OFD_SETLK): unlike a classic POSIX lock it does not vanish
 * when some other part of the process closes the same file, and it keeps apart two stores in one
 * process too. Waiting is by looking again, so that a signal's alarm is not needed.
 *
 * On the database itself one byte is locked, so far behind its end that no database reaches it;
 * SQLite's own locks are on bytes from 0x40000000 on, and are not in its way. A name for the lock
 * that is made of the file's device and number (a socket without a file, a file in /run) would
 * need a place that everybody who may open the database can write to, and nobody else.
 */
#include <config.h> /* asks for F_OFD_SETLK */

#include "base/clock.h"
#include "base/mem.h"
#include "store/lock.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOCK_LOOK_AGAIN_NS 100000000L
#define LOCK_BYTE ((off_t)1 << 62) /* SQLite's files end at 1 << 48 */

char *lock_name(const char *database)
{
    char *real = realpath(database, NULL);
    char *name = mem_format("%s.lock", real ? real : database);
    free(real);
    return name;
}

/* Opens the file and waits for that lock on it. */
static enum us_err lock_open(const char *path, int flags, struct flock wanted, int seconds,
                             int *out, struct fault *fault)
{
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY | flags, 0600);
    if (fd < 0) {
        fault_set(fault, path, 0, "cannot be opened to lock it: %s", strerror(errno));
        return errno == ENOENT ? US_NOT_FOUND : US_INVALID;
    }
    int64_t end = clock_monotonic() + seconds * CLOCK_SECOND;
    while (fcntl(fd, F_OFD_SETLK, &wanted) != 0) {
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

enum us_err lock_take(const char *path, int seconds, int *out, struct fault *fault)
{
    const struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    enum us_err err = lock_open(path, O_CREAT, whole, seconds, out, fault);
    return err == US_NOT_FOUND ? US_INVALID : err; /* a folder is missing */
}

enum us_err lock_take_database(const char *path, int seconds, int *out, struct fault *fault)
{
    const struct flock byte = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = LOCK_BYTE, .l_len = 1};
    struct stat now, held;
    int fd = -1;
    enum us_err err = lock_open(path, 0, byte, seconds, &fd, fault);
    if (err)
        return err;
    /* A restore may have put another in its place while this waited. */
    if (stat(path, &now) != 0 || fstat(fd, &held) != 0 || now.st_dev != held.st_dev ||
        now.st_ino != held.st_ino) {
        fault_set(fault, path, 0, "another was put in its place meanwhile");
        close(fd);
        return US_BUSY;
    }
    *out = fd;
    return US_OK;
}

void lock_release(int lock)
{
    if (lock >= 0)
        close(lock);
}
