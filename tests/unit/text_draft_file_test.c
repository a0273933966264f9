/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Drafts of whole files: what a scan's lines become, what is told as a suspect and that nothing
 * else is, what is refused, and what is written.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"
#include "text/draft.h"
#include "text/markdown.h"
#include "text/slug.h"
#include "text_draft_rig.h"
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static void check_note(const struct draft *draft, int line, bool is_suspect, const char *part)
{
    for (size_t i = 0; i < draft->note_count; i++)
        if (draft->notes[i].line == line && draft->notes[i].is_suspect == is_suspect &&
            strstr(draft->notes[i].text, part))
            return;
    fail_msg("line %d: not told: %s", line, part);
}

static void bold_and_links_stay(void **state)
{
    (void)state;
    static const char text[] = "We said **it is over** to them, see <https://a.example/b_c>, and "
                               "left snake_case and 1. as they are.\n";
    struct draft *draft = draft_of(text, strlen(text), "en");
    char *whole = mem_format("%s\n", draft->blocks[0].markdown);
    assert_string_equal(whole, text);
    free(whole);
    draft_free(draft);
}

static void lines_of_a_scan_are_joined(void **state)
{
    (void)state;
    static const char text[] =
        "On Monday the gate of the northern yard was closed with a chain, and\n"
        "the people who came to work at six stood before it until the evening\n"
        "without a word from anybody.\n"
        "On Tuesday it was the same.\n"
        "\n"
        "Chained gate\n"
        "closed yard\n"
        "\n"
        "On Wednesday the chain was gone, and so were the machines, which had\n"
        "been carried away at night by people whom nobody had seen there before.\n";
    struct draft *draft = draft_of(text, strlen(text), "en");
    assert_int_equal(draft->block_count, 4);
    assert_null(strchr(draft->blocks[0].markdown, '\n'));
    assert_string_equal(draft->blocks[1].markdown, "On Tuesday it was the same.");
    assert_string_equal(draft->blocks[2].markdown, "Chained gate\\\nclosed yard");
    assert_null(strchr(draft->blocks[3].markdown, '\n'));
    check_note(draft, 4, false, "new paragraph");
    check_note(draft, 7, false, "its end was kept");
    draft_free(draft);
}

/* ---- suspects ---- */

static void suspects_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *text, *suspect;
    } cases[] = {
        {"Это слово не протeст.", "mixed scripts: \"протeст\""},
        {"A wоrd in here.", "mixed scripts: \"wоrd\""},
        {"Не какие –то силы", "space before a dash and none behind it: \"какие –то\""},
        {"Силы— это мы", "space behind a dash and none before it: \"Силы— это\""},
        {"Было в 2011г. так", "glued to letters: \"2011г.\""},
        {"Было 7января так", "glued to letters: \"7января\""},
        {"We met the the others", "stands twice: \"the\""},
        {"We met the\nthe others", "stands twice: \"the\""},
        {"We **met\nthe** others", "bold runs over lines"},
        {"We **met the others", "asterisks that begin or end no bold"},
        {"We met the oth-\ners at noon", "hyphen at a line's end, one word or two: \"oth- ers\""},
        {"We met the oth\xc2\xad\ners at noon", "hyphen at a line's end"},
        {"З А Я В Л Е Н И Е\n\nМы стоим у ворот и ждем, когда откроют.", "letters set apart"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct draft *draft = draft_of(cases[i].text, strlen(cases[i].text), "ru");
        size_t suspects = 0;
        for (size_t k = 0; k < draft->note_count; k++)
            suspects +=
                draft->notes[k].is_suspect && strstr(draft->notes[k].text, cases[i].suspect);
        if (suspects != 1)
            fail_msg("told %zu times: %s", suspects, cases[i].suspect);
        draft_free(draft);
    }
}

static void what_is_right_is_no_suspect(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Причина – долгое правление; в 2011 г. и в 2011 году, с 1 по 7 января.",
        "IT-отдел и e-mail, члены ВФП-WFTU, −5 и -5 градусов, какие-то люди.",
        "Nous nous engageons, vous vous engagez ; en 2011, n° 5.",
        "In the 1990s we – all of us – met **there** 2 times—or 3—and said: \"No-no\".",
        "**All of it is bold.**",
        "2 2 times the 87th",
        "– а потом мы ушли",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct draft *draft = draft_of(texts[i], strlen(texts[i]), "ru");
        for (size_t k = 0; k < draft->note_count; k++)
            if (draft->notes[k].is_suspect)
                fail_msg("%s: %s", texts[i], draft->notes[k].text);
        draft_free(draft);
    }
}

