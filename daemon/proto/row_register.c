/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The register's rows, and those of organisations that signed twice. undersign-register(1) and
 * undersign-signature(1) document them. */
#include "proto/row_schema.h"

/* clang-format off */
static const struct row_column register_source_columns[] = {
    {"source", ROW_TEXT, true},
    {"organisations", ROW_NUMBER, true},
    {"imported_at", ROW_TIME, true},
};
static const struct row_column organisation_columns[] = {
    {"name", ROW_TEXT, true},
    {"aliases", ROW_TEXTS, true},
    {"country", ROW_TEXT, true}, /* null: international */
    {"domains", ROW_TEXTS, true},
    {"affiliation", ROW_TEXT, true},
    {"source", ROW_TEXT, true},
};
static const struct row_column organisation_met_columns[] = {
    {"likeness", ROW_NUMBER, true}, /* percent; 100: the same key */
    {"name", ROW_TEXT, true},
    {"met", ROW_TEXT, true}, /* the spelling of it that met */
    {"country", ROW_TEXT, true},
    {"domains", ROW_TEXTS, true},
    {"affiliation", ROW_TEXT, true},
    {"source", ROW_TEXT, true},
};
static const struct row_column register_imported_columns[] = {
    {"source", ROW_TEXT, true},
    {"added", ROW_NUMBER, true}, /* or would be, with --dry-run */
    {"changed", ROW_NUMBER, true},
    {"removed", ROW_NUMBER, true},
    {"unchanged", ROW_NUMBER, true},
    {"free_domains", ROW_NUMBER, true}, /* that a provider gives to anybody: they let nobody in */
};
static const struct row_column register_fault_columns[] = {
    {"line", ROW_NUMBER, true}, /* null: of the file as a whole */
    {"problem", ROW_TEXT, true},
};
static const struct row_column register_removed_columns[] = {
    {"source", ROW_TEXT, true},
    {"organisations", ROW_NUMBER, true},
};
static const struct row_column duplicate_columns[] = {
    {"group", ROW_NUMBER, true},
    {"id", ROW_TEXT, true},
    {"state", ROW_TEXT, true},
    {"organisation", ROW_TEXT, true},
    {"organisation_latin", ROW_TEXT, true},
    {"country", ROW_TEXT, true},
    {"town", ROW_TEXT, false},
    {"members", ROW_NUMBER, true},
    {"affiliation", ROW_TEXT, false},
    {"mail_domain", ROW_TEXT, true}, /* null: forgotten */
    {"signed_on", ROW_DAY, true},
    {"likeness", ROW_NUMBER, true}, /* to the first of its group, percent */
};
static const struct row_column merged_columns[] = {
    {"kept", ROW_TEXT, true}, /* id */
    {"kept_organisation", ROW_TEXT, true},
    {"kept_state", ROW_TEXT, true},
    {"other", ROW_TEXT, true}, /* id */
    {"other_organisation", ROW_TEXT, true},
    {"other_was", ROW_TEXT, true}, /* its state before */
    {"other_state", ROW_TEXT, true}, /* after, or it would be, with --dry-run */
    {"likeness", ROW_NUMBER, true},
    {"one_country", ROW_FLAG, true},
    {"told_why", ROW_FLAG, true},  /* the kept one is shown to everybody: the other may know of it */
    {"unreached", ROW_FLAG, true}, /* the other's mailbox is not kept any more: no mail tells it */
};
/* clang-format on */

ROW_SCHEMA(register_source);
ROW_SCHEMA(organisation);
ROW_SCHEMA(organisation_met);
ROW_SCHEMA(register_imported);
ROW_SCHEMA(register_fault);
ROW_SCHEMA(register_removed);
ROW_SCHEMA(duplicate);
ROW_SCHEMA(merged);
