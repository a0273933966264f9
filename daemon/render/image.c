/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A PNG's header is read before Cairo decodes it, since a small file can unfold to gigabytes. An
 * SVG is drawn by librsvg, which gets no address to resolve references from, so it opens no file;
 * what it draws is recorded, and stays sharp at any size.
 */
#include "render/image.h"
#include <librsvg/rsvg.h>
#include <stdint.h>
#include <string.h>

#define PNG_HEADER 33       /* the signature and the whole first chunk */
#define POINTS_MOST 14400.0 /* an SVG's own side */
#define PNG_PIXEL (72.0 / 150.0)

struct source {
    const unsigned char *bytes;
    size_t len, at;
};

static enum us_err refuse(struct fault *fault, const char *why)
{
    fault_set(fault, NULL, 0, "the letterhead's image cannot be used: %s", why);
    return US_INVALID;
}

static cairo_status_t read_png(void *closure, unsigned char *data, unsigned int len)
{
    struct source *source = closure;
    if (source->len - source->at < len)
        return CAIRO_STATUS_READ_ERROR;
    memcpy(data, source->bytes + source->at, len);
    source->at += len;
    return CAIRO_STATUS_SUCCESS;
}

static uint32_t big_endian(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static enum us_err open_png(const struct image_params *params, cairo_surface_t **out,
                            double size[2], struct fault *fault)
{
    static const unsigned char begin[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    struct source source = {.bytes = params->data, .len = params->len};
    if (params->len > IMAGE_PNG_MOST)
        return refuse(fault, "a PNG may have 4 MiB at most");
    if (params->len < PNG_HEADER || memcmp(params->data, begin, sizeof begin - 1) != 0)
        return refuse(fault, "it is no PNG");
    uint32_t width = big_endian(source.bytes + 16), height = big_endian(source.bytes + 20);
    if (width == 0 || height == 0 || width > IMAGE_SIDE_MOST || height > IMAGE_SIDE_MOST)
        return refuse(fault, "a PNG may be 4096 pixels wide and high at most");
    cairo_surface_t *image = cairo_image_surface_create_from_png_stream(read_png, &source);
    if (cairo_surface_status(image) != CAIRO_STATUS_SUCCESS) {
        cairo_surface_destroy(image);
        return refuse(fault, "the PNG is damaged");
    }
    size[0] = width * PNG_PIXEL;
    size[1] = height * PNG_PIXEL;
    *out = image;
    return US_OK;
}

static cairo_surface_t *record(RsvgHandle *handle, const double size[2])
{
    const cairo_rectangle_t extents = {0, 0, size[0], size[1]};
    const RsvgRectangle viewport = {0, 0, size[0], size[1]};
    cairo_surface_t *surface = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &extents);
    cairo_t *cairo = cairo_create(surface);
    bool is_drawn = rsvg_handle_render_document(handle, cairo, &viewport, NULL) &&
                    cairo_status(cairo) == CAIRO_STATUS_SUCCESS;
    cairo_destroy(cairo);
    if (is_drawn)
        return surface;
    cairo_surface_destroy(surface);
    return NULL;
}

/* In pixels of 1/96 inch, as the file says, or by its proportions alone. */
static bool natural_size(RsvgHandle *handle, double size[2])
{
    gboolean has_width, has_height, has_box;
    RsvgLength width, height;
    RsvgRectangle box;
    if (!rsvg_handle_get_intrinsic_size_in_pixels(handle, &size[0], &size[1])) {
        rsvg_handle_get_intrinsic_dimensions(handle, &has_width, &width, &has_height, &height,
                                             &has_box, &box);
        if (!has_box)
            return false;
        size[0] = box.width;
        size[1] = box.height;
    }
    return size[0] >= 1 && size[1] >= 1 && size[0] <= POINTS_MOST && size[1] <= POINTS_MOST;
}

static enum us_err open_svg(const struct image_params *params, cairo_surface_t **out,
                            double size[2], struct fault *fault)
{
    if (params->len == 0 || params->len > IMAGE_SVG_MOST)
        return refuse(fault, "an SVG may have 256 KiB at most");
    RsvgHandle *handle = rsvg_handle_new_from_data(params->data, params->len, NULL);
    if (!handle)
        return refuse(fault, "the SVG cannot be read");
    cairo_surface_t *surface = natural_size(handle, size) ? record(handle, size) : NULL;
    g_object_unref(handle);
    if (!surface)
        return refuse(fault, "the SVG says no size, or cannot be drawn");
    size[0] *= 0.75;
    size[1] *= 0.75;
    *out = surface;
    return US_OK;
}

enum us_err image_open(const struct image_params *params, cairo_surface_t **out, double size[2],
                       struct fault *fault)
{
    double own[2];
    enum us_err err =
        params->is_svg ? open_svg(params, out, own, fault) : open_png(params, out, own, fault);
    if (err != US_OK)
        return err;
    double across = params->most_width / own[0], down = params->most_height / own[1];
    double scale = across < down ? across : down;
    if (!params->is_svg && scale > 1)
        scale = 1;
    size[0] = own[0] * scale;
    size[1] = own[1] * scale;
    return US_OK;
}

void image_draw(cairo_t *cairo, cairo_surface_t *image, double width, double height)
{
    cairo_rectangle_t own = {0, 0, 0, 0};
    if (cairo_surface_get_type(image) == CAIRO_SURFACE_TYPE_IMAGE) {
        own.width = cairo_image_surface_get_width(image);
        own.height = cairo_image_surface_get_height(image);
    } else if (!cairo_recording_surface_get_extents(image, &own)) {
        return;
    }
    if (own.width <= 0 || own.height <= 0)
        return;
    cairo_save(cairo);
    cairo_scale(cairo, width / own.width, height / own.height);
    cairo_set_source_surface(cairo, image, 0, 0);
    cairo_rectangle(cairo, 0, 0, own.width, own.height);
    cairo_fill(cairo);
    cairo_restore(cairo);
}
