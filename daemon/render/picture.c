/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What comes from a stranger keeps to its place: each text is a layout of its own, so that no
 * direction reaches over into another, and is clipped to its lines, since marks may be heaped on a
 * letter without end. Glyphs are not hinted and their edges are grey, so that one machine draws
 * what another does.
 */
#include "base/mem.h"
#include "render/picture_parts.h"
#include "text/language.h"
#include "text/unicode.h"
#include <stdlib.h>

#define TEXT_MOST 600     /* characters that anybody could see */
#define STEP 0.94         /* from one size to the next */
#define BALANCE_STEPS 10  /* halvings */
#define LINE_SPACING 0.93 /* of headings: less than the fonts ask for */

static void set_colour(struct picture *picture, unsigned colour)
{
    cairo_set_source_rgb(picture->cairo, (colour >> 16 & 0xFF) / 255.0,
                         (colour >> 8 & 0xFF) / 255.0, (colour & 0xFF) / 255.0);
}

enum us_err picture_open(struct picture *picture, const char *language, const double size[2],
                         int scale, struct fault *fault)
{
    enum us_err err = typeset_check_fonts(fault);
    if (err != US_OK)
        return err;
    *picture = (struct picture){
        .surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(size[0] * scale),
                                              (int)(size[1] * scale)),
        .language = language,
        .is_rtl = language_is_rtl(language),
        .width = size[0],
    };
    cairo_surface_set_device_scale(picture->surface, scale, scale);
    picture->cairo = cairo_create(picture->surface);
    return US_OK;
}

static cairo_status_t append(void *closure, const unsigned char *data, unsigned int len)
{
    str_append(closure, data, len);
    return CAIRO_STATUS_SUCCESS;
}

enum us_err picture_write(cairo_surface_t *surface, struct str *out, struct fault *fault)
{
    cairo_status_t status = cairo_surface_write_to_png_stream(surface, append, out);
    if (status == CAIRO_STATUS_SUCCESS)
        return US_OK;
    fault_set(fault, NULL, 0, "the picture cannot be drawn: %s", cairo_status_to_string(status));
    return US_IO;
}

enum us_err picture_finish(struct picture *picture, struct str *out, struct fault *fault)
{
    cairo_destroy(picture->cairo);
    enum us_err err = picture_write(picture->surface, out, fault);
    cairo_surface_destroy(picture->surface);
    return err;
}

/* Where a box begins from the left. */
static double left_of(const struct picture *picture, double start, double width)
{
    return picture->is_rtl ? picture->width - start - width : start;
}

void picture_fill(struct picture *picture, unsigned colour, const double from[2], double width,
                  double height)
{
    set_colour(picture, colour);
    cairo_rectangle(picture->cairo, left_of(picture, from[0], width), from[1], width, height);
    cairo_fill(picture->cairo);
}

/* ---- text ---- */

/* On one line, with nothing that no font can draw, and no longer than anybody could read. */
static char *prepare(const char *text)
{
    char *line = unicode_clean(text);
    char *shortened = unicode_shorten(line, TEXT_MOST);
    free(line);
    char *drawn = typeset_replace(shortened);
    free(shortened);
    return drawn;
}

static void set_size(PangoLayout *layout, const struct picture *picture,
                     const struct picture_text *text, double size)
{
    bool is_right = picture->is_rtl != text->is_end;
    typeset_style(layout, &(struct sheet_style){
                              .font = text->font,
                              .size = size,
                              .is_bold = text->is_bold,
                              .line_spacing = LINE_SPACING,
                              .align = is_right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT,
                          });
}

static void measure(PangoLayout *layout, double *width, double *height)
{
    PangoRectangle box;
    pango_layout_get_extents(layout, NULL, &box);
    *width = (double)box.width / PANGO_SCALE;
    *height = (double)box.height / PANGO_SCALE;
}

/* Words are not broken here: one that is too long makes the lines too wide. */
static bool is_fitting(PangoLayout *layout, const struct picture_text *text)
{
    double width, height;
    measure(layout, &width, &height);
    return pango_layout_get_line_count(layout) <= text->lines && width <= text->width &&
           height <= text->height;
}

static void cut(PangoLayout *layout, const struct picture_text *text)
{
    double width, height;
    int lines = text->lines;
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    do {
        pango_layout_set_height(layout, -lines);
        measure(layout, &width, &height);
    } while (height > text->height && --lines > 0);
}

/* The narrowest measure that takes no more lines. */
static void balance(PangoLayout *layout, const struct picture_text *text)
{
    int lines = pango_layout_get_line_count(layout);
    double wide = text->width, narrow = text->width / 2, width, height;
    for (int i = 0; i < BALANCE_STEPS && lines > 1; i++) {
        double middle = (wide + narrow) / 2;
        pango_layout_set_width(layout, (int)(middle * PANGO_SCALE));
        measure(layout, &width, &height);
        if (pango_layout_get_line_count(layout) > lines || width > middle)
            narrow = middle;
        else
            wide = middle;
    }
    pango_layout_set_width(layout, (int)(wide * PANGO_SCALE));
}

struct picture_set picture_fit(struct picture *picture, const struct picture_text *text)
{
    struct picture_set set = {.layout = typeset_layout_new(picture->cairo, picture->is_rtl)};
    char *drawn = prepare(text->text);
    double size = text->most;
    pango_layout_set_auto_dir(set.layout, FALSE);
    pango_layout_set_wrap(set.layout, PANGO_WRAP_WORD);
    pango_layout_set_width(set.layout, (int)(text->width * PANGO_SCALE));
    typeset_text(set.layout, drawn, NULL, picture->language);
    set_size(set.layout, picture, text, size);
    while (!is_fitting(set.layout, text) && size > text->least) {
        size = size * STEP > text->least ? size * STEP : text->least;
        set_size(set.layout, picture, text, size);
    }
    if (!is_fitting(set.layout, text))
        cut(set.layout, text);
    else if (text->is_balanced)
        balance(set.layout, text);
    measure(set.layout, &set.width, &set.height);
    set.width = (double)pango_layout_get_width(set.layout) / PANGO_SCALE;
    free(drawn);
    return set;
}

void picture_place(struct picture *picture, struct picture_set *set, unsigned colour,
                   const double at[2])
{
    cairo_t *cairo = picture->cairo;
    double left = left_of(picture, at[0], set->width);
    cairo_save(cairo);
    cairo_rectangle(cairo, left - 8, at[1] - 4, set->width + 16, set->height + 8);
    cairo_clip(cairo);
    set_colour(picture, colour);
    cairo_move_to(cairo, left, at[1]);
    pango_cairo_show_layout(cairo, set->layout);
    cairo_restore(cairo);
    g_object_unref(set->layout);
    set->layout = NULL;
}