static void notes_are_bounded(void **state)
{
    (void)state;
    struct str text = STR_INIT, out = STR_INIT;
    for (int i = 0; i < 1000; i++)
        str_append_text(&text, "They came in 2011г. to us, and they came again.\n\n");
    struct draft *draft = draft_of(str_text(&text), text.len, "en");
    assert_int_equal(draft->note_count, DRAFT_NOTES_MOST);
    assert_int_equal(draft->more_notes, 1000 - DRAFT_NOTES_MOST);
    draft_write_text(draft, "0", &out);
    assert_non_null(strstr(str_text(&out), "\n# 900 more suspects are not listed.\n"));
    draft_free(draft);
    str_free(&text);
    str_free(&out);
}

/* ---- what is refused ---- */

static void check_refused(const char *data, size_t len, int line, const char *says)
{
    struct draft *draft = NULL;
    struct fault fault = {.line = -1};
    const enum us_err err = draft_read(data, len, "ru", &draft, &fault);
    if (err != US_INVALID || draft || fault.line != line || !strstr(fault.text, says))
        fail_msg("not line %d, \"%s\" but %d: %s", line, says, fault.line, fault.text);
}

static void what_is_no_text_is_refused(void **state)
{
    (void)state;
    check_refused("", 0, 0, "nothing in the file");
    check_refused(" \n\t\r\n\xc2\xa0", 7, 0, "nothing in the file");
    check_refused("****\n", 5, 0, "nothing in the file");
    check_refused("\xff\xfe\x1f\x04", 4, 1, "iconv -f UTF-16");
    check_refused("\xfe\xff\x04\x1f", 4, 1, "iconv -f UTF-16");
    check_refused("a\0b\0", 4, 1, "zero byte");
    check_refused("a\n\nb \xef\xf0\xe8\n", 8, 3, "iconv -f WINDOWS-1251");
    check_refused("a\r\nb\rd\xc3\xa9 caf\xe9", 13, 3, "windows-1252, latin-1");
    check_refused("a\n\x01", 3, 2, "U+0001");
    check_refused("a\n\x0c", 3, 2, "a page break");
    check_refused("a\n\n\xe2\x80\xae"
                  "b",
                  7, 3, "U+202E");
    check_refused("a\n\xef\xbb\xbf"
                  "b",
                  6, 2, "U+FEFF");
    check_refused("a <!-- b -->", 12, 1, "begins a comment");
}

static void size_is_bounded(void **state)
{
    (void)state;
    char *text = mem_alloc(DRAFT_FILE_MOST + 1);
    for (size_t i = 0; i <= DRAFT_FILE_MOST; i++)
        text[i] = i % 60 == 59 ? '\n' : i % 6 == 5 ? ' ' : 'a';
    check_refused(text, DRAFT_FILE_MOST + 1, 0, "at most 512 KiB");
    check_refused(text, DRAFT_FILE_MOST, 0, "longer than an appeal's text may be (256 KiB)");
    /* What is written, and not the original, is held to the limit that an import knows. */
    size_t most = 0;
    for (size_t low = 1, high = DRAFT_FILE_MOST; low + 1 < high;) {
        const size_t len = (low + high) / 2;
        struct draft *draft;
        struct fault fault = {0};
        struct str out = STR_INIT;
        if (draft_read(text, len, "ru", &draft, &fault) != US_OK) {
            high = len;
            continue;
        }
        low = len;
        draft_write_text(draft, "0", &out);
        most = strlen(strstr(str_text(&out), "\n---\n") + 5);
        draft_free(draft);
        str_free(&out);
    }
    assert_in_range(most, MARKDOWN_BODY_MOST - 200, MARKDOWN_BODY_MOST);
    free(text);
}

/* Shapes that would take long if anything here were done twice for each of many. */
static void hostile_shapes_are_taken(void **state)
{
    (void)state;
    static const char *const shapes[] = {"\n",   "- a\n",   "**",    "<",   "a ",
                                         "1 ",   "а-\n",    "a\n\n", "I. ", "[*_`",
                                         "№ 1 ", "A B\n\n", "**a\n"};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct str text = STR_INIT;
        struct draft *draft = NULL;
        struct fault fault = {0};
        while (text.len + 8 < DRAFT_FILE_MOST / 8)
            str_append_text(&text, shapes[i]);
        if (draft_read(str_text(&text), text.len, "en", &draft, &fault) == US_OK)
            draft_free(draft);
        str_free(&text);
    }
}

