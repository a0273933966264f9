/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Fifteen hundredths of the code may be dirty or torn off and it is still read (level M). A white
 * border of four of its squares is part of it (ISO/IEC 18004), and each square is whole pixels. One
 * byte a pixel and no other colour: that packs best.
 */
#include "render/picture_parts.h"
#include <errno.h>
#include <qrencode.h>
#include <string.h>

#define BORDER 4       /* squares */
#define SIDE_LEAST 800 /* pixels, so that it can be printed as large as a hand */

static void fill_square(unsigned char *data, int stride, int x, int y, int side)
{
    for (int row = y * side; row < (y + 1) * side; row++)
        memset(data + (size_t)row * (size_t)stride + x * side, 0, (size_t)side);
}

static enum us_err draw(const QRcode *code, struct str *out, struct fault *fault)
{
    int squares = code->width + 2 * BORDER;
    int side = (SIDE_LEAST + squares - 1) / squares;
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_A8, squares * side, squares * side);
    unsigned char *data = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    enum us_err err = US_IO;
    if (data != NULL) {
        memset(data, 0xFF, (size_t)stride * (size_t)(squares * side));
        for (int y = 0; y < code->width; y++)
            for (int x = 0; x < code->width; x++)
                if ((code->data[y * code->width + x] & 1) != 0)
                    fill_square(data, stride, x + BORDER, y + BORDER, side);
        cairo_surface_mark_dirty(surface);
        err = picture_write(surface, out, fault);
    } else {
        fault_set(fault, NULL, 0, "the picture cannot be drawn");
    }
    cairo_surface_destroy(surface);
    return err;
}

enum us_err picture_draw_code(const char *address, struct str *out, struct fault *fault)
{
    QRcode *code = QRcode_encodeString8bit(address, 0, QR_ECLEVEL_M);
    if (code == NULL) {
        fault_set(fault, NULL, 0, "no QR code can be made of this address: %s", strerror(errno));
        return US_INVALID;
    }
    enum us_err err = draw(code, out, fault);
    QRcode_free(code);
    return err;
}
