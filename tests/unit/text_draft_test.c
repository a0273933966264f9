/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Plain texts to drafts: which line becomes which part, in four languages and as files come; that
 * every word is there once and in its order, whatever the text looks like.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "text/draft.h"
#include "text/markdown.h"
#include <cmocka.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char english[] =
    "COASTAL UNION OF DOCKWORKERS\n"
    "12 Harbour Street, Lindholm\n"
    "Tel. +000 (00) 555-01-44, <https://dockers.example>\n"
    "\n"
    "Lindholm, 3 March 2026\n"
    "Ref. 7/2026\n"
    "\n"
    "OPEN LETTER\n"
    "\n"
    "On the closing of the\n"
    "northern port\n"
    "\n"
    "Dear Minister,\n"
    "\n"
    "The northern port has been closed since 1 February, and more than three\n"
    "hundred people have not been paid since then. Nobody has told the wor-\n"
    "kers why, and nobody has answered the the three letters that their union\n"
    "wrote in February (see [1] and *below*).\n"
    "\n"
    "Workers of the port need three things:\n"
    "\n"
    "1. Wages that are owed.\n"
    "2. A date for reopening, and not an\n"
    "   \"announcement\" of one.\n"
    "3. Talks.\n"
    "\n"
    "We demand that the arrears be paid before the end of March.\n"
    "\n"
    "We call on the unions of the coast to support us.\n"
    "\n"
    "Yours sincerely,\n"
    "\n"
    "Anna Lind\n"
    "General Secretary\n"
    "Coastal Union of Dockworkers\n";

static const char french[] =
    "Syndicat des mineurs de Valbrune\n"
    "Tél. : 00 00 55 01 02 – contact@mineurs.example\n"
    "\n"
    "DÉCLARATION\n"
    "\n"
    "Pour la liberté de se réunir\n"
    "\n"
    "Valbrune, le 1er mai 2026\n"
    "\n"
    "Depuis trois semaines, la direction de la mine interdit toute réunion dans les vestiaires. "
    "Les délégués ont reçu des lettres de menace, et nous nous en souvenons.\n"
    "\n"
    "Nous nous adressons à tous ceux qui travaillent sous terre.\n"
    "\n"
    "Nous exigeons la levée de l’interdiction.\n"
    "\n"
    "Nous appelons les syndicats à nous soutenir.\n"
    "\n"
    "Pour le syndicat, la secrétaire :\n"
    "Claire Dubreuil\n";

static const char spanish[] =
    "CARTA ABIERTA\n"
    "\n"
    "A los trabajadores del valle\n"
    "\n"
    "En Villaclara, a 7 de enero de 2026\n"
    "\n"
    "Compañeros y compañeras:\n"
    "\n"
    "La empresa del agua ha despedido a cuarenta personas sin decir por qué. Llevamos seis días a "
    "la puerta y nadie nos recibe.\n"
    "\n"
    "Exigimos la readmisión de los despedidos.\n"
    "Exigimos una mesa de diálogo.\n"
    "Rechazamos toda violencia.\n"
    "\n"
    "En solidaridad,\n"
    "\n"
    "Sindicato del Agua de Villaclara\n"
    "Presidenta\n"
    "María Luz de la Vega\n";

static const char russian[] =
    "\n\n**Workshop Committee\nof the Lighthouse Union**\n"
    "\n"
    "ЦЕХОВОЙ КОМИТЕТ ПРОФСОЮЗА «МАЯК»\n"
    "Адрес: Линдхольм, ул. Литейная, д. 2\n"
    "\n"
    "Исх. № 5/26 от «3» марта 2026 г.\n"
    "\n"
    "**Заявление\n"
    "рабочих литейного\n"
    "цеха**\n"
    "\n"
    "   Мы, рабочие литейного цеха, узнали вчера о том, что с первого апре-\n"
    "ля цех будет закрыт, а людей переведут на неполную неделю. Никто с\n"
    "нами об этом не говорил, и договор прямо это запрещает.\n"
    "   В 2024г. нам обещали, что цех останется. Обещание дано было при\n"
    "свидетелях, и забыть его мы не дадим – это прoсто обман.\n"
    "\n"
    "Комитет требует отменить приказ.\n"
    "\n"
    "Мы призываем рабочих других цехов поддержать нас!\n"
    "\n"
    "Председатель комитета                                 И. И. Берёзкин\n";

