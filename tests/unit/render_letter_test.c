/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Letters as their readers get them: the words are taken out of the finished file by poppler, in
 * four languages of the interface and in Arabic, and the file is checked by qpdf.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "render/letter.h"
#include "render_rig.h"
#include "render_sample.h"
#include "text/locale.h"
#include "text/phrase.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Who takes the words out finds no U+2068 and U+2069. */
static void drop_isolates(char *text)
{
    char *to = text;
    for (const char *from = text; *from;)
        if (strncmp(from, "\u2068", 3) == 0 || strncmp(from, "\u2069", 3) == 0)
            from += 3;
        else
            *to++ = *from++;
    *to = '\0';
}

static void letters_hold_every_word_in_order(void **state)
{
    struct rig *rig = *state;
    for (size_t d = 0; d < SAMPLE_DOCUMENTS; d++) {
        const struct sample_words *words = &sample_documents[d];
        char *body = sample_body(words);
        struct letter letter = sample_letter(words, body);
        const struct language *l = letter.language;
        const bool is_joined = strcmp(l->code, "ru") == 0;
        char *reference = is_joined ? phrase_reference(l, true, letter.date, letter.number)
                                    : phrase_reference(l, false, 0, letter.number);
        char *place =
            is_joined ? mem_string("Москва") : phrase_place(l, letter.place, true, letter.date);
        drop_isolates(place);
        const struct phrase_counts counts = {
            .organisations = letter.named + 2, .counted = 2, .countries = 4, .members = 58200};
        char *sentence = phrase_counts(l, &counts);
        const char *const parts[] = {"Federation of Free Unions",
                                     "Secretariat for the East",
                                     "ФЕДЕРАЦИЯ СВОБОДНЫХ ПРОФСОЮЗОВ",
                                     "Адрес: 101000, ул. Заводская, д. 5",
                                     reference,
                                     place,
                                     "Director-General, ILO 4 route des Morillons "
                                     "CH-1211 Geneva 22 Switzerland",
                                     words->kind,
                                     words->titles[0],
                                     words->titles[1],
                                     words->salutation,
                                     words->paragraphs[0],
                                     words->paragraphs[1],
                                     "1.",
                                     words->demands[0],
                                     "2.",
                                     words->demands[1],
                                     "P.S. 3.",
                                     words->demands[2],
                                     words->closing,
                                     "Председатель Секретариата Федерации профсоюзов",
                                     "А. Б. Примеров В. Г. Примерова",
                                     message_get(l, "Signed by"),
                                     sentence,
                                     message_get(l, "Organisation"),
                                     locale_country(l, "EG"),
                                     locale_country(l, "CN"),
                                     "中华海员工会 Seafarers Union 上海 王伟 主席",
                                     locale_country(l, "KZ"),
                                     "Независимый профсоюз «Жанарту» Zhanartu Алматы",
                                     "Council of Unions",
                                     "А. Примеров председатель",
                                     locale_country(l, "GB"),
                                     "Unison & Friends London",
                                     message_get(l, "International organisations"),
                                     "World Federation M. Example"};
        sample_write_well(&letter, rig->path);
        char *text = rig_text(rig, "-raw");
        rig_assert_in_order(text, parts, sizeof parts / sizeof *parts);
        free(text);
        free(sentence);
        free(reference);
        free(place);
        free(body);
    }
}

static void names_come_out_of_the_file(void **state)
{
    struct rig *rig = *state;
    char *body = sample_body(&sample_documents[0]);
    struct letter letter = sample_letter(&sample_documents[0], body);
    sample_write_well(&letter, rig->path);
    char *text = rig_text(rig, "-raw");
    /* Arabic comes out in reading order where lines are put together. */
    char *arabic = rig_text(rig, "");
    assert_non_null(strstr(arabic, sample_named[0].organisation));
    assert_non_null(strstr(arabic, sample_named[0].representative));
    assert_non_null(strstr(arabic, sample_named[0].capacity));
    free(arabic);
    for (size_t i = 1; i < SAMPLE_NAMED; i++) {
        rig_assert_in_order(text, &sample_named[i].organisation, 1);
        if (sample_named[i].representative)
            rig_assert_in_order(text, &sample_named[i].representative, 1);
        if (sample_named[i].representative && sample_named[i].capacity)
            rig_assert_in_order(text, &sample_named[i].capacity, 1);
    }
    /* Where the person may not be seen, nothing of the person is there. */
    assert_null(strstr(text, "nobody"));
    free(text);
    free(body);
}

