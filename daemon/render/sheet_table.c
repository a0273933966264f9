/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Tables. A row stands whole on a page; only one that no page can hold is broken, line by line. The
 * head stands again on every page, and under it the heading of a group that goes on, so that a
 * reader of any page knows which country he is in. What stands again is no part of the structure.
 * To a machine the group's heading is a row of one heading cell, and where rows are not tagged a
 * heading of the document.
 */
#include "base/mem.h"
#include "render/shape.h"
#include "render/sheet_parts.h"
#include "render/typeset.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MOST 16
#define GUTTER 12.0    /* between columns */
#define PITCH 1.05     /* of a style's line spacing, in sizes: what a line takes */
#define ASCENT 1.02    /* of the size: from a line's top to its baseline */
#define NOTE_PART 0.84 /* of the cell's size */
#define NOTE_GREY 0.32
#define HEAD_PART 0.84
#define HEAD_GREY 0.32
#define HEAD_BELOW 5.0 /* from the head's last line to the rows, with the rule in the middle */
#define ROW_WHITE 3.5  /* below a row, where the style says nothing */
#define AGAIN_PART 0.84
#define AGAIN_BELOW 4.0

struct face { /* one of the three ways in which a table's texts are set */
    struct shape_font *font;
    double pitch, ascent, grey;
};

struct column {
    double x, width; /* from the page's left edge */
    PangoAlignment align;
    struct shape *head;
};

struct placed { /* a cell's lines: the text's, then the note's */
    struct shape *text, *note;
    size_t text_lines, lines;
    size_t next; /* the first that is not drawn yet */
};

struct sheet_table {
    struct column columns[COLUMNS_MOST];
    struct placed cells[COLUMNS_MOST];
    size_t count;
    struct face cell, note, head;
    struct shape *blank;  /* between a cell's text and its note, for machines */
    double before, after; /* a row's white */
    bool has_head;
    double head_height;
    int head_page; /* the one on which the head stands */
    bool has_group, is_group_new;
    char *group, *bookmark, *group_language, *group_direction, *group_tag;
    struct sheet_style group_style;
};

static struct face face_new(const struct sheet *sheet, const struct sheet_style *style, double part,
                            double grey)
{
    struct sheet_style own = *style;
    own.size *= part;
    double spacing = style->line_spacing > 0 ? style->line_spacing : 1.3;
    return (struct face){
        .font = shape_store_font(sheet->params.shapes, sheet->cairo, &own, sheet->params.is_rtl),
        .pitch = own.size * spacing * PITCH,
        .ascent = own.size * ASCENT,
        .grey = grey};
}

/* Right to left, the first column is the rightmost. */
static void place_columns(const struct sheet *sheet, struct sheet_table *table,
                          const struct sheet_column *columns, double indent)
{
    double measure = sheet_width(sheet) - indent, done = 0;
    double left = sheet_left(sheet) + (sheet->params.is_rtl ? 0 : indent);
    for (size_t i = 0; i < table->count; i++) {
        struct column *column = &table->columns[i];
        double whole = measure * columns[i].part;
        bool is_last = i + 1 == table->count;
        column->width = is_last ? whole : whole - GUTTER;
        column->x = sheet->params.is_rtl ? left + measure - done - column->width : left + done;
        column->align = columns[i].align;
        done += whole;
    }
}

static void note_missing(struct sheet *sheet, const struct shape *shape)
{
    if (sheet->missing == 0)
        sheet->missing = shape_missing(shape);
}

static void shape_heads(struct sheet *sheet, struct sheet_table *table,
                        const struct sheet_column *columns)
{
    size_t most = 0;
    for (size_t i = 0; i < table->count; i++) {
        if (!columns[i].head || !columns[i].head[0])
            continue;
        struct shape *head = shape_text(table->head.font, columns[i].head, table->columns[i].width);
        note_missing(sheet, head);
        table->columns[i].head = head;
        most = shape_line_count(head) > most ? shape_line_count(head) : most;
    }
    table->has_head = most > 0;
    table->head_height = most > 0 ? (double)most * table->head.pitch + HEAD_BELOW : 0;
}

