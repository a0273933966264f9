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

enum us_err status_stats_days(struct reader *reader, int64_t appeal, stats_callback *on_count,
                              void *arg)
{
    struct query *query = query_start(reader, STATEMENT_STATUS_DAYS, VALUES(value_int(appeal)));
    bool goes_on = true;

    while (goes_on && query_next(query))
        goes_on = on_count(
            &(struct stats_count){
                .day = query_int(query, 0),
                .confirmed = query_int(query, 1),
                .listed = query_int(query, 2),
            },
            arg);
    return query_end(query);
}

enum us_err status_stats_countries(struct reader *reader, int64_t appeal, stats_callback *on_count,
                                   void *arg)
{
    struct query *query =
        query_start(reader, STATEMENT_STATUS_COUNTRIES, VALUES(value_int(appeal)));
    bool goes_on = true;

    while (goes_on && query_next(query))
        goes_on = on_count(
            &(struct stats_count){
                .name = query_text(query, 0),
                .listed = query_int(query, 1),
                .waiting = query_int(query, 2),
                .members = query_int(query, 3),
            },
            arg);
    return query_end(query);
}

enum us_err status_stats_affiliations(struct reader *reader, int64_t appeal, int64_t most,
                                      stats_callback *on_count, void *arg)
{
    struct query *query = query_start(reader, STATEMENT_STATUS_AFFILIATIONS,
                                      VALUES(value_int(appeal), value_int(most)));
    bool goes_on = true;

    while (goes_on && query_next(query))
        goes_on = on_count(
            &(struct stats_count){
                .name = query_text(query, 0),
                .listed = query_int(query, 1),
                .members = query_int(query, 2),
            },
            arg);
    return query_end(query);
}