/* On the right in Russian and French, on the left in English and Spanish. */
static void addressee_stands_where_the_language_has_it(void **state)
{
    struct rig *rig = *state;
    for (size_t d = 0; d < SAMPLE_DOCUMENTS; d++) {
        const struct sample_words *words = &sample_documents[d];
        const bool is_far =
            strcmp(words->language, "ru") == 0 || strcmp(words->language, "fr") == 0;
        char *body = sample_body(words);
        struct letter letter = sample_letter(words, body);
        double edges[2];
        sample_write_well(&letter, rig->path);
        rig_find_word(rig, "Morillons", edges);
        if (is_far)
            assert_true(edges[0] > 290 && edges[1] < 540);
        else
            assert_true(edges[0] > 71 && edges[1] < 290);
        letter.addressee_name = NULL;
        sample_write_well(&letter, rig->path);
        char *text = rig_text(rig, "");
        assert_null(strstr(text, "Morillons"));
        free(text);
        free(body);
    }
}

static void arabic_runs_from_the_right(void **state)
{
    struct rig *rig = *state;
    static const struct sample_words words = {
        "ar",
        "بيان",
        {"بيان النقابات المستقلة", "بشأن الحق في الإضراب"},
        "السيد الوزير المحترم",
        "مع التقدير",
        {"نحن النقابات المستقلة نتوجه إليكم لأول مرة بشأن هذه المسألة لأن القانون قيد الإعداد "
         "سيحرم العمال من حقهم في تكوين نقاباتهم الخاصة ولا يمكننا السكوت عن ذلك",
         "الفقرة الثانية قصيرة"},
        {"نطالب بسحب مشروع القانون", "نطالب بالإفراج عن المدانين", "نتضامن مع المضربين"}};
    char *body = sample_body(&words);
    struct letter letter = sample_letter(&words, body);
    sample_write_well(&letter, rig->path);
    char *text = rig_text(rig, "");
    const char *const parts[] = {words.titles[0],     words.titles[1],     words.salutation,
                                 words.paragraphs[0], words.paragraphs[1], words.demands[0],
                                 words.demands[1],    words.demands[2],    words.closing};
    rig_assert_in_order(text, parts, sizeof parts / sizeof *parts);
    free(text);
    double edges[2];
    /* Its lines begin at the wide margin, which is on the right: in the boxes of letters, since a
     * line of boxes is one letter. */
    text = rig_run("pdftotext -l 1 -bbox %s - | tr '\"' ' ' |"
                   " awk '/<word/ && $7 > 522 && $7 < 525.5' | wc -l",
                   rig->path);
    assert_true(atoi(text) >= 7);
    free(text);
    /* So does the list, whose words are Arabic as well: its first column stands at the right. */
    text = rig_run("pdftotext -f 2 -bbox %s - | grep '>Oil<'", rig->path);
    assert_int_equal(sscanf(text, " <word xMin=\"%lf\"", &edges[0]), 1);
    assert_true(edges[0] > 400);
    free(text);
    free(body);
}

static void pages_are_numbered(void **state)
{
    struct rig *rig = *state;
    for (size_t d = 0; d < SAMPLE_DOCUMENTS; d++) {
        char *body = sample_body(&sample_documents[d]);
        struct letter letter = sample_letter(&sample_documents[d], body);
        letter.named = 200;
        int pages = sample_write_well(&letter, rig->path);
        assert_true(pages >= 5);
        char total[16], number[16];
        snprintf(total, sizeof total, "%d", pages);
        char *text = rig_text(rig, ""), *page = text;
        for (int i = 1; i <= pages; i++) {
            char *end = strchr(page, '\f');
            assert_non_null(end);
            *end = '\0';
            snprintf(number, sizeof number, "%d", i);
            char *foot = message_fill(message_get(letter.language, "Page {page} of {pages}"),
                                      "page", number, "pages", total, NULL);
            assert_non_null(strstr(page, foot));
            assert_non_null(strstr(page, letter.site));
            free(foot);
            page = end + 1;
        }
        assert_true(*page == '\0');
        free(text);
        char *said = rig_run("pdfinfo %s | grep '^Pages: *%d$'", rig->path, pages);
        free(said);
        free(body);
    }
}

/* The page's last line above its foot is no heading, and its first is no row's second half. */
static void check_ends(char *page)
{
    static const char *const headings[] = {"Signed by", "Egypt", "China", "Kazakhstan",
                                           "United",    "Yours", "Dear"};
    char *last = NULL;
    for (char *line = strtok(page, "\n"); line; line = strtok(NULL, "\n")) {
        line += strspn(line, " ");
        if (!last)
            assert_int_not_equal(strncmp(line, "А. Примеров", strlen("А. Примеров")), 0);
        if (line[0] && strncmp(line, "Page ", 5) != 0)
            last = line;
    }
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
        assert_int_not_equal(strncmp(last, headings[i], strlen(headings[i])), 0);
}

