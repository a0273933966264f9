/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Paragraphs and images in the flow. What is kept waits, as a copy, for what follows it; then all
 * of it is set down on a page that has room for it and for where the next one begins. At least two
 * lines of a paragraph stand together.
 */
#include "base/mem.h"
#include "render/image.h"
#include "render/sheet_parts.h"
#include "render/typeset.h"
#include "text/language.h"
#include <stdlib.h>

#define LABEL_WIDTH 18.0

void sheet_label(struct sheet *sheet, const char *label, const struct sheet_style *style)
{
    sheet->pending_label = label;
    sheet->label_style = *style;
}

static bool is_text_rtl(const struct sheet *sheet, const struct sheet_style *style)
{
    return style->direction ? language_is_rtl(style->direction) : sheet->params.is_rtl;
}

static void draw_label(struct sheet *sheet, double indent, double baseline)
{
    int width, height;
    if (!sheet->pending_label || !sheet_is_drawn(sheet))
        return;
    typeset_style(sheet->label, &sheet->label_style);
    pango_layout_set_width(sheet->label, -1);
    typeset_text(sheet->label, sheet->pending_label, NULL, NULL);
    pango_layout_get_size(sheet->label, &width, &height);
    double left = sheet_left(sheet);
    double x = is_text_rtl(sheet, &sheet->label_style)
                   ? left + sheet_width(sheet) - indent + LABEL_WIDTH - (double)width / PANGO_SCALE
                   : left + indent - LABEL_WIDTH;
    cairo_move_to(sheet->cairo, x, baseline);
    pango_cairo_show_layout_line(sheet->cairo, pango_layout_get_line_readonly(sheet->label, 0));
    sheet->pending_label = NULL;
}

static double text_width(const struct sheet *sheet, const struct sheet_style *style)
{
    double room = sheet_width(sheet) - style->indent;
    return style->width > 0 && style->width < room ? style->width : room;
}