static const char plea[] =
    "Der Rat der Stadt hat beschlossen, das Werk zu schließen; niemand hat die Belegschaft "
    "gefragt. Wir bitten alle, die davon hören, dem Rat zu schreiben.";

/* Lines that could each be several things, for mixing with the others. */
static const char odd[] = "Statement No. 14\n7 January 2022\nг. Линдхольм\nDear friends,\n"
                          "№ 5\n\nTo the President of Ardenia\nAnna Lind\n**In solidarity**\n"
                          "Yours,\nThe Union of Bakers\n\nAppeal\n\nDirector Е.А. Куликов\n"
                          "Lindholm, 7 May 2022\n1. First\n2. Second\n- third\n"
                          "Paris, le 3 mai 2020 № 7\nТоварищи!\n**\nA sentence of many words "
                          "that is prose, and ends here.\n";

static const struct sample {
    const char *language, *text;
} samples[] = {
    {"en", english}, {"fr", french}, {"es", spanish}, {"ru", russian}, {"de", plea}, {"en", odd},
};
#define SAMPLES (sizeof samples / sizeof *samples)

static struct draft *draft_of(const char *text, size_t len, const char *language)
{
    struct draft *draft = NULL;
    struct fault fault = {0};
    if (draft_read(text, len, language, &draft, &fault) != US_OK)
        fail_msg("line %d: %s", fault.line, fault.text);
    return draft;
}

/* ---- that every word is kept ---- */

/* What stands for the draft's words, by line. */
struct said {
    int line;
    char *text;
};

static int compare_lines(const void *a, const void *b)
{
    const struct said *x = a, *y = b;
    return (x->line > y->line) - (x->line < y->line);
}

static bool stands_in_line(const struct draft *draft, const struct draft_part *part)
{
    for (size_t i = 0; i < draft->part_count; i++)
        if (draft->parts[i].field == DRAFT_AS_IT_STOOD && draft->parts[i].line == part->line)
            return part->field == DRAFT_AS_IT_STOOD;
    return true;
}

/* The words that a piece of CommonMark is read as. */
static char *read_markdown(const char *text, bool is_demand)
{
    struct markdown *markdown = NULL;
    struct fault fault = {0};
    struct str out = STR_INIT;
    size_t count = 0;
    char *whole = mem_format("%s%s\n", is_demand ? "1. " : "", text);
    if (markdown_parse(whole, strlen(whole), &markdown, &fault) != US_OK)
        fail_msg("%s: %s", fault.text, whole);
    const struct block *blocks = markdown_blocks(markdown, &count);
    if (count != 1 || blocks[0].kind != (is_demand ? BLOCK_DEMAND : BLOCK_PARAGRAPH))
        fail_msg("not one block of its kind but %zu: %s", count, whole);
    for (size_t i = 0; i < blocks[0].span_count; i++)
        str_append_text(&out, blocks[0].spans[i].text);
    markdown_free(markdown);
    free(whole);
    return str_take(&out);
}

/* All words of a text: marks for bold and around addresses are no part of them. */
static char *bare_words(const char *text)
{
    struct str out = STR_INIT;
    for (bool was_blank = true; *text; text++) {
        const bool is_blank = strchr(" \t\r\n", *text) != NULL;
        if (strchr("*<>", *text))
            continue;
        if (is_blank && !was_blank)
            str_append_char(&out, ' ');
        else if (!is_blank)
            str_append_char(&out, *text);
        was_blank = is_blank;
    }
    while (out.len > 0 && out.data[out.len - 1] == ' ')
        out.data[--out.len] = '\0';
    return str_take(&out);
}

