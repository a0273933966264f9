/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "config.h"

#include "base/log.h"
#include "base/mem.h"
#include "control/spool.h"
#include "proto/frame.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SPOOL_CHUNK 65536

void spool_init(struct spool *spool, const char *folder)
{
    *spool = (struct spool){.folder = mem_string(folder), .fd = -1};
}

void spool_free(struct spool *spool)
{
    str_free(&spool->memory);
    if (spool->fd >= 0)
        close(spool->fd);
    spool->fd = -1;
    free(spool->folder);
    spool->folder = NULL;
}

/* A file that no name leads to: it is gone when its descriptor is, whatever happens. */
static int open_nameless(const char *folder)
{
    char *path;
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
        return fd;
    path = mem_format("%s/.spool.XXXXXX", folder);
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    free(path);
    return fd;
}

static enum us_err fail(struct spool *spool)
{
    int cause = errno;

    log_warning("control: an answer cannot be held in %s: %s", spool->folder, strerror(cause));
    spool->cause = cause;
    return cause == ENOSPC || cause == EDQUOT ? US_FULL : US_IO;
}

enum us_err spool_settle(struct spool *spool)
{
    size_t done = 0;

    if (spool->memory.len < SPOOL_MEMORY)
        return US_OK;
    if (spool->fd < 0 && (spool->fd = open_nameless(spool->folder)) < 0)
        return fail(spool);
    while (done < spool->memory.len) {
        ssize_t n = write(spool->fd, spool->memory.data + done, spool->memory.len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(spool);
        done += (size_t)n;
    }
    str_clear(&spool->memory);
    return US_OK;
}

enum us_err spool_send(struct spool *spool, int fd, int timeout_ms)
{
    char chunk[SPOOL_CHUNK];
    enum us_err err;
    off_t at = 0;

    while (spool->fd >= 0) {
        ssize_t n = pread(spool->fd, chunk, sizeof(chunk), at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return US_IO;
        if (n == 0)
            break;
        err = frame_write(fd, chunk, (size_t)n, timeout_ms);
        if (err != US_OK)
            return err;
        at += n;
    }
    return frame_write(fd, str_text(&spool->memory), spool->memory.len, timeout_ms);
}
