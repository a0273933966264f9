/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The store: one thread that alone writes, by group commit (whatever queued up while the last
 * commit ran, up to 256 jobs, in one transaction, synchronous=FULL, then each is answered), and
 * reader threads with read-only connections of their own, a bounded queue and a deadline. Nothing
 * is acknowledged before it is on disk. When the disk is full or failing, writes give US_FULL or
 * US_IO, reads go on; after a failed fsync the process exits.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/err.h"
#include "base/fault.h"
#include "store/job.h"
#include <stdbool.h>

struct store;
struct reader; /* query.h */

struct store_params {
    const char *path;     /* the database file; made when missing */
    const char *lock;     /* the lock file that only one process holds */
    int lock_seconds;     /* how long to wait for it */
    int readers;          /* reader threads */
    int read_queue;       /* waiting reads before US_BUSY */
    int read_deadline_ms; /* for one read; 0: 5,000; four times that where the caller waits */
    const char *vfs;      /* SQLite VFS for fault tests; NULL: the default */
    bool is_weak; /* synchronous=NORMAL: only for the control experiment of the fault tests */
};

/* Takes the lock, migrates (refusing a newer schema, or a changed migration), starts the threads.
 * US_BUSY when another process keeps the lock, US_INVALID with a fault otherwise. */
US_MUST_CHECK enum us_err store_open(const struct store_params *params, struct store **out,
                                     struct fault *fault);
/* Finishes what is queued, checkpoints, joins. */
void store_close(struct store *store);

/* Queues a job; takes it. on_done runs on the store thread and must only hand on; the job (freed
 * after on_done returns) holds the results. Always called exactly once; at once, on the caller's
 * thread, with US_BUSY when the queue (bounded) is full or US_CANCELLED when the store is closing.
 * on_done may be NULL. */
void store_submit(struct store *store, struct job *job,
                  void (*on_done)(struct job *job, enum us_err err, void *arg), void *arg);
/* Runs a job and waits for it; not on a web or the store thread. The caller frees the job. */
US_MUST_CHECK enum us_err store_run(struct store *store, struct job *job);

/* Queues a read; US_BUSY when the queue is full, US_CANCELLED when the store is closing (work is
 * then never called). work runs on a reader thread inside one short read transaction. */
US_MUST_CHECK enum us_err store_read(struct store *store, void (*work)(struct reader *, void *arg),
                                     void *arg);
/* The same at once, on the caller's thread and with a connection of its own: however long it takes,
 * no page waits for it. Not on a web, store or reader thread. US_BUSY when there is no connection
 * to be had. */
US_MUST_CHECK enum us_err store_read_wait(struct store *store,
                                          void (*work)(struct reader *, void *arg), void *arg);

/* The schema's version, for status. */
int store_schema_version(const struct store *store);
/* True while writes fail for lack of space or by I/O errors. */
bool store_is_failing(const struct store *store);

#endif
