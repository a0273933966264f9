/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "control/dispatch.h"
#include "base/log.h"
#include "control/work.h"

static work_function *const work_table[COMMAND_COUNT] = {
    [COMMAND_APPEAL_IMPORT] = appeal_work_import,
    [COMMAND_APPEAL_PUBLISH] = appeal_work_publish,
    [COMMAND_APPEAL_LIST] = appeal_work_list,
    [COMMAND_APPEAL_SHOW] = appeal_work_show,
    [COMMAND_APPEAL_PAUSE] = appeal_state_work_turn,
    [COMMAND_APPEAL_RESUME] = appeal_state_work_turn,
    [COMMAND_APPEAL_CLOSE] = appeal_state_work_turn,
    [COMMAND_APPEAL_REOPEN] = appeal_state_work_turn,
    [COMMAND_APPEAL_ARCHIVE] = appeal_state_work_turn,
    [COMMAND_APPEAL_SHIELD] = appeal_state_work_shield,
    [COMMAND_SIGNATURE_ERASE] = retention_work_erase,
    [COMMAND_RETENTION_SHOW] = retention_work_show,
    [COMMAND_RETENTION_RUN] = retention_work_run,
    [COMMAND_QUEUE] = signature_work_queue,
    [COMMAND_SIGNATURE_LIST] = signature_work_list,
    [COMMAND_SIGNATURE_SHOW] = signature_work_show,
    [COMMAND_SIGNATURE_APPROVE] = signature_work_decide,
    [COMMAND_SIGNATURE_HOLD] = signature_work_decide,
    [COMMAND_SIGNATURE_REFUSE] = signature_work_decide,
    [COMMAND_SIGNATURE_STRIKE] = signature_work_decide,
    [COMMAND_SIGNATURE_RESTORE] = signature_work_decide,
    [COMMAND_SIGNATURE_DUPLICATES] = merge_work_duplicates,
    [COMMAND_SIGNATURE_MERGE] = merge_work_merge,
    [COMMAND_REGISTER_IMPORT] = register_work_import,
    [COMMAND_REGISTER_LIST] = register_work_list,
    [COMMAND_REGISTER_MATCH] = register_work_match,
    [COMMAND_REGISTER_REMOVE] = register_work_remove,
    [COMMAND_SIGNATURE_UNLIST] = signature_work_decide,
    [COMMAND_ACT_LIST] = act_work_list,
    [COMMAND_ACT_SHOW] = act_work_show,
    [COMMAND_ACT_UNDO] = act_work_undo,
    [COMMAND_LOGO_SHOW] = logo_work_show,
    [COMMAND_LOGO_REMOVE] = logo_work_remove,
    [COMMAND_EXPORT_CSV] = list_work_export,
    [COMMAND_EXPORT_XLSX] = list_work_export,
    [COMMAND_EXPORT_JSON] = list_work_export,
    [COMMAND_EXPORT_JSONL] = list_work_export,
    [COMMAND_EXPORT_LETTER] = edition_work_letter,
    [COMMAND_EDITION_DRAWN] = edition_work_drawn,
    [COMMAND_LETTER_PUBLISH] = edition_work_publish,
    [COMMAND_DELIVERY_SEND] = delivery_work_send,
    [COMMAND_DELIVERY_RECORD] = delivery_work_record,
    [COMMAND_DELIVERY_RESPOND] = delivery_work_respond,
    [COMMAND_DELIVERY_LIST] = delivery_work_list,
    [COMMAND_DELIVERY_SHOW] = delivery_work_show,
    [COMMAND_EXPORT_BUNDLE] = bundle_work_export,
    [COMMAND_SIGNATURE_NOTE] = review_work_note,
    [COMMAND_REVIEW_NEXT] = review_work_next,
    [COMMAND_REVIEW_SHOW] = review_work_show,
    [COMMAND_REVIEW_KEEP] = review_work_keep,
    [COMMAND_REVIEW_SKIP] = review_work_skip,
    [COMMAND_REVIEW_RELEASE] = review_work_release,
    [COMMAND_REVIEW_REASONS] = review_work_reasons,
    [COMMAND_KEY_SHOW] = seal_work_keys,
    [COMMAND_SEAL_SHOW] = seal_work_show,
    [COMMAND_SEAL_SIGN] = seal_work_sign,
    [COMMAND_BUNDLE_SIGN] = seal_work_sign_bundle,
    [COMMAND_UPDATE_PUBLISH] = update_work_publish,
    [COMMAND_UPDATE_LIST] = update_work_list,
    [COMMAND_UPDATE_SHOW] = update_work_show,
    [COMMAND_UPDATE_REMOVE] = update_work_remove,
    [COMMAND_UPDATE_SEND] = update_work_send,
    [COMMAND_UPDATE_QUEUE] = update_work_queue,
    [COMMAND_MAIL_LIST] = mail_work_list,
    [COMMAND_MAIL_SHOW] = mail_work_show,
    [COMMAND_MAIL_RETRY] = mail_hand_work_change,
    [COMMAND_MAIL_DROP] = mail_hand_work_change,
    [COMMAND_MAIL_TEST] = mail_hand_work_test,
    [COMMAND_AUDIT_LIST] = audit_work_list,
    [COMMAND_AUDIT_VERIFY] = audit_work_verify,
    [COMMAND_AUDIT_EXPORT] = audit_work_export,
    [COMMAND_BACKUP_CREATE] = backup_work_create,
    [COMMAND_BACKUP_LIST] = backup_work_list,
    [COMMAND_BACKUP_SEND] = backup_work_send,
    [COMMAND_BACKUP_EXAMINE] = backup_work_examine,
    [COMMAND_BACKUP_PLACE] = backup_work_place,
    [COMMAND_DB_STATUS] = db_work_status,
    [COMMAND_DB_CHECK] = db_work_check,
    [COMMAND_DB_VACUUM] = db_work_vacuum,
    [COMMAND_CHECK_COUNTS] = check_work_counts,
    [COMMAND_CONFIG_SHOW] = config_work_show,
    [COMMAND_CONFIG_CHECK] = config_work_check,
    [COMMAND_STATUS] = status_work_show,
    [COMMAND_STATS] = stats_work_show,
};

