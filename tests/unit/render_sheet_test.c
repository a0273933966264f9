/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Paper and tables as their readers find them: sizes, heads and feet, sections with their own
 * numbers, rows that stay whole, heads and groups that stand again on every page, columns that
 * follow the direction, and what a machine that reads aloud is told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"
#include "render/sheet.h"
#include "render_rig.h"
#include "text/language.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct sheet_style plain = {.size = 11, .language = "en"};
static const struct sheet_style cell_style = {.size = 9.5, .language = "en"};
static const struct sheet_style group_style = {
    .size = 11, .is_bold = true, .before = 12, .after = 3, .tag = "H2", .language = "en"};
static const struct sheet_column two_columns[] = {
    {"HeadOne", 0.7, PANGO_ALIGN_LEFT},
    {"HeadTwo", 0.3, PANGO_ALIGN_LEFT},
};

static struct sheet_params params_of(const struct rig *rig)
{
    return (struct sheet_params){.path = rig->path,
                                 .created = "2026-11-07T00:00:00Z",
                                 .title = "Title",
                                 .foot = "Page {page}",
                                 .foot_last = "Page {page} of {pages}",
                                 .is_tagged = true};
}

static struct sheet *open_sheet(const struct sheet_params *params)
{
    struct fault fault = {.text = ""};
    struct sheet *sheet = sheet_new(params, &fault);
    assert_non_null(sheet);
    return sheet;
}

static int close_sheet(struct sheet *sheet)
{
    int pages;
    assert_int_equal(sheet_end(sheet, &pages), US_OK);
    return pages;
}

static void row(struct sheet *sheet, const char *text, const char *note, const char *second)
{
    const struct sheet_cell cells[] = {{text, note}, {second, NULL}};
    sheet_table_row(sheet, cells);
}

static void numbered_row(struct sheet *sheet, int number)
{
    char text[32];
    snprintf(text, sizeof text, "row%da\u2028row%db\u2028row%dc", number, number, number);
    row(sheet, text, NULL, "x");
}

static char *page_text(const struct rig *rig, int page)
{
    char *options = mem_format("-layout -f %d -l %d", page, page);
    char *text = rig_text(rig, options);
    free(options);
    return text;
}

static bool has(const char *text, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
        if ((at == text || strchr(" \n\f", at[-1])) && strchr(" \n\f", at[len]))
            return true;
    return false;
}

static void papers_have_their_sizes(void **state)
{
    struct rig *rig = *state;
    static const struct {
        double width, height;
        const char *said;
        double right; /* where the measure ends */
    } cases[] = {{0, 0, "595.276 x 841.89 pts (A4)", 538.6},
                 {595.28, 841.89, "595.28 x 841.89 pts (A4)", 538.6},
                 {612, 792, "612 x 792 pts (letter)", 555.3}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sheet_params params = params_of(rig);
        struct sheet_style style = plain;
        double edges[2];
        params.width = cases[i].width;
        params.height = cases[i].height;
        style.align = PANGO_ALIGN_RIGHT;
        struct sheet *sheet = open_sheet(&params);
        sheet_text(sheet, "edge", NULL, &style);
        close_sheet(sheet);
        char *info = rig_run("pdfinfo %s", rig->path);
        assert_non_null(strstr(info, cases[i].said));
        free(info);
        rig_find_word(rig, "edge", edges);
        assert_true(edges[1] > cases[i].right - 1 && edges[1] < cases[i].right + 1);
    }
}

/* The binding edge is where lines begin. */
static void margins_follow_the_direction(void **state)
{
    struct rig *rig = *state;
    for (int is_rtl = 0; is_rtl <= 1; is_rtl++) {
        struct sheet_params params = params_of(rig);
        struct sheet_style style = plain;
        double edges[2];
        params.is_rtl = is_rtl;
        style.direction = is_rtl ? "ar" : "en";
        struct sheet *sheet = open_sheet(&params);
        sheet_text(sheet, "edge", NULL, &style);
        close_sheet(sheet);
        rig_find_word(rig, "edge", edges);
        double margin = is_rtl ? 595.276 - edges[1] : edges[0];
        assert_true(margin > 70 && margin < 72);
    }
}

