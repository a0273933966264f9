/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Text must come out of the file again as it went in. Rounded advances tear Arabic words apart, so
 * glyph positions are not rounded and metrics not hinted. So does a font that draws lam-alef as one
 * glyph or on no width, as Noto's do; Amiri has two glyphs for it. And so does kerning there: where
 * letters that do not join reach under one another, whoever takes the text out finds a blank.
 */
#include "render/typeset.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include <hb.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>

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
            ? "Noto Serif, Amiri, Noto Naskh Arabic, Noto Serif CJK SC, serif, Symbola"
            : "Noto Sans, Noto Sans Arabic, Noto Sans CJK SC, sans-serif, Symbola");
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

enum us_err typeset_check_fonts(struct fault *fault)
{
    PangoFontFamily **families = NULL;
    int count = 0;
    pango_font_map_list_families(pango_cairo_font_map_get_default(), &families, &count);
    bool has_font = false;
    for (int i = 0; i < count && !has_font; i++) {
        PangoFontFace **faces = NULL;
        int face_count = 0;
        pango_font_family_list_faces(families[i], &faces, &face_count);
        /* Sans, Serif and Monospace are there always, by name. */
        for (int k = 0; k < face_count && !has_font; k++)
            has_font = !pango_font_face_is_synthesized(faces[k]);
        g_free(faces);
    }
    g_free(families);
    if (has_font)
        return US_OK;
    fault_set(fault, NULL, 0,
              "there is no font on this machine: install the Debian package fonts-noto-core");
    return US_NOT_FOUND;
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

/* The Debian package for a script, and a family by which it is known to be installed. */
struct package {
    const char *name, *family;
};

static struct package package_of(UScriptCode script)
{
    switch (script) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_HANGUL:
    case USCRIPT_BOPOMOFO:
        return (struct package){"fonts-noto-cjk", "Noto Serif CJK SC"};
    case USCRIPT_ARABIC:
        return (struct package){"fonts-hosny-amiri", "Amiri"};
    case USCRIPT_COMMON:
    case USCRIPT_INHERITED:
    case USCRIPT_UNKNOWN:
        return (struct package){"fonts-symbola", "Symbola"};
    default:
        return (struct package){"fonts-noto-core", "Noto Serif"};
    }
}

static UScriptCode script_of(uint32_t character)
{
    UErrorCode error = U_ZERO_ERROR;
    return uscript_getScript((UChar32)character, &error);
}

enum us_err typeset_check(uint32_t missing, struct fault *fault)
{
    if (missing == 0)
        return US_OK;
    UScriptCode script = script_of(missing);
    fault_set(fault, NULL, 0,
              "no installed font has the character U+%04X (script: %s): install the Debian package "
              "%s, or change the text",
              (unsigned)missing, uscript_getName(script), package_of(script).name);
    return US_NOT_FOUND;
}

/* A layout to ask what the fonts have. */
static PangoLayout *probe_new(void)
{
    cairo_surface_t *surface = cairo_recording_surface_create(CAIRO_CONTENT_COLOR, NULL);
    cairo_t *cairo = cairo_create(surface);
    PangoLayout *layout = typeset_layout_new(cairo, false);
    typeset_style(layout, &(struct sheet_style){.size = 10});
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    return layout;
}

uint32_t typeset_missing_in(const char *text)
{
    PangoLayout *layout = probe_new();
    typeset_text(layout, text, NULL, NULL);
    uint32_t missing = typeset_missing(layout);
    g_object_unref(layout);
    return missing;
}

/* Has the script's package been installed? Then its name would help nobody: the character is one
 * of the few that nobody has drawn. */
static bool is_script_installed(UScriptCode script)
{
    UChar sample[16];
    char text[64];
    UErrorCode error = U_ZERO_ERROR;
    if (!pango_font_map_get_family(pango_cairo_font_map_get_default(), package_of(script).family))
        return false;
    int32_t len = uscript_getSampleString(script, sample, 16, &error);
    u_strToUTF8(text, sizeof text, NULL, sample, len, &error);
    return U_SUCCESS(error) && typeset_missing_in(text) == 0;
}

/* Is it no letter of a living script, or one that no package brings? */
static bool is_replaceable(uint32_t character)
{
    UScriptCode script = script_of(character);
    return script == USCRIPT_COMMON || script == USCRIPT_INHERITED ||
           uscript_getUsage(script) != USCRIPT_USAGE_RECOMMENDED || is_script_installed(script);
}

struct lacking { /* characters, each once */
    uint32_t *characters;
    size_t count;
};

static bool is_lacking(const struct lacking *lacking, uint32_t character)
{
    for (size_t i = 0; i < lacking->count; i++)
        if (lacking->characters[i] == character)
            return true;
    return false;
}

static void add_lacking(struct lacking *lacking, uint32_t character)
{
    lacking->characters = mem_resize(lacking->characters, lacking->count + 1, sizeof character);
    lacking->characters[lacking->count++] = character;
}

static void gather_replaceable(const PangoLayoutLine *line, struct lacking *seen,
                               struct lacking *out)
{
    for (const GSList *at = line->runs; at; at = at->next) {
        const PangoGlyphItem *run = at->data;
        for (int i = 0; i < run->glyphs->num_glyphs; i++) {
            PangoGlyph glyph = run->glyphs->glyphs[i].glyph;
            uint32_t character = glyph & ~PANGO_GLYPH_UNKNOWN_FLAG;
            if (!(glyph & PANGO_GLYPH_UNKNOWN_FLAG) || is_lacking(seen, character))
                continue;
            add_lacking(seen, character);
            if (is_replaceable(character))
                add_lacking(out, character);
        }
    }
}

char *typeset_replace(const char *text)
{
    struct lacking seen = {NULL, 0}, replaced = {NULL, 0};
    struct str out = STR_INIT;
    PangoLayout *layout = probe_new();
    typeset_text(layout, text, NULL, NULL);
    for (int i = 0; i < pango_layout_get_line_count(layout); i++)
        gather_replaceable(pango_layout_get_line_readonly(layout, i), &seen, &replaced);
    g_object_unref(layout);
    size_t len = strlen(text);
    for (size_t pos = 0; pos < len && replaced.count > 0;) {
        size_t begin = pos;
        if (is_lacking(&replaced, utf8_next(text, len, &pos)))
            str_append_text(&out, "\uFFFD");
        else
            str_append(&out, text + begin, pos - begin);
    }
    bool is_same = replaced.count == 0;
    free(seen.characters);
    free(replaced.characters);
    return is_same ? mem_string(text) : str_take(&out);
}
