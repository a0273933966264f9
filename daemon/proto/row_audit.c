/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The audit log's rows. undersign-audit(1) documents them, and how the digests are made. */
#include "proto/row_schema.h"

/* clang-format off */
static const struct row_column audit_columns[] = {
    {"seq", ROW_NUMBER, true},
    {"at", ROW_TIME, true},
    {"actor", ROW_TEXT, true},
    {"act", ROW_TEXT, true},
    {"subject", ROW_TEXT, true},
    {"reason", ROW_TEXT, true},
    {"erased", ROW_FLAG, false},
};
static const struct row_column audit_entry_columns[] = {
    {"seq", ROW_NUMBER, true},
    {"at", ROW_NUMBER, true}, /* microseconds since 1970: what the digest is made from */
    {"time", ROW_TIME, true},
    {"act", ROW_TEXT, true},
    {"commitment", ROW_TEXT, true}, /* this, the digests and the salts: hexadecimal */
    {"digest", ROW_TEXT, true},
    {"salt", ROW_TEXT, true},
    {"actor", ROW_TEXT, true},
    {"subject", ROW_TEXT, true},
    {"reason", ROW_TEXT, true},
    {"reason_salt", ROW_TEXT, true}, /* null like the reason: erased, where there is a digest */
    {"reason_digest", ROW_TEXT, true},
};
static const struct row_column audit_verdict_columns[] = {
    {"holds", ROW_FLAG, true},
    {"entries", ROW_NUMBER, true},
    {"erased", ROW_NUMBER, true},
    {"last_at", ROW_TIME, true},
    {"mark", ROW_TEXT, true},   /* NUMBER:DIGEST of the last entry, to be noted elsewhere */
    {"broken", ROW_NUMBER, true}, /* the first entry that does not check out */
    {"noted", ROW_TEXT, true},  /* of the mark that was given: stands, missing, other */
};
/* clang-format on */

ROW_SCHEMA(audit);
ROW_SCHEMA(audit_entry);
ROW_SCHEMA(audit_verdict);
