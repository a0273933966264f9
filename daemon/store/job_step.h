/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a job is made of: for job.c, which builds it, and the store thread, which runs it. */
#ifndef STORE_JOB_STEP_H
#define STORE_JOB_STEP_H

#include "store/job.h"
#include <stdbool.h>

struct job_step {
    enum statement statement;
    enum us_err miss;     /* US_OK: any number of rows will do */
    struct value *values; /* their data lies in `data` */
    size_t count;
    char *data;
    bool is_audit; /* extends the audit chain before it is run */

    size_t rows;           /* changed or returned */
    struct value *columns; /* of the first row returned; their data lies in `result` */
    size_t columns_count;
    char *result;
};

struct job {
    struct job_step *steps;
    size_t count, capacity;
    size_t bytes; /* all that it was given: the queue is bounded by these too */

    /* The store thread's, from submitting to the answer. */
    struct job *next;
    enum us_err err;
    void (*on_done)(struct job *job, enum us_err err, void *arg);
    void *arg;
    bool is_kept; /* the submitter frees it */
};

/* Copies a row's columns as the step's result. */
void job_step_keep(struct job_step *step, const struct value *columns, size_t count);
/* Forgets the results of all steps: what they did was taken back. */
void job_step_forget(struct job *job);

#endif
