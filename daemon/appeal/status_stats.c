/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Days come from an index that holds nothing else, countries and affiliations from counters. */
#include "appeal/status_stats.h"
#include <stddef.h>

enum us_err status_stats_total(struct reader *reader, int64_t appeal, struct stats_total *out)
{
    struct query *query =
        query_start(reader, STATEMENT_STATUS_SIGNATURES, VALUES(value_int(appeal)));
    struct stats_total total = {.members = 0};
    enum us_err err;

    while (query_next(query)) {
        const char *name = query_text(query, 1);
        enum signature_state state;
        if (name == NULL || !signature_state_from_name(name, &state))
            continue;
        total.signatures[state] += query_int(query, 2);
        if (state == SIGNATURE_LISTED)
            total.members += query_int(query, 3);
    }
    err = query_end(query);
    if (err == US_OK)
        *out = total;
    return err;
}

/* Of the row that the query stands on. */
typedef struct stats_count count_reader(struct query *query);

static enum us_err tell_each(struct query *query, count_reader *read, stats_callback *on_count,
                             void *arg)
{
    bool goes_on = true;

    while (goes_on && query_next(query)) {
        struct stats_count count = read(query);
        goes_on = on_count(&count, arg);
    }
    return query_end(query);
}

static struct stats_count read_day(struct query *query)
{
    return (struct stats_count){
        .day = query_int(query, 0),
        .confirmed = query_int(query, 1),
        .listed = query_int(query, 2),
    };
}

enum us_err status_stats_days(struct reader *reader, int64_t appeal, stats_callback *on_count,
                              void *arg)
{
    return tell_each(query_start(reader, STATEMENT_STATUS_DAYS, VALUES(value_int(appeal))),
                     read_day, on_count, arg);
}

static struct stats_count read_country(struct query *query)
{
    return (struct stats_count){
        .name = query_text(query, 0),
        .listed = query_int(query, 1),
        .waiting = query_int(query, 2),
        .members = query_int(query, 3),
    };
}

enum us_err status_stats_countries(struct reader *reader, int64_t appeal, stats_callback *on_count,
                                   void *arg)
{
    return tell_each(query_start(reader, STATEMENT_STATUS_COUNTRIES, VALUES(value_int(appeal))),
                     read_country, on_count, arg);
}

static struct stats_count read_affiliation(struct query *query)
{
    return (struct stats_count){
        .name = query_text(query, 0),
        .listed = query_int(query, 1),
        .members = query_int(query, 2),
    };
}

enum us_err status_stats_affiliations(struct reader *reader, int64_t appeal, int64_t most,
                                      stats_callback *on_count, void *arg)
{
    return tell_each(query_start(reader, STATEMENT_STATUS_AFFILIATIONS,
                                 VALUES(value_int(appeal), value_int(most))),
                     read_affiliation, on_count, arg);
}
