/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Short texts of one style, set by the hundred thousand: the cells of a table. A text is shaped
 * into glyphs once, and what comes again and again (a word, a country, a capacity) is kept, in a
 * store of fixed size. tests/bench/letter_bench.c measures what that saves.
 */
#ifndef RENDER_SHAPE_H
#define RENDER_SHAPE_H

#include "render/sheet.h"
#include <pango/pangocairo.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct shape_font; /* a style, ready for use */
struct shape;      /* a text's lines in it */

/* cairo: a context whose font options it takes; shapes are drawn on any of the same kind. */
/* texts: how many whole ones it keeps; 0: the usual number. */
struct shape_font *shape_font_new(cairo_t *cairo, const struct sheet_style *style, bool is_rtl,
                                  size_t texts);
void shape_font_free(struct shape_font *font);

/* Fonts that outlive a sheet, so that what was shaped to count its pages is drawn from the store.
 */
struct shape_store;
/* texts: for each font, as with shape_font_new(). */
struct shape_store *shape_store_new(size_t texts);
void shape_store_free(struct shape_store *store);
/* The store's font of this style, new where there was none; the store's own. */
struct shape_font *shape_store_font(struct shape_store *store, cairo_t *cairo,
                                    const struct sheet_style *style, bool is_rtl);

/* The text in lines of at most `width` points; never NULL. The caller releases it. */
struct shape *shape_text(struct shape_font *font, const char *text, double width);
void shape_release(struct shape *shape);
size_t shape_line_count(const struct shape *shape);
double shape_line_width(const struct shape *shape, size_t line);
/* The first character that no installed font has; 0: none. */
uint32_t shape_missing(const struct shape *shape);
/* x: the line's left edge; y: its baseline. */
void shape_draw(const struct shape *shape, size_t line, cairo_t *cairo, double x, double y);

#endif
