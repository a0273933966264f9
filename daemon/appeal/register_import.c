/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The new list is written beside the old one in jobs of some milliseconds, and one small job makes
 * it the one that counts; then the old one is deleted. Whatever breaks off in between leaves the
 * old list as it was, and rows that belong to none, which the next import sweeps up.
 */
#include "appeal/register_import.h"
#include "appeal/domain_lists.h"
#include "appeal/register.h"
#include "appeal/register_write.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "crypto/random.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum us_err register_check_source(const char *source, struct fault *fault)
{
    const size_t len = strlen(source);
    if (len > 0 && len <= REGISTER_SOURCE_MOST && utf8_is_valid(source, len) &&
        !utf8_has_forbidden(source, len, false) && !strchr(source, '/') && *source != ' ' &&
        source[len - 1] != ' ')
        return US_OK;
    fault_set(fault, NULL, 0,
              "a list's name has 1 to %d bytes and no slash: name it with --source NAME",
              REGISTER_SOURCE_MOST);
    return US_INVALID;
}

/* ---- what differs ---- */

struct comparison {
    const struct register_import *params;
    struct register_imported *out;
    size_t at; /* of the table's rows: those before are compared */
    enum us_err err;
};

static int compare(const struct register_row *a, const struct register_row *b)
{
    const int order = strcmp(a->name, b->name);
    return order ? order : strcmp(a->country, b->country);
}

static bool is_same(const struct register_row *a, const struct register_row *b)
{
    return strcmp(a->affiliation, b->affiliation) == 0 && strcmp(a->aliases, b->aliases) == 0 &&
           strcmp(a->domains, b->domains) == 0;
}

/* Both are in the same order. */
static bool compare_row(int64_t id, const struct register_row *old, void *arg)
{
    struct comparison *comparison = arg;
    const struct register_table *table = comparison->params->table;
    int order = 1;
    (void)id;
    while (comparison->at < table->count &&
           (order = compare(&table->rows[comparison->at], old)) < 0) {
        comparison->out->added++;
        comparison->at++;
    }
    if (comparison->at == table->count || order > 0) {
        comparison->out->removed++;
        return true;
    }
    if (is_same(&table->rows[comparison->at++], old))
        comparison->out->unchanged++;
    else
        comparison->out->changed++;
    return true;
}

static void compare_lists(struct reader *reader, void *arg)
{
    struct comparison *comparison = arg;
    int64_t batch;
    enum us_err err = register_batch_find(reader, comparison->params->source, &batch);
    if (!err)
        err = register_batch_each(reader, batch, compare_row, comparison);
    comparison->out->added += (int64_t)(comparison->params->table->count - comparison->at);
    comparison->err = err == US_NOT_FOUND ? US_OK : err;
}

static int64_t count_free_domains(const struct site *site, const struct register_table *table)
{
    int64_t count = 0;
    if (!site_domains(site))
        return 0;
    for (size_t i = 0; i < table->count; i++) {
        char *domains = mem_string(table->rows[i].domains), *rest = NULL;
        for (char *domain = strtok_r(domains, " ", &rest); domain;
             domain = strtok_r(NULL, " ", &rest))
            count += domain_lists_find(site_domains(site), domain) != DOMAIN_OWN;
        free(domains);
    }
    return count;
}

/* ---- writing ---- */

static enum us_err run(struct site *site, struct job *job)
{
    const enum us_err err = store_run(site_store(site), job);
    job_free(job);
    return err;
}

static enum us_err begin(struct site *site, const char *source, int64_t batch)
{
    struct job *job = job_new();
    (void)job_expect(job, STATEMENT_REGISTER_BEGIN, US_CONFLICT,
                     VALUES(value_text(source), value_int(batch)));
    return run(site, job);
}

/* Each job holds only while nobody began to take in that list anew. */
static enum us_err write_rows(struct site *site, const struct register_import *params,
                              int64_t batch)
{
    const struct register_table *table = params->table;
    /* Rows that come one after another lie side by side; nobody ever sees these ids. */
    const int64_t first = random_id() / 2 + 1;
    enum us_err err = US_OK;
    for (size_t done = 0; !err && done < table->count;) {
        struct job *job = job_new();
        (void)job_expect(job, STATEMENT_REGISTER_IS_LOADING, US_CONFLICT,
                         VALUES(value_text(params->source), value_int(batch)));
        for (; done < table->count && job_count(job) < REGISTER_JOB_STATEMENTS; done++)
            register_write_add(job, batch, first + (int64_t)done, &table->rows[done]);
        err = run(site, job);
        if (!err && params->on_progress && !params->on_progress(done, table->count, params->arg))
            err = US_CANCELLED;
    }
    return err;
}

static enum us_err finish(struct site *site, const struct register_import *params, int64_t batch,
                          const struct register_imported *counts)
{
    const int64_t now = clock_now();
    struct job *job = job_new();
    char *said = mem_format("%" PRId64 " added, %" PRId64 " changed, %" PRId64 " removed%s%s",
                            counts->added, counts->changed, counts->removed,
                            params->reason ? ": " : "", params->reason ? params->reason : "");
    (void)job_expect(job, STATEMENT_REGISTER_SWITCH, US_CONFLICT,
                     VALUES(value_text(params->source), value_int(batch),
                            value_int((int64_t)params->table->count), value_int(now)));
    job_add_audit(job, &(struct job_audit){
                           .at = now,
                           .actor = params->actor,
                           .act = "register.import",
                           .subject = params->source,
                           .reason = said,
                       });
    free(said);
    return run(site, job);
}

static void abandon(struct site *site, const char *source, int64_t batch)
{
    struct job *job = job_new();
    (void)job_add(job, STATEMENT_REGISTER_ABANDON, VALUES(value_text(source), value_int(batch)));
    (void)job_add(job, STATEMENT_REGISTER_DROP_EMPTY, VALUES_NONE);
    if (run(site, job))
        log_warning("register: what a broken import wrote is still there; the next one sweeps it");
}

/* The list counts, or does not, whatever becomes of what is swept. */
static void sweep(struct site *site)
{
    const enum us_err err = register_sweep(site);
    if (err)
        log_warning("register: an old list is not deleted (%s); the next import does",
                    err_name(err));
}

enum us_err register_import(struct site *site, const struct register_import *params,
                            struct register_imported *out, struct fault *fault)
{
    struct register_imported counts = {0};
    struct comparison comparison = {.params = params, .out = &counts};
    enum us_err err = register_check_source(params->source, fault);
    if (err)
        return err;
    err = store_read_wait(site_store(site), compare_lists, &comparison);
    if (!err)
        err = comparison.err;
    if (err)
        return err;
    counts.free_domains = count_free_domains(site, params->table);
    if (!params->is_trial && counts.added + counts.changed + counts.removed > 0) {
        const int64_t batch = random_id();
        err = begin(site, params->source, batch);
        if (!err)
            err = write_rows(site, params, batch);
        if (!err)
            err = finish(site, params, batch, &counts);
        if (err)
            abandon(site, params->source, batch);
        sweep(site);
    }
    if (err == US_CONFLICT)
        fault_set(fault, NULL, 0, "another import of the list %s began meanwhile", params->source);
    if (!err)
        *out = counts;
    return err;
}
