/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Uploaded logos: only pixels come out, in bounds and the right way up; what is unsound is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"
#include "render/logo.h"
#include <cmocka.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct logo_size bounds = {320, 160};

const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libgdk_pixbuf\nleak:libglib\nleak:libgobject\n"; /* types, registered once */
}

/* The upper half red, the lower half blue. */
static struct str picture(const char *type, int width, int height)
{
    struct str bytes = STR_INIT;
    gchar *data = NULL;
    gsize len = 0;
    GdkPixbuf *pixbuf = gdk_pixbuf_new(GDK_COLORSPACE_RGB, FALSE, 8, width, height);
    gdk_pixbuf_fill(pixbuf, 0xff0000ff);
    GdkPixbuf *below = gdk_pixbuf_new_subpixbuf(pixbuf, 0, height / 2, width, height - height / 2);
    gdk_pixbuf_fill(below, 0x0000ffff);
    assert_true(strcmp(type, "png") == 0
                    ? gdk_pixbuf_save_to_buffer(pixbuf, &data, &len, "png", NULL, "tEXt::Author",
                                                "Secret Name", NULL)
                    : gdk_pixbuf_save_to_buffer(pixbuf, &data, &len, type, NULL, NULL));
    str_append(&bytes, data, len);
    g_free(data);
    g_object_unref(below);
    g_object_unref(pixbuf);
    return bytes;
}

static enum us_err draw(const struct str *from, struct str *out)
{
    struct fault fault = {.text = ""};
    /* From the heap, so that a sanitizer sees the first byte too many. */
    char *copy = mem_copy(from->data, from->len > 0 ? from->len : 1);
    enum us_err err = logo_draw(copy, from->len, &bounds, out, &fault);
    assert_int_equal(err != US_OK, strstr(fault.text, "the picture cannot be used") != NULL);
    free(copy);
    return err;
}

static GdkPixbuf *open_png(const struct str *bytes)
{
    GdkPixbufLoader *loader = gdk_pixbuf_loader_new_with_type("png", NULL);
    assert_true(gdk_pixbuf_loader_write(loader, (const guchar *)bytes->data, bytes->len, NULL));
    assert_true(gdk_pixbuf_loader_close(loader, NULL));
    GdkPixbuf *pixbuf = g_object_ref(gdk_pixbuf_loader_get_pixbuf(loader));
    g_object_unref(loader);
    return pixbuf;
}

static void expect_size(const struct str *from, int width, int height)
{
    struct str out = STR_INIT;
    assert_int_equal(draw(from, &out), US_OK);
    GdkPixbuf *pixbuf = open_png(&out);
    assert_int_equal(gdk_pixbuf_get_width(pixbuf), width);
    assert_int_equal(gdk_pixbuf_get_height(pixbuf), height);
    g_object_unref(pixbuf);
    str_free(&out);
}

static void sizes(void **state)
{
    static const struct {
        int width, height, to_width, to_height;
    } cases[] = {{10, 20, 10, 20},
                 {320, 160, 320, 160},
                 {640, 320, 320, 160},
                 {1000, 100, 320, 32},
                 {100, 1000, 16, 160},
                 {4096, 1, 320, 1},
                 {LOGO_SIDE_MOST, LOGO_SIDE_MOST, 160, 160}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str png = picture("png", cases[i].width, cases[i].height);
        struct str jpeg = picture("jpeg", cases[i].width, cases[i].height);
        expect_size(&png, cases[i].to_width, cases[i].to_height);
        expect_size(&jpeg, cases[i].to_width, cases[i].to_height);
        str_free(&png);
        str_free(&jpeg);
    }
}

/* An EXIF block with an orientation and a text, put in behind the first two bytes of a JPEG. */
static struct str with_exif(const struct str *jpeg, char orientation)
{
    char exif[] = "\xff\xe1\x00\x36"
                  "Exif\0\0"
                  "MM\0*\0\0\0\x08"
                  "\0\x02"
                  "\x01\x0e\0\x02\0\0\0\x10\0\0\0\x1e"
                  "\x01\x12\0\x03\0\0\0\x01\0?\0\0"
                  "Secret Place 7\0";
    struct str out = STR_INIT;
    *(char *)memchr(exif, '?', sizeof exif) = orientation;
    str_append(&out, jpeg->data, 2);
    str_append(&out, exif, 0x38);
    str_append(&out, jpeg->data + 2, jpeg->len - 2);
    return out;
}

