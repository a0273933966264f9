/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Acts on many signatures that ran since the backup was made. People call them by their numbers,
 * in their notes too: one that was given is never another act's. What an act did and still stands
 * was done again to the signatures just before, so the act can be undone as before.
 */
#include "appeal/backup_carry_parts.h"
#include "base/mem.h"
#include <stdlib.h>

#define ACT_COLUMNS 11

static struct value read_text(struct query *query, int column)
{
    return query_is_null(query, column) ? value_null() : value_text(query_text(query, column));
}

static struct value read_int(struct query *query, int column)
{
    return query_is_null(query, column) ? value_null() : value_int(query_int(query, column));
}

/* *number: the one before; then its own. */
static enum us_err read_act(struct reader *old, int64_t *number, struct job *job)
{
    static const bool is_text[ACT_COLUMNS] = {
        [2] = true, [3] = true, [5] = true, [6] = true, [7] = true};
    struct query *query = query_start(old, STATEMENT_SINCE_ACTS, VALUES(value_int(*number)));
    struct value values[ACT_COLUMNS];

    if (query_next(query)) {
        *number = query_int(query, 0);
        for (int i = 0; i < ACT_COLUMNS; i++)
            values[i] = is_text[i] ? read_text(query, i) : read_int(query, i);
        (void)job_add(job, STATEMENT_SINCE_ACT_TAKE, values, ACT_COLUMNS);
    }
    return query_end(query);
}

static enum us_err read_signatures(struct reader *old, int64_t act, int64_t *after, struct job *job)
{
    struct query *query =
        query_start(old, STATEMENT_SINCE_ACT_SIGNATURES,
                    VALUES(value_int(act), value_int(*after), value_int(BACKUP_CARRY_ROWS)));

    while (query_next(query)) {
        *after = query_int(query, 0);
        (void)job_add(job, STATEMENT_SINCE_ACT_SIGNATURE_TAKE,
                      VALUES(value_int(act), value_int(*after), read_text(query, 1),
                             read_text(query, 2), read_int(query, 3)));
    }
    return query_end(query);
}

static enum us_err carry_signatures(struct reader *old, struct store *restored, int64_t act,
                                    enum us_err *read)
{
    int64_t after = INT64_MIN;
    bool is_last = false;
    enum us_err err = US_OK;

    while (err == US_OK && *read == US_OK && !is_last) {
        struct job *job = job_new();
        *read = read_signatures(old, act, &after, job);
        is_last = job_count(job) < BACKUP_CARRY_ROWS;
        if (job_count(job) > 0)
            err = store_run(restored, job);
        job_free(job);
    }
    return err;
}

struct last {
    int64_t number;
    enum us_err err;
};

static void read_last(struct reader *reader, void *arg)
{
    struct last *last = arg;
    struct query *query = query_start(reader, STATEMENT_SINCE_ACT_LAST, VALUES_NONE);

    if (query_next(query))
        last->number = query_int(query, 0);
    last->err = query_end(query);
}

enum us_err backup_carry_acts(struct reader *old, struct store *restored, int64_t *carried,
                              enum us_err *read)
{
    struct last last = {.number = 0};
    bool is_over = false;
    enum us_err err = store_read_wait(restored, read_last, &last);

    if (err == US_OK)
        err = last.err;
    while (err == US_OK && *read == US_OK && !is_over) {
        struct job *job = job_new();
        *read = read_act(old, &last.number, job);
        is_over = job_count(job) == 0;
        if (!is_over)
            err = store_run(restored, job);
        if (err == US_OK && !is_over) {
            *carried += 1;
            err = carry_signatures(old, restored, last.number, read);
        }
        job_free(job);
    }
    return err;
}
