/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Import and publication. An import reads what is there, decides, and writes with guards: each job
 * holds only while the version, the settings and every text are still what the decision was made
 * on, so that of two imports at once one goes first and the other decides again. What somebody
 * signed, or may be reading on the site to sign it, is never replaced: changed texts, and other
 * addressees, make the next version. What the site goes by is copied when it is published: no
 * policy, no closing day takes effect because a file was imported.
 */
#include "appeal/appeal.h"
#include "appeal/document_entries.h"
#include "base/clock.h"
#include "base/mem.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include <stdlib.h>
#include <string.h>

#define TRIES 16 /* how often others may come first */

/* What the files say; settings and texts are owned, files are the caller's. */
struct import {
    const struct appeal_file *ini;
    const struct appeal_file *sources[APPEAL_FILES_MOST]; /* of the texts, in the same order */
    struct settings *settings;
    struct text *texts[APPEAL_FILES_MOST];
    size_t count;
};

/* What the store holds of that slug. */
struct current {
    const char *slug; /* looked for */
    enum us_err err;
    bool exists, is_signed;
    int64_t id, version, published_version;
    enum appeal_state state;
    uint8_t *settings; /* as imported last */
    size_t settings_len;
    uint8_t *live; /* that the site goes by; NULL: never published */
    size_t live_len;
    struct current_text {
        char language[16];
        uint8_t digest[DIGEST_SIZE];
    } * texts;
    size_t count;
};

static enum us_err refuse(struct fault *fault, const char *file, const char *sentence)
{
    fault_set(fault, file, 0, "%s", sentence);
    return US_INVALID;
}

static enum us_err parse_file(struct import *import, const struct appeal_file *file,
                              struct fault *fault)
{
    enum us_err err;

    if (strcmp(file->name, DOCUMENT_SETTINGS_NAME) == 0) {
        if (import->ini != NULL)
            return refuse(fault, file->name, "the file comes twice");
        import->ini = file;
        return document_parse_settings(file->data, file->len, &import->settings, fault);
    }
    for (size_t i = 0; i < import->count; i++) {
        if (strcmp(import->sources[i]->name, file->name) == 0)
            return refuse(fault, file->name, "the file comes twice");
    }
    err = document_parse_text(file->name, file->data, file->len, &import->texts[import->count],
                              fault);
    if (err == US_OK)
        import->sources[import->count++] = file;
    return err;
}

static bool has_text(const struct import *import, const char *language)
{
    for (size_t i = 0; i < import->count; i++) {
        if (strcmp(import->texts[i]->language, language) == 0)
            return true;
    }
    return false;
}

/* The settings and the texts must fit together. */
static enum us_err check_languages(const struct import *import, struct fault *fault)
{
    const struct settings *settings = import->settings;

    if (!has_text(import, settings->authoritative)) {
        fault_set(fault, DOCUMENT_SETTINGS_NAME, settings->authoritative_line,
                  "authoritative is %s, but there is no file %s.md", settings->authoritative,
                  settings->authoritative);
        return US_INVALID;
    }
    for (size_t i = 0; i < settings->addressee_count; i++) {
        const struct addressee *addressee = &settings->addressees[i];

        if (!has_text(import, addressee->language)) {
            fault_set(fault, DOCUMENT_SETTINGS_NAME, addressee->line,
                      "[addressee.%s] gets its letter in %s, but there is no file %s.md; name a "
                      "language that has a text",
                      addressee->id, addressee->language, addressee->language);
            return US_INVALID;
        }
    }
    return US_OK;
}

static enum us_err parse_files(struct import *import, const struct appeal_file *files, size_t count,
                               struct fault *fault)
{
    enum us_err err = US_OK;

