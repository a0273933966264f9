/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Loading appeals. What was imported is kept to the byte and parsed again here; a text whose bytes
 * no longer have their digest is not shown at all. A version comes with the settings that it was
 * published with last; one that never was, with those imported last.
 */
#include "appeal/appeal.h"
#include "base/log.h"
#include "base/mem.h"
#include "crypto/digest.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const state_names[] = {
    [APPEAL_DRAFT] = "draft",   [APPEAL_OPEN] = "open",         [APPEAL_PAUSED] = "paused",
    [APPEAL_CLOSED] = "closed", [APPEAL_ARCHIVED] = "archived",
};

#define STATE_COUNT (sizeof(state_names) / sizeof(state_names[0]))

enum which { WHICH_PUBLISHED, WHICH_ANY, WHICH_GIVEN };

struct search {
    struct reader *reader;
    struct site *site;
    enum which which;
    int64_t version; /* WHICH_GIVEN */
};

const char *appeal_state_name(enum appeal_state state)
{
    return state_names[state];
}

bool appeal_state_from_name(const char *name, enum appeal_state *out)
{
    for (size_t i = 0; i < STATE_COUNT; i++) {
        if (strcmp(state_names[i], name) == 0) {
            *out = (enum appeal_state)i;
            return true;
        }
    }
    return false;
}

void appeal_free(struct appeal *appeal)
{
    if (appeal == NULL)
        return;
    for (size_t i = 0; i < appeal->text_count; i++)
        text_free(appeal->texts[i]);
    free(appeal->texts);
    settings_free(appeal->settings);
    free(appeal->slug);
    free(appeal);
}

/* The columns of appeal_find and appeal_by_id. */
static enum us_err read_row(struct query *query, struct appeal *appeal)
{
    size_t key_len;
    const void *key = query_blob(query, 6, &key_len);
    const char *state = query_text(query, 2);

    appeal->id = query_int(query, 0);
    appeal->slug = mem_string(query_text(query, 1));
    appeal->newest_version = query_int(query, 3);
    appeal->published_version = query_int(query, 4); /* NULL reads as 0 */
    appeal->created_at = query_int(query, 7);
    appeal->published_at = query_int(query, 8);
    if (key != NULL && key_len == ORGANISER_KEY_SIZE) {
        memcpy(appeal->organiser.bytes, key, key_len);
        appeal->has_organiser = true;
    }
    appeal->paused_on = query_int(query, 9);
    appeal->days_lost = query_int(query, 10);
    appeal->closed_on = query_int(query, 11);
    appeal->archived_on = query_int(query, 12);
    appeal->is_shielded = query_int(query, 13) != 0;
    appeal->erased_on = query_int(query, 14);
    if (appeal->slug == NULL || state == NULL || !appeal_state_from_name(state, &appeal->state)) {
        log_error("appeal %s: its row in the store cannot be read",
                  appeal->slug != NULL ? appeal->slug : "without a slug");
        return US_CORRUPT;
    }
    return US_OK;
}

static enum us_err find_row(struct reader *reader, enum statement statement, struct value key,
                            struct appeal *appeal)
{
    struct query *query = query_start(reader, statement, &key, 1);
    enum us_err err = US_NOT_FOUND, end;

    if (query_next(query))
        err = read_row(query, appeal);
    end = query_end(query);
    return end != US_OK ? end : err;
}

/* Those of the version that is loaded. */
static enum us_err read_settings(struct reader *reader, struct appeal *appeal)
{
    struct query *query = query_start(reader, STATEMENT_APPEAL_SETTINGS,
                                      VALUES(value_int(appeal->id), value_int(appeal->version)));
    struct fault fault = {.line = 0};
    enum us_err err = US_CORRUPT, end;

    if (query_next(query)) {
        size_t len;
        const char *settings = query_blob(query, 0, &len);

        if (settings != NULL)
            err = document_parse_settings(settings, len, &appeal->settings, &fault);
    }
    end = query_end(query);
    if (end != US_OK)
        return end;
    if (err != US_OK) {
        log_error("appeal %s: its settings in the store cannot be read: line %d: %s", appeal->slug,
                  fault.line, fault.text);
        return US_CORRUPT;
    }
    if (appeal->settings->has_closing)
        appeal->settings->closes_on += appeal->days_lost;
    return US_OK;
}

