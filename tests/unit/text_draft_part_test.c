/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Plain texts to drafts: which line becomes which part, in four languages and as files come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "text/markdown.h"
#include "text_draft_rig.h"
#include <cmocka.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct expected {
    enum draft_field field;
    const char *text, *language;
};

static void check_parts(const struct draft *draft, const struct expected *expected, size_t count)
{
    for (size_t i = 0; i < draft->part_count || i < count; i++) {
        if (i >= draft->part_count || i >= count || draft->parts[i].field != expected[i].field ||
            strcmp(draft->parts[i].text, expected[i].text) != 0)
            fail_msg("part %zu: \"%s\" in place of \"%s\"", i,
                     i < draft->part_count ? draft->parts[i].text : "nothing",
                     i < count ? expected[i].text : "nothing");
        if (expected[i].language)
            assert_string_equal(draft->parts[i].language, expected[i].language);
    }
}

#define CHECK_PARTS(draft, ...)                                                                    \
    do {                                                                                           \
        const struct expected parts[] = {__VA_ARGS__};                                             \
        check_parts(draft, parts, sizeof parts / sizeof *parts);                                   \
    } while (0)

static void check_demands(const struct draft *draft, size_t paragraphs, size_t demands)
{
    size_t found = 0;
    for (size_t i = 0; i < draft->block_count; i++)
        found += draft->blocks[i].is_demand;
    assert_int_equal(found, demands);
    assert_int_equal(draft->block_count - found, paragraphs);
    for (size_t i = 0; i < demands; i++)
        assert_true(draft->blocks[draft->block_count - 1 - i].is_demand);
}

static void check_note(const struct draft *draft, int line, bool is_suspect, const char *part)
{
    for (size_t i = 0; i < draft->note_count; i++)
        if (draft->notes[i].line == line && draft->notes[i].is_suspect == is_suspect &&
            strstr(draft->notes[i].text, part))
            return;
    fail_msg("line %d: not told: %s", line, part);
}

static void english_parts_are_found(void **state)
{
    (void)state;
    struct draft *draft = draft_of(draft_english, strlen(draft_english), "en");
    CHECK_PARTS(
        draft, {DRAFT_LETTERHEAD, "COASTAL UNION OF DOCKWORKERS", "en"},
        {DRAFT_LETTERHEAD, "12 Harbour Street, Lindholm", "en"},
        {DRAFT_LETTERHEAD, "Tel. +000 (00) 555-01-44, https://dockers.example", "en"},
        {DRAFT_AS_IT_STOOD, "Lindholm, 3 March 2026", NULL}, {DRAFT_DATE, "2026-03-03", NULL},
        {DRAFT_PLACE, "Lindholm", NULL}, {DRAFT_AS_IT_STOOD, "Ref. 7/2026", NULL},
        {DRAFT_NUMBER, "7/2026", NULL}, {DRAFT_KIND, "OPEN LETTER", NULL},
        {DRAFT_TITLE, "On the closing of the", NULL}, {DRAFT_TITLE, "northern port", NULL},
        {DRAFT_SALUTATION, "Dear Minister,", NULL}, {DRAFT_CLOSING, "Yours sincerely,", NULL},
        {DRAFT_OFFICE, "General Secretary", NULL},
        {DRAFT_OFFICE, "Coastal Union of Dockworkers", NULL}, {DRAFT_NAME, "Anna Lind", NULL});
    check_demands(draft, 2, 5);
    assert_string_equal(draft->blocks[3].markdown,
                        "A date for reopening, and not an \"announcement\" of one.");
    check_note(draft, 16, true, "\"wor- kers\"");
    check_note(draft, 17, true, "stands twice: \"the\"");
    check_note(draft, 33, false, "the name stood over the office");
    assert_int_equal(draft->note_count, 3);
    draft_free(draft);
}

