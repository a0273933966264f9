/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What `moderate` is told: how much waits, a signature with what helps to judge it, and behind it
 * what belongs to it. `moderate --jsonl` prints them, so undersign-moderate(1) documents them. */
#include "proto/row_schema.h"

/* clang-format off */
static const struct row_column review_left_columns[] = {
    {"at", ROW_TIME, true}, /* the service's clock */
    {"waiting", ROW_NUMBER, true},
    {"held", ROW_NUMBER, true},
    {"put_off", ROW_NUMBER, true},
    {"taken", ROW_NUMBER, true},
    {"among_held", ROW_FLAG, true}, /* of a trial: where the signature was chosen */
};

static const struct row_column review_columns[] = {
    /* those of a signature, in their order */
    {"id", ROW_TEXT, true},
    {"appeal", ROW_TEXT, true},
    {"state", ROW_TEXT, true},
    {"organisation", ROW_TEXT, true},
    {"organisation_latin", ROW_TEXT, false},
    {"kind", ROW_TEXT, true},
    {"country", ROW_TEXT, true},
    {"town", ROW_TEXT, false},
    {"affiliation", ROW_TEXT, false},
    {"members", ROW_NUMBER, false},
    {"representative", ROW_TEXT, false},
    {"capacity", ROW_TEXT, false},
    {"visibility", ROW_TEXT, false},
    {"language", ROW_TEXT, false},
    {"signed_on", ROW_DAY, true},
    {"version", ROW_NUMBER, false},
    {"marks", ROW_TEXTS, true}, /* the loudest first */
    {"country_name", ROW_TEXT, false},
    {"transliteration", ROW_TEXT, false},
    {"confirmed_as", ROW_TEXT, false},
    {"confirmed_as_latin", ROW_TEXT, false},
    {"hour", ROW_TIME, false},
    {"mail_domain", ROW_TEXT, false},
    {"mail_domain_kind", ROW_TEXT, false}, /* register, own, free, disposable */
    {"domain_confirmed", ROW_NUMBER, false},
    {"domain_held", ROW_NUMBER, false},
    {"domain_listed", ROW_NUMBER, false},
    {"domain_refused", ROW_NUMBER, false},
    {"domain_struck", ROW_NUMBER, false},
    {"burst", ROW_NUMBER, false},
    {"burst_same_domain", ROW_NUMBER, false},
    {"burst_domains", ROW_NUMBER, false},
    {"has_mailbox", ROW_FLAG, false}, /* else no mail can tell what is decided */
};

static const struct row_column review_other_columns[] = {
    {"id", ROW_TEXT, true},
    {"appeal", ROW_TEXT, true},
    {"state", ROW_TEXT, true},
    {"organisation", ROW_TEXT, true},
    {"country", ROW_TEXT, true},
    {"signed_on", ROW_DAY, true},
    {"likeness", ROW_NUMBER, true},
    {"same_mailbox", ROW_FLAG, true},
    {"same_domain", ROW_FLAG, true},
    {"same_in_register", ROW_FLAG, true}, /* it has both names as one organisation's */
};

static const struct row_column review_known_columns[] = {
    {"organisation", ROW_TEXT, true},
    {"source", ROW_TEXT, true},
    {"country", ROW_TEXT, true},
    {"affiliation", ROW_TEXT, false},
    {"likeness", ROW_NUMBER, true},
    {"same_domain", ROW_FLAG, true},
    {"has_domains", ROW_FLAG, false},
};

static const struct row_column review_note_columns[] = {
    {"at", ROW_TIME, true},
    {"actor", ROW_TEXT, true},
    {"text", ROW_TEXT, true},
};

static const struct row_column review_decision_columns[] = {
    {"at", ROW_TIME, true},
    {"act", ROW_TEXT, true},
    {"actor", ROW_TEXT, true},
    {"reason", ROW_TEXT, true},
};

static const struct row_column review_reason_columns[] = {
    {"reason", ROW_TEXT, true},
};

static const struct row_column noted_columns[] = {
    {"id", ROW_TEXT, true},
    {"note", ROW_TEXT, true},
};
/* clang-format on */

ROW_SCHEMA(review_left);
ROW_SCHEMA(review);
ROW_SCHEMA(review_other);
ROW_SCHEMA(review_known);
ROW_SCHEMA(review_note);
ROW_SCHEMA(review_decision);
ROW_SCHEMA(review_reason);
ROW_SCHEMA(noted);
