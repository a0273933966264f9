/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The list begins a page of its own behind a letter with an addressee, and goes on below a text
 * without one. */
#include "render/letter_list.h"
#include "base/mem.h"
#include "base/str.h"
#include "render/letter_ilo.h"
#include "render/letter_parts.h"
#include "render/profile.h"
#include "text/locale.h"
#include "text/phrase.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_said(const char *text)
{
    return text && text[0];
}

void letter_list_note(struct letter_has *has, const struct letter_signatory *signatory)
{
    has->place = has->place || is_said(signatory->town) || is_said(signatory->affiliation) ||
                 (signatory->is_initiator && is_said(signatory->country));
    has->members = has->members || signatory->has_members;
    has->person = has->person || is_said(signatory->representative);
}

static void choose_columns(struct letter_list *list)
{
    const struct language *l = list->letter->language;
    const struct letter_has *has = &list->has;
    const bool is_there[] = {true, has->place, has->members, has->person};
    const struct sheet_column all[] = {
        {message_get(l, "Organisation"), 0.36, PANGO_ALIGN_LEFT},
        {message_get(l, "Town, affiliation"), 0.24, PANGO_ALIGN_LEFT},
        {message_context(l, "table", "Members"), 0.16, PANGO_ALIGN_RIGHT},
        {message_get(l, "Represented by"), 0.24, PANGO_ALIGN_LEFT},
    };
    double whole = 0;
    for (size_t i = 0; i < 4; i++)
        whole += is_there[i] ? all[i].part : 0;
    for (size_t i = 0; i < 4; i++) { /* empty cells have no column: the others take its part */
        if (!is_there[i])
            continue;
        list->columns[list->count] = all[i];
        list->columns[list->count++].part = all[i].part / whole;
    }
}

void letter_list_init(struct letter_list *list, const struct letter *letter,
                      const struct letter_has *has)
{
    *list = (struct letter_list){.letter = letter, .has = *has};
    if (profile_is_ilo(letter)) {
        letter_ilo_columns(letter, list->columns);
        list->count = LETTER_ILO_COLUMNS;
    } else {
        choose_columns(list);
    }
}

static const char *heading_of(const struct letter *letter)
{
    const struct language *l = letter->language;
    switch (letter->edition) {
    case LETTER_SUPPLEMENT:
        return message_get(l, "Signed since");
    case LETTER_ACCESSION:
        return message_get(l, "Organisations that associate themselves");
    case LETTER_WHOLE:
        break;
    }
    return message_get(l, "Signed by");
}

static void draw_note(struct sheet *sheet, const struct letter *letter, const char *text)
{
    struct sheet_style style = letter_own_style(letter, LETTER_BODY_SIZE - 1.5);
    style.is_italic = style.is_kept = true;
    style.after = 1;
    sheet_text(sheet, text, NULL, &style);
}

/* What the sentence that counts them does not say: whose figures these are, the day for which they
 * hold. Before the list, since its end may be a hundred pages away. */
static void draw_notes(struct sheet *sheet, const struct letter *letter)
{
    const struct language *l = letter->language;
    if (letter->members > 0)
        draw_note(
            sheet, letter,
            message_get(l, "Members as stated by the organisations; affiliates may overlap."));
    if (letter->edition_date > 0) {
        struct str day = STR_INIT;
        phrase_date(l, letter->edition_date, &day);
        char *text = message_fill(message_get(l, "As of {date}."), "date", str_text(&day), NULL);
        draw_note(sheet, letter, text);
        free(text);
        str_free(&day);
    }
}

static void draw_count(struct sheet *sheet, const struct letter *letter)
{
    const struct phrase_counts counts = {.organisations = letter->named + letter->counted,
                                         .counted = letter->counted,
                                         .countries = letter->countries,
                                         .members = letter->members};
    struct sheet_style style = letter_own_style(letter, LETTER_BODY_SIZE);
    style.is_kept = true;
    style.after = 3;
    char *sentence = phrase_counts(letter->language, &counts);
    sheet_text(sheet, sentence, NULL, &style);
    free(sentence);
}

static void draw_head(struct sheet *sheet, const struct letter *letter)
{
    const char *heading = heading_of(letter);
    struct sheet_style style = letter_own_style(letter, 14);
    style.is_bold = style.is_kept = true;
    style.before = 30;
    style.after = 4;
    style.tag = "H1";
    style.bookmark = heading;
    if (profile_is_addressed(letter))
        sheet_section(sheet, 0);
    sheet_text(sheet, heading, NULL, &style);
    draw_count(sheet, letter);
    draw_notes(sheet, letter);
    sheet_space(sheet, 9);
}

