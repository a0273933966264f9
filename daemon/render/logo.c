/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The loader is chosen by the first bytes and told which it is, so that none of the many others
 * that gdk-pixbuf may find installed sees a stranger's bytes; and the size is asked for before
 * anything is unfolded.
 */
#include "render/logo.h"
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>

struct decode {
    bool is_too_large;
};

static enum us_err refuse(struct fault *fault, const char *why)
{
    fault_set(fault, NULL, 0, "the picture cannot be used: %s", why);
    return US_INVALID;
}

static const char *type_of(const void *data, size_t len)
{
    if (len >= 8 && memcmp(data, "\x89PNG\r\n\x1a\n", 8) == 0)
        return "png";
    if (len >= 3 && memcmp(data, "\xff\xd8\xff", 3) == 0)
        return "jpeg";
    return NULL;
}

static void on_size(GdkPixbufLoader *loader, int width, int height, gpointer arg)
{
    struct decode *decode = arg;
    if (width > 0 && height > 0 && width <= LOGO_SIDE_MOST && height <= LOGO_SIDE_MOST)
        return;
    decode->is_too_large = true;
    /* Nothing of it is wanted; 0 x 0 makes the loader stop. */
    gdk_pixbuf_loader_set_size(loader, 0, 0);
}

/* The decoders take half a picture for one, and its other half is whatever lay in memory. */
static void on_area(GdkPixbufLoader *loader, gpointer arg)
{
    GdkPixbuf *pixbuf = gdk_pixbuf_loader_get_pixbuf(loader);
    (void)arg;
    if (pixbuf != NULL)
        gdk_pixbuf_fill(pixbuf, 0);
}

/* The picture the right way up; NULL when it cannot be decoded. The caller's to unref. */
static GdkPixbuf *decode(const void *data, size_t len, const char *type, struct decode *state)
{
    GdkPixbuf *whole = NULL;
    GdkPixbufLoader *loader = gdk_pixbuf_loader_new_with_type(type, NULL);
    if (loader == NULL)
        return NULL;
    g_signal_connect(loader, "size-prepared", G_CALLBACK(on_size), state);
    g_signal_connect(loader, "area-prepared", G_CALLBACK(on_area), NULL);
    bool is_read = gdk_pixbuf_loader_write(loader, data, len, NULL);
    /* It has to be closed all the same; a picture that ends early fails here. */
    is_read = gdk_pixbuf_loader_close(loader, NULL) && is_read && !state->is_too_large;
    GdkPixbuf *read = is_read ? gdk_pixbuf_loader_get_pixbuf(loader) : NULL;
    if (read != NULL)
        whole = gdk_pixbuf_apply_embedded_orientation(read);
    g_object_unref(loader);
    return whole;
}

static GdkPixbuf *fit(GdkPixbuf *whole, const struct logo_size *size)
{
    int width = gdk_pixbuf_get_width(whole), height = gdk_pixbuf_get_height(whole);
    double across = (double)size->most_width / width, down = (double)size->most_height / height;
    double scale = across < down ? across : down;
    if (scale >= 1)
        return g_object_ref(whole);
    int to_width = (int)(width * scale + 0.5), to_height = (int)(height * scale + 0.5);
    return gdk_pixbuf_scale_simple(whole, to_width > 0 ? to_width : 1,
                                   to_height > 0 ? to_height : 1, GDK_INTERP_HYPER);
}

/* Options hang on a pixbuf (comments, profiles): only its pixels go on. */
static GdkPixbuf *bare(const GdkPixbuf *from)
{
    return gdk_pixbuf_new_from_bytes(
        gdk_pixbuf_read_pixel_bytes(from), gdk_pixbuf_get_colorspace(from),
        gdk_pixbuf_get_has_alpha(from), gdk_pixbuf_get_bits_per_sample(from),
        gdk_pixbuf_get_width(from), gdk_pixbuf_get_height(from), gdk_pixbuf_get_rowstride(from));
}

enum us_err logo_draw(const void *data, size_t len, const struct logo_size *size, struct str *out,
                      struct fault *fault)
{
    struct decode state = {.is_too_large = false};
    const char *type = type_of(data, len);
    if (type == NULL)
        return refuse(fault, "it is neither PNG nor JPEG");
    GdkPixbuf *whole = decode(data, len, type, &state);
    if (whole == NULL)
        return refuse(fault, state.is_too_large ? "it is too large" : "it is damaged");
    GdkPixbuf *small = fit(whole, size), *pixels = small != NULL ? bare(small) : NULL;
    gchar *png = NULL;
    gsize png_len = 0;
    enum us_err err = US_OK;
    if (pixels == NULL || !gdk_pixbuf_save_to_buffer(pixels, &png, &png_len, "png", NULL, NULL))
        err = refuse(fault, "it cannot be drawn");
    else
        str_append(out, png, png_len);
    g_free(png);
    g_clear_object(&pixels);
    g_clear_object(&small);
    g_object_unref(whole);
    return err;
}