/* Whatever goes before them. */
static void headings_never_end_a_page(void **state)
{
    struct rig *rig = *state;
    char *body = sample_body(&sample_documents[1]);
    for (int lines = 0; lines < 24; lines++) {
        struct letter letter = sample_letter(&sample_documents[1], body);
        letter.named = 40;
        letter.site = NULL;
        int pages = sample_write_well(&letter, rig->path), checked = 0;
        char *text = rig_text(rig, "-layout");
        for (char *page = text, *end; (end = strchr(page, '\f')); page = end + 1, checked++) {
            *end = '\0';
            check_ends(page);
        }
        assert_int_equal(checked, pages);
        free(text);
        char *longer = mem_format("%s\n\nMore.\n", body);
        free(body);
        body = longer;
    }
    free(body);
}

/* Long rows, each of more lines than a paragraph keeps together: on every page the country's
 * heading is followed by a row's beginning. */
static void rows_are_not_split(void **state)
{
    struct rig *rig = *state;
    struct fault fault = {.text = ""};
    struct letter_writer *writer;
    const struct letter letter = {
        .language = language_find("en"), .text_language = "en", .body = "A text.\n", .named = 60};
    const struct letter_signatory signatory = {.organisation = "First union", .country = "KZ"};
    const struct letter_signatory longer = {
        .organisation = "First union of all who work by day and by night in the mills, the mines, "
                        "the ports, the railways, the schools and the hospitals of the country, "
                        "and of those who have been dismissed from them for having joined it, "
                        "registered nowhere, with branches in each of its provinces and abroad",
        .country = "KZ",
        .representative = "A. Example"};
    int pages;
    assert_int_equal(letter_begin(&letter, rig->path, &writer, &fault), US_OK);
    for (int i = 0; i < 60; i++) /* so that pages end after different rows */
        assert_int_equal(letter_add(writer, i % 7 < 5 ? &longer : &signatory, &fault), US_OK);
    assert_int_equal(letter_end(writer, &pages, &fault), US_OK);
    assert_true(pages >= 4);
    char *text = rig_text(rig, "-raw"), *page = text;
    for (int i = 1; i <= pages; i++, page = strchr(page, '\f') + 1) {
        const char *heading = strstr(page, "Kazakhstan");
        assert_non_null(heading);
        assert_true(heading < strchr(page, '\f'));
        heading = strstr(heading, "\n") + 1;
        assert_int_equal(strncmp(heading, "First union", strlen("First union")), 0);
    }
    free(text);
}

/* A row's cells stand from where the letter's language begins, whatever a name is written in. */
static void rows_run_as_the_letter_does(void **state)
{
    struct rig *rig = *state;
    struct fault fault = {.text = ""};
    struct letter_writer *writer;
    const struct letter letter = {
        .language = language_find("en"), .text_language = "en", .body = "A text.\n", .named = 1};
    int pages;
    double number[2], word[2], heads[2][2];
    assert_int_equal(letter_begin(&letter, rig->path, &writer, &fault), US_OK);
    assert_int_equal(letter_add(writer, &sample_named[0], &fault), US_OK);
    assert_int_equal(letter_end(writer, &pages, &fault), US_OK);
    rig_find_word(rig, "Oil", word);
    rig_find_word(rig, "50,000", number);
    rig_find_word(rig, "Organisation", heads[0]);
    rig_find_word(rig, "Members", heads[1]);
    assert_true(word[0] > 70 && word[0] < 75 && heads[0][0] > 70 && heads[0][0] < 75);
    assert_true(number[0] > heads[0][1] && number[1] > heads[1][1] - 2 &&
                number[1] < heads[1][1] + 2);
}

#define IDENTIFIER "qpdf --show-object=trailer %s | grep -o '/ID .[^]]*'"

static void same_letters_have_same_bytes(void **state)
{
    struct rig *rig = *state;
    char *body = sample_body(&sample_documents[0]);
    struct letter letter = sample_letter(&sample_documents[0], body);
    char *other = mem_format("%s/other.pdf", rig->folder);
    letter.named = 200;
    assert_true(sample_write_well(&letter, rig->path) >= 5);
    sample_write_well(&letter, other);
    free(rig_run("cmp %s %s", rig->path, other));
    letter.number = "01-23";
    sample_write_well(&letter, other);
    free(rig_run("! cmp -s %s %s", rig->path, other));
    /* Also the identifier is made from what is in the file, not from the time. */
    char *first = rig_run(IDENTIFIER, rig->path), *second = rig_run(IDENTIFIER, other);
    assert_true(strlen(first) > 60);
    assert_string_not_equal(first, second);
    free(first);
    free(second);
    free(other);
    free(body);
}

