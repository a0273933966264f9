/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The letter as it would be typed in an office: letterhead over a rule, date and number, the
 * addressee's block, the subject, the text in a serif of 11 points, demands numbered and set in,
 * title lines and name of who signs. Where what stands, profile.c says.
 */
#include "render/letter_parts.h"
#include "base/mem.h"
#include "base/str.h"
#include "render/profile.h"
#include "text/phrase.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ADDRESSEE_NEAR 0.75 /* of the measure, where lines begin */
#define ADDRESSEE_FAR 0.55
#define WHOLE_WORD_MOST 40 /* bytes of a word that no line breaks at its hyphen */
#define BODY_SPACING 1.28
#define KEPT_TEXT_MOST 600 /* bytes of a last paragraph that stays with the signature */

struct sheet_style letter_style(const struct letter *letter, double size)
{
    return (struct sheet_style){.font = SHEET_SERIF,
                                .size = size,
                                .direction = letter->text_language,
                                .language = letter->text_language};
}

struct sheet_style letter_own_style(const struct letter *letter, double size)
{
    return (struct sheet_style){
        .font = SHEET_SERIF, .size = size, .language = letter->language->code};
}

static const char *line_language(const struct letter *letter, const struct letter_line *line)
{
    return line->language && line->language[0] ? line->language : letter->text_language;
}

/* Languages of both directions: then each stands on its own side, else all in the middle. */
static bool is_mixed(const struct letter *letter)
{
    bool has_rtl = false, has_ltr = false;
    for (size_t i = 0; i < letter->letterhead_count; i++) {
        const bool is_rtl = language_is_rtl(line_language(letter, &letter->letterhead[i]));
        has_rtl = has_rtl || is_rtl;
        has_ltr = has_ltr || !is_rtl;
    }
    return has_rtl && has_ltr;
}

/* The first line of its language is the name; what comes later in it, also behind the name in
 * another language, is its address. */
static bool is_name(const struct letter *letter, size_t i)
{
    const char *language = line_language(letter, &letter->letterhead[i]);
    for (size_t j = 0; j < i; j++)
        if (letter->letterhead[j].text[0] &&
            strcmp(line_language(letter, &letter->letterhead[j]), language) == 0)
            return false;
    return true;
}

void letter_draw_letterhead(struct sheet *sheet, const struct letter *letter)
{
    bool has_begun = false;
    const PangoAlignment align = is_mixed(letter) ? PANGO_ALIGN_LEFT : PANGO_ALIGN_CENTER;
    for (size_t i = 0; i < letter->letterhead_count; i++) {
        const struct letter_line *line = &letter->letterhead[i];
        const char *language = line_language(letter, line);
        const bool is_first = is_name(letter, i);
        const struct sheet_style style = {.font = SHEET_SERIF,
                                          .size = is_first ? 12.5 : 10,
                                          .is_bold = is_first,
                                          .align = align,
                                          .before = is_first && has_begun ? 7 : 0,
                                          .line_spacing = 1.2,
                                          .direction = language,
                                          .language = language};
        if (line->text[0]) {
            sheet_text(sheet, line->text, NULL, &style);
            has_begun = true;
        } else {
            sheet_space(sheet, 6);
        }
    }
    if (letter->letterhead_count > 0) {
        sheet_space(sheet, 9);
        sheet_rule(sheet, 0);
        sheet_space(sheet, 14);
    }
}

/* "Dispatch No. 3, 22 November 2026." */
static void append_dispatch(struct str *text, const struct letter *letter)
{
    struct str day = STR_INIT;
    char *number = mem_format("%lld", (long long)letter->edition_number);
    phrase_date(letter->language, letter->edition_date, &day);
    char *said =
        message_fill(message_context(letter->language, "letter", "Dispatch No. {number}, {date}."),
                     "number", number, "date", str_text(&day), NULL);
    str_append_text(text, said);
    free(said);
    free(number);
    str_free(&day);
}

void letter_draw_small_print(struct sheet *sheet, const struct letter *letter)
{
    struct str text = STR_INIT;
    struct sheet_style style = letter_own_style(letter, 7.5);
    style.font = SHEET_SANS;
    style.grey = 0.35;
    style.after = 10;
    style.is_whole = true;
    if (letter->edition_number > 0)
        append_dispatch(&text, letter);
    if (letter->sealer) {
        char *said = message_fill(
            message_get(letter->language,
                        "The digital seal in this file is that of {name}, which runs this site; it "
                        "is not the signature of each organisation."),
            "name", letter->sealer->name, NULL);
        str_append_text(&text, text.len ? " " : "");
        str_append_text(&text, said);
        free(said);
    }
    if (text.len > 0)
        sheet_text(sheet, str_text(&text), NULL, &style);
    str_free(&text);
}

