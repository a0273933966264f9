/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Ctrl-C. It only sets a flag: what runs sees it, cancels its request, removes its unfinished file
 * and ends. The flag is the one thing here that belongs to the process, since signals do.
 */
#ifndef CLI_STOP_H
#define CLI_STOP_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/* From now on SIGINT, SIGTERM and SIGHUP set the flag, and SIGPIPE is ignored; SIGXFSZ too,
 * so that a file that may grow no more is a write that fails, and is told. */
void stop_watch(void);
const volatile sig_atomic_t *stop_flag(void);
/* The signal was heeded: a second one is to be seen. */
void stop_forget(void);
/* SIGINT is that child's as long as it is there: whoever types Ctrl-C speaks to it. */
void stop_leave_to(pid_t child);
/* Waits for its end, through whatever signals come. */
void stop_wait_for(pid_t child);
/* Waits until there is something to read; false when a signal came before, however close. */
bool stop_wait(int fd);

#endif
