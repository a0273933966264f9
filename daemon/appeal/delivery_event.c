/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The public timeline. An addressee that the settings name no longer is named as the settings of
 * the version that it got did: what was delivered stays delivered.
 */
#include "appeal/delivery.h"
#include "base/clock.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

struct row {
    struct delivery_event event;
    char *addressee;
    int64_t version;
};

struct settings_of {
    int64_t version;
    struct settings *settings; /* NULL: they cannot be read */
};

struct timeline {
    struct row *rows;
    size_t count;
    struct settings_of *versions; /* read so far */
    size_t version_count;
};

static bool read_kind(const char *name, enum edition_kind *out)
{
    for (int i = EDITION_LETTER; name != NULL && i <= EDITION_ACCESSION; i++) {
        if (strcmp(name, edition_kind_name((enum edition_kind)i)) == 0) {
            *out = (enum edition_kind)i;
            return true;
        }
    }
    return false;
}

static enum us_err read_rows(struct reader *reader, int64_t appeal, struct timeline *timeline)
{
    struct query *query = query_start(reader, STATEMENT_DELIVERY_EVENTS, VALUES(value_int(appeal)));

    while (query_next(query)) {
        struct row row = {
            .event = {.kind = query_int(query, 1) != 0 ? EVENT_ANSWERED : EVENT_DELIVERED,
                      .day = query_int(query, 0),
                      .organisations = query_int(query, 5)},
            .version = query_int(query, 3),
        };
        if (query_is_null(query, 2) || !read_kind(query_text(query, 4), &row.event.edition))
            continue;
        row.addressee = mem_string(query_text(query, 2));
        timeline->rows = mem_resize(timeline->rows, timeline->count + 1, sizeof(*timeline->rows));
        timeline->rows[timeline->count++] = row;
    }
    return query_end(query);
}

static enum us_err read_settings(struct reader *reader, int64_t appeal, int64_t version,
                                 struct settings **out)
{
    struct query *query = query_start(reader, STATEMENT_APPEAL_SETTINGS,
                                      VALUES(value_int(appeal), value_int(version)));
    struct fault fault;

    *out = NULL;
    if (query_next(query)) {
        size_t len;
        const char *settings = query_blob(query, 0, &len);
        if (settings == NULL || document_parse_settings(settings, len, out, &fault) != US_OK)
            *out = NULL;
    }
    return query_end(query);
}

static enum us_err find_version(struct reader *reader, const struct appeal *appeal, int64_t version,
                                struct timeline *timeline, const struct settings **out)
{
    struct settings *settings;
    enum us_err err;

    for (size_t i = 0; i < timeline->version_count; i++) {
        if (timeline->versions[i].version == version) {
            *out = timeline->versions[i].settings;
            return US_OK;
        }
    }
    err = read_settings(reader, appeal->id, version, &settings);
    if (err != US_OK)
        return err;
    timeline->versions =
        mem_resize(timeline->versions, timeline->version_count + 1, sizeof(*timeline->versions));
    timeline->versions[timeline->version_count++] =
        (struct settings_of){.version = version, .settings = settings};
    *out = settings;
    return US_OK;
}

static enum us_err name_addressees(struct reader *reader, const struct appeal *appeal,
                                   struct timeline *timeline)
{
    for (size_t i = 0; i < timeline->count; i++) {
        struct row *row = &timeline->rows[i];
        const struct settings *settings;
        enum us_err err;

        row->event.addressee = settings_addressee(appeal->settings, row->addressee);
        if (row->event.addressee != NULL)
            continue;
        err = find_version(reader, appeal, row->version, timeline, &settings);
        if (err != US_OK)
            return err;
        if (settings != NULL)
            row->event.addressee = settings_addressee(settings, row->addressee);
    }
    return US_OK;
}

static bool find_opening(const struct appeal *appeal, struct delivery_event *out)
{
    const struct settings *settings = appeal->settings;

    if (appeal->published_version == 0)
        return false;
    *out = (struct delivery_event){.kind = EVENT_OPENED, .day = clock_day(appeal->published_at)};
    if (settings->has_opening && settings->opens_on > out->day)
        out->day = settings->opens_on;
    return out->day <= clock_day(clock_now());
}

static void give(const struct timeline *timeline, const struct delivery_event *opened,
                 bool (*on_event)(const struct delivery_event *event, void *arg), void *arg)
{
    bool goes_on = true;

    for (size_t i = 0; goes_on && i < timeline->count; i++) {
        const struct delivery_event *event = &timeline->rows[i].event;

        if (opened != NULL && event->day >= opened->day) {
            goes_on = on_event(opened, arg);
            opened = NULL;
        }
        if (goes_on && event->addressee != NULL)
            goes_on = on_event(event, arg);
    }
    if (goes_on && opened != NULL)
        (void)on_event(opened, arg);
}

enum us_err delivery_each_event(struct reader *reader, const struct appeal *appeal,
                                bool (*on_event)(const struct delivery_event *event, void *arg),
                                void *arg)
{
    struct timeline timeline = {.count = 0};
    struct delivery_event opened;
    bool has_opened = find_opening(appeal, &opened);
    enum us_err err = read_rows(reader, appeal->id, &timeline);

    if (err == US_OK)
        err = name_addressees(reader, appeal, &timeline);
    if (err == US_OK)
        give(&timeline, has_opened ? &opened : NULL, on_event, arg);
    for (size_t i = 0; i < timeline.count; i++)
        free(timeline.rows[i].addressee);
    for (size_t i = 0; i < timeline.version_count; i++)
        settings_free(timeline.versions[i].settings);
    free(timeline.rows);
    free(timeline.versions);
    return err;
}
