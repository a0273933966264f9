/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What is done where there is no font: fontconfig is given the folder of one that has Latin,
 * Cyrillic and some Arabic letters. Fonts are looked for once in a process, so this is a program of
 * its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "render/shape.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libcairo\n";
}

static const struct sheet_style style = {.size = 10, .language = "en"};

/* What it lacks is told, not drawn as a box. */
static void missing_fonts_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *text, *character, *script, *package;
    } cases[] = {
        {"中华海员工会", "U+4E2D", "Han", "fonts-noto-cjk"},
        {"海員組合 とう", "U+6D77", "Han", "fonts-noto-cjk"},
        {"とう", "U+3068", "Hiragana", "fonts-noto-cjk"},
        {"노조", "U+B178", "Hangul", "fonts-noto-cjk"},
        {"Union \u0B95\u0BB4", "U+0B95", "Tamil", "fonts-noto-core"},
        {"\u0627\u08A2", "U+08A2", "Arabic", "fonts-hosny-amiri"},
    };
    cairo_surface_t *surface = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, NULL);
    cairo_t *cairo = cairo_create(surface);
    struct shape_font *font = shape_font_new(cairo, &style, false);
    struct fault fault = {.text = ""};
    assert_int_equal(sheet_check_text("Union «Профсоюз» \u2068№ 7\u2069\u200B\u00AD", &fault),
                     US_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(sheet_check_text(cases[i].text, &fault), US_NOT_FOUND);
        if (!strstr(fault.text, cases[i].character))
            fail_msg("%s", fault.text);
        assert_non_null(strstr(fault.text, cases[i].script));
        assert_non_null(strstr(fault.text, cases[i].package));
        struct shape *shape = shape_text(font, cases[i].text, 1000);
        assert_true(shape_missing(shape) != 0);
        shape_release(shape);
    }
    shape_font_free(font);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
}

/* In a table's cell, its note, its head and its group, as in a paragraph. */
static void sheets_tell_what_is_missing(void **state)
{
    (void)state;
    static const char *const good[5] = {"text", "note", "head", "group", "paragraph"};
    for (int at = 0; at <= 5; at++) {
        const struct sheet_params params = {.foot = "", .created = "2026-11-07T00:00:00Z"};
        const char *texts[5];
        struct fault fault = {.text = ""};
        memcpy(texts, good, sizeof texts);
        if (at < 5)
            texts[at] = "工";
        struct sheet *sheet = sheet_new(&params, &fault);
        const struct sheet_column column = {texts[2], 1, PANGO_ALIGN_LEFT};
        const struct sheet_cell cell = {texts[0], texts[1]};
        sheet_text(sheet, texts[4], NULL, &style);
        sheet_table_begin(sheet, &column, 1, &style);
        sheet_table_group(sheet, texts[3], &style);
        sheet_table_row(sheet, &cell);
        assert_int_equal(sheet_check(sheet, &fault), at < 5 ? US_NOT_FOUND : US_OK);
        sheet_abandon(sheet);
    }
}

/* Before the first use of fontconfig, which reads its settings once. */
static int have_one_font(void **state)
{
    (void)state;
    char folder[] = "/tmp/undersign-fonts-XXXXXX";
    if (!mkdtemp(folder))
        return -1;
    char *path = mem_format("%s/fonts.conf", folder);
    FILE *file = fopen(path, "w");
    if (!file)
        return -1;
    fprintf(file,
            "<fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir><cachedir>%s</cachedir>"
            "</fontconfig>\n",
            folder);
    fclose(file);
    setenv("FONTCONFIG_FILE", path, 1);
    *state = mem_string(folder);
    free(path);
    return 0;
}

static int remove_folder(void **state)
{
    char *command = mem_format("rm -r %s", (char *)*state);
    int status = system(command);
    free(command);
    free(*state);
    return status;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missing_fonts_are_told),
        cmocka_unit_test(sheets_tell_what_is_missing),
    };
    return cmocka_run_group_tests(tests, have_one_font, remove_folder);
}
