/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/terminal.h"
#include "base/mem.h"
#include "cli/stop.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* A screen of its own, so that what stood there is there again afterwards; no keypad modes. */
#define ENTER_SCREEN "\033[?1049h"
#define LEAVE_SCREEN "\033[?1049l"
#define HOME "\033[H"
#define CLEAR_LINE "\033[K"
#define CLEAR_BELOW "\033[J"
#define SEQUENCE_MS 50 /* in which the rest of an escape sequence comes */
#define ROWS_ELSE 24
#define COLUMNS_ELSE 80

struct terminal {
    struct termios before;
    bool is_raw;
    int source; /* that is waited for too; -1: none */
    struct sigaction pause_before, resume_before, size_before;
};

static volatile sig_atomic_t wants_pause, has_changed;

static void on_pause(int number)
{
    (void)number;
    wants_pause = 1;
}

static void on_change(int number)
{
    (void)number;
    has_changed = 1;
}

bool terminal_is_there(void)
{
    const char *kind = getenv("TERM");

    return isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0 && kind != NULL &&
           kind[0] != '\0' && strcmp(kind, "dumb") != 0 && strcmp(kind, "unknown") != 0;
}

static void say(const char *bytes, size_t len)
{
    /* Where it does not go out, the terminal is gone, which the next key tells. */
    while (len > 0) {
        ssize_t n = write(STDOUT_FILENO, bytes, len);
        if (n < 0 && errno != EINTR)
            return;
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        }
    }
}

static bool set_raw(const struct terminal *terminal, int when)
{
    struct termios raw = terminal->before;

    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | IEXTEN);
    raw.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IXON);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    /* Ctrl-\ would end the program without leaving the terminal as it was. */
    raw.c_cc[VQUIT] = _POSIX_VDISABLE;
    return tcsetattr(STDIN_FILENO, when, &raw) == 0;
}

static bool enter(struct terminal *terminal)
{
    if (!set_raw(terminal, TCSAFLUSH))
        return false;
    terminal->is_raw = true;
    say(ENTER_SCREEN, sizeof(ENTER_SCREEN) - 1);
    return true;
}

static void leave(struct terminal *terminal)
{
    if (!terminal->is_raw)
        return;
    say(LEAVE_SCREEN, sizeof(LEAVE_SCREEN) - 1);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminal->before);
    terminal->is_raw = false;
}

struct terminal *terminal_open(void)
{
    struct terminal *terminal = MEM_NEW(struct terminal);
    struct sigaction pause = {.sa_handler = on_pause}, change = {.sa_handler = on_change};

    terminal->source = -1;
    if (tcgetattr(STDIN_FILENO, &terminal->before) != 0) {
        free(terminal);
        return NULL;
    }
    fflush(stdout);
    sigemptyset(&pause.sa_mask);
    sigemptyset(&change.sa_mask);
    wants_pause = has_changed = 0;
    sigaction(SIGTSTP, &pause, &terminal->pause_before);
    sigaction(SIGCONT, &change, &terminal->resume_before);
    sigaction(SIGWINCH, &change, &terminal->size_before);
    if (!enter(terminal)) {
        terminal_close(terminal);
        return NULL;
    }
    return terminal;
}

void terminal_close(struct terminal *terminal)
{
    if (terminal == NULL)
        return;
    leave(terminal);
    sigaction(SIGTSTP, &terminal->pause_before, NULL);
    sigaction(SIGCONT, &terminal->resume_before, NULL);
    sigaction(SIGWINCH, &terminal->size_before, NULL);
    free(terminal);
}

/* Stops as Ctrl-Z would have, with the terminal as it was; comes back with `fg`. */
static void pause_here(struct terminal *terminal)
{
    struct sigaction usual = {.sa_handler = SIG_DFL}, ours;

    leave(terminal);
    sigemptyset(&usual.sa_mask);
    sigaction(SIGTSTP, &usual, &ours);
    wants_pause = 0;
    raise(SIGTSTP);
    sigaction(SIGTSTP, &ours, NULL);
    has_changed = 0;
    (void)enter(terminal);
}