const char *letter_list_group(const struct letter *letter, const struct letter_signatory *signatory)
{
    const struct language *l = letter->language;
    if (signatory->is_initiator)
        return message_get(l, "Initiators");
    return is_said(signatory->country) ? locale_country(l, signatory->country)
                                       : message_get(l, "International organisations");
}

static void begin_table(struct letter_list *list, struct sheet *sheet)
{
    struct sheet_style style =
        letter_own_style(list->letter, profile_is_ilo(list->letter) ? 8.5 : 9.5);
    draw_head(sheet, list->letter);
    style.line_spacing = 1.2;
    style.direction = list->letter->language->code;
    sheet_table_begin(sheet, list->columns, list->count, &style);
    list->has_begun = true;
}

static void begin_group(struct letter_list *list, struct sheet *sheet,
                        const struct letter_signatory *signatory)
{
    const char *heading = letter_list_group(list->letter, signatory);
    struct sheet_style style = letter_own_style(list->letter, LETTER_BODY_SIZE);
    style.is_bold = true;
    style.before = 12;
    style.after = 3;
    style.tag = "H2";
    style.bookmark = heading;
    style.bookmark_level = 1;
    sheet_table_group(sheet, heading, &style);
}

/* Initiators are not sorted by country: theirs stands beside the town. */
static char *place_text(const struct letter *letter, const struct letter_signatory *signatory)
{
    const bool has_country = signatory->is_initiator && is_said(signatory->country);
    const char *country = has_country ? locale_country(letter->language, signatory->country) : "";
    if (!is_said(signatory->town))
        return mem_string(country);
    /* What users typed may run the other way: it stands in an isolate of its own. */
    return has_country ? mem_format("\u2068%s\u2069, %s", signatory->town, country)
                       : mem_string(signatory->town);
}

static void draw_row(struct letter_list *list, struct sheet *sheet,
                     const struct letter_signatory *signatory)
{
    struct sheet_cell cells[LETTER_LIST_COLUMNS];
    struct str members = STR_INIT;
    size_t count = 0;
    const bool is_latin_other = is_said(signatory->organisation_latin) &&
                                strcmp(signatory->organisation_latin, signatory->organisation) != 0;
    char *place = NULL;
    cells[count++] = (struct sheet_cell){signatory->organisation,
                                         is_latin_other ? signatory->organisation_latin : NULL};
    if (list->has.place) {
        const char *affiliation = is_said(signatory->affiliation) ? signatory->affiliation : NULL;
        place = place_text(list->letter, signatory);
        cells[count++] = place[0] ? (struct sheet_cell){place, affiliation}
                                  : (struct sheet_cell){affiliation, NULL};
    }
    if (list->has.members) {
        if (signatory->has_members)
            locale_number(list->letter->language, signatory->members, &members);
        cells[count++] = (struct sheet_cell){members.len ? str_text(&members) : NULL, NULL};
    }
    if (list->has.person) {
        const bool has_person = is_said(signatory->representative);
        cells[count++] = (struct sheet_cell){
            has_person ? signatory->representative : NULL,
            has_person && is_said(signatory->capacity) ? signatory->capacity : NULL};
    }
    sheet_table_row(sheet, cells);
    str_free(&members);
    free(place);
}

void letter_list_add(struct letter_list *list, struct sheet *sheet,
                     const struct letter_signatory *signatory)
{
    const char *country = signatory->country ? signatory->country : "";
    const bool is_first = !list->has_begun;
    if (is_first)
        begin_table(list, sheet);
    const bool is_same = signatory->is_initiator
                             ? list->is_initiators
                             : !list->is_initiators && strcmp(country, list->country) == 0;
    if (is_first || !is_same)
        begin_group(list, sheet, signatory);
    list->is_initiators = signatory->is_initiator;
    snprintf(list->country, sizeof list->country, "%s", country);
    if (profile_is_ilo(list->letter))
        letter_ilo_draw_row(sheet, list->letter, signatory);
    else
        draw_row(list, sheet, signatory);
}

void letter_list_end(struct letter_list *list, struct sheet *sheet)
{
    if (list->has_begun)
        sheet_table_end(sheet);
    else if (list->letter->counted > 0)
        draw_head(sheet, list->letter);
}