void sheet_lay_out(struct sheet *sheet, const char *text, PangoAttrList *attributes,
                   const struct sheet_style *style)
{
    PangoContext *context = pango_layout_get_context(sheet->layout);
    PangoDirection direction =
        is_text_rtl(sheet, style) ? PANGO_DIRECTION_RTL : PANGO_DIRECTION_LTR;
    if (pango_context_get_base_dir(context) != direction) {
        pango_context_set_base_dir(context, direction);
        pango_layout_context_changed(sheet->layout);
    }
    typeset_style(sheet->layout, style);
    /* Pango turns the sides round only for a text that runs the other way than its context. */
    if (direction == PANGO_DIRECTION_RTL && style->align != PANGO_ALIGN_CENTER)
        pango_layout_set_alignment(
            sheet->layout, style->align == PANGO_ALIGN_LEFT ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
    pango_layout_set_auto_dir(sheet->layout, style->direction == NULL);
    pango_layout_set_width(sheet->layout, (int)(text_width(sheet, style) * PANGO_SCALE));
    typeset_text(sheet->layout, text, attributes, style->language);
    if (sheet->missing == 0)
        sheet->missing = typeset_missing(sheet->layout);

    size_t count = (size_t)pango_layout_get_line_count(sheet->layout);
    PangoLayoutIter *iter = pango_layout_get_iter(sheet->layout);
    sheet->lines = mem_resize(sheet->lines, count, sizeof *sheet->lines);
    sheet->line_count = 0;
    do {
        PangoRectangle extents;
        int top, bottom;
        pango_layout_iter_get_line_extents(iter, NULL, &extents);
        pango_layout_iter_get_line_yrange(iter, &top, &bottom);
        PangoLayoutLine *line = pango_layout_iter_get_line(iter);
        typeset_keep_blanks(line, text);
        sheet->lines[sheet->line_count++] = (struct sheet_line){
            .line = line,
            .x = (double)extents.x / PANGO_SCALE,
            .height = (double)(bottom - top) / PANGO_SCALE,
            .ascent = (double)(pango_layout_iter_get_baseline(iter) - top) / PANGO_SCALE};
    } while (sheet->line_count < count && pango_layout_iter_next_line(iter));
    pango_layout_iter_free(iter);
}

double sheet_lines_height(const struct sheet *sheet, size_t count)
{
    double height = 0;
    for (size_t i = 0; i < count && i < sheet->line_count; i++)
        height += sheet->lines[i].height;
    return height;
}

/* How much must fit on this page before the text may begin: all of it, or two lines. Of three lines
 * none could go on alone on the next page. */
static double first_part(const struct sheet *sheet, const struct sheet_style *style)
{
    double whole = sheet_lines_height(sheet, sheet->line_count);
    if (sheet->line_count <= 3 || (style->is_whole && whole <= sheet_page_room(sheet)))
        return whole;
    return sheet_lines_height(sheet, 2);
}

/* The last line does not stand alone on a page: it takes the one before it along. */
static bool is_break(const struct sheet *sheet, size_t i)
{
    double height = sheet->lines[i].height;
    if (i >= 2 && i + 2 == sheet->line_count)
        height += sheet->lines[i + 1].height;
    return !sheet_is_room(sheet, height);
}

void sheet_draw_lines(struct sheet *sheet, const struct sheet_style *style)
{
    double x = sheet_left(sheet) + (is_text_rtl(sheet, style) ? sheet_width(sheet) - style->indent -
                                                                    text_width(sheet, style)
                                                              : style->indent);
    const char *tag = style->tag ? style->tag : "P";
    sheet_add_bookmark(sheet, style);
    cairo_set_source_rgb(sheet->cairo, style->grey, style->grey, style->grey);
    sheet_begin_tag(sheet, tag);
    for (size_t i = 0; i < sheet->line_count; i++) {
        const struct sheet_line *line = &sheet->lines[i];
        if (is_break(sheet, i)) {
            /* A tag ends on the page where it began. */
            sheet_end_tag(sheet, tag);
            sheet_turn(sheet);
            sheet_begin_tag(sheet, tag);
            cairo_set_source_rgb(sheet->cairo, style->grey, style->grey, style->grey);
        }
        if (i == 0)
            draw_label(sheet, style->indent, sheet->y + line->ascent);
        if (sheet_is_drawn(sheet)) {
            cairo_move_to(sheet->cairo, x + line->x, sheet->y + line->ascent);
            pango_cairo_show_layout_line(sheet->cairo, line->line);
        }
        sheet->y += line->height;
        sheet->is_page_empty = false;
    }
    sheet_end_tag(sheet, tag);
    sheet_add_white(sheet, style->after);
}

static struct sheet_held *hold(struct sheet *sheet, const struct sheet_style *style)
{
    sheet->held = mem_resize(sheet->held, sheet->held_count + 1, sizeof *sheet->held);
    struct sheet_held *held = &sheet->held[sheet->held_count++];
    *held = (struct sheet_held){.style = *style};
    held->style.direction = mem_string(style->direction);
    held->style.language = mem_string(style->language);
    held->style.tag = mem_string(style->tag);
    held->style.bookmark = mem_string(style->bookmark);
    held->style.bookmark_over = mem_string(style->bookmark_over);
    return held;
}

static void hold_text(struct sheet *sheet, const char *text, PangoAttrList *attributes,
                      const struct sheet_style *style)
{
    struct sheet_held *held = hold(sheet, style);
    held->text = mem_string(text);
    held->label = mem_string(sheet->pending_label);
    held->label_style = sheet->label_style;
    held->attributes = attributes ? pango_attr_list_copy(attributes) : NULL;
    held->height = style->before + sheet_lines_height(sheet, sheet->line_count) + style->after;
    sheet->pending_label = NULL;
}

static void held_free(struct sheet_held *held)
{
    const char *const texts[] = {held->style.direction, held->style.language, held->style.tag,
                                 held->style.bookmark, held->style.bookmark_over};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        union {
            const char *text;
            void *memory;
        } owned = {.text = texts[i]};
        free(owned.memory);
    }
    if (held->attributes)
        pango_attr_list_unref(held->attributes);
    if (held->image)
        cairo_surface_destroy(held->image);
    free(held->text);
    free(held->label);
}

void sheet_drop_held(struct sheet *sheet)
{
    for (size_t i = 0; i < sheet->held_count; i++)
        held_free(&sheet->held[i]);
    sheet->held_count = 0;
}