static void french_parts_are_found(void **state)
{
    (void)state;
    struct draft *draft = draft_of(draft_french, strlen(draft_french), "fr");
    CHECK_PARTS(
        draft, {DRAFT_LETTERHEAD, "Syndicat des mineurs de Valbrune", "fr"},
        {DRAFT_LETTERHEAD, "Tél. : 00 00 55 01 02 – contact@mineurs.example", "fr"},
        {DRAFT_KIND, "DÉCLARATION", NULL}, {DRAFT_TITLE, "Pour la liberté de se réunir", NULL},
        {DRAFT_AS_IT_STOOD, "Valbrune, le 1er mai 2026", NULL}, {DRAFT_DATE, "2026-05-01", NULL},
        {DRAFT_PLACE, "Valbrune", NULL}, {DRAFT_OFFICE, "Pour le syndicat, la secrétaire :", NULL},
        {DRAFT_NAME, "Claire Dubreuil", NULL});
    check_demands(draft, 2, 2);
    assert_int_equal(draft->note_count, 0);
    draft_free(draft);
}

static void spanish_parts_are_found(void **state)
{
    (void)state;
    struct draft *draft = draft_of(draft_spanish, strlen(draft_spanish), "es");
    CHECK_PARTS(draft, {DRAFT_KIND, "CARTA ABIERTA", NULL},
                {DRAFT_TITLE, "A los trabajadores del valle", NULL},
                {DRAFT_AS_IT_STOOD, "En Villaclara, a 7 de enero de 2026", NULL},
                {DRAFT_DATE, "2026-01-07", NULL}, {DRAFT_PLACE, "Villaclara", NULL},
                {DRAFT_SALUTATION, "Compañeros y compañeras:", NULL},
                {DRAFT_CLOSING, "En solidaridad,", NULL},
                {DRAFT_OFFICE, "Sindicato del Agua de Villaclara", NULL},
                {DRAFT_OFFICE, "Presidenta", NULL}, {DRAFT_NAME, "María Luz de la Vega", NULL});
    check_demands(draft, 1, 3);
    assert_int_equal(draft->note_count, 0);
    draft_free(draft);
}

static void russian_parts_are_found(void **state)
{
    (void)state;
    struct draft *draft = draft_of(draft_russian, strlen(draft_russian), "ru");
    CHECK_PARTS(draft, {DRAFT_LETTERHEAD, "Workshop Committee", "en"},
                {DRAFT_LETTERHEAD, "of the Lighthouse Union", "en"}, {DRAFT_LETTERHEAD, "", NULL},
                {DRAFT_LETTERHEAD, "ЦЕХОВОЙ КОМИТЕТ ПРОФСОЮЗА «МАЯК»", "ru"},
                {DRAFT_LETTERHEAD, "Адрес: Линдхольм, ул. Литейная, д. 2", "ru"},
                {DRAFT_AS_IT_STOOD, "Исх. № 5/26 от «3» марта 2026 г.", NULL},
                {DRAFT_NUMBER, "5/26", NULL}, {DRAFT_DATE, "2026-03-03", NULL},
                {DRAFT_KIND, "Заявление", NULL}, {DRAFT_TITLE, "рабочих литейного", NULL},
                {DRAFT_TITLE, "цеха", NULL}, {DRAFT_OFFICE, "Председатель комитета", NULL},
                {DRAFT_NAME, "И. И. Берёзкин", NULL});
    check_demands(draft, 2, 2);
    check_note(draft, 3, true, "bold runs over lines 3 to 4");
    check_note(draft, 11, true, "bold runs over lines 11 to 13");
    check_note(draft, 15, true, "\"апре- ля\"");
    check_note(draft, 18, true, "a date glued to letters: \"2024г.\"");
    check_note(draft, 19, true, "a word in mixed scripts: \"прoсто\"");
    check_note(draft, 18, false, "new paragraph");
    check_note(draft, 25, false, "on one line");
    check_note(draft, 3, false, "en is a guess");
    assert_int_equal(draft->note_count, 8);
    draft_free(draft);
}

