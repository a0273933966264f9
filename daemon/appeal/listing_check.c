/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Three questions: is everybody found by all that they should be found by; is nobody found who is
 * not listed and named; and do the counts count what is there. The last two are one statement each,
 * so that who comes or goes meanwhile is no difference.
 */
#include "appeal/listing_write.h"
#include "base/mem.h"
#include "base/str.h"
#include <stdlib.h>

/* " public organisation ": those whose name everybody may see. */
static char *named_visibilities(void)
{
    struct str names = STR_INIT;
    str_append_char(&names, ' ');
    for (int v = 0; v < VISIBILITY_COUNT; v++) {
        if (visibility_shown((enum visibility)v, AUDIENCE_PUBLIC) != SHOWN_COUNTED)
            str_append_format(&names, "%s ", visibility_name((enum visibility)v));
    }
    return str_take(&names);
}

static enum us_err is_there(struct query *query, bool *holds)
{
    if (!query_next(query))
        *holds = false;
    return query_end(query);
}

enum us_err listing_check_row(struct reader *reader, const struct signature *s, bool *holds)
{
    enum us_err err = US_OK;
    struct listing_terms *terms = mem_alloc(sizeof *terms);
    const struct value appeal = value_int(s->appeal), version = value_int(s->version),
                       row = value_int(s->row);
    listing_terms_make(s, terms);
    *holds = true;
    for (size_t i = 0; err == US_OK && i < terms->place_count; i++) {
        const struct listing_place *place = &terms->places[i];
        err = is_there(query_start(reader, STATEMENT_LISTING_PLACE_IS_THERE,
                                   VALUES(appeal, version, value_text(place->kind),
                                          value_text(place->term), row)),
                       holds);
    }
    for (size_t i = 0; err == US_OK && i < terms->words.count; i++)
        err = is_there(query_start(reader, STATEMENT_LISTING_WORD_IS_THERE,
                                   VALUES(appeal, version, value_text(terms->words.words[i]), row)),
                       holds);
    free(terms);
    return err;
}

static const char *or_unknown(const char *text)
{
    return text ? text : "an unknown appeal";
}

enum us_err listing_check(struct reader *reader, void (*on_difference)(char *what, void *arg),
                          void *arg)
{
    struct query *query = query_start(reader, STATEMENT_LISTING_DIFFERENCES, VALUES_NONE);
    while (query_next(query)) {
        const char *kind = query_text(query, 2);
        on_difference(mem_format("public count of %s, version %lld, by %s: off by %lld signatures, "
                                 "%lld members",
                                 or_unknown(query_text(query, 0)), (long long)query_int(query, 1),
                                 kind ? kind : "?", (long long)query_int(query, 4),
                                 (long long)query_int(query, 5)),
                      arg);
    }
    enum us_err err = query_end(query);
    if (err != US_OK)
        return err;
    char *named = named_visibilities();
    query = query_start(reader, STATEMENT_LISTING_STRANGERS, VALUES(value_text(named)));
    while (query_next(query))
        on_difference(mem_format("public list of %s, version %lld: %lld entries of signatures that "
                                 "may not be on it",
                                 or_unknown(query_text(query, 0)), (long long)query_int(query, 1),
                                 (long long)query_int(query, 2)),
                      arg);
    free(named);
    return query_end(query);
}
