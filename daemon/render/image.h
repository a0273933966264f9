/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The letterhead's image, which comes from outside: looked at before it is decoded, and never the
 * cause of a file or an address being opened.
 */
#ifndef RENDER_IMAGE_H
#define RENDER_IMAGE_H

#include "base/err.h"
#include "base/fault.h"
#include <cairo.h>
#include <stdbool.h>
#include <stddef.h>

#define IMAGE_SVG_MOST ((size_t)256 * 1024)
#define IMAGE_PNG_MOST ((size_t)4 * 1024 * 1024)
#define IMAGE_SIDE_MOST 4096 /* a PNG's pixels */

struct image_params {
    const void *data;
    size_t len;
    bool is_svg; /* else a PNG */
    double most_width,
        most_height; /* points; it fills one of them, a PNG at no less than 150 dpi */
};

/* The size is in points, in the image's own proportions. The surface is the caller's to destroy.
 * US_INVALID with a fault when it cannot be read or is too large. */
US_MUST_CHECK enum us_err image_open(const struct image_params *params, cairo_surface_t **out,
                                     double size[2], struct fault *fault);
/* Draws it at 0, 0 in that size, whatever its own. */
void image_draw(cairo_t *cairo, cairo_surface_t *image, double width, double height);

#endif
