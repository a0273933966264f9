/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "appeal/backup_hold.h"
#include "appeal/edition.h"
#include "base/log.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

#define ROWS 200
#define EDITION_COLUMNS 22
#define SAID "stopped by the restore of a backup: it may have left before"

/* ---- what waited ---- */

void backup_hold_add(struct job *job)
{
    (void)job_add(job, STATEMENT_HOLD_EDITIONS, VALUES_NONE);
    (void)job_add(job, STATEMENT_HOLD_LETTERS, VALUES_NONE);
    (void)job_add(job, STATEMENT_HOLD_MAILS, VALUES(value_text(SAID)));
}

/* ---- letters ---- */

enum column {
    COLUMN_ID,
    COLUMN_ADDRESSEE = 4,
    COLUMN_ADDRESSEE_KIND,
    COLUMN_LANGUAGE,
    COLUMN_KIND,
    COLUMN_FORM,
    COLUMN_STATE = 10,
    COLUMN_SIGNATURES,
    COLUMN_FILE_DIGEST = 16,
    COLUMN_HOW,
    COLUMN_REFERENCE,
    COLUMN_NOTE,
    COLUMN_DELIVERED_ON = 21,
};

static struct value read_blob(struct query *query, int column)
{
    size_t len;
    const void *data = query_blob(query, column, &len);

    return value_blob(data, len);
}

static struct value read_column(struct query *query, int column)
{
    if (query_is_null(query, column))
        return value_null();
    switch (column) {
    case COLUMN_ADDRESSEE:
    case COLUMN_ADDRESSEE_KIND:
    case COLUMN_LANGUAGE:
    case COLUMN_KIND:
    case COLUMN_FORM:
    case COLUMN_STATE:
    case COLUMN_HOW:
    case COLUMN_REFERENCE:
    case COLUMN_NOTE:
        return value_text(query_text(query, column));
    case COLUMN_SIGNATURES:
    case COLUMN_FILE_DIGEST:
        return read_blob(query, column);
    default:
        return value_int(query_int(query, column));
    }
}

/* One on its way in the database that is replaced is one of which nobody knows. Gives whether it
 * was delivered. */
static bool add_letter(struct query *query, struct job *job)
{
    const char *delivered = edition_state_name(EDITION_DELIVERED);
    struct value values[EDITION_COLUMNS];
    bool is_delivered;

    for (int i = 0; i < EDITION_COLUMNS; i++)
        values[i] = read_column(query, i);
    is_delivered = values[COLUMN_STATE].type == VALUE_TEXT &&
                   strcmp(values[COLUMN_STATE].data, delivered) == 0;
    if (!is_delivered)
        values[COLUMN_STATE] = value_text(edition_state_name(EDITION_HELD));
    (void)job_add(job, STATEMENT_HOLD_KNOW,
                  VALUES(values[COLUMN_ID], values[COLUMN_STATE], values[COLUMN_FILE_DIGEST],
                         values[COLUMN_HOW], values[COLUMN_REFERENCE], values[COLUMN_NOTE],
                         values[COLUMN_DELIVERED_ON]));
    (void)job_add(job, STATEMENT_HOLD_TAKE, values, EDITION_COLUMNS);
    return is_delivered;
}

struct letters {
    int64_t after; /* the last one that was read */
    bool is_last, is_delivered;
};

/* One at a time: each holds the ids of all its signatures. */
static enum us_err read_letter(struct reader *reader, struct letters *letters, struct job *job)
{
    struct query *query =
        query_start(reader, STATEMENT_HOLD_LEFT, VALUES(value_int(letters->after)));

    letters->is_last = !query_next(query);
    if (!letters->is_last) {
        letters->after = query_int(query, COLUMN_ID);
        letters->is_delivered = add_letter(query, job);
    }
    return query_end(query);
}

static enum us_err carry_letters(struct reader *reader, struct store *restored, int64_t *count,
                                 enum us_err *read)
{
    struct letters letters = {.after = INT64_MIN};
    enum us_err err = US_OK;

