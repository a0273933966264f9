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
/* signature_work.c */
work_function signature_work_queue, signature_work_list, signature_work_show, signature_work_decide;
/* export_work.c */
work_function export_work_csv, export_work_letter;
/* mail_work.c */
work_function mail_work_list, mail_work_show;
/* check_work.c */
work_function check_work_counts, check_work_show_config, check_work_check_config;

struct signature;
/* Adds a signature to the answer; false when it is no use to go on. */
US_MUST_CHECK bool signature_work_add(struct answer *answer, const struct signature *signature);
/* The same without what it chose to show: that is not the reader's to know. */
US_MUST_CHECK bool signature_work_add_shown(struct answer *answer,
                                            const struct signature *signature);

#endif