static void draw_line(struct sheet *sheet, char *text, const struct sheet_style *style)
{
    if (text)
        sheet_text(sheet, text, NULL, style);
    free(text);
}

/* In the document's language where the interface speaks it; in that language's direction, whatever
 * the town is written in. */
void letter_draw_reference(struct sheet *sheet, const struct letter *letter, const char *place,
                           bool has_date, int64_t date, const char *number)
{
    const struct language *found = language_find(letter->text_language);
    const struct language *l = found ? found : letter->language;
    struct sheet_style style = letter_style(letter, LETTER_BODY_SIZE);
    style.direction = l->code;
    if (profile_is_reference_joined(letter)) {
        draw_line(sheet, phrase_reference(l, has_date, date, number), &style);
        draw_line(sheet, phrase_place(l, place, false, 0), &style);
    } else {
        draw_line(sheet, phrase_reference(l, false, 0, number), &style);
        style.align = profile_is_date_far(letter) ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT;
        draw_line(sheet, phrase_place(l, place, has_date, date), &style);
    }
    if (place || has_date || number)
        sheet_space(sheet, 16);
}

/* The Office's, where none was given: its own address, in the letter's language. */
static size_t office_lines(const struct letter *letter, const char **lines)
{
    static const char *const office[] = {
        MESSAGE_MARK("The Director-General"), MESSAGE_MARK("International Labour Office"),
        MESSAGE_MARK("4 route des Morillons"), MESSAGE_MARK("CH-1211 Geneva 22"),
        MESSAGE_MARK("Switzerland")};
    const size_t count = sizeof office / sizeof *office;
    for (size_t i = 0; i < count; i++)
        lines[i] = message_get(letter->language, office[i]);
    return count;
}

static void add_attribute(PangoAttrList *list, PangoAttribute *attribute, size_t begin, size_t end)
{
    attribute->start_index = (guint)begin;
    attribute->end_index = (guint)end;
    pango_attr_list_insert(list, attribute);
}

/* "Director-General" is not broken at its hyphen, unless it is so long that it might have to. */
static void draw_whole_words(struct sheet *sheet, const char *text, const struct sheet_style *style)
{
    PangoAttrList *attributes = pango_attr_list_new();
    for (size_t at = 0; text[at];) {
        const size_t len = strcspn(text + at, " \n");
        if (memchr(text + at, '-', len) && len <= WHOLE_WORD_MOST)
            add_attribute(attributes, pango_attr_allow_breaks_new(FALSE), at, at + len);
        at += len + (text[at + len] != '\0');
    }
    sheet_text(sheet, text, attributes, style);
    pango_attr_list_unref(attributes);
}

static void draw_via(struct sheet *sheet, const struct letter *letter, struct sheet_style style)
{
    style.is_italic = true;
    style.before = 4;
    for (size_t i = 0; i < letter->via.count; i++) {
        /* translators: under an addressee: the embassy through which the letter goes. */
        char *text = message_fill(message_context(letter->language, "letter", "Via: {name}"),
                                  "name", letter->via.texts[i], NULL);
        draw_whole_words(sheet, text, &style);
        free(text);
    }
}

void letter_draw_addressee(struct sheet *sheet, const struct letter *letter)
{
    const char *office[8];
    const bool is_office = profile_is_ilo(letter) && letter->addressee_lines.count == 0;
    const char *const *lines = is_office ? office + 1 : letter->addressee_lines.texts;
    size_t count = is_office ? office_lines(letter, office) - 1 : letter->addressee_lines.count;
    const char *name = is_office ? office[0] : letter->addressee_name;
    if (!name)
        return;
    struct sheet_style style = letter_style(letter, LETTER_BODY_SIZE);
    const bool is_far = profile_is_addressee_far(letter);
    const double width = sheet_width(sheet) * (is_far ? ADDRESSEE_FAR : ADDRESSEE_NEAR);
    if (is_far)
        style.indent = sheet_width(sheet) - width;
    style.width = width;
    style.is_bold = true;
    style.is_kept = count > 0;
    style.is_whole = true;
    style.direction = NULL; /* it may be in another language than the letter */
    style.language = is_office ? letter->language->code : letter->addressee_language;
    draw_whole_words(sheet, name, &style);
    style.is_bold = false;
    for (size_t i = 0; i < count; i++) {
        style.is_kept = i + 1 < count;
        draw_whole_words(sheet, lines[i], &style);
    }
    draw_via(sheet, letter, style);
    sheet_space(sheet, 18);
}

static char *joined(const struct letter_lines *lines, const char *between)
{
    struct str text = STR_INIT;
    for (size_t i = 0; i < lines->count; i++) {
        str_append_text(&text, i ? between : "");
        str_append_text(&text, lines->texts[i]);
    }
    return str_take(&text);
}