static void what_is_not_there_stays_empty(void **state)
{
    (void)state;
    struct draft *draft = draft_of(draft_plea, strlen(draft_plea), "de");
    assert_int_equal(draft->part_count + draft->note_count, 0);
    check_demands(draft, 1, 0);
    assert_string_equal(draft->blocks[0].markdown, draft_plea);
    draft_free(draft);
}

static void what_is_unsure_is_asked(void **state)
{
    (void)state;
    static const struct {
        const char *language, *text;
        int line;
        const char *question;
    } cases[] = {
        {"en", "Against the toll\n\nIt is a sentence that has many words.\n", 1,
         "is this the title?"},
        {"en", "03/04/2026\n\nIt is a sentence that has many words.\n", 1, "which is the month"},
        {"en", "Statement on the toll\n\nIt is a sentence that has many words.\n", 1,
         "begin with the document's kind?"},
        {"en",
         "To the President of Ardenia\n\nStatement\n\nIt is a sentence that has many words.\n", 1,
         "whom the letter goes to"},
        {"en", "It is a sentence that has many words.\n\nOther words stand here.\n\nAnna Lind\n", 5,
         "No office was found"},
        {"en", "It is a sentence that has many words.\n\nWe demand peace.\n", 3, "a demand?"},
        {"en", "Workers of the coast\n", 1, "nothing but a heading"},
        {"en", "It is a sentence that has many words.\n\nSo:\n\n- one\n- two\n", 5,
         "had no numbers"},
        {"en", "It is a sentence that has many words.\n\n2. one\n3. two\n", 3, "number 2"},
        {"ru",
         "БЮРО ТРУДА\n\nBüro der Arbeit\n\nтел. 5\n\nОднажды утром все пришли к воротам "
         "завода.\n",
         3, "in which language"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct draft *draft = draft_of(cases[i].text, strlen(cases[i].text), cases[i].language);
        check_note(draft, cases[i].line, false, cases[i].question);
        draft_check_words(cases[i].text, draft);
        draft_free(draft);
    }
}

/* A letter as offices write it: addressee, kind over its title, enclosures, a page's number. */
static const char official[] = "ПРОФСОЮЗ «МАЯК»\n"
                               "исх. № 15/б от 3 марта 2026 года\n"
                               "\n"
                               "Президенту Республики Ардения\n"
                               "г-ну Петрову П. П.\n"
                               "\n"
                               "Обращение\n"
                               "о забастовке\n"
                               "в порту\n"
                               "\n"
                               "Уважаемый господин Президент!\n"
                               "\n"
                               "Просим Вас принять меры.\n"
                               "\n"
                               "Требуем:\n"
                               "а) выплатить зарплату;\n"
                               "б) освободить арестованных.\n"
                               "\n"
                               "С уважением,\n"
                               "Председатель\n"
                               "Иванов И. И.\n"
                               "\n"
                               "Секретарь\n"
                               "Петрова А. А.\n"
                               "\n"
                               "Приложение: список на 3 л.\n"
                               "\n"
                               "- 2 -\n";

static void official_parts_are_found(void **state)
{
    (void)state;
    struct draft *draft = draft_of(official, strlen(official), "ru");
    CHECK_PARTS(draft, {DRAFT_LETTERHEAD, "ПРОФСОЮЗ «МАЯК»", "ru"},
                {DRAFT_AS_IT_STOOD, "исх. № 15/б от 3 марта 2026 года", NULL},
                {DRAFT_NUMBER, "15/б", NULL}, {DRAFT_DATE, "2026-03-03", NULL},
                {DRAFT_AS_IT_STOOD, "Президенту Республики Ардения", NULL},
                {DRAFT_AS_IT_STOOD, "г-ну Петрову П. П.", NULL}, {DRAFT_KIND, "Обращение", NULL},
                {DRAFT_TITLE, "о забастовке", NULL}, {DRAFT_TITLE, "в порту", NULL},
                {DRAFT_SALUTATION, "Уважаемый господин Президент!", NULL},
                {DRAFT_CLOSING, "С уважением,", NULL}, {DRAFT_OFFICE, "Председатель", NULL},
                {DRAFT_NAME, "Иванов И. И.", NULL}, {DRAFT_OFFICE, "Секретарь", NULL},
                {DRAFT_NAME, "Петрова А. А.", NULL});
    assert_int_equal(draft->addressee_count, 2);
    assert_int_equal(draft->block_count, 6);
    assert_string_equal(draft->blocks[0].markdown, "Просим Вас принять меры.");
    assert_string_equal(draft->blocks[1].markdown, "Требуем:");
    assert_true(draft->blocks[2].is_demand && draft->blocks[3].is_demand);
    assert_string_equal(draft->blocks[4].markdown, "Приложение: список на 3 л.");
    check_note(draft, 4, false, "whom the letter goes to");
    check_note(draft, 16, false, "this list had letters");
    check_note(draft, 26, false, "stood under the signature");
    draft_check_words(official, draft);
    draft_free(draft);
}

static void a_title_ends_where_sentences_begin(void **state)
{
    (void)state;
    static const struct {
        const char *language, *text, *first; /* of the body */
    } cases[] = {
        {"en", "Open letter\n\nOn the strike\n\nDear Minister,\n\nWe write in anger.\n", NULL},
        {"en", "Open letter\n\nOn the strike\n\nDear Minister,\n\nTwo fell\n", "Two fell"},
        {"en", "Open letter\n\nOn the strike\n\nComrades\n\nTwo were dismissed.\n", NULL},
        {"en", "Open letter\n\nOn the strike\n\nTwo were dismissed.\n", "Two were dismissed."},
        {"en", "Open letter\n\nOn the strike\n\nWhy?\n", "Why?"},
        {"fr", "Lettre ouverte\n\nPour nous\n\nNous vous écrivons\n", "Nous vous écrivons"},
        {"ru", "Обращение\n\nо забастовке\n\nТребуем:\n\n1. Хлеба.\n", "Требуем:"},
        {"ru", "Обращение\n\nо забастовке\n\nТребуем мира\n", "Требуем мира"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = mem_format("%s\nThey have been at the gate since May; nobody came to speak to "
                                "them about it.\n",
                                cases[i].text);
        struct draft *draft = draft_of(text, strlen(text), cases[i].language);
        size_t titles = 0;
        for (size_t k = 0; k < draft->part_count; k++)
            titles += draft->parts[k].field == DRAFT_TITLE;
        if (titles != 1)
            fail_msg("%zu title lines in:\n%s", titles, text);
        if (cases[i].first)
            assert_string_equal(draft->blocks[0].markdown, cases[i].first);
        draft_check_words(text, draft);
        draft_free(draft);
        free(text);
    }
}

static void points_and_single_numbers_are_demands_or_asked(void **state)
{
    (void)state;
    static const struct {
        const char *list;
        size_t paragraphs, demands; /* behind the first paragraph, with "So:" */
        int line;
        const char *question;
    } cases[] = {
        {"1. Pay.\n\n2. Talks:\na) now;\nb) here.\n\n3. Peace.\n", 2, 3, 8, "points of number 2"},
        {"1. Pay:\n- now;\n- here.\n2. Peace.\n", 2, 2, 6, "points of number 1"},
        {"1. Pay.\n2. Talks\n2.1. now\n2.2. here\n", 2, 2, 7, "points of number 2"},
        {"1. Pay.\n", 2, 1, 5, "is this a demand? It was set"},
        {"a) Pay.\nb) Peace.\n", 2, 2, 5, "had letters"},
        {"7. Pay.\n", 3, 0, 5, "A number stood here"},
        {"1. Pay.\n2. Peace.\n10. We demand bread.\n", 2, 3, 7, "number 10"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text =
            mem_format("It is a sentence that has many words.\n\nSo:\n\n%s", cases[i].list);
        struct draft *draft = draft_of(text, strlen(text), "en");
        check_demands(draft, cases[i].paragraphs, cases[i].demands);
        check_note(draft, cases[i].line, false, cases[i].question);
        draft_check_words(text, draft);
        draft_free(draft);
        free(text);
    }
}

static void who_signs_is_found_however_it_is_set(void **state)
{
    (void)state;
    static const char *const feet[] = {
        "A. B. Smith\nChair\n\nC. D. Jones\nSecretary\n",
        "A. B. Smith, Chair\nC. D. Jones, Secretary\n- 2 -\n",
        "Chair\nA. B. Smith\n\nSecretary\nC. D. Jones\n\nEnclosures:\n1. A list\n2. A map\n",
        ("Chair A. B. Smith\nSecretary C. D. Jones\n\nEnclosure: a list\n\nTel. 555-01\nPage 2 of "
         "2\n"),
    };
    for (size_t i = 0; i < sizeof feet / sizeof *feet; i++) {
        static const char *const expected[] = {"Chair", "A. B. Smith", "Secretary", "C. D. Jones"};
        char *text =
            mem_format("It is a sentence that has many words.\n\nYours sincerely,\n\n%s", feet[i]);
        struct draft *draft = draft_of(text, strlen(text), "en");
        size_t found = 0;
        assert_non_null(draft_find(draft, DRAFT_CLOSING));
        for (size_t k = 0; k < draft->part_count; k++)
            if (draft->parts[k].field >= DRAFT_OFFICE) {
                if (found == 4 || strcmp(draft->parts[k].text, expected[found++]) != 0)
                    fail_msg("\"%s\" of:\n%s", draft->parts[k].text, text);
            }
        assert_int_equal(found, 4);
        draft_check_words(text, draft);
        draft_free(draft);
        free(text);
    }
}

static void dates_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *language, *line, *date, *number, *place;
    } cases[] = {
        {"ru", "от 07.01.2022 № 01-22", "2022-01-07", "01-22", NULL},
        {"ru", "№01-22 от 7 января 2022 года", "2022-01-07", "01-22", NULL},
        {"ru", "г. Линдхольм        «07» января 2022 г.", "2022-01-07", NULL, "г. Линдхольм"},
        {"ru", "07.01.2022г.", "2022-01-07", NULL, NULL},
        {"en", "7 January 2022", "2022-01-07", NULL, NULL},
        {"en", "January 7th, 2022", "2022-01-07", NULL, NULL},
        {"en", "New Lindholm, 7 January 2022", "2022-01-07", NULL, "New Lindholm"},
        {"en", "No. 14-26", NULL, "14-26", NULL},
        {"en", "2022-01-07", "2022-01-07", NULL, NULL},
        {"en", "01/31/2022", "2022-01-31", NULL, NULL},
        {"fr", "Lindholm, le 1er février 2022", "2022-02-01", NULL, "Lindholm"},
        {"fr", "le 7 janvier 2022", "2022-01-07", NULL, NULL},
        {"fr", "07/01/2022", "2022-01-07", NULL, NULL},
        {"fr", "Réf. : N° 4/22", NULL, NULL, NULL},
        {"es", "7 de enero de 2022", "2022-01-07", NULL, NULL},
        {"es", "Santiago de Lindholm, 7 de enero del 2022", "2022-01-07", NULL,
         "Santiago de Lindholm"},
        {"en", "31 February 2022", NULL, NULL, NULL},
        {"en", "Since 7 January 2022 it is so", NULL, NULL, NULL},
        {"en", "On Convention No. 87", NULL, NULL, NULL},
        {"en", "7 May", NULL, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = mem_format("STATEMENT\n\n%s\n\nThis is a sentence that has many words.\n",
                                cases[i].line);
        struct draft *draft = draft_of(text, strlen(text), cases[i].language);
        const struct draft_part *date = draft_find(draft, DRAFT_DATE),
                                *number = draft_find(draft, DRAFT_NUMBER),
                                *place = draft_find(draft, DRAFT_PLACE);
        if (!date != !cases[i].date || (date && strcmp(date->text, cases[i].date) != 0) ||
            !number != !cases[i].number || (number && strcmp(number->text, cases[i].number) != 0) ||
            !place != !cases[i].place || (place && strcmp(place->text, cases[i].place) != 0))
            fail_msg("%s: date %s, number %s, place %s", cases[i].line, date ? date->text : "-",
                     number ? number->text : "-", place ? place->text : "-");
        draft_check_words(text, draft);
        draft_free(draft);
        free(text);
    }
}

/* ---- as files come ---- */

static void line_ends_and_marks_change_nothing(void **state)
{
    (void)state;
    static const char *const ends[] = {"\r\n", "\r"};
    for (size_t i = 0; i < DRAFT_SAMPLES; i++) {
        char *plain = draft_written(draft_samples[i].text, strlen(draft_samples[i].text),
                                    draft_samples[i].language);
        for (size_t k = 0; k < 4; k++) {
            struct str text = STR_INIT;
            str_append_text(&text, k < 2 ? "" : "\xef\xbb\xbf");
            for (const char *at = draft_samples[i].text; *at; at++) {
                if (*at == '\n')
                    str_append_text(&text, ends[k % 2]);
                else
                    str_append_char(&text, *at);
            }
            char *other = draft_written(str_text(&text), text.len, draft_samples[i].language);
            assert_string_equal(other, plain);
            free(other);
            str_free(&text);
        }
        free(plain);
    }
}

static void what_acts_is_escaped(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "# five",
        "## ",
        "#",
        "> five",
        "- five",
        "+ five",
        "* five",
        "* * *",
        "---",
        "===",
        "~~~",
        "```",
        "1. five",
        "12) five",
        "    five",
        "\tfive",
        "*a* _b_ __c__ `d`",
        "a_b a__b_ _c",
        "[a](https://b.example)",
        "[a]: https://b.example",
        "![a](b)",
        "&amp; &#65; &copy a & b",
        "<b>a</b> </b> <?a?> 1 < 2 > 1",
        "a\\*b \\ \\\\",
        "five \\",
        "|a|b|",
        "**a",
        "a** b",
        "** a **",
        "***a***",
        "<https://a.example/b_c_>",
        "<mailto:a@b.example>",
        "$a$ {b} ^c^",
        "2*3*4 **\"five\"**six",
        "1986. What a year",
        "-- five",
        "–five",
        "a <b",
        "\\# five",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char *text =
            mem_format("We stood there, and nobody came to speak to us. So we wrote it.\n\n"
                       "%s\n\nWe stood there, and %s.\n%s\n",
                       lines[i], lines[i], lines[i]);
        struct draft *draft = draft_of(text, strlen(text), "de");
        for (size_t k = 0; k < draft->block_count; k++)
            free(draft_read_markdown(draft->blocks[k].markdown, draft->blocks[k].is_demand));
        draft_check_words(text, draft);
        draft_free(draft);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(english_parts_are_found),
        cmocka_unit_test(french_parts_are_found),
        cmocka_unit_test(spanish_parts_are_found),
        cmocka_unit_test(russian_parts_are_found),
        cmocka_unit_test(what_is_not_there_stays_empty),
        cmocka_unit_test(what_is_unsure_is_asked),
        cmocka_unit_test(official_parts_are_found),
        cmocka_unit_test(a_title_ends_where_sentences_begin),
        cmocka_unit_test(points_and_single_numbers_are_demands_or_asked),
        cmocka_unit_test(who_signs_is_found_however_it_is_set),
        cmocka_unit_test(dates_are_read),
        cmocka_unit_test(line_ends_and_marks_change_nothing),
        cmocka_unit_test(what_acts_is_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
