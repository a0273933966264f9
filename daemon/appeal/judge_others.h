/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The other signatures that have to do with one: from the same mailbox or mail domain, or with a
 * name like it. Likeness cannot be asked of an index, so candidates that share something cheap are
 * read and compared: the same key, neighbours in the keys' order, a word of the public list.
 */
#ifndef APPEAL_JUDGE_OTHERS_H
#define APPEAL_JUDGE_OTHERS_H

#include "appeal/judge.h"

struct judge_own {                    /* what is not in struct signature */
    char *name_key, *latin_key;       /* "": none */
    char *name_joined, *latin_joined; /* "": none, or the same */
    bool is_unspaced; /* the name: its joined key may be anybody's in Latin letters */
    char *search;
    uint8_t *domain_hash, *mailbox_hash; /* NULL: gone */
    size_t domain_hash_len, mailbox_hash_len;
};

/* Fills judged->others, judged->domain_kind being known. */
US_MUST_CHECK enum us_err judge_others(struct reader *reader, const struct signature *signature,
                                       const struct judge_own *own, struct judged *judged);
/* Sets judged->marks from all else. judge_marks.c */
void judge_mark(const struct signature *signature, struct judged *judged);

#endif
