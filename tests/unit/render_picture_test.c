/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Cards, badges and codes: the same words give the same bytes, and whatever the words are, each
 * stays in its place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "render/picture.h"
#include <cairo.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define DESK 0xE9E5DCu
#define ACCENT 0x9B1C1Cu
#define WHITE 0xFFFFFFu

const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libcairo\nleak:libpango\n";
}

struct pixels {
    cairo_surface_t *surface;
    int width, height;
};

struct source {
    const char *data;
    size_t left;
};

static cairo_status_t read_source(void *closure, unsigned char *data, unsigned int len)
{
    struct source *source = closure;
    if (source->left < len)
        return CAIRO_STATUS_READ_ERROR;
    memcpy(data, source->data, len);
    source->data += len;
    source->left -= len;
    return CAIRO_STATUS_SUCCESS;
}

/* One whole PNG and nothing behind it. Frees the bytes. */
static struct pixels open_png(struct str *bytes)
{
    struct source source = {bytes->data, bytes->len};
    struct pixels pixels = {.surface =
                                cairo_image_surface_create_from_png_stream(read_source, &source)};
    assert_int_equal(cairo_surface_status(pixels.surface), CAIRO_STATUS_SUCCESS);
    assert_int_equal(source.left, 0);
    pixels.width = cairo_image_surface_get_width(pixels.surface);
    pixels.height = cairo_image_surface_get_height(pixels.surface);
    str_free(bytes);
    return pixels;
}

static unsigned pixel(const struct pixels *pixels, int x, int y)
{
    const unsigned char *row = cairo_image_surface_get_data(pixels->surface) +
                               (size_t)y * (size_t)cairo_image_surface_get_stride(pixels->surface);
    uint32_t value;
    memcpy(&value, row + (size_t)x * 4, sizeof value);
    return value & 0xFFFFFF;
}

/* How many pixels of a box, given by two corners, have another colour. */
static size_t count_others(const struct pixels *pixels, const int from[2], const int to[2],
                           unsigned colour)
{
    size_t count = 0;
    for (int y = from[1]; y < to[1]; y++)
        for (int x = from[0]; x < to[0]; x++)
            count += pixel(pixels, x, y) != colour;
    return count;
}

static struct str draw_card(const struct picture_card *card)
{
    struct str out = STR_INIT;
    struct fault fault = {.text = ""};
    assert_int_equal(picture_draw_card(card, &out, &fault), US_OK);
    return out;
}

/* The desk around the paper, and the band's ends, have nothing on them. */
static void check_frame(const struct pixels *card)
{
    assert_int_equal(card->width, 1200);
    assert_int_equal(card->height, 630);
    assert_int_equal(count_others(card, (int[]){0, 0}, (int[]){1200, 43}, DESK), 0);
    assert_int_equal(count_others(card, (int[]){0, 0}, (int[]){43, 536}, DESK), 0);
    assert_int_equal(count_others(card, (int[]){1157, 0}, (int[]){1200, 536}, DESK), 0);
    assert_int_equal(count_others(card, (int[]){0, 536}, (int[]){90, 630}, ACCENT), 0);
    assert_int_equal(count_others(card, (int[]){1110, 536}, (int[]){1200, 630}, ACCENT), 0);
}

static const struct picture_card plain = {
    .language = "en",
    .issuer = "Federation of Dockers",
    .kind = "Open letter",
    .title = "Free the arrested dockers of the eastern harbour",
    .site = "Undersign",
    .action = "Sign for your organisation",
};

static void cards_are_drawn(void **state)
{
    (void)state;
    struct str bytes = draw_card(&plain);
    assert_true(bytes.len < 100 * 1024);
    struct pixels card = open_png(&bytes);
    check_frame(&card);
    /* Something stands where the letterhead, the title and the band are. */
    assert_true(count_others(&card, (int[]){108, 60}, (int[]){700, 130}, WHITE) > 500);
    assert_true(count_others(&card, (int[]){108, 200}, (int[]){1092, 500}, WHITE) > 5000);
    assert_true(count_others(&card, (int[]){108, 540}, (int[]){600, 625}, ACCENT) > 500);
    assert_true(count_others(&card, (int[]){800, 540}, (int[]){1092, 625}, ACCENT) > 300);
    cairo_surface_destroy(card.surface);
}

static void the_same_words_give_the_same_bytes(void **state)
{
    (void)state;
    struct picture_card other = plain;
    struct str one = draw_card(&plain), two = draw_card(&plain), three;
    assert_int_equal(one.len, two.len);
    assert_memory_equal(one.data, two.data, one.len);
    other.title = "Free the arrested dockers of the western harbour";
    three = draw_card(&other);
    assert_true(one.len != three.len || memcmp(one.data, three.data, one.len) != 0);
    str_free(&one);
    str_free(&two);
    str_free(&three);
}

