/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/passphrase.h"
#include "base/utf8.h"
#include "cli/stop.h"
#include "cli/talk.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define ENVIRONMENT "UNDERSIGN_PASSPHRASE_FILE"
#define SLICE_MS 200

/* Cuts at the first line's end; false when it is not text. */
static bool end_line(char *text, size_t len)
{
    char *end = memchr(text, '\n', len);

    if (end != NULL)
        len = (size_t)(end - text);
    if (len > 0 && text[len - 1] == '\r')
        len--;
    if (len > ORGANISER_PASSPHRASE_MOST || memchr(text, '\0', len) != NULL)
        return false;
    text[len] = '\0';
    return true;
}

/* ---- a file ---- */

static enum us_err read_file(const char *path, char out[PASSPHRASE_SIZE], struct fault *fault)
{
    char text[PASSPHRASE_SIZE + 2]; /* with a line's end */
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    size_t len = 0;
    ssize_t n = 0;

    if (fd < 0 || fstat(fd, &info) != 0) {
        fault_set(fault, path, 0, "the passphrase cannot be read: %s", strerror(errno));
        if (fd >= 0)
            close(fd);
        return US_IO;
    }
    if (S_ISREG(info.st_mode) && (info.st_mode & 077) != 0) {
        fault_set(fault, path, 0,
                  "holds a passphrase and can be read by others than its owner; its mode must be "
                  "0600");
        close(fd);
        return US_DENIED;
    }
    while (len < sizeof(text) - 1) {
        n = read(fd, text + len, sizeof(text) - 1 - len);
        if (n < 0 && errno == EINTR && *stop_flag() == 0)
            continue;
        if (n <= 0)
            break;
        len += (size_t)n;
    }
    close(fd);
    text[len] = '\0';
    if (n < 0 || !end_line(text, len) || text[0] == '\0') {
        fault_set(fault, path, 0, "its first line is no passphrase");
        explicit_bzero(text, sizeof(text));
        return US_INVALID;
    }
    memcpy(out, text, strlen(text) + 1);
    explicit_bzero(text, sizeof(text));
    return US_OK;
}

/* ---- the terminal ---- */

/* A byte from the terminal, unless a signal wants us to stop. */
static bool read_byte(int fd, char *out)
{
    struct pollfd waiting = {.fd = fd, .events = POLLIN};

    while (*stop_flag() == 0) {
        int ready = poll(&waiting, 1, SLICE_MS);
        ssize_t n;
        if (ready == 0 || (ready < 0 && errno == EINTR))
            continue;
        n = ready < 0 ? -1 : read(fd, out, 1);
        if (n < 0 && errno == EINTR)
            continue;
        return n == 1;
    }
    return false;
}

static bool read_line(int fd, char out[PASSPHRASE_SIZE])
{
    size_t len = 0;
    char c = '\0';

    while (read_byte(fd, &c) && c != '\n') {
        if (len <= ORGANISER_PASSPHRASE_MOST)
            out[len++] = c;
    }
    if (c != '\n' || len > ORGANISER_PASSPHRASE_MOST)
        return false;
    out[len] = '\0';
    return len > 0;
}

/* Whatever happens meanwhile, the terminal shows again afterwards what is typed. */
static bool read_terminal(const char *question, const char *file, char out[PASSPHRASE_SIZE])
{
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    struct termios before, quiet;
    bool is_there;

    if (fd < 0)
        return false;
    if (tcgetattr(fd, &before) != 0) {
        close(fd);
        return false;
    }
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    quiet.c_lflag |= ICANON;
    /* First quiet, then the question: who answers at once is not shown either. */
    is_there = tcsetattr(fd, TCSAFLUSH, &quiet) == 0;
    if (is_there) {
        fprintf(stderr, "%s %s: ", question, file);
        fflush(stderr);
        is_there = read_line(fd, out);
    }
    (void)tcsetattr(fd, TCSAFLUSH, &before);
    fputc('\n', stderr);
    close(fd);
    return is_there;
}

static bool has_terminal(void)
{
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

    if (fd < 0 || isatty(STDERR_FILENO) == 0) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    close(fd);
    return true;
}

/* ---- both ---- */

static size_t count_characters(const char *text)
{
    size_t len = strlen(text);

    return utf8_is_valid(text, len) ? utf8_length(text, len) : len;
}

static const char *file_named(void)
{
    const char *path = getenv(ENVIRONMENT);

    return path == NULL || path[0] == '\0' ? NULL : path;
}

bool passphrase_ask(int attempt, char *out, void *arg)
{
    const char *key = arg, *path = file_named();
    struct fault fault = {.text = ""};

    if (path != NULL) {
        if (attempt > 0)
            return false;
        if (read_file(path, out, &fault) == US_OK)
            return true;
        talk_failure(US_INVALID, &fault, NULL);
        return false;
    }
    if (!has_terminal()) {
        talk_error("without a terminal to ask on, %s has to name a file with the passphrase",
                   ENVIRONMENT);
        return false;
    }
    if (attempt > 0)
        talk_note("That passphrase does not open it.");
    return read_terminal("Passphrase of", key, out);
}

static enum us_err type_twice(const char *file, char out[PASSPHRASE_SIZE], struct fault *fault)
{
    char again[PASSPHRASE_SIZE] = "";
    enum us_err err = US_OK;

    if (!read_terminal("New passphrase for", file, out)) {
        fault_set(fault, NULL, 0, "no passphrase was typed; nothing was made");
        return US_CANCELLED;
    }
    if (count_characters(out) < PASSPHRASE_LEAST)
        return US_OK; /* refused as too short: no need to type it twice */
    if (!read_terminal("Once more, for", file, again) || strcmp(out, again) != 0) {
        fault_set(fault, NULL, 0, "the two passphrases differ; nothing was made");
        err = US_INVALID;
    }
    explicit_bzero(again, sizeof(again));
    return err;
}

enum us_err passphrase_choose(const char *file, char out[PASSPHRASE_SIZE], struct fault *fault)
{
    const char *path = file_named();
    enum us_err err;

    if (path != NULL) {
        err = read_file(path, out, fault);
    } else if (has_terminal()) {
        err = type_twice(file, out, fault);
    } else {
        fault_set(fault, NULL, 0,
                  "there is no terminal to ask for a passphrase on; " ENVIRONMENT
                  " can name a file with it");
        return US_DENIED;
    }
    if (err == US_OK && count_characters(out) < PASSPHRASE_LEAST) {
        fault_set(fault, NULL, 0, "a passphrase has at least %d characters; nothing was made",
                  PASSPHRASE_LEAST);
        err = US_INVALID;
    }
    if (err != US_OK)
        explicit_bzero(out, PASSPHRASE_SIZE);
    return err;
}
