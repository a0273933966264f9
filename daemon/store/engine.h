/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What the store needs of a database, and no more: one connection, its transactions, statements of
 * the catalogue, checkpoints. Behind it is SQLite (engine_sqlite.c, the only file that knows it).
 * A connection serves one thread at a time. Errors are logged by the caller, who knows whether it
 * has said so already; engine_message() has the words.
 */
#ifndef STORE_ENGINE_H
#define STORE_ENGINE_H

#include "base/err.h"
#include "base/fault.h"
#include "store/statement.h"
#include "store/value.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct engine;
struct engine_cursor;

struct engine_params {
    const char *path; /* an existing file, which may be empty */
    const char *vfs;  /* NULL: the default */
    bool is_writer;   /* the one read-write connection; others only read */
    bool is_weak;     /* commits without waiting for the disk */
    bool is_alone;    /* a writer, with no other connection to it, or US_BUSY */
};

enum engine_act {
    ENGINE_BEGIN, /* to write at once on the writer, to read on others */
    ENGINE_COMMIT,
    ENGINE_ROLLBACK,
    ENGINE_SAVEPOINT,
    ENGINE_RELEASE, /* keeps what was done since the savepoint */
    ENGINE_UNDO,    /* takes it back, and the savepoint away */
    ENGINE_ACT_COUNT
};

struct engine_identity {
    int64_t application; /* whose file it says it is; 0: nobody's */
    int64_t schema;      /* number of the last migration */
    bool is_empty;       /* nothing was ever made in it */
};

struct engine_log {
    int64_t bytes; /* in the write-ahead log */
    bool is_moved; /* all of it has been moved to the database */
};

/* US_INVALID with a fault when it cannot be opened, or is no database; US_BUSY: another process has
 * it locked. */
US_MUST_CHECK enum us_err engine_open(const struct engine_params *params, struct engine **out,
                                      struct fault *fault);
void engine_close(struct engine *engine);
US_MUST_CHECK enum us_err engine_identify(struct engine *engine, struct engine_identity *out);
/* Sets journal and durability, which changes the file: only once it is known to be ours. */
US_MUST_CHECK enum us_err engine_prepare_writing(struct engine *engine);
US_MUST_CHECK enum us_err engine_set_identity(struct engine *engine, int64_t application,
                                              int64_t schema);

US_MUST_CHECK enum us_err engine_act(struct engine *engine, enum engine_act act);
/* False too when an error has ended the transaction. */
bool engine_is_in_transaction(const struct engine *engine);
/* Any number of statements without parameters: migrations. */
US_MUST_CHECK enum us_err engine_script(struct engine *engine, const char *sql);

/* Starts a statement; there are values->parameters of them (assert). On a writer the values must
 * last until engine_end(). */
US_MUST_CHECK enum us_err engine_start(struct engine *engine, enum statement statement,
                                       const struct value *values, size_t count,
                                       struct engine_cursor **out);
/* US_DUPLICATE when a key is taken, US_INVALID for another broken constraint, US_BUSY when the
 * deadline has passed or another process has the database locked, US_FULL, US_IO, US_CORRUPT. */
US_MUST_CHECK enum us_err engine_step(struct engine_cursor *cursor, bool *has_row);
int engine_columns(const struct engine_cursor *cursor); /* 0: it returns no rows */
/* Borrowed until the next step; text and blobs are VALUE_TEXT and VALUE_BLOB with a NUL behind
 * text. */
struct value engine_column(struct engine_cursor *cursor, int column);
/* Rows that the last statement changed. */
int64_t engine_changes(const struct engine *engine);
void engine_end(struct engine_cursor *cursor); /* NULL is fine */

/* Asked some times a second while a statement runs; false: that fails with US_CANCELLED, as do all
 * after it. NULL: nobody asks any more. */
void engine_watch(struct engine *engine, bool (*goes_on)(void *arg), void *arg);
/* Asks the same between statements, as seldom. */
bool engine_goes_on(struct engine *engine);
/* Statements fail with US_BUSY once clock_monotonic() is past it; 0: never. */
void engine_set_deadline(struct engine *engine, int64_t deadline);
/* Moves what it can from the log to the database without waiting for readers; with is_truncating
 * it also empties the log's file when nobody is in the way. */
US_MUST_CHECK enum us_err engine_checkpoint(struct engine *engine, bool is_truncating,
                                            struct engine_log *out);
/* A small change that reaches the disk: does writing work again? */
US_MUST_CHECK enum us_err engine_probe(struct engine *engine);
/* After a failed fsync nobody knows what the disk holds. */
bool engine_has_lost_sync(const struct engine *engine);
/* The last error, for the log; never a value that somebody typed. */
const char *engine_message(const struct engine *engine);

#endif
