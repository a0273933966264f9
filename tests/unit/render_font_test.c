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
#include "render_rig.h"
#include "render_sample.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    struct shape_font *font = shape_font_new(cairo, &style, false, 0);
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

/* Where no font package is missing, U+FFFD stands for what cannot be printed. */
static void what_no_package_brings_is_replaced(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"Union \U0001F308 7", "Union \uFFFD 7"}, /* an emoji */
        {"Union \u0378", "Union \uFFFD"},         /* unassigned */
        {"Union \uE123\uE123", "Union \uFFFD\uFFFD"},
        {"\U00013000 Union", "\uFFFD Union"}, /* a hieroglyph */
        {"\U0001F308\u200D\U0001F308\uFE0F", "\uFFFD\u200D\uFFFD\uFE0F"},
        {"工 \u0378", "工 \uFFFD"}, /* fonts-noto-cjk is missing, and is told */
        {"\u0B95", "\u0B95"},
        {"\u08A2", "\u08A2"},
        {"Профсоюз\nUnion", "Профсоюз\nUnion"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = sheet_replace_text(cases[i][0]);
        assert_string_equal(text, cases[i][1]);
        free(text);
    }
}

/* Selectors, joiners and tags say how others are drawn. */
static void marks_without_a_shape_are_nothing(void **state)
{
    (void)state;
    static const char text[] = "Un\uFE0Fi\u200Do\u200C\U000E0067n\U000E007F\U000E0101\u2060";
    cairo_surface_t *surface = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, NULL);
    cairo_t *cairo = cairo_create(surface);
    struct shape_font *font = shape_font_new(cairo, &style, false, 0);
    struct shape *with = shape_text(font, text, 1000), *without = shape_text(font, "Union", 1000);
    struct fault fault = {.text = ""};
    assert_int_equal(sheet_check_text(text, &fault), US_OK);
    assert_int_equal(shape_missing(with), 0);
    assert_float_equal(shape_line_width(with, 0), shape_line_width(without, 0), 0.01);
    shape_release(with);
    shape_release(without);
    shape_font_free(font);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
}

#define ENTRIES 3
static const struct letter_signatory entries[ENTRIES] = {
    {.organisation = "Union \U0001F600 Solidarity \U0001F3F3\uFE0F\u200D\U0001F308",
     .organisation_latin = "Rainbow \U0001F308 Latin"},
    {.organisation = "Unassigned \u0378 Character", .representative = "Rep \u0379 Example"},
    {.organisation = "Egyptian \U00013000 Hieroglyphs", .town = "Luxor \U00013001 City"},
};
/* One more organisation behind these; NULL: none. */
static enum us_err write_entries(const struct rig *rig, bool is_individual, const char *other,
                                 struct fault *fault)
{
    struct letter_writer *writer;
    int pages;
    const struct letter letter = {.language = language_find("en"),
                                  .text_language = "en",
                                  .body = "A text.\n",
                                  .kind = "Open letter",
                                  .is_individual = is_individual,
                                  .named = ENTRIES + (other != NULL)};
    enum us_err err = letter_begin(&letter, rig->path, &writer, fault);
    assert_int_equal(err, US_OK);
    for (int64_t i = 0; i < letter.named && err == US_OK; i++)
        err = letter_add(
            writer, i < ENTRIES ? &entries[i] : &(struct letter_signatory){.organisation = other},
            fault);
    if (err == US_OK)
        return letter_end(writer, &pages, fault);
    letter_abandon(writer);
    return err;
}

static void one_character_stops_no_letter(void **state)
{
    const struct rig *rig = *state;
    static const char *const words[] = {"Union \U0001F600 Solidarity \uFFFD\uFFFD",
                                        "Rainbow \uFFFD Latin",
                                        "Unassigned \uFFFD Character",
                                        "Rep \uFFFD Example",
                                        "Egyptian \uFFFD Hieroglyphs",
                                        "Luxor \uFFFD City"};
    for (int is_individual = 0; is_individual < 2; is_individual++) {
        struct fault fault = {.text = ""};
        if (write_entries(rig, is_individual, NULL, &fault) != US_OK)
            fail_msg("%s", fault.text);
        char *text = rig_text(rig, "");
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (!strstr(text, words[i]))
                fail_msg("no \"%s\" in:\n%s", words[i], text);
        free(text);
    }
}

/* For whose entry the package is needed; a long list's is told as soon as it comes. */
static void missing_packages_are_told_with_the_entry(void **state)
{
    const struct rig *rig = *state;
    static const struct letter_signatory signatory = {.organisation = "Seafarers 中"};
    for (int kind = 0; kind < 3; kind++) {
        struct fault fault = {.text = ""};
        struct letter_writer *writer;
        const struct letter letter = {.language = language_find("en"),
                                      .text_language = "en",
                                      .body = "A text.\n",
                                      .named = 3000};
        enum us_err err;
        if (kind < 2) {
            err = write_entries(rig, kind == 1, signatory.organisation, &fault);
        } else {
            assert_int_equal(letter_begin(&letter, rig->path, &writer, &fault), US_OK);
            assert_int_equal(letter_add(writer, &entries[0], &fault), US_OK);
            err = letter_add(writer, &signatory, &fault);
            letter_abandon(writer);
        }
        assert_int_equal(err, US_NOT_FOUND);
        assert_non_null(strstr(fault.text, "U+4E2D"));
        assert_non_null(strstr(fault.text, "fonts-noto-cjk"));
        if (!strstr(fault.text, "\"Seafarers 中\""))
            fail_msg("%s", fault.text);
        assert_int_equal(rig_count_files(rig), 0);
    }
}

/* The appeal's own words are nobody's entry. */
static void own_words_blame_no_entry(void **state)
{
    const struct rig *rig = *state;
    const struct letter letter = {.language = language_find("en"),
                                  .text_language = "en",
                                  .body = "A text 中.\n",
                                  .is_individual = true,
                                  .named = 1};
    struct letter_writer *writer;
    struct fault fault = {.text = ""};
    assert_int_equal(letter_begin(&letter, rig->path, &writer, &fault), US_OK);
    assert_int_equal(letter_add(writer, &entries[0], &fault), US_NOT_FOUND);
    assert_non_null(strstr(fault.text, "fonts-noto-cjk"));
    assert_null(strstr(fault.text, "Union"));
    letter_abandon(writer);
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
        cmocka_unit_test(what_no_package_brings_is_replaced),
        cmocka_unit_test(marks_without_a_shape_are_nothing),
        cmocka_unit_test_setup_teardown(one_character_stops_no_letter, rig_open, rig_close),
        cmocka_unit_test_setup_teardown(missing_packages_are_told_with_the_entry, rig_open,
                                        rig_close),
        cmocka_unit_test_setup_teardown(own_words_blame_no_entry, rig_open, rig_close),
    };
    return cmocka_run_group_tests(tests, have_one_font, remove_folder);
}
