/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What each command does, served by dispatch.c from its table. A function checks what the command
 * table cannot, fills call->answer, and sets call->fault to a sentence where it fails.
 */
#ifndef CONTROL_WORK_H
#define CONTROL_WORK_H

#include "control/call.h"

typedef enum us_err work_function(struct call *call);

/* appeal_work.c */
work_function appeal_work_import, appeal_work_publish, appeal_work_list, appeal_work_show;
/* appeal_state_work.c */
work_function appeal_state_work_turn, appeal_state_work_shield;
/* retention_work.c */
work_function retention_work_show, retention_work_run, retention_work_erase;
/* signature_work.c */
work_function signature_work_queue, signature_work_list, signature_work_show, signature_work_decide;
/* act_work.c */
work_function act_work_list, act_work_show, act_work_undo;
/* logo_work.c */
work_function logo_work_show, logo_work_remove;
/* list_work.c */
work_function list_work_export;
/* edition_work.c */
work_function edition_work_letter, edition_work_drawn, edition_work_publish;
/* delivery_work.c */
work_function delivery_work_send, delivery_work_record, delivery_work_respond, delivery_work_list,
    delivery_work_show;
/* review_work.c */
work_function review_work_next, review_work_show, review_work_keep, review_work_skip,
    review_work_release, review_work_reasons, review_work_note;
/* register_work.c, merge_work.c */
work_function register_work_import, register_work_list, register_work_match, register_work_remove,
    merge_work_duplicates, merge_work_merge;
/* seal_work.c */
work_function seal_work_show, seal_work_sign, seal_work_sign_bundle, seal_work_keys;
/* bundle_work.c */
work_function bundle_work_export;
/* update_work.c */
work_function update_work_publish, update_work_list, update_work_show, update_work_remove,
    update_work_send, update_work_queue;
/* mail_work.c, mail_hand_work.c */
work_function mail_work_list, mail_work_show, mail_hand_work_change, mail_hand_work_test;
/* audit_work.c */
work_function audit_work_list, audit_work_verify, audit_work_export;
/* backup_work.c, backup_place_work.c */
work_function backup_work_create, backup_work_send, backup_work_list, backup_work_examine,
    backup_work_place;
bool backup_work_serves(enum command_id command); /* the last two */
/* db_work.c */
work_function db_work_status, db_work_check, db_work_vacuum;
/* check_work.c */
work_function check_work_counts;
/* config_work.c */
work_function config_work_show, config_work_check;
/* status_work.c, stats_work.c */
work_function status_work_show, stats_work_show;

#endif
