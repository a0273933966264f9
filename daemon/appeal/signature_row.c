/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Reads rows and digests them. The digest's fields and their order are fixed by its domain: another
 * field means another domain, and migrating the rows.
 */
#include "appeal/signature_row.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

/* Columns, as the catalogue has them. */
enum column {
    COLUMN_ID,
    COLUMN_PUBLIC_ID,
    COLUMN_APPEAL,
    COLUMN_VERSION,
    COLUMN_SLUG,
    COLUMN_LANGUAGE,
    COLUMN_STATE,
    COLUMN_ORGANISATION,
    COLUMN_ORGANISATION_LATIN,
    COLUMN_KIND,
    COLUMN_COUNTRY,
    COLUMN_TOWN,
    COLUMN_AFFILIATION,
    COLUMN_MEMBERS,
    COLUMN_REPRESENTATIVE,
    COLUMN_CAPACITY,
    COLUMN_VISIBILITY,
    COLUMN_SIGNED_ON,
    COLUMN_COLLATION
};

/* The columns that are kept as text, in one block; the others are numbers or words of ours. */
static const enum column text_columns[] = {
    COLUMN_PUBLIC_ID,          COLUMN_SLUG,    COLUMN_LANGUAGE, COLUMN_ORGANISATION,
    COLUMN_ORGANISATION_LATIN, COLUMN_COUNTRY, COLUMN_TOWN,     COLUMN_AFFILIATION,
    COLUMN_REPRESENTATIVE,     COLUMN_CAPACITY};
#define TEXT_COLUMNS (sizeof text_columns / sizeof *text_columns)

/* Copies the texts into one block; texts[i] is column i's, or NULL. */
static char *keep_texts(struct query *query, const char *texts[COLUMN_COLLATION])
{
    size_t size = 1;
    for (size_t i = 0; i < TEXT_COLUMNS; i++) {
        const char *text = query_text(query, text_columns[i]);
        size += text ? strlen(text) + 1 : 0;
    }
    char *block = mem_alloc(size), *at = block;
    for (size_t i = 0; i < TEXT_COLUMNS; i++) {
        const char *text = query_text(query, text_columns[i]);
        texts[text_columns[i]] = text ? at : NULL;
        if (text)
            at = stpcpy(at, text) + 1;
    }
    return block;
}

enum us_err signature_row_read(struct query *query, struct signature_row *out)
{
    const char *texts[COLUMN_COLLATION] = {NULL};
    struct signature s = {
        .row = query_int(query, COLUMN_ID),
        .appeal = query_int(query, COLUMN_APPEAL),
        .version = query_int(query, COLUMN_VERSION),
        .has_members = !query_is_null(query, COLUMN_MEMBERS),
        .signed_on = query_int(query, COLUMN_SIGNED_ON),
    };
    if (!signature_state_from_name(query_text(query, COLUMN_STATE), &s.state) ||
        !signature_kind_from_name(query_text(query, COLUMN_KIND), &s.kind) ||
        !visibility_from_name(query_text(query, COLUMN_VISIBILITY), &s.visibility))
        return US_CORRUPT;
    if (s.has_members)
        s.members = query_int(query, COLUMN_MEMBERS);

    out->block = keep_texts(query, texts);
    s.id = texts[COLUMN_PUBLIC_ID];
    s.slug = texts[COLUMN_SLUG];
    s.language = texts[COLUMN_LANGUAGE];
    s.organisation = texts[COLUMN_ORGANISATION];
    s.organisation_latin = texts[COLUMN_ORGANISATION_LATIN];
    s.country = texts[COLUMN_COUNTRY] && *texts[COLUMN_COUNTRY] ? texts[COLUMN_COUNTRY] : NULL;
    s.town = texts[COLUMN_TOWN];
    s.affiliation = texts[COLUMN_AFFILIATION];
    s.representative = texts[COLUMN_REPRESENTATIVE];
    s.capacity = texts[COLUMN_CAPACITY];
    out->signature = s;
    const void *collation = query_blob(query, COLUMN_COLLATION, &out->collation_len);
    out->collation = mem_copy(collation, out->collation_len);
    return US_OK;
}

enum us_err signature_row_find(struct reader *reader, int64_t id, struct signature_row *out)
{
    enum us_err read = US_NOT_FOUND;
    struct query *query = query_start(reader, STATEMENT_SIGNATURE_BY_ROW, VALUES(value_int(id)));
    if (query_next(query))
        read = signature_row_read(query, out);
    enum us_err err = query_end(query);
    if (err && read == US_OK)
        signature_row_clear(out);
    return err ? err : read;
}

void signature_row_clear(struct signature_row *row)
{
    free(row->block);
    free(row->collation);
    *row = (struct signature_row){0};
}

static void digest_piece(struct digest *digest, const struct signature_blob *blob)
{
    if (blob->data)
        digest_blob(digest, blob->data, blob->len);
    else
        digest_null(digest);
}

void signature_row_digest(const struct signature_facts *facts, uint8_t out[DIGEST_SIZE])
{
    const struct signature *s = facts->signature;
    struct digest *digest = digest_new("undersign signature 1");
    digest_text(digest, s->id);
    digest_number(digest, s->appeal);
    digest_number(digest, s->version);
    digest_text(digest, s->language);
    digest_piece(digest, &facts->text_digest);
    digest_text(digest, s->organisation);
    digest_text(digest, s->organisation_latin);
    digest_text(digest, signature_kind_name(s->kind));
    digest_text(digest, s->country);
    digest_text(digest, s->town);
    digest_text(digest, s->affiliation);
    if (s->has_members)
        digest_number(digest, s->members);
    else
        digest_null(digest);
    digest_text(digest, s->representative);
    digest_text(digest, s->capacity);
    digest_text(digest, visibility_name(s->visibility));
    digest_text(digest, facts->consent);
    digest_number(digest, s->signed_on);
    digest_piece(digest, &facts->unique_hash);
    digest_piece(digest, &facts->mailbox_hash);
    digest_piece(digest, &facts->contact);
    digest_end(digest, out);
}
