/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Where not everything fits, what says nothing goes: an appeal that is the same in all rows, a
 * column that is empty in all, a time's seconds. Then columns go, the last first, and an ellipsis
 * says so, and the widest text gives way, down to the width of an id; an id, a number or a day
 * never does, since part of one is of no use, or worse, another one. What a row is about, an
 * organisation's name, keeps two fifths of the line, and gives way itself only to what it is judged
 * by. Where a row behind the kept ones has something else in a column that went because it was the
 * same in all, the column is back from there on, under a heading of its own.
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
#define REASON_LEAST 8

struct column {
    size_t source; /* in the schema */
    char *name, *title;
    bool is_right; /* numbers */
    bool is_whole; /* never cut */
    bool is_hidden;
    char *same;          /* hidden, since this stands in all rows */
    size_t wanted;       /* uncut */
    size_t width, least; /* what it is not cut below */
};

struct table {
    struct column columns[ROW_COLUMNS_MOST];
    enum row_type types[ROW_COLUMNS_MOST]; /* of the schema */
    size_t count;
    char **cells; /* row after row */
    size_t rows, cap;
    size_t screen; /* columns */
    size_t shown;  /* columns that there is room for */
    size_t needed; /* columns that are there before an organisation keeps its room */
    bool has_short_times;
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

/* What a row is about. */
static bool is_main(const char *name)
{
    return strcmp(name, "organisation") == 0;
}

static size_t least_width(const char *name, size_t screen)
{
    return is_main(name) && screen * 2 / 5 > TABLE_LEAST ? screen * 2 / 5 : TABLE_LEAST;
}

/* Otherwise than in the schema, whose order is kept for programs: what a moderator judges by stands
 * before the bar, and those that are not named here at the end. */
static const struct layout {
    const char *schema, *columns;
} layouts[] = {
    {"signature", "id appeal state organisation country signed_on | members kind visibility"},
    {"queue", "id appeal state organisation country mail_domain | signed_on members kind "
              "visibility"},
    {"duplicate", "group id state organisation country mail_domain | likeness members signed_on"},
    {"audit", "seq at actor act subject reason |"},
};

static void add_column(struct table *table, const struct row_schema *schema, size_t source)
{
    const char *name = schema->columns[source].name;
    enum row_type type = schema->columns[source].type;
    struct column *column = &table->columns[table->count];

    for (size_t i = 0; i < table->count; i++)
        if (table->columns[i].source == source)
            return;
    *column = (struct column){
        .source = source,
        .name = mem_string(name),
        .title = make_title(name),
        .is_right = type == ROW_NUMBER,
        .is_whole = (type != ROW_TEXT && type != ROW_TEXTS) || is_whole_text(schema->name, name),
        .least = least_width(name, table->screen),
    };
    column->wanted = screen_width(column->title);
    table->count++;
}

static void add_laid_out(struct table *table, const struct row_schema *schema, const char *columns)
{
    for (const char *at = columns; *at != '\0'; at += at[0] == ' ') {
        size_t len = strcspn(at, " ");
        if (len == 1 && *at == '|')
            table->needed = table->count;
        for (size_t i = 0; i < schema->count; i++)
            if (schema->columns[i].is_brief && strlen(schema->columns[i].name) == len &&
                memcmp(schema->columns[i].name, at, len) == 0)
                add_column(table, schema, i);
        at += len;
    }
}

struct table *table_new(const struct row_schema *schema, size_t columns, bool is_painted)
{
    struct table *table = MEM_NEW(struct table);

