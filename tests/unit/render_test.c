/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Lists as CSV (RFC 4180, and nothing that a spreadsheet takes for a formula), and what a sheet of
 * paper promises: headings stay with their text, rows are not split, lines do not stand alone, feet
 * stay within the margins in both directions.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"
#include "render/csv.h"
#include "render/sheet.h"
#include "render_rig.h"
#include "text/language.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One row of one cell, without its line end. */
static char *cell(const char *text)
{
    char *bytes = NULL;
    size_t len = 0;
    struct csv csv = {.file = open_memstream(&bytes, &len)};
    csv_text(&csv, text);
    assert_true(csv_end_row(&csv));
    fclose(csv.file);
    assert_true(len >= 2 && strcmp(bytes + len - 2, "\r\n") == 0);
    bytes[len - 2] = '\0';
    return bytes;
}

static void csv_quotes_by_rfc_4180(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"plain", "plain"},
        {NULL, ""},
        {"", ""},
        {"a,b", "\"a,b\""},
        {"a;b", "a;b"},
        {"«Жанарту»", "«Жанарту»"},
        {"the \"Free\" union", "\"the \"\"Free\"\" union\""},
        {"\"", "\"\"\"\""},
        {"two\nlines", "\"two\nlines\""},
        {"two\r\nlines", "\"two\r\nlines\""},
        {" led", "\" led\""},
        {"trailed ", "\"trailed \""},
        {"中华海员工会", "中华海员工会"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *written = cell(cases[i].text);
        assert_string_equal(written, cases[i].expected);
        free(written);
    }
}

static void csv_guards_against_formulas(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"=1+1", "'=1+1"},
        {"+7 700", "'+7 700"},
        {"-2", "'-2"},
        {"@SUM(A1)", "'@SUM(A1)"},
        {"\t=1", "'\t=1"},
        {"\r=1", "\"'\r=1\""},
        {"\n=1", "\"'\n=1\""},
        {"=HYPERLINK(\"http://x.example\",\"y\")",
         "\"'=HYPERLINK(\"\"http://x.example\"\",\"\"y\"\")\""},
        {"＝1+1", "'＝1+1"},
        {"＋7", "'＋7"},
        {"－2", "'－2"},
        {"＠SUM(A1)", "'＠SUM(A1)"},
        {"'=1+1", "''=1+1"}, /* as typed: not to be taken for "=1+1" */
        {"''-2", "'''-2"},
        {"'s-Hertogenbosch", "'s-Hertogenbosch"},
        {"。", "。"},
        {"a=1", "a=1"},
        {"a-b", "a-b"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *written = cell(cases[i].text);
        assert_string_equal(written, cases[i].expected);
        free(written);
    }
}

static void csv_rows_have_their_cells(void **state)
{
    (void)state;
    char *bytes = NULL;
    size_t len = 0;
    struct csv csv = {.file = open_memstream(&bytes, &len)};
    csv_text(&csv, "a");
    csv_text(&csv, NULL);
    csv_number(&csv, -5); /* ours, so no formula */
    assert_true(csv_end_row(&csv));
    csv_text(&csv, NULL);
    csv_number(&csv, INT64_MAX);
    assert_true(csv_end_row(&csv));
    fclose(csv.file);
    assert_string_equal(bytes, "a,,-5\r\n,9223372036854775807\r\n");
    free(bytes);
}

/* Each row can be on its way before the next one is known, and a full disk is noticed. */
static void csv_streams(void **state)
{
    (void)state;
    char *bytes = NULL;
    size_t len = 0;
    struct csv csv = {.file = open_memstream(&bytes, &len)};
    for (int i = 0; i < 1000; i++) {
        size_t before = len;
        csv_number(&csv, i);
        csv_text(&csv, "a union");
        assert_true(csv_end_row(&csv));
        assert_int_equal(fflush(csv.file), 0);
        assert_true(len > before);
    }
    fclose(csv.file);
    free(bytes);

    csv = (struct csv){.file = fopen("/dev/full", "w")};
    assert_non_null(csv.file);
    bool is_good = true;
    for (int i = 0; i < 10000 && is_good; i++) {
        csv_text(&csv, "a union");
        is_good = csv_end_row(&csv);
    }
    assert_false(is_good);
    fclose(csv.file);
}

static const struct sheet_style plain = {.size = 11, .language = "en"};

static struct sheet *sheet_begin(const struct rig *rig, const char *foot, bool is_rtl)
{
    struct fault fault = {.text = ""};
    const struct sheet_params params = {.path = rig->path,
                                        .created = "2026-11-07T00:00:00Z",
                                        .foot = foot,
                                        .foot_note = "undersign.example/ru/appeal",
                                        .is_rtl = is_rtl,
                                        .total = 9};
    struct sheet *sheet = sheet_new(&params, &fault);
    assert_non_null(sheet);
    return sheet;
}

/* Lines "L1", "L2", ... down to `lines` before the page's end, which holds `most`. */
static void fill(struct sheet *sheet, int count)
{
    char text[16];
    for (int i = 0; i < count; i++) {
        snprintf(text, sizeof text, "L%d", i + 1);
        sheet_text(sheet, text, NULL, &plain);
    }
}

/* How many one-line texts fit on a page. */
static int lines_on_page(struct rig *rig)
{
    int pages;
    struct sheet *sheet = sheet_begin(rig, "{page}", false);
    fill(sheet, 200);
    assert_int_equal(sheet_end(sheet, &pages), US_OK);
    char *text = rig_text(rig, "-l 1");
    int most = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        int number;
        if (sscanf(line, "L%d", &number) == 1)
            most = number;
    }
    free(text);
    assert_in_range(most, 20, 100);
    return most;
}

