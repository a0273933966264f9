/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* backup create and list; and "backup send", the former with its bytes going to the client. */
#include "appeal/backup.h"
#include "base/clock.h"
#include "control/backup_report.h"
#include "control/work.h"
#include <string.h>

#define BLOB_NAME "backup"

static void fill(const struct backup_head *head, const char *name, int64_t bytes, bool is_sealed,
                 struct row_value *values)
{
    bool is_known = head != NULL;
    int64_t signatures = is_known ? backup_head_rows(head, "signature") : -1;

    values[0] = row_text(name);
    values[1] = row_number_if(is_known && head->made_at > 0, is_known ? head->made_at : 0);
    values[2] = row_number_if(bytes > 0, bytes);
    values[3] = row_number_if(signatures >= 0, signatures);
    values[4] = row_flag(is_sealed);
    values[5] = row_text(is_known ? head->site : NULL);
    values[6] = row_null();
    values[7] = row_number_if(is_known, is_known ? head->bytes : 0);
    values[8] = row_number_if(is_known && head->schema > 0, is_known ? head->schema : 0);
    values[9] = row_text(is_known ? head->program : NULL);
    values[10] = row_null();
    values[11] = row_null();
}

/* ---- create, send ---- */

static enum us_err take_key(struct call *call, struct organiser_public *out)
{
    if (call->file_count == 1 && call->files[0].len == sizeof(out->bytes)) {
        memcpy(out->bytes, call->files[0].data, sizeof(out->bytes));
        return US_OK;
    }
    fault_set(&call->fault, NULL, 0, "a public key of %zu bytes was expected", sizeof(out->bytes));
    return US_INVALID;
}

static enum us_err send_piece(const void *data, size_t len, void *arg)
{
    return answer_blob(arg, BLOB_NAME, data, len);
}

static enum us_err create(struct call *call, vault_sink *out)
{
    const struct request *request = call->request;
    struct organiser_public key;
    struct backup_params params = {
        .actor = call->actor,
        .reason = request->options[OPTION_REASON],
        .on_progress = backup_report_progress,
        .arg = call->answer,
        .is_trial = request->options[OPTION_DRY_RUN] != NULL,
        .out = out,
        .out_arg = call->answer,
    };
    struct row_value values[12];
    struct backup_made made;
    enum us_err err = call_check_reason(call);

    if (err == US_OK && call->file_count > 0) {
        err = take_key(call, &key);
        params.key = &key;
    }
    if (err == US_OK)
        err = backup_create(call->site, &params, &made, &call->fault);
    if (err != US_OK)
        return err;
    fill(&made.head, made.path, made.bytes, made.is_sealed, values);
    values[10] = row_number(made.removed);
    answer_single(call->answer, &row_backup, values);
    backup_made_clear(&made);
    return call->answer->err;
}

enum us_err backup_work_create(struct call *call)
{
    return create(call, NULL);
}

enum us_err backup_work_send(struct call *call)
{
    return create(call, send_piece);
}

/* ---- list ---- */

static bool add_backup(const struct backup_seen *seen, void *arg)
{
    struct row_value values[12];

    fill(seen->head, seen->name, seen->bytes, seen->is_sealed, values);
    values[11] = row_text(seen->problem);
    return answer_row(arg, values);
}

enum us_err backup_work_list(struct call *call)
{
    enum us_err err;

    answer_columns(call->answer, &row_backup);
    err = backup_each(call->config, add_backup, call->answer, &call->fault);
    return err == US_OK ? call->answer->err : err;
}
