/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Fonts and what shapes text, for sheet*.c and shape.c: given a style, how a layout sets it. */
#ifndef RENDER_TYPESET_H
#define RENDER_TYPESET_H

#include "render/sheet.h"
#include <pango/pangocairo.h>
#include <stdbool.h>
#include <stdint.h>

/* One unit is one point. The caller unrefs it. */
PangoLayout *typeset_layout_new(cairo_t *cairo, bool is_rtl);
/* Font, spacing and alignment; nothing of where it stands. */
void typeset_style(PangoLayout *layout, const struct sheet_style *style);
/* attributes may be NULL and are not taken. The language (may be NULL) decides the shapes of
 * letters: Chinese or Japanese, Serbian or Russian. No hyphens are put in. */
void typeset_text(PangoLayout *layout, const char *text, PangoAttrList *attributes,
                  const char *language);
/* Where Pango breaks a line it leaves the blank out; this puts it back, without a width, so that a
 * machine that reads the text aloud finds two words there. text: the layout's. */
void typeset_keep_blanks(PangoLayoutLine *line, const char *text);
/* US_NOT_FOUND where there is no font at all: Pango cannot be asked for anything then. */
US_MUST_CHECK enum us_err typeset_check_fonts(struct fault *fault);
bool typeset_is_arabic(const char *text, size_t len);
/* The first character of the layout's text that no installed font has; 0: there is none. */
uint32_t typeset_missing(PangoLayout *layout);
uint32_t typeset_missing_in(const char *text);
/* The text with U+FFFD for what no installed font has and no font package would bring: signs,
 * emoji, scripts of the past, private and unassigned characters. Letters of a living script stay,
 * while the package with them is not installed. Caller frees. */
char *typeset_replace(const char *text);
/* US_OK for 0, else US_NOT_FOUND with the script and the package that has its letters. */
US_MUST_CHECK enum us_err typeset_check(uint32_t missing, struct fault *fault);

#endif
