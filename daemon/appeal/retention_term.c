/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "appeal/retention_term.h"
#include "base/clock.h"
#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum us_err retention_term_read(struct reader *reader, struct retention_appeal **out, size_t *count)
{
    struct query *query = query_start(reader, STATEMENT_RETENTION_APPEALS, VALUES_NONE);
    struct retention_appeal *appeals = NULL;
    size_t n = 0;
    while (query_next(query)) {
        const char *slug = query_text(query, 1);
        appeals = mem_resize(appeals, n + 1, sizeof *appeals);
        appeals[n] = (struct retention_appeal){.id = query_int(query, 0),
                                               .archived_on = query_int(query, 2)};
        if (slug && strlen(slug) <= APPEAL_SLUG_MOST)
            memcpy(appeals[n].slug, slug, strlen(slug) + 1);
        n++;
    }
    enum us_err err = query_end(query);
    if (err) {
        free(appeals);
        return err;
    }
    *out = appeals;
    *count = n;
    return US_OK;
}

int64_t retention_term_day(int64_t day, int64_t months)
{
    char text[64];
    int year, month, date;
    int64_t later;
    clock_print_day(day, text);
    if (sscanf(text, "%d-%d-%d", &year, &month, &date) != 3)
        return INT64_MAX;
    months += (int64_t)year * 12 + month - 1;
    if (months / 12 > 9999)
        return INT64_MAX;
    for (; date > 0; date--) {
        (void)snprintf(text, sizeof text, "%04d-%02d-%02d", (int)(months / 12),
                       (int)(months % 12) + 1, date);
        if (clock_parse_day(text, &later))
            return later;
    }
    return INT64_MAX;
}
