/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A supplement refers to what was delivered by reference, date and count and says how many have
 * signed since; an accession names the communication that its organisations associate themselves
 * with. Neither repeats the text, but for a supplement's individual letters: each is a union's own,
 * with a line about the ones before it. Where a sentence would have to bend a name by its
 * language's grammar, the name stands behind a colon or in brackets.
 */
#include "render/letter_cover.h"
#include "base/mem.h"
#include "base/str.h"
#include "render/letter_ilo.h"
#include "render/profile.h"
#include "text/locale.h"
#include "text/phrase.h"
#include <stdlib.h>

static void draw_paragraph(struct sheet *sheet, const struct letter *letter, const char *text)
{
    struct sheet_style style = letter_own_style(letter, LETTER_BODY_SIZE);
    style.after = 8;
    style.line_spacing = 1.28;
    sheet_text(sheet, text, NULL, &style);
}

static void draw_day(struct sheet *sheet, const struct letter *letter, const char *pattern,
                     int64_t day)
{
    struct str written = STR_INIT;
    phrase_date(letter->language, day, &written);
    letter_parts_draw_fact(sheet, letter, pattern, str_text(&written));
    str_free(&written);
}

static char *number_text(int64_t number)
{
    return mem_format("%lld", (long long)number);
}

static void add_part(struct str *text, char *part)
{
    str_append_text(text, text->len ? ", " : "");
    str_append_text(text, part);
    free(part);
}

/* What was delivered, by the names that both sides have for it: "Ref. 01-22, 7 January 2022,
 * dispatch No. 3". Empty where it has none. */
static char *reference_text(const struct letter *letter)
{
    const struct language *l = letter->language;
    struct str text = STR_INIT;
    if (letter->number)
        add_part(&text, phrase_reference(l, false, 0, letter->number));
    if (letter->has_date) {
        struct str day = STR_INIT;
        phrase_date(l, letter->date, &day);
        add_part(&text, str_take(&day));
    }
    if (letter->refers_number > 0) {
        char *number = number_text(letter->refers_number);
        add_part(&text, message_fill(message_context(l, "letter", "dispatch No. {number}"),
                                     "number", number, NULL));
        free(number);
    }
    return str_take(&text);
}

/* One sentence with a count and the day of delivery. */
static void draw_counted(struct sheet *sheet, const struct letter *letter, const char *pattern,
                         int64_t count)
{
    struct str number = STR_INIT, day = STR_INIT;
    char *reference = reference_text(letter);
    locale_number(letter->language, count, &number);
    phrase_date(letter->language, letter->refers_date, &day);
    char *text = message_fill(pattern, "count", str_text(&number), "date", str_text(&day),
                              "reference", reference, NULL);
    draw_paragraph(sheet, letter, text);
    free(text);
    free(reference);
    str_free(&number);
    str_free(&day);
}

/* A union's own letter of a later dispatch. */
static void draw_follows(struct sheet *sheet, const struct letter *letter)
{
    struct str day = STR_INIT;
    char *reference = reference_text(letter);
    phrase_date(letter->language, letter->refers_date, &day);
    char *text = message_fill(
        message_get(letter->language,
                    "This letter follows the one delivered to you on {date} ({reference})."),
        "date", str_text(&day), "reference", reference, NULL);
    draw_paragraph(sheet, letter, text);
    free(text);
    free(reference);
    str_free(&day);
}

static void draw_supplement(struct sheet *sheet, const struct letter *letter)
{
    const struct language *l = letter->language;
    const int64_t before = letter->refers_named + letter->refers_counted;
    const int64_t since = letter->named + letter->counted;
    draw_counted(
        sheet, letter,
        message_plural(l,
                       "In addition to our letter ({reference}), delivered on {date} and signed by "
                       "{count} organisation, we send you the names of those that have signed it "
                       "since.",
                       "In addition to our letter ({reference}), delivered on {date} and signed by "
                       "{count} organisations, we send you the names of those that have signed it "
                       "since.",
                       (unsigned long)before),
        before);
    draw_counted(sheet, letter,
                 message_plural(l,
                                "Since then {count} more organisation has signed it. The list that "
                                "is enclosed completes the one you have.",
                                "Since then {count} more organisations have signed it. The list "
                                "that is enclosed completes the one you have.",
                                (unsigned long)since),
                 since);
    letter_ilo_draw_intro(sheet, letter);
}

