/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Updates in the store. The files are kept to the byte and parsed again when they are read. A
 * number that was given once is never given again: who had number 3 by mail must not miss another
 * number 3.
 */
#include "appeal/update.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/job.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TRIES 8 /* how often others may take the number first */

void update_clear(struct update *update)
{
    for (size_t i = 0; i < update->text_count; i++)
        update_text_clear(&update->texts[i]);
    free(update->texts);
    *update = (struct update){.texts = NULL};
}

/* ---- reading ---- */

struct source { /* a file as it is kept; borrowed from the query */
    const char *language;
    const void *data;
    size_t len;
};

static enum us_err walk_sources(struct reader *reader, int64_t appeal, int64_t number,
                                enum us_err (*on_source)(const struct source *source, void *arg),
                                void *arg)
{
    struct query *query =
        query_start(reader, STATEMENT_UPDATE_TEXTS, VALUES(value_int(appeal), value_int(number)));
    enum us_err err = US_OK, end;

    while (err == US_OK && query_next(query)) {
        struct source source = {.language = query_text(query, 0)};
        source.data = query_blob(query, 1, &source.len);
        err = on_source(&source, arg);
    }
    end = query_end(query);
    return end != US_OK ? end : err;
}

static enum us_err take_source(const struct source *source, void *arg)
{
    struct update *update = arg;
    struct update_text text;
    struct fault fault = {.line = 0};
    char *name = mem_format("%s.md", source->language != NULL ? source->language : "");
    enum us_err err = update_parse_text(name, source->data, source->len, &text, &fault);

    free(name);
    if (err != US_OK) {
        log_error("update: a stored text does not parse: line %d", fault.line);
        return US_CORRUPT;
    }
    update->texts = mem_resize(update->texts, update->text_count + 1, sizeof(*update->texts));
    update->texts[update->text_count++] = text;
    return US_OK;
}

static enum us_err read_texts(struct reader *reader, struct update *update)
{
    enum us_err err = walk_sources(reader, update->appeal, update->number, take_source, update);

    if (err == US_OK && update->text_count == 0)
        err = US_CORRUPT;
    if (err != US_OK)
        update_clear(update);
    return err;
}

enum us_err update_find(struct reader *reader, int64_t appeal, int64_t number, struct update *out)
{
    struct query *query =
        query_start(reader, STATEMENT_UPDATE_FIND, VALUES(value_int(appeal), value_int(number)));
    struct update update = {.appeal = appeal};
    enum us_err err;

    if (query_next(query)) {
        update.number = query_int(query, 0);
        update.published_at = query_int(query, 1);
    }
    err = query_end(query);
    if (err == US_OK && update.number == 0)
        err = US_NOT_FOUND;
    if (err == US_OK)
        err = read_texts(reader, &update);
    if (err == US_OK)
        *out = update;
    return err;
}

enum us_err update_each(struct reader *reader, int64_t appeal, int64_t below, size_t most,
                        bool (*on_update)(const struct update *update, void *arg), void *arg)
{
    struct update *list = NULL;
    size_t count = 0;
    bool goes_on = true;
    struct query *query =
        query_start(reader, STATEMENT_UPDATE_PAGE,
                    VALUES(value_int(appeal), value_int(below), value_int((int64_t)most)));
    enum us_err err;

    /* Their numbers first: while a query is open, no other is begun. */
    while (query_next(query)) {
        list = mem_resize(list, count + 1, sizeof(*list));
        list[count++] = (struct update){
            .appeal = appeal, .number = query_int(query, 0), .published_at = query_int(query, 1)};
    }
    err = query_end(query);
    for (size_t i = 0; err == US_OK && goes_on && i < count; i++) {
        err = read_texts(reader, &list[i]);
        if (err == US_OK)
            goes_on = on_update(&list[i], arg);
        update_clear(&list[i]);
    }
    free(list);
    return err;
}

enum us_err update_count(struct reader *reader, int64_t appeal, int64_t *out)
{
    struct query *query = query_start(reader, STATEMENT_UPDATE_COUNT, VALUES(value_int(appeal)));
    int64_t count = query_next(query) ? query_int(query, 0) : 0;
    enum us_err err = query_end(query);

    if (err == US_OK)
        *out = count;
    return err;
}

/* ---- publishing ---- */

static enum us_err check_files(const struct update_publish *what, struct fault *fault)
{
    if (what->count == 0 || what->count > UPDATE_FILES_MOST) {
        fault_set(fault, NULL, 0,
                  "an update has a file for each language it is written in (ru.md, en.md), one to "
                  "%d of them",
                  UPDATE_FILES_MOST);
        return US_INVALID;
    }
    for (size_t i = 0; i < what->count; i++) {
        const struct appeal_file *file = &what->files[i];
        struct update_text text;
        enum us_err err = update_parse_text(file->name, file->data, file->len, &text, fault);

        if (err != US_OK)
            return err;
        update_text_clear(&text);
        for (size_t k = 0; k < i; k++) {
            if (strcmp(what->files[k].name, file->name) == 0) {
                fault_set(fault, file->name, 0, "this file came twice");
                return US_INVALID;
            }
        }
    }
    if (what->appeal->published_version != 0)
        return US_OK;
    fault_set(fault, NULL, 0, "the appeal %s was never published, so there is no page for its news",
              what->appeal->slug);
    return US_CONFLICT;
}

