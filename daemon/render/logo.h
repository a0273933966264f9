/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A logo that a stranger uploaded, drawn anew: decoded by gdk-pixbuf, turned as its camera says,
 * scaled to fit, and written as a PNG that holds pixels and nothing else. For a process of its own.
 */
#ifndef RENDER_LOGO_H
#define RENDER_LOGO_H

#include "base/err.h"
#include "base/fault.h"
#include "base/str.h"

#define LOGO_SIDE_MOST 4096 /* pixels of what is uploaded */

struct logo_size { /* pixels */
    int most_width, most_height;
};

/* PNG or JPEG in, PNG out. Smaller ones keep their size. US_INVALID with a fault. */
US_MUST_CHECK enum us_err logo_draw(const void *data, size_t len, const struct logo_size *size,
                                    struct str *out, struct fault *fault);

#endif