static char *words_of_draft(const struct draft *draft)
{
    struct said *said = mem_zero((draft->part_count + draft->block_count + 1) * sizeof *said);
    struct str out = STR_INIT;
    size_t count = 0;
    for (size_t i = 0; i < draft->part_count; i++)
        if (stands_in_line(draft, &draft->parts[i]))
            said[count++] = (struct said){draft->parts[i].line, mem_string(draft->parts[i].text)};
    for (size_t i = 0; i < draft->block_count; i++)
        said[count++] =
            (struct said){draft->blocks[i].first,
                          read_markdown(draft->blocks[i].markdown, draft->blocks[i].is_demand)};
    /* Two parts of one line, the office and the name, came in their order. */
    for (size_t i = 1; i < count; i++)
        for (size_t k = i; k > 0 && compare_lines(&said[k - 1], &said[k]) > 0; k--) {
            const struct said other = said[k];
            said[k] = said[k - 1];
            said[k - 1] = other;
        }
    for (size_t i = 0; i < count; i++) {
        str_append_format(&out, "%s\n", said[i].text);
        free(said[i].text);
    }
    free(said);
    return str_take(&out);
}

static bool is_list_mark(const char *word, size_t len)
{
    return (len == 1 && *word == '-') || (len <= 3 && len > 1 && word[len - 1] == ')') ||
           (len <= 3 && isdigit((unsigned char)*word) && strchr(".)", word[len - 1]));
}

/* What an import would refuse: a second date, say, or a name without end. */
static void check_form(const char *text, const struct draft *draft)
{
    size_t counts[DRAFT_FIELD_COUNT] = {0};
    bool is_open = false;
    for (size_t i = 0; i < draft->part_count; i++) {
        const enum draft_field field = draft->parts[i].field;
        const bool is_repeated = field == DRAFT_LETTERHEAD || field == DRAFT_AS_IT_STOOD ||
                                 field == DRAFT_TITLE || field >= DRAFT_OFFICE;
        if (!is_repeated && ++counts[field] > 1)
            fail_msg("\"%s\" is the second of its kind in:\n%s", draft->parts[i].text, text);
        if (field == DRAFT_NAME && draft->parts[i].text[0] == '\0' && !is_open)
            fail_msg("a name is empty without an office in:\n%s", text);
        is_open = field == DRAFT_OFFICE;
    }
    assert_true(draft->block_count > 0);
}

/* The draft says the text word for word, but for the marks of lists. */
static void check_words(const char *text, const struct draft *draft)
{
    check_form(text, draft);
    char *expected = bare_words(text), *said = words_of_draft(draft), *found = bare_words(said);
    const char *a = expected, *b = found;
    while (*a || *b) {
        const size_t n = strcspn(a, " "), m = strcspn(b, " ");
        if (n == m && memcmp(a, b, n) == 0)
            b += m + (b[m] == ' ');
        else if (!is_list_mark(a, n))
            fail_msg("\"%.40s\" in place of \"%.40s\" in:\n%s\n", b, a, text);
        a += n + (a[n] == ' ');
    }
    free(expected);
    free(said);
    free(found);
}

static void every_word_is_kept(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        struct draft *draft =
            draft_of(samples[i].text, strlen(samples[i].text), samples[i].language);
        check_words(samples[i].text, draft);
        draft_free(draft);
    }
}

/* As every word is of every beginning of a text, and of lines in any order. */
static void every_word_is_kept_of_cut_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        const size_t len = strlen(samples[i].text);
        for (size_t cut = 1; cut <= len; cut++) {
            if (utf8_cut(samples[i].text, len, cut) != cut)
                continue;
            char *text = mem_string_part(samples[i].text, cut);
            if (strspn(text, " \n") < cut && strcmp(text + strspn(text, "\n"), "*") != 0 &&
                strspn(text, "*\n") < cut) {
                struct draft *draft = draft_of(text, cut, samples[i].language);
                check_words(text, draft);
                draft_free(draft);
            }
            free(text);
        }
    }
}

