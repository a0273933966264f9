/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Signatures by time and by country, and the round numbers that were reached. All of it is about
 * the named ones: where a day or a country counted the others too, it would tell of them.
 *
 * Days are folded so that a table stays readable: into weeks beyond a month, into months beyond
 * half a year, into years beyond three. Rows without a signature stay, or the picture would lie.
 */
#include "appeal/listing.h"
#include "base/clock.h"
#include "config.h" /* qsort_r */
#include "page/view_list_fill.h"
#include "text/locale.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MOST 60
#define DAYS_UNTIL 31
#define WEEKS_UNTIL 183
#define MONTHS_UNTIL 1096
#define COUNTRIES_MOST 320
#define COUNTRIES_SHOWN 40
#define FOLDED_UNDER 5

static const int64_t milestones[] = {10,   25,    50,    100,   250,    500,    1000,   2500,
                                     5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000};
#define MILESTONES (sizeof milestones / sizeof *milestones)

struct day {
    int64_t day, count;
};

struct numbers {
    struct rendering *r;
    const struct appeal *appeal;
    struct day *days; /* ascending */
    size_t day_count, day_room;
    struct view_bar countries[COUNTRIES_MOST];
    size_t country_count;
    int64_t folded; /* signatures of countries that few signed from */
};

/* The width of a bar by its share of the longest, in steps of five; what is there shows. */
static const char *width_of(int64_t count, int64_t most)
{
    static const char *const widths[] = {"b0",  "b5",  "b10", "b15", "b20", "b25", "b30",
                                         "b35", "b40", "b45", "b50", "b55", "b60", "b65",
                                         "b70", "b75", "b80", "b85", "b90", "b95", "b100"};
    if (count <= 0 || most <= 0)
        return widths[0];
    int64_t step = (count * 20 + most / 2) / most;
    return widths[step < 1 ? 1 : step > 20 ? 20 : step];
}

static void set_widths(struct view_bar *bars, size_t count)
{
    int64_t most = 0;
    for (size_t i = 0; i < count; i++)
        most = bars[i].count > most ? bars[i].count : most;
    for (size_t i = 0; i < count; i++)
        bars[i].width = width_of(bars[i].count, most);
}

static bool on_day(const struct listing_count *count, void *arg)
{
    struct numbers *numbers = arg;
    int64_t day;
    if (!clock_parse_day(count->term, &day))
        return true;
    if (numbers->day_count == numbers->day_room) {
        size_t room = numbers->day_room ? 2 * numbers->day_room : 64;
        struct day *days = scratch_zero(&numbers->r->scratch, room, sizeof *days);
        if (numbers->day_count > 0)
            memcpy(days, numbers->days, numbers->day_count * sizeof *days);
        numbers->days = days;
        numbers->day_room = room;
    }
    numbers->days[numbers->day_count++] = (struct day){day, count->signatures};
    return true;
}

static struct url list_url(struct numbers *numbers, const char *name, const char *value)
{
    struct rendering *r = numbers->r;
    return view_path(
        r, r->language, numbers->appeal->slug,
        scratch_format(&r->scratch, "/signatories?%s", view_list_query(r, name, value)));
}

static bool on_country(const struct listing_count *count, void *arg)
{
    struct numbers *numbers = arg;
    if (count->term[0] != '\0' && count->signatures < FOLDED_UNDER) {
        numbers->folded += count->signatures;
        return true;
    }
    if (numbers->country_count == COUNTRIES_MOST)
        return true;
    const struct language *language = numbers->r->language;
    bool has_code = count->term[0] != '\0';
    numbers->countries[numbers->country_count++] = (struct view_bar){
        .name = has_code ? locale_country(language, count->term)
                         : message_get(language, "International organisations"),
        .url = list_url(numbers, "country", has_code ? count->term : "none"),
        .count = count->signatures,
    };
    return true;
}

/* ---- times ---- */

static void civil(int64_t day, int *year, int *month)
{
    char text[16];
    *year = *month = 0;
    clock_print_day(day, text);
    if (sscanf(text, "%d-%d", year, month) != 2)
        *year = *month = 0;
}

static int64_t first_of(int year, int month)
{
    char text[32];
    int64_t day = 0;
    snprintf(text, sizeof text, "%04d-%02d-01", year, month);
    (void)clock_parse_day(text, &day);
    return day;
}

/* The first day of the span that a day is in. Day 0 was a Thursday; weeks begin with Monday. */
static int64_t span_begin(enum view_span span, int64_t day)
{
    int year, month;
    if (span == SPAN_DAY)
        return day;
    if (span == SPAN_WEEK)
        return day - (day + 3) % 7;
    civil(day, &year, &month);
    return first_of(year, span == SPAN_YEAR ? 1 : month);
}

static int64_t span_next(enum view_span span, int64_t begin)
{
    int year, month;
    if (span == SPAN_DAY || span == SPAN_WEEK)
        return begin + (span == SPAN_DAY ? 1 : 7);
    civil(begin, &year, &month);
    if (span == SPAN_YEAR)
        return first_of(year + 1, 1);
    return month == 12 ? first_of(year + 1, 1) : first_of(year, month + 1);
}