static enum us_err read_text(struct query *query, const struct appeal *appeal, struct text **out)
{
    struct fault fault = {.line = 0};
    struct text *text;
    char name[32];
    size_t len, digest_len;
    const char *language = query_text(query, 0);
    const char *source = query_blob(query, 1, &len);
    const void *digest = query_blob(query, 2, &digest_len);

    (void)snprintf(name, sizeof(name), "%s.md", language != NULL ? language : "");
    if (source == NULL || document_read_text(name, source, len, &text, &fault) != US_OK) {
        log_error("appeal %s: its text in the store cannot be read: %s:%d: %s", appeal->slug, name,
                  fault.line, fault.text);
        return US_CORRUPT;
    }
    if (digest == NULL || digest_len != sizeof(text->digest) ||
        !digest_is_equal(text->digest, digest, digest_len)) {
        log_error("appeal %s: %s in the store is not what was imported", appeal->slug, name);
        text_free(text);
        return US_CORRUPT;
    }
    *out = text;
    return US_OK;
}

/* They come by language; the authoritative one goes to the front. */
static void put_authoritative_first(struct appeal *appeal)
{
    for (size_t i = 1; i < appeal->text_count; i++) {
        struct text *text = appeal->texts[i];

        if (strcmp(text->language, appeal->settings->authoritative) == 0) {
            memmove(appeal->texts + 1, appeal->texts, i * sizeof(*appeal->texts));
            appeal->texts[0] = text;
            return;
        }
    }
}

static enum us_err read_texts(struct reader *reader, struct appeal *appeal)
{
    struct query *query = query_start(reader, STATEMENT_APPEAL_TEXTS,
                                      VALUES(value_int(appeal->id), value_int(appeal->version)));
    enum us_err err = US_OK, end;

    while (err == US_OK && query_next(query)) {
        struct text *text;

        err = read_text(query, appeal, &text);
        if (err != US_OK)
            break;
        appeal->texts = mem_resize(appeal->texts, appeal->text_count + 1, sizeof(*appeal->texts));
        appeal->texts[appeal->text_count++] = text;
    }
    end = query_end(query);
    if (end != US_OK)
        return end;
    if (err == US_OK && appeal->text_count == 0)
        err = US_NOT_FOUND;
    put_authoritative_first(appeal);
    return err;
}

static void find_organiser(const struct site *site, struct appeal *appeal)
{
    struct fault fault;

    /* Without one the appeal can be read all the same; whoever seals asks has_organiser. */
    if (!appeal->has_organiser)
        appeal->has_organiser = site_organiser_key(site, &appeal->organiser, &fault) == US_OK;
}

static enum us_err load(const struct search *search, enum statement statement, struct value key,
                        struct appeal **out)
{
    struct appeal *appeal = MEM_NEW(struct appeal);
    enum us_err err = find_row(search->reader, statement, key, appeal);

    if (err != US_OK)
        goto fail;
    if (search->which == WHICH_GIVEN)
        appeal->version = search->version;
    else if (search->which == WHICH_PUBLISHED || appeal->published_version != 0)
        appeal->version = appeal->published_version;
    else
        appeal->version = appeal->newest_version;
    if (appeal->version == 0) {
        err = US_NOT_FOUND;
        goto fail;
    }
    err = read_settings(search->reader, appeal);
    if (err == US_OK)
        err = read_texts(search->reader, appeal);
    if (err != US_OK)
        goto fail;
    find_organiser(search->site, appeal);
    *out = appeal;
    return US_OK;

fail:
    appeal_free(appeal);
    return err;
}

enum us_err appeal_load(struct reader *reader, struct site *site, const char *slug,
                        struct appeal **out)
{
    const struct search search = {.reader = reader, .site = site, .which = WHICH_PUBLISHED};

    return load(&search, STATEMENT_APPEAL_FIND, value_text(slug), out);
}

enum us_err appeal_load_id(struct reader *reader, struct site *site, int64_t id, int64_t version,
                           struct appeal **out)
{
    const struct search search = {
        .reader = reader, .site = site, .which = WHICH_GIVEN, .version = version};

