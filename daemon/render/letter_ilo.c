/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Titles of conventions and names of procedures are the ILO's own in each of its languages. A
 * country's name stands behind a colon, where no grammar bends it. A mass petition is no complaint
 * by itself: what it is meant to be is always said, also that it is neither.
 */
#include "render/letter_ilo.h"
#include "base/mem.h"
#include "base/str.h"
#include "render/letter_parts.h"
#include "render/profile.h"
#include "text/locale.h"
#include "text/phrase.h"
#include <stdlib.h>
#include <string.h>

static const struct convention {
    const char *code, *title;
} conventions[] = {
    {"C029", MESSAGE_MARK("Forced Labour Convention, 1930 (No. 29)")},
    {"C087", MESSAGE_MARK("Freedom of Association and Protection of the Right to Organise "
                          "Convention, 1948 (No. 87)")},
    {"C098", MESSAGE_MARK("Right to Organise and Collective Bargaining Convention, 1949 (No. 98)")},
    {"C100", MESSAGE_MARK("Equal Remuneration Convention, 1951 (No. 100)")},
    {"C105", MESSAGE_MARK("Abolition of Forced Labour Convention, 1957 (No. 105)")},
    {"C111", MESSAGE_MARK("Discrimination (Employment and Occupation) Convention, 1958 (No. 111)")},
    {"C135", MESSAGE_MARK("Workers’ Representatives Convention, 1971 (No. 135)")},
    {"C138", MESSAGE_MARK("Minimum Age Convention, 1973 (No. 138)")},
    {"C151", MESSAGE_MARK("Labour Relations (Public Service) Convention, 1978 (No. 151)")},
    {"C154", MESSAGE_MARK("Collective Bargaining Convention, 1981 (No. 154)")},
    {"C155", MESSAGE_MARK("Occupational Safety and Health Convention, 1981 (No. 155)")},
    {"C182", MESSAGE_MARK("Worst Forms of Child Labour Convention, 1999 (No. 182)")},
    {"C187", MESSAGE_MARK("Promotional Framework for Occupational Safety and Health Convention, "
                          "2006 (No. 187)")},
    {"C190", MESSAGE_MARK("Violence and Harassment Convention, 2019 (No. 190)")},
};

/* "No. 87", "№ 87": the number is not parted from the word or sign before it. Frees the title. */
static char *keep_number(char *title)
{
    struct str kept = STR_INIT;
    for (const char *at = title; *at; at++) {
        const bool is_sign = at > title && (at[-1] == '.' || (unsigned char)at[-1] >= 0x80);
        if (*at == ' ' && is_sign && at[1] >= '0' && at[1] <= '9')
            str_append_text(&kept, "\u00A0");
        else
            str_append_char(&kept, *at);
    }
    free(title);
    return str_take(&kept);
}

char *letter_ilo_convention(const struct language *language, const char *code)
{
    for (size_t i = 0; i < sizeof conventions / sizeof *conventions; i++)
        if (strcmp(conventions[i].code, code) == 0)
            return keep_number(mem_string(message_get(language, conventions[i].title)));
    const char *number = code + (code[0] == 'C');
    number += strspn(number, "0");
    return keep_number(
        message_fill(message_get(language, "Convention No. {number}"), "number", number, NULL));
}

/* What the communication is. */
static const char *purpose(const struct letter *letter)
{
    const struct language *l = letter->language;
    switch (letter->procedure) {
    case LETTER_COMPLAINT:
        return message_get(l, "This communication is submitted as a complaint to the Committee on "
                              "Freedom of Association of the Governing Body, against the "
                              "Government of the following country: {name}.");
    case LETTER_REPRESENTATION:
        return message_get(l, "This communication is a representation under article 24 of the "
                              "Constitution of the International Labour Organization. The Member "
                              "concerned: {name}. The Member has failed to secure the effective "
                              "observance of the Convention or Conventions named below.");
    case LETTER_INFORMATION:
        return message_get(l, "This communication is submitted for information. It is neither a "
                              "complaint to the Committee on Freedom of Association nor a "
                              "representation under article 24 of the Constitution.");
    case LETTER_NO_PROCEDURE:
        break;
    }
    return "";
}

static void draw_purpose(struct sheet *sheet, const struct letter *letter, const char *country)
{
    struct sheet_style style = letter_own_style(letter, LETTER_BODY_SIZE);
    char *text = message_fill(purpose(letter), "name", country, NULL);
    style.is_bold = style.is_whole = style.is_kept = true;
    style.after = 6;
    style.line_spacing = 1.35;
    sheet_text(sheet, text, NULL, &style);
    free(text);
}

