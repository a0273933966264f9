/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What each rule says, how much is due by it, and what comes next. */
#include "appeal/edition.h"
#include "appeal/pending.h"
#include "appeal/retention.h"
#include "appeal/retention_term.h"
#include "base/clock.h"
#include "base/mem.h"
#include <inttypes.h>
#include <stdlib.h>

static const struct rule {
    const char *name, *what;
} rules[RETENTION_RULES] = {
    [RETENTION_PENDING] = {"pending", "forms that were not confirmed"},
    [RETENTION_CONTACT] = {"contact", "the server's copy of mailboxes, and their domains"},
    [RETENTION_REFUSED] = {"refused", "refused and struck: persons and contact"},
    [RETENTION_ARCHIVED] = {"archived", "archived appeals: persons and contact"},
    [RETENTION_MAIL] = {"mail", "mails that were given up"},
    [RETENTION_EDITIONS] = {"editions", "letters that were made and not delivered"},
};

const char *retention_name(enum retention_rule rule)
{
    return rules[rule].name;
}

const char *retention_what(enum retention_rule rule)
{
    return rules[rule].what;
}

static char *count_words(int64_t count, const char *unit, const char *from)
{
    return mem_format("%" PRId64 " %s%s %s", count, unit, count == 1 ? "" : "s", from);
}

char *retention_after(const struct site *site, enum retention_rule rule)
{
    const struct config *config = site_config(site);
    switch (rule) {
    case RETENTION_PENDING:
        return count_words(PENDING_TERM / CLOCK_HOUR, "hour", "after the mail left");
    case RETENTION_CONTACT:
        return count_words(SIGNING_MAILBOX_DAYS, "day", "after the decision");
    case RETENTION_REFUSED:
        return config->retention_refused_days == 0
                   ? mem_string("with those of an archived appeal")
                   : count_words(config->retention_refused_days, "day", "after the decision");
    case RETENTION_ARCHIVED:
        return config->retention_archive_months == 0
                   ? mem_string("never")
                   : count_words(config->retention_archive_months, "month", "after its archiving");
    case RETENTION_MAIL:
        return count_words(SIGNING_MAIL_DAYS, "day", "after it was queued");
    case RETENTION_EDITIONS:
    case RETENTION_RULES:
        break;
    }
    return count_words(EDITION_FORGET_DAYS, "day", "after it was made");
}

struct look {
    struct site *site;
    int64_t now;
    struct retention_state *states;
    enum us_err err;
};

struct asked { /* of one rule: what is due before, in which unit, and how much later the rest is */
    enum statement statement;
    int64_t before, unit, later;
};

static enum us_err ask(struct reader *reader, const struct asked *asked,
                       struct retention_state *state)
{
    struct query *query = query_start(reader, asked->statement, VALUES(value_int(asked->before)));
    if (query_next(query)) {
        state->due = query_int(query, 0);
        state->has_next = !query_is_null(query, 1);
        state->next_on = state->has_next ? query_int(query, 1) / asked->unit + asked->later : 0;
    }
    return query_end(query);
}

static enum us_err count_persons(struct reader *reader, int64_t appeal, int64_t *sum)
{
    struct query *query = query_start(reader, STATEMENT_RETENTION_LOOK_APPEAL,
                                      VALUES(value_int(appeal), value_blob("", 0)));
    if (query_next(query))
        *sum += query_int(query, 0);
    return query_end(query);
}

static enum us_err look_archived(struct reader *reader, const struct look *look)
{
    struct retention_state *state = &look->states[RETENTION_ARCHIVED];
    int64_t months = site_config(look->site)->retention_archive_months;
    struct retention_appeal *appeals = NULL;
    size_t count = 0;
    if (months == 0)
        return US_OK;
    enum us_err err = retention_term_read(reader, &appeals, &count);
    for (size_t i = 0; !err && i < count; i++) {
        int64_t day = retention_term_day(appeals[i].archived_on, months);
        if (day <= clock_day(look->now)) {
            err = count_persons(reader, appeals[i].id, &state->due);
        } else if (!state->has_next) {
            state->has_next = true;
            state->next_on = day;
        }
    }
    free(appeals);
    return err;
}

static void read_all(struct reader *reader, void *arg)
{
    struct look *look = arg;
    int64_t now = look->now, today = clock_day(now);
    int64_t refused = site_config(look->site)->retention_refused_days;
    const struct asked asked[RETENTION_RULES] = {
        [RETENTION_PENDING] = {STATEMENT_RETENTION_LOOK_PENDING, now, CLOCK_DAY, 0},
        [RETENTION_CONTACT] = {STATEMENT_RETENTION_LOOK_CONTACT, today - SIGNING_MAILBOX_DAYS, 1,
                               SIGNING_MAILBOX_DAYS + 1},
        [RETENTION_REFUSED] = {STATEMENT_RETENTION_LOOK_REFUSED, today - refused, 1, refused},
        [RETENTION_MAIL] = {STATEMENT_RETENTION_LOOK_MAIL, now - SIGNING_MAIL_DAYS * CLOCK_DAY,
                            CLOCK_DAY, SIGNING_MAIL_DAYS},
        [RETENTION_EDITIONS] = {STATEMENT_RETENTION_LOOK_EDITIONS,
                                now - EDITION_FORGET_DAYS * CLOCK_DAY, CLOCK_DAY,
                                EDITION_FORGET_DAYS},
    };
    look->err = US_OK;
    for (int rule = 0; !look->err && rule < RETENTION_RULES; rule++) {
        look->states[rule] = (struct retention_state){.due = 0};
        if (rule == RETENTION_ARCHIVED)
            look->err = look_archived(reader, look);
        else if (rule != RETENTION_REFUSED || refused > 0)
            look->err = ask(reader, &asked[rule], &look->states[rule]);
    }
}

enum us_err retention_overdue_read(struct reader *reader, struct site *site, int64_t now,
                                   struct retention_overdue *out)
{
    const struct config *config = site_config(site);
    int64_t yesterday = clock_day(now) - 1;
    struct retention_overdue overdue = {0};
    struct retention_appeal *appeals = NULL;
    size_t count = 0;
    enum us_err err = US_OK;
    if (config->retention_refused_days > 0) {
        struct retention_state state = {0};
        const struct asked asked = {STATEMENT_RETENTION_LOOK_REFUSED,
                                    yesterday - config->retention_refused_days - 1, 1, 0};
        err = ask(reader, &asked, &state);
        overdue.refused = state.due;
    }
    if (!err && config->retention_archive_months > 0)
        err = retention_term_read(reader, &appeals, &count);
    for (size_t i = 0; i < count; i++)
        overdue.appeals += retention_term_day(appeals[i].archived_on,
                                              config->retention_archive_months) < yesterday;
    free(appeals);
    if (!err)
        *out = overdue;
    return err;
}

enum us_err retention_look(struct site *site, int64_t now,
                           struct retention_state states[RETENTION_RULES])
{
    struct look look = {.site = site, .now = now, .states = states};
    enum us_err err = store_read_wait(site_store(site), read_all, &look);
    return err ? err : look.err;
}