static const char *span_name(struct rendering *r, enum view_span span, int64_t begin)
{
    struct str name = STR_INIT;
    int year, month;
    if (span == SPAN_DAY || span == SPAN_WEEK) {
        locale_date(r->language, begin, &name);
    } else if (span == SPAN_MONTH) {
        locale_month(r->language, begin, &name);
    } else {
        civil(begin, &year, &month);
        str_append_format(&name, "%d", year);
    }
    return scratch_str(&r->scratch, &name);
}

static enum view_span span_of(int64_t days)
{
    return days <= DAYS_UNTIL     ? SPAN_DAY
           : days <= WEEKS_UNTIL  ? SPAN_WEEK
           : days <= MONTHS_UNTIL ? SPAN_MONTH
                                  : SPAN_YEAR;
}

static void fill_times(struct numbers *numbers, struct numbers_view *out)
{
    struct rendering *r = numbers->r;
    struct view_bar *bars = scratch_zero(&r->scratch, ROWS_MOST, sizeof *bars);
    out->times = bars;
    if (numbers->day_count == 0)
        return;
    int64_t last = numbers->days[numbers->day_count - 1].day;
    out->span = span_of(last - numbers->days[0].day + 1);
    int64_t begin = span_begin(out->span, numbers->days[0].day);
    for (size_t i = 0; begin <= last && out->time_count < ROWS_MOST; out->time_count++) {
        struct view_bar *bar = &bars[out->time_count];
        int64_t next = span_next(out->span, begin);
        *bar = (struct view_bar){.name = span_name(r, out->span, begin), .url = {""}};
        for (; i < numbers->day_count && numbers->days[i].day < next; i++)
            bar->count += numbers->days[i].count;
        if (out->span == SPAN_DAY && bar->count > 0) {
            char text[16];
            clock_print_day(begin, text);
            bar->url = list_url(numbers, "day", text);
        }
        begin = next;
    }
    set_widths(bars, out->time_count);
}

/* ---- countries and milestones ---- */

/* The most first; equal ones by name. */
static int compare_bars(const void *a, const void *b, void *arg)
{
    const struct view_bar *one = a, *other = b;
    if (one->count != other->count)
        return one->count > other->count ? -1 : 1;
    return locale_compare(arg, one->name, other->name);
}

static void fill_countries(struct numbers *numbers, struct numbers_view *out)
{
    union { /* the sort's argument is not const in its type */
        const struct language *language;
        void *any;
    } of = {numbers->r->language};
    qsort_r(numbers->countries, numbers->country_count, sizeof numbers->countries[0], compare_bars,
            of.any);
    while (numbers->country_count > COUNTRIES_SHOWN)
        numbers->folded += numbers->countries[--numbers->country_count].count;
    if (numbers->folded > 0)
        numbers->countries[numbers->country_count++] = (struct view_bar){
            .name = message_get(of.language, "Other countries"),
            .url = {""},
            .count = numbers->folded,
        };
    set_widths(numbers->countries, numbers->country_count);
    out->countries = numbers->countries;
    out->country_count = numbers->country_count;
}

static void fill_milestones(const struct numbers *numbers, struct numbers_view *out)
{
    struct view_milestone *reached =
        scratch_zero(&numbers->r->scratch, MILESTONES, sizeof *reached);
    int64_t sum = 0;
    size_t next = 0;
    for (size_t i = 0; i < numbers->day_count; i++) {
        sum += numbers->days[i].count;
        for (; next < MILESTONES && milestones[next] <= sum; next++)
            reached[next] = (struct view_milestone){milestones[next], numbers->days[i].day};
    }
    out->milestones = reached;
    out->milestone_count = next;
    /* What is still missing is told of all, as the sentence on top is. */
    int64_t total = sum + out->counted;
    while (next < MILESTONES && milestones[next] <= total)
        next++;
    out->next = next < MILESTONES ? milestones[next] : 0;
    out->missing = out->next > 0 ? out->next - total : 0;
}

enum us_err view_numbers(struct rendering *r, const struct appeal *appeal, struct numbers_view *out)
{
    struct signatories_view said;
    struct numbers *numbers = scratch_zero(&r->scratch, 1, sizeof *numbers);
    numbers->r = r;
    numbers->appeal = appeal;
    enum us_err err = view_signatories(r, appeal, 0, true, &said);
    if (err == US_OK)
        err = listing_each_count(r->reader, appeal->id, appeal->version, LISTING_DAY, on_day,
                                 numbers);
    if (err == US_OK)
        err = listing_each_count(r->reader, appeal->id, appeal->version, LISTING_COUNTRY,
                                 on_country, numbers);
    if (err != US_OK)
        return err;
    out->sentence = said.sentence;
    out->named = said.named;
    out->counted = said.counted;
    fill_times(numbers, out);
    fill_countries(numbers, out);
    fill_milestones(numbers, out);
    return US_OK;
}
