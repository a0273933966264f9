/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Counts that are kept. The number of all that are listed is the sum of the states' counters: a row
 * a country, however many signed. */
#include "appeal/listing.h"
#include "appeal/appeal.h"
#include "appeal/listing_write.h"

static bool give(struct query *query, listing_count_callback *on_count, void *arg)
{
    const char *term = query_text(query, 0), *name = query_text(query, 1);
    const struct listing_count count = {
        .term = term ? term : "",
        .name = name ? name : "",
        .signatures = query_int(query, 2),
        .members = query_int(query, 3),
    };
    return on_count == NULL || on_count(&count, arg);
}

static enum us_err give_all(struct query *query, listing_count_callback *on_count, void *arg)
{
    bool goes_on = true;
    while (goes_on && query_next(query))
        goes_on = give(query, on_count, arg);
    return query_end(query);
}

enum us_err listing_each_count(struct reader *reader, int64_t appeal, int64_t version,
                               enum listing_kind kind, listing_count_callback *on_count, void *arg)
{
    return give_all(query_start(reader, STATEMENT_LISTING_COUNTED,
                                VALUES(value_int(appeal), value_int(version),
                                       value_text(listing_kind_name(kind)))),
                    on_count, arg);
}

enum us_err listing_each_common(struct reader *reader, int64_t appeal, int64_t version,
                                enum listing_kind kind, size_t most,
                                listing_count_callback *on_count, void *arg)
{
    return give_all(
        query_start(reader, STATEMENT_LISTING_COUNT_COMMON,
                    VALUES(value_int(appeal), value_int(version),
                           value_text(listing_kind_name(kind)), value_int((int64_t)most))),
        on_count, arg);
}

enum us_err listing_find_count(struct reader *reader, const struct listing_filter *filter,
                               listing_count_callback *on_count, void *arg)
{
    struct query *query =
        query_start(reader, STATEMENT_LISTING_COUNT_FIND,
                    VALUES(value_int(filter->appeal), value_int(filter->version),
                           value_text(listing_kind_name(filter->kind)), value_text(filter->term)));
    bool is_found = query_next(query);
    if (is_found)
        (void)give(query, on_count, arg);
    enum us_err err = query_end(query);
    if (err == US_OK && !is_found)
        err = US_NOT_FOUND;
    return err;
}

static bool on_country(const struct listing_count *count, void *arg)
{
    struct listing_totals *totals = arg;
    totals->named += count->signatures;
    totals->members += count->members;
    if (count->term[0] != '\0')
        totals->countries++;
    return true;
}

enum us_err listing_total(struct reader *reader, int64_t appeal, int64_t version,
                          struct listing_totals *out)
{
    struct listing_totals totals = {0};
    struct appeal_counts counts;
    enum us_err err = appeal_count(reader, appeal, version, &counts);
    if (err == US_OK)
        err = listing_each_count(reader, appeal, version, LISTING_COUNTRY, on_country, &totals);
    if (err != US_OK)
        return err;
    totals.signatures = counts.signatures;
    *out = totals;
    return US_OK;
}
