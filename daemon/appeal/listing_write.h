/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Keeping up what listing.h reads: within counter_add(), and for the check. */
#ifndef APPEAL_LISTING_WRITE_H
#define APPEAL_LISTING_WRITE_H

#include "appeal/listing.h"
#include "store/job.h"
#include "text/search_words.h"

#define LISTING_PLACES_MOST 10 /* country, day, eight affiliations */

struct listing_place { /* what a signature is found by */
    const char *kind;
    char term[LISTING_TERM_SIZE];
    char name[LISTING_TERM_SIZE];
};

struct listing_terms {
    struct listing_place places[LISTING_PLACES_MOST];
    size_t place_count;
    struct search_words words;
};

/* Whether everybody may see its name. */
bool listing_is_named(const struct signature *signature);
/* All that it is found by; follows from the signature alone. */
void listing_terms_make(const struct signature *signature, struct listing_terms *out);
/* The character stands between two affiliations of one field. */
bool listing_parts_affiliations(uint32_t c);
/* The name of a kind in the store; LISTING_ALL goes by country. */
const char *listing_kind_name(enum listing_kind kind);

/* A signature becomes listed (by 1) or leaves (by -1): its row is in the store. */
void listing_add(struct job *job, const struct signature *signature, int by);

/* Compares with the rows. One signature that is listed and named: false where it would not be
 * found by everything that it should. */
US_MUST_CHECK enum us_err listing_check_row(struct reader *reader,
                                            const struct signature *signature, bool *holds);
/* The counts, and whether somebody is found who should not be: each difference told. */
US_MUST_CHECK enum us_err listing_check(struct reader *reader,
                                        void (*on_difference)(char *what, void *arg), void *arg);

#endif
