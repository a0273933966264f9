/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A terminal that gives each key as it is pressed, on a screen of its own, and is left as it was
 * found: at the end, for the time of Ctrl-Z, and when a signal ends the program. Signals belong to
 * the process, so there is one terminal at a time.
 */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include "base/str.h"
#include <stdbool.h>
#include <stddef.h>

struct terminal;

enum {                        /* beside the bytes of what was typed */
       TERMINAL_NOTHING = -1, /* the time ran out */
       TERMINAL_REDRAW = -2,  /* another size, or back from a pause */
       TERMINAL_STOP = -3,    /* a signal (cli/stop.h) */
       TERMINAL_END = -4,     /* it is closed */
       TERMINAL_UP = -5,
       TERMINAL_DOWN = -6,
       TERMINAL_OTHER = -7,  /* a key that means nothing here */
       TERMINAL_SOURCE = -8, /* not a key: terminal_watch()'s has something, or hung up */
};
#define TERMINAL_ENTER '\r'
#define TERMINAL_ESCAPE 27
#define TERMINAL_ERASE 127

/* Somebody sits at standard input and output, and the terminal can be drawn on. */
bool terminal_is_there(void);
struct terminal *terminal_open(void); /* NULL: it cannot be set up */
void terminal_close(struct terminal *terminal);
/* The next key, at most ms milliseconds waited for (-1: for ever). */
int terminal_key(struct terminal *terminal, int ms);
/* Waits for that too; -1: for none. */
void terminal_watch(struct terminal *terminal, int fd);
/* What was typed so far is forgotten. */
void terminal_flush(struct terminal *terminal);
void terminal_size(const struct terminal *terminal, size_t *rows, size_t *columns);
/* Puts these lines on an empty screen, none wider than it; the cursor goes behind the last. */
void terminal_draw(struct terminal *terminal, const struct str *lines);

enum terminal_waited { TERMINAL_IS_READY, TERMINAL_TIME, TERMINAL_SIGNAL, TERMINAL_IS_SOURCE };
/* Waits until there is something to read there, also where it is no terminal, or else at `source`
 * (-1: none). */
enum terminal_waited terminal_wait(int fd, int source, int ms);

#endif