    table->screen = columns;
    table->is_painted = is_painted;
    table->needed = 1;
    for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
        if (strcmp(layouts[i].schema, schema->name) == 0)
            add_laid_out(table, schema, layouts[i].columns);
    for (size_t i = 0; i < schema->count; i++) {
        table->types[i] = schema->columns[i].type;
        if (schema->columns[i].is_brief)
            add_column(table, schema, i);
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
        free(table->columns[i].same);
    }
    free(table);
}

/* ---- widths ---- */

/* Where it is the same in all rows that are there. */
static void hide_same(struct table *table, size_t i)
{
    for (size_t row = 1; row < table->rows; row++)
        if (strcmp(table->cells[row * table->count + i], table->cells[i]) != 0)
            return;
    table->columns[i].is_hidden = true;
    table->columns[i].same = mem_string(table->cells[i]);
}

/* An appeal that is the same in all rows: it was asked for, or is the only one. */
static void hide_appeal(struct table *table)
{
    for (size_t i = 1; i < table->count; i++)
        if (strcmp(table->columns[i].name, "appeal") == 0)
            hide_same(table, i);
}

static void hide_empty(struct table *table)
{
    for (size_t i = 1; i < table->count; i++)
        if (table->cells[i][0] == '\0' && !table->columns[i].is_hidden)
            hide_same(table, i);
}

static void want_room(struct column *column, const char *cell)
{
    size_t width = screen_width(cell);

    column->wanted = width > column->wanted ? width : column->wanted;
}

/* 2026-11-22T15:47:25Z to 2026-11-22 15:47Z. */
static void shorten_time(char *text)
{
    if (strlen(text) != 20 || text[10] != 'T')
        return;
    text[10] = ' ';
    memcpy(text + 16, "Z", 2);
}

static void shorten_times(struct table *table, char **cells)
{
    for (size_t i = 0; i < table->count; i++)
        if (table->types[table->columns[i].source] == ROW_TIME)
            shorten_time(cells[i]);
}

static void shorten_all_times(struct table *table)
{
    table->has_short_times = true;
    for (size_t row = 0; row < table->rows; row++)
        shorten_times(table, table->cells + row * table->count);
    for (size_t i = 0; i < table->count; i++) {
        struct column *column = &table->columns[i];
        if (table->types[column->source] != ROW_TIME)
            continue;
        column->wanted = screen_width(column->title);
        for (size_t row = 0; row < table->rows; row++)
            want_room(column, table->cells[row * table->count + i]);
        column->width = column->wanted;
    }
}

/* Of the first columns and the ellipsis where there are more; as they are, or cut as far as may be.
 */
static size_t add_widths(const struct table *table, size_t shown, bool is_cut)
{
    size_t total = shown < table->count ? 2 : 0;

    for (size_t i = 0; i < shown; i++) {
        const struct column *column = &table->columns[i];
        bool is_shorter = is_cut && !column->is_whole && column->width > column->least;
        if (!column->is_hidden)
            total += (is_shorter ? column->least : column->width) + (i > 0 ? TABLE_GAP : 0);
    }
    return total;
}

/* That may give way; with the room that it keeps while another one can. */
static struct column *find_widest(struct table *table, bool keeps_room)
{
    struct column *widest = NULL;

    for (size_t i = 0; i < table->shown; i++) {
        struct column *column = &table->columns[i];
        size_t least = keeps_room ? least_width(column->name, table->screen) : column->least;
        if (!column->is_whole && !column->is_hidden && column->width > least &&
            (widest == NULL || column->width > widest->width))
            widest = column;
    }
    return widest;
}

static void squeeze_texts(struct table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        struct column *column = &table->columns[i];
        if (is_main(column->name) && table->screen / 4 > TABLE_LEAST)
            column->least = table->screen / 4;
        else if (strcmp(column->name, "reason") == 0)
            column->least = REASON_LEAST;
    }
}

static void drop_columns(struct table *table, size_t least)
{
    while (table->shown > least && add_widths(table, table->shown, true) > table->screen)
        table->shown--;
}

static void hide_what_says_nothing(struct table *table)
{
    if (add_widths(table, table->count, false) > table->screen)
        hide_appeal(table);
    if (add_widths(table, table->count, false) > table->screen)
        shorten_all_times(table);
    if (add_widths(table, table->count, false) > table->screen)
        hide_empty(table);
}

