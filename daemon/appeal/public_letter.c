/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The letter that everybody may have: a file that an organiser published, one in each language. It
 * names people, so it goes with the first of them who is taken off, in the same job; and one that
 * was drawn before somebody was taken off is not put up after. Published files are called by their
 * digest: what a page is being served stays whole while another takes its place.
 */
#include "appeal/delivery.h"
#include "appeal/edition.h"
#include "appeal/site_file.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/job.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PDF_MAGIC "%PDF-"
#define PAGES_MOST 1000000
#define DIGEST_SHOWN 8 /* hexadecimal digits of it, in the file's name */

static char *path_of(const struct site *site, const char *slug, const char *language,
                     const uint8_t digest[DIGEST_SIZE])
{
    char hex[DIGEST_HEX_SIZE], *name, *path;

    digest_hex(digest, hex);
    name = mem_format("%s-%s-%.*s.pdf", slug, language, DIGEST_SHOWN, hex);
    path = site_file_path(site, SITE_FILE_LETTERS, name);
    free(name);
    return path;
}

enum us_err public_letter_find(struct reader *reader, struct site *site, int64_t appeal,
                               const char *language, struct public_letter *out)
{
    struct query *query = query_start(reader, STATEMENT_PUBLIC_LETTER_FIND,
                                      VALUES(value_int(appeal), value_text(language)));
    struct public_letter letter = {.path = NULL};
    enum us_err err = US_NOT_FOUND, end;

    if (query_next(query) && strlen(language) < sizeof(letter.language)) {
        const char *slug = query_text(query, 0);
        size_t len;
        const void *digest = query_blob(query, 6, &len);

        memcpy(letter.language, language, strlen(language) + 1);
        letter.version = query_int(query, 1);
        letter.size = query_int(query, 2);
        letter.pages = query_int(query, 3);
        letter.named = query_int(query, 4);
        letter.published_at = query_int(query, 5);
        err = slug != NULL && digest != NULL && len == sizeof(letter.digest) ? US_OK : US_CORRUPT;
        if (err == US_OK) {
            memcpy(letter.digest, digest, len);
            letter.path = path_of(site, slug, language, letter.digest);
        }
    }
    end = query_end(query);
    if (err == US_OK && (end != US_OK || access(letter.path, R_OK) != 0)) {
        free(letter.path);
        err = US_NOT_FOUND;
    }
    if (err == US_OK)
        *out = letter;
    return end != US_OK ? end : err;
}

void public_letter_withdraw(struct job *job, int64_t appeal)
{
    (void)job_add(job, STATEMENT_PUBLIC_LETTER_DELETE, VALUES(value_int(appeal)));
}

enum us_err public_letter_as_of(struct reader *reader, int64_t *out)
{
    struct query *query = query_start(reader, STATEMENT_AUDIT_LAST_SEQ, VALUES_NONE);
    int64_t seq = query_next(query) ? query_int(query, 0) : 0;
    enum us_err err = query_end(query);

    if (err == US_OK)
        *out = seq;
    return err;
}

/* only: the language; NULL: all. */
static enum us_err read_files(struct reader *reader, struct site *site, int64_t appeal,
                              const char *only, struct public_letter_files *out)
{
    struct query *query =
        query_start(reader, STATEMENT_PUBLIC_LETTER_LIST, VALUES(value_int(appeal)));
    struct public_letter_files files = {.count = 0};
    enum us_err err;

    while (query_next(query)) {
        const char *slug = query_text(query, 0), *language = query_text(query, 1);
        size_t len;
        const void *digest = query_blob(query, 2, &len);

        if (slug == NULL || language == NULL || digest == NULL || len != DIGEST_SIZE ||
            (only != NULL && strcmp(only, language) != 0))
            continue;
        files.paths = mem_resize(files.paths, files.count + 1, sizeof(*files.paths));
        files.paths[files.count++] = path_of(site, slug, language, digest);
    }
    err = query_end(query);
    if (err == US_OK)
        *out = files;
    else
        public_letter_files_clear(&files);
    return err;
}

enum us_err public_letter_files_read(struct reader *reader, struct site *site, int64_t appeal,
                                     struct public_letter_files *out)
{
    return read_files(reader, site, appeal, NULL, out);
}

void public_letter_files_clear(struct public_letter_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->paths[i]);
    free(files->paths);
    *files = (struct public_letter_files){.count = 0};
}

void public_letter_files_remove(struct public_letter_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        site_file_remove(files->paths[i]);
    public_letter_files_clear(files);
}

/* ---- publishing ---- */

struct look { /* what is there before */
    struct site *site;
    const struct public_letter_params *what;
    int64_t as_of;
    bool is_counted; /* whom it would name now was looked at */
    struct signature_totals totals;
    struct public_letter_files old; /* whose place it takes: one or none */
    enum us_err err;
};