void sheet_table_begin(struct sheet *sheet, const struct sheet_column *columns, size_t count,
                       const struct sheet_style *style)
{
    assert(!sheet->table && count > 0 && count <= COLUMNS_MOST);
    struct sheet_table *table = MEM_NEW(struct sheet_table);
    struct sheet_style head = *style;
    head.is_bold = true;
    table->count = count;
    table->cell = face_new(sheet, style, 1, style->grey);
    table->note = face_new(sheet, style, NOTE_PART, NOTE_GREY);
    table->head = face_new(sheet, &head, HEAD_PART, HEAD_GREY);
    table->before = style->before;
    table->after = style->after > 0 ? style->after : ROW_WHITE;
    table->blank = shape_text(table->cell.font, " ", sheet_width(sheet));
    place_columns(sheet, table, columns, style->indent);
    shape_heads(sheet, table, columns);
    sheet->table = table;
}

static void set_grey(struct sheet *sheet, double grey)
{
    cairo_set_source_rgb(sheet->cairo, grey, grey, grey);
}

static void begin_tag(struct sheet *sheet, const char *tag)
{
    if (sheet->params.is_tagged)
        sheet_begin_tag(sheet, tag);
}

static void end_tag(struct sheet *sheet, const char *tag)
{
    if (sheet->params.is_tagged)
        sheet_end_tag(sheet, tag);
}

static void group_clear(struct sheet_table *table)
{
    free(table->group);
    free(table->bookmark);
    free(table->group_language);
    free(table->group_direction);
    free(table->group_tag);
}

void sheet_table_group(struct sheet *sheet, const char *heading, const struct sheet_style *style)
{
    struct sheet_table *table = sheet->table;
    group_clear(table);
    table->group = mem_string(heading);
    table->bookmark = mem_string(style->bookmark);
    table->group_language = mem_string(style->language);
    table->group_direction = mem_string(style->direction);
    table->group_tag = mem_string(style->tag);
    table->group_style = *style;
    table->group_style.bookmark = table->bookmark;
    table->group_style.language = table->group_language;
    table->group_style.direction = table->group_direction;
    table->group_style.tag = table->group_tag;
    table->has_group = table->is_group_new = true;
}

/* Where a line stands in its column: at the edge where lines begin, whatever way it runs. */
static double line_x(const struct sheet *sheet, const struct column *column, double width)
{
    if (column->align == PANGO_ALIGN_CENTER)
        return column->x + (column->width - width) / 2;
    bool is_at_right = (column->align == PANGO_ALIGN_RIGHT) != sheet->params.is_rtl;
    return is_at_right ? column->x + column->width - width : column->x;
}

static void draw_line(struct sheet *sheet, const struct column *column, const struct shape *shape,
                      size_t line, double baseline)
{
    if (!sheet_is_drawn(sheet))
        return;
    double x = line_x(sheet, column, shape_line_width(shape, line));
    shape_draw(shape, line, sheet->cairo, x, baseline);
}

/* Its text and its note are one cell to a machine: a blank keeps their words apart. */
static void draw_blank(struct sheet *sheet, const struct column *column,
                       const struct placed *placed, double baseline)
{
    if (!sheet_is_drawn(sheet) || !sheet->params.is_tagged || !placed->note)
        return;
    double width = shape_line_width(placed->text, placed->text_lines - 1);
    double x = line_x(sheet, column, width);
    shape_draw(sheet->table->blank, 0, sheet->cairo, sheet->params.is_rtl ? x : x + width,
               baseline);
}

