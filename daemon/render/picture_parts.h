/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What picture*.c share; for them alone. Lengths are in the picture's own units. */
#ifndef RENDER_PICTURE_PARTS_H
#define RENDER_PICTURE_PARTS_H

#include "render/picture.h"
#include "render/typeset.h"

/* The stylesheet's colours, as 0xRRGGBB. */
#define PICTURE_PAPER 0xFFFFFF
#define PICTURE_DESK 0xE9E5DC
#define PICTURE_INK 0x1D1C1A
#define PICTURE_SOFT 0x5C5850
#define PICTURE_LINE 0xD9D4CA
#define PICTURE_ACCENT 0x9B1C1C

struct picture { /* that is being drawn */
    cairo_surface_t *surface;
    cairo_t *cairo;
    const char *language;
    bool is_rtl;
    double width;
};

/* US_NOT_FOUND where there is no font. */
US_MUST_CHECK enum us_err picture_open(struct picture *picture, const char *language,
                                       const double size[2], int scale, struct fault *fault);
/* Appends its PNG to out and closes it. */
US_MUST_CHECK enum us_err picture_finish(struct picture *picture, struct str *out,
                                         struct fault *fault);
US_MUST_CHECK enum us_err picture_write(cairo_surface_t *surface, struct str *out,
                                        struct fault *fault);
/* from: the edge where lines begin, whatever the direction. */
void picture_fill(struct picture *picture, unsigned colour, const double from[2], double width,
                  double height);

struct picture_text {
    const char *text;
    enum sheet_font font;
    bool is_bold;
    bool is_end;        /* stands at the edge where lines end */
    bool is_balanced;   /* lines of about one length */
    double most, least; /* sizes: the largest at which it fits */
    int lines;          /* at most */
    double width, height;
};
struct picture_set { /* a text that has its size */
    PangoLayout *layout;
    double width, height; /* of its lines */
};
/* Gives it the largest size in which it keeps to its lines and its box with no word broken; at the
 * smallest it is cut. picture_place() or picture_drop() ends it. */
struct picture_set picture_fit(struct picture *picture, const struct picture_text *text);
/* Draws it; nothing of it outside its own lines and a little more. */
void picture_place(struct picture *picture, struct picture_set *set, unsigned colour,
                   const double at[2]);

#endif
