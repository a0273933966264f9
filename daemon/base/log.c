/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A line is made on the caller's stack and leaves in one write(2), so that lines of different
 * threads never mix and no lock is held while a pipe is slow. Control characters become '?':
 * whatever text got into a message, one event stays one line and no terminal is steered by it. This
 * is the only file with state of its own; it is set once at the start and the level is atomic.
 */
#include "base/log.h"
#include "base/clock.h"
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_MOST 2048

static const struct {
    const char *name;
    int priority; /* syslog's, as sd-daemon(3) wants it */
} levels[] = {
    [LOG_LEVEL_ERROR] = {"error", 3},
    [LOG_LEVEL_WARNING] = {"warning", 4},
    [LOG_LEVEL_INFO] = {"info", 6},
    [LOG_LEVEL_DEBUG] = {"debug", 7},
};

static char program_name[32] = "undersign";
static bool journal;
static atomic_int most_level = LOG_LEVEL_INFO;

/* A journal reads standard error when JOURNAL_STREAM names just this descriptor; the variable alone
 * is also inherited by programs whose output went elsewhere (systemd.exec(5)). */
static bool journal_reads_us(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    uintmax_t device, inode;
    struct stat info;

    if (stream == NULL || fstat(STDERR_FILENO, &info) != 0)
        return false;
    if (sscanf(stream, "%" SCNuMAX ":%" SCNuMAX, &device, &inode) != 2)
        return false;
    return device == (uintmax_t)info.st_dev && inode == (uintmax_t)info.st_ino;
}

void log_open(const char *program, enum log_level most)
{
    (void)snprintf(program_name, sizeof(program_name), "%s", program);
    journal = journal_reads_us();
    log_set_level(most);
}

void log_set_level(enum log_level most)
{
    atomic_store(&most_level, (int)most);
}

static void write_all(const char *line, size_t len)
{
    while (len > 0) {
        ssize_t done = write(STDERR_FILENO, line, len);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return; /* there is nowhere to complain to */
        line += done;
        len -= (size_t)done;
    }
}

static void write_line(enum log_level level, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static void write_line(enum log_level level, const char *format, va_list args)
{
    char line[LINE_MOST], time[24];
    int head, body;
    size_t len;

    if ((int)level > atomic_load(&most_level))
        return;
    if (journal) {
        head = snprintf(line, sizeof(line), "<%d>", levels[level].priority);
    } else {
        clock_print(clock_now(), time);
        head = snprintf(line, sizeof(line), "%s %s %s: ", time, program_name, levels[level].name);
    }
    body = vsnprintf(line + head, sizeof(line) - (size_t)head, format, args);
    if (body < 0)
        return;

    /* One byte at the end is the line feed's. */
    len = (size_t)head + (size_t)body;
    if (len > sizeof(line) - 1)
        len = sizeof(line) - 1;
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
            line[i] = '?';
    }
    line[len++] = '\n';
    write_all(line, len);
}

#define LOG_FUNCTION(name, level)                                                                  \
    void name(const char *format, ...)                                                             \
    {                                                                                              \
        int saved = errno;                                                                         \
        va_list args;                                                                              \
                                                                                                   \
        va_start(args, format);                                                                    \
        write_line(level, format, args);                                                           \
        va_end(args);                                                                              \
        errno = saved;                                                                             \
    }

LOG_FUNCTION(log_error, LOG_LEVEL_ERROR)
LOG_FUNCTION(log_warning, LOG_LEVEL_WARNING)
LOG_FUNCTION(log_info, LOG_LEVEL_INFO)
LOG_FUNCTION(log_debug, LOG_LEVEL_DEBUG)