/* Where lines begin on the right, and so in the band, the other way round. */
static void directions_are_kept(void **state)
{
    (void)state;
    struct picture_card short_card = {
        .language = "en", .title = "Ox", .action = "Ox", .kind = "Ox"};
    for (int i = 0; i < 2; i++) {
        bool is_rtl = i == 1;
        struct str bytes = draw_card(&short_card);
        struct pixels card = open_png(&bytes);
        size_t left = count_others(&card, (int[]){60, 60}, (int[]){600, 530}, WHITE);
        size_t right = count_others(&card, (int[]){600, 60}, (int[]){1140, 530}, WHITE);
        size_t band = count_others(&card, (int[]){60, 540}, (int[]){600, 630}, ACCENT);
        assert_int_equal(left > 0, !is_rtl);
        assert_int_equal(right > 0, is_rtl);
        assert_int_equal(band > 0, !is_rtl);
        check_frame(&card);
        cairo_surface_destroy(card.surface);
        short_card.language = "ar";
    }
}

/* A text of `count` times the same. */
static char *repeat(const char *text, size_t count)
{
    struct str out = STR_INIT;
    for (size_t i = 0; i < count; i++)
        str_append_text(&out, text);
    return str_take(&out);
}

static void strangers_words_stay_in_place(void **state)
{
    (void)state;
    char *words[] = {
        repeat("W", 500),
        repeat("word ", 100),
        repeat("\u0301", 500), /* marks on nothing */
        repeat("o\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u030a\u030b", 60),
        repeat("a", 1),
        repeat("\u202e\u2066abc", 80), /* overrides and isolates that nobody ends */
        repeat("\u0627\u0644 abc 12 ", 60),
        repeat("\u4e2d\u534e", 250),
        repeat("\U0001F600\U0001F468\u200d\U0001F469", 100),
        repeat("\ufdfa", 100), /* one character as wide as a word, and high */
        repeat("\u0e01\u0e49\u0e49\u0e49\u0e49", 100),
        repeat("line\nbreak\r\n\t", 50),
        repeat("x", 20000),
        repeat(" ", 10),
        repeat("", 1),
    };
    static const char *const languages[] = {"en", "ar", "zh", "", "nonsense-tag"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const char *language = languages[i % 5];
        const struct picture_card hostile = {.language = language,
                                             .issuer = words[i],
                                             .kind = words[i],
                                             .title = words[i],
                                             .site = words[i],
                                             .action = words[i]};
        struct str bytes = draw_card(&hostile);
        struct pixels card = open_png(&bytes);
        check_frame(&card);
        cairo_surface_destroy(card.surface);
        struct fault fault = {.text = ""};
        assert_int_equal(picture_draw_badge(&(struct picture_badge){.language = language,
                                                                    .sentence = words[i],
                                                                    .title = words[i],
                                                                    .scale = 2},
                                            &bytes, &fault),
                         US_OK);
        cairo_surface_destroy(open_png(&bytes).surface);
        free(words[i]);
    }
}

static void badges_have_one_size(void **state)
{
    (void)state;
    struct fault fault = {.text = ""};
    for (int scale = 0; scale < 5; scale++) {
        struct str bytes = STR_INIT;
        int drawn = scale < 1 ? 1 : scale > 3 ? 3 : scale;
        assert_int_equal(
            picture_draw_badge(&(struct picture_badge){.language = "ru",
                                                       .sentence = "41 организация подписала",
                                                       .title = "Свободу докерам",
                                                       .scale = scale},
                               &bytes, &fault),
            US_OK);
        struct pixels badge = open_png(&bytes);
        assert_int_equal(badge.width, PICTURE_BADGE_WIDTH * drawn);
        assert_int_equal(badge.height, PICTURE_BADGE_HEIGHT * drawn);
        cairo_surface_destroy(badge.surface);
    }
}

/* What is read from it, tests/http/share_test.py asks a reader of codes. */
static void codes_have_a_border(void **state)
{
    (void)state;
    struct str bytes = STR_INIT;
    struct fault fault = {.text = ""};
    assert_int_equal(picture_draw_code("https://undersign.example/en/dockers", &bytes, &fault),
                     US_OK);
    struct pixels code = open_png(&bytes);
    /* 29 squares and the border, of whole pixels. */
    int side = code.width / 37;
    assert_int_equal(code.width, code.height);
    assert_int_equal(code.width % 37, 0);
    assert_true(code.width >= 800);
    assert_int_equal(cairo_image_surface_get_format(code.surface), CAIRO_FORMAT_RGB24);
    assert_int_equal(count_others(&code, (int[]){0, 0}, (int[]){code.width, 4 * side}, WHITE), 0);
    assert_int_equal(count_others(&code, (int[]){0, 0}, (int[]){4 * side, code.width}, WHITE), 0);
    assert_int_equal(
        count_others(&code, (int[]){4 * side, 4 * side}, (int[]){11 * side, 5 * side}, 0), 0);
    cairo_surface_destroy(code.surface);

    char *longer = repeat("x", 5000);
    assert_int_equal(picture_draw_code(longer, &bytes, &fault), US_INVALID);
    assert_int_equal(bytes.len, 0);
    free(longer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cards_are_drawn),
        cmocka_unit_test(the_same_words_give_the_same_bytes),
        cmocka_unit_test(directions_are_kept),
        cmocka_unit_test(strangers_words_stay_in_place),
        cmocka_unit_test(badges_have_one_size),
        cmocka_unit_test(codes_have_a_border),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
