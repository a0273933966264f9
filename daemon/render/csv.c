/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A cell that begins like a formula gets an apostrophe before it, which spreadsheets take for "this
 * is text". Numbers are ours and go as they are. Everything that holds a separator, a quote, a line
 * end or a blank at an end is quoted.
 */
#include "render/csv.h"
#include <inttypes.h>
#include <string.h>

static void csv_separate(struct csv *csv)
{
    if (csv->cells++ > 0)
        putc(',', csv->file);
}

/* Full-width forms count too: some spreadsheets take them for the plain ones. */
static bool is_formula_start(const char *text)
{
    static const char *const starts[] = {"=",  "+",  "-",  "@",  "\t", "\r",
                                         "\n", "＝", "＋", "－", "＠"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (strncmp(text, starts[i], strlen(starts[i])) == 0)
            return true;
    return false;
}

void csv_text(struct csv *csv, const char *text)
{
    csv_separate(csv);
    if (!text || text[0] == '\0')
        return;
    bool is_formula = is_formula_start(text);
    bool is_quoted = strpbrk(text, ",\"\r\n") || text[0] == ' ' || text[strlen(text) - 1] == ' ';
    if (is_quoted)
        putc('"', csv->file);
    if (is_formula)
        putc('\'', csv->file);
    for (const char *c = text; *c; c++) {
        if (*c == '"')
            putc('"', csv->file);
        putc(*c, csv->file);
    }
    if (is_quoted)
        putc('"', csv->file);
}

void csv_number(struct csv *csv, int64_t number)
{
    csv_separate(csv);
    fprintf(csv->file, "%" PRId64, number);
}

bool csv_end_row(struct csv *csv)
{
    fputs("\r\n", csv->file);
    csv->cells = 0;
    return !ferror(csv->file);
}
