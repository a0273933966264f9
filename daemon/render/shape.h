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

/* cairo: what the shapes are drawn on, borrowed as long as the font lives. */
struct shape_font *shape_font_new(cairo_t *cairo, const struct sheet_style *style, bool is_rtl);
void shape_font_free(struct shape_font *font);

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
