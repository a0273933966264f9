/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "appeal/appeal_current.h"
#include "appeal/appeal_image.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

void appeal_current_clear(struct appeal_current *current)
{
    const char *slug = current->slug;

    free(current->settings);
    free(current->live);
    appeal_image_clear(&current->image);
    appeal_image_clear(&current->live_image);
    free(current->texts);
    *current = (struct appeal_current){.slug = slug};
}

static enum us_err read_current_row(struct reader *reader, struct appeal_current *current)
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
        current->days_lost = query_int(query, 10);
        if (state == NULL || !appeal_state_from_name(state, &current->state))
            current->state = APPEAL_DRAFT;
    }
    return query_end(query);
}

static enum us_err read_current_texts(struct reader *reader, struct appeal_current *current)
{
    struct query *query = query_start(reader, STATEMENT_APPEAL_DIGESTS,
                                      VALUES(value_int(current->id), value_int(current->version)));

    while (query_next(query)) {
        size_t len;
        const char *language = query_text(query, 0);
        const void *digest = query_blob(query, 1, &len);
        struct appeal_current_text *text;

        current->texts = mem_resize(current->texts, current->count + 1, sizeof(*current->texts));
        text = &current->texts[current->count++];
        *text = (struct appeal_current_text){.language = ""};
        if (language != NULL && strlen(language) < sizeof(text->language))
            memcpy(text->language, language, strlen(language) + 1);
        if (digest != NULL && len == sizeof(text->digest))
            memcpy(text->digest, digest, len);
    }
    return query_end(query);
}

static enum us_err read_current_live(struct reader *reader, struct appeal_current *current)
{
    struct query *query =
        query_start(reader, STATEMENT_APPEAL_PUBLICATION,
                    VALUES(value_int(current->id), value_int(current->published_version)));

    if (query_next(query)) {
        const void *live = query_blob(query, 0, &current->live_len);

        current->live = mem_copy(live, current->live_len);
        appeal_image_keep(query, 1, &current->live_image);
    }
    return query_end(query);
}

static enum us_err read_current_signed(struct reader *reader, struct appeal_current *current)
{
    struct query *query = query_start(reader, STATEMENT_APPEAL_IS_SIGNED,
                                      VALUES(value_int(current->id), value_int(current->version)));

    current->is_signed = query_next(query) && query_int(query, 0) != 0;
    return query_end(query);
}

static enum us_err read_current_image(struct reader *reader, struct appeal_current *current)
{
    struct query *query =
        query_start(reader, STATEMENT_APPEAL_DRAFT_IMAGE, VALUES(value_int(current->id)));

    if (query_next(query))
        appeal_image_keep(query, 0, &current->image);
    return query_end(query);
}

/* One read transaction, so they agree. */
static void read_current(struct reader *reader, void *arg)
{
    struct appeal_current *current = arg;

    current->err = read_current_row(reader, current);
    if (current->err == US_OK && current->exists)
        current->err = read_current_texts(reader, current);
    if (current->err == US_OK && current->exists)
        current->err = read_current_live(reader, current);
    if (current->err == US_OK && current->exists)
        current->err = read_current_image(reader, current);
    if (current->err == US_OK && current->exists)
        current->err = read_current_signed(reader, current);
}

enum us_err appeal_current_find(struct site *site, struct appeal_current *current)
{
    enum us_err err;

    appeal_current_clear(current);
    err = store_read_wait(site_store(site), read_current, current);
    return err != US_OK ? err : current->err;
}

enum us_err appeal_current_tell(struct fault *fault, enum us_err err)
{
    if (err == US_CONFLICT)
        err = US_BUSY;
    if (err != US_OK)
        fault_set(fault, NULL, 0, "the store did not take it (%s); nothing was changed",
                  err_name(err));
    return err;
}

void appeal_current_row(const struct settings *settings, struct appeal_bytes file, int64_t appeal,
                        int64_t version, struct value values[])
{
    const struct value row[APPEAL_ROW_VALUES] = {
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
