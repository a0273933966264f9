/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Letterhead images from strangers: what is damaged, too large, or reaches for something outside is
 * refused or drawn without it; what is sound is drawn in its own proportions.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"
#include "render/image.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SVG_BEGIN                                                                                  \
    "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' "          \
    "width='200' height='100'>"

const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libcairo\nleak:libxml2\n"; /* entities it refuses */
}

static cairo_status_t add_bytes(void *closure, const unsigned char *data, unsigned int len)
{
    str_append(closure, (const char *)data, len);
    return CAIRO_STATUS_SUCCESS;
}

/* A red PNG. */
static struct str png(int width, int height)
{
    struct str bytes = STR_INIT;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    cairo_t *cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, 1, 0, 0);
    cairo_paint(cairo);
    cairo_destroy(cairo);
    assert_int_equal(cairo_surface_write_to_png_stream(surface, add_bytes, &bytes),
                     CAIRO_STATUS_SUCCESS);
    cairo_surface_destroy(surface);
    return bytes;
}

static enum us_err open_bytes(const void *data, size_t len, bool is_svg, cairo_surface_t **out,
                              double size[2])
{
    struct fault fault = {.text = ""};
    const struct image_params params = {
        .data = data, .len = len, .is_svg = is_svg, .most_width = 240, .most_height = 68};
    enum us_err err = image_open(&params, out, size, &fault);
    assert_int_equal(err != US_OK, fault.text[0] != '\0');
    if (err != US_OK)
        assert_non_null(strstr(fault.text, "the letterhead's image"));
    return err;
}

static void assert_refused(const void *data, size_t len, bool is_svg)
{
    cairo_surface_t *image = NULL;
    double size[2] = {-1, -1};
    enum us_err err = open_bytes(data, len, is_svg, &image, size);
    if (err != US_INVALID)
        fail_msg("%zu bytes are accepted", len);
    assert_null(image);
    assert_true(size[0] < 0);
}

/* The pixel at a place of the image when it is drawn 100 by 50. */
static uint32_t pixel(cairo_surface_t *image, int x, int y)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 100, 50);
    cairo_t *cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    image_draw(cairo, image, 100, 50);
    cairo_destroy(cairo);
    cairo_surface_flush(surface);
    uint32_t found;
    memcpy(&found,
           cairo_image_surface_get_data(surface) + y * cairo_image_surface_get_stride(surface) +
               x * 4,
           sizeof found);
    cairo_surface_destroy(surface);
    return found & 0xFFFFFF;
}

/* Within what scaling changes. */
static bool is_near(uint32_t found, uint32_t expected)
{
    for (int shift = 0; shift < 24; shift += 8) {
        int off = (int)(found >> shift & 0xFF) - (int)(expected >> shift & 0xFF);
        if (off < -3 || off > 3)
            return false;
    }
    return true;
}

static void sound_images_keep_their_proportions(void **state)
{
    (void)state;
    cairo_surface_t *image;
    double size[2];
    struct str bytes = png(2000, 500);
    assert_int_equal(open_bytes(bytes.data, bytes.len, false, &image, size), US_OK);
    assert_float_equal(size[0], 240, 0.01);
    assert_float_equal(size[1], 60, 0.01);
    assert_true(is_near(pixel(image, 50, 25), 0xFF0000));
    assert_true(is_near(pixel(image, 99, 49), 0xFF0000));
    cairo_surface_destroy(image);
    str_free(&bytes);
    /* A small one is not blown up until its pixels show. */
    bytes = png(50, 25);
    assert_int_equal(open_bytes(bytes.data, bytes.len, false, &image, size), US_OK);
    assert_float_equal(size[0], 24, 0.01);
    cairo_surface_destroy(image);
    str_free(&bytes);
    static const char svg[] = SVG_BEGIN "<rect x='100' width='100' height='100' fill='#0000ff'/>"
                                        "</svg>";
    assert_int_equal(open_bytes(svg, sizeof svg - 1, true, &image, size), US_OK);
    assert_float_equal(size[0], 136, 0.01);
    assert_float_equal(size[1], 68, 0.01);
    assert_true(is_near(pixel(image, 25, 25), 0xFFFFFF));
    assert_true(is_near(pixel(image, 75, 25), 0x0000FF));
    assert_int_equal(cairo_surface_get_type(image), CAIRO_SURFACE_TYPE_RECORDING);
    cairo_surface_destroy(image);
}

static void damaged_pngs_are_refused(void **state)
{
    (void)state;
    struct str bytes = png(64, 64);
    for (size_t len = 0; len < bytes.len; len++)
        assert_refused(bytes.data, len, false);
    static const char svg[] = SVG_BEGIN "</svg>";
    assert_refused(svg, sizeof svg - 1, false);
    char *damaged = mem_copy(bytes.data, bytes.len);
    char *pixels = memmem(damaged, bytes.len, "IDAT", 4);
    assert_non_null(pixels);
    pixels[12] ^= 0x55; /* their checksum is wrong then */
    assert_refused(damaged, bytes.len, false);
    free(damaged);
    str_free(&bytes);
}