static const char *const sentences[] = {
    [US_NOT_FOUND] = "there is no such thing",
    [US_DUPLICATE] = "it is there already",
    [US_EXPIRED] = "its term is over",
    [US_LIMITED] = "a limit was reached; later it may pass",
    [US_DENIED] = "that is not allowed",
    [US_INVALID] = "the service could not make sense of that",
    [US_CONFLICT] = "its state does not allow that",
    [US_BUSY] = "the service is busy; try again in a moment",
    [US_FULL] = "the disk is full; nothing was changed",
    [US_IO] = "reading or writing failed; the service's log says why",
    [US_CORRUPT] = "stored data does not check out; the service's log says what",
    [US_CANCELLED] = "it was cancelled",
};

void dispatch_explain(enum us_err err, struct fault *fault)
{
    if (fault->text[0] == '\0' && err != US_OK)
        fault_set(fault, NULL, 0, "%s", sentences[err]);
}

bool dispatch_has(enum command_id command)
{
    return work_table[command] != NULL;
}

enum us_err dispatch_check(struct call *call)
{
    const struct command *command = &command_table[call->request->command];
    enum us_err err = role_check(call->config, call->rank, command, &call->fault);

    if (err != US_OK)
        return err;
    if (!dispatch_has(call->request->command)) {
        fault_set(&call->fault, NULL, 0, "the service does not do that");
        return US_INVALID;
    }
    /* Whoever asks to try it is not to find it done. */
    if (call->request->options[OPTION_DRY_RUN] != NULL && command->is_change && !command->can_try) {
        fault_set(&call->fault, NULL, 0, "that cannot be tried; nothing was done");
        return US_INVALID;
    }
    return US_OK;
}

enum us_err dispatch_run(struct call *call)
{
    const struct command *command = &command_table[call->request->command];
    enum us_err err = dispatch_check(call);

    if (err != US_OK)
        return err;
    err = work_table[call->request->command](call);
    if (err == US_OK)
        err = call->answer->err;
    if (err != US_OK && call->fault.text[0] == '\0')
        (void)answer_explain(call->answer, &call->fault);
    dispatch_explain(err, &call->fault);
    if (err == US_IO || err == US_CORRUPT || err == US_FULL)
        log_warning("control: %s%s%s failed: %s", command->noun, command->verb != NULL ? " " : "",
                    command->verb != NULL ? command->verb : "", err_name(err));
    return err;
}
