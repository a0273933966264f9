/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Text must come out of the file again as it went in. Rounded advances tear Arabic words apart, so
 * glyph positions are not rounded and metrics not hinted. So does a font that draws lam-alef as one
 * glyph or on no width, as Noto's do; Amiri has two glyphs for it. And so does kerning there: where
 * letters that do not join reach under one another, whoever takes the text out finds a blank.
 */
#include "render/typeset.h"
#include "base/utf8.h"
#include <hb.h>
#include <string.h>
#include <unicode/uscript.h>

PangoLayout *typeset_layout_new(cairo_t *cairo, bool is_rtl)
{
    PangoLayout *layout = pango_cairo_create_layout(cairo);
    PangoContext *context = pango_layout_get_context(layout);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    pango_cairo_context_set_resolution(context, 72);
    pango_context_set_round_glyph_positions(context, FALSE);
    pango_context_set_base_dir(context, is_rtl ? PANGO_DIRECTION_RTL : PANGO_DIRECTION_LTR);
    cairo_font_options_destroy(options);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_context_changed(layout);
    return layout;
}

void typeset_style(PangoLayout *layout, const struct sheet_style *style)
{
    PangoFontDescription *font = pango_font_description_from_string(
        style->font == SHEET_SERIF
            ? "Noto Serif, Amiri, Noto Naskh Arabic, Noto Serif CJK SC, serif"
            : "Noto Sans, Noto Sans Arabic, Noto Sans CJK SC, sans-serif");
    pango_font_description_set_absolute_size(font, style->size * PANGO_SCALE);
    pango_font_description_set_weight(font,
                                      style->is_bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_style(font,
                                     style->is_italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_line_spacing(layout,
                                  (float)(style->line_spacing > 0 ? style->line_spacing : 1.3));
    pango_layout_set_alignment(layout, style->align);
}

static bool is_arabic(uint32_t c)
{
    return (c >= 0x0600 && c <= 0x06FF) || (c >= 0x0750 && c <= 0x077F) ||
           (c >= 0x0870 && c <= 0x08FF) || (c >= 0xFB50 && c <= 0xFDFF) ||
           (c >= 0xFE70 && c <= 0xFEFE);
}

bool typeset_is_arabic(const char *text, size_t len)
{
    for (size_t pos = 0; pos < len;)
        if (is_arabic(utf8_next(text, len, &pos)))
            return true;
    return false;
}

/* From the first Arabic letter to the last. */
static void add_features(PangoAttrList *list, const char *text)
{
    size_t len = strlen(text), begin = len, end = 0;
    for (size_t pos = 0; pos < len;) {
        size_t before = pos;
        if (!is_arabic(utf8_next(text, len, &pos)))
            continue;
        begin = before < begin ? before : begin;
        end = pos;
    }
    if (end == 0)
        return;
    PangoAttribute *attribute = pango_attr_font_features_new("kern=0");
    attribute->start_index = (guint)begin;
    attribute->end_index = (guint)end;
    pango_attr_list_insert(list, attribute);
}

void typeset_text(PangoLayout *layout, const char *text, PangoAttrList *attributes,
                  const char *language)
{
    PangoAttrList *list = attributes ? pango_attr_list_copy(attributes) : pango_attr_list_new();
    pango_attr_list_insert(list, pango_attr_insert_hyphens_new(FALSE));
    add_features(list, text);
    if (language && language[0])
        pango_attr_list_insert(list, pango_attr_language_new(pango_language_from_string(language)));
    pango_layout_set_text(layout, text, -1);
    pango_layout_set_attributes(layout, list);
    pango_attr_list_unref(list);
}

void typeset_keep_blanks(PangoLayoutLine *line, const char *text)
{
    for (GSList *at = line->runs; at; at = at->next) {
        PangoGlyphItem *run = at->data;
        const char *begin = text + run->item->offset;
        hb_codepoint_t blank;
        for (int i = 0; i < run->glyphs->num_glyphs; i++)
            if (run->glyphs->glyphs[i].glyph == PANGO_GLYPH_EMPTY &&
                begin[run->glyphs->log_clusters[i]] == ' ' &&
                hb_font_get_nominal_glyph(pango_font_get_hb_font(run->item->analysis.font), ' ',
                                          &blank))
                run->glyphs->glyphs[i].glyph = blank;
    }
}

/* Pango marks the glyph of a character that it has none for, and keeps the character in it. */
static uint32_t missing_in_line(const PangoLayoutLine *line)
{
    for (const GSList *at = line->runs; at; at = at->next) {
        const PangoGlyphItem *run = at->data;
        for (int i = 0; i < run->glyphs->num_glyphs; i++)
            if (run->glyphs->glyphs[i].glyph & PANGO_GLYPH_UNKNOWN_FLAG)
                return run->glyphs->glyphs[i].glyph & ~PANGO_GLYPH_UNKNOWN_FLAG;
    }
    return 0;
}

uint32_t typeset_missing(PangoLayout *layout)
{
    if (pango_layout_get_unknown_glyphs_count(layout) == 0)
        return 0;
    for (int i = 0; i < pango_layout_get_line_count(layout); i++) {
        uint32_t missing = missing_in_line(pango_layout_get_line_readonly(layout, i));
        if (missing)
            return missing;
    }
    return 0;
}

enum us_err typeset_check(uint32_t missing, struct fault *fault)
{
    UErrorCode error = U_ZERO_ERROR;
    if (missing == 0)
        return US_OK;
    UScriptCode script = uscript_getScript((UChar32)missing, &error);
    const char *package = "fonts-noto-core";
    switch (script) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_HANGUL:
    case USCRIPT_BOPOMOFO:
        package = "fonts-noto-cjk";
        break;
    case USCRIPT_ARABIC:
        package = "fonts-hosny-amiri";
        break;
    default:
        break;
    }
    fault_set(fault, NULL, 0,
              "no installed font has the character U+%04X (script: %s): install the Debian package "
              "%s, or change the text",
              (unsigned)missing, uscript_getName(script), package);
    return US_NOT_FOUND;
}