enum terminal_waited terminal_wait(int fd, int source, int ms)
{
    struct pollfd waiting[] = {{.fd = fd, .events = POLLIN}, {.fd = source, .events = POLLIN}};
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    sigset_t all, before;
    int ready = 0;
    bool is_signal;

    /* Nothing gets through between the look at the flags and the wait. */
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    is_signal = *stop_flag() != 0 || wants_pause != 0 || has_changed != 0;
    if (!is_signal)
        ready = ppoll(waiting, 2, ms < 0 ? NULL : &time, &before);
    is_signal = is_signal || (ready < 0 && errno == EINTR);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (is_signal)
        return TERMINAL_SIGNAL;
    if (ready == 0)
        return TERMINAL_TIME;
    return waiting[0].revents == 0 && waiting[1].revents != 0 ? TERMINAL_IS_SOURCE
                                                              : TERMINAL_IS_READY;
}

/* The rest of what an arrow or a function key sends, so that it is not taken for letters. */
static int read_sequence(void)
{
    char byte = 0, last = 0;
    int len = 0;

    while (len < 16 && terminal_wait(STDIN_FILENO, -1, SEQUENCE_MS) == TERMINAL_IS_READY &&
           read(STDIN_FILENO, &byte, 1) == 1) {
        last = byte;
        if (++len > 1 && last >= '@' && last <= '~')
            break;
        if (len == 1 && byte != '[' && byte != 'O')
            break;
    }
    if (len == 0)
        return TERMINAL_ESCAPE;
    return last == 'A' ? TERMINAL_UP : last == 'B' ? TERMINAL_DOWN : TERMINAL_OTHER;
}

int terminal_key(struct terminal *terminal, int ms)
{
    unsigned char byte;
    ssize_t n;

    if (*stop_flag() != 0)
        return TERMINAL_STOP;
    switch (terminal_wait(STDIN_FILENO, terminal->source, ms)) {
    case TERMINAL_TIME:
        return TERMINAL_NOTHING;
    case TERMINAL_SIGNAL:
        if (*stop_flag() != 0)
            return TERMINAL_STOP;
        if (wants_pause != 0)
            pause_here(terminal);
        else if (has_changed != 0 && terminal->is_raw)
            (void)set_raw(terminal, TCSANOW); /* a shell may have set it while we were stopped */
        has_changed = 0;
        return TERMINAL_REDRAW;
    case TERMINAL_IS_SOURCE:
        return TERMINAL_SOURCE;
    case TERMINAL_IS_READY:
        break;
    }
    n = read(STDIN_FILENO, &byte, 1);
    if (n < 0 && errno == EINTR)
        return TERMINAL_REDRAW;
    if (n <= 0)
        return TERMINAL_END;
    if (byte == TERMINAL_ESCAPE)
        return read_sequence();
    if (byte == '\n')
        return TERMINAL_ENTER;
    return byte == '\b' ? TERMINAL_ERASE : byte;
}

void terminal_watch(struct terminal *terminal, int fd)
{
    terminal->source = fd;
}

void terminal_flush(struct terminal *terminal)
{
    (void)terminal;
    (void)tcflush(STDIN_FILENO, TCIFLUSH);
}

void terminal_size(const struct terminal *terminal, size_t *rows, size_t *columns)
{
    struct winsize size;

    (void)terminal;
    *rows = ROWS_ELSE;
    *columns = COLUMNS_ELSE;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0) {
        *rows = size.ws_row;
        *columns = size.ws_col;
    }
}

void terminal_draw(struct terminal *terminal, const struct str *lines)
{
    struct str bytes = STR_INIT;
    const char *at = str_text(lines);

    (void)terminal;
    str_append_text(&bytes, HOME);
    for (; *at != '\0'; at++) {
        if (*at == '\n')
            str_append_text(&bytes, CLEAR_LINE "\r\n");
        else
            str_append_char(&bytes, *at);
    }
    str_append_text(&bytes, CLEAR_BELOW);
    say(bytes.data, bytes.len);
    str_free(&bytes);
}