char *letter_subject(const struct letter *letter, const char *between)
{
    if (letter->titles.count == 0)
        return mem_string(letter->kind);
    char *title = joined(&letter->titles, " ");
    if (!letter->kind)
        return title;
    char *both = mem_format("%s%s%s", letter->kind, between, title);
    free(title);
    return both;
}

/* A title over the text: its kind, then its lines as they are broken in the document. */
static void draw_title(struct sheet *sheet, const struct letter *letter)
{
    const bool is_press = letter->profile == LETTER_PRESS;
    struct sheet_style style = letter_style(letter, is_press ? 11 : 12);
    style.is_bold = true;
    style.align = is_press ? PANGO_ALIGN_LEFT : PANGO_ALIGN_CENTER;
    style.is_kept = true;
    style.tag = "H1";
    if (letter->kind)
        draw_whole_words(sheet, letter->kind, &style);
    if (letter->titles.count > 0) {
        char *title = joined(&letter->titles, is_press ? " " : "\n");
        char *bookmark = joined(&letter->titles, " ");
        style.size = is_press ? 18 : 14;
        style.line_spacing = is_press ? 1.15 : 0;
        style.bookmark = letter->is_individual ? NULL : bookmark;
        draw_whole_words(sheet, title, &style);
        free(title);
        free(bookmark);
    }
    if (letter->kind || letter->titles.count > 0)
        sheet_space(sheet, 16);
}

/* What the letter is where the document has no word for it: a supplement, an accession. */
static const char *edition_word(const struct letter *letter, bool has_subject)
{
    const struct language *l = letter->language;
    if (letter->edition == LETTER_SUPPLEMENT && !letter->is_individual)
        return message_get(l, "Further signatories");
    if (letter->edition == LETTER_ACCESSION)
        return message_get(l, "Accession to a communication");
    if (has_subject || !profile_is_ilo(letter))
        return NULL;
    if (letter->procedure == LETTER_COMPLAINT)
        return message_get(l, "Complaint to the Committee on Freedom of Association");
    if (letter->procedure == LETTER_REPRESENTATION)
        return message_get(l, "Representation under article 24 of the ILO Constitution");
    return NULL;
}

/* That word on its own line, then what it is about. */
static char *edition_subject(const struct letter *letter)
{
    char *subject = letter_subject(letter, "\u2028");
    const char *word = edition_word(letter, subject != NULL);
    if (!word)
        return subject;
    char *both = mem_format("%s%s%s", word, subject ? "\u2028" : "", subject ? subject : "");
    free(subject);
    return both;
}

void letter_draw_subject(struct sheet *sheet, const struct letter *letter)
{
    if (!profile_is_addressed(letter) || !profile_is_spoken(letter)) {
        draw_title(sheet, letter);
        return;
    }
    char *subject = edition_subject(letter), *bookmark = letter_subject(letter, " ");
    if (subject) {
        struct sheet_style style = letter_style(letter, LETTER_BODY_SIZE + 0.5);
        style.is_bold = style.is_kept = style.is_whole = true;
        style.after = 14;
        style.tag = "H1";
        style.bookmark = letter->is_individual ? NULL : bookmark ? bookmark : subject;
        /* translators: a letter's subject line. Where letters have it without a word: {subject}. */
        char *line = message_fill(message_context(letter->language, "letter", "Re: {subject}"),
                                  "subject", subject, NULL);
        draw_whole_words(sheet, line, &style);
        free(line);
    }
    free(subject);
    free(bookmark);
}

void letter_draw_salutation(struct sheet *sheet, const struct letter *letter)
{
    const char *salutation = profile_salutation(letter);
    struct sheet_style style = letter_style(letter, LETTER_BODY_SIZE);
    style.after = 10;
    style.is_kept = true;
    if (salutation)
        sheet_text(sheet, salutation, NULL, &style);
}

static bool is_same_link(const struct span *a, const struct span *b)
{
    return a->link && b->link && strcmp(a->link, b->link) == 0;
}

/* Paper cannot be clicked: a link's address stands behind its words, unless they are the address.
 * It runs from left to right in any text. */
static void append_address(struct str *text, const char *link, const char *words)
{
    const char *address = strncmp(link, "mailto:", 7) == 0 ? link + 7 : link;
    if (strcmp(words, address) != 0)
        str_append_format(text, " \u2066<%s>\u2069", address);
}

/* A block's spans as one text with attributes. A hard line break is U+2028, which keeps the
 * paragraph. */
