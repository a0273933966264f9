/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * An organisation that signed twice, under two spellings: who they seem to be, and making them one.
 */
#ifndef APPEAL_SIGNATURE_MERGE_H
#define APPEAL_SIGNATURE_MERGE_H

#include "appeal/signature.h"
#include "appeal/site.h"

/* One of a group; groups come one after another, those that are listed first in each. */
struct signature_duplicate {
    int64_t group;
    unsigned likeness; /* to the first of its group, percent */
    const struct signature *signature;
    const char *domain; /* of its mailbox; NULL: forgotten */
};
typedef bool signature_duplicate_callback(const struct signature_duplicate *duplicate, void *arg);

/* Live signatures of an appeal that seem to be one organisation's: their names have the same key
 * (text/name_key.h), or near ones and one country. Those that share neither the beginning of a rare
 * word nor the key are not compared. */
US_MUST_CHECK enum us_err signature_duplicates(struct reader *reader, struct site *site,
                                               int64_t appeal,
                                               signature_duplicate_callback *on_duplicate,
                                               void *arg);

struct signature_merge {
    const char *keep, *other;   /* public ids */
    const char *actor, *reason; /* reason NULL: none */
    bool is_trial;              /* only says what it would do */
};

struct signature_merged { /* owned: signature_merged_clear() */
    char *kept, *other;   /* names */
    enum signature_state kept_state, from, to;
    unsigned likeness; /* percent, of the likest of their names and Latin forms */
    bool is_one_country;
    bool is_told_why;  /* the kept one is shown to everybody, so that the other is told of it */
    bool is_unreached; /* refused, and its mailbox is not kept any more */
};

/* The other one is struck where it is listed, and refused where it waits, with a reason that names
 * the one that is kept; nothing of it is taken over. `restore` of the other one undoes it. Waits.
 * A reason is needed where the other one is mailed and the kept one is not shown to everybody.
 * US_NOT_FOUND, US_INVALID, US_CONFLICT with a fault. */
US_MUST_CHECK enum us_err signature_merge(struct site *site, const struct signature_merge *merge,
                                          struct signature_merged *out, struct fault *fault);
void signature_merged_clear(struct signature_merged *merged);

#endif
