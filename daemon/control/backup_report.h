/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is found while a whole database is looked through, as rows; and how far that is. */
#ifndef CONTROL_BACKUP_REPORT_H
#define CONTROL_BACKUP_REPORT_H

#include "appeal/backup_check.h"
#include "control/answer.h"

/* For struct backup_check_params; arg is the answer. */
void backup_report_verdict(const char *what, bool holds, const char *found, void *answer);
void backup_report_damage(const char *what, void *answer);
/* The same for struct backup_params: false when the client wants no more. */
backup_progress backup_report_progress;
/* Goes on to rows of that kind, where others came before. */
void backup_report_turn(struct answer *answer, const struct row_schema *schema);

#endif
