/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "appeal/signatory_task.h"
#include "appeal/pack.h"
#include <stdlib.h>

#define TRIES 4

static void end_task(struct signatory_task *task, enum us_err err)
{
    task->on_done(err, task->arg);
    for (size_t i = 0; i < SIGNATORY_TASK_TEXTS; i++)
        pack_wipe_text(task->texts[i]);
    public_letter_files_clear(&task->letters);
    free(task);
}

static void run_again(struct reader *reader, void *arg)
{
    signatory_task_run(reader, arg);
}

/* On the store thread. */
static void on_stored(struct job *job, enum us_err err, void *arg)
{
    struct signatory_task *task = arg;
    (void)job;
    if (err == US_CONFLICT && ++task->tries < TRIES) {
        public_letter_files_clear(&task->letters);
        err = store_read(site_store(task->site), run_again, task);
        if (!err)
            return;
    } else if (err == US_CONFLICT) {
        err = US_BUSY;
    }
    if (!err && task->on_stored)
        task->on_stored(task);
    end_task(task, err);
}

void signatory_task_run(struct reader *reader, struct signatory_task *task)
{
    struct job *job = NULL;
    enum us_err err = task->make(reader, task, &job);
    if (err || !job)
        end_task(task, err);
    else
        store_submit(site_store(task->site), job, on_stored, task);
}

enum us_err signatory_task_row(struct site *site, enum token_purpose purpose, const char *token,
                               int64_t *row)
{
    enum us_err err = token_read(site_keyring(site), purpose, token, row);
    return err == US_INVALID ? US_NOT_FOUND : err;
}
