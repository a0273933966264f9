/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/target.h"
#include "base/mem.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum us_err fail(const char *path, struct fault *fault)
{
    int n = errno;

    fault_set(fault, NULL, 0, "cannot write %s: %s", path, strerror(n));
    return n == ENOSPC || n == EDQUOT ? US_FULL : n == EACCES ? US_DENIED : US_IO;
}

/* A link leads to the file that is meant; renaming would replace the link itself. */
static char *resolve(const char *path)
{
    char *real = realpath(path, NULL);
    size_t len = strlen(path);

    if (real != NULL)
        return real;
    while (len > 1 && path[len - 1] == '/')
        len--;
    return mem_string_part(path, len);
}

enum us_err target_open_file(const char *path, struct target *out, struct fault *fault)
{
    struct target target = {.path = resolve(path)};
    struct stat there;
    int fd;

    if (stat(target.path, &there) == 0 && !S_ISREG(there.st_mode)) {
        fault_set(fault, NULL, 0, "%s is there and is no file; name another with -o FILE", path);
        free(target.path);
        return US_DUPLICATE;
    }
    /* Made to see that it can be, and that the name is free. */
    target.temporary = mem_format("%s.XXXXXX", target.path);
    fd = mkstemp(target.temporary);
    if (fd < 0) {
        enum us_err err = fail(path, fault);
        free(target.temporary);
        free(target.path);
        return err;
    }
    close(fd);
    unlink(target.temporary);
    *out = target;
    return US_OK;
}

/* Nothing at all, or a folder with nothing in it. */
static bool is_free(const char *path)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    bool is_empty = true;

    if (folder == NULL)
        return errno == ENOENT;
    while (is_empty && (entry = readdir(folder)) != NULL)
        is_empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    closedir(folder);
    return is_empty;
}

enum us_err target_open_folder(const char *path, struct target *out, struct fault *fault)
{
    struct target target = {.path = resolve(path), .is_folder = true};
    enum us_err err;

    if (!is_free(target.path)) {
        fault_set(fault, NULL, 0, "%s is there and is no empty folder; name another with -o DIR",
                  path);
        free(target.path);
        return US_DUPLICATE;
    }
    target.temporary = mem_format("%s.XXXXXX", target.path);
    if (mkdtemp(target.temporary) == NULL) {
        err = fail(path, fault);
        free(target.temporary);
        free(target.path);
        return err;
    }
    *out = target;
    return US_OK;
}

/* Letters in a folder of ours: files alone. */
static void remove_folder(const char *path)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;

    if (folder == NULL)
        return;
    while ((entry = readdir(folder)) != NULL)
        unlinkat(dirfd(folder), entry->d_name, 0);
    closedir(folder);
    rmdir(path);
}

enum us_err target_finish(struct target *target, struct fault *fault)
{
    enum us_err err = US_OK;

    if (rename(target->temporary, target->path) != 0) {
        err = fail(target->path, fault);
        target_abandon(target);
        return err;
    }
    free(target->temporary);
    free(target->path);
    *target = (struct target){.path = NULL};
    return US_OK;
}

void target_abandon(struct target *target)
{
    if (target->temporary != NULL && target->is_folder)
        remove_folder(target->temporary);
    else if (target->temporary != NULL)
        unlink(target->temporary);
    free(target->temporary);
    free(target->path);
    *target = (struct target){.path = NULL};
}
