/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Pages by keyset: a page begins behind a key, so who comes or goes meanwhile makes nobody be left
 * out or shown twice. The page before is found by walking back from where this one begins. What a
 * page costs depends on its length alone.
 */
#include "appeal/listing_page.h"
#include "appeal/listing_write.h"
#include "appeal/signature_row.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

#define PAGE_MOST 1001

int listing_key_compare(const struct listing_key *a, const struct listing_key *b)
{
    int order = strcmp(a->term, b->term);
    if (order != 0)
        return order;
    size_t len = a->len < b->len ? a->len : b->len;
    order = memcmp(a->collation, b->collation, len);
    if (order != 0)
        return order;
    if (a->len != b->len)
        return a->len < b->len ? -1 : 1;
    return (a->signature > b->signature) - (a->signature < b->signature);
}

void listing_key_read(struct query *query, struct listing_key *out)
{
    size_t len;
    const char *term = query_text(query, 0);
    out->term[0] = '\0';
    if (term && strlen(term) < sizeof out->term)
        memcpy(out->term, term, strlen(term) + 1);
    const void *collation = query_blob(query, 1, &len);
    out->len = len < sizeof out->collation ? len : sizeof out->collation;
    if (out->len > 0)
        memcpy(out->collation, collation, out->len);
    out->signature = query_int(query, 2);
}

enum us_err listing_find_key(struct reader *reader, const struct listing_filter *filter,
                             const char *public_id, struct listing_key *out)
{
    struct query *query =
        filter->kind == LISTING_ALL
            ? query_start(reader, STATEMENT_LISTING_AFTER_ALL,
                          VALUES(value_int(filter->appeal), value_int(filter->version),
                                 value_text(public_id)))
            : query_start(reader, STATEMENT_LISTING_AFTER,
                          VALUES(value_int(filter->appeal), value_int(filter->version),
                                 value_text(listing_kind_name(filter->kind)),
                                 value_text(filter->term), value_text(public_id)));
    bool is_found = query_next(query);
    if (is_found)
        listing_key_read(query, out);
    enum us_err err = query_end(query);
    return err == US_OK && !is_found ? US_NOT_FOUND : err;
}

enum us_err listing_give(struct reader *reader, int64_t row, signature_callback *on_signature,
                         void *arg, bool *goes_on)
{
    struct signature_row found;
    enum us_err err = signature_row_find(reader, row, &found);
    *goes_on = true;
    if (err == US_NOT_FOUND || err == US_CORRUPT)
        return US_OK; /* the check tells of it; the page goes on */
    if (err != US_OK)
        return err;
    struct signature seen;
    if (found.signature.state == SIGNATURE_LISTED &&
        signature_show(&found.signature, AUDIENCE_PUBLIC, &seen) != SHOWN_COUNTED)
        *goes_on = on_signature(&seen, arg);
    signature_row_clear(&found);
    return US_OK;
}

static bool on_id(const struct signature *signature, void *arg)
{
    strncpy(arg, signature->id, LISTING_ID_SIZE - 1);
    return true;
}

enum us_err listing_find_id(struct reader *reader, int64_t row, char out[LISTING_ID_SIZE])
{
    bool goes_on;
    memset(out, 0, LISTING_ID_SIZE);
    return listing_give(reader, row, on_id, out, &goes_on);
}

/* The rows behind a key, or before it, the nearest first. */
static struct query *start(struct reader *reader, const struct listing_filter *filter,
                           const struct listing_key *key, bool is_back, size_t most)
{
    const struct value appeal = value_int(filter->appeal), version = value_int(filter->version),
                       collation = value_blob(key->collation, key->len),
                       signature = value_int(key->signature), limit = value_int((int64_t)most);
    if (filter->kind == LISTING_ALL)
        return query_start(
            reader, is_back ? STATEMENT_LISTING_PAGE_ALL_BACK : STATEMENT_LISTING_PAGE_ALL,
            VALUES(appeal, version, value_text(key->term), collation, signature, limit));
    return query_start(reader, is_back ? STATEMENT_LISTING_PAGE_BACK : STATEMENT_LISTING_PAGE,
                       VALUES(appeal, version, value_text(listing_kind_name(filter->kind)),
                              value_text(filter->term), collation, signature, limit));
}

static enum us_err read_rows(struct query *query, int64_t *rows, size_t most, size_t *count)
{
    *count = 0;
    while (*count < most && query_next(query))
        rows[(*count)++] = query_int(query, 2);
    return query_end(query);
}

/* The page before begins behind the row that stands one page before this one's first. */
static enum us_err find_previous(struct reader *reader, const struct listing_filter *filter,
                                 const struct listing_key *after, size_t most, int64_t *rows,
                                 struct listing_turn *turn)
{
    size_t count;
    turn->has_previous = true; /* `after` itself stands on it */
    enum us_err err = read_rows(start(reader, filter, after, true, most), rows, most, &count);
    if (err == US_OK && count == most)
        err = listing_find_id(reader, rows[most - 1], turn->previous);
    return err;
}

static enum us_err give_rows(struct reader *reader, const int64_t *rows, size_t count,
                             signature_callback *on_signature, void *arg)
{
    bool goes_on = true;
    for (size_t i = 0; goes_on && i < count; i++) {
        enum us_err err = listing_give(reader, rows[i], on_signature, arg, &goes_on);
        if (err != US_OK)
            return err;
    }
    return US_OK;
}

enum us_err listing_page(struct reader *reader, const struct listing_filter *filter,
                         const char *after, size_t most, signature_callback *on_signature,
                         void *arg, struct listing_turn *turn)
{
    struct listing_key key = {.signature = INT64_MIN};
    enum us_err err = US_OK;
    *turn = (struct listing_turn){0};
    if (most == 0 || most >= PAGE_MOST)
        return US_INVALID;
    if (after)
        err = listing_find_key(reader, filter, after, &key);
    if (err != US_OK)
        return err;
    int64_t *rows = mem_resize(NULL, most + 1, sizeof *rows);
    size_t count;
    err = after ? find_previous(reader, filter, &key, most, rows, turn) : US_OK;
    if (err == US_OK)
        err = read_rows(start(reader, filter, &key, false, most + 1), rows, most + 1, &count);
    if (err == US_OK && count > most) {
        count = most;
        turn->has_next = true;
        err = listing_find_id(reader, rows[most - 1], turn->next);
    }
    if (err == US_OK)
        err = give_rows(reader, rows, count, on_signature, arg);
    free(rows);
    return err;
}
