/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The schemas. undersign(1) documents the columns that people and programs see as JSON keys. */
#include "proto/row.h"
#include "proto/row_schema.h"
#include <string.h>

/* clang-format off */
#define APPEAL_COLUMNS                                                                             \
    {"slug", ROW_TEXT, true},                                                                      \
    {"state", ROW_TEXT, true},                                                                     \
    {"version", ROW_NUMBER, true},                                                                 \
    {"languages", ROW_TEXTS, true},                                                                \
    {"signatures", ROW_NUMBER, true},                                                              \
    {"members", ROW_NUMBER, true}

static const struct row_column appeal_columns[] = {APPEAL_COLUMNS, {"shielded", ROW_FLAG, true}};
static const struct row_column appeal_full_columns[] = {
    APPEAL_COLUMNS,
    {"countries", ROW_NUMBER, true},
    {"authoritative", ROW_TEXT, true},
    {"policy", ROW_TEXT, true},
    {"form", ROW_TEXT, true},
    {"visibility", ROW_TEXT, true},
    {"opens_on", ROW_DAY, true},
    {"closes_on", ROW_DAY, true},
    {"newest_version", ROW_NUMBER, true},
    {"published_version", ROW_NUMBER, true},
    {"published_at", ROW_TIME, true},
    {"earlier_signatures", ROW_NUMBER, true},
    {"paused_on", ROW_DAY, true},
    {"closed_on", ROW_DAY, true},
    {"archived_on", ROW_DAY, true},
    {"days_lost", ROW_NUMBER, true},
    {"shielded", ROW_FLAG, true},
};
static const struct row_column addressee_columns[] = {
    {"id", ROW_TEXT, true},
    {"role", ROW_TEXT, true},
    {"kind", ROW_TEXT, true},
    {"name", ROW_TEXT, true},
    {"language", ROW_TEXT, true},
};
static const struct row_column imported_columns[] = {
    {"slug", ROW_TEXT, true},
    {"change", ROW_TEXT, true},
    {"version", ROW_NUMBER, true},
    {"languages", ROW_NUMBER, true},
    {"waits", ROW_FLAG, true},
};
static const struct row_column published_columns[] = {
    {"slug", ROW_TEXT, true},
    {"version", ROW_NUMBER, true},
    {"no_pictures", ROW_TEXT, true}, /* why none were drawn; null: they were */
    {"state", ROW_TEXT, true},
    {"closes_on", ROW_DAY, true}, /* null: open end */
};
#define SIGNATURE_COLUMNS                                                                          \
    {"id", ROW_TEXT, true},                                                                        \
    {"appeal", ROW_TEXT, true},                                                                    \
    {"state", ROW_TEXT, true},                                                                     \
    {"organisation", ROW_TEXT, true},                                                              \
    {"organisation_latin", ROW_TEXT, false},                                                       \
    {"kind", ROW_TEXT, true},                                                                      \
    {"country", ROW_TEXT, true},                                                                   \
    {"town", ROW_TEXT, false},                                                                     \
    {"affiliation", ROW_TEXT, false},                                                              \
    {"members", ROW_NUMBER, true},                                                                 \
    {"representative", ROW_TEXT, false},                                                           \
    {"capacity", ROW_TEXT, false},                                                                 \
    {"visibility", ROW_TEXT, true},                                                                \
    {"language", ROW_TEXT, false},                                                                 \
    {"signed_on", ROW_DAY, true},                                                                  \
    {"version", ROW_NUMBER, false}

