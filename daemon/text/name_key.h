/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Telling that two names are one organisation's: "Жанарту" and "Zhanartu", "Union of Oil Workers"
 * and "Oil Workers' Union (NGO)". For people to look at and for a register to be matched with; what
 * keeps a mailbox from signing twice is unicode_fold(), which forgives less.
 */
#ifndef TEXT_NAME_KEY_H
#define TEXT_NAME_KEY_H

#include <stdbool.h>

/* A name without script, case, accents, punctuation, legal forms and word order; "" where nothing
 * is left. At most NAME_KEY_MOST bytes. The caller's. Any thread. */
#define NAME_KEY_MOST 256
char *name_key_make(const char *name);
/* The key of the name as if it were written without blanks: in it a Chinese name and its pinyin
 * meet. Only for comparing where name_key_is_unspaced() holds for one of the two names. */
char *name_key_make_joined(const char *name);
bool name_key_is_unspaced(const char *name);
/* What is kept beside a name's key for that: the joined one where it is another and the name is in
 * Latin letters or such a script; else "". */
char *name_key_make_other(const char *name, const char *key);
/* How alike two keys are, in percent: 100 for the same, 99 at most for others, 0 for "". From
 * NAME_KEY_NEAR on people should look; what has another number in it ("Local 7") is never near. */
#define NAME_KEY_NEAR 80
unsigned name_key_likeness(const char *a, const char *b);
/* How alike two names are, by whichever of their keys meet: those without blanks are compared where
 * one of the names has none, and say 99 at most. */
struct name_keys { /* borrowed */
    const char *key;
    const char *joined; /* NULL, "": the key */
    bool is_unspaced;
};
unsigned name_keys_likeness(const struct name_keys *a, const struct name_keys *b);

#endif
