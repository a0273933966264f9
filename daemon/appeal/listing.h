/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What everybody may see of an appeal's listed signatures of one version, read without walking
 * them: counts, and pages of the named ones by country, affiliation or day, and by words. Kept up
 * by counter_add() in the job that changes a signature's state (listing_write.h).
 *
 * Only the number of all signatures counts those that are not named; every other number here, and
 * every breakdown, is of the named alone. So whatever is subtracted from whatever, on one page or
 * between two moments, gives at most how many are not named, never a country, day, size or name of
 * theirs. Public ids of others are unknown here, exactly like ids that never were.
 */
#ifndef APPEAL_LISTING_H
#define APPEAL_LISTING_H

#include "appeal/signature.h"

#define LISTING_ID_SIZE 32    /* of a public id */
#define LISTING_TERM_SIZE 256 /* of what a signature is found by, folded */

struct listing_totals {
    int64_t signatures; /* listed, of every visibility */
    int64_t named, members, countries;
};
US_MUST_CHECK enum us_err listing_total(struct reader *reader, int64_t appeal, int64_t version,
                                        struct listing_totals *out);

enum listing_kind {
    LISTING_ALL,
    LISTING_COUNTRY,     /* term: ISO code; "" for international organisations without one */
    LISTING_DAY,         /* term: the day somebody signed on, "2026-11-22" (base/clock.h) */
    LISTING_AFFILIATION, /* term: listing_fold_affiliation() */
    LISTING_KIND_COUNT
};

struct listing_count { /* borrowed while a callback runs */
    const char *term;
    const char *name; /* of an affiliation, as it was typed first; else the term */
    int64_t signatures, members;
};
typedef bool listing_count_callback(const struct listing_count *count, void *arg); /* false: stop */

/* Every country, or every day that somebody signed on, in the order of terms. (Affiliations are as
 * many as people type: listing_each_common().) */
US_MUST_CHECK enum us_err listing_each_count(struct reader *reader, int64_t appeal, int64_t version,
                                             enum listing_kind kind,
                                             listing_count_callback *on_count, void *arg);
/* The `most` with the most signatures, most first; equal ones by term. */
US_MUST_CHECK enum us_err listing_each_common(struct reader *reader, int64_t appeal,
                                              int64_t version, enum listing_kind kind, size_t most,
                                              listing_count_callback *on_count, void *arg);

struct listing_filter {
    int64_t appeal, version;
    enum listing_kind kind;
    const char *term; /* NULL with LISTING_ALL */
};
/* US_NOT_FOUND where nobody is. on_count may be NULL. */
US_MUST_CHECK enum us_err listing_find_count(struct reader *reader,
                                             const struct listing_filter *filter,
                                             listing_count_callback *on_count, void *arg);

/* Where the pages before and behind begin: public ids to give as `after`. A page before that is the
 * first one has "". */
struct listing_turn {
    bool has_previous, has_next;
    char previous[LISTING_ID_SIZE], next[LISTING_ID_SIZE];
};
/* At most `most` signatures behind the one with the public id `after` (NULL: from the first), as
 * everybody may see them. In the order of the name by root collation; LISTING_ALL by country code
 * first. US_NOT_FOUND for an `after` that is not of the filter's named ones. */
US_MUST_CHECK enum us_err listing_page(struct reader *reader, const struct listing_filter *filter,
                                       const char *after, size_t most,
                                       signature_callback *on_signature, void *arg,
                                       struct listing_turn *turn);

#define LISTING_SEARCH_MOST 200 /* bytes of what is searched for */

struct listing_found {
    int64_t count;     /* how many there are */
    bool is_too_many;  /* the words are too common to be looked up: count is 0, no page came */
    bool has_no_words; /* nothing to look for: blanks, signs */
    struct listing_turn turn;
};
/* Those whose name, or its Latin form, has for each word of `text` a word that begins with it; both
 * folded. In the order of LISTING_ALL. What it may cost has a bound whatever is asked for. `after`
 * as above, but of any named one. */
struct listing_search {
    int64_t appeal, version;
    const char *text;  /* longer than LISTING_SEARCH_MOST: US_INVALID */
    const char *after; /* NULL: from the first */
    size_t most;
    /* Bounds of the work, 0: as usual. Rows that all words together may find; found ones that are
     * sorted; rows walked for a page of more. */
    size_t rows_most, sorted_most, walked_most;
};
US_MUST_CHECK enum us_err listing_search(struct reader *reader, const struct listing_search *search,
                                         signature_callback *on_signature, void *arg,
                                         struct listing_found *found);

/* A typed affiliation as a term, "" where nothing is left. */
void listing_fold_affiliation(const char *typed, char out[LISTING_TERM_SIZE]);

#endif