static const struct row_column signature_columns[] = {SIGNATURE_COLUMNS};
static const struct row_column queue_columns[] = {
    SIGNATURE_COLUMNS,
    {"mail_domain", ROW_TEXT, true}, /* null: it cannot be opened any more */
};
static const struct row_column signature_ilo_columns[] = {
    SIGNATURE_COLUMNS,
    {"legal_name", ROW_TEXT, false},
    {"address", ROW_TEXT, false},
    {"coverage", ROW_TEXT, false},
    {"registration", ROW_TEXT, false},
    {"mandate", ROW_TEXT, false},
    {"mandate_on", ROW_DAY, false},
    {"members_on", ROW_DAY, false},
};
static const struct row_column signature_contact_columns[] = {
    SIGNATURE_COLUMNS,
    {"contact", ROW_TEXT, false},
    {"contact_appeal", ROW_NUMBER, false},
    {"contact_row", ROW_NUMBER, false},
};
static const struct row_column list_columns[] = {
    {"audience", ROW_TEXT, true},
    {"addressee", ROW_TEXT, true},
    {"version", ROW_NUMBER, true},
    {"edition", ROW_NUMBER, true},
    {"named", ROW_NUMBER, true},
    {"counted", ROW_NUMBER, true},
    {"members", ROW_NUMBER, true},
    {"countries", ROW_NUMBER, true},
    {"gone", ROW_NUMBER, true},
};
static const struct row_column decision_columns[] = {
    {"id", ROW_TEXT, true},
    {"decision", ROW_TEXT, true},
    {"state", ROW_TEXT, true},
    {"changed", ROW_FLAG, true},
    {"error", ROW_TEXT, true},
    {"reason", ROW_TEXT, true},
    {"organisation", ROW_TEXT, true},
    {"unreached", ROW_FLAG, true}, /* its mailbox is not kept any more: no mail tells of it */
};
static const struct row_column totals_columns[] = {
    {"audience", ROW_TEXT, true},
    {"version", ROW_NUMBER, true},
    {"named", ROW_NUMBER, true},
    {"counted", ROW_NUMBER, true},
    {"members", ROW_NUMBER, true},
    {"countries", ROW_NUMBER, true},
};
static const struct row_column letter_columns[] = {
    {"slug", ROW_TEXT, true},
    {"version", ROW_NUMBER, true},
    {"language", ROW_TEXT, true},
    {"number", ROW_TEXT, true},
    {"place", ROW_TEXT, true},
    {"date", ROW_DAY, true},
    {"kind", ROW_TEXT, true},
    {"addressee", ROW_TEXT, true},
    {"addressee_name", ROW_TEXT, true},
    {"addressee_language", ROW_TEXT, true},
    {"salutation", ROW_TEXT, true},
    {"closing", ROW_TEXT, true},
    {"body", ROW_TEXT, true},
    {"site", ROW_TEXT, true},
    {"addressee_kind", ROW_TEXT, true},
    {"form", ROW_TEXT, true},
    {"edition", ROW_TEXT, true},
    {"edition_number", ROW_NUMBER, true},
    {"edition_day", ROW_DAY, true},
    {"refers_number", ROW_NUMBER, true},
    {"refers_day", ROW_DAY, true},
    {"refers_named", ROW_NUMBER, true},
    {"refers_counted", ROW_NUMBER, true},
    {"procedure", ROW_TEXT, true},
    {"government", ROW_TEXT, true},
    {"case_number", ROW_TEXT, true},
    {"seal", ROW_TEXT, true},
    {"email", ROW_TEXT, true},
    {"as_of", ROW_NUMBER, false},
};
static const struct row_column line_columns[] = {
    {"part", ROW_TEXT, true},
    {"signer", ROW_NUMBER, true},
    {"language", ROW_TEXT, true},
    {"text", ROW_TEXT, true},
};
static const struct row_column signatory_columns[] = {
    {"organisation", ROW_TEXT, true},
    {"organisation_latin", ROW_TEXT, true},
    {"country", ROW_TEXT, true},
    {"town", ROW_TEXT, true},
    {"members", ROW_NUMBER, true},
    {"representative", ROW_TEXT, true},
    {"capacity", ROW_TEXT, true},
    {"id", ROW_TEXT, true},
    {"affiliation", ROW_TEXT, true},
    {"initiator", ROW_FLAG, true},
    {"signed_on", ROW_DAY, true},
    {"legal_name", ROW_TEXT, true},
    {"address", ROW_TEXT, true},
    {"coverage", ROW_TEXT, true},
    {"registration", ROW_TEXT, true},
    {"mandate", ROW_TEXT, true},
    {"mandate_on", ROW_DAY, true},
    {"members_on", ROW_DAY, true},
};
static const struct row_column image_columns[] = {
    {"name", ROW_TEXT, true},
    {"base64", ROW_TEXT, true},
};
static const struct row_column edition_columns[] = {
    {"number", ROW_NUMBER, true},
    {"addressee", ROW_TEXT, true},
    {"kind", ROW_TEXT, true},
    {"form", ROW_TEXT, false},
    {"language", ROW_TEXT, true},
    {"version", ROW_NUMBER, false},
    {"state", ROW_TEXT, true},
    {"made_at", ROW_TIME, false},
    {"how", ROW_TEXT, true},
    {"delivered_on", ROW_DAY, true},
    {"named", ROW_NUMBER, true},
    {"counted", ROW_NUMBER, true},
    {"members", ROW_NUMBER, false},
    {"countries", ROW_NUMBER, false},
    {"supplement_of", ROW_NUMBER, false},
    {"reference", ROW_TEXT, false},
    {"note", ROW_TEXT, false},
    {"file_digest", ROW_TEXT, false},
    {"withdrawn_since", ROW_NUMBER, false},
    {"struck_since", ROW_NUMBER, false},
    {"responses", ROW_NUMBER, true},
};
static const struct row_column response_columns[] = {
    {"edition", ROW_NUMBER, true},
    {"received_on", ROW_DAY, true},
    {"note", ROW_TEXT, true},
    {"attachment", ROW_TEXT, true},
    {"attachment_digest", ROW_TEXT, false},
};
static const struct row_column public_letter_columns[] = {
    {"language", ROW_TEXT, true},
    {"version", ROW_NUMBER, true},
    {"address", ROW_TEXT, true},
    {"pages", ROW_NUMBER, true},
    {"named", ROW_NUMBER, true},
    {"size", ROW_NUMBER, true},
};
static const struct row_column mail_columns[] = {
    {"id", ROW_TEXT, true},
    {"template", ROW_TEXT, true},
    {"appeal", ROW_TEXT, true},
    {"language", ROW_TEXT, true},
    {"state", ROW_TEXT, true},
    {"attempts", ROW_NUMBER, true},
    {"next_at", ROW_TIME, true},
    {"created_at", ROW_TIME, false},
    {"last_error", ROW_TEXT, true},
    {"can_retry", ROW_FLAG, false},
};
static const struct row_column difference_columns[] = {
    {"difference", ROW_TEXT, true},
};
static const struct row_column checked_columns[] = {
    {"rows", ROW_NUMBER, true},
    {"holds", ROW_FLAG, true},
};
static const struct row_column option_columns[] = {
    {"option", ROW_TEXT, true},
    {"value", ROW_TEXT, true},
    {"default", ROW_TEXT, true},
    {"reloadable", ROW_FLAG, true},
    {"help", ROW_TEXT, false},
    {"line", ROW_NUMBER, true}, /* of the file; null: its default */
    {"file", ROW_TEXT, false},
};
static const struct row_column keys_columns[] = {
    {"public_key", ROW_TEXT, true},
    {"key_id", ROW_TEXT, true},
    {"seal", ROW_TEXT, true},
    {"seal_fingerprint", ROW_TEXT, true},
    {"seal_self_signed", ROW_FLAG, true},
    {"seal_ends_on", ROW_DAY, true},
    {"seal_problem", ROW_TEXT, true},
    {"timestamps", ROW_TEXT, true},
};
static const struct row_column seal_columns[] = {
    {"name", ROW_TEXT, true},
    {"fingerprint", ROW_TEXT, true},
    {"self_signed", ROW_FLAG, true},
    {"ends_on", ROW_DAY, true},
};
static const struct row_column sealed_columns[] = {
    {"cms", ROW_TEXT, false},
    {"name", ROW_TEXT, true},
    {"timestamped", ROW_FLAG, true},
    {"note", ROW_TEXT, true},
};
static const struct row_column signed_columns[] = {
    {"signature", ROW_TEXT, true},
    {"public_key", ROW_TEXT, true},
};
static const struct row_column bundle_columns[] = {
    {"appeal", ROW_TEXT, true},
    {"version", ROW_NUMBER, true},
    {"edition", ROW_NUMBER, true},
    {"kind", ROW_TEXT, true},
    {"form", ROW_TEXT, true},
    {"addressee", ROW_TEXT, true},
    {"addressee_kind", ROW_TEXT, true},
    {"language", ROW_TEXT, true},
    {"authoritative", ROW_TEXT, true},
    {"named", ROW_NUMBER, true},
    {"counted", ROW_NUMBER, true},
    {"members", ROW_NUMBER, true},
    {"countries", ROW_NUMBER, true},
    {"made_at", ROW_TIME, true},
    {"actor", ROW_TEXT, true},
    {"site", ROW_TEXT, true},
    {"supplement_of", ROW_NUMBER, true},
};
static const struct row_column source_columns[] = {
    {"language", ROW_TEXT, true},
    {"digest", ROW_TEXT, true},
    {"text", ROW_TEXT, false},
};
static const struct row_column update_columns[] = {
    {"number", ROW_NUMBER, true},
    {"published_at", ROW_TIME, true},
    {"languages", ROW_TEXTS, true},
    {"title", ROW_TEXT, true},
    {"wanted", ROW_NUMBER, true},
    {"mailed", ROW_NUMBER, true},
    {"left", ROW_NUMBER, true},
};
static const struct row_column update_text_columns[] = {
    {"language", ROW_TEXT, true},
    {"title", ROW_TEXT, true},
    {"body", ROW_TEXT, false},
};
static const struct row_column update_contact_columns[] = {
    {"id", ROW_TEXT, true},
    {"contact", ROW_TEXT, false},
    {"contact_appeal", ROW_NUMBER, false},
    {"contact_row", ROW_NUMBER, false},
};
static const struct row_column update_mail_columns[] = {
    {"id", ROW_TEXT, true},
    {"queued", ROW_FLAG, true},
    {"error", ROW_TEXT, true},
};
/* clang-format on */

