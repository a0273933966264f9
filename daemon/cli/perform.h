/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The commands, each from its options to its exit status. What failed has been said on standard
 * error by then.
 */
#ifndef CLI_PERFORM_H
#define CLI_PERFORM_H

#include "cli/options.h"

typedef int perform_function(const struct options *options);

perform_function perform_list;                                    /* rows as they come */
perform_function perform_item;                                    /* one row */
perform_function perform_import, perform_publish, perform_appeal; /* perform_appeal.c */
perform_function perform_turn;                                    /* perform_appeal_state.c */
perform_function perform_retention_run, perform_erase;            /* perform_retention.c */
perform_function perform_draft;                                   /* perform_draft.c */
perform_function perform_signatures, perform_decision;            /* perform_signature.c */
perform_function perform_bulk, perform_act, perform_act_undo;     /* perform_act.c */
perform_function perform_moderate;                                /* perform_moderate.c */
perform_function perform_logo;                                    /* perform_logo.c */
perform_function perform_export;                                  /* perform_export.c */
perform_function perform_letter;                                  /* perform_letter.c */
perform_function perform_bundle, perform_verify; /* perform_bundle.c, perform_verify.c */
perform_function perform_send;                   /* perform_send.c */
perform_function perform_record, perform_respond, perform_delivery; /* perform_delivery.c */
perform_function perform_update_publish, perform_update_remove,
    perform_update_show;                                     /* perform_update.c */
perform_function perform_update_send;                        /* perform_update_send.c */
perform_function perform_key;                                /* perform_key.c */
perform_function perform_draw_logo, perform_draw_pictures;   /* perform_draw.c */
perform_function perform_audit_verify, perform_audit_export; /* perform_audit.c */
perform_function perform_counts;                             /* perform_check.c */
perform_function perform_config_show, perform_config_check;  /* perform_config.c */
perform_function perform_status, perform_stats;              /* perform_status.c, perform_stats.c */
perform_function perform_mail, perform_mail_change, perform_mail_test; /* perform_mail.c */

perform_function perform_register_import, perform_register_remove; /* perform_register.c */
perform_function perform_merge;                                    /* perform_merge.c */

perform_function perform_backup_create, perform_backup_verify;           /* perform_backup.c */
perform_function perform_restore;                                        /* perform_restore.c */
perform_function perform_db_status, perform_db_check, perform_db_vacuum; /* perform_db.c */

/* The options of a letter go together; else says why not. Gives the exit status. */
int perform_check_letter(const struct options *options);
/* Says that standard output could not be written; gives the exit status. */
int perform_broken_output(void);

#endif
