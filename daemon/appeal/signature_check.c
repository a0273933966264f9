/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Whether the store still says what was signed: every row's digest over its canonical fields, what
 * is derived from its name, and every counter against the rows. The counters are compared in one
 * statement, so that a signature coming in meanwhile is no difference.
 */
#include "appeal/signature_check.h"
#include "appeal/listing_write.h"
#include "appeal/signature_row.h"
#include "appeal/signature_words.h"
#include "appeal/site.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

#define CHECK_PAGE 500

struct check {
    struct signature_check_params params;
    struct signature_checked found;
    enum us_err err;
};

static void tell(struct check *check, char *what)
{
    check->found.holds = false;
    if (check->params.on_difference)
        check->params.on_difference(what, check->params.arg);
    free(what);
}

static bool is_digest_right(struct query *query, const struct signature *signature)
{
    struct signature_facts facts = signature_row_facts(query, signature);
    uint8_t digest[DIGEST_SIZE];
    size_t len;
    const void *kept = query_blob(query, SIGNATURE_COLUMN_DIGEST, &len);
    signature_row_digest(&facts, digest);
    return len == DIGEST_SIZE && memcmp(kept, digest, DIGEST_SIZE) == 0;
}

/* Order and search words follow from the name, and from the version of ICU. */
static bool are_words_right(struct query *query, const struct signature_row *row)
{
    struct signature_words words;
    const char *search = query_text(query, SIGNATURE_COLUMN_SEARCH);
    signature_words_make(row->signature.organisation, row->signature.organisation_latin, &words);
    bool is_right = search && strcmp(search, words.search) == 0 &&
                    row->collation_len == words.collation_len &&
                    memcmp(row->collation, words.collation, words.collation_len) == 0;
    signature_words_clear(&words);
    return is_right;
}

/* A row that says "listed" and may be seen by everybody is on every list it belongs to. */
static enum us_err check_lists(struct check *check, struct reader *reader,
                               const struct signature *signature)
{
    bool holds = true;
    enum us_err err = US_OK;
    if (signature->state == SIGNATURE_LISTED && listing_is_named(signature))
        err = listing_check_row(reader, signature, &holds);
    if (err == US_OK && !holds)
        tell(check, mem_format("signature %s: it is missing on a public list", signature->id));
    return err;
}

static enum us_err check_row(struct check *check, struct reader *reader, struct query *query)
{
    struct signature_row row;
    check->found.rows++;
    if (signature_row_read(query, &row) || !row.signature.organisation || !row.signature.id) {
        const char *id = query_text(query, 1);
        tell(check, mem_format("signature %s: a word in its row is damaged", id ? id : "?"));
        return US_OK;
    }
    if (!is_digest_right(query, &row.signature))
        tell(check, mem_format("signature %s: its row is not what was signed", row.signature.id));
    else if (!are_words_right(query, &row))
        check->found.words++;
    enum us_err err = check_lists(check, reader, &row.signature);
    signature_row_clear(&row);
    return err;
}

static enum us_err check_rows(struct check *check, struct reader *reader)
{
    int64_t place = INT64_MIN;
    bool is_last = false;
    while (!is_last) {
        size_t seen = 0;
        enum us_err failed = US_OK;
        struct query *query = query_start(reader, STATEMENT_SIGNATURE_CHECK_PAGE,
                                          VALUES(value_int(place), value_int(CHECK_PAGE)));
        for (; !failed && query_next(query); seen++) {
            place = query_int(query, 0);
            failed = check_row(check, reader, query);
        }
        enum us_err err = query_end(query);
        if (err || failed)
            return err ? err : failed;
        is_last = seen < CHECK_PAGE;
        if (check->params.on_progress &&
            !check->params.on_progress(check->found.rows, check->params.arg))
            return US_CANCELLED;
        reader_refresh(reader);
    }
    return US_OK;
}

static enum us_err check_counters(struct check *check, struct reader *reader)
{
    struct query *query = query_start(reader, STATEMENT_COUNTER_DIFFERENCES, VALUES_NONE);
    while (query_next(query)) {
        const char *slug = query_text(query, 0), *state = query_text(query, 2),
                   *country = query_text(query, 3);
        tell(check, mem_format("counter of %s, version %lld, %s, %s: off by %lld signatures, "
                               "%lld members",
                               slug ? slug : "an unknown appeal", (long long)query_int(query, 1),
                               state ? state : "?", country && *country ? country : "no country",
                               (long long)query_int(query, 4), (long long)query_int(query, 5)));
    }
    return query_end(query);
}

static void on_listing(char *what, void *arg)
{
    tell(arg, what);
}

enum us_err signature_check_rows(struct reader *reader, const struct signature_check_params *params,
                                 struct signature_checked *out)
{
    struct check check = {.params = *params, .found = {.holds = true}};
    enum us_err err = check_rows(&check, reader);
    if (!err)
        err = check_counters(&check, reader);
    if (!err)
        err = listing_check(reader, on_listing, &check);
    if (!err)
        *out = check.found;
    return err;
}

static void check_work(struct reader *reader, void *arg)
{
    struct check *check = arg;
    check->err = signature_check_rows(reader, &check->params, &check->found);
    if (!check->err && check->found.words)
        tell(check, mem_format("%lld signatures: order or search words are not those of this ICU",
                               (long long)check->found.words));
}

enum us_err signature_check(struct site *site, void (*on_difference)(const char *what, void *arg),
                            void *arg, int64_t *rows, bool *holds)
{
    struct check check = {.params = {.on_difference = on_difference, .arg = arg}};
    enum us_err err = store_read_wait(site_store(site), check_work, &check);
    if (!err)
        err = check.err;
    if (err)
        return err;
    *rows = check.found.rows;
    *holds = check.found.holds;
    return US_OK;
}
