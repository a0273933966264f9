/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/bars.h"
#include "base/clock.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FULL_BLOCK "\u2588"
#define LIGHT_BLOCK "\u2591"

bool bars_can_block(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};

    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
        const char *value = getenv(variables[i]);
        if (value != NULL && value[0] != '\0')
            return strcasestr(value, "utf-8") != NULL || strcasestr(value, "utf8") != NULL;
    }
    return false;
}

/* Columns for a number; what is not nothing has one. */
static size_t length(int64_t number, const struct bar *bar)
{
    size_t cells;

    if (number <= 0 || bar->most <= 0)
        return 0;
    cells = (size_t)((double)number / (double)bar->most * (double)bar->width + 0.5);
    return cells > 0 ? cells : 1;
}

void bars_append(const struct bar *bar, struct str *out)
{
    size_t all = length(bar->full + bar->rest, bar), full = length(bar->full, bar);

    if (all > bar->width)
        all = bar->width;
    /* Both can be seen where there is room for two. */
    if (bar->rest > 0 && full >= all && all > 1)
        full = all - 1;
    if (full > all)
        full = all;
    for (size_t i = 0; i < all; i++) {
        if (i < full)
            str_append_text(out, bar->is_block ? FULL_BLOCK : "#");
        else
            str_append_text(out, bar->is_block ? LIGHT_BLOCK : "-");
    }
}

/* ---- days ---- */

/* The first day of the unit that a day lies in. Days of the week go by the Monday, ISO 8601. */
static int64_t begin_of(enum bars_unit unit, int64_t day)
{
    char text[16];
    int64_t begins = day;

    if (unit == BARS_DAY)
        return day;
    if (unit == BARS_WEEK)
        return day - (((day + 3) % 7 + 7) % 7);
    clock_print_day(day, text);
    (void)memcpy(text + (unit == BARS_MONTH ? 8 : 5), unit == BARS_MONTH ? "01" : "01-01",
                 unit == BARS_MONTH ? 2 : 5);
    return clock_parse_day(text, &begins) ? begins : day;
}

/* The first day of the next unit; none is longer than a year and a day. */
static int64_t next_of(enum bars_unit unit, int64_t begins)
{
    static const int64_t longest[] = {
        [BARS_DAY] = 1, [BARS_WEEK] = 7, [BARS_MONTH] = 31, [BARS_YEAR] = 366};

    return begin_of(unit, begins + longest[unit]);
}

static size_t count_units(enum bars_unit unit, int64_t first, int64_t last)
{
    size_t count = 0;

    for (int64_t at = begin_of(unit, first); at <= last; at = next_of(unit, at))
        count++;
    return count;
}

size_t bars_fold(const struct bars_day *days, size_t count, size_t room, enum bars_unit *unit,
                 struct bars_span **out)
{
    int64_t first, last, at;
    size_t spans, day = 0;

    *unit = BARS_DAY;
    *out = NULL;
    if (count == 0)
        return 0;
    first = days[0].day;
    last = days[count - 1].day;
    while (*unit != BARS_YEAR && count_units(*unit, first, last) > room)
        (*unit)++;
    spans = count_units(*unit, first, last);
    *out = mem_zero(spans * sizeof(**out));
    at = begin_of(*unit, first);
    for (size_t i = 0; i < spans; i++) {
        int64_t next = next_of(*unit, at);
        (*out)[i].begins = at;
        for (; day < count && days[day].day < next; day++) {
            (*out)[i].confirmed += days[day].confirmed;
            (*out)[i].listed += days[day].listed;
        }
        at = next;
    }
    return spans;
}

void bars_print_span(enum bars_unit unit, int64_t begins, char out[16])
{
    clock_print_day(begins, out);
    if (unit == BARS_MONTH)
        out[7] = '\0';
    if (unit == BARS_YEAR)
        out[4] = '\0';
}
