/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Writing one file of the folder of backups. */
#include "appeal/backup_folder.h"
#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

bool backup_sync_folder(const char *path)
{
    char *copy = mem_string(path);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_safe = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    free(copy);
    return is_safe;
}

int64_t backup_room(const char *path)
{
    char *copy = mem_string(path);
    struct statvfs room;
    int64_t bytes = -1;

    if (statvfs(dirname(copy), &room) == 0)
        bytes = (int64_t)room.f_bavail * (int64_t)room.f_frsize;
    free(copy);
    return bytes;
}

static enum us_err fail(const char *path, struct fault *fault)
{
    int n = errno;

    fault_set(fault, NULL, 0, "cannot write %s: %s", path, strerror(n));
    return n == ENOSPC || n == EDQUOT ? US_FULL : n == EEXIST ? US_DUPLICATE : US_IO;
}

enum us_err backup_file_open(const char *path, struct backup_file *out, struct fault *fault)
{
    char *copy = mem_string(path);
    struct backup_file file = {.path = mem_string(path), .temporary = mem_format("%s.part", path)};
    struct stat there;
    enum us_err err = US_OK;

    file.fd = -1;
    if ((mkdir(dirname(copy), 0700) != 0 && errno != EEXIST))
        err = fail(path, fault);
    free(copy);
    if (err == US_OK && lstat(path, &there) == 0) {
        errno = EEXIST;
        err = fail(path, fault);
    }
    if (err == US_OK) {
        file.fd = open(file.temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0600);
        if (file.fd < 0)
            err = fail(path, fault);
    }
    if (err != US_OK) {
        free(file.path);
        free(file.temporary);
        return err;
    }
    *out = file;
    return US_OK;
}

enum us_err backup_file_sink(const void *data, size_t len, void *arg)
{
    struct backup_file *file = arg;
    const char *bytes = data;

    file->bytes += (int64_t)len;
    while (len > 0) {
        ssize_t n = write(file->fd, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == ENOSPC || errno == EDQUOT ? US_FULL : US_IO;
        bytes += n;
        len -= (size_t)n;
    }
    return US_OK;
}

static void clear(struct backup_file *file)
{
    free(file->path);
    free(file->temporary);
    *file = (struct backup_file){.fd = -1};
}

enum us_err backup_file_finish(struct backup_file *file, struct fault *fault)
{
    enum us_err err = US_OK;
    int fd = file->fd;

    if (fsync(fd) != 0)
        err = fail(file->path, fault);
    if (close(fd) != 0 && err == US_OK)
        err = fail(file->path, fault);
    if (err == US_OK &&
        (rename(file->temporary, file->path) != 0 || !backup_sync_folder(file->path)))
        err = fail(file->path, fault);
    if (err != US_OK)
        (void)unlink(file->temporary);
    clear(file);
    return err;
}

void backup_file_abandon(struct backup_file *file)
{
    if (file->path == NULL)
        return;
    close(file->fd);
    (void)unlink(file->temporary);
    clear(file);
}
