/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A signature's row: its columns in the order that all statements reading one share, copied so that
 * no query stays open while somebody looks at it; and the digest over its canonical fields, which
 * finds flipped bits.
 */
#ifndef APPEAL_SIGNATURE_ROW_H
#define APPEAL_SIGNATURE_ROW_H

#include "appeal/signature.h"
#include "crypto/digest.h"
#include <stddef.h>

#define SIGNATURE_ROW_COLUMNS 19 /* then come those of the check */
#define SIGNATURE_ROW_COLLATION 18

/* The columns of the check, and those behind them that "signature_whole" has besides. */
enum {
    SIGNATURE_COLUMN_TEXT_DIGEST = SIGNATURE_ROW_COLUMNS,
    SIGNATURE_COLUMN_CONSENT,
    SIGNATURE_COLUMN_UNIQUE_HASH,
    SIGNATURE_COLUMN_MAILBOX_HASH,
    SIGNATURE_COLUMN_CONTACT,
    SIGNATURE_COLUMN_SEARCH,
    SIGNATURE_COLUMN_ILO,
    SIGNATURE_COLUMN_DIGEST,
    SIGNATURE_COLUMN_MAILBOX,
    SIGNATURE_COLUMN_UPDATES,
    SIGNATURE_COLUMN_LOGOS,
    SIGNATURE_COLUMN_SPOKEN,
    SIGNATURE_COLUMN_CONFIRMED,
    SIGNATURE_COLUMN_CONFIRMED_LATIN,
    SIGNATURE_COLUMN_GONE
};

struct signature_row {
    struct signature signature; /* its strings lie in block, as the collation key does */
    char *block;
    const uint8_t *collation;
    size_t collation_len;
};

/* US_CORRUPT (nothing to clear) when a word in it is none of ours. */
US_MUST_CHECK enum us_err signature_row_read(struct query *query, struct signature_row *out);
/* By its internal id. */
US_MUST_CHECK enum us_err signature_row_find(struct reader *reader, int64_t id,
                                             struct signature_row *out);
void signature_row_clear(struct signature_row *row);

struct signature_blob {
    const void *data;
    size_t len;
};

/* What the digest covers beside struct signature. Neither the state nor the server's own copy of
 * the mailbox: they change in a signature's life. The block for the ILO is covered as it lies
 * there, encrypted, so that checking opens nothing. */
struct signature_facts {
    const struct signature *signature;
    const char *consent;
    struct signature_blob text_digest, unique_hash, mailbox_hash, contact, ilo;
};

/* Borrowed from a query with the check's columns. */
struct signature_facts signature_row_facts(struct query *query, const struct signature *signature);
void signature_row_digest(const struct signature_facts *facts, uint8_t out[DIGEST_SIZE]);

#endif