static void files_are_sound(void **state)
{
    struct rig *rig = *state;
    char *body = sample_body(&sample_documents[2]);
    struct letter letter = sample_letter(&sample_documents[2], body);
    sample_write_well(&letter, rig->path);
    free(rig_run("qpdf --check %s 2>&1", rig->path));
    free(rig_run("pdfinfo %s | grep -q '^Tagged: *yes$'", rig->path));
    free(rig_run("pdfinfo %s | grep -q '^Title: *du Secrétariat sur le droit de grève$'",
                 rig->path));
    free(rig_run("pdfinfo -struct %s | grep -q 'H1'", rig->path));
    free(
        rig_run("qpdf --qdf --object-streams=disable %s - | grep -aq '^  /Lang (fr)$'", rig->path));
    /* From the right: object's two numbers, Unicode table, subset, embedded. */
    char *fonts = rig_run("pdffonts %s | tail -n +3", rig->path);
    assert_non_null(strstr(fonts, "NotoSerif"));
    free(fonts);
    free(rig_run("! pdffonts %s | tail -n +3 | awk '$(NF-4) != \"yes\" || $(NF-2) != \"yes\"'"
                 " | grep .",
                 rig->path));
    free(body);
}

/* Emoji and signs are printed, and what sits between them is not. What no font has leaves the other
 * words where they are. */
static void signs_are_printed(void **state)
{
    static const struct letter_signatory signatory = {
        .organisation = "Union \U0001F600 Solidarity \U0001F3F3\uFE0F\u200D\U0001F308 \U0001FA73",
        .organisation_latin = "Last \u0378 Words",
        .town = "Rare \U00031350 Han", /* the package is there, and has it not */
        .representative = "\u262D \u270A\U0001F3FF Example"};
    static const char *const words[] = {
        "\U0001F600",      "Solidarity", "\U0001F3F3", "\U0001F308", "Last \uFFFD Words",
        "Rare \uFFFD Han", "\u262D",     "\u270A",     "Example"};
    struct rig *rig = *state;
    struct letter letter = {
        .language = language_find("en"), .text_language = "en", .body = "A text.\n", .named = 1};
    for (int is_individual = 0; is_individual < 2; is_individual++) {
        struct letter_writer *writer;
        struct fault fault = {.text = ""};
        int pages;
        letter.is_individual = is_individual;
        assert_int_equal(letter_begin(&letter, rig->path, &writer, &fault), US_OK);
        if (letter_add(writer, &signatory, &fault) != US_OK ||
            letter_end(writer, &pages, &fault) != US_OK)
            fail_msg("%s", fault.text);
        char *text = rig_text(rig, "");
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (!strstr(text, words[i]))
                fail_msg("no \"%s\" in:\n%s", words[i], text);
        free(text);
        free(rig_run("pdffonts %s | grep -q Symbola", rig->path));
    }
}

/* A plea: a text and nothing else. */
static void bare_letters_have_no_empty_parts(void **state)
{
    struct rig *rig = *state;
    const struct letter letter = {.language = language_find("ru"),
                                  .text_language = "ru",
                                  .body = "Мы просим о **помощи**.\n"};
    assert_int_equal(sample_write_well(&letter, rig->path), 1);
    char *text = rig_text(rig, "");
    assert_true(strncmp(text, "Мы просим о помощи.\n", strlen("Мы просим о помощи.\n")) == 0);
    assert_null(strstr(text, message_get(letter.language, "Signed by")));
    free(text);
    free(rig_run("pdfinfo %s | grep -q '^Title: *%s$'", rig->path,
                 message_get(letter.language, "An appeal")));
}

#define LETTER_TEST(test) cmocka_unit_test_setup_teardown(test, rig_open, rig_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LETTER_TEST(letters_hold_every_word_in_order),
        LETTER_TEST(names_come_out_of_the_file),
        LETTER_TEST(addressee_stands_where_the_language_has_it),
        LETTER_TEST(arabic_runs_from_the_right),
        LETTER_TEST(pages_are_numbered),
        LETTER_TEST(headings_never_end_a_page),
        LETTER_TEST(rows_are_not_split),
        LETTER_TEST(rows_run_as_the_letter_does),
        LETTER_TEST(same_letters_have_same_bytes),
        LETTER_TEST(files_are_sound),
        LETTER_TEST(signs_are_printed),
        LETTER_TEST(bare_letters_have_no_empty_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
