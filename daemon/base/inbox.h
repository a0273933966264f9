/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * How one thread hands work to another's event loop: a queue of (function, argument) with an
 * eventfd that the loop watches. Any thread posts; only the owner runs.
 */
#ifndef BASE_INBOX_H
#define BASE_INBOX_H

struct inbox;

struct inbox *inbox_new(void);           /* NULL when there is no descriptor left */
void inbox_free(struct inbox *inbox);    /* runs nothing; the poster frees what it posted */
int inbox_fd(const struct inbox *inbox); /* readable when something waits */
void inbox_post(struct inbox *inbox, void (*run)(void *arg), void *arg);
void inbox_run(struct inbox *inbox); /* runs all that waits, in order; the owner's thread only */

#endif
