/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Shapes against Pango's own layouts: texts put together from words are as wide, and break where
 * they should; what is kept gives way without changing anything. And what is done where there is no
 * font: fontconfig is given a folder of DejaVu's alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "render/shape.h"
#include "render/typeset.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fontconfig keeps what it has read until the process ends. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libcairo\n";
}

static const struct sheet_style style = {.size = 10, .language = "en"};

struct board {
    cairo_surface_t *surface;
    cairo_t *cairo;
    struct shape_font *font;
};

static struct board board_open(bool is_rtl)
{
    struct board board = {.surface =
                              cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, NULL)};
    board.cairo = cairo_create(board.surface);
    board.font = shape_font_new(board.cairo, &style, is_rtl, 0);
    return board;
}

static void board_close(struct board *board)
{
    shape_font_free(board->font);
    cairo_destroy(board->cairo);
    cairo_surface_destroy(board->surface);
}

static double width_of(struct shape_font *font, const char *text, double width, size_t line)
{
    struct shape *shape = shape_text(font, text, width);
    assert_true(shape_line_count(shape) > line);
    double found = shape_line_width(shape, line);
    shape_release(shape);
    return found;
}

static size_t lines_of(struct shape_font *font, const char *text, double width)
{
    struct shape *shape = shape_text(font, text, width);
    size_t count = shape_line_count(shape);
    for (size_t i = 0; i < count; i++)
        assert_true(shape_line_width(shape, i) <= width + 0.01);
    shape_release(shape);
    return count;
}

static double pango_width(cairo_t *cairo, const char *text, bool is_rtl)
{
    PangoLayout *layout = typeset_layout_new(cairo, is_rtl);
    int width, height;
    typeset_style(layout, &style);
    typeset_text(layout, text, NULL, "en");
    pango_layout_get_size(layout, &width, &height);
    g_object_unref(layout);
    return (double)width / PANGO_SCALE;
}

static void shapes_are_as_wide_as_layouts(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Union of Oil and Gas Workers, Local 12",
        "Независимый профсоюз «Жанарту» № 7",
        "Đà Nẵng, Zoë Müller – président",
        "中华海员工会",
        "النقابة المستقلة لعمال النقل",
        "Syndicat النقابة 中华 mixte",
        "12 345 678",
        " led  and   spaced ",
        "e\u0301clair \u2068isolated\u2069 end",
        "x",
    };
    for (int is_rtl = 0; is_rtl <= 1; is_rtl++) {
        struct board board = board_open(is_rtl);
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
            for (int again = 0; again < 2; again++) {
                double own = width_of(board.font, texts[i], 1000, 0);
                double pangos = pango_width(board.cairo, texts[i], is_rtl);
                /* A blank at the end has no width here. */
                double most = texts[i][strlen(texts[i]) - 1] == ' ' ? 4 : 0.5;
                if (own > pangos + 0.5 || own < pangos - most)
                    fail_msg("%s: %f and %f", texts[i], own, pangos);
            }
        board_close(&board);
    }
}

static void lines_break_between_words(void **state)
{
    (void)state;
    struct board board = board_open(false);
    double one = pango_width(board.cairo, "Workers", false);
    double two = pango_width(board.cairo, "Workers Workers", false);
    assert_int_equal(lines_of(board.font, "Workers Workers Workers", two + 1), 2);
    assert_int_equal(lines_of(board.font, "Workers Workers Workers", two - 1), 3);
    assert_int_equal(lines_of(board.font, "Workers Workers Workers", one + 1), 3);
    /* A line's width is without the blank at its end. */
    assert_true(width_of(board.font, "Workers Workers", two - 1, 0) < one + 0.5);
    /* A word that is wider than its column is broken all the same. */
    assert_true(lines_of(board.font, "Workers", one - 5) == 2);
    assert_true(lines_of(board.font, "WorkersWorkersWorkers", one + 1) >= 3);
    /* A dash does not begin a line: it goes on with the word before it, or both go down. */
    double dash = pango_width(board.cairo, "Workers –", false);
    assert_int_equal(lines_of(board.font, "Workers – Workers", dash + 1), 2);
    assert_true(width_of(board.font, "Workers Workers – of", two + 1, 0) < two - 1);
    /* Its own line ends count. */
    assert_int_equal(lines_of(board.font, "a\u2028b\nc", 500), 3);
    board_close(&board);
}

static void arabic_and_chinese_break_too(void **state)
{
    (void)state;
    struct board board = board_open(false);
    double whole = pango_width(board.cairo, "中华海员工会", false);
    assert_int_equal(lines_of(board.font, "中华海员工会", whole + 1), 1);
    assert_int_equal(lines_of(board.font, "中华海员工会", whole / 2 + 1), 2);
    whole = pango_width(board.cairo, "النقابة المستقلة لعمال النقل", false);
    assert_int_equal(lines_of(board.font, "النقابة المستقلة لعمال النقل", whole + 1), 1);
    assert_int_equal(lines_of(board.font, "النقابة المستقلة لعمال النقل", whole - 1), 2);
    board_close(&board);
}

/* The same text in two widths is two shapes, and ten thousand others in between change nothing. */
static void shapes_are_kept_apart(void **state)
{
    (void)state;
    struct board board = board_open(false);
    struct shape *held = shape_text(board.font, "Workers of the World", 1000);
    for (int i = 0; i < 10000; i++) {
        char text[64];
        snprintf(text, sizeof text, "Union%d of Local%d", i, i * 7);
        struct shape *shape = shape_text(board.font, text, 1000);
        double expected = i % 500 == 0 ? pango_width(board.cairo, text, false) : 0;
        if (expected > 0)
            assert_float_equal(shape_line_width(shape, 0), expected, 0.5);
        shape_release(shape);
    }
    assert_int_equal(shape_line_count(held), 1);
    double one = pango_width(board.cairo, "Workers", false);
    assert_int_equal(lines_of(board.font, "Workers of the World", one + 1), 3);
    assert_int_equal(lines_of(board.font, "Workers of the World", 1000), 1);
    shape_draw(held, 0, board.cairo, 0, 0); /* still there for whoever holds it */
    assert_int_equal(cairo_status(board.cairo), CAIRO_STATUS_SUCCESS);
    shape_release(held);
    shape_release(NULL);
    board_close(&board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_are_as_wide_as_layouts),
        cmocka_unit_test(lines_break_between_words),
        cmocka_unit_test(arabic_and_chinese_break_too),
        cmocka_unit_test(shapes_are_kept_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