    if (count > APPEAL_FILES_MOST)
        return refuse(fault, NULL, "an appeal has at most 64 files");
    for (size_t i = 0; err == US_OK && i < count; i++) {
        size_t len = strlen(files[i].name);

        if (files[i].len > APPEAL_FILE_MOST)
            err = refuse(fault, files[i].name, "a file must not be larger than 512 KiB");
        else if (strcmp(files[i].name, DOCUMENT_SETTINGS_NAME) != 0 &&
                 (len < 3 || strcmp(files[i].name + len - 3, ".md") != 0))
            err = refuse(fault, files[i].name,
                         "an appeal is appeal.ini and one LL.md for each language; nothing else "
                         "belongs here");
        else
            err = parse_file(import, &files[i], fault);
    }
    if (err == US_OK && import->ini == NULL)
        err = refuse(fault, DOCUMENT_SETTINGS_NAME, "the file is missing");
    return err == US_OK ? check_languages(import, fault) : err;
}

static void import_clear(struct import *import)
{
    for (size_t i = 0; i < import->count; i++)
        text_free(import->texts[i]);
    settings_free(import->settings);
}

static void current_clear(struct current *current)
{
    const char *slug = current->slug;

    free(current->settings);
    free(current->live);
    free(current->texts);
    *current = (struct current){.slug = slug};
}

static enum us_err read_current_row(struct reader *reader, struct current *current)
{
    struct query *query =
        query_start(reader, STATEMENT_APPEAL_FIND, VALUES(value_text(current->slug)));

    if (query_next(query)) {
        const char *state = query_text(query, 2);
        const void *settings = query_blob(query, 5, &current->settings_len);

        current->exists = true;
        current->id = query_int(query, 0);
        current->version = query_int(query, 3);
        current->published_version = query_int(query, 4);
        current->settings = mem_copy(settings, current->settings_len);
        current->state = state != NULL && strcmp(state, appeal_state_name(APPEAL_OPEN)) == 0
                             ? APPEAL_OPEN
                             : APPEAL_DRAFT;
    }
    return query_end(query);
}

static enum us_err read_current_texts(struct reader *reader, struct current *current)
{
    struct query *query = query_start(reader, STATEMENT_APPEAL_DIGESTS,
                                      VALUES(value_int(current->id), value_int(current->version)));

    while (query_next(query)) {
        size_t len;
        const char *language = query_text(query, 0);
        const void *digest = query_blob(query, 1, &len);
        struct current_text *text;

        current->texts = mem_resize(current->texts, current->count + 1, sizeof(*current->texts));
        text = &current->texts[current->count++];
        *text = (struct current_text){.language = ""};
        if (language != NULL && strlen(language) < sizeof(text->language))
            memcpy(text->language, language, strlen(language) + 1);
        if (digest != NULL && len == sizeof(text->digest))
            memcpy(text->digest, digest, len);
    }
    return query_end(query);
}

static enum us_err read_current_live(struct reader *reader, struct current *current)
{
    struct query *query =
        query_start(reader, STATEMENT_APPEAL_PUBLICATION,
                    VALUES(value_int(current->id), value_int(current->published_version)));

    if (query_next(query)) {
        const void *live = query_blob(query, 0, &current->live_len);

        current->live = mem_copy(live, current->live_len);
    }
    return query_end(query);
}

static enum us_err read_current_signed(struct reader *reader, struct current *current)
{
    struct query *query = query_start(reader, STATEMENT_APPEAL_IS_SIGNED,
                                      VALUES(value_int(current->id), value_int(current->version)));

    current->is_signed = query_next(query) && query_int(query, 0) != 0;
    return query_end(query);
}

/* One read transaction, so they agree. */
static void read_current(struct reader *reader, void *arg)
{
    struct current *current = arg;

    current->err = read_current_row(reader, current);
    if (current->err == US_OK && current->exists)
        current->err = read_current_texts(reader, current);
    if (current->err == US_OK && current->exists)
        current->err = read_current_live(reader, current);
    if (current->err == US_OK && current->exists)
        current->err = read_current_signed(reader, current);
}

static enum us_err find_current(struct site *site, struct current *current)
{
    enum us_err err;