static void sheet_keeps_headings_with_text(void **state)
{
    struct rig *rig = *state;
    int most = lines_on_page(rig), pages;
    for (int left = 1; left <= 5; left++) {
        struct sheet *sheet = sheet_begin(rig, "{page}", false);
        struct sheet_style heading = plain, row = plain;
        heading.is_kept = true;
        heading.is_bold = true;
        row.is_whole = true;
        fill(sheet, most - left);
        sheet_text(sheet, "Heading", NULL, &heading);
        sheet_text(sheet, "Country", NULL, &heading);
        sheet_text(sheet, "first\u2028second\u2028third", NULL, &row);
        assert_int_equal(sheet_end(sheet, &pages), US_OK);
        assert_int_equal(pages, left < 5 ? 2 : 1);
        char *text = rig_text(rig, left < 5 ? "-f 2" : "-l 1");
        static const char *const parts[] = {"Heading", "Country", "first", "second", "third"};
        rig_assert_in_order(text, parts, 5);
        free(text);
    }
}

static void sheet_breaks_leave_two_lines(void **state)
{
    struct rig *rig = *state;
    int most = lines_on_page(rig), pages;
    static const char *const lines[] = {"one", "two", "three", "four", "five", "six"};
    /* How many of the paragraph's lines stand on the first page, by how many were free. */
    static const int expected[3][6] = {
        {0, 0, 0, 3, 3, 3}, /* of 3: all or none */
        {0, 0, 2, 2, 4, 4}, /* of 4: never three and one */
        {0, 0, 2, 3, 4, 4}, /* of 6: never five and one */
    };
    static const int counts[] = {3, 4, 6};
    for (int c = 0; c < 3; c++)
        for (int left = 0; left <= 5; left++) {
            struct str paragraph = STR_INIT;
            for (int i = 0; i < counts[c]; i++) {
                str_append_text(&paragraph, i ? "\u2028" : "");
                str_append_text(&paragraph, lines[i]);
            }
            struct sheet *sheet = sheet_begin(rig, "{page}", false);
            fill(sheet, most - left);
            sheet_text(sheet, str_text(&paragraph), NULL, &plain);
            assert_int_equal(sheet_end(sheet, &pages), US_OK);
            char *text = rig_text(rig, "-l 1");
            int on_first = 0;
            while (on_first < counts[c] && strstr(text, lines[on_first]))
                on_first++;
            assert_int_equal(on_first, expected[c][left]);
            free(text);
            str_free(&paragraph);
        }
}

/* A heading at the very end, and more headings than a page holds, still come out. */
static void sheet_sets_down_what_it_holds(void **state)
{
    struct rig *rig = *state;
    struct sheet_style heading = plain;
    int pages;
    heading.is_kept = true;
    struct sheet *sheet = sheet_begin(rig, "{page}", false);
    for (int i = 0; i < 200; i++) {
        char text[16];
        snprintf(text, sizeof text, "H%d", i);
        sheet_text(sheet, text, NULL, &heading);
    }
    assert_int_equal(sheet_end(sheet, &pages), US_OK);
    assert_true(pages >= 3);
    char *text = rig_text(rig, "");
    static const char *const parts[] = {"H0", "H50", "H100", "H199"};
    rig_assert_in_order(text, parts, 4);
    free(text);
    sheet = sheet_begin(rig, "{page}", false);
    sheet_text(sheet, "held", NULL, &heading);
    sheet_abandon(sheet);
}

/* The foot's two ends, from the boxes of their words. */
static void sheet_feet_stay_on_the_page(void **state)
{
    struct rig *rig = *state;
    static const struct {
        const char *foot;
        bool is_rtl;
    } cases[] = {
        {"Page {page} of {pages}", false},
        {"Page {page} of {pages}", true},
        {"صفحة {page} من {pages}", true},
        {"صفحة {page} من {pages}", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int pages;
        struct sheet *sheet = sheet_begin(rig, cases[i].foot, cases[i].is_rtl);
        sheet_text(sheet, "text", NULL, &plain);
        assert_int_equal(sheet_end(sheet, &pages), US_OK);
        double number[2], note[2];
        rig_find_word(rig, "9", number);
        rig_find_word(rig, "undersign.example/ru/appeal", note);
        /* The number stands where lines end: on the left in Arabic. */
        const double *left = cases[i].is_rtl ? number : note;
        const double *right = cases[i].is_rtl ? note : number;
        const double edge = cases[i].is_rtl ? 56.7 : 70.9; /* the wider margin binds */
        assert_true(left[0] > edge - 1 && left[1] < 300);
        assert_true(right[0] > 300 && right[1] < edge + 467.7 + 1);
        char *text = rig_text(rig, "");
        assert_non_null(strstr(text, "1"));
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_quotes_by_rfc_4180),
        cmocka_unit_test(csv_guards_against_formulas),
        cmocka_unit_test(csv_rows_have_their_cells),
        cmocka_unit_test(csv_streams),
        cmocka_unit_test_setup_teardown(sheet_keeps_headings_with_text, rig_open, rig_close),
        cmocka_unit_test_setup_teardown(sheet_breaks_leave_two_lines, rig_open, rig_close),
        cmocka_unit_test_setup_teardown(sheet_sets_down_what_it_holds, rig_open, rig_close),
        cmocka_unit_test_setup_teardown(sheet_feet_stay_on_the_page, rig_open, rig_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
