/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * All that an organisation is found by follows from its own row, so that what was put in is taken
 * out again whole.
 */
#include "appeal/register_write.h"
#include "base/mem.h"
#include "store/query.h"
#include "text/name_key.h"
#include <stdlib.h>
#include <string.h>

static void each_word(struct job *job, int64_t id, const char *key, bool is_added)
{
    char *words = mem_string(key), *rest = NULL;
    for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        (void)job_add(job,
                      is_added ? STATEMENT_REGISTER_INSERT_WORD : STATEMENT_REGISTER_DELETE_WORD,
                      VALUES(value_text(word), value_int(id)));
    free(words);
}

static void write_name(struct job *job, int64_t id, const char *name, bool is_added)
{
    char *key = name_key_make(name);
    if (is_added)
        (void)job_add(job, STATEMENT_REGISTER_INSERT_NAME,
                      VALUES(value_int(id), value_text(key), value_text(name)));
    each_word(job, id, key, is_added);
    free(key);
}

static void write_found_by(struct job *job, int64_t id, const struct register_row *row,
                           bool is_added)
{
    char *aliases = mem_string(row->aliases), *domains = mem_string(row->domains), *rest = NULL;
    write_name(job, id, row->name, is_added);
    for (char *alias = strtok_r(aliases, "|", &rest); alias; alias = strtok_r(NULL, "|", &rest))
        write_name(job, id, alias, is_added);
    for (char *domain = strtok_r(domains, " ", &rest); domain; domain = strtok_r(NULL, " ", &rest))
        (void)job_add(
            job, is_added ? STATEMENT_REGISTER_INSERT_DOMAIN : STATEMENT_REGISTER_DELETE_DOMAIN,
            VALUES(value_text(domain), value_int(id)));
    free(aliases);
    free(domains);
}

void register_write_add(struct job *job, int64_t batch, int64_t id, const struct register_row *row)
{
    (void)job_add(job, STATEMENT_REGISTER_INSERT,
                  VALUES(value_int(id), value_int(batch), value_text(row->name),
                         value_text(row->country), value_text(row->affiliation),
                         value_text(row->aliases), value_text(row->domains)));
    write_found_by(job, id, row, true);
}

void register_write_remove(struct job *job, int64_t id, const struct register_row *row)
{
    write_found_by(job, id, row, false);
    (void)job_add(job, STATEMENT_REGISTER_DELETE_NAMES, VALUES(value_int(id)));
    (void)job_add(job, STATEMENT_REGISTER_DELETE, VALUES(value_int(id)));
}

/* ---- reading a batch ---- */

struct page {
    struct register_row rows[REGISTER_PAGE_ROWS];
    int64_t ids[REGISTER_PAGE_ROWS];
    size_t count;
};

static void page_clear(struct page *page)
{
    for (size_t i = 0; i < page->count; i++) {
        free(page->rows[i].name);
        free(page->rows[i].country);
        free(page->rows[i].affiliation);
        free(page->rows[i].aliases);
        free(page->rows[i].domains);
    }
    page->count = 0;
}

/* Behind a name and a country. */
static enum us_err page_read(struct reader *reader, int64_t batch, const char *name,
                             const char *country, struct page *page)
{
    struct query *query = query_start(reader, STATEMENT_REGISTER_PAGE,
                                      VALUES(value_int(batch), value_text(name),
                                             value_text(country), value_int(REGISTER_PAGE_ROWS)));
    page->count = 0;
    while (query_next(query)) {
        page->ids[page->count] = query_int(query, 0);
        page->rows[page->count++] = (struct register_row){
            .name = mem_string(query_text(query, 1)),
            .country = mem_string(query_text(query, 2)),
            .affiliation = mem_string(query_text(query, 3)),
            .aliases = mem_string(query_text(query, 4)),
            .domains = mem_string(query_text(query, 5)),
        };
    }
    enum us_err err = query_end(query);
    if (err)
        page_clear(page);
    return err;
}

enum us_err register_batch_each(struct reader *reader, int64_t batch,
                                bool (*on_row)(int64_t id, const struct register_row *row,
                                               void *arg),
                                void *arg)
{
    struct page *page = MEM_NEW(struct page);
    char *name = mem_string(""), *country = mem_string("");
    enum us_err err;
    bool goes_on = true;
    size_t count;
    do {
        err = page_read(reader, batch, name, country, page);
        count = page->count;
        if (err || count == 0)
            break;
        reader_refresh(reader);
        free(name);
        free(country);
        name = mem_string(page->rows[count - 1].name);
        country = mem_string(page->rows[count - 1].country);
        for (size_t i = 0; goes_on && i < count; i++)
            goes_on = on_row(page->ids[i], &page->rows[i], arg);
        page_clear(page);
    } while (goes_on && count == REGISTER_PAGE_ROWS);
    free(name);
    free(country);
    free(page);
    return err;
}

enum us_err register_batch_find(struct reader *reader, const char *source, int64_t *batch)
{
    bool is_found = false;
    struct query *query = query_start(reader, STATEMENT_REGISTER_SOURCES, VALUES_NONE);
    while (query_next(query)) {
        if (strcmp(query_text(query, 0), source) == 0) {
            *batch = query_int(query, 3);
            is_found = true;
        }
    }
    enum us_err err = query_end(query);
    return err || is_found ? err : US_NOT_FOUND;
}

/* ---- what counts no more ---- */

struct sweep {
    struct page page;
    int64_t batch;
    bool is_found;
    enum us_err err;
};

static void find_stale(struct reader *reader, void *arg)
{
    struct sweep *sweep = arg;
    struct query *query = query_start(reader, STATEMENT_REGISTER_STALE, VALUES_NONE);
    sweep->is_found = query_next(query);
    if (sweep->is_found)
        sweep->batch = query_int(query, 0);
    sweep->err = query_end(query);
}

static void read_first(struct reader *reader, void *arg)
{
    struct sweep *sweep = arg;
    sweep->err = page_read(reader, sweep->batch, "", "", &sweep->page);
}

static enum us_err delete_batch(struct site *site, struct sweep *sweep)
{
    enum us_err err;
    do {
        err = store_read_wait(site_store(site), read_first, sweep);
        if (!err)
            err = sweep->err;
        if (err || sweep->page.count == 0)
            return err;
        for (size_t i = 0; !err && i < sweep->page.count;) {
            struct job *job = job_new();
            for (; i < sweep->page.count && job_count(job) < REGISTER_JOB_STATEMENTS; i++)
                register_write_remove(job, sweep->page.ids[i], &sweep->page.rows[i]);
            err = store_run(site_store(site), job);
            job_free(job);
        }
        page_clear(&sweep->page);
    } while (!err);
    return err;
}

enum us_err register_sweep(struct site *site)
{
    struct sweep *sweep = MEM_NEW(struct sweep);
    enum us_err err;
    do {
        err = store_read_wait(site_store(site), find_stale, sweep);
        if (!err)
            err = sweep->err;
        if (!err && sweep->is_found)
            err = delete_batch(site, sweep);
    } while (!err && sweep->is_found);
    free(sweep);
    return err;
}
