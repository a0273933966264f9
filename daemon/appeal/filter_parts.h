/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the files of the filter share: terms as they are kept, and the fields' table. */
#ifndef APPEAL_FILTER_PARTS_H
#define APPEAL_FILTER_PARTS_H

#include "appeal/filter.h"

enum filter_operator {
    FILTER_EQUAL,
    FILTER_UNEQUAL,
    FILTER_LESS,
    FILTER_AT_MOST,
    FILTER_MORE,
    FILTER_AT_LEAST,
    FILTER_IN,
    FILTER_LIKE
};
#define FILTER_OPERATOR(which) (1U << (which))
#define FILTER_SAME                                                                                \
    (FILTER_OPERATOR(FILTER_EQUAL) | FILTER_OPERATOR(FILTER_UNEQUAL) | FILTER_OPERATOR(FILTER_IN))
#define FILTER_ORDERED                                                                             \
    (FILTER_SAME | FILTER_OPERATOR(FILTER_LESS) | FILTER_OPERATOR(FILTER_AT_MOST) |                \
     FILTER_OPERATOR(FILTER_MORE) | FILTER_OPERATOR(FILTER_AT_LEAST))

struct filter_value {
    bool is_none;
    bool is_open_before, is_open_behind; /* of a pattern: a * at that end */
    int64_t number;                      /* number, day, hour, index of a word */
    char *text;                          /* folded as the field is; NULL for a number */
};

struct filter_term {
    enum filter_field field;
    enum filter_operator how; /* UNEQUAL and NOT IN are EQUAL and IN, negated */
    bool is_negated;
    struct filter_value *values;
    size_t count;
};

struct filter {
    struct filter_term terms[FILTER_TERMS_MOST];
    size_t count;
};

struct filter_rule {
    const char *name;
    unsigned operators;
    bool has_none;       /* the word "none" is a value */
    const char *allowed; /* "a country is ..." */
    /* Reads a value as it was typed; false: it is none. */
    bool (*read)(const char *typed, bool is_pattern, struct filter_value *out);
};
extern const struct filter_rule filter_rules[FILTER_FIELD_COUNT];

#endif
