/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Cairo draws, Pango shapes. Glyph positions are not rounded and metrics not hinted, since rounded
 * advances tear Arabic words apart when text is taken out of the file again. Structure tags and
 * bookmarks are Cairo's; what Cairo does not write (/Lang), finish.c adds.
 */
#include "render/sheet.h"
#include "base/mem.h"
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
#define LABEL_WIDTH 18.0

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
};

static cairo_status_t write_nothing(void *closure, const unsigned char *data, unsigned int len)
{
    (void)closure;
    (void)data;
    (void)len;
    return CAIRO_STATUS_SUCCESS;
}

static PangoLayout *layout_new(cairo_t *cairo, bool is_rtl)
{
    PangoLayout *layout = pango_cairo_create_layout(cairo);
    PangoContext *context = pango_layout_get_context(layout);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    pango_cairo_context_set_resolution(context, 72);
    pango_context_set_round_glyph_positions(context, FALSE);
    pango_context_set_base_dir(context, is_rtl ? PANGO_DIRECTION_RTL : PANGO_DIRECTION_LTR);
    cairo_font_options_destroy(options);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_context_changed(layout);
    return layout;
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
    sheet->layout = layout_new(sheet->cairo, params->is_rtl);
    sheet->label = layout_new(sheet->cairo, params->is_rtl);
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

int sheet_pages(const struct sheet *sheet)
{
    return sheet->page;
}

static void set_style(PangoLayout *layout, const struct sheet_style *style)
{
    PangoFontDescription *font = pango_font_description_from_string(
        style->font == SHEET_SERIF ? "Noto Serif, Noto Naskh Arabic, Noto Serif CJK SC, serif"
                                   : "Noto Sans, Noto Sans Arabic, Noto Sans CJK SC, sans-serif");
    pango_font_description_set_absolute_size(font, style->size * PANGO_SCALE);
    pango_font_description_set_weight(font,
                                      style->is_bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_style(font,
                                     style->is_italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_line_spacing(layout,
                                  (float)(style->line_spacing > 0 ? style->line_spacing : 1.3));
    pango_layout_set_alignment(layout, style->align);
}

/* The language decides the shapes of letters (Chinese or Japanese, Serbian or Russian). No hyphens
 * are put in. */
static void set_text(PangoLayout *layout, const char *text, PangoAttrList *attributes,
                     const char *language)
{
    PangoAttrList *list = attributes ? pango_attr_list_copy(attributes) : pango_attr_list_new();
    pango_attr_list_insert(list, pango_attr_insert_hyphens_new(FALSE));
    if (language && language[0])
        pango_attr_list_insert(list, pango_attr_language_new(pango_language_from_string(language)));
    pango_layout_set_text(layout, text, -1);
    pango_layout_set_attributes(layout, list);
    pango_attr_list_unref(list);
}

static double limit(void)
{
    return PAGE_HEIGHT - MARGIN_BOTTOM;
}

static void draw_foot_text(struct sheet *sheet, const char *text, bool is_at_end)
{
    const struct sheet_style style = {
        .font = SHEET_SANS, .size = FOOT_SIZE, .align = PANGO_ALIGN_LEFT};
    int width, height;
    set_style(sheet->label, &style);
    pango_layout_set_width(sheet->label, -1);
    set_text(sheet->label, text, NULL, NULL);
    pango_layout_get_size(sheet->label, &width, &height);
    double x = is_at_end ? PAGE_WIDTH - MARGIN_RIGHT - (double)width / PANGO_SCALE : MARGIN_LEFT;
    cairo_set_source_rgb(sheet->cairo, 0.35, 0.35, 0.35);
    cairo_move_to(sheet->cairo, x, PAGE_HEIGHT - MARGIN_BOTTOM + 24);
    pango_cairo_show_layout(sheet->cairo, sheet->label);
}

/* The foot stands outside every tag: it is no part of the document's text. */
static void draw_foot(struct sheet *sheet)
{
    char page[16], pages[16];
    snprintf(page, sizeof page, "%d", sheet->page);
    snprintf(pages, sizeof pages, "%d", sheet->params.total);
    char *foot = message_fill(sheet->params.foot, "page", page, "pages", pages, NULL);
    draw_foot_text(sheet, foot, !sheet->params.is_rtl);
    if (sheet->params.foot_note)
        draw_foot_text(sheet, sheet->params.foot_note, sheet->params.is_rtl);
    free(foot);
}

static void turn(struct sheet *sheet)
{
    draw_foot(sheet);
    cairo_show_page(sheet->cairo);
    sheet->page++;
    sheet->y = MARGIN_TOP;
    sheet->is_page_empty = true;
}

void sheet_need(struct sheet *sheet, double points)
{
    if (!sheet->is_page_empty && sheet->y + points > limit())
        turn(sheet);
}

void sheet_space(struct sheet *sheet, double points)
{
    if (!sheet->is_page_empty)
        sheet->y += points;
}

void sheet_rule(struct sheet *sheet, double width)
{
    double length = width > 0 ? width : sheet_width(sheet);
    double x = sheet->params.is_rtl ? PAGE_WIDTH - MARGIN_RIGHT - length : MARGIN_LEFT;
    cairo_set_source_rgb(sheet->cairo, 0.3, 0.3, 0.3);
    cairo_set_line_width(sheet->cairo, 0.6);
    cairo_move_to(sheet->cairo, x, sheet->y);
    cairo_line_to(sheet->cairo, x + length, sheet->y);
    cairo_stroke(sheet->cairo);
    sheet->is_page_empty = false;
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
    set_style(sheet->label, &sheet->label_style);
    pango_layout_set_width(sheet->label, -1);
    set_text(sheet->label, sheet->pending_label, NULL, NULL);
    pango_layout_get_size(sheet->label, &width, &height);
    double x = sheet->params.is_rtl
                   ? PAGE_WIDTH - MARGIN_RIGHT - indent + LABEL_WIDTH - (double)width / PANGO_SCALE
                   : MARGIN_LEFT + indent - LABEL_WIDTH;
    cairo_move_to(sheet->cairo, x, baseline);
    pango_cairo_show_layout_line(sheet->cairo, pango_layout_get_line_readonly(sheet->label, 0));
    sheet->pending_label = NULL;
}

/* How much must fit on this page before the text may begin: all of it, or two lines. */
static double first_part(struct sheet *sheet, const struct sheet_style *style)
{
    int width, height;
    pango_layout_get_size(sheet->layout, &width, &height);
    double whole = (double)height / PANGO_SCALE;
    if (style->is_whole && whole < limit() - MARGIN_TOP)
        return whole + style->keep;
    double lines = style->size * 1.4 * 2;
    return (whole < lines ? whole : lines) + style->keep;
}

static void draw_lines(struct sheet *sheet, const struct sheet_style *style, double x)
{
    PangoLayoutIter *iter = pango_layout_get_iter(sheet->layout);
    const char *tag = style->tag ? style->tag : "P";
    bool is_first = true;
    cairo_tag_begin(sheet->cairo, tag, NULL);
    do {
        PangoRectangle extents;
        int top, bottom;
        pango_layout_iter_get_line_extents(iter, NULL, &extents);
        pango_layout_iter_get_line_yrange(iter, &top, &bottom);
        double height = (double)(bottom - top) / PANGO_SCALE;
        if (!sheet->is_page_empty && sheet->y + height > limit()) {
            /* A tag ends on the page where it began. */
            cairo_tag_end(sheet->cairo, tag);
            turn(sheet);
            cairo_tag_begin(sheet->cairo, tag, NULL);
            cairo_set_source_rgb(sheet->cairo, style->grey, style->grey, style->grey);
        }
        double baseline =
            sheet->y + (double)(pango_layout_iter_get_baseline(iter) - top) / PANGO_SCALE;
        if (is_first)
            draw_label(sheet, style->indent, baseline);
        cairo_move_to(sheet->cairo, x + (double)extents.x / PANGO_SCALE, baseline);
        pango_cairo_show_layout_line(sheet->cairo, pango_layout_iter_get_line_readonly(iter));
        sheet->y += height;
        sheet->is_page_empty = false;
        is_first = false;
    } while (pango_layout_iter_next_line(iter));
    cairo_tag_end(sheet->cairo, tag);
    pango_layout_iter_free(iter);
}

void sheet_text(struct sheet *sheet, const char *text, PangoAttrList *attributes,
                const struct sheet_style *style)
{
    double room = sheet_width(sheet) - style->indent;
    double width = style->width > 0 && style->width < room ? style->width : room;
    double x = sheet->params.is_rtl ? PAGE_WIDTH - MARGIN_RIGHT - style->indent - width
                                    : MARGIN_LEFT + style->indent;
    set_style(sheet->layout, style);
    pango_layout_set_auto_dir(sheet->layout, !style->is_fixed);
    pango_layout_set_width(sheet->layout, (int)(width * PANGO_SCALE));
    set_text(sheet->layout, text, attributes, style->language);
    sheet_space(sheet, style->before);
    sheet_need(sheet, first_part(sheet, style));
    cairo_set_source_rgb(sheet->cairo, style->grey, style->grey, style->grey);
    if (style->bookmark) {
        char *place = mem_format("page=%d pos=[0 %.1f]", sheet->page, sheet->y);
        cairo_pdf_surface_add_outline(sheet->surface, CAIRO_PDF_OUTLINE_ROOT, style->bookmark,
                                      place, 0);
        free(place);
    }
    draw_lines(sheet, style, x);
    sheet_space(sheet, style->after);
}

static enum us_err finish(struct sheet *sheet)
{
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
    draw_foot(sheet);
    *pages = sheet->page;
    return finish(sheet);
}

void sheet_abandon(struct sheet *sheet)
{
    if (sheet && finish(sheet) != US_OK)
        return; /* the file is thrown away all the same */
}
