/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Building a job and reading its results; it is run in writer.c. */
#include "store/job.h"
#include "base/mem.h"
#include "crypto/random.h"
#include "store/audit.h"
#include "store/job_step.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct job *job_new(void)
{
    return MEM_NEW(struct job);
}

void job_free(struct job *job)
{
    if (!job)
        return;
    for (size_t i = 0; i < job->count; i++) {
        free(job->steps[i].values);
        free(job->steps[i].data);
        free(job->steps[i].columns);
        free(job->steps[i].result);
    }
    free(job->steps);
    free(job);
}

/* Copies values and, one behind the other with a NUL after each, what they point to. */
static size_t job_copy_values(const struct value *values, size_t count, struct value **out,
                              char **out_data)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += values[i].len + 1;
    struct value *copy = mem_alloc(count * sizeof *copy + 1);
    char *data = mem_alloc(bytes + 1);
    char *end = data;
    for (size_t i = 0; i < count; i++) {
        copy[i] = values[i];
        if (values[i].type != VALUE_TEXT && values[i].type != VALUE_BLOB)
            continue;
        if (values[i].len)
            memcpy(end, values[i].data, values[i].len);
        end[values[i].len] = '\0';
        copy[i].data = end;
        end += values[i].len + 1;
    }
    *out = copy;
    *out_data = data;
    return bytes;
}

size_t job_count(const struct job *job)
{
    return job->count;
}

size_t job_add(struct job *job, enum statement statement, const struct value *values, size_t count)
{
    return job_expect(job, statement, US_OK, values, count);
}

size_t job_expect(struct job *job, enum statement statement, enum us_err miss,
                  const struct value *values, size_t count)
{
    assert(statement < STATEMENT_COUNT);
    assert(count == (size_t)statement_table[statement].parameters);
    if (job->count == job->capacity) {
        job->capacity = job->capacity ? 2 * job->capacity : 4;
        job->steps = mem_resize(job->steps, job->capacity, sizeof *job->steps);
    }
    struct job_step *step = &job->steps[job->count];
    *step = (struct job_step){.statement = statement, .miss = miss, .count = count};
    job->bytes += sizeof *step + count * sizeof *values;
    job->bytes += job_copy_values(values, count, &step->values, &step->data);
    return job->count++;
}

void job_add_audit(struct job *job, const struct job_audit *audit)
{
    const struct value seq = value_audit_seq();
    const struct value digest = {.type = VALUE_AUDIT_DIGEST};
    const struct value null = value_null();
    bool has_reason = audit->reason != NULL;
    uint8_t salt[AUDIT_SALT_SIZE], commitment[DIGEST_SIZE];
    uint8_t reason_salt[AUDIT_SALT_SIZE], reason[DIGEST_SIZE];
    random_bytes(salt, sizeof salt);
    if (has_reason) {
        random_bytes(reason_salt, sizeof reason_salt);
        audit_commit_reason(audit->reason, reason_salt, reason);
    }
    audit_commit(audit, salt, has_reason ? reason : NULL, commitment);
    size_t step = job_add(job, STATEMENT_AUDIT_INSERT,
                          VALUES(seq, value_int(audit->at), value_text(audit->act),
                                 value_blob(commitment, sizeof commitment), digest));
    job->steps[step].is_audit = true;
    job_add(job, STATEMENT_AUDIT_DETAIL_INSERT,
            VALUES(seq, value_blob(salt, sizeof salt), value_text(audit->actor),
                   value_text(audit->subject), value_text(audit->reason),
                   has_reason ? value_blob(reason_salt, sizeof reason_salt) : null,
                   has_reason ? value_blob(reason, sizeof reason) : null));
}

size_t job_rows(const struct job *job, size_t step)
{
    assert(step < job->count);
    return job->steps[step].rows;
}

/* NULL when the step returned no row. */
static const struct value *job_column(const struct job *job, size_t step, int column)
{
    assert(step < job->count && column >= 0);
    if ((size_t)column >= job->steps[step].columns_count)
        return NULL;
    return &job->steps[step].columns[column];
}

int64_t job_get_int(const struct job *job, size_t step, int column)
{
    const struct value *value = job_column(job, step, column);
    return value && value->type == VALUE_INT ? value->number : 0;
}

const void *job_get_data(const struct job *job, size_t step, int column, size_t *len)
{
    const struct value *value = job_column(job, step, column);
    bool is_data = value && (value->type == VALUE_TEXT || value->type == VALUE_BLOB);
    *len = is_data ? value->len : 0;
    return is_data ? value->data : NULL;
}

void job_step_keep(struct job_step *step, const struct value *columns, size_t count)
{
    job_copy_values(columns, count, &step->columns, &step->result);
    step->columns_count = count;
}

void job_step_forget(struct job *job)
{
    for (size_t i = 0; i < job->count; i++) {
        struct job_step *step = &job->steps[i];
        free(step->columns);
        free(step->result);
        step->columns = NULL;
        step->result = NULL;
        step->columns_count = step->rows = 0;
    }
}