/* Only the header is changed, with its checksum left wrong or not: it is refused by its size before
 * anything is asked of memory. */
static void png_bombs_are_refused_by_their_header(void **state)
{
    (void)state;
    static const unsigned char header[] = {
        0x89, 'P',  'N',  'G',  '\r', '\n', 0x1A, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R', 0x7F,
        0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 8,    6, 0, 0, 0,  0,   0,   0,   0};
    assert_refused(header, sizeof header, false);
    static const struct {
        int width, height;
        bool is_good;
    } cases[] = {{4096, 1, true}, {1, 4096, true}, {4097, 1, false}, {1, 4097, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str bytes = png(cases[i].width, cases[i].height);
        cairo_surface_t *image;
        double size[2];
        if (cases[i].is_good) {
            assert_int_equal(open_bytes(bytes.data, bytes.len, false, &image, size), US_OK);
            cairo_surface_destroy(image);
        } else {
            assert_refused(bytes.data, bytes.len, false);
        }
        str_free(&bytes);
    }
    char *large = mem_zero(IMAGE_PNG_MOST + 1);
    struct str bytes = png(8, 8);
    memcpy(large, bytes.data, bytes.len);
    assert_refused(large, IMAGE_PNG_MOST + 1, false);
    str_free(&bytes);
    free(large);
}

static void unreadable_svgs_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "no svg",
        "<html/>",
        SVG_BEGIN,
        SVG_BEGIN "<rect></svg>",
        "<svg xmlns='http://www.w3.org/2000/svg' width='0' height='10'/>",
        "<svg xmlns='http://www.w3.org/2000/svg' width='99999999' height='10'/>",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_refused(texts[i], strlen(texts[i]), true);
    struct str large = STR_INIT;
    str_append_text(&large, SVG_BEGIN "<!--");
    while (large.len <= IMAGE_SVG_MOST)
        str_append_text(&large, "0123456789012345678901234567890123456789");
    str_append_text(&large, "--></svg>");
    assert_refused(large.data, large.len, true);
    str_free(&large);
}

/* The file is there, and is an image; what refers to it is drawn without it. */
static void svgs_open_nothing_outside(void **state)
{
    (void)state;
    char path[] = "/tmp/undersign-image-XXXXXX";
    struct str bytes = png(64, 64), svg = STR_INIT;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes.data, bytes.len), (ssize_t)bytes.len);
    close(fd);
    static const char *const patterns[] = {
        SVG_BEGIN "<image width='200' height='100' preserveAspectRatio='none' "
                  "xlink:href='file://%s'/></svg>",
        SVG_BEGIN "<image width='200' height='100' preserveAspectRatio='none' href='%s'/></svg>",
        "<!DOCTYPE svg [<!ENTITY out SYSTEM 'file://%s'>]>" SVG_BEGIN "<text y='50' "
        "font-size='90' fill='red'>&out;</text></svg>",
        SVG_BEGIN "<style>@import url('file://%s');</style></svg>",
    };
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        const char *place = strstr(patterns[i], "%s");
        cairo_surface_t *image;
        double size[2];
        str_append(&svg, patterns[i], (size_t)(place - patterns[i]));
        str_append_text(&svg, path);
        str_append_text(&svg, place + 2);
        if (open_bytes(svg.data, svg.len, true, &image, size) == US_OK) {
            for (int x = 0; x < 100; x += 5)
                assert_true(is_near(pixel(image, x, 25), 0xFFFFFF));
            cairo_surface_destroy(image);
        }
        str_free(&svg);
    }
    unlink(path);
    str_free(&bytes);
}

/* Ten entities of ten each, nine deep: a billion words. */
static void laughing_svgs_are_refused(void **state)
{
    (void)state;
    struct str svg = STR_INIT;
    str_append_text(&svg, "<!DOCTYPE svg [<!ENTITY a0 'laugh'>");
    for (int i = 1; i < 10; i++) {
        char *entity = mem_format("<!ENTITY a%d '", i), *used = mem_format("&a%d;", i - 1);
        str_append_text(&svg, entity);
        for (int n = 0; n < 10; n++)
            str_append_text(&svg, used);
        str_append_text(&svg, "'>");
        free(entity);
        free(used);
    }
    str_append_text(&svg, "]>" SVG_BEGIN "<text y='50'>&a9;</text></svg>");
    assert_refused(svg.data, svg.len, true);
    str_free(&svg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_images_keep_their_proportions),
        cmocka_unit_test(damaged_pngs_are_refused),
        cmocka_unit_test(png_bombs_are_refused_by_their_header),
        cmocka_unit_test(unreadable_svgs_are_refused),
        cmocka_unit_test(svgs_open_nothing_outside),
        cmocka_unit_test(laughing_svgs_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