/* Three parts: of two pages with numbers of their own, of one, and one that goes on counting. */
static void sections_have_their_own_numbers(void **state)
{
    struct rig *rig = *state;
    struct sheet_params params = params_of(rig);
    params.foot = "Page {page} of {pages}";
    params.running_title = "RUNNING";
    params.total = 2;
    struct sheet *sheet = open_sheet(&params);
    sheet_section(sheet, 2); /* begins on the page that is there */
    for (int i = 0; i < 60; i++)
        sheet_text(sheet, "first", NULL, &plain);
    sheet_section(sheet, 2);
    sheet_text(sheet, "second", NULL, &plain);
    sheet_section(sheet, 0);
    sheet_text(sheet, "third", NULL, &plain);
    assert_int_equal(close_sheet(sheet), 4);
    static const struct {
        const char *word, *foot;
        bool has_title;
    } pages[] = {{"first", "Page 1 of 2", false},
                 {"first", "Page 2 of 2", true},
                 {"second", "Page 1 of 2", false},
                 {"third", "Page 2 of 2", false}};
    for (int i = 0; i < 4; i++) {
        char *text = page_text(rig, i + 1);
        assert_true(has(text, pages[i].word));
        assert_non_null(strstr(text, pages[i].foot));
        assert_int_equal(has(text, "RUNNING"), pages[i].has_title);
        free(text);
    }
}

static void last_page_alone_says_how_many(void **state)
{
    struct rig *rig = *state;
    struct sheet_params params = params_of(rig);
    struct sheet *sheet = open_sheet(&params);
    for (int i = 0; i < 120; i++)
        sheet_text(sheet, "text", NULL, &plain);
    assert_int_equal(close_sheet(sheet), 3);
    for (int page = 1; page <= 3; page++) {
        char *text = page_text(rig, page), *foot = mem_format("Page %d", page);
        assert_non_null(strstr(text, foot));
        assert_int_equal(strstr(text, " of ") != NULL, page == 3);
        free(foot);
        free(text);
    }
}

/* Wherever on the page the table begins: rows are whole, every page with rows has the head, and the
 * group's heading stands on the page of its first row, and again on every further one. */
static void tables_break_between_rows(void **state)
{
    struct rig *rig = *state;
    for (int before = 0; before < 50; before += 3) {
        struct sheet_params params = params_of(rig);
        struct sheet_style heading = plain;
        struct sheet *sheet = open_sheet(&params);
        heading.is_kept = true;
        for (int i = 0; i < before; i++)
            sheet_text(sheet, "filling", NULL, &plain);
        sheet_text(sheet, "Signed", NULL, &heading);
        sheet_table_begin(sheet, two_columns, 2, &cell_style);
        for (int i = 0; i < 50; i++) {
            if (i % 30 == 0)
                sheet_table_group(sheet, i ? "GroupTwo" : "GroupOne", &group_style);
            numbered_row(sheet, i);
        }
        sheet_table_end(sheet);
        int pages = close_sheet(sheet), seen = 0;
        assert_in_range(pages, 3, 6);
        for (int page = 1; page <= pages; page++) {
            char *text = page_text(rig, page);
            int first = seen;
            for (; seen < 50; seen++) {
                char a[16], b[16], c[16];
                snprintf(a, sizeof a, "row%da", seen);
                snprintf(b, sizeof b, "row%db", seen);
                snprintf(c, sizeof c, "row%dc", seen);
                assert_int_equal(has(text, a), has(text, b));
                assert_int_equal(has(text, a), has(text, c));
                if (!has(text, a))
                    break;
            }
            assert_int_equal(has(text, "HeadOne"), seen > first);
            assert_int_equal(has(text, "GroupOne"), first < 30 && seen > first);
            assert_int_equal(has(text, "GroupTwo"), seen > 30);
            assert_int_equal(has(text, "Signed"), first == 0 && seen > 0);
            free(text);
        }
        assert_int_equal(seen, 50);
    }
}

/* What is only counted breaks where what is drawn does. */
static void pages_are_counted_as_drawn(void **state)
{
    struct rig *rig = *state;
    int counts[2];
    for (int is_drawn = 0; is_drawn <= 1; is_drawn++) {
        struct sheet_params params = params_of(rig);
        params.running_title = "RUNNING";
        params.path = is_drawn ? rig->path : NULL;
        struct sheet *sheet = open_sheet(&params);
        struct sheet_style heading = group_style;
        heading.is_kept = true;
        heading.bookmark = "Heading";
        sheet_text(sheet, "Heading", NULL, &heading);
        sheet_rule(sheet, 0);
        for (int i = 0; i < 7; i++)
            sheet_text(sheet, "text\u2028text", NULL, &plain);
        sheet_table_begin(sheet, two_columns, 2, &cell_style);
        sheet_table_group(sheet, "Group", &heading);
        for (int i = 0; i < 333; i++)
            row(sheet, i % 3 ? "one line" : "one\u2028two", i % 2 ? "note" : NULL, NULL);
        sheet_table_end(sheet);
        counts[is_drawn] = close_sheet(sheet);
    }
    assert_true(counts[0] > 8);
    assert_int_equal(counts[0], counts[1]);
}

