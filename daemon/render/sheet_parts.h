/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What sheet.c (paper), sheet_text.c (paragraphs) and sheet_table.c (tables) share; for them alone.
 */
#ifndef RENDER_SHEET_PARTS_H
#define RENDER_SHEET_PARTS_H

#include "render/sheet.h"
#include <pango/pangocairo.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define SHEET_LEVELS 4 /* of bookmarks */

struct sheet_table;

/* A line of the text that is being set down. */
struct sheet_line {
    PangoLayoutLine *line; /* borrowed from the layout */
    double x, height, ascent;
};

/* A text or an image that waits for the next one, with copies of all that it points to. */
struct sheet_held {
    cairo_surface_t *image; /* NULL: a text */
    double image_width;
    char *text, *label;
    PangoAttrList *attributes;
    struct sheet_style style, label_style;
    double height; /* with the white before and after it */
};

struct sheet {
    FILE *file; /* NULL: nothing is drawn */
    cairo_surface_t *surface;
    cairo_t *cairo;
    PangoLayout *layout, *label;
    struct sheet_params params;
    double y;
    int page;                        /* of the file */
    int section_page, section_total; /* page: of the section; total 0: not known */
    bool is_page_empty;
    const char *pending_label; /* borrowed until the next text */
    struct sheet_style label_style;
    int outline[SHEET_LEVELS]; /* the last entry of each level */
    struct sheet_line *lines;
    size_t line_count;
    struct sheet_held *held;
    size_t held_count;
    struct sheet_table *table;
    struct shape_store *own_shapes; /* NULL: params has the caller's */
    uint32_t missing;               /* the first character that no installed font has; 0: none */
};

/* The edges of the measure. */
double sheet_left(const struct sheet *sheet);
double sheet_top(void);
double sheet_limit(const struct sheet *sheet);
/* What a page can hold. */
double sheet_page_room(const struct sheet *sheet);
bool sheet_is_room(const struct sheet *sheet, double points);
/* White is dropped at a page's top. */
void sheet_add_white(struct sheet *sheet, double points);
/* False where pages are only counted: then drawing would change nothing. */
bool sheet_is_drawn(const struct sheet *sheet);
/* NULL or "": none. */
void sheet_begin_tag(struct sheet *sheet, const char *tag);
void sheet_end_tag(struct sheet *sheet, const char *tag);
/* A thin line to the right. */
void sheet_draw_rule(struct sheet *sheet, const double from[2], double length, double grey);
/* Foot, and on to the next page; its head is sheet_turn()'s. */
void sheet_end_page(struct sheet *sheet, bool is_last);
void sheet_turn(struct sheet *sheet);
void sheet_draw_foot(struct sheet *sheet, bool is_last);
/* False when something could not be written; no file is fine. */
bool sheet_close_file(struct sheet *sheet);
void sheet_add_bookmark(struct sheet *sheet, const struct sheet_style *style);

/* Lays the text out and measures its lines. */
void sheet_lay_out(struct sheet *sheet, const char *text, PangoAttrList *attributes,
                   const struct sheet_style *style);
double sheet_lines_height(const struct sheet *sheet, size_t count);
/* The text that was laid out last, from where the page is filled to. A tag of "" is none: the text
 * stands outside the structure. */
void sheet_draw_lines(struct sheet *sheet, const struct sheet_style *style);
/* Sets down what waits, on a page that has room for it and for `points` more. */
void sheet_release(struct sheet *sheet, double points);
void sheet_drop_held(struct sheet *sheet);

void sheet_table_free(struct sheet_table *table);

#endif
