/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A key that is lost or half there loses data, so a file is written under a temporary name, synced,
 * and only then given its name, by link(2), which unlike rename(2) never replaces a key that is
 * there. Destroying overwrites first: on file systems that write in place this takes the key off
 * the disk at once; others (copy-on-write, flash) keep the old block until they use it again.
 */
#include "crypto/key_file.h"
#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum us_err fail(const struct key_file *file, const char *what)
{
    int cause = errno;

    fault_set(file->fault, file->name, 0, "cannot be %s: %s", what, strerror(cause));
    switch (cause) {
    case ENOSPC:
    case EDQUOT:
        return US_FULL;
    case EACCES:
    case EPERM:
        return US_DENIED;
    default:
        return US_IO;
    }
}

static bool write_all(int fd, const void *data, size_t len)
{
    const char *bytes = data;

    while (len > 0) {
        ssize_t done = write(fd, bytes, len);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        bytes += done;
        len -= (size_t)done;
    }
    return true;
}

static enum us_err write_file(const struct key_file *file, const char *temporary, const void *data,
                              size_t len)
{
    enum us_err err = US_OK;
    int fd =
        openat(file->folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0)
        return fail(file, "made");
    if (fchmod(fd, file->is_private ? 0600 : 0644) != 0 || !write_all(fd, data, len) ||
        fsync(fd) != 0)
        err = fail(file, "written");
    (void)close(fd);
    return err;
}

enum us_err key_file_write(const struct key_file *file, const void *data, size_t len)
{
    char *temporary = mem_format("%s.tmp", file->name);
    enum us_err err;

    /* One left behind by a crash is in the way, and was never anybody's key. */
    (void)unlinkat(file->folder, temporary, 0);
    err = write_file(file, temporary, data, len);
    if (err != US_OK)
        goto out;
    if (linkat(file->folder, temporary, file->folder, file->name, 0) != 0) {
        if (errno == EEXIST) {
            fault_set(file->fault, file->name, 0, "is there already and is never overwritten");
            err = US_DUPLICATE;
        } else {
            err = fail(file, "given its name");
        }
        goto out;
    }
    if (fsync(file->folder) != 0) {
        err = fail(file, "synced");
        (void)unlinkat(file->folder, file->name, 0);
    }

out:
    (void)unlinkat(file->folder, temporary, 0);
    free(temporary);
    return err;
}

static enum us_err check_file(const struct key_file *file, int fd, size_t size)
{
    struct stat info;

    if (fstat(fd, &info) != 0)
        return fail(file, "read");
    if (!S_ISREG(info.st_mode)) {
        fault_set(file->fault, file->name, 0, "is not a file");
        return US_CORRUPT;
    }
    if (file->is_private && (info.st_mode & 077) != 0) {
        fault_set(file->fault, file->name, 0,
                  "can be read by others than its owner; its mode must be 0600");
        return US_DENIED;
    }
    if ((uintmax_t)info.st_size > size) {
        fault_set(file->fault, file->name, 0, "is too long to hold a key");
        return US_CORRUPT;
    }
    return US_OK;
}

enum us_err key_file_read(const struct key_file *file, void *data, size_t size, size_t *len)
{
    /* Without O_NONBLOCK a named pipe in the key's place would stop the program. */
    int fd = openat(file->folder, file->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    enum us_err err;
    char *bytes = data;
    size_t have = 0;
    ssize_t done;

    if (fd < 0 && errno == ENOENT) {
        fault_set(file->fault, file->name, 0, "there is no such file");
        return US_NOT_FOUND;
    }
    if (fd < 0)
        return fail(file, "opened");
    err = check_file(file, fd, size);
    if (err != US_OK)
        goto out;

    do {
        done = read(fd, bytes + have, size - have);
        if (done > 0)
            have += (size_t)done;
    } while (done > 0 || (done < 0 && errno == EINTR));
    if (done < 0)
        err = fail(file, "read");
    else
        *len = have;

out:
    (void)close(fd);
    return err;
}

static void overwrite(const struct key_file *file)
{
    static const char zeros[4096];
    struct stat info;
    int fd =
        openat(file->folder, file->name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

    /* This is an extra: removing the name is what counts, and is checked. */
    if (fd < 0)
        return;
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size <= (off_t)sizeof(zeros) &&
        write_all(fd, zeros, (size_t)info.st_size))
        (void)fsync(fd);
    (void)close(fd);
}

enum us_err key_file_destroy(const struct key_file *file)
{
    overwrite(file);
    if (unlinkat(file->folder, file->name, 0) != 0 && errno != ENOENT)
        return fail(file, "removed");
    return fsync(file->folder) == 0 ? US_OK : fail(file, "removed for good");
}
