/* SPDX-License-Identifier: AGPL-3.0-or-later */
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

const char draft_english[] =
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

const char draft_french[] =
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

const char draft_spanish[] =
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

const char draft_russian[] =
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

const char draft_plea[] =
    "Der Rat der Stadt hat beschlossen, das Werk zu schließen; niemand hat die Belegschaft "
    "gefragt. Wir bitten alle, die davon hören, dem Rat zu schreiben.";

/* Lines that could each be several things, for mixing with the others. */
static const char odd[] = "Statement No. 14\n7 January 2022\nг. Линдхольм\nDear friends,\n"
                          "№ 5\n\nTo the President of Ardenia\nAnna Lind\n**In solidarity**\n"
                          "Yours,\nThe Union of Bakers\n\nAppeal\n\nDirector Е.А. Куликов\n"
                          "Lindholm, 7 May 2022\n1. First\n2. Second\n- third\n"
                          "Paris, le 3 mai 2020 № 7\nТоварищи!\n**\nA sentence of many words "
                          "that is prose, and ends here.\n";

const struct draft_sample draft_samples[DRAFT_SAMPLES] = {
    {"en", draft_english}, {"fr", draft_french}, {"es", draft_spanish},
    {"ru", draft_russian}, {"de", draft_plea},   {"en", odd},
};
struct draft *draft_of(const char *text, size_t len, const char *language)
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
char *draft_read_markdown(const char *text, bool is_demand)
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
            (struct said){draft->blocks[i].first, draft_read_markdown(draft->blocks[i].markdown,
                                                                      draft->blocks[i].is_demand)};
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
void draft_check_words(const char *text, const struct draft *draft)
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

char *draft_written(const char *text, size_t len, const char *language)
{
    struct draft *draft = draft_of(text, len, language);
    struct str out = STR_INIT;
    draft_write_text(draft, "0", &out);
    draft_free(draft);
    return str_take(&out);
}
