/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A temporary name, fsync, rename, fsync of the folder: a row is written only when its file is on
 * the disk, and a name never leads to half a file.
 */
#include "appeal/site_file.h"
#include "base/log.h"
#include "base/mem.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *site_file_path(const struct site *site, const char *folder, const char *name)
{
    return mem_format("%s/%s/%s", site_config(site)->folder, folder, name);
}

static enum us_err refuse(struct fault *fault, const char *path, int error)
{
    bool is_full = error == ENOSPC || error == EDQUOT;

    fault_set(fault, NULL, 0, "%s; nothing was changed",
              is_full ? "the disk is full" : "the letter's file could not be written");
    log_error("cannot write %s: %s", path, strerror(error));
    return is_full ? US_FULL : US_IO;
}

/* The folder that a path lies in. */
static char *folder_of(const char *path)
{
    return mem_string_part(path, (size_t)(strrchr(path, '/') - path));
}

static bool write_all(int fd, const void *data, size_t len)
{
    const char *bytes = data;

    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

/* 0, or the error. */
static int write_file(const char *path, const void *data, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), error = 0;

    if (fd < 0)
        return errno;
    if (!write_all(fd, data, len) || fsync(fd) != 0)
        error = errno;
    if (close(fd) != 0 && error == 0)
        error = errno;
    return error;
}

static int sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), error = 0;

    if (fd < 0)
        return errno;
    if (fsync(fd) != 0)
        error = errno;
    close(fd);
    return error;
}

enum us_err site_file_write(const char *path, const void *data, size_t len, struct fault *fault)
{
    char *folder = folder_of(path), *temporary = mem_format("%s.new", path);
    enum us_err err = US_OK;
    int error = 0;

    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        error = errno;
    if (error == 0)
        error = write_file(temporary, data, len);
    if (error == 0 && rename(temporary, path) != 0)
        error = errno;
    if (error == 0)
        error = sync_folder(folder);
    if (error != 0) {
        (void)unlink(temporary);
        err = refuse(fault, path, error);
    }
    free(temporary);
    free(folder);
    return err;
}

void site_file_remove(const char *path)
{
    if (unlink(path) != 0 && errno != ENOENT)
        log_warning("cannot remove %s: %s", path, strerror(errno));
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void site_file_sweep(const struct site *site, const char *folder, char *const *keep, size_t count)
{
    char *path = mem_format("%s/%s", site_config(site)->folder, folder);
    DIR *open = opendir(path);
    struct dirent *entry;

    while (open != NULL && (entry = readdir(open)) != NULL) {
        const char *name = entry->d_name;
        char *file = site_file_path(site, folder, name);

        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
            (count == 0 ||
             bsearch(&(const char *){file}, keep, count, sizeof(*keep), compare_paths) == NULL))
            site_file_remove(file);
        free(file);
    }
    if (open != NULL)
        closedir(open);
    free(path);
}