struct looking { /* at what there is */
    const struct update_publish *what;
    int64_t last;   /* the highest number that was given */
    int64_t newest; /* on the site; 0: none */
    size_t same;    /* of its files, those that are to be published too */
    size_t kept;    /* all its files */
    enum us_err err;
};

static enum us_err compare_source(const struct source *source, void *arg)
{
    struct looking *looking = arg;
    size_t language = source->language != NULL ? strlen(source->language) : 0;

    looking->kept++;
    for (size_t i = 0; i < looking->what->count; i++) {
        const struct appeal_file *file = &looking->what->files[i];
        bool is_named = strlen(file->name) == language + strlen(".md") &&
                        memcmp(file->name, source->language, language) == 0;

        if (is_named && file->len == source->len &&
            memcmp(file->data, source->data, file->len) == 0)
            looking->same++;
    }
    return US_OK;
}

static void look(struct reader *reader, void *arg)
{
    struct looking *looking = arg;
    int64_t appeal = looking->what->appeal->id;
    struct query *query =
        query_start(reader, STATEMENT_UPDATE_LAST_NUMBER, VALUES(value_int(appeal)));

    looking->last = query_next(query) ? query_int(query, 0) : 0;
    looking->err = query_end(query);
    if (looking->err != US_OK)
        return;
    query = query_start(reader, STATEMENT_UPDATE_PAGE,
                        VALUES(value_int(appeal), value_int(INT64_MAX), value_int(1)));
    looking->newest = query_next(query) ? query_int(query, 0) : 0;
    looking->err = query_end(query);
    if (looking->err == US_OK && looking->newest != 0)
        looking->err = walk_sources(reader, appeal, looking->newest, compare_source, looking);
}

static void add_audit(struct job *job, const char *act, const struct update_remove *what)
{
    char *said = what->reason != NULL
                     ? mem_format("update %" PRId64 ": %s", what->number, what->reason)
                     : mem_format("update %" PRId64, what->number);

    job_add_audit(job, &(struct job_audit){
                           .at = what->now,
                           .actor = what->actor,
                           .act = act,
                           .subject = what->appeal->slug,
                           .reason = said,
                       });
    free(said);
}

static enum us_err store_update(struct site *site, const struct update_publish *what,
                                int64_t number)
{
    struct job *job = job_new();
    enum us_err err;

    (void)job_expect(job, STATEMENT_UPDATE_INSERT, US_BUSY,
                     VALUES(value_int(what->appeal->id), value_int(number), value_int(what->now)));
    for (size_t i = 0; i < what->count; i++) {
        const struct appeal_file *file = &what->files[i];
        char *language = mem_string_part(file->name, strlen(file->name) - strlen(".md"));

        (void)job_expect(job, STATEMENT_UPDATE_TEXT_INSERT, US_IO,
                         VALUES(value_int(what->appeal->id), value_int(number),
                                value_text(language), value_blob(file->data, file->len)));
        free(language);
    }
    add_audit(job, "update.publish",
              &(struct update_remove){.appeal = what->appeal,
                                      .number = number,
                                      .actor = what->actor,
                                      .reason = what->reason,
                                      .now = what->now});
    err = store_run(site_store(site), job);
    job_free(job);
    return err;
}

enum us_err update_publish(struct site *site, const struct update_publish *what, int64_t *number,
                           struct fault *fault)
{
    enum us_err err = check_files(what, fault);

    if (err != US_OK)
        return err;
    err = US_BUSY;
    for (int i = 0; i < TRIES && err == US_BUSY; i++) {
        struct looking looking = {.what = what};

        err = store_read_wait(site_store(site), look, &looking);
        if (err == US_OK)
            err = looking.err;
        if (err != US_OK)
            return err;
        if (looking.newest != 0 && looking.same == what->count && looking.kept == what->count) {
            *number = looking.newest;
            return US_DUPLICATE;
        }
        err = store_update(site, what, looking.last + 1);
        *number = looking.last + 1;
    }
    if (err == US_OK)
        site_changed(site, what->appeal->id, false);
    return err;
}

enum us_err update_remove(struct site *site, const struct update_remove *what)
{
    const struct value appeal = value_int(what->appeal->id), number = value_int(what->number);
    struct job *job = job_new();
    enum us_err err;

    (void)job_expect(job, STATEMENT_UPDATE_REMOVE, US_NOT_FOUND,
                     VALUES(appeal, number, value_int(what->now)));
    (void)job_add(job, STATEMENT_UPDATE_TEXT_DELETE, VALUES(appeal, number));
    (void)job_add(job, STATEMENT_UPDATE_MAIL_DELETE, VALUES(appeal, number));
    add_audit(job, "update.remove", what);
    err = store_run(site_store(site), job);
    job_free(job);
    if (err == US_OK)
        site_changed(site, what->appeal->id, true);
    return err;
}
