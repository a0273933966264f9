/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "appeal/signatory_row.h"
#include "appeal/pack.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

static void keep_blob(struct signature_blob *blob, uint8_t **kept)
{
    if (!blob->data)
        return;
    *kept = mem_copy(blob->data, blob->len);
    blob->data = *kept;
}

/* The row that the query stands on. */
static enum us_err read_row(struct query *query, struct signatory_row *out)
{
    size_t len;
    const void *data;
    *out = (struct signatory_row){.consent = NULL};
    enum us_err err = signature_row_read(query, &out->row);
    if (err)
        return err;
    out->facts = signature_row_facts(query, &out->row.signature);
    struct signature_blob *blobs[] = {&out->facts.text_digest, &out->facts.unique_hash,
                                      &out->facts.mailbox_hash, &out->facts.contact,
                                      &out->facts.ilo};
    for (size_t i = 0; i < sizeof blobs / sizeof *blobs; i++)
        keep_blob(blobs[i], &out->blobs[i]);
    out->facts.consent = out->consent = mem_string(out->facts.consent);
    data = query_blob(query, SIGNATURE_COLUMN_MAILBOX, &out->mailbox_len);
    if (!query_is_null(query, SIGNATURE_COLUMN_MAILBOX))
        out->mailbox = mem_copy(data, out->mailbox_len);
    out->wants_updates = query_int(query, SIGNATURE_COLUMN_UPDATES) != 0;
    out->has_logo = query_int(query, SIGNATURE_COLUMN_LOGOS) != 0;
    out->confirmed = mem_string(query_text(query, SIGNATURE_COLUMN_CONFIRMED));
    out->confirmed_latin = mem_string(query_text(query, SIGNATURE_COLUMN_CONFIRMED_LATIN));
    out->is_gone = query_int(query, SIGNATURE_COLUMN_GONE) != 0;
    const char *spoken = query_text(query, SIGNATURE_COLUMN_SPOKEN);
    if (spoken && strlen(spoken) < sizeof out->spoken)
        memcpy(out->spoken, spoken, strlen(spoken) + 1);
    data = query_blob(query, SIGNATURE_COLUMN_DIGEST, &len);
    if (len == DIGEST_SIZE)
        memcpy(out->digest, data, len);
    if (len == DIGEST_SIZE && out->row.signature.id && out->row.signature.organisation)
        return US_OK;
    signatory_row_clear(out);
    return US_CORRUPT;
}

enum us_err signatory_row_find(struct reader *reader, int64_t id, struct signatory_row *out)
{
    struct signatory_row row;
    enum us_err read = US_NOT_FOUND;
    struct query *query = query_start(reader, STATEMENT_SIGNATURE_WHOLE, VALUES(value_int(id)));
    if (query_next(query))
        read = read_row(query, &row);
    enum us_err err = query_end(query);
    if (err && read == US_OK)
        signatory_row_clear(&row);
    if (!err && read == US_OK) {
        *out = row;
        out->facts.signature = &out->row.signature;
    }
    return err ? err : read;
}

bool signatory_row_can_correct(const struct signatory_row *row)
{
    enum signature_state state = row->row.signature.state;
    return (state == SIGNATURE_CONFIRMED || state == SIGNATURE_HELD) && row->mailbox != NULL;
}

bool signatory_row_is_erased(const struct signatory_row *row)
{
    return row->row.signature.representative == NULL;
}

void signatory_row_clear(struct signatory_row *row)
{
    signature_row_clear(&row->row);
    pack_wipe_text(row->confirmed);
    pack_wipe_text(row->confirmed_latin);
    pack_wipe_text(row->consent);
    for (size_t i = 0; i < SIGNATORY_BLOBS; i++)
        free(row->blobs[i]);
    free(row->mailbox);
    *row = (struct signatory_row){.consent = NULL};
}
