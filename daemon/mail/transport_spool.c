/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Mail as files, one .eml each, for demonstrations, for tests and for sites that carry mail over by
 * other means. A file appears whole (temporary name, fsync, rename, fsync of the folder) and is
 * named after when it was queued and its id, so a mail that is written again after a crash replaces
 * itself.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "mail/transport_kind.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct spool {
    int folder;
    const char *path; /* of that folder, borrowed */
};

static enum us_err spool_open(const struct config *config, struct event_base *base, void **out,
                              struct fault *fault)
{
    (void)base;
    if (mkdir(config->mail_spool, 0700) != 0 && errno != EEXIST) {
        fault_set(fault, config->mail_spool, 0, "the mail folder cannot be made: %s",
                  strerror(errno));
        return US_IO;
    }
    int folder = open(config->mail_spool, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        fault_set(fault, config->mail_spool, 0, "the mail folder cannot be opened: %s",
                  strerror(errno));
        return US_IO;
    }
    struct spool *spool = MEM_NEW(struct spool);
    spool->folder = folder;
    spool->path = config->mail_spool;
    *out = spool;
    return US_OK;
}

static bool write_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t written = write(fd, data, len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        data += written;
        len -= (size_t)written;
    }
    return true;
}

static void make_name(const struct transport_message *message, char name[80])
{
    char stamp[32];
    time_t seconds = (time_t)(message->queued_at / CLOCK_SECOND);
    struct tm parts;
    gmtime_r(&seconds, &parts);
    strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", &parts);
    snprintf(name, 80, "%s-%016" PRIx64 ".eml", stamp, (uint64_t)message->id);
}

/* 0, or the errno of what failed; then no file is left. */
static int write_file(const struct spool *spool, const struct transport_message *message)
{
    char name[80], hidden[88];
    make_name(message, name);
    snprintf(hidden, sizeof hidden, ".%s.tmp", name);
    int fd = openat(spool->folder, hidden, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno;
    bool is_written = write_all(fd, message->bytes, message->len) && fsync(fd) == 0;
    int problem = is_written ? 0 : errno;
    if (close(fd) != 0 && problem == 0)
        problem = errno;
    if (problem == 0 && renameat(spool->folder, hidden, spool->folder, name) != 0)
        problem = errno;
    if (problem == 0 && fsync(spool->folder) != 0)
        return errno;
    if (problem != 0)
        unlinkat(spool->folder, hidden, 0);
    return problem;
}

static void spool_send(void *self, const struct transport_message *message,
                       transport_on_fate *on_fate, void *arg)
{
    const struct spool *spool = self;
    int problem = write_file(spool, message);
    if (problem == 0 && message->is_test) {
        char name[80];
        make_name(message, name);
        char *path = mem_format("%s/%s", spool->path, name);
        on_fate(message, TRANSPORT_ACCEPTED, path, arg);
        free(path);
    } else if (problem == 0)
        on_fate(message, TRANSPORT_ACCEPTED, NULL, arg);
    else
        on_fate(message, TRANSPORT_LATER, strerror(problem), arg);
}

/* A file is written in no time. */
static void spool_interrupt(void *self)
{
    (void)self;
}

static void spool_close(void *self)
{
    struct spool *spool = self;
    close(spool->folder);
    free(spool);
}

const struct transport_kind transport_spool = {spool_open, spool_send, spool_interrupt,
                                               spool_close};