static const char *country_of(const struct letter *letter)
{
    return letter->government && letter->government[0]
               ? locale_country(letter->language, letter->government)
               : "";
}

static void draw_facts(struct sheet *sheet, const struct letter *letter)
{
    const struct language *l = letter->language;
    if (letter->procedure == LETTER_INFORMATION)
        letter_parts_draw_fact(sheet, letter, message_get(l, "Country concerned: {name}"),
                               country_of(letter));
    for (size_t i = 0; i < letter->conventions.count; i++) {
        char *name = letter_ilo_convention(l, letter->conventions.texts[i]);
        letter_parts_draw_fact(sheet, letter, "{name}", name);
        free(name);
    }
    letter_parts_draw_fact(sheet, letter, message_get(l, "Case No. {name}"), letter->case_number);
}

void letter_ilo_draw_intro(struct sheet *sheet, const struct letter *letter)
{
    if (letter->profile != LETTER_INTERNATIONAL)
        return;
    if (profile_is_ilo(letter)) {
        draw_purpose(sheet, letter, country_of(letter));
    } else if (letter->conventions.count > 0 || letter->case_number) {
        struct sheet_style style = letter_own_style(letter, LETTER_BODY_SIZE);
        style.is_kept = true;
        style.after = 3;
        /* translators: conventions and a case follow, one a line. */
        sheet_text(sheet, message_get(letter->language, "This letter concerns:"), NULL, &style);
    } else {
        return;
    }
    draw_facts(sheet, letter);
    sheet_space(sheet, 10);
}

void letter_ilo_columns(const struct letter *letter, struct sheet_column *columns)
{
    const struct language *l = letter->language;
    const struct sheet_column all[LETTER_ILO_COLUMNS] = {
        {message_get(l, "Organisation"), 0.235, PANGO_ALIGN_LEFT},
        {message_get(l, "Coverage, registration"), 0.21, PANGO_ALIGN_LEFT},
        {message_get(l, "Address, affiliation"), 0.205, PANGO_ALIGN_LEFT},
        {message_context(l, "table", "Members"), 0.13, PANGO_ALIGN_RIGHT},
        {message_get(l, "Represented by, mandate"), 0.22, PANGO_ALIGN_LEFT},
    };
    memcpy(columns, all, sizeof all);
}

static const char *registration_word(const struct language *l,
                                     enum letter_registration registration)
{
    switch (registration) {
    case LETTER_REGISTERED:
        return message_context(l, "organisation", "registered");
    case LETTER_REFUSED:
        return message_context(l, "organisation", "registration refused");
    case LETTER_DISSOLVED:
        return message_context(l, "organisation", "dissolved by the authorities");
    case LETTER_EXILE:
        return message_context(l, "organisation", "in exile");
    case LETTER_UNSTATED:
        break;
    }
    return NULL;
}

static char *dated(const struct language *l, const char *pattern, int64_t day)
{
    struct str written = STR_INIT;
    phrase_date(l, day, &written);
    char *text = message_fill(pattern, "date", str_text(&written), NULL);
    str_free(&written);
    return text;
}

/* On a line of its own. */
static void add_line(struct str *text, const char *line)
{
    if (!line || !line[0])
        return;
    str_append_text(text, text->len ? "\n" : "");
    str_append_text(text, line);
}

/* Another name than the first, as people read it. */
static bool is_other(const char *name, const char *first)
{
    return name && name[0] && strcmp(name, first) != 0;
}

/* The name may run the other way than the words around it: it stands in an isolate of its own. */
static char *filled(const char *pattern, const char *name)
{
    char *isolated = mem_format("\u2068%s\u2069", name);
    char *text = message_fill(pattern, "name", isolated, NULL);
    free(isolated);
    return text;
}

/* Which body decided, and when; empty when neither was said. */
static char *mandate_text(const struct letter *letter, const struct letter_signatory *signatory)
{
    const struct language *l = letter->language;
    struct str text = STR_INIT;
    if (signatory->mandate && signatory->mandate[0])
        str_append_text(&text, signatory->mandate);
    if (signatory->has_mandate_date) {
        struct str day = STR_INIT;
        phrase_date(l, signatory->mandate_date, &day);
        str_append_text(&text, text.len ? ", " : "");
        str_append_text(&text, str_text(&day));
        str_free(&day);
    }
    return str_take(&text);
}

static char *members_text(const struct letter *letter, const struct letter_signatory *signatory)
{
    struct str number = STR_INIT;
    if (signatory->has_members)
        locale_number(letter->language, signatory->members, &number);
    return str_take(&number);
}