static void draw_accession(struct sheet *sheet, const struct letter *letter)
{
    const struct language *l = letter->language;
    char *reference = reference_text(letter), *subject = letter_subject(letter, " ");
    draw_paragraph(sheet, letter,
                   letter->is_individual
                       ? message_get(l, "Our organisation associates itself with the communication "
                                        "named below, which was delivered to you earlier.")
                       : message_get(l, "The organisations named in the enclosed list associate "
                                        "themselves with the communication named below, which was "
                                        "delivered to you earlier."));
    letter_parts_draw_fact(sheet, letter, message_get(l, "Communication: {name}"), subject);
    letter_parts_draw_fact(sheet, letter, "{name}", reference);
    letter_parts_draw_fact(sheet, letter, message_get(l, "Addressed to: {name}"),
                           letter->addressee_name);
    draw_day(sheet, letter, message_get(l, "Delivered on: {name}"), letter->refers_date);
    sheet_space(sheet, 8);
    letter_ilo_draw_intro(sheet, letter);
    draw_paragraph(sheet, letter,
                   message_get(l, "Its text is adopted by this reference and is not repeated here. "
                                  "Please record this accession together with it."));
    free(reference);
    free(subject);
}

void letter_cover_draw_referring(struct sheet *sheet, const struct letter *letter)
{
    if (letter->edition == LETTER_ACCESSION)
        draw_accession(sheet, letter);
    else if (letter->is_individual)
        draw_follows(sheet, letter);
    else
        draw_supplement(sheet, letter);
}

static void draw_asked_of(struct sheet *sheet, const struct letter *letter)
{
    struct str names = STR_INIT;
    for (size_t i = 0; i < letter->asked_of.count; i++) {
        str_append_text(&names, i ? "; " : "");
        str_append_text(&names, letter->asked_of.texts[i]);
    }
    char *text = message_fill(message_get(letter->language,
                                          "The demands of this letter are addressed to: {names}. "
                                          "We ask you to take the matter up with them."),
                              "names", str_text(&names), NULL);
    struct sheet_style style = letter_own_style(letter, LETTER_BODY_SIZE);
    style.indent = LETTER_INDENT;
    style.after = 10;
    style.line_spacing = 1.28;
    style.is_whole = true;
    sheet_text(sheet, text, NULL, &style);
    free(text);
    str_free(&names);
}

void letter_cover_draw_intro(struct sheet *sheet, const struct letter *letter)
{
    letter_ilo_draw_intro(sheet, letter);
    if (letter->profile == LETTER_FEDERATION && letter->asked_of.count > 0)
        draw_asked_of(sheet, letter);
}

static bool has_enclosure(const struct letter *letter)
{
    return profile_is_addressed(letter) && !letter->is_individual &&
           letter->named + letter->counted > 0;
}

static void draw_enclosure(struct sheet *sheet, const struct letter *letter, int pages)
{
    const struct language *l = letter->language;
    struct sheet_style style = letter_own_style(letter, LETTER_BODY_SIZE - 1);
    char *count = number_text(pages);
    char *text =
        pages > 0 ? message_fill(message_plural(l, "Enclosure: list of signatories ({count} page)",
                                                "Enclosure: list of signatories ({count} pages)",
                                                (unsigned long)pages),
                                 "count", count, NULL)
                  : mem_string(message_get(l, "Enclosure: list of signatories"));
    style.before = 18;
    style.is_whole = true;
    style.is_kept = letter->copies.count > 0;
    sheet_text(sheet, text, NULL, &style);
    free(text);
    free(count);
}

bool letter_cover_is_followed(const struct letter *letter)
{
    return has_enclosure(letter) || letter->copies.count > 0;
}

void letter_cover_draw_copies(struct sheet *sheet, const struct letter *letter)
{
    struct sheet_style style = letter_own_style(letter, LETTER_BODY_SIZE - 1);
    if (letter->copies.count == 0)
        return;
    style.before = has_enclosure(letter) ? 6 : 18;
    style.is_kept = style.is_whole = true;
    sheet_text(sheet, message_context(letter->language, "letter", "Copy to:"), NULL, &style);
    style.before = 0;
    style.indent = LETTER_INDENT;
    for (size_t i = 0; i < letter->copies.count; i++) {
        style.is_kept = i == 0 && letter->copies.count > 1;
        sheet_text(sheet, letter->copies.texts[i], NULL, &style);
    }
}

