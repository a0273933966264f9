/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Publication: what the site goes by is copied when it is published, so that no policy, no closing
 * day and no image takes effect because a file was imported. Whether signatures are taken is said
 * by hand (appeal_state.c): publishing opens a draft, and nothing else.
 */
#include "appeal/appeal_current.h"
#include "appeal/appeal_image.h"
#include "base/clock.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

static bool is_live(const struct appeal_current *current)
{
    return current->published_version == current->version && current->state != APPEAL_DRAFT &&
           current->live != NULL && current->live_len == current->settings_len &&
           memcmp(current->live, current->settings, current->live_len) == 0 &&
           appeal_image_is_same(&current->image, &current->live_image);
}

/* ---- comments ---- */

struct texts { /* of the version that is to be published */
    const struct appeal_current *current;
    struct fault *fault;
    bool has_comments;
    enum us_err err;
};

static enum us_err check_text(struct texts *texts, const char *language, const char *source,
                              size_t len)
{
    struct document_comments comments;
    struct fault inside;
    struct text *text;
    char *name = mem_format("%s.md", language);
    enum us_err err = document_read_text(name, source, len, &text, &inside);

    if (err == US_OK) {
        err = document_find_comments(text, &comments);
        text_free(text);
    }
    if (err != US_OK) {
        err = US_CORRUPT;
    } else if (comments.count > 0) {
        texts->has_comments = true;
        if (comments.count == 1)
            fault_set(texts->fault, NULL, 0,
                      "%s still holds a comment (line %d), which its readers must not see: delete "
                      "it, import again, publish",
                      name, comments.line);
        else
            fault_set(texts->fault, NULL, 0,
                      "%s still holds %zu comments (line %d first), which its readers must not "
                      "see: delete them, import again, publish",
                      name, comments.count, comments.line);
    }
    free(name);
    return err;
}

static void read_texts(struct reader *reader, void *arg)
{
    struct texts *texts = arg;
    struct query *query =
        query_start(reader, STATEMENT_APPEAL_TEXTS,
                    VALUES(value_int(texts->current->id), value_int(texts->current->version)));
    enum us_err err = US_OK, end;

    while (err == US_OK && !texts->has_comments && query_next(query)) {
        size_t len;
        const char *language = query_text(query, 0), *source = query_blob(query, 1, &len);

        err = language != NULL && source != NULL ? check_text(texts, language, source, len)
                                                 : US_CORRUPT;
    }
    end = query_end(query);
    texts->err = end != US_OK ? end : err;
}

/* Bundles carry the texts' files to their addressees byte for byte. US_INVALID with a fault. */
static enum us_err check_comments(struct site *site, const struct appeal_current *current,
                                  struct fault *fault)
{
    struct texts texts = {.current = current, .fault = fault};
    enum us_err err = store_read_wait(site_store(site), read_texts, &texts);

    if (err == US_OK)
        err = texts.err;
    return err == US_OK && texts.has_comments ? US_INVALID : err;
}

/* ---- the publication ---- */

/* The texts that were looked at, and no others. */
static void guard_texts(struct job *job, const struct appeal_current *current)
{
    (void)job_expect(job, STATEMENT_APPEAL_GUARD_TEXT_COUNT, US_CONFLICT,
                     VALUES(value_int(current->id), value_int(current->version),
                            value_int((int64_t)current->count)));
    for (size_t i = 0; i < current->count; i++)
        (void)job_expect(job, STATEMENT_APPEAL_GUARD_TEXT, US_CONFLICT,
                         VALUES(value_int(current->id), value_int(current->version),
                                value_text(current->texts[i].language),
                                value_blob(current->texts[i].digest, DIGEST_SIZE)));
}

/* The days that pauses took count as long as the file names the day that they moved; whoever names
 * another one has counted them in. */
static int64_t days_lost(const struct appeal_current *current, const struct settings *settings)
{
    struct settings *live;
    struct fault inside;
    int64_t days = 0;

    if (current->days_lost == 0 || current->live == NULL || !settings->has_closing ||
        document_parse_settings((const char *)current->live, current->live_len, &live, &inside) !=
            US_OK)
        return 0;
    if (live->has_closing && live->closes_on == settings->closes_on)
        days = current->days_lost;
    settings_free(live);
    return days;
}

static struct job *make_publication(const struct appeal_current *current,
                                    const struct settings *settings, const char *actor)
{
    const struct appeal_bytes file = {current->settings, current->settings_len};
    int64_t now = clock_now();
    struct value values[APPEAL_ROW_VALUES + 4];
    struct job *job = job_new();

    appeal_current_row(settings, file, current->id, current->version, values);
    values[APPEAL_ROW_VALUES] = value_int(now);
    values[APPEAL_ROW_VALUES + 1] = value_int(days_lost(current, settings));
    values[APPEAL_ROW_VALUES + 2] = value_text(appeal_state_name(current->state));
    values[APPEAL_ROW_VALUES + 3] = value_int(current->days_lost);
    guard_texts(job, current);
    (void)job_expect(job, STATEMENT_APPEAL_PUBLISH, US_CONFLICT, values, APPEAL_ROW_VALUES + 4);
    (void)job_expect(job, STATEMENT_APPEAL_PUBLISH_SETTINGS, US_CONFLICT,
                     VALUES(value_int(current->id), value_int(current->version),
                            value_blob(file.data, file.len)));
    job_add_audit(
        job, &(struct job_audit){
                 .at = now, .actor = actor, .act = "appeal.publish", .subject = current->slug});
    return job;
}

static enum us_err try_publish(struct site *site, const struct appeal_current *current,
                               const char *actor, struct fault *fault)
{
    struct settings *settings;
    struct fault inside;
    struct job *job;
    enum us_err err = check_comments(site, current, fault);

    if (err != US_OK || is_live(current))
        return err;
    if (document_parse_settings((const char *)current->settings, current->settings_len, &settings,
                                &inside) != US_OK)
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
    struct appeal_current current = {.slug = slug};
    struct organiser_public key;
    enum us_err err = appeal_current_find(site, &current);

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

    err = try_publish(site, &current, actor, fault);
    for (int i = 1; i < APPEAL_TRIES && err == US_CONFLICT; i++) {
        err = appeal_current_find(site, &current);
        if (err == US_OK)
            err = try_publish(site, &current, actor, fault);
    }
    if (err == US_INVALID)
        goto end;
told:
    err = appeal_current_tell(fault, err);
    if (err == US_OK)
        *version = current.version;
end:
    appeal_current_clear(&current);
    return err;
}
