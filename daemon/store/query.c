/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Queries on a reader thread; see query.h. */
#include "store/query.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/engine.h"
#include "store/readers.h"
#include <assert.h>
#include <stdlib.h>

#define QUERY_COMPLAIN_EACH CLOCK_MINUTE

struct query {
    struct reader *reader;
    struct engine_cursor *cursor;
    enum us_err err;
    bool has_row;
};

static void query_fail(struct query *query, enum us_err err)
{
    struct reader *reader = query->reader;
    query->err = err;
    query->has_row = false;
    int64_t now = clock_monotonic();
    bool is_due = !reader->complained_at || now - reader->complained_at > QUERY_COMPLAIN_EACH;
    /* A deadline is the caller's business, and so is who wants no more. */
    if (err == US_BUSY || err == US_CANCELLED || !is_due)
        return;
    reader->complained_at = now;
    log_error("store: reading fails: %s", engine_message(reader->engine));
}

struct query *query_start(struct reader *reader, enum statement statement,
                          const struct value *values, size_t count)
{
    assert(statement < STATEMENT_COUNT && statement_table[statement].is_read);
    struct query *query = MEM_NEW(struct query);
    query->reader = reader;
    reader->open_queries++;
    enum us_err err = reader->err;
    if (!err)
        err = engine_start(reader->engine, statement, values, count, &query->cursor);
    if (err)
        query_fail(query, err);
    return query;
}

bool query_next(struct query *query)
{
    if (query->err)
        return false;
    enum us_err err = engine_step(query->cursor, &query->has_row);
    if (err)
        query_fail(query, err);
    return query->has_row;
}

static struct value query_column(struct query *query, int column)
{
    if (!query->has_row)
        return value_null();
    return engine_column(query->cursor, column);
}

bool query_is_null(struct query *query, int column)
{
    return query_column(query, column).type == VALUE_NULL;
}

int64_t query_int(struct query *query, int column)
{
    struct value value = query_column(query, column);
    return value.type == VALUE_INT ? value.number : 0;
}

const char *query_text(struct query *query, int column)
{
    struct value value = query_column(query, column);
    return value.type == VALUE_TEXT ? value.data : NULL;
}

const void *query_blob(struct query *query, int column, size_t *len)
{
    struct value value = query_column(query, column);
    bool is_data = value.type == VALUE_BLOB || value.type == VALUE_TEXT;
    *len = is_data ? value.len : 0;
    return is_data ? value.data : NULL;
}

enum us_err query_end(struct query *query)
{
    enum us_err err = query->err;
    query->reader->open_queries--;
    engine_end(query->cursor);
    free(query);
    return err;
}

void reader_refresh(struct reader *reader)
{
    readers_finish(reader);
    readers_begin(reader);
}

void reader_watch(struct reader *reader, bool (*goes_on)(void *arg), void *arg)
{
    engine_watch(reader->engine, goes_on, arg);
}

bool reader_goes_on(struct reader *reader)
{
    return engine_goes_on(reader->engine);
}
