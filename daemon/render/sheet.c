/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The paper: its margins, what stands at a page's head and foot, sections with their own numbers,
 * rules and images. Structure tags and bookmarks are Cairo's; what Cairo does not write (/Lang),
 * finish.c adds. Head and foot stand outside every tag, so they are no part of the document's text:
 * Cairo 1.16 knows no tag for an artifact.
 */
#include "render/sheet.h"
#include "base/mem.h"
#include "render/shape.h"
#include "render/sheet_parts.h"
#include "render/typeset.h"
#include "text/language.h"
#include <cairo-pdf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The margins of an office letter: 25 mm at the binding edge, where lines begin, and 20 mm at the
 * other; 20 mm at the top, 25 mm at the bottom. */
#define PAGE_WIDTH 595.276
#define PAGE_HEIGHT 841.890
#define MARGIN_BINDING 70.9
#define MARGIN_OUTER 56.7
#define MARGIN_TOP 56.7
#define MARGIN_BOTTOM 70.9
#define FOOT_SIZE 8.5
#define FOOT_GAP 18.0   /* between its two ends */
#define FOOT_BELOW 33.0 /* its baseline, from the text's limit */
#define HEAD_AT 38.0    /* its baseline, from the page's top */
#define HEAD_RULE_AT 44.0
#define HEAD_GREY 0.35

static void begin_file(struct sheet *sheet)
{
    cairo_surface_t *surface = sheet->surface;
    const struct sheet_params *params = &sheet->params;
    cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_5);
    if (params->title)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, params->title);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, params->created);
}

bool sheet_is_drawn(const struct sheet *sheet)
{
    return sheet->params.path != NULL;
}

void sheet_begin_tag(struct sheet *sheet, const char *tag)
{
    if (tag && tag[0] && sheet_is_drawn(sheet))
        cairo_tag_begin(sheet->cairo, tag, NULL);
}

void sheet_end_tag(struct sheet *sheet, const char *tag)
{
    if (tag && tag[0] && sheet_is_drawn(sheet))
        cairo_tag_end(sheet->cairo, tag);
}

void sheet_draw_rule(struct sheet *sheet, const double from[2], double length, double grey)
{
    if (!sheet_is_drawn(sheet))
        return;
    cairo_set_source_rgb(sheet->cairo, grey, grey, grey);
    cairo_set_line_width(sheet->cairo, 0.6);
    cairo_move_to(sheet->cairo, from[0], from[1]);
    cairo_line_to(sheet->cairo, from[0] + length, from[1]);
    cairo_stroke(sheet->cairo);
}

/* Cairo writes files itself, too, but says nothing when a disk fills up meanwhile. */
static cairo_status_t write_file(void *closure, const unsigned char *data, unsigned int len)
{
    struct sheet *sheet = closure;
    return fwrite(data, 1, len, sheet->file) == len ? CAIRO_STATUS_SUCCESS
                                                    : CAIRO_STATUS_WRITE_ERROR;
}

bool sheet_close_file(struct sheet *sheet)
{
    if (!sheet->file)
        return true;
    bool is_good = ferror(sheet->file) == 0 && fflush(sheet->file) == 0;
    return fclose(sheet->file) == 0 && is_good;
}

static bool open_file(struct sheet *sheet, struct fault *fault)
{
    const char *path = sheet->params.path;
    /* For its owner alone: it names who is in a union. */
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    sheet->file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (sheet->file)
        return true;
    fault_set(fault, path, 0, "the letter cannot be written: %s", strerror(errno));
    if (fd >= 0)
        close(fd);
    return false;
}

struct sheet *sheet_new(const struct sheet_params *params, struct fault *fault)
{
    struct sheet *sheet = MEM_NEW(struct sheet);
    sheet->params = *params;
    if (params->width <= 0 || params->height <= 0) {
        sheet->params.width = PAGE_WIDTH;
        sheet->params.height = PAGE_HEIGHT;
    }
    double width = sheet->params.width, height = sheet->params.height;
    if (params->path && !open_file(sheet, fault)) {
        free(sheet);
        return NULL;
    }
    /* Also where pages are only counted: Pango keeps fonts by the kind of surface. */
    sheet->surface =
        cairo_pdf_surface_create_for_stream(params->path ? write_file : NULL, sheet, width, height);
    if (cairo_surface_status(sheet->surface) != CAIRO_STATUS_SUCCESS) {
        fault_set(fault, params->path, 0, "the letter cannot be written: %s",
                  cairo_status_to_string(cairo_surface_status(sheet->surface)));
        cairo_surface_destroy(sheet->surface);
        (void)sheet_close_file(sheet);
        free(sheet);
        return NULL;
    }
    if (params->path)
        begin_file(sheet);
    if (!params->shapes)
        sheet->params.shapes = sheet->own_shapes = shape_store_new(0);
    sheet->cairo = cairo_create(sheet->surface);
    sheet->layout = typeset_layout_new(sheet->cairo, params->is_rtl);
    sheet->label = typeset_layout_new(sheet->cairo, params->is_rtl);
    sheet_begin_tag(sheet, "Document");
    sheet->y = MARGIN_TOP;
    sheet->page = sheet->section_page = 1;
    sheet->section_total = params->total;
    sheet->is_page_empty = true;
    for (size_t i = 0; i < SHEET_LEVELS; i++)
        sheet->outline[i] = CAIRO_PDF_OUTLINE_ROOT;
    return sheet;
}

