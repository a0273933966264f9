/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Cairo draws what typeset.c lays out. Structure tags and bookmarks are Cairo's; what Cairo does
 * not write (/Lang), finish.c adds.
 */
#include "render/sheet.h"
#include "base/mem.h"
#include "render/typeset.h"
#include "text/language.h"
#include <cairo-pdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A4 with the margins of an office letter: 25 mm at the binding edge, 20 mm elsewhere. */
#define PAGE_WIDTH 595.276
#define PAGE_HEIGHT 841.890
#define MARGIN_LEFT 70.9
#define MARGIN_RIGHT 56.7
#define MARGIN_TOP 56.7
#define MARGIN_BOTTOM 70.9
#define FOOT_SIZE 8.5
#define FOOT_GAP 18.0 /* between its two ends */
#define LABEL_WIDTH 18.0

/* A line of the text that is being set down. */
struct line {
    PangoLayoutLine *line; /* borrowed from the layout */
    double x, height, ascent;
};

/* A text that waits for the next one, with copies of all that it points to. */
struct held {
    char *text;
    PangoAttrList *attributes;
    struct sheet_style style;
    double height; /* with the white before and after it */
};

struct sheet {
    cairo_surface_t *surface;
    cairo_t *cairo;
    PangoLayout *layout, *label;
    struct sheet_params params;
    double y;
    int page;
    bool is_page_empty;
    const char *pending_label; /* borrowed until the next text */
    struct sheet_style label_style;
    struct line *lines;
    size_t line_count;
    struct held *held;
    size_t held_count;
};

static cairo_status_t write_nothing(void *closure, const unsigned char *data, unsigned int len)
{
    (void)closure;
    (void)data;
    (void)len;
    return CAIRO_STATUS_SUCCESS;
}

struct sheet *sheet_new(const struct sheet_params *params, struct fault *fault)
{
    struct sheet *sheet = MEM_NEW(struct sheet);
    sheet->params = *params;
    sheet->surface = params->path ? cairo_pdf_surface_create(params->path, PAGE_WIDTH, PAGE_HEIGHT)
                                  : cairo_pdf_surface_create_for_stream(write_nothing, NULL,
                                                                        PAGE_WIDTH, PAGE_HEIGHT);
    if (cairo_surface_status(sheet->surface) != CAIRO_STATUS_SUCCESS) {
        fault_set(fault, params->path, 0, "the letter cannot be written: %s",
                  cairo_status_to_string(cairo_surface_status(sheet->surface)));
        cairo_surface_destroy(sheet->surface);
        free(sheet);
        return NULL;
    }
    cairo_pdf_surface_restrict_to_version(sheet->surface, CAIRO_PDF_VERSION_1_5);
    if (params->title)
        cairo_pdf_surface_set_metadata(sheet->surface, CAIRO_PDF_METADATA_TITLE, params->title);
    cairo_pdf_surface_set_metadata(sheet->surface, CAIRO_PDF_METADATA_CREATE_DATE, params->created);
    sheet->cairo = cairo_create(sheet->surface);
    sheet->layout = typeset_layout_new(sheet->cairo, params->is_rtl);
    sheet->label = typeset_layout_new(sheet->cairo, params->is_rtl);
    cairo_tag_begin(sheet->cairo, "Document", NULL);
    sheet->y = MARGIN_TOP;
    sheet->page = 1;
    sheet->is_page_empty = true;
    return sheet;
}

double sheet_width(const struct sheet *sheet)
{
    (void)sheet;
    return PAGE_WIDTH - MARGIN_LEFT - MARGIN_RIGHT;
}

static double limit(void)
{
    return PAGE_HEIGHT - MARGIN_BOTTOM;
}

