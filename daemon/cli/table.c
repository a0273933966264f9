/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Widths are known only when all rows are, so they are kept. Where not everything fits, the widest
 * column gives way first, down to the width of an id: an id that is cut is of no use to anybody.
 */
#include "cli/table.h"
#include "base/mem.h"
#include "cli/cell.h"
#include "cli/screen.h"
#include <ctype.h>
#include <stdlib.h>

#define TABLE_GAP 2
#define TABLE_LEAST 13

struct column {
    size_t source; /* in the schema */
    char *title;
    bool is_right; /* numbers */
    size_t width;
};

struct table {
    struct column columns[ROW_COLUMNS_MOST];
    enum row_type types[ROW_COLUMNS_MOST]; /* of the schema */
    size_t count;
    char **cells; /* row after row */
    size_t rows, cap;
};

static char *make_title(const char *name)
{
    char *title = mem_string(name);

    for (char *at = title; *at != '\0'; at++)
        *at = *at == '_' ? ' ' : (char)toupper((unsigned char)*at);
    return title;
}

struct table *table_new(const struct row_schema *schema)
{
    struct table *table = MEM_NEW(struct table);

    for (size_t i = 0; i < schema->count; i++) {
        struct column *column = &table->columns[table->count];
        enum row_type type = schema->columns[i].type;

        table->types[i] = type;
        if (!schema->columns[i].is_brief)
            continue;
        *column = (struct column){
            .source = i,
            .title = make_title(schema->columns[i].name),
            .is_right = type == ROW_NUMBER,
        };
        column->width = screen_width(column->title);
        table->count++;
    }
    return table;
}

void table_free(struct table *table)
{
    if (table == NULL)
        return;
    for (size_t i = 0; i < table->rows * table->count; i++)
        free(table->cells[i]);
    for (size_t i = 0; i < table->count; i++)
        free(table->columns[i].title);
    free(table->cells);
    free(table);
}

void table_add(struct table *table, const struct row_value *values)
{
    if (table->rows == table->cap) {
        table->cap = table->cap == 0 ? 64 : 2 * table->cap;
        table->cells = mem_resize(table->cells, table->cap * table->count, sizeof(char *));
    }
    for (size_t i = 0; i < table->count; i++) {
        struct column *column = &table->columns[i];
        struct str text = STR_INIT, shown = STR_INIT;
        size_t width;

        cell_print(table->types[column->source], &values[column->source], &text);
        screen_make_visible(str_text(&text), false, &shown);
        width = screen_width(str_text(&shown));
        if (width > column->width)
            column->width = width;
        table->cells[table->rows * table->count + i] = str_take(&shown);
        str_free(&text);
    }
    table->rows++;
}

/* Takes columns off the widest until all fit, or none can give any more. */
static void fit_widths(const struct table *table, size_t columns, size_t widths[ROW_COLUMNS_MOST])
{
    size_t total = table->count > 0 ? (table->count - 1) * TABLE_GAP : 0;

    for (size_t i = 0; i < table->count; i++) {
        widths[i] = table->columns[i].width;
        total += widths[i];
    }
    while (total > columns) {
        size_t widest = 0;
        for (size_t i = 1; i < table->count; i++) {
            if (widths[i] > widths[widest])
                widest = i;
        }
        if (widths[widest] <= TABLE_LEAST)
            return;
        widths[widest]--;
        total--;
    }
}

static void pad(struct str *out, size_t n)
{
    while (n-- > 0)
        str_append_char(out, ' ');
}

static void print_line(const struct table *table, char *const *cells, const size_t *widths,
                       size_t columns, struct str *out)
{
    struct str line = STR_INIT;

    for (size_t i = 0; i < table->count; i++) {
        struct str cell = STR_INIT;
        size_t width = screen_cut(cells[i], widths[i], &cell);

        if (i > 0)
            pad(&line, TABLE_GAP);
        if (table->columns[i].is_right)
            pad(&line, widths[i] - width);
        screen_isolate(str_text(&cell), &line);
        if (!table->columns[i].is_right && i + 1 < table->count)
            pad(&line, widths[i] - width);
        str_free(&cell);
    }
    while (line.len > 0 && line.data[line.len - 1] == ' ')
        line.data[--line.len] = '\0';
    screen_cut(str_text(&line), columns, out);
    str_append_char(out, '\n');
    str_free(&line);
}

void table_print(const struct table *table, size_t columns, struct str *out)
{
    size_t widths[ROW_COLUMNS_MOST];
    char *titles[ROW_COLUMNS_MOST];

    if (table->rows == 0 || table->count == 0)
        return;
    fit_widths(table, columns, widths);
    for (size_t i = 0; i < table->count; i++)
        titles[i] = table->columns[i].title;
    print_line(table, titles, widths, columns, out);
    for (size_t i = 0; i < table->rows; i++)
        print_line(table, table->cells + i * table->count, widths, columns, out);
}
