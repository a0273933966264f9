/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * An appeal in numbers, drawn to the terminal's size: days folded into weeks, months or years as
 * they have to, and of countries and affiliations the largest. Programs get all there is.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "cli/bars.h"
#include "cli/gather.h"
#include "cli/lay.h"
#include "cli/perform.h"
#include "cli/screen.h"
#include "text/language.h"
#include "text/locale.h"
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define DAYS_MOST 31 /* rows of them */
#define DAYS_LEAST 6
#define MONTHS_MOST 18
#define COUNTRIES_LEAST 1
#define ROWS_LEAST 3 /* of countries */
#define TALL 32      /* rows of a terminal on which affiliations fit too */
#define NAME_LEAST 10
#define BAR_LEAST 8
#define BAR_MOST 60

static const struct gather kinds[] = {
    {&row_stats, "stats", .is_item = true},
    {&row_stats_day, "days", false},
    {&row_stats_country, "countries", false},
    {&row_stats_affiliation, "affiliations", false},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

struct chart {                          /* rows of a name, two numbers and a bar */
    const char *title, *first, *second; /* second NULL: there is one number alone */
    struct chart_row {
        char *name;
        int64_t first, second;
        int64_t full, rest; /* of the bar */
    } * rows;
    size_t count;
    bool keeps_names; /* they are never cut */
};

static void chart_clear(struct chart *chart)
{
    for (size_t i = 0; i < chart->count; i++)
        free(chart->rows[i].name);
    free(chart->rows);
}

static void blanks(struct str *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        str_append_char(out, ' ');
}

static size_t widest_number(const struct chart *chart, bool is_second, const char *title)
{
    size_t width = strlen(title);

    for (size_t i = 0; i < chart->count; i++) {
        char number[LAY_NUMBER];
        lay_number(is_second ? chart->rows[i].second : chart->rows[i].first, number);
        if (strlen(number) > width)
            width = strlen(number);
    }
    return width;
}

static void append_right(struct str *out, const char *text, size_t width)
{
    blanks(out, 2 + (strlen(text) < width ? width - strlen(text) : 0));
    str_append_text(out, text);
}

struct widths {
    size_t name, first, second, bar;
};

static struct widths measure(const struct lay *lay, const struct chart *chart)
{
    struct widths widths = {
        .name = screen_width(chart->title),
        .first = widest_number(chart, false, chart->first),
        .second = chart->second != NULL ? widest_number(chart, true, chart->second) : 0,
    };
    size_t numbers = 2 + widths.first + (chart->second != NULL ? 2 + widths.second : 0), room;

    for (size_t i = 0; i < chart->count; i++) {
        size_t width = screen_width(chart->rows[i].name);
        if (width > widths.name)
            widths.name = width;
    }
    /* Names give way first, and the bar takes what is left. */
    room = lay->columns > numbers + 2 + BAR_LEAST ? lay->columns - numbers - 2 - BAR_LEAST : 0;
    if (!chart->keeps_names && widths.name > room)
        widths.name = room > NAME_LEAST ? room : NAME_LEAST;
    if (!chart->keeps_names && widths.name > lay->columns / 2)
        widths.name = lay->columns / 2 > NAME_LEAST ? lay->columns / 2 : NAME_LEAST;
    if (lay->columns > widths.name + numbers + 2)
        widths.bar = lay->columns - widths.name - numbers - 2;
    if (widths.bar > BAR_MOST)
        widths.bar = BAR_MOST;
    return widths;
}

static void print_chart(const struct lay *lay, struct chart *chart)
{
    struct widths widths = measure(lay, chart);
    struct str head = STR_INIT;
    int64_t most = 0;

    if (chart->count == 0)
        return;
    /* On a very narrow screen one number has to do. */
    if (widths.bar == 0 && chart->second != NULL) {
        chart->second = NULL;
        widths = measure(lay, chart);
    }
    str_append_text(&head, chart->title);
    blanks(&head, widths.name - screen_width(chart->title));
    append_right(&head, chart->first, widths.first);
    if (chart->second != NULL)
        append_right(&head, chart->second, widths.second);
    str_append_char(lay->out, '\n');
    lay_paint(lay, PAINT_HEADING, str_text(&head));
    str_append_char(lay->out, '\n');
    str_free(&head);
    for (size_t i = 0; i < chart->count; i++) {
        if (chart->rows[i].full + chart->rows[i].rest > most)
            most = chart->rows[i].full + chart->rows[i].rest;
    }
    for (size_t i = 0; i < chart->count; i++) {
        const struct chart_row *row = &chart->rows[i];
        struct bar bar = {row->full, row->rest, most, widths.bar, bars_can_block()};
        struct str name = STR_INIT;
        char number[LAY_NUMBER];
        size_t width = screen_cut(row->name, widths.name, &name);
        screen_isolate(str_text(&name), lay->out);
        blanks(lay->out, widths.name - width);
        lay_number(row->first, number);
        append_right(lay->out, number, widths.first);
        lay_number(row->second, number);
        if (chart->second != NULL)
            append_right(lay->out, number, widths.second);
        if (row->full + row->rest > 0)
            blanks(lay->out, 2);
        bars_append(&bar, lay->out);
        str_append_char(lay->out, '\n');
        str_free(&name);
    }
}

/* ---- what is drawn ---- */

static void print_days(const struct lay *lay, const json_t *rows, size_t room)
{
    static const char *const titles[] = {"DAY", "WEEK FROM", "MONTH", "YEAR"};
    size_t count = json_array_size(rows), index;
    struct bars_day *days = mem_zero((count + 1) * sizeof(*days));
    struct bars_span *spans;
    enum bars_unit unit;
    json_t *row;
    struct chart chart = {.first = "CONFIRMED", .second = "LISTED", .keeps_names = true};

    json_array_foreach(rows, index, row)
    {
        days[index].confirmed = gather_number(row, "confirmed");
        days[index].listed = gather_number(row, "listed");
        (void)clock_parse_day(gather_text(row, "day"), &days[index].day);
    }
    chart.count = bars_fold(days, count, room, &unit, &spans);
    chart.title = titles[unit];
    chart.rows = mem_zero((chart.count + 1) * sizeof(*chart.rows));
    for (size_t i = 0; i < chart.count; i++) {
        char name[16];
        bars_print_span(unit, spans[i].begins, name);
        chart.rows[i] = (struct chart_row){
            .name = mem_string(name),
            .first = spans[i].confirmed,
            .second = spans[i].listed,
            .full = spans[i].listed,
            .rest = spans[i].confirmed - spans[i].listed,
        };
    }
    print_chart(lay, &chart);
    chart_clear(&chart);
    free(spans);
    free(days);
}

/* What a country's row is called. The caller's. */
static char *country_name(const char *code, bool has_names)
{
    const struct language *english = has_names ? language_find("en") : NULL;

    if (code[0] == '\0')
        return mem_string("--  international");
    return english != NULL ? mem_format("%s  %s", code, locale_country(english, code))
                           : mem_string(code);
}

static char *visible_name(const char *text)
{
    struct str name = STR_INIT;

    screen_make_visible(text, false, &name);
    return str_take(&name);
}

/* The largest `room` of countries or affiliations; says how many there are beside them. */
static void print_largest(const struct lay *lay, const json_t *rows, bool is_country, size_t room)
{
    bool has_names = is_country && language_open(NULL) == US_OK; /* else codes will do */
    size_t count = json_array_size(rows), index;
    json_t *row;
    struct chart chart = {
        .title = is_country ? "COUNTRY" : "AFFILIATION",
        .first = "LISTED",
        .second = is_country ? "WAITING" : NULL,
        .count = count < room ? count : room,
    };

    chart.rows = mem_zero((chart.count + 1) * sizeof(*chart.rows));
    json_array_foreach(rows, index, row)
    {
        struct chart_row *into = &chart.rows[index];
        if (index >= chart.count)
            break;
        into->name = is_country ? country_name(gather_text(row, "country"), has_names)
                                : visible_name(gather_text(row, "affiliation"));
        into->first = into->full = gather_number(row, "listed");
        into->second = into->rest = is_country ? gather_number(row, "waiting") : 0;
    }
    print_chart(lay, &chart);
    if (chart.count < count && is_country)
        str_append_format(lay->out, "and %zu more: add --json\n", count - chart.count);
    chart_clear(&chart);
}

static void print_head(const struct lay *lay, const json_t *answer)
{
    static const char *const states[] = {"listed",  "confirmed", "held",
                                         "refused", "struck",    "withdrawn"};
    struct str text = STR_INIT;
    char number[LAY_NUMBER];

    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        int64_t count = gather_number(answer, states[i]);
        lay_number(count, number);
        if (count > 0 || i == 0)
            str_append_format(&text, "%s%s %s", i > 0 ? ", " : "", number,
                              i == 1 ? "to be decided on" : states[i]);
    }
    lay_number(gather_number(answer, "members"), number);
    str_append_format(&text, "; %s members, as the listed ones state", number);
    lay_paint(lay, PAINT_HEADING, gather_text(answer, "appeal"));
    str_append_text(lay->out, ": ");
    lay_wrap(lay, 2, screen_width(gather_text(answer, "appeal")) + 2, PAINT_PLAIN, str_text(&text));
    str_append_text(lay->out, "  ");
    lay_wrap(lay, 2, 2, PAINT_OVER,
             bars_can_block() ? "bars: \u2588 listed, \u2591 not listed"
                              : "bars: # listed, - not listed");
    str_free(&text);
}