static size_t next_random(uint32_t *seed, size_t most)
{
    *seed = *seed * 1664525 + 1013904223;
    return (*seed >> 8) % most;
}

static void every_word_is_kept_of_shuffled_texts(void **state)
{
    (void)state;
    const char *lines[256];
    size_t count = 0;
    uint32_t seed = 7;
    for (size_t i = 0; i < SAMPLES; i++)
        for (const char *at = samples[i].text; *at && count < 256; at += *at == '\n') {
            lines[count++] = at;
            at += strcspn(at, "\n");
        }
    for (int round = 0; round < 8000; round++) {
        struct str text = STR_INIT;
        for (size_t n = 1 + next_random(&seed, 12); n > 0; n--) {
            const char *line = lines[next_random(&seed, count)];
            str_append(&text, line, strcspn(line, "\n"));
            str_append_text(&text, next_random(&seed, 3) == 0 ? "\n" : "\n\n");
        }
        struct draft *draft = NULL;
        struct fault fault = {0};
        if (strspn(str_text(&text), " \n*") < text.len) {
            assert_int_equal(draft_read(str_text(&text), text.len,
                                        samples[next_random(&seed, SAMPLES)].language, &draft,
                                        &fault),
                             US_OK);
            check_words(str_text(&text), draft);
            draft_free(draft);
        }
        str_free(&text);
    }
}

/* ---- parts ---- */

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
    struct draft *draft = draft_of(english, strlen(english), "en");
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
    struct draft *draft = draft_of(french, strlen(french), "fr");
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
    struct draft *draft = draft_of(spanish, strlen(spanish), "es");
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
    struct draft *draft = draft_of(russian, strlen(russian), "ru");
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
    struct draft *draft = draft_of(plea, strlen(plea), "de");
    assert_int_equal(draft->part_count + draft->note_count, 0);
    check_demands(draft, 1, 0);
    assert_string_equal(draft->blocks[0].markdown, plea);
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
        check_words(cases[i].text, draft);
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
    check_words(official, draft);
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
        check_words(text, draft);
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
        check_words(text, draft);
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
        "Chair A. B. Smith\nSecretary C. D. Jones\n\nEnclosure: a list\n\nTel. 555-01\nPage 2 of "
        "2\n",
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
        check_words(text, draft);
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
        check_words(text, draft);
        draft_free(draft);
        free(text);
    }
}

/* ---- as files come ---- */

static char *written(const char *text, size_t len, const char *language)
{
    struct draft *draft = draft_of(text, len, language);
    struct str out = STR_INIT;
    draft_write_text(draft, "0", &out);
    draft_free(draft);
    return str_take(&out);
}

static void line_ends_and_marks_change_nothing(void **state)
{
    (void)state;
    static const char *const ends[] = {"\r\n", "\r"};
    for (size_t i = 0; i < SAMPLES; i++) {
        char *plain = written(samples[i].text, strlen(samples[i].text), samples[i].language);
        for (size_t k = 0; k < 4; k++) {
            struct str text = STR_INIT;
            str_append_text(&text, k < 2 ? "" : "\xef\xbb\xbf");
            for (const char *at = samples[i].text; *at; at++) {
                if (*at == '\n')
                    str_append_text(&text, ends[k % 2]);
                else
                    str_append_char(&text, *at);
            }
            char *other = written(str_text(&text), text.len, samples[i].language);
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
            free(read_markdown(draft->blocks[k].markdown, draft->blocks[k].is_demand));
        check_words(text, draft);
        draft_free(draft);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_is_kept),
        cmocka_unit_test(every_word_is_kept_of_cut_texts),
        cmocka_unit_test(every_word_is_kept_of_shuffled_texts),
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