    current_clear(current);
    err = store_read_wait(site_store(site), read_current, current);
    return err != US_OK ? err : current->err;
}

static bool has_same_texts(const struct import *import, const struct current *current)
{
    if (import->count != current->count)
        return false;
    for (size_t i = 0; i < import->count; i++) {
        const struct current_text *found = NULL;

        for (size_t k = 0; k < current->count && found == NULL; k++) {
            if (strcmp(current->texts[k].language, import->texts[i]->language) == 0)
                found = &current->texts[k];
        }
        if (found == NULL ||
            memcmp(found->digest, import->texts[i]->digest, sizeof(found->digest)) != 0)
            return false;
    }
    return true;
}

/* The letter goes to the same ones, in the same parts: whatever else is said of them. */
static bool has_same_addressees(const struct settings *one, const struct settings *other)
{
    if (one->addressee_count != other->addressee_count)
        return false;
    for (size_t i = 0; i < one->addressee_count; i++) {
        const struct addressee *a = &one->addressees[i], *found = NULL;

        for (size_t k = 0; k < other->addressee_count && found == NULL; k++) {
            if (strcmp(other->addressees[k].id, a->id) == 0)
                found = &other->addressees[k];
        }
        if (found == NULL || found->kind != a->kind || found->role != a->role)
            return false;
    }
    return true;
}

/* Their order in the file counts for nothing. What cannot be read is not the same. */
static bool keeps_addressees(const struct import *import, const struct current *current)
{
    struct settings *before;
    struct fault fault;
    bool keeps;

    if (document_parse_settings((const char *)current->settings, current->settings_len, &before,
                                &fault) != US_OK)
        return false;
    keeps = has_same_addressees(before, import->settings);
    settings_free(before);
    return keeps;
}

/* Signed, or to be read on the site by whoever signs next. */
static bool is_frozen(const struct current *current)
{
    return current->is_signed || current->published_version == current->version;
}

static bool is_bytes(const struct appeal_file *file, const uint8_t *bytes, size_t len)
{
    return bytes != NULL && file->len == len && memcmp(file->data, bytes, len) == 0;
}

static enum appeal_imported decide(const struct import *import, const struct current *current)
{
    if (!current->exists)
        return IMPORT_NEW;
    if (!has_same_texts(import, current))
        return is_frozen(current) ? IMPORT_NEW_VERSION : IMPORT_REPLACED;
    if (is_bytes(import->ini, current->settings, current->settings_len))
        return IMPORT_UNCHANGED;
    return is_frozen(current) && !keeps_addressees(import, current) ? IMPORT_NEW_VERSION
                                                                    : IMPORT_SETTINGS;
}

static void add_texts(struct job *job, const struct import *import, int64_t appeal, int64_t version)
{
    for (size_t i = 0; i < import->count; i++) {
        const struct text *text = import->texts[i];

        (void)job_expect(job, STATEMENT_APPEAL_TEXT_INSERT, US_CONFLICT,
                         VALUES(value_int(appeal), value_int(version), value_text(text->language),
                                value_blob(import->sources[i]->data, import->sources[i]->len),
                                value_blob(text->digest, sizeof(text->digest))));
    }
}

/* The appeal's row, in the order that appeal_insert and appeal_publish share: id, version, what of
 * the settings statements look at, the settings themselves. */
#define ROW_VALUES 8

struct bytes {
    const void *data;
    size_t len;
};

static void fill_row(const struct settings *settings, struct bytes file, int64_t appeal,
                     int64_t version, struct value values[])
{
    const struct value row[ROW_VALUES] = {
        value_int(appeal),
        value_int(version),
        value_text(policy_name(settings->policy)),
        value_text(settings->authoritative),
        value_text(visibility_name(settings->visibility)),
        settings->has_opening ? value_int(settings->opens_on) : value_null(),
        settings->has_closing ? value_int(settings->closes_on) : value_null(),
        value_blob(file.data, file.len),
    };

    memcpy(values, row, sizeof(row));
}