/* ---- what is written ---- */

static void notes_stand_as_comments(void **state)
{
    (void)state;
    static const char text[] = "**A B\nC D**\n\nThey--in-2011г. came to us and left.\n\n"
                               "We demand peace.\n\nWe demand bread 2011г.\n";
    static const char expected[] =
        "original: sha256:0\n"
        "# line 1: suspect: bold runs over lines 1 to 2\n"
        "# line 1: is this the title?\n"
        "title: A B\n"
        "title: C D\n"
        "---\n"
        "\n"
        "<!-- line 4: suspect: a date glued to letters: \"They- -in-2011г.\" -->\n"
        "They--in-2011г. came to us and left.\n"
        "\n"
        "1. We demand peace.\n"
        "2. We demand bread 2011г.\n"
        "   <!-- line 8: suspect: a date glued to letters: \"2011г.\" -->\n";
    char *out = draft_written(text, strlen(text), "en");
    const char *from = strstr(out, "original:"), *body = strstr(out, "---\n\n");
    struct markdown *markdown = NULL;
    struct fault fault = {0};
    assert_string_equal(from, expected);
    assert_int_equal(markdown_parse(body + 4, strlen(body + 4), &markdown, &fault), US_OK);
    assert_null(strstr(markdown_html(markdown).markup, "suspect"));
    assert_int_equal(markdown_demand_count(markdown), 2);
    markdown_free(markdown);
    free(out);
}

/* An addressee's name stays in the head as a comment, and the settings point at it. */
static void settings_are_a_skeleton(void **state)
{
    (void)state;
    static const char text[] = "To the President of Ardenia\n\nOpen letter\n\nOn the toll\n\n"
                               "This is a sentence that has many words.\n";
    struct draft *draft = draft_of(text, strlen(text), "en");
    struct str out = STR_INIT;
    draft_write_settings(draft, "file", &out);
    assert_non_null(strstr(str_text(&out), "\nslug = on-the-toll\nauthoritative = en\n"));
    assert_non_null(strstr(str_text(&out), "\n# The text says: To the President of Ardenia\n"));
    assert_string_equal(draft->blocks[0].markdown, "This is a sentence that has many words.");
    assert_int_equal(draft->parts[0].field, DRAFT_AS_IT_STOOD);
    assert_string_equal(draft->parts[0].text, "To the President of Ardenia");
    /* Nothing but [appeal] is set: each other line is a comment. */
    for (const char *at = strstr(str_text(&out), "\n\n") + 2; *at; at = strchr(at, '\n') + 1)
        assert_int_equal(*at, '#');
    str_clear(&out);
    draft_free(draft);
    draft = draft_of(text + 29, strlen("Open letter"), "en");
    draft_write_settings(draft, "The file 2", &out);
    assert_non_null(strstr(str_text(&out), "\nslug = the-file-2\n"));
    draft_free(draft);
    str_free(&out);
}

static void slugs_are_for_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *words, *language, *slug;
    } cases[] = {
        {"О закрытии цеха", "ru", "o-zakrytii-tsekha"},
        {"Pour la liberté d’œuvrer", "fr", "pour-la-liberte-doeuvrer"},
        {"¡Exigimos 8 horas!", "es", "exigimos-8-horas"},
        {"Privacy", "en", "appeal-privacy"},
        {"工会 声明", "zh", "gong-hui-sheng-ming"},
        {"one two three four five six seven", "en", "one-two-three-four-five"},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "en", "appeal-aaaaaaaaaaaaaaaaa"},
        {" — !", "en", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *slug = slug_make(cases[i].words, cases[i].language, 24);
        if (!slug != !cases[i].slug || (slug && strcmp(slug, cases[i].slug) != 0))
            fail_msg("%s: %s", cases[i].words, slug);
        free(slug);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bold_and_links_stay),     cmocka_unit_test(lines_of_a_scan_are_joined),
        cmocka_unit_test(suspects_are_told),       cmocka_unit_test(what_is_right_is_no_suspect),
        cmocka_unit_test(notes_are_bounded),       cmocka_unit_test(what_is_no_text_is_refused),
        cmocka_unit_test(size_is_bounded),         cmocka_unit_test(hostile_shapes_are_taken),
        cmocka_unit_test(notes_stand_as_comments), cmocka_unit_test(settings_are_a_skeleton),
        cmocka_unit_test(slugs_are_for_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
