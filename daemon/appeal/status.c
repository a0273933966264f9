/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One short read over counters and indexes. What came within the hour is known of those alone that
 * wait: once listed, a signature keeps its day and nothing finer, and nothing here may count it.
 */
#include "appeal/status.h"
#include "base/clock.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#define WEEK 7

struct reading {
    struct site *site;
    struct status *status;
    enum us_err err;
};

static enum us_err count(struct reader *reader, enum statement statement,
                         const struct value *values, size_t value_count, int64_t *out)
{
    struct query *query = query_start(reader, statement, values, value_count);

    if (query_next(query))
        *out = query_int(query, 0);
    return query_end(query);
}

/* ---- appeals ---- */

static const char *const states[] = {"draft", "open", "paused", "closed", "archived"};

/* What holds today: an appeal past its closing takes no signatures, whatever stands in its row. */
static const char *state_today(struct query *query, int64_t today)
{
    const char *state = query_text(query, 2);

    if (state == NULL)
        return "";
    if (strcmp(state, "open") == 0 && !query_is_null(query, 6))
        return "paused";
    if (strcmp(state, "open") == 0 && !query_is_null(query, 4) && query_int(query, 4) > today)
        return "not open yet";
    if (strcmp(state, "open") == 0 && !query_is_null(query, 5) && query_int(query, 5) < today)
        return "closed";
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        if (strcmp(states[i], state) == 0)
            return states[i];
    }
    return "";
}

static enum us_err read_appeals(struct reader *reader, struct status *status)
{
    struct query *query = query_start(reader, STATEMENT_STATUS_APPEALS, VALUES_NONE);
    int64_t today = clock_day(status->now);

    while (query_next(query)) {
        struct status_appeal *appeal;
        status->appeals = mem_resize(status->appeals, status->appeal_count + 1, sizeof(*appeal));
        appeal = &status->appeals[status->appeal_count++];
        *appeal = (struct status_appeal){
            .id = query_int(query, 0),
            .slug = mem_string(query_text(query, 1)),
            .state = state_today(query, today),
            .is_shielded = query_int(query, 3) != 0,
        };
    }
    return query_end(query);
}

static struct status_appeal *find_appeal(struct status *status, int64_t id)
{
    for (size_t i = 0; i < status->appeal_count; i++) {
        if (status->appeals[i].id == id)
            return &status->appeals[i];
    }
    return NULL;
}

static enum us_err read_signatures(struct reader *reader, struct status *status)
{
    struct query *query = query_start(reader, STATEMENT_STATUS_SIGNATURES, VALUES(value_int(0)));

    while (query_next(query)) {
        struct status_appeal *appeal = find_appeal(status, query_int(query, 0));
        enum signature_state state;
        const char *name = query_text(query, 1);
        if (appeal == NULL || name == NULL || !signature_state_from_name(name, &state))
            continue;
        appeal->signatures[state] += query_int(query, 2);
        status->signatures[state] += query_int(query, 2);
        if (state == SIGNATURE_LISTED)
            appeal->members += query_int(query, 3);
    }
    return query_end(query);
}

static enum us_err read_days(struct reader *reader, struct status *status)
{
    int64_t today = clock_day(status->now);
    enum us_err err = US_OK;

    for (size_t i = 0; err == US_OK && i < status->appeal_count; i++) {
        struct status_appeal *appeal = &status->appeals[i];
        err = count(reader, STATEMENT_STATUS_CONFIRMED,
                    VALUES(value_int(appeal->id), value_int(today), value_int(today)),
                    &appeal->confirmed_today);
        if (err == US_OK)
            err =
                count(reader, STATEMENT_STATUS_CONFIRMED,
                      VALUES(value_int(appeal->id), value_int(today - WEEK), value_int(today - 1)),
                      &appeal->confirmed_week);
        status->confirmed_today += appeal->confirmed_today;
        status->confirmed_week += appeal->confirmed_week;
    }
    return err;
}

static enum us_err read_waiting(struct reader *reader, struct status *status)
{
    struct query *query = query_start(reader, STATEMENT_STATUS_WAITING, VALUES_NONE);

    status->has_waiting = query_next(query);
    if (status->has_waiting)
        status->waiting_since = query_int(query, 0);
    return query_end(query);
}

/* ---- mail ---- */

