/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "appeal/audit_log.h"
#include "base/clock.h"
#include "store/query.h"
#include <string.h>

enum us_err audit_log_end(struct reader *reader, int64_t *out)
{
    struct query *query = query_start(reader, STATEMENT_AUDIT_LAST_SEQ, NULL, 0);
    int64_t seq = query_next(query) ? query_int(query, 0) : 0;
    enum us_err err = query_end(query);

    if (err == US_OK)
        *out = seq;
    return err;
}

static const uint8_t *read_bytes(struct query *query, int column, size_t size)
{
    size_t len = 0;
    const uint8_t *bytes = query_blob(query, column, &len);

    return len == size ? bytes : NULL;
}

static enum us_err give(struct query *query, audit_log_function *on_entry, void *arg)
{
    while (query_next(query)) {
        const struct audit_log_entry entry = {
            .seq = query_int(query, 0),
            .at = query_int(query, 1),
            .act = query_text(query, 2),
            .commitment = read_bytes(query, 3, DIGEST_SIZE),
            .digest = read_bytes(query, 4, DIGEST_SIZE),
            .salt = read_bytes(query, 5, AUDIT_SALT_SIZE),
            .actor = query_text(query, 6),
            .subject = query_text(query, 7),
            .reason = query_text(query, 8),
            .is_erased = query_is_null(query, 9) && !query_is_null(query, 10),
            .reason_salt = read_bytes(query, 9, AUDIT_SALT_SIZE),
            .reason_digest = read_bytes(query, 10, DIGEST_SIZE),
        };
        if (!on_entry(&entry, arg))
            break;
    }
    return query_end(query);
}

enum us_err audit_log_read(struct reader *reader, const struct audit_log_filter *filter,
                           int64_t after, int64_t end, audit_log_function *on_entry, void *arg)
{
    int64_t last = end - after > AUDIT_LOG_RANGE ? after + AUDIT_LOG_RANGE : end;
    struct query *query =
        query_start(reader, STATEMENT_AUDIT_RANGE,
                    VALUES(value_int(after), value_int(last), value_int(filter->since),
                           value_text(filter->subject != NULL ? filter->subject : "")));

    return give(query, on_entry, arg);
}

enum us_err audit_log_day(struct reader *reader, int64_t after, int64_t end, int64_t *last)
{
    struct query *query =
        query_start(reader, STATEMENT_AUDIT_DAY_BEGIN, VALUES(value_int(after), value_int(end)));
    int64_t begin = query_next(query) ? query_int(query, 0) / CLOCK_DAY * CLOCK_DAY : 0;
    int64_t next = end + 1;
    enum us_err err = query_end(query);

    if (err != US_OK)
        return err;
    query = query_start(
        reader, STATEMENT_AUDIT_DAY_END,
        VALUES(value_int(after), value_int(end), value_int(begin), value_int(begin + CLOCK_DAY)));
    if (query_next(query))
        next = query_int(query, 0);
    err = query_end(query);
    if (err == US_OK)
        *last = next - 1;
    return err;
}

enum us_err audit_log_count_day(struct reader *reader, const struct audit_log_filter *filter,
                                int64_t after, int64_t last, int64_t *out)
{
    struct query *query =
        query_start(reader, STATEMENT_AUDIT_DAY_COUNT,
                    VALUES(value_int(after), value_int(last), value_int(filter->since),
                           value_text(filter->subject != NULL ? filter->subject : "")));
    int64_t count = query_next(query) ? query_int(query, 0) : 0;
    enum us_err err = query_end(query);

    if (err == US_OK)
        *out = count;
    return err;
}

enum us_err audit_log_read_day(struct reader *reader, const struct audit_log_filter *filter,
                               const struct audit_log_part *part, audit_log_function *on_entry,
                               void *arg)
{
    struct query *query =
        query_start(reader, STATEMENT_AUDIT_DAY_READ,
                    VALUES(value_int(part->after), value_int(part->last), value_int(filter->since),
                           value_text(filter->subject != NULL ? filter->subject : ""),
                           value_int(CLOCK_DAY), value_int(INT64_MAX), value_int(part->skip)));

    return give(query, on_entry, arg);
}

enum us_err audit_log_seek(struct reader *reader, const struct audit_log_filter *filter,
                           int64_t *before, int64_t *wanted)
{
    int64_t from = *before > AUDIT_LOG_RANGE ? *before - AUDIT_LOG_RANGE : 0;
    int64_t missing = *wanted, oldest = 0;
    struct query *query = query_start(
        reader, STATEMENT_AUDIT_SEEK,
        VALUES(value_int(from), value_int(*before), value_int(filter->since),
               value_text(filter->subject != NULL ? filter->subject : ""), value_int(missing)));
    enum us_err err;

    while (query_next(query)) {
        oldest = query_int(query, 0);
        missing--;
    }
    err = query_end(query);
    if (err != US_OK)
        return err;
    *before = missing == 0 ? oldest - 1 : from;
    *wanted = missing;
    return US_OK;
}

enum us_err audit_log_digest(struct reader *reader, int64_t seq, uint8_t out[DIGEST_SIZE])
{
    struct query *query = query_start(reader, STATEMENT_AUDIT_DIGEST, VALUES(value_int(seq)));
    const uint8_t *bytes = query_next(query) ? read_bytes(query, 0, DIGEST_SIZE) : NULL;
    enum us_err err;

    if (bytes != NULL)
        memcpy(out, bytes, DIGEST_SIZE);
    err = query_end(query);
    return err == US_OK && bytes == NULL ? US_NOT_FOUND : err;
}
