/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "config.h"

#include "base/str.h"
#include "cli/help.h"
#include "cli/options.h"
#include "cli/pager.h"
#include "cli/perform.h"
#include "cli/run.h"
#include "cli/stop.h"
#include "cli/talk.h"
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

/* What the completion script asks; no command, since it is nothing to type. */
#define RUN_YIELDING 5
#define RUN_COMPLETE "--complete"

static int print(const struct options *options, const struct str *text)
{
    struct pager *pager = pager_new(options, stdout);
    bool is_written = pager_write(pager, str_text(text), text->len);

    return pager_end(pager) && is_written ? EX_OK : perform_broken_output();
}

static int print_help(const struct options *options, const char *noun, const char *verb)
{
    struct str text = STR_INIT;
    int status;

    if (help_print(noun, verb, &text) == US_OK) {
        status = print(options, &text);
    } else {
        talk_error("there is no command \"%s%s%s\"; `undersign help` says what there is", noun,
                   verb != NULL ? " " : "", verb != NULL ? verb : "");
        status = EX_USAGE;
    }
    str_free(&text);
    return status;
}

static int perform_help(const struct options *options)
{
    const char *noun = options->argument_count > 0 ? options->arguments[0] : NULL;
    const char *verb = options->argument_count > 1 ? options->arguments[1] : NULL;

    return print_help(options, noun, verb);
}