/* On a narrow terminal what a row is about stands beside its first column; others make way. */
static void make_way(struct table *table)
{
    size_t at = 0;

    while (at < table->count && !is_main(table->columns[at].name))
        at++;
    for (size_t i = at; i-- > 1 && at < table->count;)
        if (add_widths(table, at + 1, true) > table->screen)
            table->columns[i].is_hidden = true;
}

/* What is to spare where rows come later, which may need it: to an organisation's name, as far as
 * two fifths of the line, else to the widest text. */
static void spread_spare(struct table *table)
{
    size_t total = add_widths(table, table->shown, false);
    struct column *widest = NULL;

    for (size_t i = 0; i < table->shown; i++) {
        struct column *column = &table->columns[i];
        if (column->is_whole || column->is_hidden)
            continue;
        if (widest == NULL || column->least > widest->least ||
            (column->least == widest->least && column->width > widest->width))
            widest = column;
    }
    if (widest == NULL)
        return;
    for (; total < table->screen; total++) {
        if (widest->least > TABLE_LEAST && widest->width >= widest->least)
            return;
        widest->width++;
    }
}

/* Leaves out the last columns, then takes off the widest text, until all fit. */
static void fit_widths(struct table *table)
{
    size_t total;

    for (size_t i = 0; i < table->count; i++) {
        struct column *column = &table->columns[i];
        column->width = column->wanted;
        column->least = least_width(column->name, table->screen);
    }
    if (table->rows > 0)
        hide_what_says_nothing(table);
    table->shown = table->count;
    drop_columns(table, table->needed);
    if (add_widths(table, table->shown, true) > table->screen)
        squeeze_texts(table);
    make_way(table);
    drop_columns(table, 1);
    for (total = add_widths(table, table->shown, false); total > table->screen; total--) {
        struct column *widest = find_widest(table, true);
        if (widest == NULL)
            widest = find_widest(table, false);
        if (widest == NULL)
            break;
        widest->width--;
    }
    table->is_marked = table->shown < table->count && total <= table->screen;
    if (table->rows == 0 || table->rows >= TABLE_KEPT)
        spread_spare(table);
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

static void print_heading(const struct table *table, struct str *out)
{
    char *titles[ROW_COLUMNS_MOST];

    for (size_t i = 0; i < table->count; i++)
        titles[i] = table->columns[i].title;
    print_line(table, titles, true, out);
}

static void begin(struct table *table, struct str *out)
{
    fit_widths(table);
    table->is_begun = true;
    print_heading(table, out);
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

/* Has hidden columns back that are not the same in all rows after all. */
static void show_what_differs(struct table *table, char *const *cells, struct str *out)
{
    bool is_back[ROW_COLUMNS_MOST] = {false}, is_any = false, is_seen = false;

    for (size_t i = 0; i < table->count; i++) {
        struct column *column = &table->columns[i];
        if (column->same == NULL || strcmp(column->same, cells[i]) == 0)
            continue;
        free(column->same);
        column->same = NULL;
        column->is_hidden = false;
        want_room(column, cells[i]);
        is_any = is_back[i] = true;
    }
    if (is_any)
        fit_widths(table);
    for (size_t i = 0; i < table->shown; i++)
        is_seen |= is_back[i] && !table->columns[i].is_hidden;
    if (is_seen)
        print_heading(table, out);
}

void table_add(struct table *table, const struct row_value *values, struct str *out)
{
    char **cells;

    if (table->count == 0)
        return;
    if (table->is_begun) {
        char *now[ROW_COLUMNS_MOST];
        make_cells(table, values, now);
        if (table->has_short_times)
            shorten_times(table, now);
        show_what_differs(table, now, out);
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
    for (size_t i = 0; i < table->count; i++)
        want_room(&table->columns[i], cells[i]);
    if (++table->rows == TABLE_KEPT)
        begin(table, out);
}

void table_end(struct table *table, struct str *out)
{
    if (!table->is_begun && table->rows > 0)
        begin(table, out);
}
