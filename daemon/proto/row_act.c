/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Acts on many signatures: what one would do, what it did, and to which. */
#include "proto/row.h"
#include "proto/row_schema.h"

/* clang-format off */
static const struct row_column act_columns[] = {
    {"number", ROW_NUMBER, true},
    {"appeal", ROW_TEXT, true},
    {"decision", ROW_TEXT, true}, /* or "undo" */
    {"undoes", ROW_NUMBER, true},
    {"state", ROW_TEXT, true},
    {"chosen", ROW_NUMBER, true}, /* when it began */
    {"changed", ROW_NUMBER, true},
    {"undone", ROW_NUMBER, true},  /* of these */
    {"actor", ROW_TEXT, true},
    {"reason", ROW_TEXT, false},
    {"filter", ROW_TEXT, true},
    {"began_at", ROW_TIME, true},
    {"ended_at", ROW_TIME, false},
};
static const struct row_column act_signature_columns[] = {
    {"id", ROW_TEXT, true},
    {"organisation", ROW_TEXT, true},
    {"country", ROW_TEXT, true},
    {"was", ROW_TEXT, true},
    {"became", ROW_TEXT, true},
    {"state", ROW_TEXT, true}, /* now */
    {"undone", ROW_FLAG, false},
    {"can_undo", ROW_FLAG, true}, /* nobody has decided since */
};
static const struct row_column act_preview_columns[] = {
    {"appeal", ROW_TEXT, true},
    {"decision", ROW_TEXT, true},
    {"filter", ROW_TEXT, true},
    {"found", ROW_NUMBER, true},
    {"applies", ROW_NUMBER, true},
    {"already", ROW_NUMBER, true},
    {"blocked", ROW_NUMBER, true}, /* in a state that it is not taken in */
    {"domain_unknown", ROW_NUMBER, true}, /* left out, since nobody knows any more */
    {"as_of", ROW_NUMBER, false},
    {"mailed", ROW_NUMBER, true},
    {"mail_minutes", ROW_NUMBER, false}, /* until then the mails can be taken back */
};
static const struct row_column act_count_columns[] = {
    {"kind", ROW_TEXT, true}, /* state, country */
    {"term", ROW_TEXT, true},
    {"signatures", ROW_NUMBER, true},
    {"applies", ROW_NUMBER, true},
};
static const struct row_column act_result_columns[] = {
    {"number", ROW_NUMBER, true}, /* null: there was nothing to do, or with --dry-run */
    {"decision", ROW_TEXT, true},
    {"chosen", ROW_NUMBER, true},
    {"changed", ROW_NUMBER, true}, /* or would be, with --dry-run */
    {"skipped", ROW_NUMBER, true},
    {"stopped", ROW_FLAG, true},
};
/* clang-format on */

ROW_SCHEMA(act);
ROW_SCHEMA(act_signature);
ROW_SCHEMA(act_preview);
ROW_SCHEMA(act_count);
ROW_SCHEMA(act_result);
