/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The letter as it would be typed in an office: letterhead in the middle over a rule, date and
 * number, the addressee's block on the far side, the title in the middle, the text in a serif of 11
 * points, demands numbered and set in, the issuer's title lines and name. Then, like the pages
 * behind a letter, who signed.
 */
#include "render/letter_parts.h"
#include "base/mem.h"
#include "base/str.h"
#include "text/locale.h"
#include "text/phrase.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BODY_SIZE 11.0
#define DEMAND_INDENT 24.0
#define ADDRESSEE_PART 0.52 /* of the measure, at the far side */

static void draw_letterhead(struct sheet *sheet, const struct letter *letter)
{
    const char *before = NULL;
    for (size_t i = 0; i < letter->letterhead_count; i++) {
        const struct letter_line *line = &letter->letterhead[i];
        bool is_said = line->language && line->language[0];
        const char *language = is_said ? line->language : letter->text_language;
        bool is_other = !before || strcmp(before, language) != 0;
        struct sheet_style style = {.font = SHEET_SERIF,
                                    .size = is_other ? 12.5 : 10,
                                    .is_bold = is_other,
                                    .align = PANGO_ALIGN_CENTER,
                                    .before = is_other && before ? 7 : 0,
                                    .line_spacing = 1.2,
                                    .language = language};
        if (line->text[0]) {
            sheet_text(sheet, line->text, NULL, &style);
            before = language;
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

/* Date and number in the document's language where the interface speaks it. */
static void draw_reference(struct sheet *sheet, const struct letter *letter)
{
    const struct language *language = language_find(letter->text_language);
    char *line = phrase_reference(language ? language : letter->language, letter->has_date,
                                  letter->date, letter->number);
    const struct sheet_style style = {
        .font = SHEET_SERIF, .size = BODY_SIZE, .language = letter->text_language};
    if (line)
        sheet_text(sheet, line, NULL, &style);
    if (letter->place)
        sheet_text(sheet, letter->place, NULL, &style);
    if (line || letter->place)
        sheet_space(sheet, 16);
    free(line);
}

static void draw_addressee(struct sheet *sheet, const struct letter *letter)
{
    if (!letter->addressee_name)
        return;
    double width = sheet_width(sheet) * ADDRESSEE_PART;
    struct sheet_style style = {.font = SHEET_SERIF,
                                .size = BODY_SIZE,
                                .indent = sheet_width(sheet) - width,
                                .is_bold = true,
                                .is_kept = letter->addressee_line_count > 0,
                                .is_whole = true,
                                .language = letter->addressee_language};
    sheet_text(sheet, letter->addressee_name, NULL, &style);
    style.is_bold = false;
    for (size_t i = 0; i < letter->addressee_line_count; i++) {
        style.is_kept = i + 1 < letter->addressee_line_count;
        sheet_text(sheet, letter->addressee_lines[i], NULL, &style);
    }
    sheet_space(sheet, 20);
}

static char *joined(const char *const *lines, size_t count, const char *between)
{
    struct str text = STR_INIT;
    for (size_t i = 0; i < count; i++) {
        str_append_text(&text, i ? between : "");
        str_append_text(&text, lines[i]);
    }
    return str_take(&text);
}

static void draw_title(struct sheet *sheet, const struct letter *letter)
{
    struct sheet_style style = {.font = SHEET_SERIF,
                                .size = 12,
                                .is_bold = true,
                                .align = PANGO_ALIGN_CENTER,
                                .is_kept = true,
                                .tag = "H1",
                                .language = letter->text_language};
    if (letter->kind)
        sheet_text(sheet, letter->kind, NULL, &style);
    if (letter->title_count > 0) {
        char *title = joined(letter->titles, letter->title_count, "\n");
        char *bookmark = joined(letter->titles, letter->title_count, " ");
        style.size = 14;
        style.bookmark = bookmark;
        sheet_text(sheet, title, NULL, &style);
        free(title);
        free(bookmark);
    }
    if (letter->kind || letter->title_count > 0)
        sheet_space(sheet, 16);
}

static void add_attribute(PangoAttrList *list, PangoAttribute *attribute, size_t begin, size_t end)
{
    attribute->start_index = (guint)begin;
    attribute->end_index = (guint)end;
    pango_attr_list_insert(list, attribute);
}

/* A block's spans as one text with attributes. A hard line break is U+2028, which keeps the
 * paragraph. */
static char *block_text(const struct block *block, PangoAttrList *attributes)
{
    struct str text = STR_INIT;
    for (size_t i = 0; i < block->span_count; i++) {
        const struct span *span = &block->spans[i];
        size_t begin = text.len;
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
    }
    return str_take(&text);
}

static struct sheet_style block_style(const struct block *block, const char *language)
{
    struct sheet_style style = {.font = SHEET_SERIF,
                                .size = BODY_SIZE,
                                .after = 8,
                                .indent = block->level * DEMAND_INDENT,
                                .language = language,
                                .line_spacing = 1.35};
    switch (block->kind) {
    case BLOCK_HEADING:
        style.indent = 0;
        style.is_bold = true;
        style.size = block->level <= 2 ? 12.5 : BODY_SIZE;
        style.before = 8;
        style.is_kept = true;
        style.tag = block->level <= 1 ? "H1" : "H2";
        break;
    case BLOCK_DEMAND:
    case BLOCK_ITEM:
    case BLOCK_MORE:
        style.indent = (block->level + 1) * DEMAND_INDENT;
        break;
    case BLOCK_QUOTE:
        style.indent = (block->level + 1) * DEMAND_INDENT;
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

static void draw_body(struct sheet *sheet, const struct letter *letter, const struct markdown *body)
{
    size_t count;
    const struct block *blocks = markdown_blocks(body, &count);
    for (size_t i = 0; i < count; i++) {
        const struct block *block = &blocks[i];
        struct sheet_style style = block_style(block, letter->text_language);
        char number[16] = "";
        if (block->kind == BLOCK_RULE) {
            sheet_space(sheet, 6);
            sheet_rule(sheet, 72);
            sheet_space(sheet, 10);
            continue;
        }
        if (block->kind == BLOCK_DEMAND || block->kind == BLOCK_ITEM) {
            if (block->number > 0)
                snprintf(number, sizeof number, "%d.", block->number);
            sheet_label(sheet, number[0] ? number : "–", &style);
        }
        PangoAttrList *attributes = pango_attr_list_new();
        char *text = block_text(block, attributes);
        sheet_text(sheet, text, attributes, &style);
        pango_attr_list_unref(attributes);
        free(text);
    }
}

/* The closing stays with the first signer, and a signer's titles with the name. */
static void draw_signers(struct sheet *sheet, const struct letter *letter)
{
    struct sheet_style style = {.font = SHEET_SERIF,
                                .size = BODY_SIZE,
                                .before = 10,
                                .is_kept = letter->signer_count > 0,
                                .is_whole = true,
                                .language = letter->text_language};
    if (letter->closing)
        sheet_text(sheet, letter->closing, NULL, &style);
    for (size_t i = 0; i < letter->signer_count; i++) {
        const struct letter_signer *signer = &letter->signers[i];
        for (size_t line = 0; line < signer->title_count; line++) {
            style.is_bold = true;
            style.before = line == 0 ? 14 : 0;
            style.is_kept = line + 1 < signer->title_count || signer->name;
            sheet_text(sheet, signer->titles[line], NULL, &style);
        }
        if (!signer->name)
            continue;
        style.is_bold = style.is_kept = false;
        style.before = signer->title_count > 0 ? 8 : 14;
        sheet_text(sheet, signer->name, NULL, &style);
    }
}

void letter_draw_document(struct sheet *sheet, const struct letter *letter,
                          const struct markdown *body)
{
    const struct sheet_style plain = {.font = SHEET_SERIF,
                                      .size = BODY_SIZE,
                                      .after = 10,
                                      .is_kept = true,
                                      .language = letter->text_language};
    draw_letterhead(sheet, letter);
    draw_reference(sheet, letter);
    draw_addressee(sheet, letter);
    draw_title(sheet, letter);
    if (letter->salutation)
        sheet_text(sheet, letter->salutation, NULL, &plain);
    draw_body(sheet, letter, body);
    draw_signers(sheet, letter);
}

void letter_draw_list_head(struct sheet *sheet, const struct letter *letter)
{
    const struct language *l = letter->language;
    const char *heading = message_get(l, "Signed by");
    struct sheet_style style = {.font = SHEET_SERIF,
                                .size = 14,
                                .is_bold = true,
                                .before = 30,
                                .after = 4,
                                .is_kept = true,
                                .tag = "H1",
                                .bookmark = heading,
                                .language = l->code};
    const struct phrase_counts counts = {.organisations = letter->named + letter->counted,
                                         .countries = letter->countries,
                                         .members = letter->members};
    sheet_text(sheet, heading, NULL, &style);
    char *sentence = phrase_counts(l, &counts);
    const struct sheet_style said = {
        .font = SHEET_SERIF, .size = BODY_SIZE, .after = 6, .is_kept = true, .language = l->code};
    sheet_text(sheet, sentence, NULL, &said);
    free(sentence);
}

void letter_draw_country(struct sheet *sheet, const struct letter *letter, const char *country)
{
    const struct language *l = letter->language;
    const struct sheet_style style = {.font = SHEET_SERIF,
                                      .size = BODY_SIZE,
                                      .is_bold = true,
                                      .before = 12,
                                      .after = 3,
                                      .is_kept = true,
                                      .tag = "H2",
                                      .language = l->code};
    sheet_text(sheet,
               country && country[0] ? locale_country(l, country)
                                     : message_get(l, "International organisations"),
               NULL, &style);
}

/* User text may run the other way than the letter: each part stands in an isolate of its own. */
static void append_part(struct str *line, const char *between, const char *text)
{
    if (!text || !text[0])
        return;
    str_append_text(line, line->len ? between : "");
    str_append_text(line, "\u2068");
    str_append_text(line, text);
    str_append_text(line, "\u2069");
}

void letter_draw_signatory(struct sheet *sheet, const struct letter *letter,
                           const struct letter_signatory *signatory)
{
    struct str line = STR_INIT;
    PangoAttrList *attributes = pango_attr_list_new();
    struct sheet_style style = {.font = SHEET_SERIF,
                                .size = 10,
                                .after = 3.5,
                                .indent = 12,
                                .is_whole = true,
                                .direction = letter->language->code,
                                .line_spacing = 1.2};
    append_part(&line, "", signatory->organisation);
    if (signatory->organisation_latin && signatory->organisation_latin[0] && line.len > 0 &&
        strcmp(signatory->organisation_latin, signatory->organisation) != 0) {
        str_append_text(&line, " (");
        append_part(&line, "", signatory->organisation_latin);
        str_append_text(&line, ")");
    }
    append_part(&line, ", ", signatory->town);
    if (signatory->has_members) {
        struct str number = STR_INIT;
        locale_number(letter->language, signatory->members, &number);
        char *members =
            message_fill(message_plural(letter->language, "{count} member", "{count} members",
                                        (unsigned long)signatory->members),
                         "count", str_text(&number), NULL);
        append_part(&line, " · ", members);
        free(members);
        str_free(&number);
    }
    if (signatory->representative && signatory->representative[0]) {
        size_t person = line.len;
        str_append_text(&line, "\u2028");
        struct str who = STR_INIT;
        append_part(&who, "", signatory->representative);
        append_part(&who, ", ", signatory->capacity);
        str_append(&line, who.data, who.len);
        str_free(&who);
        add_attribute(attributes, pango_attr_foreground_new(0x4800, 0x4800, 0x4800), person,
                      line.len);
    }
    sheet_text(sheet, str_text(&line), attributes, &style);
    pango_attr_list_unref(attributes);
    str_free(&line);
}

void letter_draw_list_foot(struct sheet *sheet, const struct letter *letter)
{
    const struct language *l = letter->language;
    const struct sheet_style style = {
        .font = SHEET_SERIF, .size = 9.5, .is_italic = true, .before = 12, .language = l->code};
    if (letter->counted > 0) {
        struct str number = STR_INIT;
        locale_number(l, letter->counted, &number);
        char *text = message_fill(
            message_plural(l, "{count} more organisation has signed and is not named here.",
                           "{count} more organisations have signed and are not named here.",
                           (unsigned long)letter->counted),
            "count", str_text(&number), NULL);
        sheet_text(sheet, text, NULL, &style);
        free(text);
        str_free(&number);
    }
    if (letter->members > 0)
        sheet_text(
            sheet,
            message_get(l, "Members as stated by the organisations; affiliates may overlap."), NULL,
            &style);
}
