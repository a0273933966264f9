/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Fonts and what shapes text, for sheet.c alone: given a style, how a layout sets it. */
#ifndef RENDER_TYPESET_H
#define RENDER_TYPESET_H

#include "render/sheet.h"
#include <pango/pangocairo.h>
#include <stdbool.h>

/* One unit is one point. The caller unrefs it. */
PangoLayout *typeset_layout_new(cairo_t *cairo, bool is_rtl);
/* Font, spacing and alignment; nothing of where it stands. */
void typeset_style(PangoLayout *layout, const struct sheet_style *style);
/* attributes may be NULL and are not taken. The language (may be NULL) decides the shapes of
 * letters: Chinese or Japanese, Serbian or Russian. No hyphens are put in. */
void typeset_text(PangoLayout *layout, const char *text, PangoAttrList *attributes,
                  const char *language);

#endif
