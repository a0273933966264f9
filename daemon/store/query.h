/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Reading, on a reader thread: query_start(), columns while query_next(), query_end(). Columns are
 * borrowed until the next step. One error flag holds until the end, which returns it.
 */
#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include "base/err.h"
#include "store/statement.h"
#include "store/value.h"
#include <stdbool.h>

struct reader;
struct query;

/* Never NULL: an error is kept and returned by query_end(). */
struct query *query_start(struct reader *reader, enum statement statement,
                          const struct value *values, size_t count);
bool query_next(struct query *query); /* false at the end and on an error */
bool query_is_null(struct query *query, int column);
int64_t query_int(struct query *query, int column);
/* NUL-terminated; NULL for NULL. */
const char *query_text(struct query *query, int column);
const void *query_blob(struct query *query, int column, size_t *len);
/* US_OK also when there were no rows. */
US_MUST_CHECK enum us_err query_end(struct query *query);
/* Ends the reader's transaction and begins a new one: between the pages of a long read, so that an
 * open cursor does not keep the WAL from shrinking. No query may be open. */
void reader_refresh(struct reader *reader);

/* Asked some times a second while it reads, till the end of this read; false: what is asked of it
 * then fails with US_CANCELLED. Only in store_read_wait(). */
void reader_watch(struct reader *reader, bool (*goes_on)(void *arg), void *arg);
/* False once that said so: for long work between queries. */
bool reader_goes_on(struct reader *reader);

#endif