/* To editors: how many, and where the names are. */
static void draw_press_facts(struct sheet *sheet, const struct letter *letter)
{
    const struct language *l = letter->language;
    const struct phrase_counts counts = {.organisations = letter->named + letter->counted,
                                         .counted = letter->counted,
                                         .countries = letter->countries,
                                         .members = letter->members};
    struct sheet_style style = letter_own_style(letter, LETTER_BODY_SIZE);
    style.is_italic = true;
    style.after = 3;
    char *sentence = phrase_counts(l, &counts);
    char *text = message_fill(message_get(l, "Signed by: {name}"), "name", sentence, NULL);
    if (counts.organisations > 0)
        sheet_text(sheet, text, NULL, &style);
    free(text);
    free(sentence);
    if (letter->site) {
        text = message_fill(message_get(l, "The text and its signatories: {name}"), "name",
                            letter->site, NULL);
        sheet_text(sheet, text, NULL, &style);
        free(text);
    }
    sheet_space(sheet, 10);
}

static void draw_contact(struct sheet *sheet, const struct letter *letter)
{
    struct sheet_style style = letter_own_style(letter, LETTER_BODY_SIZE - 1);
    if (letter->letterhead_count == 0)
        return;
    style.before = 18;
    style.is_bold = style.is_kept = style.is_whole = true;
    sheet_text(sheet, message_get(letter->language, "Contact for the press"), NULL, &style);
    style.before = 0;
    style.is_bold = false;
    for (size_t i = 0; i < letter->letterhead_count; i++) {
        style.is_kept = i + 1 < letter->letterhead_count;
        style.language = letter->letterhead[i].language;
        if (letter->letterhead[i].text[0])
            sheet_text(sheet, letter->letterhead[i].text, NULL, &style);
    }
}

static void draw_press_mark(struct sheet *sheet, const struct letter *letter)
{
    struct sheet_style style = letter_own_style(letter, LETTER_BODY_SIZE);
    style.font = SHEET_SANS;
    style.is_bold = true;
    style.after = 6;
    sheet_text(sheet, message_get(letter->language, "For the press"), NULL, &style);
}

/* A letter of a later day than its text has that day, and its number says what it refers to. */
static void draw_reference(struct sheet *sheet, const struct letter *letter)
{
    if (letter->edition == LETTER_WHOLE)
        letter_draw_reference(sheet, letter, letter->place, letter->has_date, letter->date,
                              letter->number);
    else
        letter_draw_reference(sheet, letter, letter->place, letter->edition_date > 0,
                              letter->edition_date, NULL);
}

static void draw_signers(struct sheet *sheet, const struct letter *letter)
{
    const bool is_followed = letter_cover_is_followed(letter);
    letter_draw_closing(sheet, letter, letter->signer_count > 0 || is_followed);
    for (size_t i = 0; i < letter->signer_count; i++)
        letter_draw_signer(sheet, letter, &letter->signers[i],
                           is_followed && i + 1 == letter->signer_count);
}

void letter_cover_draw(struct sheet *sheet, const struct letter *letter,
                       const struct markdown *body, int list_pages)
{
    const bool is_press = letter->profile == LETTER_PRESS;
    letter_draw_letterhead(sheet, letter);
    letter_draw_small_print(sheet, letter);
    if (is_press)
        draw_press_mark(sheet, letter);
    draw_reference(sheet, letter);
    letter_draw_addressee(sheet, letter);
    letter_draw_subject(sheet, letter);
    if (is_press)
        draw_press_facts(sheet, letter);
    letter_draw_salutation(sheet, letter);
    if (letter->edition == LETTER_WHOLE) {
        letter_cover_draw_intro(sheet, letter);
        letter_draw_body(sheet, letter, body);
    } else {
        letter_cover_draw_referring(sheet, letter);
    }
    draw_signers(sheet, letter);
    if (is_press)
        draw_contact(sheet, letter);
    if (has_enclosure(letter))
        draw_enclosure(sheet, letter, list_pages);
    letter_cover_draw_copies(sheet, letter);
}
