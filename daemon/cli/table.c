/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Where not everything fits, an appeal that is the same in all rows goes, then the widest text
 * gives way, down to the width of an id; an id, a number or a day never does, since part of one is
 * of no use, or worse, another one. What a row is about, an organisation's name, keeps two fifths
 * of the line. Columns for which no room is left then go, the last first, and an ellipsis says so.
 */
#include "cli/table.h"
#include "base/mem.h"
#include "cli/cell.h"
#include "cli/paint.h"
#include "cli/screen.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_GAP 2
#define TABLE_LEAST 13

struct column {
    size_t source; /* in the schema */
    char *name, *title;
    bool is_right; /* numbers */
    bool is_whole; /* never cut */
    bool is_hidden;
    size_t width, least; /* what it is not cut below */
};

struct table {
    struct column columns[ROW_COLUMNS_MOST];
    enum row_type types[ROW_COLUMNS_MOST]; /* of the schema */
    size_t count;
    char **cells; /* row after row */
    size_t rows, cap;
    size_t screen;  /* columns */
    size_t shown;   /* columns that there is room for */
    bool is_marked; /* the heading says that there are more */
    bool is_painted, is_begun;
};

static char *make_title(const char *name)
{
    char *title = mem_string(name);

    for (char *at = title; *at != '\0'; at++)
        *at = *at == '_' ? ' ' : (char)toupper((unsigned char)*at);
    return title;
}

