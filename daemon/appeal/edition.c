/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Editions as the store holds them: their words, their rows, finding them. */
#include "appeal/edition.h"
#include "appeal/edition_walk.h"
#include "base/log.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

#define IDS_PER_READ 10000 /* in one read transaction */

#define PAGE_ROWS 32

static const char *const kind_names[] = {[EDITION_LETTER] = "letter",
                                         [EDITION_SUPPLEMENT] = "supplement",
                                         [EDITION_ACCESSION] = "accession"};
static const char *const state_names[] = {[EDITION_MADE] = "made",
                                          [EDITION_SENDING] = "sending",
                                          [EDITION_DELIVERED] = "delivered",
                                          [EDITION_FAILED] = "failed",
                                          [EDITION_HELD] = "held"};
static const char *const way_names[WAY_COUNT] = {[WAY_MAIL] = "mail",
                                                 [WAY_POST] = "post",
                                                 [WAY_REGISTERED] = "registered",
                                                 [WAY_HAND] = "hand",
                                                 [WAY_OTHER] = "other"};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

const char *edition_kind_name(enum edition_kind kind)
{
    return kind_names[kind];
}

const char *edition_state_name(enum edition_state state)
{
    return state_names[state];
}

const char *delivery_way_name(enum delivery_way way)
{
    return way_names[way];
}

static bool find_word(const char *word, const char *const *names, size_t count, int *out)
{
    for (size_t i = 0; word != NULL && i < count; i++) {
        if (strcmp(word, names[i]) == 0) {
            *out = (int)i;
            return true;
        }
    }
    return false;
}

bool delivery_way_from_name(const char *name, enum delivery_way *out)
{
    int way;

    if (!find_word(name, way_names, WAY_COUNT, &way))
        return false;
    *out = (enum delivery_way)way;
    return true;
}

void edition_clear(struct edition *edition)
{
    free(edition->addressee);
    free(edition->reference);
    free(edition->note);
    *edition = (struct edition){.row = 0};
}

/* Columns, as the catalogue has them. */
enum column {
    COLUMN_ID,
    COLUMN_APPEAL,
    COLUMN_NUMBER,
    COLUMN_VERSION,
    COLUMN_ADDRESSEE,
    COLUMN_ADDRESSEE_KIND,
    COLUMN_LANGUAGE,
    COLUMN_KIND,
    COLUMN_FORM,
    COLUMN_SUPPLEMENT_OF,
    COLUMN_STATE,
    COLUMN_NAMED,
    COLUMN_COUNTED,
    COLUMN_MEMBERS,
    COLUMN_COUNTRIES,
    COLUMN_FILE_DIGEST,
    COLUMN_HOW,
    COLUMN_REFERENCE,
    COLUMN_NOTE,
    COLUMN_MADE_AT,
    COLUMN_DELIVERED_ON
};

static bool read_addressee_kind(const char *name, enum addressee_kind *out)
{
    for (int i = KIND_GOVERNMENT; name != NULL && i <= KIND_PRESS; i++) {
        if (strcmp(name, addressee_kind_name((enum addressee_kind)i)) == 0) {
            *out = (enum addressee_kind)i;
            return true;
        }
    }
    return false;
}

static bool read_form(const char *name, enum letter_form *out)
{
    for (int i = FORM_JOINT; name != NULL && i <= FORM_INDIVIDUAL; i++) {
        if (strcmp(name, letter_form_name((enum letter_form)i)) == 0) {
            *out = (enum letter_form)i;
            return true;
        }
    }
    return false;
}

static bool read_words(struct query *query, struct edition *edition)
{
    const char *language = query_text(query, COLUMN_LANGUAGE);
    int kind, state;

    if (!find_word(query_text(query, COLUMN_KIND), kind_names, LENGTH(kind_names), &kind) ||
        !find_word(query_text(query, COLUMN_STATE), state_names, LENGTH(state_names), &state) ||
        !read_addressee_kind(query_text(query, COLUMN_ADDRESSEE_KIND), &edition->addressee_kind) ||
        !read_form(query_text(query, COLUMN_FORM), &edition->form) ||
        query_is_null(query, COLUMN_ADDRESSEE) || language == NULL ||
        strlen(language) >= sizeof(edition->language))
        return false;
    edition->kind = (enum edition_kind)kind;
    edition->state = (enum edition_state)state;
    memcpy(edition->language, language, strlen(language) + 1);
    edition->has_way = !query_is_null(query, COLUMN_HOW);
    return !edition->has_way ||
           delivery_way_from_name(query_text(query, COLUMN_HOW), &edition->way);
}

enum us_err edition_row_read(struct query *query, struct edition *out)
{
    struct edition edition = {
        .row = query_int(query, COLUMN_ID),
        .appeal = query_int(query, COLUMN_APPEAL),
        .number = query_int(query, COLUMN_NUMBER),
        .version = query_int(query, COLUMN_VERSION),
        .supplement_of = query_int(query, COLUMN_SUPPLEMENT_OF), /* NULL reads as 0 */
        .totals = {.named = query_int(query, COLUMN_NAMED),
                   .counted = query_int(query, COLUMN_COUNTED),
                   .members = query_int(query, COLUMN_MEMBERS),
                   .countries = query_int(query, COLUMN_COUNTRIES)},
        .made_at = query_int(query, COLUMN_MADE_AT),
        .has_delivery = !query_is_null(query, COLUMN_DELIVERED_ON),
        .delivered_on = query_int(query, COLUMN_DELIVERED_ON),
    };
    size_t len;
    const void *digest = query_blob(query, COLUMN_FILE_DIGEST, &len);

