/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Backups, and the database as a file. */
#include "proto/row_schema.h"

/* clang-format off */
static const struct row_column backup_columns[] = {
    {"name", ROW_TEXT, true},
    {"made_at", ROW_TIME, true},
    {"bytes", ROW_NUMBER, true},
    {"signatures", ROW_NUMBER, true},
    {"sealed", ROW_FLAG, true},
    {"site", ROW_TEXT, false},
    {"sealed_to", ROW_TEXT, false}, /* the key's name */
    {"database_bytes", ROW_NUMBER, false},
    {"schema", ROW_NUMBER, false},
    {"program", ROW_TEXT, false},
    {"removed", ROW_NUMBER, false}, /* older ones, when one was made */
    {"problem", ROW_TEXT, true},    /* why its head cannot be read */
};
static const struct row_column database_check_columns[] = {
    {"what", ROW_TEXT, true},
    {"holds", ROW_FLAG, true},
    {"found", ROW_TEXT, true},
};
static const struct row_column database_facts_columns[] = {
    {"of", ROW_TEXT, true}, /* now, backup */
    {"signatures", ROW_NUMBER, true},
    {"listed", ROW_NUMBER, true},
    {"newest_on", ROW_DAY, true},
    {"pending", ROW_NUMBER, true},
    {"mails", ROW_NUMBER, true},
    {"last_act_at", ROW_TIME, true},
};
static const struct row_column database_loss_columns[] = {
    {"lost", ROW_NUMBER, true},
    {"since", ROW_DAY, true},
    {"undone", ROW_NUMBER, true},  /* brought nearer to the list since: as it was */
    {"carried", ROW_NUMBER, true}, /* signatures: what became of them since is done again */
    {"appeals", ROW_NUMBER, true}, /* the same of appeals */
};
static const struct row_column database_keys_columns[] = {
    {"there", ROW_FLAG, true}, /* the folder of keys has a site.key */
    {"fit", ROW_FLAG, true},   /* it is the one that the backup's database goes with */
    {"lost", ROW_NUMBER, true}, /* appeals that were signed and whose key is not there */
};
static const struct row_column database_back_columns[] = { /* a signature or an appeal, and what became of it since */
    {"id", ROW_TEXT, true},
    {"state", ROW_TEXT, true},
    {"carried", ROW_FLAG, true}, /* it is done again; else undone */
};
static const struct row_column restored_columns[] = {
    {"database", ROW_TEXT, true},
    {"kept", ROW_TEXT, true}, /* where the one before stands; null: there was none */
    {"keys", ROW_FLAG, true}, /* the service's keys are in their folder */
    {"carried", ROW_NUMBER, true}, /* signatures that were withdrawn, struck... since: again */
    {"carried_all", ROW_FLAG, true}, /* false: the one before is damaged, some may be missing */
    {"letters", ROW_NUMBER, true},    /* delivered since: known again */
    {"held_mails", ROW_NUMBER, true}, /* that were stopped */
    {"appeals", ROW_NUMBER, true},    /* that are again as they were before */
    {"acts", ROW_NUMBER, true},       /* on many signatures, since: known again, by number */
};
static const struct row_column database_held_columns[] = { /* a letter: did it leave? */
    {"appeal", ROW_TEXT, true},
    {"edition", ROW_NUMBER, true},
    {"addressee", ROW_TEXT, true},
};
static const struct row_column database_columns[] = {
    {"path", ROW_TEXT, true},
    {"bytes", ROW_NUMBER, true},
    {"free_bytes", ROW_NUMBER, true},
    {"log_bytes", ROW_NUMBER, true},
    {"room_bytes", ROW_NUMBER, true},
    {"page_bytes", ROW_NUMBER, true},
    {"pages", ROW_NUMBER, true},
    {"schema", ROW_NUMBER, true},
    {"library", ROW_TEXT, true},
    {"process", ROW_NUMBER, true},
    {"fails", ROW_FLAG, true},
    {"last_backup_at", ROW_TIME, true},
};
static const struct row_column vacuumed_columns[] = {
    {"before_bytes", ROW_NUMBER, true},
    {"after_bytes", ROW_NUMBER, true},
    {"done", ROW_FLAG, true}, /* no: it was only tried */
};
/* clang-format on */

ROW_SCHEMA(backup);
ROW_SCHEMA(database_check);
ROW_SCHEMA(database_facts);
ROW_SCHEMA(database_loss);
ROW_SCHEMA(database_keys);
ROW_SCHEMA(database_back);
ROW_SCHEMA(restored);
ROW_SCHEMA(database_held);
ROW_SCHEMA(database);
ROW_SCHEMA(vacuumed);
