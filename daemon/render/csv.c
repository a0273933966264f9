/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A cell that begins like a formula gets an apostrophe before it, which spreadsheets take for "this
 * is text". Numbers are ours and go as they are. Everything that holds a separator, a quote, a line
 * end or a blank at an end is quoted. Lists are long: a row is put together here and given to the
 * file at once.
 */
#include "render/csv.h"
#include <string.h>

#define NUMBER_SIZE 24

static void csv_flush(struct csv *csv)
{
    if (csv->len > 0)
        fwrite_unlocked(csv->buffer, 1, csv->len, csv->file);
    csv->len = 0;
}

static void csv_put(struct csv *csv, const char *bytes, size_t len)
{
    if (len > CSV_BUFFER - csv->len) {
        csv_flush(csv);
        if (len > CSV_BUFFER) {
            fwrite_unlocked(bytes, 1, len, csv->file);
            return;
        }
    }
    memcpy(csv->buffer + csv->len, bytes, len);
    csv->len += len;
}

static void csv_put_char(struct csv *csv, char c)
{
    if (csv->len == CSV_BUFFER)
        csv_flush(csv);
    csv->buffer[csv->len++] = c;
}

static void csv_separate(struct csv *csv)
{
    if (csv->cells++ > 0)
        csv_put_char(csv, ',');
}

/* Full-width forms count too: some spreadsheets take them for the plain ones. So does what has
 * apostrophes before it already. */
static bool is_formula_start(const char *text)
{
    static const char *const wide[] = {"＝", "＋", "－", "＠"};

    /* "'=x" as it was typed must not be read back as "=x". */
    text += strspn(text, "'");
    switch (text[0]) {
    case '=':
    case '+':
    case '-':
    case '@':
    case '\t':
    case '\r':
    case '\n':
        return true;
    case '\xef': /* the first byte of all four */
        break;
    default:
        return false;
    }
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (strncmp(text, wide[i], strlen(wide[i])) == 0)
            return true;
    return false;
}

static void put_quoted(struct csv *csv, const char *text, size_t len, bool is_formula)
{
    const char *end = text + len, *quote;

    csv_put_char(csv, '"');
    if (is_formula)
        csv_put_char(csv, '\'');
    while ((quote = memchr(text, '"', (size_t)(end - text))) != NULL) {
        csv_put(csv, text, (size_t)(quote - text));
        csv_put(csv, "\"\"", 2);
        text = quote + 1;
    }
    csv_put(csv, text, (size_t)(end - text));
    csv_put_char(csv, '"');
}

void csv_text(struct csv *csv, const char *text)
{
    size_t len, plain;
    bool is_formula;

    csv_separate(csv);
    if (!text || text[0] == '\0')
        return;
    is_formula = is_formula_start(text);
    plain = strcspn(text, ",\"\r\n");
    len = plain + strlen(text + plain);
    if (plain < len || text[0] == ' ' || text[len - 1] == ' ') {
        put_quoted(csv, text, len, is_formula);
        return;
    }
    if (is_formula)
        csv_put_char(csv, '\'');
    csv_put(csv, text, len);
}

void csv_number(struct csv *csv, int64_t number)
{
    char digits[NUMBER_SIZE];
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

    do
        digits[--at] = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (number < 0)
        digits[--at] = '-';
    csv_separate(csv);
    csv_put(csv, digits + at, sizeof digits - at);
}

bool csv_end_row(struct csv *csv)
{
    csv_put(csv, "\r\n", 2);
    csv_flush(csv);
    csv->cells = 0;
    return !ferror_unlocked(csv->file);
}