    if (!read_words(query, &edition) || (digest != NULL && len != sizeof(edition.file_digest))) {
        log_error("store: an edition's row is damaged");
        return US_CORRUPT;
    }
    edition.has_file = digest != NULL;
    if (digest != NULL)
        memcpy(edition.file_digest, digest, len);
    edition.addressee = mem_string(query_text(query, COLUMN_ADDRESSEE));
    edition.reference = mem_string(query_text(query, COLUMN_REFERENCE));
    edition.note = mem_string(query_text(query, COLUMN_NOTE));
    *out = edition;
    return US_OK;
}

enum us_err edition_row_find(struct reader *reader, enum statement statement,
                             const struct value *values, size_t count, struct edition *out)
{
    struct query *query = query_start(reader, statement, values, count);
    enum us_err err = US_NOT_FOUND, end;

    if (query_next(query))
        err = edition_row_read(query, out);
    end = query_end(query);
    if (end != US_OK && err == US_OK)
        edition_clear(out);
    return end != US_OK ? end : err;
}

enum us_err edition_find(struct reader *reader, int64_t appeal, int64_t number, struct edition *out)
{
    return edition_row_find(reader, STATEMENT_EDITION_BY_NUMBER,
                            VALUES(value_int(appeal), value_int(number)), out);
}

enum us_err edition_find_file(struct reader *reader, int64_t appeal,
                              const uint8_t digest[DIGEST_SIZE], struct edition *out)
{
    return edition_row_find(reader, STATEMENT_EDITION_BY_FILE,
                            VALUES(value_int(appeal), value_blob(digest, DIGEST_SIZE)), out);
}

/* A page, copied, so that no query is open while somebody looks at it. */
static enum us_err read_page(struct reader *reader, int64_t appeal, int64_t *number,
                             struct edition editions[PAGE_ROWS], size_t *count)
{
    struct query *query =
        query_start(reader, STATEMENT_EDITION_PAGE,
                    VALUES(value_int(appeal), value_int(*number), value_int(PAGE_ROWS)));
    enum us_err err = US_OK, end;

    *count = 0;
    while (err == US_OK && query_next(query)) {
        *number = query_int(query, COLUMN_NUMBER);
        err = edition_row_read(query, &editions[*count]);
        *count += err == US_OK;
    }
    end = query_end(query);
    return end != US_OK ? end : err;
}

enum us_err edition_each(struct reader *reader, int64_t appeal,
                         bool (*on_edition)(const struct edition *edition, void *arg), void *arg)
{
    struct edition editions[PAGE_ROWS];
    int64_t number = 0;
    bool goes_on = true, is_last = false;
    enum us_err err = US_OK;

    while (err == US_OK && goes_on && !is_last) {
        size_t count;

        err = read_page(reader, appeal, &number, editions, &count);
        is_last = count < PAGE_ROWS;
        for (size_t i = 0; i < count; i++) {
            goes_on = goes_on && err == US_OK && on_edition(&editions[i], arg);
            edition_clear(&editions[i]);
        }
    }
    return err;
}

enum us_err edition_read_ids(struct reader *reader, int64_t row, struct edition_ids *out)
{
    struct query *query = query_start(reader, STATEMENT_EDITION_SIGNATURES, VALUES(value_int(row)));
    struct edition_ids ids = {.count = 0};
    enum us_err err = US_NOT_FOUND, end;

    if (query_next(query)) {
        size_t len;
        const void *data = query_blob(query, 0, &len);
        err = edition_ids_read(&ids, data, len);
    }
    end = query_end(query);
    if (end != US_OK || err != US_OK) {
        edition_ids_clear(&ids);
        return end != US_OK ? end : err;
    }
    edition_ids_sort(&ids);
    *out = ids;
    return US_OK;
}

static enum us_err read_is_listed(struct reader *reader, int64_t row, bool *is_listed)
{
    struct query *query = query_start(reader, STATEMENT_SIGNATURE_STATE, VALUES(value_int(row)));
    const char *state = query_next(query) ? query_text(query, 0) : NULL;

    *is_listed = state != NULL && strcmp(state, signature_state_name(SIGNATURE_LISTED)) == 0;
    return query_end(query);
}

enum us_err edition_count_gone(struct reader *reader, const struct edition_ids *ids, int64_t *gone)
{
    int64_t count = 0;

    for (size_t i = 0; i < ids->count; i++) {
        bool is_listed;
        enum us_err err = read_is_listed(reader, ids->ids[i], &is_listed);

        if (err != US_OK)
            return err;
        count += !is_listed;
        if (i % IDS_PER_READ == IDS_PER_READ - 1)
            reader_refresh(reader);
    }
    *gone = count;
    return US_OK;
}

enum us_err edition_read_sent(struct reader *reader, const struct edition_sent *sent,
                              struct edition_ids *out)
{
    struct query *query = query_start(
        reader, STATEMENT_EDITION_SENT,
        VALUES(value_int(sent->appeal), value_int(sent->version), value_text(sent->addressee)));
    struct edition_ids ids = {.count = 0};
    enum us_err err = US_OK, end;

    while (err == US_OK && query_next(query)) {
        size_t len;
        const void *data = query_blob(query, 2, &len);
        err = edition_ids_read(&ids, data, len);
        edition_ids_sort(&ids); /* so that what many editions share is held once */
    }
    end = query_end(query);
    if (end != US_OK || err != US_OK) {
        edition_ids_clear(&ids);
        return end != US_OK ? end : err;
    }
    *out = ids;
    return US_OK;
}
