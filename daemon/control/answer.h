/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A command's answer while it is made. Rows are spooled, and sent only when the command has
 * succeeded: an answer is whole, or it is an error. One error flag holds until the end.
 */
#ifndef CONTROL_ANSWER_H
#define CONTROL_ANSWER_H

#include "base/config.h"
#include "base/err.h"
#include "base/fault.h"
#include "control/spool.h"
#include "proto/row.h"
#include <stdbool.h>

struct answer {
    struct spool spool;
    const struct row_schema *schema; /* of the rows that come now */
    struct answer *next;             /* sent after this one; NULL: none. Freed with it */
    enum us_err err;
    int peer;        /* where the client would cancel, or go away; -1: nobody asks */
    int out;         /* where progress and blobs go; -1: nowhere */
    int64_t told_at; /* when progress was told last, clock_monotonic() */
    size_t rows;
    bool is_kept; /* whoever cancels is told what was done: the work asks answer_wants_stop() */
};

/* The caller's, on the heap. Rows are spooled beside the database; without a configuration, where
 * every account may write. */
struct answer *answer_open(const struct config *config, int peer);
/* folder: for spooled rows. The same. */
struct answer *answer_new(const char *folder, int peer);
void answer_free(struct answer *answer); /* with all that follow */

/* Says why the rows of this one or one after it could not be held; false: they could. */
bool answer_explain(const struct answer *answer, struct fault *fault);
void answer_columns(struct answer *answer, const struct row_schema *schema);
/* values: the schema's columns. False when it is no use to go on: see err. */
US_MUST_CHECK bool answer_row(struct answer *answer, const struct row_value *values);
/* The client asked to stop, or is gone; then err is US_CANCELLED. With is_kept never. */
bool answer_is_cancelled(struct answer *answer);
/* The same, where what was done till then is to be told: err stays as it is, and the work ends its
 * answer with what it did. */
US_MUST_CHECK bool answer_wants_stop(struct answer *answer);
/* How far it is, sent at once, at most ten times a second; total 0: nobody knows. A client that
 * takes nothing holds up nobody: then it is left out. */
void answer_progress(struct answer *answer, int64_t done, int64_t total, const char *what);
/* A piece of what was asked for, sent at once; before it no row was added. US_IO, US_BUSY when the
 * client takes it no more. At most FRAME_BLOB_MOST bytes. */
US_MUST_CHECK enum us_err answer_blob(struct answer *answer, const char *name, const void *data,
                                      size_t len);
/* A row under its own column header. */
void answer_single(struct answer *answer, const struct row_schema *schema,
                   const struct row_value *values);
/* Sends this one and all that follow, then the end. */
US_MUST_CHECK enum us_err answer_send(struct answer *answer, int fd, int timeout_ms);

#endif