/* Draws at the measure's end or beginning, at most `most` points wide; says how wide. */
static double draw_foot_text(struct sheet *sheet, const char *text, bool is_at_right, double most)
{
    const struct sheet_style style = {
        .font = SHEET_SANS, .size = FOOT_SIZE, .align = PANGO_ALIGN_LEFT};
    PangoRectangle extents;
    typeset_style(sheet->label, &style);
    pango_layout_set_ellipsize(sheet->label, PANGO_ELLIPSIZE_MIDDLE);
    pango_layout_set_width(sheet->label, (int)(most * PANGO_SCALE));
    typeset_text(sheet->label, text, NULL, NULL);
    pango_layout_get_extents(sheet->label, NULL, &extents);
    double width = (double)extents.width / PANGO_SCALE;
    double edge = is_at_right ? PAGE_WIDTH - MARGIN_RIGHT - width : MARGIN_LEFT;
    cairo_set_source_rgb(sheet->cairo, 0.35, 0.35, 0.35);
    /* A line of the other direction stands at the far end of its own measure. */
    cairo_move_to(sheet->cairo, edge - (double)extents.x / PANGO_SCALE,
                  PAGE_HEIGHT - MARGIN_BOTTOM + 24);
    pango_cairo_show_layout(sheet->cairo, sheet->label);
    pango_layout_set_ellipsize(sheet->label, PANGO_ELLIPSIZE_NONE);
    return width;
}

/* The foot stands outside every paragraph: it is no part of the document's text. */
static void draw_foot(struct sheet *sheet)
{
    char page[16], pages[16];
    snprintf(page, sizeof page, "%d", sheet->page);
    snprintf(pages, sizeof pages, "%d", sheet->params.total);
    char *foot = message_fill(sheet->params.foot, "page", page, "pages", pages, NULL);
    bool is_rtl = sheet->params.is_rtl;
    double room = sheet_width(sheet) - draw_foot_text(sheet, foot, !is_rtl, sheet_width(sheet));
    if (sheet->params.foot_note && room > 2 * FOOT_GAP)
        draw_foot_text(sheet, sheet->params.foot_note, is_rtl, room - FOOT_GAP);
    free(foot);
}

/* White is dropped at a page's top. */
static void add_white(struct sheet *sheet, double points)
{
    if (!sheet->is_page_empty)
        sheet->y += points;
}

static void turn(struct sheet *sheet)
{
    draw_foot(sheet);
    cairo_show_page(sheet->cairo);
    sheet->page++;
    sheet->y = MARGIN_TOP;
    sheet->is_page_empty = true;
}

static bool is_room(const struct sheet *sheet, double points)
{
    return sheet->is_page_empty || sheet->y + points <= limit();
}

void sheet_label(struct sheet *sheet, const char *label, const struct sheet_style *style)
{
    sheet->pending_label = label;
    sheet->label_style = *style;
}

static void draw_label(struct sheet *sheet, double indent, double baseline)
{
    int width, height;
    if (!sheet->pending_label)
        return;
    typeset_style(sheet->label, &sheet->label_style);
    pango_layout_set_width(sheet->label, -1);
    typeset_text(sheet->label, sheet->pending_label, NULL, NULL);
    pango_layout_get_size(sheet->label, &width, &height);
    double x = sheet->params.is_rtl
                   ? PAGE_WIDTH - MARGIN_RIGHT - indent + LABEL_WIDTH - (double)width / PANGO_SCALE
                   : MARGIN_LEFT + indent - LABEL_WIDTH;
    cairo_move_to(sheet->cairo, x, baseline);
    pango_cairo_show_layout_line(sheet->cairo, pango_layout_get_line_readonly(sheet->label, 0));
    sheet->pending_label = NULL;
}

static bool is_text_rtl(const struct sheet *sheet, const struct sheet_style *style)
{
    return style->direction ? language_is_rtl(style->direction) : sheet->params.is_rtl;
}

static double text_width(const struct sheet *sheet, const struct sheet_style *style)
{
    double room = sheet_width(sheet) - style->indent;
    return style->width > 0 && style->width < room ? style->width : room;
}

