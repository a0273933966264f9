/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Import and publication. An import reads what is there, decides, and writes with guards: each job
 * holds only while the version, the settings and every text are still what the decision was made
 * on, so that of two imports at once one goes first and the other decides again. What somebody
 * signed, or may be reading on the site to sign it, is never replaced: changed texts, and other
 * addressees, make the next version. What the site goes by is copied when it is published: no
 * policy, no closing day takes effect because a file was imported.
 */
#include "appeal/appeal_current.h"
#include "appeal/appeal_image.h"
#include "appeal/document_entries.h"
#include "base/clock.h"
#include "base/mem.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include <stdlib.h>
#include <string.h>

/* What the files say; settings and texts are owned, files are the caller's. */
struct import {
    const struct appeal_file *ini;
    const struct appeal_file *image;                      /* the letterhead's; NULL: none */
    const struct appeal_file *sources[APPEAL_FILES_MOST]; /* of the texts, in the same order */
    struct settings *settings;
    struct text *texts[APPEAL_FILES_MOST];
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
    if (appeal_image_is_named(file->name)) {
        if (import->image != NULL)
            return refuse(fault, file->name,
                          "the letterhead has one image: letterhead.png or letterhead.svg");
        import->image = file;
        return appeal_image_check(file, fault);
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
                 !appeal_image_is_named(files[i].name) &&
                 (len < 3 || strcmp(files[i].name + len - 3, ".md") != 0))
            err = refuse(fault, files[i].name,
                         "an appeal is appeal.ini, one LL.md for each language, and for its "
                         "letterhead letterhead.png or letterhead.svg; nothing else belongs here");
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

static bool has_same_texts(const struct import *import, const struct appeal_current *current)
{
    if (import->count != current->count)
        return false;
    for (size_t i = 0; i < import->count; i++) {
        const struct appeal_current_text *found = NULL;

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

/* The letter goes to the same ones, in the same parts, as the same thing: who signed information
 * for the ILO has not signed a complaint. Whatever else is said of them. */
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
        if (found == NULL || found->kind != a->kind || found->role != a->role ||
            found->procedure != a->procedure || strcmp(found->government, a->government) != 0)
            return false;
    }
    return true;
}

/* Their order in the file counts for nothing. What cannot be read is not the same. */
static bool keeps_addressees(const struct import *import, const struct appeal_current *current)
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
static bool is_frozen(const struct appeal_current *current)
{
    return current->is_signed || current->published_version == current->version;
}

static bool is_bytes(const struct appeal_file *file, const uint8_t *bytes, size_t len)
{
    return bytes != NULL && file->len == len && memcmp(file->data, bytes, len) == 0;
}

/* The folder's image is that one, or both have none. */
static bool has_image(const struct import *import, const struct appeal_image *image)
{
    if (import->image == NULL || image->name == NULL)
        return import->image == NULL && image->name == NULL;
    return strcmp(import->image->name, image->name) == 0 &&
           is_bytes(import->image, image->data, image->len);
}

static enum appeal_imported decide(const struct import *import,
                                   const struct appeal_current *current)
{
    if (!current->exists)
        return IMPORT_NEW;
    if (!has_same_texts(import, current))
        return is_frozen(current) ? IMPORT_NEW_VERSION : IMPORT_REPLACED;
    if (is_bytes(import->ini, current->settings, current->settings_len) &&
        has_image(import, &current->image))
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

/* Everything that the decision was made on must still be so. */
static void add_guards(struct job *job, const struct appeal_current *current)
{
    (void)job_expect(job, STATEMENT_APPEAL_GUARD, US_CONFLICT,
                     VALUES(value_int(current->id), value_int(current->version),
                            value_blob(current->settings, current->settings_len),
                            value_int((int64_t)current->count), value_text(current->image.name),
                            value_blob(current->image.data, current->image.len)));
    for (size_t i = 0; i < current->count; i++)
        (void)job_expect(job, STATEMENT_APPEAL_GUARD_TEXT, US_CONFLICT,
                         VALUES(value_int(current->id), value_int(current->version),
                                value_text(current->texts[i].language),
                                value_blob(current->texts[i].digest, DIGEST_SIZE)));
}

static struct value image_name(const struct import *import)
{
    return value_text(import->image != NULL ? import->image->name : NULL);
}

static struct value image_bytes(const struct import *import)
{
    return import->image != NULL ? value_blob(import->image->data, import->image->len)
                                 : value_null();
}

static void add_new(struct job *job, const struct import *import, int64_t id, int64_t now)
{
    struct value values[APPEAL_ROW_VALUES + 5];

    appeal_current_row(import->settings, (struct appeal_bytes){import->ini->data, import->ini->len},
                       id, 1, values);
    values[APPEAL_ROW_VALUES] = value_text(import->settings->slug);
    values[APPEAL_ROW_VALUES + 1] = value_blob("", 0); /* sealed to the site's organiser */
    values[APPEAL_ROW_VALUES + 2] = value_int(now);
    values[APPEAL_ROW_VALUES + 3] = image_name(import);
    values[APPEAL_ROW_VALUES + 4] = image_bytes(import);
    /* With a slug that somebody else has taken meanwhile no row is inserted. */
    (void)job_expect(job, STATEMENT_APPEAL_INSERT, US_CONFLICT, values, APPEAL_ROW_VALUES + 5);
    add_texts(job, import, id, 1);
}

static void add_changes(struct job *job, const struct import *import,
                        const struct appeal_current *current, enum appeal_imported what)
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
                            value_blob(import->ini->data, import->ini->len), image_name(import),
                            image_bytes(import)));
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
                              const struct appeal_current *current, const char *actor,
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
                 !is_bytes(import->ini, current->live, current->live_len) ||
                 !has_image(import, &current->live_image);
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

enum us_err appeal_import(struct site *site, const struct appeal_file *files, size_t count,
                          const char *actor, struct appeal_import *out, struct fault *fault)
{
    struct import import = {.count = 0};
    struct appeal_current current = {.slug = NULL};
    struct appeal_import done = {.version = 0};
    enum us_err err = parse_files(&import, files, count, fault);

    if (err != US_OK)
        goto end;
    current.slug = import.settings->slug;
    memcpy(done.slug, current.slug, strlen(current.slug) + 1);
    done.languages = import.count;

    err = US_CONFLICT;
    for (int i = 0; i < APPEAL_TRIES && err == US_CONFLICT; i++) {
        err = appeal_current_find(site, &current);
        if (err == US_OK)
            err = try_import(site, &import, &current, actor, &done);
    }
    err = appeal_current_tell(fault, err);
    if (err == US_OK)
        *out = done;

end:
    appeal_current_clear(&current);
    import_clear(&import);
    return err;
}