/* No page has room for it: it is broken, and nothing of it is lost. */
static void giant_rows_end(void **state)
{
    struct rig *rig = *state;
    struct sheet_params params = params_of(rig);
    struct sheet *sheet = open_sheet(&params);
    struct str giant = STR_INIT, note = STR_INIT;
    for (int i = 0; i < 600; i++) {
        char line[64];
        snprintf(line, sizeof line, "%sword%d", i ? "\u2028" : "", i);
        str_append_text(&giant, line);
        snprintf(line, sizeof line, "%snote%d", i ? "\u2028" : "", i);
        str_append_text(&note, line);
    }
    sheet_table_begin(sheet, two_columns, 2, &cell_style);
    sheet_table_group(sheet, "Group", &group_style);
    row(sheet, "before", NULL, NULL);
    row(sheet, str_text(&giant), str_text(&note), "second");
    row(sheet, "after", NULL, NULL);
    sheet_table_end(sheet);
    int pages = close_sheet(sheet);
    assert_in_range(pages, 15, 30);
    char *text = rig_text(rig, "-layout");
    for (int i = 0; i < 600; i++) {
        char word[16];
        snprintf(word, sizeof word, "word%d", i);
        assert_true(has(text, word));
        snprintf(word, sizeof word, "note%d", i);
        assert_true(has(text, word));
    }
    const char *const parts[] = {"before", "word0", "word599", "note0", "note599", "after"};
    rig_assert_in_order(text, parts, 6);
    free(text);
    str_free(&giant);
    str_free(&note);
}

static void columns_follow_the_direction(void **state)
{
    struct rig *rig = *state;
    static const struct sheet_column columns[] = {
        {"", 0.5, PANGO_ALIGN_LEFT}, {"", 0.25, PANGO_ALIGN_RIGHT}, {"", 0.25, PANGO_ALIGN_LEFT}};
    for (int is_rtl = 0; is_rtl <= 1; is_rtl++) {
        struct sheet_params params = params_of(rig);
        double name[2], count[2], person[2];
        params.is_rtl = is_rtl;
        struct sheet *sheet = open_sheet(&params);
        sheet_table_begin(sheet, columns, 3, &cell_style);
        /* Names of the other direction stand in their column like the others. */
        const struct sheet_cell cells[] = {{"Union", NULL}, {"1234", NULL}, {"王伟", NULL}};
        sheet_table_row(sheet, cells);
        sheet_table_end(sheet);
        close_sheet(sheet);
        rig_find_word(rig, "Union", name);
        rig_find_word(rig, "1234", count);
        rig_find_word(rig, "王伟", person);
        const double left = is_rtl ? 56.7 : 70.9, measure = 467.7, edge = left + measure;
        if (is_rtl) {
            assert_true(name[1] > edge - 1 && name[1] < edge + 1);
            assert_true(count[0] > left + measure / 4 - 1 && count[0] < left + measure / 4 + 20);
            assert_true(person[1] > left + measure / 4 - 40 && person[1] <= left + measure / 4);
        } else {
            assert_true(name[0] > left - 1 && name[0] < left + 1);
            assert_true(count[1] < left + measure * 0.75 && count[1] > left + measure * 0.75 - 20);
            assert_true(person[0] > left + measure * 0.75 - 1 &&
                        person[0] < left + measure * 0.75 + 1);
        }
    }
}

/* Figures alone go the sheet's way, as they do in a paragraph. */
static void figures_follow_the_direction(void **state)
{
    struct rig *rig = *state;
    static const struct sheet_column column = {"", 1, PANGO_ALIGN_LEFT};
    for (int is_rtl = 0; is_rtl <= 1; is_rtl++) {
        struct sheet_params params = params_of(rig);
        const struct sheet_cell cell = {"111 222", NULL};
        double first[2], second[2];
        params.is_rtl = is_rtl;
        struct sheet *sheet = open_sheet(&params);
        sheet_table_begin(sheet, &column, 1, &cell_style);
        sheet_table_row(sheet, &cell);
        sheet_table_end(sheet);
        close_sheet(sheet);
        rig_find_word(rig, "111", first);
        rig_find_word(rig, "222", second);
        assert_int_equal(first[0] > second[0], is_rtl);
    }
}