/* How many months the days span, by their names "2026-11-22". */
static size_t count_months(const json_t *days)
{
    const json_t *first = json_array_get(days, 0),
                 *last = json_array_get(days, json_array_size(days) - 1);
    int year = 0, month = 0, end_year = 0, end_month = 0;

    if (first == NULL || sscanf(gather_text(first, "day"), "%d-%d", &year, &month) != 2 ||
        sscanf(gather_text(last, "day"), "%d-%d", &end_year, &end_month) != 2)
        return 0;
    return (size_t)((end_year - year) * 12 + end_month - month + 1);
}

static bool print_screen(const struct options *options, const json_t *answer)
{
    struct str text = STR_INIT;
    const struct lay lay = {&text, screen_columns(STDOUT_FILENO),
                            paint_is_on(options, STDOUT_FILENO)};
    const json_t *countries = json_object_get(answer, "countries"),
                 *affiliations = json_object_get(answer, "affiliations");
    struct output *output = output_new(options, OUTPUT_ITEM);
    size_t rows = screen_rows(STDOUT_FILENO);
    size_t room = rows > 9 ? rows - 9 : 0; /* without head, headings and the line to type on */
    size_t of_affiliations = rows >= TALL ? json_array_size(affiliations) : 0, of_countries, months;

    if (of_affiliations > room / 5)
        of_affiliations = room / 5;
    if (of_affiliations > 0)
        room -= of_affiliations + 2;
    of_countries = room * 2 / 5 > ROWS_LEAST ? room * 2 / 5 : ROWS_LEAST;
    if (of_countries > json_array_size(countries))
        of_countries = json_array_size(countries);
    /* Of a year and a half two or three bars would say little: months, with fewer countries. */
    months = count_months(json_object_get(answer, "days"));
    if (months <= MONTHS_MOST && room > months && room - months < of_countries &&
        room - months >= COUNTRIES_LEAST)
        of_countries = room - months;
    room = room > of_countries + DAYS_LEAST ? room - of_countries : DAYS_LEAST;
    print_head(&lay, answer);
    if (json_array_size(json_object_get(answer, "days")) == 0)
        str_append_text(&text, "\nNobody has signed yet.\n");
    print_days(&lay, json_object_get(answer, "days"), room < DAYS_MOST ? room : DAYS_MOST);
    print_largest(&lay, countries, true, of_countries);
    print_largest(&lay, affiliations, false, of_affiliations);
    output_text(output, str_text(&text));
    str_free(&text);
    return output_end(output);
}

int perform_stats(const struct options *options)
{
    json_t *answer;
    int status = gather_ask(options, kinds, KINDS, &answer);
    bool is_written;

    if (status != EX_OK)
        return status;
    is_written = output_choose(options) == OUTPUT_TABLE
                     ? print_screen(options, answer)
                     : gather_print(options, kinds, KINDS, answer);
    json_decref(answer);
    return is_written ? EX_OK : perform_broken_output();
}
