/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/lay.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "cli/screen.h"
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

void lay_number(int64_t number, char out[LAY_NUMBER])
{
    char digits[LAY_NUMBER];
    int len = snprintf(digits, sizeof(digits), "%" PRId64, number < 0 ? -number : number), at = 0;

    if (number < 0)
        out[at++] = '-';
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = '\0';
}

void lay_bytes(int64_t bytes, char out[LAY_NUMBER])
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    double number = (double)bytes;
    size_t unit = 0;

    while (number >= 1024 && unit + 1 < sizeof(units) / sizeof(units[0])) {
        number /= 1024;
        unit++;
    }
    (void)snprintf(out, LAY_NUMBER, unit > 0 && number < 100 ? "%.1f %s" : "%.0f %s", number,
                   units[unit]);
}

void lay_span(int64_t span, char out[LAY_NUMBER])
{
    int64_t days = span / CLOCK_DAY, hours = span % CLOCK_DAY / CLOCK_HOUR,
            minutes = span % CLOCK_HOUR / CLOCK_MINUTE;

    if (days > 0)
        (void)snprintf(out, LAY_NUMBER, "%" PRId64 " day%s %" PRId64 " h", days,
                       days == 1 ? "" : "s", hours);
    else if (hours > 0)
        (void)snprintf(out, LAY_NUMBER, "%" PRId64 " h %" PRId64 " min", hours, minutes);
    else if (minutes > 0)
        (void)snprintf(out, LAY_NUMBER, "%" PRId64 " min", minutes);
    else
        (void)snprintf(out, LAY_NUMBER, "%" PRId64 " s", span / CLOCK_SECOND);
}

void lay_paint(const struct lay *lay, enum paint paint, const char *text)
{
    if (lay->is_painted)
        paint_begin(paint, lay->out);
    str_append_text(lay->out, text);
    if (lay->is_painted)
        paint_end(paint, lay->out);
}

static void blanks(struct str *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        str_append_char(out, ' ');
}

/* As many bytes as stand on so many columns, at least a character. */
static size_t cut(const char *text, size_t len, size_t columns)
{
    size_t at = 0, fits = 0, width = 0;

    while (at < len) {
        size_t start = at;
        struct str one = STR_INIT;
        (void)utf8_next(text, len, &at);
        str_append(&one, text + start, at - start);
        width += screen_width(str_text(&one));
        str_free(&one);
        if (fits > 0 && width > columns)
            break;
        fits = at;
    }
    return fits;
}

static size_t width_of_part(const char *text, size_t len)
{
    struct str part = STR_INIT;
    size_t width;

    str_append(&part, text, len);
    width = screen_width(str_text(&part));
    str_free(&part);
    return width;
}

/* How many bytes of the text stand on a line of so many columns: up to a blank; 0 where not even
 * its first word does. */
static size_t fit(const char *text, size_t columns)
{
    size_t len = strlen(text), fits = 0, end = 0;

    while (end < len) {
        end += strcspn(text + end, " ");
        if (width_of_part(text, end) > columns)
            break;
        fits = end;
        end += strspn(text + end, " ");
    }
    return fits;
}

void lay_wrap(const struct lay *lay, size_t indent, size_t at, enum paint paint, const char *text)
{
    size_t columns = lay->columns > indent + 8 ? lay->columns - indent : 8,
           left = lay->columns > at ? lay->columns - at : 0;

    do {
        struct str line = STR_INIT;
        size_t len = fit(text, left);
        bool is_whole_line = left >= columns;
        /* A word that no line holds is broken; one that this line does not hold goes on the next.
         */
        if (len == 0 && (is_whole_line || fit(text, columns) == 0) && left > 0)
            len = cut(text, strlen(text), left);
        str_append(&line, text, len);
        lay_paint(lay, paint, str_text(&line));
        str_free(&line);
        str_append_char(lay->out, '\n');
        text += len;
        text += strspn(text, " ");
        if (*text != '\0')
            blanks(lay->out, indent);
        left = columns;
    } while (*text != '\0');
}

void lay_line(const struct lay *lay, const char *label, const char *text)
{
    size_t width = screen_width(label);

    lay_paint(lay, PAINT_HEADING, label);
    blanks(lay->out, width < LAY_LABEL ? LAY_LABEL - width : 1);
    lay_wrap(lay, LAY_LABEL, LAY_LABEL, PAINT_PLAIN, text);
}