/* The first one on the paper is the table's for machines too. */
static void draw_head(struct sheet *sheet, bool is_tagged)
{
    struct sheet_table *table = sheet->table;
    table->head_page = sheet->page;
    if (!table->has_head)
        return;
    set_grey(sheet, table->head.grey);
    if (is_tagged)
        begin_tag(sheet, "TR");
    for (size_t i = 0; i < table->count; i++) {
        const struct column *column = &table->columns[i];
        if (is_tagged)
            begin_tag(sheet, "TH");
        for (size_t line = 0; column->head && line < shape_line_count(column->head); line++)
            draw_line(sheet, column, column->head, line,
                      sheet->y + (double)line * table->head.pitch + table->head.ascent);
        if (is_tagged)
            end_tag(sheet, "TH");
    }
    if (is_tagged)
        end_tag(sheet, "TR");
    double y = sheet->y + table->head_height - HEAD_BELOW / 2;
    sheet_draw_rule(sheet, (double[2]){sheet_left(sheet), y}, sheet_width(sheet), 0.6);
    sheet->y += table->head_height;
    sheet->is_page_empty = false;
}

/* How much the group's heading takes, with its white. */
static double group_height(struct sheet *sheet)
{
    const struct sheet_table *table = sheet->table;
    if (!table->has_group || !table->is_group_new)
        return 0;
    sheet_lay_out(sheet, table->group, NULL, &table->group_style);
    return table->group_style.before + sheet_lines_height(sheet, sheet->line_count) +
           table->group_style.after;
}

/* On the next page the same words stand small over the rows. */
static void draw_group_again(struct sheet *sheet)
{
    const struct sheet_table *table = sheet->table;
    struct sheet_style style = table->group_style;
    style.size *= AGAIN_PART;
    style.before = 0;
    style.after = AGAIN_BELOW;
    style.grey = NOTE_GREY;
    style.tag = "";
    style.bookmark = NULL;
    sheet_lay_out(sheet, table->group, NULL, &style);
    sheet_draw_lines(sheet, &style);
}

static void draw_group(struct sheet *sheet)
{
    struct sheet_table *table = sheet->table;
    struct sheet_style style = table->group_style;
    if (sheet->params.is_tagged)
        style.tag = "TH";
    sheet_lay_out(sheet, table->group, NULL, &style);
    sheet_add_white(sheet, style.before);
    begin_tag(sheet, "TR");
    sheet_draw_lines(sheet, &style);
    end_tag(sheet, "TR");
    table->is_group_new = false;
}

/* What strangers wrote, with what cannot be printed replaced. */
static struct shape *shape_cell(struct sheet *sheet, const struct face *face, const char *text,
                                double width)
{
    struct shape *shape = shape_text(face->font, text, width);
    if (shape_missing(shape) == 0)
        return shape;
    char *printed = typeset_replace(text);
    shape_release(shape);
    shape = shape_text(face->font, printed, width);
    note_missing(sheet, shape);
    free(printed);
    return shape;
}

static void shape_cells(struct sheet *sheet, const struct sheet_cell *cells)
{
    struct sheet_table *table = sheet->table;
    for (size_t i = 0; i < table->count; i++) {
        double width = table->columns[i].width;
        struct placed *placed = &table->cells[i];
        *placed = (struct placed){0};
        if (cells[i].text && cells[i].text[0]) {
            placed->text = shape_cell(sheet, &table->cell, cells[i].text, width);
            placed->text_lines = shape_line_count(placed->text);
        }
        placed->lines = placed->text_lines;
        if (cells[i].note && cells[i].note[0]) {
            placed->note = shape_cell(sheet, &table->note, cells[i].note, width);
            placed->lines += shape_line_count(placed->note);
        }
    }
}

static double row_height(const struct sheet_table *table)
{
    double most = table->cell.pitch; /* of an empty one too */
    for (size_t i = 0; i < table->count; i++) {
        const struct placed *placed = &table->cells[i];
        double height = (double)placed->text_lines * table->cell.pitch +
                        (double)(placed->lines - placed->text_lines) * table->note.pitch;
        most = height > most ? height : most;
    }
    return most;
}