/* Lays the text out and measures its lines. */
static void lay_out(struct sheet *sheet, const char *text, PangoAttrList *attributes,
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

    size_t count = (size_t)pango_layout_get_line_count(sheet->layout);
    PangoLayoutIter *iter = pango_layout_get_iter(sheet->layout);
    sheet->lines = mem_resize(sheet->lines, count, sizeof *sheet->lines);
    sheet->line_count = 0;
    do {
        PangoRectangle extents;
        int top, bottom;
        pango_layout_iter_get_line_extents(iter, NULL, &extents);
        pango_layout_iter_get_line_yrange(iter, &top, &bottom);
        sheet->lines[sheet->line_count++] = (struct line){
            .line = pango_layout_iter_get_line_readonly(iter),
            .x = (double)extents.x / PANGO_SCALE,
            .height = (double)(bottom - top) / PANGO_SCALE,
            .ascent = (double)(pango_layout_iter_get_baseline(iter) - top) / PANGO_SCALE};
    } while (sheet->line_count < count && pango_layout_iter_next_line(iter));
    pango_layout_iter_free(iter);
}

static double lines_height(const struct sheet *sheet, size_t count)
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
    double whole = lines_height(sheet, sheet->line_count);
    if (sheet->line_count <= 3 || (style->is_whole && whole <= limit() - MARGIN_TOP))
        return whole;
    return lines_height(sheet, 2);
}

/* The last line does not stand alone on a page: it takes the one before it along. */
static bool is_break(const struct sheet *sheet, size_t i)
{
    double height = sheet->lines[i].height;
    if (i >= 2 && i + 2 == sheet->line_count)
        height += sheet->lines[i + 1].height;
    return !is_room(sheet, height);
}

/* The text that was laid out last, from where the page is filled to. */
static void draw_lines(struct sheet *sheet, const struct sheet_style *style)
{
    double x = is_text_rtl(sheet, style)
                   ? PAGE_WIDTH - MARGIN_RIGHT - style->indent - text_width(sheet, style)
                   : MARGIN_LEFT + style->indent;
    const char *tag = style->tag ? style->tag : "P";
    if (style->bookmark) {
        char *place = mem_format("page=%d pos=[0 %.1f]", sheet->page, sheet->y);
        cairo_pdf_surface_add_outline(sheet->surface, CAIRO_PDF_OUTLINE_ROOT, style->bookmark,
                                      place, 0);
        free(place);
    }
    cairo_set_source_rgb(sheet->cairo, style->grey, style->grey, style->grey);
    cairo_tag_begin(sheet->cairo, tag, NULL);
    for (size_t i = 0; i < sheet->line_count; i++) {
        const struct line *line = &sheet->lines[i];
        if (is_break(sheet, i)) {
            /* A tag ends on the page where it began. */
            cairo_tag_end(sheet->cairo, tag);
            turn(sheet);
            cairo_tag_begin(sheet->cairo, tag, NULL);
            cairo_set_source_rgb(sheet->cairo, style->grey, style->grey, style->grey);
        }
        if (i == 0)
            draw_label(sheet, style->indent, sheet->y + line->ascent);
        if (sheet->params.path) { /* where pages are only counted, drawing changes nothing */
            cairo_move_to(sheet->cairo, x + line->x, sheet->y + line->ascent);
            pango_cairo_show_layout_line(sheet->cairo, line->line);
        }
        sheet->y += line->height;
        sheet->is_page_empty = false;
    }
    cairo_tag_end(sheet->cairo, tag);
    add_white(sheet, style->after);
}

static void hold(struct sheet *sheet, const char *text, PangoAttrList *attributes,
                 const struct sheet_style *style)
{
    sheet->held = mem_resize(sheet->held, sheet->held_count + 1, sizeof *sheet->held);
    struct held *held = &sheet->held[sheet->held_count++];
    held->text = mem_string(text);
    held->attributes = attributes ? pango_attr_list_copy(attributes) : NULL;
    held->style = *style;
    held->style.direction = mem_string(style->direction);
    held->style.language = mem_string(style->language);
    held->style.tag = mem_string(style->tag);
    held->style.bookmark = mem_string(style->bookmark);
    held->height = style->before + lines_height(sheet, sheet->line_count) + style->after;
}

