/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The schemas of what ends: appeals, terms, a person's data. */
#include "proto/row_schema.h"

/* clang-format off */
static const struct row_column turned_columns[] = {
    {"slug", ROW_TEXT, true},
    {"state", ROW_TEXT, true},
    {"changed", ROW_FLAG, true}, /* or would be, with --dry-run */
    {"shielded", ROW_FLAG, true},
    {"closes_on", ROW_DAY, true}, /* or closed; null: open end */
    {"days_lost", ROW_NUMBER, true}, /* by the pause that ended just now */
    {"tried", ROW_FLAG, true},       /* --dry-run: nothing was changed */
};
static const struct row_column retention_columns[] = {
    {"rule", ROW_TEXT, true},
    {"what", ROW_TEXT, true},
    {"after", ROW_TEXT, true},
    {"due", ROW_NUMBER, true}, /* or what went, of `retention run` */
    {"next_on", ROW_DAY, true}, /* when the next goes that is not due; null: none waits */
};
static const struct row_column erased_columns[] = {
    {"id", ROW_TEXT, true},
    {"state", ROW_TEXT, true}, /* afterwards */
    {"changed", ROW_FLAG, true}, /* or would be, with --dry-run */
    {"was", ROW_TEXT, true}, /* its state before */
    {"certificate", ROW_TEXT, false}, /* null with --dry-run */
    {"minisig", ROW_TEXT, false}, /* the certificate's signature */
};
/* clang-format on */

ROW_SCHEMA(turned);
ROW_SCHEMA(retention);
ROW_SCHEMA(erased);
