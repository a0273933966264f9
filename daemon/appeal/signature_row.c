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

/* The columns that are kept, in one block; the others are numbers or words of ours. */
static const enum column kept_columns[] = {
    COLUMN_PUBLIC_ID,          COLUMN_SLUG,     COLUMN_LANGUAGE, COLUMN_ORGANISATION,
    COLUMN_ORGANISATION_LATIN, COLUMN_COUNTRY,  COLUMN_TOWN,     COLUMN_AFFILIATION,
    COLUMN_REPRESENTATIVE,     COLUMN_CAPACITY, COLUMN_COLLATION};
#define KEPT_COLUMNS (sizeof kept_columns / sizeof *kept_columns)

/* Copies them, each with a NUL behind it; kept[i] is column i's, or NULL. Lists have a million
 * rows, so each column is asked for once. */
static char *keep_columns(struct query *query, const char *kept[COLUMN_COLLATION + 1],
                          size_t *collation_len)
{
    const void *found[KEPT_COLUMNS];
    size_t lens[KEPT_COLUMNS], size = 1;
    for (size_t i = 0; i < KEPT_COLUMNS; i++) {
        found[i] = query_blob(query, kept_columns[i], &lens[i]);
        size += lens[i] + 1;
    }
    char *block = mem_alloc(size), *at = block;
    for (size_t i = 0; i < KEPT_COLUMNS; i++) {
        kept[kept_columns[i]] = found[i] ? at : NULL;
        if (found[i])
            memcpy(at, found[i], lens[i]);
        at += lens[i];
        *at++ = '\0';
    }
    *collation_len = lens[KEPT_COLUMNS - 1];
    return block;
}

enum us_err signature_row_read(struct query *query, struct signature_row *out)
{
    const char *texts[COLUMN_COLLATION + 1] = {NULL};
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

    out->block = keep_columns(query, texts, &out->collation_len);
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
    out->collation = (const uint8_t *)texts[COLUMN_COLLATION];
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
    *row = (struct signature_row){0};
}

static struct signature_blob blob_of(struct query *query, int column)
{
    struct signature_blob blob = {0};
    blob.data = query_blob(query, column, &blob.len);
    return blob;
}

struct signature_facts signature_row_facts(struct query *query, const struct signature *signature)
{
    return (struct signature_facts){
        .signature = signature,
        .consent = query_text(query, SIGNATURE_COLUMN_CONSENT),
        .text_digest = blob_of(query, SIGNATURE_COLUMN_TEXT_DIGEST),
        .unique_hash = blob_of(query, SIGNATURE_COLUMN_UNIQUE_HASH),
        .mailbox_hash = blob_of(query, SIGNATURE_COLUMN_MAILBOX_HASH),
        .contact = blob_of(query, SIGNATURE_COLUMN_CONTACT),
        .ilo = blob_of(query, SIGNATURE_COLUMN_ILO),
    };
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
    struct digest *digest = digest_new("undersign signature 2");
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
    digest_piece(digest, &facts->ilo);
    digest_end(digest, out);
}
