/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "config.h"

#include "base/mem.h"
#include "cli/file.h"
#include <errno.h>
#include <fcntl.h>
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

static enum us_err open_temporary(const char *path, struct file *out, struct fault *fault)
{
    /* A link leads to the file that is meant; renaming would replace the link itself. */
    char *target = realpath(path, NULL);
    struct file file = {.path = target != NULL ? target : mem_string(path)};
    int fd;

    file.temporary = mem_format("%s.XXXXXX", file.path);
    fd = mkostemp(file.temporary, O_CLOEXEC); /* 0600, and it stays so */
    if (fd < 0)
        goto err_paths;
    file.stream = fdopen(fd, "w");
    if (file.stream == NULL)
        goto err_fd;
    *out = file;
    return US_OK;

err_fd:
    close(fd);
    unlink(file.temporary);
err_paths:
    free(file.path);
    free(file.temporary);
    return fail(path, fault);
}

enum us_err file_open(const char *path, struct file *out, struct fault *fault)
{
    struct stat there;

    *out = (struct file){.stream = stdout};
    if (strcmp(path, "-") == 0)
        return US_OK;
    if (stat(path, &there) == 0 && !S_ISREG(there.st_mode)) {
        out->stream = fopen(path, "we");
        return out->stream != NULL ? US_OK : fail(path, fault);
    }
    return open_temporary(path, out, fault);
}

enum us_err file_check_new(const char *path, struct fault *fault)
{
    struct stat there;

    if (strcmp(path, "-") == 0 || lstat(path, &there) != 0)
        return US_OK;
    /* A link that leads nowhere is somebody's too; one to a pipe or a device is written to. */
    if (stat(path, &there) == 0 && !S_ISREG(there.st_mode))
        return US_OK;
    fault_set(fault, NULL, 0, "%s is there already, and is not written over: name another file",
              path);
    return US_DUPLICATE;
}

enum us_err file_open_new(const char *path, struct file *out, struct fault *fault)
{
    enum us_err err = file_check_new(path, fault);

    if (err == US_OK)
        err = file_open(path, out, fault);
    if (err == US_OK)
        out->is_new = true;
    return err;
}

/* A file system that cannot tell is asked before. */
static bool put_in_place(const struct file *file)
{
    if (!file->is_new)
        return rename(file->temporary, file->path) == 0;
    if (renameat2(AT_FDCWD, file->temporary, AT_FDCWD, file->path, RENAME_NOREPLACE) == 0)
        return true;
    if (errno != EINVAL && errno != ENOSYS)
        return false;
    errno = EEXIST;
    return access(file->path, F_OK) != 0 && rename(file->temporary, file->path) == 0;
}

enum us_err file_finish(struct file *file, struct fault *fault)
{
    bool is_written = fflush(file->stream) == 0 && ferror(file->stream) == 0;
    enum us_err err = US_OK;

    if (is_written && file->temporary != NULL)
        is_written = fsync(fileno(file->stream)) == 0;
    if (file->stream != stdout && fclose(file->stream) != 0)
        is_written = false;
    if (is_written && file->temporary != NULL)
        is_written = put_in_place(file);
    if (!is_written) {
        err = fail(file->path != NULL ? file->path : "the output", fault);
        if (file->temporary != NULL)
            unlink(file->temporary);
    }
    free(file->path);
    free(file->temporary);
    *file = (struct file){0};
    return err;
}

void file_abandon(struct file *file)
{
    if (file->stream != NULL && file->stream != stdout)
        fclose(file->stream);
    if (file->temporary != NULL)
        unlink(file->temporary);
    free(file->path);
    free(file->temporary);
    *file = (struct file){0};
}
