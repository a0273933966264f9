/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What can be done with a database file as a whole; engine.h is about what stands in it. */
#ifndef STORE_ENGINE_FILE_H
#define STORE_ENGINE_FILE_H

#include "crypto/digest.h"
#include "store/engine.h"

struct engine_sizes {
    int64_t page_size, pages, free_pages; /* pages: free ones too */
};

/* As engine_open(), read-only, of a file that has no name and that nobody writes: fd stays the
 * caller's, and open. One thread at a time opens so. */
US_MUST_CHECK enum us_err engine_open_held(int fd, struct engine **out, struct fault *fault);
US_MUST_CHECK enum us_err engine_sizes(struct engine *engine, struct engine_sizes *out);
/* Of the library: "3.40.1". */
const char *engine_library(void);
/* Writes what one read transaction sees to a file (existing, empty), compact and without what was
 * deleted; not in a transaction. US_FULL, US_IO, US_CANCELLED: the file is then of no use. */
US_MUST_CHECK enum us_err engine_copy(struct engine *engine, const char *path);
/* Writes the whole database anew into its log; on the writer, not in a transaction. Needs room for
 * it twice, beside SQLITE_TMPDIR's. */
US_MUST_CHECK enum us_err engine_vacuum(struct engine *engine);
/* Looks through the whole file; tells each damage, at most a hundred. */
US_MUST_CHECK enum us_err
engine_integrity(struct engine *engine, void (*on_damage)(const char *what, void *arg), void *arg);
/* Each table of ours by name, with its rows. */
US_MUST_CHECK enum us_err engine_tables(struct engine *engine,
                                        void (*on_table)(const char *name, int64_t rows, void *arg),
                                        void *arg);
/* Over all that the schema consists of, tables, indexes and whatever else is in it. */
US_MUST_CHECK enum us_err engine_shape(struct engine *engine, uint8_t out[DIGEST_SIZE]);

#endif
