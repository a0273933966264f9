/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What `status`, `stats`, `mail` and `config` answer with. */
#include "proto/row_schema.h"

/* clang-format off */
static const struct row_column status_columns[] = {
    {"version", ROW_TEXT, true},
    {"running", ROW_FLAG, true},
    {"started_at", ROW_TIME, true}, /* null: not running */
    {"now", ROW_TIME, true},
    {"url", ROW_TEXT, true},
    {"schema", ROW_NUMBER, true},
    {"writable", ROW_FLAG, true},
    {"confirmed", ROW_NUMBER, true},
    {"held", ROW_NUMBER, true},
    {"listed", ROW_NUMBER, true},
    {"refused", ROW_NUMBER, true},
    {"struck", ROW_NUMBER, true},
    {"withdrawn", ROW_NUMBER, true},
    {"waiting_since", ROW_DAY, true},
    {"waiting_recent", ROW_NUMBER, true}, /* of those that wait: of this hour and the one before */
    {"confirmed_today", ROW_NUMBER, true},
    {"confirmed_week", ROW_NUMBER, true}, /* the seven days before today */
    {"pending", ROW_NUMBER, true},
    {"mail_waiting", ROW_NUMBER, true},
    {"mail_news", ROW_NUMBER, true},  /* of these */
    {"mail_tried", ROW_NUMBER, true}, /* of these */
    {"mail_failed", ROW_NUMBER, true},
    {"mail_oldest_at", ROW_TIME, true},
    {"mail_error", ROW_TEXT, true},
    {"disk_free", ROW_NUMBER, true}, /* bytes, as all that follow */
    {"disk_size", ROW_NUMBER, true},
    {"mail_disk_free", ROW_NUMBER, true},
    {"mail_disk_size", ROW_NUMBER, true},
    {"database", ROW_NUMBER, true},
    {"wal", ROW_NUMBER, true},
    {"backup_at", ROW_TIME, true},
    {"backup_to", ROW_TEXT, true},
    {"tls_ends_on", ROW_DAY, true},
    {"seal_ends_on", ROW_DAY, true},
    {"disk_folder", ROW_TEXT, true},
    {"transport", ROW_TEXT, true},
};
static const struct row_column status_appeal_columns[] = {
    {"appeal", ROW_TEXT, true},
    {"state", ROW_TEXT, true},
    {"shielded", ROW_FLAG, true},
    {"confirmed", ROW_NUMBER, true},
    {"held", ROW_NUMBER, true},
    {"listed", ROW_NUMBER, true},
    {"refused", ROW_NUMBER, false},
    {"struck", ROW_NUMBER, false},
    {"withdrawn", ROW_NUMBER, false},
    {"members", ROW_NUMBER, false},
    {"confirmed_today", ROW_NUMBER, true},
    {"confirmed_week", ROW_NUMBER, true},
};
static const struct row_column problem_columns[] = {
    {"level", ROW_TEXT, true}, /* wrong, note */
    {"problem", ROW_TEXT, true},
    {"command", ROW_TEXT, true}, /* what to type */
};
static const struct row_column stats_columns[] = {
    {"appeal", ROW_TEXT, true},
    {"confirmed", ROW_NUMBER, true},
    {"held", ROW_NUMBER, true},
    {"listed", ROW_NUMBER, true},
    {"refused", ROW_NUMBER, true},
    {"struck", ROW_NUMBER, true},
    {"withdrawn", ROW_NUMBER, true},
    {"members", ROW_NUMBER, true},
};
static const struct row_column stats_day_columns[] = {
    {"day", ROW_DAY, true},
    {"confirmed", ROW_NUMBER, true},
    {"listed", ROW_NUMBER, true},
};
static const struct row_column stats_country_columns[] = {
    {"country", ROW_TEXT, true},
    {"listed", ROW_NUMBER, true},
    {"waiting", ROW_NUMBER, true},
    {"members", ROW_NUMBER, true},
};
static const struct row_column stats_affiliation_columns[] = {
    {"affiliation", ROW_TEXT, true},
    {"listed", ROW_NUMBER, true},
    {"members", ROW_NUMBER, true},
};
static const struct row_column mailed_columns[] = {
    {"id", ROW_TEXT, true},
    {"action", ROW_TEXT, true},   /* retry, drop */
    {"changed", ROW_FLAG, true},
    {"error", ROW_TEXT, true},
    {"reason", ROW_TEXT, true},   /* why not */
};
static const struct row_column mail_test_columns[] = {
    {"taken", ROW_FLAG, true},
    {"transport", ROW_TEXT, true},
    {"relay", ROW_TEXT, true},      /* host:port; null: spool */
    {"answer", ROW_TEXT, true},     /* the relay's words, or the file */
    {"encryption", ROW_TEXT, true}, /* null: none */
};
static const struct row_column finding_columns[] = {
    {"level", ROW_TEXT, true}, /* error, warning */
    {"file", ROW_TEXT, true},
    {"line", ROW_NUMBER, true},
    {"option", ROW_TEXT, true},
    {"problem", ROW_TEXT, true},
};
/* clang-format on */

ROW_SCHEMA(status);
ROW_SCHEMA(status_appeal);
ROW_SCHEMA(problem);
ROW_SCHEMA(stats);
ROW_SCHEMA(stats_day);
ROW_SCHEMA(stats_country);
ROW_SCHEMA(stats_affiliation);
ROW_SCHEMA(mailed);
ROW_SCHEMA(mail_test);
ROW_SCHEMA(finding);