/* The figure's day, or nothing. */
static char *members_note(const struct letter *letter, const struct letter_signatory *signatory)
{
    const struct language *l = letter->language;
    if (!signatory->has_members || !signatory->has_members_date)
        return NULL;
    /* translators: below a number of members: the day for which it holds. */
    return dated(l, message_context(l, "members", "on {date}"), signatory->members_date);
}

static struct sheet_cell cell_of(const char *text, const char *note)
{
    const bool has_text = text && text[0];
    return has_text ? (struct sheet_cell){text, note && note[0] ? note : NULL}
                    : (struct sheet_cell){note && note[0] ? note : NULL, NULL};
}

void letter_ilo_draw_row(struct sheet *sheet, const struct letter *letter,
                         const struct letter_signatory *signatory)
{
    const struct language *l = letter->language;
    struct str names = STR_INIT, person = STR_INIT;
    if (is_other(signatory->legal_name, signatory->organisation)) {
        char *legal = filled(message_get(l, "Legal name: {name}"), signatory->legal_name);
        add_line(&names, legal);
        free(legal);
    }
    if (is_other(signatory->organisation_latin, signatory->organisation))
        add_line(&names, signatory->organisation_latin);
    char *affiliation =
        signatory->affiliation && signatory->affiliation[0]
            ? filled(message_get(l, "Affiliated to: {name}"), signatory->affiliation)
            : NULL;
    char *members = members_text(letter, signatory), *on = members_note(letter, signatory);
    char *decided = mandate_text(letter, signatory);
    char *mandate = decided[0] ? filled(message_get(l, "Mandate: {name}"), decided) : NULL;
    add_line(&person, signatory->capacity);
    add_line(&person, mandate);
    const struct sheet_cell cells[LETTER_ILO_COLUMNS] = {
        {signatory->organisation, names.len ? str_text(&names) : NULL},
        cell_of(signatory->coverage, registration_word(l, signatory->registration)),
        cell_of(signatory->address ? signatory->address : signatory->town, affiliation),
        cell_of(members, on),
        cell_of(signatory->representative, str_text(&person)),
    };
    sheet_table_row(sheet, cells);
    str_free(&names);
    str_free(&person);
    free(affiliation);
    free(members);
    free(on);
    free(decided);
    free(mandate);
}

#define PARTICULARS 8
#define PARTICULARS_SIZE 9

/* "Label: value"; nothing where there is no value. */
static void add_particular(char **facts, size_t *count, const char *pattern, const char *value)
{
    if (value && value[0])
        facts[(*count)++] = filled(pattern, value);
}

static size_t particulars(const struct letter *letter, const struct letter_signatory *signatory,
                          char **facts)
{
    const struct language *l = letter->language;
    char *count = members_text(letter, signatory), *on = members_note(letter, signatory);
    char *members = on ? mem_format("%s, %s", count, on) : mem_string(count);
    char *mandate = mandate_text(letter, signatory);
    const struct {
        const char *pattern, *value;
    } all[PARTICULARS] = {
        {message_get(l, "Legal name: {name}"),
         signatory->legal_name ? signatory->legal_name : signatory->organisation},
        {message_get(l, "Name in Latin letters: {name}"), signatory->organisation_latin},
        {message_get(l, "Coverage: {name}"), signatory->coverage},
        {message_get(l, "Registration: {name}"), registration_word(l, signatory->registration)},
        {message_get(l, "Address: {name}"), signatory->address},
        {message_get(l, "Members, as stated: {name}"), members},
        {message_get(l, "Affiliated to: {name}"), signatory->affiliation},
        {message_get(l, "Mandate: {name}"), mandate},
    };
    size_t said = 0;
    for (size_t i = 0; i < PARTICULARS; i++)
        add_particular(facts, &said, all[i].pattern, all[i].value);
    free(count);
    free(on);
    free(members);
    free(mandate);
    return said;
}

/* Small, so that a letter of usual length fits one page; together on the next where it does not. */
void letter_ilo_draw_particulars(struct sheet *sheet, const struct letter *letter,
                                 const struct letter_signatory *signatory)
{
    char *facts[PARTICULARS];
    const size_t count = particulars(letter, signatory, facts);
    struct sheet_style style = letter_own_style(letter, PARTICULARS_SIZE);
    style.direction = letter->language->code;
    style.before = 12;
    style.after = 2;
    style.is_bold = style.is_kept = style.is_whole = true;
    sheet_text(sheet, message_get(letter->language, "Particulars of the organisation"), NULL,
               &style);
    style.is_bold = false;
    style.before = 0;
    style.after = 1;
    style.line_spacing = 1.15;
    style.indent = LETTER_INDENT;
    for (size_t i = 0; i < count; i++) {
        style.is_kept = i + 1 < count;
        sheet_text(sheet, facts[i], NULL, &style);
        free(facts[i]);
    }
}
