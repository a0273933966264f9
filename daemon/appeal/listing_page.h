/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Places in the order of the lists, shared by pages and searches. */
#ifndef APPEAL_LISTING_PAGE_H
#define APPEAL_LISTING_PAGE_H

#include "appeal/listing.h"

#define LISTING_KEY_MOST 256 /* bytes of a collation key */

struct listing_key {
    char term[8]; /* country code, where it is part of the order */
    uint8_t collation[LISTING_KEY_MOST];
    size_t len;
    int64_t signature;
};

int listing_key_compare(const struct listing_key *a, const struct listing_key *b);
/* Columns term, collation, signature of a started query. */
void listing_key_read(struct query *query, struct listing_key *out);
/* Where the named signature with that public id stands; US_NOT_FOUND. */
US_MUST_CHECK enum us_err listing_find_key(struct reader *reader,
                                           const struct listing_filter *filter,
                                           const char *public_id, struct listing_key *out);
/* Hands out a signature as everybody may see it; its public id into `id`. False in *goes_on when
 * the callback wants no more. One that is not listed and named any more is passed over. */
US_MUST_CHECK enum us_err listing_give(struct reader *reader, int64_t row,
                                       signature_callback *on_signature, void *arg, bool *goes_on);
US_MUST_CHECK enum us_err listing_find_id(struct reader *reader, int64_t row,
                                          char out[LISTING_ID_SIZE]);

#endif