    return load(&search, STATEMENT_APPEAL_BY_ID, value_int(id), out);
}

enum us_err appeal_load_any(struct reader *reader, struct site *site, const char *slug,
                            struct appeal **out)
{
    const struct search search = {.reader = reader, .site = site, .which = WHICH_ANY};

    return load(&search, STATEMENT_APPEAL_FIND, value_text(slug), out);
}

const struct text *appeal_text(const struct appeal *appeal, const char *language)
{
    for (size_t i = 0; i < appeal->text_count; i++) {
        if (strcmp(appeal->texts[i]->language, language) == 0)
            return appeal->texts[i];
    }
    return NULL;
}

const struct text *appeal_authoritative(const struct appeal *appeal)
{
    return appeal->texts[0];
}

bool appeal_is_open(const struct appeal *appeal, int64_t day)
{
    const struct settings *settings = appeal->settings;

    return appeal->state == APPEAL_OPEN && appeal->published_version != 0 &&
           (!settings->has_opening || day >= settings->opens_on) &&
           (!settings->has_closing || day <= settings->closes_on);
}

int64_t appeal_closing(const struct appeal *appeal)
{
    int64_t day = appeal->settings->has_closing ? appeal->settings->closes_on : 0;

    return appeal->closed_on != 0 && (day == 0 || appeal->closed_on < day) ? appeal->closed_on
                                                                           : day;
}

enum us_err appeal_count(struct reader *reader, int64_t appeal, int64_t version,
                         struct appeal_counts *out)
{
    struct query *query =
        query_start(reader, STATEMENT_APPEAL_COUNTS, VALUES(value_int(appeal), value_int(version)));
    struct appeal_counts counts = {0};
    enum us_err err;

    if (query_next(query)) {
        counts.signatures = query_int(query, 0);
        counts.members = query_int(query, 1);
        counts.countries = query_int(query, 2);
    }
    err = query_end(query);
    if (err == US_OK)
        *out = counts;
    return err;
}

enum us_err appeal_count_earlier(struct reader *reader, int64_t appeal, int64_t version,
                                 int64_t *out)
{
    struct query *query = query_start(reader, STATEMENT_APPEAL_EARLIER_COUNT,
                                      VALUES(value_int(appeal), value_int(version)));
    int64_t count = query_next(query) ? query_int(query, 0) : 0;
    enum us_err err = query_end(query);

    if (err == US_OK)
        *out = count;
    return err;
}

/* The ids first: no query may be open while others run. */
static enum us_err list_ids(struct reader *reader, bool published_only, int64_t **out,
                            size_t *count)
{
    struct query *query =
        query_start(reader, STATEMENT_APPEAL_LIST, VALUES(value_int(published_only ? 1 : 0)));
    int64_t *ids = NULL;
    enum us_err err;

    *count = 0;
    while (query_next(query)) {
        ids = mem_resize(ids, *count + 1, sizeof(*ids));
        ids[(*count)++] = query_int(query, 0);
    }
    err = query_end(query);
    if (err == US_OK)
        *out = ids;
    else
        free(ids);
    return err;
}

enum us_err appeal_each(struct reader *reader, struct site *site, bool published_only,
                        bool (*on_appeal)(const struct appeal *appeal,
                                          const struct appeal_counts *counts, void *arg),
                        void *arg)
{
    const struct search search = {
        .reader = reader, .site = site, .which = published_only ? WHICH_PUBLISHED : WHICH_ANY};
    int64_t *ids;
    size_t count;
    bool goes_on = true;
    enum us_err err = list_ids(reader, published_only, &ids, &count);

    if (err != US_OK)
        return err;
    for (size_t i = 0; err == US_OK && goes_on && i < count; i++) {
        struct appeal *appeal;
        struct appeal_counts counts;

        err = load(&search, STATEMENT_APPEAL_BY_ID, value_int(ids[i]), &appeal);
        if (err == US_CORRUPT) {
            err = US_OK; /* logged; one broken appeal does not take the others away */
            continue;
        }
        if (err != US_OK)
            break;
        err = appeal_count(reader, appeal->id, appeal->version, &counts);
        if (err == US_OK)
            goes_on = on_appeal(appeal, &counts, arg);
        appeal_free(appeal);
    }
    free(ids);
    return err;
}