static const struct sheet_cell scripts[][2] = {
    {{"Union of Oil Workers – Local 3", "the note’s own words"}, {"Zoë Müller", "président"}},
    {{"Независимый профсоюз «Жанарту» № 7", "Zhanartu Union"}, {"А. Б. Примеров", "голова"}},
    {{"中华海员工会", "Seafarers"}, {"王伟", "主席"}},
    {{"النقابة المستقلة لعمال النقل", "Transport Workers"}, {"محمد علي", "رئيس النقابة"}},
    {{"Syndicat النقابة 中华 mixte", NULL}, {"Ђорђе Ћирић", NULL}},
};
#define SCRIPTS (sizeof scripts / sizeof *scripts)

/* Each cell's text comes out whole and in the table's order, in either direction of the sheet. */
static void cells_come_out_in_every_script(void **state)
{
    struct rig *rig = *state;
    for (int is_rtl = 0; is_rtl <= 1; is_rtl++) {
        struct sheet_params params = params_of(rig);
        params.is_rtl = is_rtl;
        struct sheet *sheet = open_sheet(&params);
        sheet_table_begin(sheet, two_columns, 2, &cell_style);
        for (size_t i = 0; i < SCRIPTS; i++)
            sheet_table_row(sheet, scripts[i]);
        sheet_table_end(sheet);
        close_sheet(sheet);
        char *text = rig_text(rig, "-layout");
        for (size_t i = 0; i + 1 < SCRIPTS; i++)
            for (size_t c = 0; c < 2; c++) {
                assert_non_null(strstr(text, scripts[i][c].text));
                assert_non_null(strstr(text, scripts[i][c].note));
            }
        free(text);
        text = rig_run("pdfinfo -struct-text %s", rig->path);
        const char *at = text;
        for (size_t i = 0; i < SCRIPTS * 2; i++) {
            at = strstr(at, scripts[i / 2][i % 2].text);
            assert_non_null(at);
        }
        free(text);
    }
}

/* A reader's program is told of rows and cells, of words on both sides of a line's end, and of
 * nothing that stands again on the next page. */
static void structure_holds_the_table_once(void **state)
{
    struct rig *rig = *state;
    for (int is_tagged = 0; is_tagged <= 1; is_tagged++) {
        struct sheet_params params = params_of(rig);
        params.is_tagged = is_tagged;
        params.running_title = "RUNNING";
        struct sheet *sheet = open_sheet(&params);
        sheet_text(sheet,
                   "A text that is long enough to take more than a single line on its sheet of "
                   "paper, however wide it may be.",
                   NULL, &plain);
        sheet_table_begin(sheet, two_columns, 2, &cell_style);
        sheet_table_group(sheet, "GroupOne", &group_style);
        for (int i = 0; i < 80; i++)
            row(sheet,
                "An organisation whose name does not have enough room on one line of its column",
                "note", "second");
        sheet_table_end(sheet);
        assert_in_range(close_sheet(sheet), 3, 9);
        char *text = rig_run("pdfinfo -struct-text %s", rig->path);
        assert_non_null(strstr(text, "on its sheet of paper, however wide it may be.\""));
        assert_null(strstr(text, "RUNNING"));
        assert_null(strstr(text, "Page"));
        char *group = strstr(text, "\"GroupOne\"");
        assert_non_null(group);
        assert_null(strstr(group + 1, "\"GroupOne\""));
        assert_int_equal(strstr(text, "Table") != NULL, is_tagged);
        assert_int_equal(strstr(text, "H2") != NULL, !is_tagged);
        if (is_tagged) {
            const char *const parts[] = {
                "TR",           "TH", "\"HeadOne\"", "TH", "\"HeadTwo\"", "TR", "TH",
                "\"GroupOne\"", "TR", "TD",          "TD", "\"second\"",  "TR"};
            rig_assert_in_order(text, parts, sizeof parts / sizeof *parts);
            assert_non_null(strstr(text, "does not have enough room on one line of its column "
                                         "note\""));
            char *head = strstr(text, "\"HeadOne\"");
            assert_null(strstr(head + 1, "\"HeadOne\""));
        }
        free(text);
    }
}