static enum us_err read_outbox(struct reader *reader, struct status_mail *mail)
{
    struct query *query = query_start(reader, STATEMENT_STATUS_OUTBOX, VALUES_NONE);
    enum us_err err;

    while (query_next(query)) {
        const char *state = query_text(query, 0);
        int64_t mails = query_int(query, 2);
        if (state != NULL && strcmp(state, "failed") == 0)
            mail->failed += mails;
        if (state == NULL || strcmp(state, "waiting") != 0)
            continue;
        mail->waiting += mails;
        if (query_int(query, 1) != 0)
            mail->news += mails;
    }
    err = query_end(query);
    if (err == US_OK)
        err = count(reader, STATEMENT_STATUS_OUTBOX_TRIED, VALUES_NONE, &mail->tried);
    if (err == US_OK)
        err = count(reader, STATEMENT_STATUS_OUTBOX_OLDEST, VALUES_NONE, &mail->oldest_at);
    return err;
}

static enum us_err read_last_error(struct reader *reader, struct status_mail *mail)
{
    struct query *query = query_start(reader, STATEMENT_STATUS_OUTBOX_ERROR, VALUES_NONE);

    if (query_next(query))
        mail->last_error = mem_string(query_text(query, 0));
    return query_end(query);
}

/* ---- the whole ---- */

static void read_status(struct reader *reader, void *arg)
{
    struct reading *reading = arg;
    struct status *status = reading->status;
    enum us_err err = read_appeals(reader, status);

    if (err == US_OK)
        err = read_signatures(reader, status);
    if (err == US_OK)
        err = read_days(reader, status);
    if (err == US_OK)
        err = read_waiting(reader, status);
    if (err == US_OK)
        err = count(
            reader, STATEMENT_STATUS_HOUR,
            VALUES(value_int(clock_day(status->now) - 1), value_int(status->now / CLOCK_HOUR - 1)),
            &status->waiting_recent);
    if (err == US_OK)
        err = count(reader, STATEMENT_STATUS_PENDING, VALUES_NONE, &status->pending);
    if (err == US_OK)
        err = read_outbox(reader, &status->mail);
    if (err == US_OK)
        err = read_last_error(reader, &status->mail);
    if (err == US_OK)
        err = backup_held_read(reader, &status->held);
    if (err == US_OK)
        err = retention_overdue_read(reader, reading->site, status->now, &status->overdue);
    reading->err = err;
}

static int64_t file_size(const char *path)
{
    struct stat found;

    return stat(path, &found) == 0 ? (int64_t)found.st_size : 0;
}

/* Of the file system that the path, or the folder it is to lie in, is on. */
static struct status_disk look_at_disk(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder =
        mem_string_part(path, slash == NULL || slash == path ? 1 : (size_t)(slash - path));
    struct status_disk disk = {-1, -1};
    struct statvfs found;

    if (statvfs(path, &found) == 0 || statvfs(folder, &found) == 0) {
        disk.free = (int64_t)found.f_bavail * (int64_t)found.f_frsize;
        disk.size = (int64_t)found.f_blocks * (int64_t)found.f_frsize;
    }
    free(folder);
    return disk;
}

enum us_err status_read(struct site *site, int64_t now, struct status *out)
{
    const struct config *config = site_config(site);
    struct status status = {
        .now = now,
        .started_at = site_started_at(site),
        .schema = store_schema_version(site_store(site)),
        .is_failing = store_is_failing(site_store(site)),
    };
    struct reading reading = {.site = site, .status = &status};
    char *wal = mem_format("%s-wal", config->store_path);
    enum us_err err = store_read_wait(site_store(site), read_status, &reading);

    if (err == US_OK)
        err = reading.err;
    status.database = file_size(config->store_path);
    status.wal = file_size(wal);
    free(wal);
    status.store_disk = look_at_disk(config->store_path);
    status.mail_disk = config->mail_transport == CONFIG_TRANSPORT_SPOOL
                           ? look_at_disk(config->mail_spool)
                           : status.store_disk;
    if (err == US_OK)
        *out = status;
    else
        status_clear(&status);
    return err;
}

void status_clear(struct status *status)
{
    for (size_t i = 0; i < status->appeal_count; i++)
        free(status->appeals[i].slug);
    free(status->appeals);
    free(status->mail.last_error);
    backup_held_clear(&status->held);
    *status = (struct status){.now = 0};
}