ROW_SCHEMA(appeal);
ROW_SCHEMA(appeal_full);
ROW_SCHEMA(addressee);
ROW_SCHEMA(imported);
ROW_SCHEMA(published);
ROW_SCHEMA(signature);
ROW_SCHEMA(queue);
ROW_SCHEMA(signature_ilo);
ROW_SCHEMA(signature_contact);
ROW_SCHEMA(list);
ROW_SCHEMA(decision);
ROW_SCHEMA(totals);
ROW_SCHEMA(letter);
ROW_SCHEMA(line);
ROW_SCHEMA(signatory);
ROW_SCHEMA(image);
ROW_SCHEMA(edition);
ROW_SCHEMA(response);
ROW_SCHEMA(public_letter);
ROW_SCHEMA(mail);
ROW_SCHEMA(difference);
ROW_SCHEMA(checked);
ROW_SCHEMA(option);
ROW_SCHEMA(keys);
ROW_SCHEMA(seal);
ROW_SCHEMA(sealed);
ROW_SCHEMA(signed);
ROW_SCHEMA(bundle);
ROW_SCHEMA(source);
ROW_SCHEMA(update);
ROW_SCHEMA(update_text);
ROW_SCHEMA(update_contact);
ROW_SCHEMA(update_mail);

const struct row_schema *const row_schemas[] = {
    &row_appeal,
    &row_appeal_full,
    &row_addressee,
    &row_imported,
    &row_published,
    &row_signature,
    &row_queue,
    &row_decision,
    &row_totals,
    &row_letter,
    &row_line,
    &row_signatory,
    &row_mail,
    &row_image,
    &row_edition,
    &row_response,
    &row_public_letter,
    &row_difference,
    &row_checked,
    &row_option,
    &row_signature_ilo,
    &row_signature_contact,
    &row_list,
    &row_keys,
    &row_seal,
    &row_sealed,
    &row_signed,
    &row_bundle,
    &row_source,
    &row_update,
    &row_update_text,
    &row_turned,
    &row_retention,
    &row_erased,
    &row_audit,
    &row_audit_entry,
    &row_audit_verdict,
    &row_update_contact,
    &row_update_mail,
    &row_review_left,
    &row_review,
    &row_review_other,
    &row_review_known,
    &row_review_note,
    &row_review_decision,
    &row_review_reason,
    &row_noted,
    &row_status,
    &row_status_appeal,
    &row_problem,
    &row_stats,
    &row_stats_day,
    &row_stats_country,
    &row_stats_affiliation,
    &row_mailed,
    &row_mail_test,
    &row_finding,
    &row_act,
    &row_act_signature,
    &row_act_preview,
    &row_act_count,
    &row_act_result,
    &row_backup,
    &row_database_check,
    &row_database_facts,
    &row_database_loss,
    &row_database_keys,
    &row_database_back,
    &row_restored,
    &row_database_held,
    &row_database,
    &row_vacuumed,
    &row_register_source,
    &row_organisation,
    &row_organisation_met,
    &row_register_imported,
    &row_register_fault,
    &row_register_removed,
    &row_duplicate,
    &row_merged,
    NULL,
};

