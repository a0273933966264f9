/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The database as a file: how it is, whether it holds, writing it anew. */
#include "appeal/database.h"
#include "control/backup_report.h"
#include "control/work.h"
#include <unistd.h>

enum us_err db_work_status(struct call *call)
{
    struct database_look look;
    struct backup_last last;
    bool has_backup = backup_last(call->config, &last) == US_OK;
    enum us_err err = database_look(call->site, &look, &call->fault);

    if (err != US_OK)
        return err;
    answer_single(call->answer, &row_database,
                  (struct row_value[]){
                      row_text(call->config->store_path),
                      row_number(look.bytes),
                      row_number(look.free_bytes),
                      row_number(look.log_bytes),
                      row_number_if(look.room_bytes >= 0, look.room_bytes),
                      row_number(look.page_bytes),
                      row_number(look.bytes / look.page_bytes),
                      row_number(look.schema),
                      row_text(look.library),
                      row_number(getpid()),
                      row_flag(look.is_failing),
                      row_number_if(has_backup, has_backup ? last.made_at : 0),
                  });
    return call->answer->err;
}

enum us_err db_work_check(struct call *call)
{
    const struct backup_check_params params = {
        .on_verdict = backup_report_verdict,
        .on_damage = backup_report_damage,
        .on_progress = backup_report_progress,
        .arg = call->answer,
    };
    bool holds = false;
    enum us_err err = database_check(call->site, &params, &holds, &call->fault);

    return err == US_OK ? call->answer->err : err;
}

enum us_err db_work_vacuum(struct call *call)
{
    const struct request *request = call->request;
    const struct database_vacuum params = {
        .actor = call->actor,
        .reason = request->options[OPTION_REASON],
        .on_progress = backup_report_progress,
        .arg = call->answer,
        .is_trial = request->options[OPTION_DRY_RUN] != NULL,
    };
    int64_t before = 0, after = 0;
    enum us_err err = call_check_reason(call);

    if (err == US_OK)
        err = database_vacuum(call->site, &params, &before, &after, &call->fault);
    if (err != US_OK)
        return err;
    answer_single(call->answer, &row_vacuumed,
                  (struct row_value[]){
                      row_number(before),
                      row_number(after),
                      row_flag(!params.is_trial),
                  });
    return call->answer->err;
}