    while (err == US_OK && *read == US_OK && !letters.is_last) {
        struct job *job = job_new();
        *read = read_letter(reader, &letters, job);
        if (*read == US_OK && !letters.is_last) {
            err = store_run(restored, job);
            if (err == US_OK && letters.is_delivered)
                *count += job_rows(job, 0) + job_rows(job, 1) > 0;
        }
        job_free(job);
    }
    return err;
}

/* ---- news ---- */

struct mailed {
    int64_t appeal, number, signature;
};

static enum us_err read_mailed(struct reader *reader, struct mailed *after, struct job *job)
{
    struct query *query = query_start(reader, STATEMENT_HOLD_NEWS,
                                      VALUES(value_int(after->appeal), value_int(after->number),
                                             value_int(after->signature), value_int(ROWS)));

    while (job_count(job) < ROWS && query_next(query)) {
        *after = (struct mailed){query_int(query, 0), query_int(query, 1), query_int(query, 2)};
        (void)job_add(job, STATEMENT_HOLD_NEWS_TAKE,
                      VALUES(value_int(after->appeal), value_int(after->number),
                             value_int(after->signature), value_int(query_int(query, 3))));
    }
    return query_end(query);
}

static enum us_err carry_news(struct reader *reader, struct store *restored, enum us_err *read)
{
    struct mailed after = {INT64_MIN, INT64_MIN, INT64_MIN};
    bool is_last = false;
    enum us_err err = US_OK;

    while (err == US_OK && *read == US_OK && !is_last) {
        struct job *job = job_new();
        *read = read_mailed(reader, &after, job);
        is_last = job_count(job) < ROWS;
        if (job_count(job) > 0)
            err = store_run(restored, job);
        job_free(job);
    }
    return err;
}

enum us_err backup_hold_carry(struct side *old, struct store *restored, int64_t *letters,
                              bool *is_whole)
{
    struct reader *reader = side_begin(old);
    enum us_err read = US_OK, err;

    *letters = 0;
    err = carry_letters(reader, restored, letters, &read);
    if (err == US_OK && read == US_OK)
        err = carry_news(reader, restored, &read);
    side_end(old);
    if (read != US_OK) {
        log_warning("backup: what left since cannot be read to its end (%s)", err_name(read));
        *is_whole = false;
    }
    return err;
}

/* ---- what is held ---- */

void backup_held_clear(struct backup_held_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->rows[i].slug);
        free(list->rows[i].addressee);
    }
    free(list->rows);
    *list = (struct backup_held_list){.count = 0};
}

enum us_err backup_held_read(struct reader *reader, struct backup_held_list *out)
{
    struct query *query = query_start(reader, STATEMENT_HOLD_LIST, VALUES_NONE);
    struct backup_held_list list = {.count = 0};
    enum us_err err;

    while (query_next(query)) {
        const char *slug = query_text(query, 0), *addressee = query_text(query, 2);
        list.rows = mem_resize(list.rows, list.count + 1, sizeof(*list.rows));
        list.rows[list.count++] = (struct backup_held){
            .slug = mem_string(slug != NULL ? slug : ""),
            .addressee = mem_string(addressee != NULL ? addressee : ""),
            .number = query_int(query, 1),
        };
    }
    err = query_end(query);
    if (err == US_OK)
        *out = list;
    else
        backup_held_clear(&list);
    return err;
}

struct finding {
    struct backup_held_list list;
    int64_t mails;
    enum us_err err;
};

static enum us_err count_mails(struct reader *reader, int64_t *out)
{
    struct query *query = query_start(reader, STATEMENT_HOLD_MAILS_LEFT, VALUES(value_text(SAID)));

    if (query_next(query))
        *out = query_int(query, 0);
    return query_end(query);
}

static void read_held(struct reader *reader, void *arg)
{
    struct finding *finding = arg;

    finding->err = count_mails(reader, &finding->mails);
    if (finding->err == US_OK)
        finding->err = backup_held_read(reader, &finding->list);
}

enum us_err backup_held_find(struct store *restored, struct backup_held_list *out, int64_t *mails)
{
    struct finding finding = {.err = US_IO};
    enum us_err err = store_read_wait(restored, read_held, &finding);

    if (err == US_OK)
        err = finding.err;
    if (err != US_OK)
        return err;
    *out = finding.list;
    *mails = finding.mails;
    return US_OK;
}