/* Texts that are typed again, or of few short words: part of one is of no use. */
static bool is_whole_text(const char *schema, const char *name)
{
    static const char *const names[] = {"id", "act", "state", "kind", "after", "rule"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return strcmp(schema, "backup") == 0 && strcmp(name, "name") == 0;
}

static size_t least_width(const char *name, size_t screen)
{
    bool is_main = strcmp(name, "organisation") == 0;

    return is_main && screen * 2 / 5 > TABLE_LEAST ? screen * 2 / 5 : TABLE_LEAST;
}

struct table *table_new(const struct row_schema *schema, size_t columns, bool is_painted)
{
    struct table *table = MEM_NEW(struct table);

    table->screen = columns;
    table->is_painted = is_painted;
    for (size_t i = 0; i < schema->count; i++) {
        struct column *column = &table->columns[table->count];
        enum row_type type = schema->columns[i].type;
        const char *name = schema->columns[i].name;

        table->types[i] = type;
        if (!schema->columns[i].is_brief)
            continue;
        *column = (struct column){
            .source = i,
            .name = mem_string(name),
            .title = make_title(name),
            .is_right = type == ROW_NUMBER,
            .is_whole =
                (type != ROW_TEXT && type != ROW_TEXTS) || is_whole_text(schema->name, name),
            .least = least_width(name, columns),
        };
        column->width = screen_width(column->title);
        table->count++;
    }
    return table;
}

static void drop_rows(struct table *table)
{
    for (size_t i = 0; i < table->rows * table->count; i++)
        free(table->cells[i]);
    free(table->cells);
    table->cells = NULL;
    table->rows = table->cap = 0;
}

void table_free(struct table *table)
{
    if (table == NULL)
        return;
    drop_rows(table);
    for (size_t i = 0; i < table->count; i++) {
        free(table->columns[i].name);
        free(table->columns[i].title);
    }
    free(table);
}

/* ---- widths ---- */

/* The room of columns that were left out, to those that were cut most. */
static void give_back(struct table *table, const size_t *wanted, size_t total)
{
    for (; total < table->screen; total++) {
        size_t most = 0;
        for (size_t i = 1; i < table->shown; i++) {
            if (wanted[i] - table->columns[i].width > wanted[most] - table->columns[most].width)
                most = i;
        }
        if (wanted[most] == table->columns[most].width)
            return;
        table->columns[most].width++;
    }
}

/* An appeal that is the same in all rows: it was asked for, or is the only one. */
static void hide_appeal(struct table *table, size_t *total)
{
    for (size_t i = 1; i<table->count && * total> table->screen && table->rows > 0; i++) {
        bool is_same = strcmp(table->columns[i].name, "appeal") == 0;
        for (size_t row = 1; is_same && row < table->rows; row++)
            is_same = strcmp(table->cells[row * table->count + i], table->cells[i]) == 0;
        if (is_same) {
            *total -= table->columns[i].width + TABLE_GAP;
            table->columns[i].width = 0;
            table->columns[i].is_hidden = true;
            return;
        }
    }
}

/* Takes columns off the widest text until all fit, or none can give any more; then leaves out the
 * last ones. */
static void fit_widths(struct table *table)
{
    size_t total = table->count > 0 ? (table->count - 1) * TABLE_GAP : 0;
    size_t wanted[ROW_COLUMNS_MOST];

    for (size_t i = 0; i < table->count; i++)
        total += table->columns[i].width;
    if (table->rows < TABLE_KEPT) /* else others may come */
        hide_appeal(table, &total);
    for (size_t i = 0; i < table->count; i++)
        wanted[i] = table->columns[i].width;
    while (total > table->screen) {
        struct column *widest = NULL;
        for (size_t i = 0; i < table->count; i++) {
            struct column *column = &table->columns[i];
            if (!column->is_whole && column->width > column->least &&
                (widest == NULL || column->width > widest->width))
                widest = column;
        }
        if (widest == NULL)
            break;
        widest->width--;
        total--;
    }
    table->shown = table->count;
    /* The ellipsis behind the last needs two columns, and the first is always there. */
    while (table->shown > 1 && total + (table->shown < table->count ? 2 : 0) > table->screen)
        total -= table->columns[--table->shown].is_hidden
                     ? 0
                     : table->columns[table->shown].width + TABLE_GAP;
    table->is_marked = table->shown < table->count && total + 2 <= table->screen;
    if (table->is_marked)
        give_back(table, wanted, total + 2);
}

/* What is to spare goes to the widest text: rows that come later may need it. */
static void spread_spare(struct table *table)
{
    size_t total = (table->count - 1) * TABLE_GAP;
    struct column *widest = NULL;

    for (size_t i = 0; i < table->count; i++) {
        struct column *column = &table->columns[i];
        total += column->width;
        if (!column->is_whole && (widest == NULL || column->width > widest->width))
            widest = column;
    }
    if (widest != NULL && total < table->screen)
        widest->width += table->screen - total;
}

/* ---- lines ---- */

static void pad(struct str *out, size_t n)
{
    while (n-- > 0)
        str_append_char(out, ' ');
}

static void print_cell(const struct table *table, size_t i, const char *text, bool is_heading,
                       struct str *out)
{
    const struct column *column = &table->columns[i];
    enum paint paint = PAINT_PLAIN;
    struct str cell = STR_INIT;
    size_t room = column->width < table->screen ? column->width : table->screen;
    /* A number from behind the kept rows may be wider than these were. */
    size_t width = screen_cut(text, column->is_whole ? table->screen : room, &cell);
    size_t gap = width < room ? room - width : 0;

    if (table->is_painted)
        paint = is_heading ? PAINT_HEADING : paint_choose(column->name, text);
    if (column->is_right)
        pad(out, gap);
    paint_begin(paint, out);
    screen_isolate(str_text(&cell), out);
    paint_end(paint, out);
    if (!column->is_right && i + 1 < table->shown)
        pad(out, gap);
    str_free(&cell);
}

static void print_line(const struct table *table, char *const *cells, bool is_heading,
                       struct str *out)
{
    size_t last = table->shown;

    /* No blanks at the end: cells that are empty there are left out. */
    while (last > 1 && cells[last - 1][0] == '\0')
        last--;
    for (size_t i = 0; i < last; i++) {
        if (table->columns[i].is_hidden)
            continue;
        if (i > 0)
            pad(out, TABLE_GAP);
        print_cell(table, i, cells[i], is_heading, out);
    }
    while (out->len > 0 && out->data[out->len - 1] == ' ')
        out->data[--out->len] = '\0';
    if (table->is_marked && is_heading)
        str_append_text(out, " \u2026");
    str_append_char(out, '\n');
}

static void begin(struct table *table, struct str *out)
{
    char *titles[ROW_COLUMNS_MOST];

    table->is_begun = true;
    for (size_t i = 0; i < table->count; i++)
        titles[i] = table->columns[i].title;
    print_line(table, titles, true, out);
    for (size_t i = 0; i < table->rows; i++)
        print_line(table, table->cells + i * table->count, false, out);
    drop_rows(table);
}

/* ---- rows ---- */

static void make_cells(struct table *table, const struct row_value *values, char **cells)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct column *column = &table->columns[i];
        struct str text = STR_INIT, shown = STR_INIT;

        cell_print(table->types[column->source], &values[column->source], &text);
        screen_make_visible(str_text(&text), false, &shown);
        cells[i] = str_take(&shown);
        str_free(&text);
    }
}

void table_add(struct table *table, const struct row_value *values, struct str *out)
{
    char **cells;

    if (table->count == 0)
        return;
    if (table->is_begun) {
        char *now[ROW_COLUMNS_MOST];
        make_cells(table, values, now);
        print_line(table, now, false, out);
        for (size_t i = 0; i < table->count; i++)
            free(now[i]);
        return;
    }
    if (table->rows == table->cap) {
        table->cap = table->cap == 0 ? 64 : 2 * table->cap;
        table->cells = mem_resize(table->cells, table->cap * table->count, sizeof(char *));
    }
    cells = table->cells + table->rows * table->count;
    make_cells(table, values, cells);
    for (size_t i = 0; i < table->count; i++) {
        size_t width = screen_width(cells[i]);
        if (width > table->columns[i].width)
            table->columns[i].width = width;
    }
    if (++table->rows < TABLE_KEPT)
        return;
    fit_widths(table);
    spread_spare(table);
    begin(table, out);
}

void table_end(struct table *table, struct str *out)
{
    if (table->is_begun || table->rows == 0)
        return;
    fit_widths(table);
    begin(table, out);
}
