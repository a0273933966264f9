/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One signature as the service tells it for judging, kept: its own row, and those that belong to it
 * (proto/row_review.c). */
#ifndef CLI_MODERATE_REVIEW_H
#define CLI_MODERATE_REVIEW_H

#include "proto/row.h"
#include <jansson.h>

/* Columns of row_review. */
enum review_column {
    REVIEW_ID,
    REVIEW_APPEAL,
    REVIEW_STATE,
    REVIEW_ORGANISATION,
    REVIEW_LATIN,
    REVIEW_KIND,
    REVIEW_COUNTRY,
    REVIEW_TOWN,
    REVIEW_AFFILIATION,
    REVIEW_MEMBERS,
    REVIEW_REPRESENTATIVE,
    REVIEW_CAPACITY,
    REVIEW_VISIBILITY,
    REVIEW_LANGUAGE,
    REVIEW_SIGNED_ON,
    REVIEW_VERSION,
    REVIEW_MARKS,
    REVIEW_COUNTRY_NAME,
    REVIEW_TRANSLITERATION,
    REVIEW_WAS,
    REVIEW_WAS_LATIN,
    REVIEW_HOUR,
    REVIEW_DOMAIN,
    REVIEW_DOMAIN_KIND,
    REVIEW_DOMAIN_CONFIRMED,
    REVIEW_DOMAIN_HELD,
    REVIEW_DOMAIN_LISTED,
    REVIEW_DOMAIN_REFUSED,
    REVIEW_DOMAIN_STRUCK,
    REVIEW_BURST,
    REVIEW_BURST_DOMAIN,
    REVIEW_BURST_DOMAINS,
    REVIEW_HAS_MAILBOX,
};

/* What belongs to it, each a list of rows, and its columns. */
enum review_part { PART_MAIN, PART_OTHER, PART_KNOWN, PART_NOTE, PART_DECISION, PART_COUNT };
enum {
    OTHER_ID,
    OTHER_APPEAL,
    OTHER_STATE,
    OTHER_ORGANISATION,
    OTHER_COUNTRY,
    OTHER_SIGNED_ON,
    OTHER_LIKENESS,
    OTHER_MAILBOX,
    OTHER_DOMAIN,
    OTHER_REGISTERED
};
enum {
    KNOWN_ORGANISATION,
    KNOWN_SOURCE,
    KNOWN_COUNTRY,
    KNOWN_AFFILIATION,
    KNOWN_LIKENESS,
    KNOWN_DOMAIN,
    KNOWN_DOMAINS
};
enum { NOTE_AT, NOTE_ACTOR, NOTE_TEXT };
enum { DECISION_AT, DECISION_ACT, DECISION_ACTOR, DECISION_REASON };

struct review_list {
    struct row_value *values; /* row by row */
    size_t count;             /* of rows */
};

struct review {
    struct review_list parts[PART_COUNT];
    bool was_among_held; /* when the service chose it, whatever became of it since */
};

struct review *review_new(void);
void review_free(struct review *review);
/* Keeps a row of any of the parts; false for another one. */
bool review_add(struct review *review, const struct row_schema *schema,
                const struct row_value *values);
bool review_is_whole(const struct review *review); /* its own row came */

const struct row_value *review_row(const struct review *review, enum review_part part, size_t row);
/* Of its own row: "" and 0 where there is none. */
const char *review_text(const struct review *review, enum review_column column);
int64_t review_number(const struct review *review, enum review_column column);
bool review_has_mark(const struct review *review, const char *mark);
/* The whole as an object; a new reference. */
json_t *review_json(const struct review *review);

#endif
