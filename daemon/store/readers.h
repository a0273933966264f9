/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Reader threads, each with a read-only connection, behind one bounded queue: they serve those who
 * must not wait, the web above all. Whoever may wait reads on its own thread, with a connection of
 * its own, so that however long it walks, no page stands behind it.
 */
#ifndef STORE_READERS_H
#define STORE_READERS_H

#include "base/err.h"
#include "base/fault.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct engine;
struct readers;

struct readers_params {
    const char *path, *vfs;
    int threads;
    int queue;
    int deadline_ms; /* those who read here have four times that */
};

/* A reader as query.c sees it. */
struct reader {
    struct engine *engine;
    int64_t allowed; /* microseconds for one transaction; 0: as long as it takes */
    enum us_err err; /* of its beginning: every query gives it */
    int open_queries;
    int64_t complained_at; /* a broken disk is not told with every read */
};

US_MUST_CHECK enum us_err readers_new(const struct readers_params *params, struct readers **out,
                                      struct fault *fault);
/* As store_read(). */
US_MUST_CHECK enum us_err readers_submit(struct readers *readers,
                                         void (*work)(struct reader *, void *arg), void *arg);
/* As store_read_wait(). */
US_MUST_CHECK enum us_err readers_run_here(struct readers *readers,
                                           void (*work)(struct reader *, void *arg), void *arg);
/* Runs what is queued, waits for those who read here, joins, closes; what is submitted then gets
 * US_CANCELLED, so that the last jobs' completions may still ask. */
void readers_close(struct readers *readers);
/* Closes too. */
void readers_free(struct readers *readers);

/* One transaction. */
void readers_begin(struct reader *reader);
void readers_finish(struct reader *reader);

#endif
