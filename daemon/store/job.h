/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A job is a short list of statements that happen together or not at all. Each says what it
 * expects: one row touched or returned, or any number; a miss rolls this job back alone (a
 * savepoint inside the group's transaction) and gives its us_err. Work between reading and writing
 * (decrypt, seal) happens between a read and a guarded write job, never inside one.
 */
#ifndef STORE_JOB_H
#define STORE_JOB_H

#include "base/err.h"
#include "store/statement.h"
#include "store/value.h"

struct job;

struct job *job_new(void);
void job_free(struct job *job);
/* Any number of rows will do. Returns the step's index, for its result. The number of values must
 * be the statement's (assert). */
size_t job_add(struct job *job, enum statement statement, const struct value *values, size_t count);
/* Exactly one row must be changed or returned; otherwise the job fails with `miss`. */
size_t job_expect(struct job *job, enum statement statement, enum us_err miss,
                  const struct value *values, size_t count);
/* Statements so far: whoever has many to give begins another job in time. */
size_t job_count(const struct job *job);
/* An entry of the audit chain: the store thread, which alone knows the last entry, gives the
 * sequence number and the chain's digest over the previous one and this entry's salted commitment.
 * The salt and the words sit in a row beside it that can be erased. subject: what the act was done
 * to. */
struct job_audit {
    int64_t at;          /* wall time */
    const char *actor;   /* "unix:NAME", "signatory", "service" */
    const char *act;     /* "signature.approve", "appeal.publish" */
    const char *subject; /* slug or public id; NULL */
    const char *reason;  /* NULL: none given */
};
void job_add_audit(struct job *job, const struct job_audit *audit);

/* After the job is done: columns of the first row that a step returned (RETURNING). */
size_t job_rows(const struct job *job, size_t step); /* changed or returned */
int64_t job_get_int(const struct job *job, size_t step, int column);
/* Borrowed from the job; NULL for NULL. */
const void *job_get_data(const struct job *job, size_t step, int column, size_t *len);

#endif