static void only_pixels_the_right_way_up(void **state)
{
    struct str png = picture("png", 200, 100), jpeg = picture("jpeg", 200, 100);
    struct str turned = with_exif(&jpeg, 6), out = STR_INIT;
    (void)state;
    assert_non_null(memmem(png.data, png.len, "Secret", 6));
    assert_non_null(memmem(turned.data, turned.len, "Secret", 6));

    assert_int_equal(draw(&png, &out), US_OK);
    assert_null(memmem(out.data, out.len, "Secret", 6));
    assert_null(memmem(out.data, out.len, "tEXt", 4));
    str_free(&out);

    assert_int_equal(draw(&turned, &out), US_OK);
    assert_null(memmem(out.data, out.len, "Secret", 6));
    assert_null(memmem(out.data, out.len, "tEXt", 4));
    assert_null(memmem(out.data, out.len, "eXIf", 4));
    /* A quarter to the right: what was above is on the right. */
    GdkPixbuf *pixbuf = open_png(&out);
    assert_int_equal(gdk_pixbuf_get_width(pixbuf), 80);
    assert_int_equal(gdk_pixbuf_get_height(pixbuf), 160);
    const guint8 *pixels = gdk_pixbuf_read_pixels(pixbuf);
    const guint8 *right = pixels + 75 * gdk_pixbuf_get_n_channels(pixbuf);
    assert_true(pixels[2] > 200 && pixels[0] < 60);
    assert_true(right[0] > 200 && right[2] < 60);
    g_object_unref(pixbuf);
    str_free(&out);
    str_free(&turned);
    str_free(&jpeg);
    str_free(&png);
}

static void expect_colours(const struct str *bytes)
{
    GdkPixbuf *pixbuf = open_png(bytes);
    int step = gdk_pixbuf_get_n_channels(pixbuf);
    const guint8 *pixels = gdk_pixbuf_read_pixels(pixbuf);
    for (int y = 0; y < gdk_pixbuf_get_height(pixbuf); y++) {
        for (int x = 0; x < gdk_pixbuf_get_width(pixbuf); x++) {
            const guint8 *at = pixels + y * gdk_pixbuf_get_rowstride(pixbuf) + x * step;
            assert_true((at[0] == 0 || at[0] == 255) && at[1] == 0 &&
                        (at[2] == 0 || at[2] == 255) && (at[0] == 0 || at[2] == 0));
        }
    }
    g_object_unref(pixbuf);
}

static void unsound(void **state)
{
    struct str png = picture("png", 50, 50), out = STR_INIT;
    (void)state;
    for (size_t len = 0; len < png.len; len++) {
        struct str part = {.data = png.data, .len = len};
        /* What is missing is nothing, and no part of the memory. */
        if (draw(&part, &out) == US_OK)
            expect_colours(&out);
        str_free(&out);
    }
    static const char *const others[] = {"GIF89a", "<svg xmlns='http://www.w3.org/2000/svg'/>",
                                         "BM", "\x89PNG\r\n\x1a\n", "\xff\xd8\xff\xe0"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct str text = STR_INIT;
        str_append_text(&text, others[i]);
        for (int k = 0; k < 100; k++)
            str_append_text(&text, "some more of it ");
        assert_int_equal(draw(&text, &out), US_INVALID);
        str_free(&text);
    }
    str_free(&png);

    png = picture("png", LOGO_SIDE_MOST + 1, 2);
    assert_int_equal(draw(&png, &out), US_INVALID);
    str_free(&png);
    png = picture("jpeg", 2, LOGO_SIDE_MOST + 1);
    assert_int_equal(draw(&png, &out), US_INVALID);
    str_free(&png);
    str_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes),
        cmocka_unit_test(only_pixels_the_right_way_up),
        cmocka_unit_test(unsound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