double sheet_width(const struct sheet *sheet)
{
    return sheet->params.width - MARGIN_BINDING - MARGIN_OUTER;
}

double sheet_left(const struct sheet *sheet)
{
    return sheet->params.is_rtl ? MARGIN_OUTER : MARGIN_BINDING;
}

double sheet_top(void)
{
    return MARGIN_TOP;
}

double sheet_limit(const struct sheet *sheet)
{
    return sheet->params.height - MARGIN_BOTTOM;
}

double sheet_page_room(const struct sheet *sheet)
{
    return sheet_limit(sheet) - MARGIN_TOP;
}

/* Draws at the measure's end or beginning, on the baseline at[0], at most at[1] points wide; says
 * how wide. */
static double draw_margin_text(struct sheet *sheet, const char *text, bool is_at_right,
                               const double at[2])
{
    const struct sheet_style style = {
        .font = SHEET_SANS, .size = FOOT_SIZE, .align = PANGO_ALIGN_LEFT};
    const double most = at[1];
    PangoRectangle extents;
    typeset_style(sheet->label, &style);
    pango_layout_set_ellipsize(sheet->label, PANGO_ELLIPSIZE_MIDDLE);
    pango_layout_set_width(sheet->label, (int)(most * PANGO_SCALE));
    typeset_text(sheet->label, text, NULL, NULL);
    pango_layout_get_extents(sheet->label, NULL, &extents);
    double width = (double)extents.width / PANGO_SCALE, left = sheet_left(sheet);
    double edge = is_at_right ? left + sheet_width(sheet) - width : left;
    cairo_set_source_rgb(sheet->cairo, HEAD_GREY, HEAD_GREY, HEAD_GREY);
    /* A line of the other direction stands at the far end of its own measure. */
    cairo_move_to(sheet->cairo, edge - (double)extents.x / PANGO_SCALE,
                  at[0] - (double)pango_layout_get_baseline(sheet->label) / PANGO_SCALE);
    pango_cairo_show_layout(sheet->cairo, sheet->label);
    pango_layout_set_ellipsize(sheet->label, PANGO_ELLIPSIZE_NONE);
    return width;
}

void sheet_draw_foot(struct sheet *sheet, bool is_last)
{
    if (!sheet_is_drawn(sheet))
        return;
    char page[16], pages[16];
    bool is_said_last = is_last && sheet->section_total == 0 && sheet->params.foot_last;
    snprintf(page, sizeof page, "%d", sheet->section_page);
    snprintf(pages, sizeof pages, "%d", is_said_last ? sheet->section_page : sheet->section_total);
    char *foot = message_fill(is_said_last ? sheet->params.foot_last : sheet->params.foot, "page",
                              page, "pages", pages, NULL);
    bool is_rtl = sheet->params.is_rtl;
    const double y = sheet_limit(sheet) + FOOT_BELOW;
    double room = sheet_width(sheet);
    room -= draw_margin_text(sheet, foot, !is_rtl, (double[2]){y, room});
    if (sheet->params.foot_note && room > 2 * FOOT_GAP)
        draw_margin_text(sheet, sheet->params.foot_note, is_rtl, (double[2]){y, room - FOOT_GAP});
    free(foot);
}

static void draw_running_title(struct sheet *sheet)
{
    if (!sheet->params.running_title || !sheet_is_drawn(sheet))
        return;
    draw_margin_text(sheet, sheet->params.running_title, sheet->params.is_rtl,
                     (double[2]){HEAD_AT, sheet_width(sheet)});
    sheet_draw_rule(sheet, (double[2]){sheet_left(sheet), HEAD_RULE_AT}, sheet_width(sheet), 0.6);
}

void sheet_add_white(struct sheet *sheet, double points)
{
    if (!sheet->is_page_empty)
        sheet->y += points;
}

void sheet_end_page(struct sheet *sheet, bool is_last)
{
    sheet_draw_foot(sheet, is_last);
    if (sheet_is_drawn(sheet))
        cairo_show_page(sheet->cairo);
    sheet->page++;
    sheet->section_page++;
    sheet->y = MARGIN_TOP;
    sheet->is_page_empty = true;
}

void sheet_turn(struct sheet *sheet)
{
    sheet_end_page(sheet, false);
    draw_running_title(sheet);
}

bool sheet_is_room(const struct sheet *sheet, double points)
{
    return sheet->is_page_empty || sheet->y + points <= sheet_limit(sheet);
}

static void add_entry(struct sheet *sheet, const char *text, int level)
{
    if (level < 0)
        level = 0;
    if (level >= SHEET_LEVELS)
        level = SHEET_LEVELS - 1;
    int parent = level > 0 ? sheet->outline[level - 1] : CAIRO_PDF_OUTLINE_ROOT;
    char *place = mem_format("page=%d pos=[0 %.1f]", sheet->page, sheet->y);
    int entry = cairo_pdf_surface_add_outline(sheet->surface, parent, text, place,
                                              level == 0 ? CAIRO_PDF_OUTLINE_FLAG_OPEN : 0);
    /* What is skipped hangs from this one. */
    for (int i = level; i < SHEET_LEVELS; i++)
        sheet->outline[i] = entry;
    free(place);
}

void sheet_add_bookmark(struct sheet *sheet, const struct sheet_style *style)
{
    if (!sheet_is_drawn(sheet))
        return;
    if (style->bookmark_over)
        add_entry(sheet, style->bookmark_over, style->bookmark_level - 1);
    if (style->bookmark)
        add_entry(sheet, style->bookmark, style->bookmark_level);
}
