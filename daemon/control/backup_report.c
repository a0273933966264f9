/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "control/backup_report.h"
#include "proto/row.h"

void backup_report_turn(struct answer *answer, const struct row_schema *schema)
{
    if (answer->schema != schema)
        answer_columns(answer, schema);
}

void backup_report_verdict(const char *what, bool holds, const char *found, void *arg)
{
    struct answer *answer = arg;

    backup_report_turn(answer, &row_database_check);
    (void)!answer_row(answer, (struct row_value[]){
                                  row_text(what),
                                  row_flag(holds),
                                  row_text(found),
                              });
}

void backup_report_damage(const char *what, void *arg)
{
    struct answer *answer = arg;

    backup_report_turn(answer, &row_difference);
    (void)!answer_row(answer, (struct row_value[]){row_text(what)});
}

bool backup_report_progress(int64_t done, int64_t total, const char *what, void *arg)
{
    struct answer *answer = arg;

    answer_progress(answer, done, total, what);
    return answer->err == US_OK && !answer_is_cancelled(answer);
}
