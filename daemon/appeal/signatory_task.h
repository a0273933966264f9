/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Something a signatory asked for, under way: what is there is read on a reader thread, a guarded
 * job is made of it, and where somebody else came first it is read again. For signatory*.c alone.
 */
#ifndef APPEAL_SIGNATORY_TASK_H
#define APPEAL_SIGNATORY_TASK_H

#include "appeal/delivery.h"
#include "appeal/signatory.h"
#include "appeal/signatory_row.h"
#include "store/job.h"

enum { SIGNATORY_TASK_TEXTS = 2 };

struct signatory_task { /* released when on_done has been called */
    struct site *site;
    int64_t row, now;
    signatory_done *on_done;
    void *arg;
    /* Sets a job, or none where there is nothing to do. US_CONFLICT from the job, not from here:
     * it is made once more. */
    enum us_err (*make)(struct reader *reader, struct signatory_task *task, struct job **job);
    void (*on_stored)(struct signatory_task *task); /* on the store thread, once done; NULL: none */
    char *texts[SIGNATORY_TASK_TEXTS];              /* its own: a reason; names. Wiped */
    bool wants;
    struct signature signature; /* as it was read: row, appeal, state alone */
    struct public_letter_files letters;
    int tries;
};

/* Takes the task and sees it to its end. */
void signatory_task_run(struct reader *reader, struct signatory_task *task);
/* The row of a signatory's token: US_NOT_FOUND for what is none. */
US_MUST_CHECK enum us_err signatory_task_row(struct site *site, enum token_purpose purpose,
                                             const char *token, int64_t *row);

#endif
