/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* An organisation's rows, and what is found by them; for register_import.c and register_sweep.c. */
#ifndef APPEAL_REGISTER_WRITE_H
#define APPEAL_REGISTER_WRITE_H

#include "appeal/register_csv.h"
#include "appeal/site.h"
#include "store/job.h"
#include <stdint.h>

#define REGISTER_PAGE_ROWS 200 /* organisations that are read at once */
/* After which a job ends: some milliseconds of the store's. One organisation may bring 900, with
 * all its aliases' words. */
#define REGISTER_JOB_STATEMENTS 2000

/* A row, its names, their words, its domains. */
void register_write_add(struct job *job, int64_t batch, int64_t id, const struct register_row *row);
/* The same taken out again. */
void register_write_remove(struct job *job, int64_t id, const struct register_row *row);

/* Deletes lists that count no more, in small jobs; also what a broken import left. Waits. */
US_MUST_CHECK enum us_err register_sweep(struct site *site);

/* Calls on_row with each organisation of a batch, by name and country, in pages; false: stop. What
 * is in it is borrowed. */
struct reader;
US_MUST_CHECK enum us_err
register_batch_each(struct reader *reader, int64_t batch,
                    bool (*on_row)(int64_t id, const struct register_row *row, void *arg),
                    void *arg);

/* The batch that counts of a source. US_NOT_FOUND. */
US_MUST_CHECK enum us_err register_batch_find(struct reader *reader, const char *source,
                                              int64_t *batch);

#endif