static void bookmarks_have_levels(void **state)
{
    struct rig *rig = *state;
    struct sheet_params params = params_of(rig);
    struct sheet *sheet = open_sheet(&params);
    struct sheet_style style = plain;
    static const struct {
        const char *bookmark;
        int level;
    } entries[] = {{"A", 0}, {"A1", 1}, {"A2", 1}, {"B", 0}, {"B1", 1}};
    for (size_t i = 0; i < 5; i++) {
        style.bookmark = entries[i].bookmark;
        style.bookmark_level = entries[i].level;
        sheet_text(sheet, entries[i].bookmark, NULL, &style);
    }
    close_sheet(sheet);
    char *found = rig_run("qpdf --json --json-key=outlines %s | tr -d ' \\n'", rig->path);
    /* A's kids are listed within A. */
    const char *kids = strstr(found, "\"kids\":[{");
    assert_non_null(kids);
    assert_non_null(strstr(found, "\"title\":\"A1\""));
    const char *a1 = strstr(found, "\"title\":\"A1\""), *a = strstr(found, "\"title\":\"A\"");
    const char *b1 = strstr(found, "\"title\":\"B1\""), *b = strstr(found, "\"title\":\"B\"");
    assert_true(kids < a1 && a1 < a && a < b1 && b1 < b);
    free(found);
}

/* What is kept from row to row changes nothing on the page. */
static void tables_are_deterministic(void **state)
{
    struct rig *rig = *state;
    char *digests[2];
    for (int i = 0; i < 2; i++) {
        struct sheet_params params = params_of(rig);
        struct sheet *sheet = open_sheet(&params);
        sheet_table_begin(sheet, two_columns, 2, &cell_style);
        for (int n = 0; n < 500; n++)
            sheet_table_row(sheet, scripts[(size_t)n % SCRIPTS]);
        sheet_table_end(sheet);
        close_sheet(sheet);
        digests[i] = rig_run("sha256sum < %s", rig->path);
    }
    assert_string_equal(digests[0], digests[1]);
    free(digests[0]);
    free(digests[1]);
}

static void empty_tables_have_their_heads(void **state)
{
    struct rig *rig = *state;
    struct sheet_params params = params_of(rig);
    struct sheet *sheet = open_sheet(&params);
    sheet_table_begin(sheet, two_columns, 2, &cell_style);
    sheet_table_end(sheet);
    sheet_table_begin(sheet, two_columns, 2, &cell_style);
    sheet_table_group(sheet, "GroupOne", &group_style);
    sheet_table_end(sheet);
    sheet_table_begin(sheet, two_columns, 2, &cell_style);
    row(sheet, NULL, NULL, "");
    assert_int_equal(close_sheet(sheet), 1); /* ends the table too */
    char *text = rig_text(rig, "-layout");
    const char *const parts[] = {"HeadOne", "HeadOne", "GroupOne", "HeadOne"};
    rig_assert_in_order(text, parts, 4);
    free(text);
}

/* An image stands on the page of what follows it. */
static void images_are_kept_with_what_follows(void **state)
{
    struct rig *rig = *state;
    cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 40, 20);
    for (int lines = 25; lines < 50; lines++) {
        struct sheet_params params = params_of(rig);
        params.running_title = NULL;
        struct sheet *sheet = open_sheet(&params);
        for (int i = 0; i < lines; i++)
            sheet_text(sheet, "filling", NULL, &plain);
        sheet_image(sheet, image, 200, 60);
        sheet_space(sheet, 5);
        sheet_text(sheet, "following", NULL, &plain);
        close_sheet(sheet);
        char *images = rig_run("pdfimages -list %s | tail -n +3", rig->path);
        int page = atoi(images);
        char *text = page_text(rig, page);
        assert_true(has(text, "following"));
        free(text);
        free(images);
    }
    cairo_surface_destroy(image);
}

#define SHEET_TEST(test) cmocka_unit_test_setup_teardown(test, rig_open, rig_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHEET_TEST(papers_have_their_sizes),
        SHEET_TEST(margins_follow_the_direction),
        SHEET_TEST(sections_have_their_own_numbers),
        SHEET_TEST(last_page_alone_says_how_many),
        SHEET_TEST(tables_break_between_rows),
        SHEET_TEST(pages_are_counted_as_drawn),
        SHEET_TEST(giant_rows_end),
        SHEET_TEST(columns_follow_the_direction),
        SHEET_TEST(figures_follow_the_direction),
        SHEET_TEST(cells_come_out_in_every_script),
        SHEET_TEST(structure_holds_the_table_once),
        SHEET_TEST(bookmarks_have_levels),
        SHEET_TEST(tables_are_deterministic),
        SHEET_TEST(empty_tables_have_their_heads),
        SHEET_TEST(images_are_kept_with_what_follows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