static double held_height(const struct sheet *sheet)
{
    double height = 0;
    for (size_t i = 0; i < sheet->held_count; i++)
        height += sheet->held[i].height;
    return height;
}

static void draw_image(struct sheet *sheet, const struct sheet_held *held)
{
    double height = held->height - held->style.after;
    double x = sheet_left(sheet) + (sheet_width(sheet) - held->image_width) / 2;
    if (!sheet_is_room(sheet, height))
        sheet_turn(sheet);
    /* Outside the structure: Cairo 1.16 cannot give a figure the words that it needs instead. */
    if (sheet_is_drawn(sheet)) {
        cairo_save(sheet->cairo);
        cairo_translate(sheet->cairo, x, sheet->y);
        image_draw(sheet->cairo, held->image, held->image_width, height);
        cairo_restore(sheet->cairo);
    }
    sheet->y += height;
    sheet->is_page_empty = false;
    sheet_add_white(sheet, held->style.after);
}

void sheet_release(struct sheet *sheet, double points)
{
    const char *label = sheet->pending_label; /* of the text that follows */
    struct sheet_style label_style = sheet->label_style;
    const double need = held_height(sheet) + points;
    /* White at a page's end, as below a table's last row, begins no page. */
    if (need > 0 && !sheet_is_room(sheet, need))
        sheet_turn(sheet);
    for (size_t i = 0; i < sheet->held_count; i++) {
        struct sheet_held *held = &sheet->held[i];
        if (held->image) {
            draw_image(sheet, held);
            continue;
        }
        sheet->pending_label = held->label;
        sheet->label_style = held->label_style;
        sheet_lay_out(sheet, held->text, held->attributes, &held->style);
        sheet_add_white(sheet, held->style.before);
        sheet_draw_lines(sheet, &held->style);
    }
    sheet_drop_held(sheet);
    sheet->pending_label = label;
    sheet->label_style = label_style;
}

/* More than a page cannot be kept together. */
static void bound_held(struct sheet *sheet)
{
    if (held_height(sheet) > sheet_page_room(sheet))
        sheet_release(sheet, 0);
}

void sheet_text(struct sheet *sheet, const char *text, PangoAttrList *attributes,
                const struct sheet_style *style)
{
    sheet_lay_out(sheet, text, attributes, style);
    if (style->is_kept) {
        hold_text(sheet, text, attributes, style);
        bound_held(sheet);
        return;
    }
    bool is_overwritten = sheet->held_count > 0; /* held texts are drawn with the same layout */
    sheet_release(sheet, style->before + first_part(sheet, style));
    if (is_overwritten)
        sheet_lay_out(sheet, text, attributes, style);
    sheet_add_white(sheet, style->before);
    sheet_draw_lines(sheet, style);
}

void sheet_image(struct sheet *sheet, cairo_surface_t *image, double width, double height)
{
    struct sheet_held *held = hold(sheet, &(struct sheet_style){.size = 1});
    held->image = cairo_surface_reference(image);
    held->image_width = width;
    held->height = height;
    bound_held(sheet);
}

void sheet_space(struct sheet *sheet, double points)
{
    if (sheet->held_count > 0) {
        struct sheet_held *last = &sheet->held[sheet->held_count - 1];
        last->style.after += points;
        last->height += points;
    } else {
        sheet_add_white(sheet, points);
    }
}

void sheet_rule(struct sheet *sheet, double width)
{
    double length = width > 0 ? width : sheet_width(sheet);
    double x = sheet_left(sheet) + (sheet->params.is_rtl ? sheet_width(sheet) - length : 0);
    sheet_release(sheet, 1);
    sheet_draw_rule(sheet, (double[2]){x, sheet->y}, length, 0.3);
    sheet->is_page_empty = false;
}

void sheet_section(struct sheet *sheet, int total)
{
    sheet_release(sheet, 0);
    if (!sheet->is_page_empty)
        sheet_end_page(sheet, total > 0); /* the numbers end here */
    if (total > 0) {
        sheet->section_page = 1;
        sheet->section_total = total;
    }
}