/* A cell's lines that are left, as far as they fit above `limit`, the first in any case. Gives the
 * y below the last one. */
static double draw_cell(struct sheet *sheet, size_t i, double limit)
{
    struct sheet_table *table = sheet->table;
    struct placed *placed = &table->cells[i];
    double y = sheet->y;
    for (bool is_first = true; placed->next < placed->lines; is_first = false) {
        bool is_note = placed->next >= placed->text_lines;
        const struct face *face = is_note ? &table->note : &table->cell;
        if (!is_first && y + face->pitch > limit)
            break;
        if (is_first || placed->next == placed->text_lines)
            set_grey(sheet, face->grey);
        draw_line(sheet, &table->columns[i], is_note ? placed->note : placed->text,
                  is_note ? placed->next - placed->text_lines : placed->next, y + face->ascent);
        if (placed->next + 1 == placed->text_lines)
            draw_blank(sheet, &table->columns[i], placed, y + face->ascent);
        y += face->pitch;
        placed->next++;
    }
    return y;
}

/* Draws what is left of the row on this page; says whether that was all. */
static bool draw_row(struct sheet *sheet, double limit)
{
    struct sheet_table *table = sheet->table;
    double bottom = sheet->y + table->cell.pitch;
    bool is_whole = true;
    begin_tag(sheet, "TR");
    for (size_t i = 0; i < table->count; i++) {
        begin_tag(sheet, "TD");
        double y = draw_cell(sheet, i, limit);
        end_tag(sheet, "TD");
        bottom = y > bottom ? y : bottom;
        is_whole = is_whole && table->cells[i].next == table->cells[i].lines;
    }
    end_tag(sheet, "TR");
    sheet->y = bottom;
    sheet->is_page_empty = false;
    return is_whole;
}

/* The head and the group's heading where they are due on this page. */
static void draw_headings(struct sheet *sheet)
{
    struct sheet_table *table = sheet->table;
    bool is_head_due = table->head_page != sheet->page;
    if (table->head_page == 0)
        begin_tag(sheet, "Table");
    if (is_head_due)
        draw_head(sheet, table->head_page == 0);
    if (table->is_group_new)
        draw_group(sheet);
    else if (is_head_due && table->has_group)
        draw_group_again(sheet);
}

void sheet_table_row(struct sheet *sheet, const struct sheet_cell *cells)
{
    struct sheet_table *table = sheet->table;
    shape_cells(sheet, cells);
    double height = row_height(table);
    double head = table->head_page == sheet->page ? 0 : table->head_height;
    double need = table->before + head + height + group_height(sheet);
    /* What no page can hold is broken from a page's top. */
    sheet_release(sheet, need < sheet_page_room(sheet) ? need : sheet_page_room(sheet));
    draw_headings(sheet);
    sheet_add_white(sheet, table->before);
    while (!draw_row(sheet, sheet_limit(sheet))) {
        sheet_turn(sheet);
        draw_headings(sheet);
    }
    sheet->y += table->after;
    for (size_t i = 0; i < table->count; i++) {
        shape_release(table->cells[i].text);
        shape_release(table->cells[i].note);
    }
}

void sheet_table_end(struct sheet *sheet)
{
    struct sheet_table *table = sheet->table;
    /* A group without rows still has its heading, and a table its head. */
    if (table->is_group_new || table->head_page == 0) {
        double need = group_height(sheet) + table->head_height;
        sheet_release(sheet, need);
        draw_headings(sheet);
    }
    end_tag(sheet, "Table");
    sheet->table = NULL;
    sheet_table_free(table);
}

void sheet_table_free(struct sheet_table *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->count; i++)
        shape_release(table->columns[i].head);
    shape_release(table->blank);
    group_clear(table);
    free(table);
}
