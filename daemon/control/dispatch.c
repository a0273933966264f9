/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "control/dispatch.h"
#include "base/log.h"
#include "control/work.h"

static work_function *const work_table[COMMAND_COUNT] = {
    [COMMAND_APPEAL_IMPORT] = appeal_work_import,
    [COMMAND_APPEAL_PUBLISH] = appeal_work_publish,
    [COMMAND_APPEAL_LIST] = appeal_work_list,
    [COMMAND_APPEAL_SHOW] = appeal_work_show,
    [COMMAND_QUEUE] = signature_work_queue,
    [COMMAND_SIGNATURE_LIST] = signature_work_list,
    [COMMAND_SIGNATURE_SHOW] = signature_work_show,
    [COMMAND_SIGNATURE_APPROVE] = signature_work_decide,
    [COMMAND_SIGNATURE_HOLD] = signature_work_decide,
    [COMMAND_SIGNATURE_REFUSE] = signature_work_decide,
    [COMMAND_SIGNATURE_STRIKE] = signature_work_decide,
    [COMMAND_SIGNATURE_RESTORE] = signature_work_decide,
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
    [COMMAND_CHECK_COUNTS] = check_work_counts,
    [COMMAND_CONFIG_SHOW] = check_work_show_config,
    [COMMAND_CONFIG_CHECK] = check_work_check_config,
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

enum us_err dispatch_run(struct call *call)
{
    const struct command *command = &command_table[call->request->command];
    work_function *work = work_table[call->request->command];
    enum us_err err;

    if (work == NULL) {
        fault_set(&call->fault, NULL, 0, "the service does not do that");
        return US_INVALID;
    }
    err = work(call);
    if (err == US_OK)
        err = call->answer->err;
    dispatch_explain(err, &call->fault);
    if (err == US_IO || err == US_CORRUPT || err == US_FULL)
        log_warning("control: %s%s%s failed: %s", command->noun, command->verb != NULL ? " " : "",
                    command->verb != NULL ? command->verb : "", err_name(err));
    return err;
}
