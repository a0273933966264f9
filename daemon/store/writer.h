/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The store thread: the one that writes. See store.h for what callers are promised. */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include "base/err.h"
#include "store/job.h"
#include <stdbool.h>

struct engine;
struct writer;

/* Starts the thread. The connection is borrowed; until writer_free() it is the thread's alone. */
US_MUST_CHECK enum us_err writer_new(struct engine *engine, struct writer **out);
/* Takes the job, unless is_kept; on_done as in store_submit(). */
void writer_submit(struct writer *writer, struct job *job, bool is_kept,
                   void (*on_done)(struct job *job, enum us_err err, void *arg), void *arg);
/* Runs a function on the store's thread between two groups; what is queued waits meanwhile, and so
 * does the caller. US_BUSY: another is waiting already. */
typedef enum us_err writer_act(struct engine *engine, void *arg);
US_MUST_CHECK enum us_err writer_run_act(struct writer *writer, writer_act *act, void *arg);
/* Finishes what is queued and joins. */
void writer_free(struct writer *writer);
bool writer_is_failing(const struct writer *writer);

#endif