static void held_free(struct held *held)
{
    const char *const texts[] = {held->style.direction, held->style.language, held->style.tag,
                                 held->style.bookmark};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        union {
            const char *text;
            void *memory;
        } owned = {.text = texts[i]};
        free(owned.memory);
    }
    if (held->attributes)
        pango_attr_list_unref(held->attributes);
    free(held->text);
}

static double held_height(const struct sheet *sheet)
{
    double height = 0;
    for (size_t i = 0; i < sheet->held_count; i++)
        height += sheet->held[i].height;
    return height;
}

/* Sets down what waits, on a page that has room for it and for `points` more. */
static void release(struct sheet *sheet, double points)
{
    if (!is_room(sheet, held_height(sheet) + points))
        turn(sheet);
    for (size_t i = 0; i < sheet->held_count; i++) {
        struct held *held = &sheet->held[i];
        lay_out(sheet, held->text, held->attributes, &held->style);
        add_white(sheet, held->style.before);
        draw_lines(sheet, &held->style);
        held_free(held);
    }
    sheet->held_count = 0;
}

void sheet_space(struct sheet *sheet, double points)
{
    if (sheet->held_count > 0) {
        struct held *last = &sheet->held[sheet->held_count - 1];
        last->style.after += points;
        last->height += points;
    } else {
        add_white(sheet, points);
    }
}

void sheet_rule(struct sheet *sheet, double width)
{
    double length = width > 0 ? width : sheet_width(sheet);
    double x = sheet->params.is_rtl ? PAGE_WIDTH - MARGIN_RIGHT - length : MARGIN_LEFT;
    release(sheet, 1);
    cairo_set_source_rgb(sheet->cairo, 0.3, 0.3, 0.3);
    cairo_set_line_width(sheet->cairo, 0.6);
    cairo_move_to(sheet->cairo, x, sheet->y);
    cairo_line_to(sheet->cairo, x + length, sheet->y);
    cairo_stroke(sheet->cairo);
    sheet->is_page_empty = false;
}

void sheet_text(struct sheet *sheet, const char *text, PangoAttrList *attributes,
                const struct sheet_style *style)
{
    lay_out(sheet, text, attributes, style);
    if (style->is_kept) {
        hold(sheet, text, attributes, style);
        /* More than a page cannot be kept together. */
        if (held_height(sheet) > limit() - MARGIN_TOP)
            release(sheet, 0);
        return;
    }
    bool is_overwritten = sheet->held_count > 0; /* held texts are drawn with the same layout */
    release(sheet, style->before + first_part(sheet, style));
    if (is_overwritten)
        lay_out(sheet, text, attributes, style);
    add_white(sheet, style->before);
    draw_lines(sheet, style);
}

static enum us_err finish(struct sheet *sheet)
{
    for (size_t i = 0; i < sheet->held_count; i++)
        held_free(&sheet->held[i]);
    free(sheet->held);
    free(sheet->lines);
    cairo_tag_end(sheet->cairo, "Document");
    cairo_status_t status = cairo_status(sheet->cairo);
    g_object_unref(sheet->layout);
    g_object_unref(sheet->label);
    cairo_destroy(sheet->cairo);
    cairo_surface_finish(sheet->surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(sheet->surface);
    cairo_surface_destroy(sheet->surface);
    free(sheet);
    return status == CAIRO_STATUS_SUCCESS ? US_OK : US_IO;
}

enum us_err sheet_end(struct sheet *sheet, int *pages)
{
    release(sheet, 0);
    draw_foot(sheet);
    *pages = sheet->page;
    return finish(sheet);
}

void sheet_abandon(struct sheet *sheet)
{
    if (sheet && finish(sheet) != US_OK)
        return; /* the file is thrown away all the same */
}