/* Everything that the decision was made on must still be so. */
static void add_guards(struct job *job, const struct current *current)
{
    (void)job_expect(job, STATEMENT_APPEAL_GUARD, US_CONFLICT,
                     VALUES(value_int(current->id), value_int(current->version),
                            value_blob(current->settings, current->settings_len),
                            value_int((int64_t)current->count)));
    for (size_t i = 0; i < current->count; i++)
        (void)job_expect(job, STATEMENT_APPEAL_GUARD_TEXT, US_CONFLICT,
                         VALUES(value_int(current->id), value_int(current->version),
                                value_text(current->texts[i].language),
                                value_blob(current->texts[i].digest, DIGEST_SIZE)));
}

static void add_new(struct job *job, const struct import *import, int64_t id, int64_t now)
{
    struct value values[ROW_VALUES + 3];

    fill_row(import->settings, (struct bytes){import->ini->data, import->ini->len}, id, 1, values);
    values[ROW_VALUES] = value_text(import->settings->slug);
    values[ROW_VALUES + 1] = value_blob("", 0); /* sealed to the site's organiser */
    values[ROW_VALUES + 2] = value_int(now);
    /* With a slug that somebody else has taken meanwhile no row is inserted. */
    (void)job_expect(job, STATEMENT_APPEAL_INSERT, US_CONFLICT, values, ROW_VALUES + 3);
    add_texts(job, import, id, 1);
}

static void add_changes(struct job *job, const struct import *import, const struct current *current,
                        enum appeal_imported what)
{
    int64_t version = current->version;

    add_guards(job, current);
    if (what == IMPORT_NEW_VERSION)
        version++;
    else if (!is_frozen(current)) /* and still not: more may change then */
        (void)job_expect(job, STATEMENT_APPEAL_GUARD_UNSIGNED, US_CONFLICT,
                         VALUES(value_int(current->id), value_int(version)));
    if (what == IMPORT_REPLACED)
        (void)job_add(job, STATEMENT_APPEAL_TEXT_DELETE,
                      VALUES(value_int(current->id), value_int(version)));
    (void)job_expect(job, STATEMENT_APPEAL_SET, US_CONFLICT,
                     VALUES(value_int(current->id), value_int(version),
                            value_blob(import->ini->data, import->ini->len)));
    if (what != IMPORT_SETTINGS)
        add_texts(job, import, current->id, version);
}

static const char *act_of(enum appeal_imported what)
{
    switch (what) {
    case IMPORT_NEW:
    case IMPORT_UNCHANGED:
        break;
    case IMPORT_SETTINGS:
        return "appeal.settings";
    case IMPORT_REPLACED:
        return "appeal.replace";
    case IMPORT_NEW_VERSION:
        return "appeal.version";
    }
    return "appeal.import";
}

/* One try; US_CONFLICT when somebody came first. */
static enum us_err try_import(struct site *site, const struct import *import,
                              const struct current *current, const char *actor,
                              struct appeal_import *out)
{
    enum appeal_imported what = decide(import, current);
    int64_t now = clock_now(), id = current->exists ? current->id : random_id();
    struct job_audit audit = {
        .at = now, .actor = actor, .act = act_of(what), .subject = import->settings->slug};
    struct job *job;
    enum us_err err;

    out->what = what;
    out->version = !current->exists             ? 1
                   : what == IMPORT_NEW_VERSION ? current->version + 1
                                                : current->version;
    out->waits = out->version != current->published_version ||
                 !is_bytes(import->ini, current->live, current->live_len);
    if (what == IMPORT_UNCHANGED)
        return US_OK;

    job = job_new();
    if (what == IMPORT_NEW)
        add_new(job, import, id, now);
    else
        add_changes(job, import, current, what);
    job_add_audit(job, &audit);
    err = store_run(site_store(site), job);
    job_free(job);
    return err;
}