static char *block_text(const struct block *block, PangoAttrList *attributes)
{
    struct str text = STR_INIT;
    size_t link_from = 0;
    for (size_t i = 0; i < block->span_count; i++) {
        const struct span *span = &block->spans[i];
        size_t begin = text.len;
        if (span->link && (i == 0 || !is_same_link(span - 1, span)))
            link_from = begin;
        if (strcmp(span->text, "\n") == 0 && block->kind != BLOCK_CODE)
            str_append_text(&text, "\u2028");
        else
            str_append_text(&text, span->text);
        if (span->is_strong)
            add_attribute(attributes, pango_attr_weight_new(PANGO_WEIGHT_BOLD), begin, text.len);
        if (span->is_emphasis)
            add_attribute(attributes, pango_attr_style_new(PANGO_STYLE_ITALIC), begin, text.len);
        if (span->is_code)
            add_attribute(attributes, pango_attr_family_new("Noto Sans Mono, monospace"), begin,
                          text.len);
        if (span->link && (i + 1 == block->span_count || !is_same_link(span, span + 1)))
            append_address(&text, span->link, str_text(&text) + link_from);
    }
    return str_take(&text);
}

static struct sheet_style block_style(const struct block *block, const char *language)
{
    struct sheet_style style = {.font = SHEET_SERIF,
                                .size = LETTER_BODY_SIZE,
                                .after = 8,
                                .indent = block->level * LETTER_INDENT,
                                .direction = language,
                                .language = language,
                                .line_spacing = BODY_SPACING};
    switch (block->kind) {
    case BLOCK_HEADING:
        style.indent = 0;
        style.is_bold = true;
        style.size = block->level <= 2 ? 12.5 : LETTER_BODY_SIZE;
        style.before = 8;
        style.is_kept = true;
        style.tag = block->level <= 1 ? "H1" : "H2";
        break;
    case BLOCK_DEMAND:
    case BLOCK_ITEM:
    case BLOCK_MORE:
        style.indent = (block->level + 1) * LETTER_INDENT;
        break;
    case BLOCK_QUOTE:
        style.indent = (block->level + 1) * LETTER_INDENT;
        style.is_italic = true;
        style.tag = "BlockQuote";
        break;
    case BLOCK_PARAGRAPH:
    case BLOCK_RULE:
    case BLOCK_CODE:
        break;
    }
    return style;
}

void letter_draw_body(struct sheet *sheet, const struct letter *letter, const struct markdown *body)
{
    size_t count;
    const struct block *blocks = markdown_blocks(body, &count);
    for (size_t i = 0; i < count; i++) {
        const struct block *block = &blocks[i];
        struct sheet_style style = block_style(block, letter->text_language);
        char number[24] = "";
        if (block->kind == BLOCK_RULE) {
            sheet_space(sheet, 6);
            sheet_rule(sheet, 72);
            sheet_space(sheet, 10);
            continue;
        }
        if (block->kind == BLOCK_DEMAND || block->kind == BLOCK_ITEM) {
            if (block->number > 0)
                snprintf(number, sizeof number, "%s%d.",
                         language_is_rtl(letter->text_language) ? "\u200F" : "", block->number);
            sheet_label(sheet, number[0] ? number : "–", &style);
        }
        PangoAttrList *attributes = pango_attr_list_new();
        char *text = block_text(block, attributes);
        if (i + 1 == count && strlen(text) <= KEPT_TEXT_MOST)
            style.is_kept = style.is_whole = true;
        sheet_text(sheet, text, attributes, &style);
        pango_attr_list_unref(attributes);
        free(text);
    }
}

void letter_draw_closing(struct sheet *sheet, const struct letter *letter, bool is_followed)
{
    const char *closing = profile_closing(letter);
    struct sheet_style style = letter_style(letter, LETTER_BODY_SIZE);
    style.before = 10;
    style.is_kept = is_followed;
    style.is_whole = true;
    if (closing)
        sheet_text(sheet, closing, NULL, &style);
}

void letter_draw_signer(struct sheet *sheet, const struct letter *letter,
                        const struct letter_signer *signer, bool is_followed)
{
    struct sheet_style style = letter_style(letter, LETTER_BODY_SIZE);
    style.is_whole = true;
    for (size_t line = 0; line < signer->title_count; line++) {
        style.is_bold = true;
        style.before = line == 0 ? 14 : 0;
        style.is_kept = line + 1 < signer->title_count || signer->name || is_followed;
        sheet_text(sheet, signer->titles[line], NULL, &style);
    }
    if (!signer->name)
        return;
    style.is_bold = false;
    style.is_kept = is_followed;
    style.before = signer->title_count > 0 ? 8 : 14;
    sheet_text(sheet, signer->name, NULL, &style);
}

void letter_parts_draw_fact(struct sheet *sheet, const struct letter *letter, const char *pattern,
                            const char *name)
{
    if (!name || !name[0])
        return;
    struct sheet_style style = letter_own_style(letter, LETTER_BODY_SIZE - 0.5);
    style.indent = LETTER_INDENT;
    style.after = 2;
    style.is_whole = true;
    char *text = message_fill(pattern, "name", name, NULL);
    sheet_text(sheet, text, NULL, &style);
    free(text);
}