static perform_function *const perform_table[COMMAND_COUNT] = {
    [COMMAND_APPEAL_DRAFT] = perform_draft,
    [COMMAND_APPEAL_IMPORT] = perform_import,
    [COMMAND_APPEAL_PUBLISH] = perform_publish,
    [COMMAND_APPEAL_LIST] = perform_list,
    [COMMAND_APPEAL_SHOW] = perform_appeal,
    [COMMAND_APPEAL_PAUSE] = perform_turn,
    [COMMAND_APPEAL_RESUME] = perform_turn,
    [COMMAND_APPEAL_CLOSE] = perform_turn,
    [COMMAND_APPEAL_REOPEN] = perform_turn,
    [COMMAND_APPEAL_ARCHIVE] = perform_turn,
    [COMMAND_APPEAL_SHIELD] = perform_turn,
    [COMMAND_SIGNATURE_ERASE] = perform_erase,
    [COMMAND_RETENTION_SHOW] = perform_list,
    [COMMAND_RETENTION_RUN] = perform_retention_run,
    [COMMAND_QUEUE] = perform_list,
    [COMMAND_SIGNATURE_LIST] = perform_list,
    [COMMAND_SIGNATURE_SHOW] = perform_signatures,
    [COMMAND_SIGNATURE_APPROVE] = perform_decision,
    [COMMAND_SIGNATURE_HOLD] = perform_decision,
    [COMMAND_SIGNATURE_REFUSE] = perform_decision,
    [COMMAND_SIGNATURE_STRIKE] = perform_decision,
    [COMMAND_SIGNATURE_RESTORE] = perform_decision,
    [COMMAND_SIGNATURE_UNLIST] = perform_decision,
    [COMMAND_ACT_LIST] = perform_list,
    [COMMAND_ACT_SHOW] = perform_act,
    [COMMAND_ACT_UNDO] = perform_act_undo,
    [COMMAND_SIGNATURE_DUPLICATES] = perform_list,
    [COMMAND_SIGNATURE_MERGE] = perform_merge,
    [COMMAND_REGISTER_IMPORT] = perform_register_import,
    [COMMAND_REGISTER_LIST] = perform_list,
    [COMMAND_REGISTER_MATCH] = perform_list,
    [COMMAND_REGISTER_REMOVE] = perform_register_remove,
    [COMMAND_MODERATE] = perform_moderate,
    [COMMAND_SIGNATURE_NOTE] = perform_item,
    [COMMAND_LOGO_SHOW] = perform_logo,
    [COMMAND_LOGO_REMOVE] = perform_logo,
    [COMMAND_EXPORT_CSV] = perform_export,
    [COMMAND_EXPORT_XLSX] = perform_export,
    [COMMAND_EXPORT_JSON] = perform_export,
    [COMMAND_EXPORT_JSONL] = perform_export,
    [COMMAND_EXPORT_LETTER] = perform_letter,
    [COMMAND_EXPORT_BUNDLE] = perform_bundle,
    [COMMAND_VERIFY] = perform_verify,
    [COMMAND_DELIVERY_SEND] = perform_send,
    [COMMAND_DELIVERY_RECORD] = perform_record,
    [COMMAND_DELIVERY_RESPOND] = perform_respond,
    [COMMAND_DELIVERY_LIST] = perform_list,
    [COMMAND_DELIVERY_SHOW] = perform_delivery,
    [COMMAND_UPDATE_PUBLISH] = perform_update_publish,
    [COMMAND_UPDATE_LIST] = perform_list,
    [COMMAND_UPDATE_SHOW] = perform_update_show,
    [COMMAND_UPDATE_REMOVE] = perform_update_remove,
    [COMMAND_UPDATE_SEND] = perform_update_send,
    [COMMAND_MAIL_LIST] = perform_list,
    [COMMAND_MAIL_SHOW] = perform_mail,
    [COMMAND_MAIL_RETRY] = perform_mail_change,
    [COMMAND_MAIL_DROP] = perform_mail_change,
    [COMMAND_MAIL_TEST] = perform_mail_test,
    [COMMAND_KEY_NEW] = perform_key,
    [COMMAND_KEY_SHOW] = perform_item,
    [COMMAND_AUDIT_LIST] = perform_list,
    [COMMAND_AUDIT_VERIFY] = perform_audit_verify,
    [COMMAND_AUDIT_EXPORT] = perform_audit_export,
    [COMMAND_DB_STATUS] = perform_db_status,
    [COMMAND_DB_CHECK] = perform_db_check,
    [COMMAND_DB_VACUUM] = perform_db_vacuum,
    [COMMAND_BACKUP_CREATE] = perform_backup_create,
    [COMMAND_BACKUP_LIST] = perform_list,
    [COMMAND_BACKUP_VERIFY] = perform_backup_verify,
    [COMMAND_BACKUP_RESTORE] = perform_restore,
    [COMMAND_CHECK_COUNTS] = perform_counts,
    [COMMAND_CONFIG_SHOW] = perform_config_show,
    [COMMAND_CONFIG_CHECK] = perform_config_check,
    [COMMAND_STATUS] = perform_status,
    [COMMAND_STATS] = perform_stats,
    [COMMAND_HELP] = perform_help,
    [COMMAND_DRAW_LOGO] = perform_draw_logo,
    [COMMAND_DRAW_PICTURES] = perform_draw_pictures,
};

bool run_has(enum command_id command)
{
    return perform_table[command] != NULL;
}

int run_undersign(int argc, char *const *argv)
{
    struct options options = {.command = COMMAND_HELP};
    int status;

    /* On the site's own machine a long list must not slow its pages down; that it gives way is a
     * courtesy, so nobody minds where it cannot. */
    (void)!nice(RUN_YIELDING);
    stop_watch();
    if (argc > 1 && strcmp(argv[1], RUN_COMPLETE) == 0) {
        struct str words = STR_INIT;
        help_complete(argv + 2, (size_t)argc - 2, &words);
        status = print(&options, &words);
        str_free(&words);
        return status;
    }
    if (options_parse(argc, argv, &options) != US_OK)
        return EX_USAGE;
    if (options_has(&options, OPTION_VERSION)) {
        printf("undersign %s\n", PACKAGE_VERSION);
        status = fflush(stdout) == 0 ? EX_OK : perform_broken_output();
    } else if (options_has(&options, OPTION_HELP)) {
        status = print_help(&options, options.noun, options.verb);
    } else {
        status = perform_table[options.command](&options);
    }
    options_clear(&options);
    return status;
}