static void read_look(struct reader *reader, void *arg)
{
    struct look *look = arg;
    const struct public_letter_params *what = look->what;
    const struct edition_params params = {.appeal = what->appeal, .language = what->language};

    look->as_of = what->as_of;
    if (look->as_of == 0) {
        look->err = public_letter_as_of(reader, &look->as_of);
        if (look->err == US_OK)
            look->err = edition_each_public(reader, look->site, &params, NULL, NULL, &look->totals);
        look->is_counted = true;
        if (look->err != US_OK)
            return;
    }
    look->err = read_files(reader, look->site, what->appeal->id, what->language, &look->old);
}

static bool check_file(const struct public_letter_params *what, struct fault *fault)
{
    if (what->len < strlen(PDF_MAGIC) || what->len > DELIVERY_FILE_MOST ||
        memcmp(what->file, PDF_MAGIC, strlen(PDF_MAGIC)) != 0)
        fault_set(fault, NULL, 0, "a letter is a PDF of at most %zu MiB",
                  DELIVERY_FILE_MOST / 1024 / 1024);
    else if (appeal_text(what->appeal, what->language) == NULL)
        fault_set(fault, NULL, 0, "the appeal %s has no text in \"%s\"", what->appeal->slug,
                  what->language);
    else if (what->pages < 1 || what->pages > PAGES_MOST || what->named < 0)
        fault_set(fault, NULL, 0, "a letter has from 1 to %d pages", PAGES_MOST);
    else
        return true;
    return false;
}

static enum us_err store_letter(struct site *site, const struct look *look,
                                const uint8_t digest[DIGEST_SIZE])
{
    const struct public_letter_params *what = look->what;
    const struct appeal *appeal = what->appeal;
    struct str said = STR_INIT;
    struct job *job = job_new();
    enum us_err err;

    (void)job_expect(job, STATEMENT_AUDIT_GUARD, US_CONFLICT,
                     VALUES(value_int(look->as_of), value_int(0)));
    (void)job_expect(job, STATEMENT_APPEAL_GUARD_PUBLISHED, US_CONFLICT,
                     VALUES(value_int(appeal->id), value_int(appeal->version)));
    (void)job_expect(job, STATEMENT_PUBLIC_LETTER_SET, US_IO,
                     VALUES(value_int(appeal->id), value_text(what->language),
                            value_int(appeal->version), value_blob(digest, DIGEST_SIZE),
                            value_int((int64_t)what->len), value_int(what->pages),
                            value_int(what->named), value_int(what->now)));
    str_append_format(&said, "%s, version %" PRId64 ", %" PRId64 " named", what->language,
                      appeal->version, what->named);
    if (what->reason != NULL)
        str_append_format(&said, ": %s", what->reason);
    job_add_audit(job, &(struct job_audit){
                           .at = what->now,
                           .actor = what->actor,
                           .act = "letter.publish",
                           .subject = appeal->slug,
                           .reason = str_text(&said),
                       });
    err = store_run(site_store(site), job);
    job_free(job);
    str_free(&said);
    return err;
}

/* Whether a row leads to that file already: the same letter was put up before. */
static bool is_old(const struct look *look, const char *path)
{
    return look->old.count > 0 && strcmp(look->old.paths[0], path) == 0;
}

static enum us_err put_up(struct site *site, struct look *look, struct fault *fault)
{
    uint8_t digest[DIGEST_SIZE];
    const struct public_letter_params *what = look->what;
    enum us_err err;
    char *path;

    digest_sha256(what->file, what->len, digest);
    path = path_of(site, what->appeal->slug, what->language, digest);
    err = site_file_write(path, what->file, what->len, fault);
    if (err == US_OK)
        err = store_letter(site, look, digest);
    if (err == US_CONFLICT)
        fault_set(fault, NULL, 0,
                  "somebody was taken off the list, or another version published, since the letter "
                  "was drawn; export it again");
    if (err != US_OK && !is_old(look, path))
        site_file_remove(path);
    if (err == US_OK && !is_old(look, path))
        public_letter_files_remove(&look->old);
    free(path);
    return err;
}

enum us_err public_letter_publish(struct site *site, const struct public_letter_params *what,
                                  struct fault *fault)
{
    struct look look = {.site = site, .what = what};
    enum us_err err;

    if (!check_file(what, fault))
        return US_INVALID;
    err = store_read_wait(site_store(site), read_look, &look);
    if (err == US_OK)
        err = look.err;
    if (err == US_OK && look.is_counted && look.totals.named != what->named) {
        fault_set(fault, NULL, 0,
                  "the letter names %" PRId64 " organisations, but now %" PRId64
                  " may be named; export it again",
                  what->named, look.totals.named);
        err = US_CONFLICT;
    }
    if (err == US_OK)
        err = put_up(site, &look, fault);
    if (err == US_OK)
        site_changed(site, what->appeal->id, false);
    public_letter_files_clear(&look.old);
    return err;
}
