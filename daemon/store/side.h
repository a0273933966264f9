/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A read-only connection of one's own, beside the store's: to the live database for what takes
 * minutes (copying, checking), which no reader thread of the pages can be kept for; or to a copy of
 * it that no service has open. Like a reader it never writes and never checkpoints. One thread at a
 * time, any thread.
 */
#ifndef STORE_SIDE_H
#define STORE_SIDE_H

#include "base/err.h"
#include "base/fault.h"
#include "store/query.h"
#include <stdbool.h>
#include <stdint.h>

struct side;

struct side_sizes {
    int64_t bytes, free_bytes; /* bytes: with the free ones */
    int64_t page_size;
};

/* US_INVALID with a fault when it is no database, US_BUSY when another process has it locked. vfs
 * as in store.h. */
US_MUST_CHECK enum us_err side_open(const char *path, const char *vfs, struct side **out,
                                    struct fault *fault);
/* The same of a file that has no name and that nobody writes; fd stays the caller's, and open. One
 * thread at a time opens so. */
US_MUST_CHECK enum us_err side_open_held(int fd, struct side **out, struct fault *fault);
void side_free(struct side *side);
/* Asked some times a second by what follows; false: that fails with US_CANCELLED. */
void side_watch(struct side *side, bool (*goes_on)(void *arg), void *arg);

/* For queries, in a transaction of its own until side_end(), without a deadline. The reader may be
 * refreshed. */
struct reader *side_begin(struct side *side);
void side_end(struct side *side);

/* The following stand outside of such a transaction. */

/* Writes what it holds at one moment into that file, which is made (0600) and must not be there:
 * compact, nothing of what was deleted in it. Where it fails no file is left. US_FULL, US_IO,
 * US_CANCELLED with a fault. */
US_MUST_CHECK enum us_err side_copy(struct side *side, const char *path, struct fault *fault);
US_MUST_CHECK enum us_err side_sizes(struct side *side, struct side_sizes *out);
/* Tells each damage of the file's structure, at most a hundred and some. */
US_MUST_CHECK enum us_err side_integrity(struct side *side,
                                         void (*on_damage)(const char *what, void *arg), void *arg);
US_MUST_CHECK enum us_err side_tables(struct side *side,
                                      void (*on_table)(const char *name, int64_t rows, void *arg),
                                      void *arg);
/* The schema's version. US_INVALID with a fault: it is not ours, newer than this program, made by
 * other migrations, or holds what none of them made. */
US_MUST_CHECK enum us_err side_schema(struct side *side, int *version, struct fault *fault);
/* Of the library that reads it: "3.40.1". */
const char *side_library(void);

#endif