static const char *const type_names[] = {
    [ROW_TEXT] = "text", [ROW_NUMBER] = "number", [ROW_DAY] = "day",
    [ROW_TIME] = "time", [ROW_FLAG] = "flag",     [ROW_TEXTS] = "texts",
};

#define TYPES (sizeof(type_names) / sizeof(type_names[0]))

const struct row_schema *row_schema_find(const char *name)
{
    for (size_t i = 0; row_schemas[i] != NULL; i++) {
        if (strcmp(row_schemas[i]->name, name) == 0)
            return row_schemas[i];
    }
    return NULL;
}

bool row_schema_begins(const struct row_schema *other, const struct row_schema *schema)
{
    if (strcmp(other->name, schema->name) != 0 || other->count < schema->count)
        return false;
    for (size_t i = 0; i < schema->count; i++) {
        if (strcmp(other->columns[i].name, schema->columns[i].name) != 0 ||
            other->columns[i].type != schema->columns[i].type)
            return false;
    }
    return true;
}

const char *row_type_name(enum row_type type)
{
    return type_names[type];
}

bool row_type_from_name(const char *name, enum row_type *out)
{
    for (size_t i = 0; i < TYPES; i++) {
        if (strcmp(type_names[i], name) == 0) {
            *out = (enum row_type)i;
            return true;
        }
    }
    return false;
}