static enum us_err tell_store(struct fault *fault, enum us_err err)
{
    if (err == US_CONFLICT)
        err = US_BUSY;
    if (err != US_OK)
        fault_set(fault, NULL, 0, "the store did not take it (%s); nothing was changed",
                  err_name(err));
    return err;
}

enum us_err appeal_import(struct site *site, const struct appeal_file *files, size_t count,
                          const char *actor, struct appeal_import *out, struct fault *fault)
{
    struct import import = {.count = 0};
    struct current current = {.slug = NULL};
    struct appeal_import done = {.version = 0};
    enum us_err err = parse_files(&import, files, count, fault);

    if (err != US_OK)
        goto end;
    current.slug = import.settings->slug;
    memcpy(done.slug, current.slug, strlen(current.slug) + 1);
    done.languages = import.count;

    err = US_CONFLICT;
    for (int i = 0; i < TRIES && err == US_CONFLICT; i++) {
        err = find_current(site, &current);
        if (err == US_OK)
            err = try_import(site, &import, &current, actor, &done);
    }
    err = tell_store(fault, err);
    if (err == US_OK)
        *out = done;

end:
    current_clear(&current);
    import_clear(&import);
    return err;
}

static bool is_live(const struct current *current)
{
    return current->published_version == current->version && current->state == APPEAL_OPEN &&
           current->live != NULL && current->live_len == current->settings_len &&
           memcmp(current->live, current->settings, current->live_len) == 0;
}

static struct job *make_publication(const struct current *current, const struct settings *settings,
                                    const char *actor)
{
    const struct bytes file = {current->settings, current->settings_len};
    int64_t now = clock_now();
    struct value values[ROW_VALUES + 1];
    struct job *job = job_new();

    fill_row(settings, file, current->id, current->version, values);
    values[ROW_VALUES] = value_int(now);
    (void)job_expect(job, STATEMENT_APPEAL_PUBLISH, US_CONFLICT, values, ROW_VALUES + 1);
    (void)job_expect(job, STATEMENT_APPEAL_PUBLISH_SETTINGS, US_CONFLICT,
                     VALUES(value_int(current->id), value_int(current->version),
                            value_blob(file.data, file.len)));
    job_add_audit(
        job, &(struct job_audit){
                 .at = now, .actor = actor, .act = "appeal.publish", .subject = current->slug});
    return job;
}

static enum us_err try_publish(struct site *site, const struct current *current, const char *actor)
{
    struct settings *settings;
    struct fault fault;
    struct job *job;
    enum us_err err;

    if (is_live(current))
        return US_OK;
    if (document_parse_settings((const char *)current->settings, current->settings_len, &settings,
                                &fault) != US_OK)
        return US_CORRUPT;
    job = make_publication(current, settings, actor);
    err = store_run(site_store(site), job);
    job_free(job);
    settings_free(settings);
    if (err == US_OK)
        site_changed(site, current->id, true);
    return err;
}

enum us_err appeal_publish(struct site *site, const char *slug, const char *actor, int64_t *version,
                           struct fault *fault)
{
    struct current current = {.slug = slug};
    struct organiser_public key;
    enum us_err err = find_current(site, &current);

    if (err == US_OK && !current.exists) {
        fault_set(fault, NULL, 0, "there is no appeal \"%.64s\"", slug);
        err = US_NOT_FOUND;
        goto end;
    }
    if (err != US_OK)
        goto told;
    /* Without a key the first union's mailbox would have nowhere to go. */
    err = site_organiser_key(site, &key, fault);
    if (err != US_OK) {
        err = err == US_NOT_FOUND ? US_CONFLICT : err;
        goto end;
    }

    err = try_publish(site, &current, actor);
    for (int i = 1; i < TRIES && err == US_CONFLICT; i++) {
        err = find_current(site, &current);
        if (err == US_OK)
            err = try_publish(site, &current, actor);
    }
told:
    err = tell_store(fault, err);
    if (err == US_OK)
        *version = current.version;
end:
    current_clear(&current);
    return err;
}
