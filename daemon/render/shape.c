/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Words of the scripts that run from left to right and do not join are shaped once each, and a text
 * is put together from them, line by line; the blanks between them count as words too. Any other
 * text is itemised and shaped whole, and given to a layout when it needs more than one line. Either
 * way its glyphs end up in one block of memory, with the text beside them, from which a reader's
 * program takes the words out again. Blocks that are asked for again stay: a slot's owner leaves it
 * only after as many misses as it had hits, so that names that come once do not drive out what
 * comes on every row.
 */
#include "render/shape.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "render/typeset.h"
#include <stdlib.h>
#include <string.h>

#define TEXT_SLOTS 1024   /* of whole texts, about 1 KiB each */
#define WORD_SLOTS 8192   /* about 300 bytes each */
#define LETTER_WIDTH 0.42 /* of the size: what a letter takes, for a guess */
#define USES_MOST 64      /* counted for a slot's owner */
#define GLYPHS_MOST 128   /* drawn from the stack */

struct shape_line {
    size_t run_begin, run_end;
    double width;
};

struct shape_run { /* one font, one direction */
    cairo_scaled_font_t *font;
    size_t glyph_begin, glyph_count, cluster_begin, cluster_count;
    size_t text_begin, text_len;
    bool is_backward;
};

struct shape {
    unsigned references, uses;
    uint32_t hash, missing;
    double width; /* that it was broken for */
    size_t text_len, line_count, run_count;
    struct shape_line *lines; /* these lie behind the struct */
    struct shape_run *runs;
    cairo_glyph_t *glyphs;
    cairo_text_cluster_t *clusters;
    char *text;
};

/* What a text is gathered in before its block's size is known. */
struct gathered {
    struct shape_line *lines;
    struct shape_run *runs;
    cairo_glyph_t *glyphs;
    cairo_text_cluster_t *clusters;
    size_t line_count, run_count, glyph_count, cluster_count;
    size_t line_room, run_room, glyph_room, cluster_room;
    double x; /* in the line */
    uint32_t missing;
};

struct shape_font {
    PangoLayout *layout;
    PangoContext *context;
    PangoDirection direction;      /* of a text that has none of its own */
    PangoAttrList *plain, *arabic; /* plain: of a layout; without one there is nothing to say */
    PangoGlyphString *string;
    double size;
    bool is_rtl;
    struct gathered gathered, word; /* word: the one that is shaped while its text is gathered */
    struct shape *words[WORD_SLOTS];
    size_t text_slots;
    struct shape *texts[];
};

struct shape_font *shape_font_new(cairo_t *cairo, const struct sheet_style *style, bool is_rtl,
                                  size_t texts)
{
    size_t slots = texts > 0 ? texts : TEXT_SLOTS;
    struct shape_font *font = mem_zero(sizeof *font + slots * sizeof font->texts[0]);
    font->text_slots = slots;
    font->layout = typeset_layout_new(cairo, is_rtl);
    font->context = pango_layout_get_context(font->layout);
    font->direction = is_rtl ? PANGO_DIRECTION_WEAK_RTL : PANGO_DIRECTION_WEAK_LTR;
    typeset_style(font->layout, style);
    pango_context_set_font_description(font->context,
                                       pango_layout_get_font_description(font->layout));
    if (style->language && style->language[0])
        pango_context_set_language(font->context, pango_language_from_string(style->language));
    pango_layout_context_changed(font->layout);
    font->plain = pango_attr_list_new();
    pango_attr_list_insert(font->plain, pango_attr_insert_hyphens_new(FALSE));
    font->arabic = pango_attr_list_copy(font->plain);
    pango_attr_list_insert(font->arabic, pango_attr_font_features_new("kern=0"));
    font->string = pango_glyph_string_new();
    font->size = style->size;
    font->is_rtl = is_rtl;
    return font;
}

static void gathered_free(struct gathered *g)
{
    free(g->lines);
    free(g->runs);
    free(g->glyphs);
    free(g->clusters);
}

void shape_font_free(struct shape_font *font)
{
    if (!font)
        return;
    for (size_t i = 0; i < font->text_slots; i++)
        shape_release(font->texts[i]);
    for (size_t i = 0; i < WORD_SLOTS; i++)
        shape_release(font->words[i]);
    pango_glyph_string_free(font->string);
    pango_attr_list_unref(font->plain);
    pango_attr_list_unref(font->arabic);
    g_object_unref(font->layout);
    gathered_free(&font->gathered);
    gathered_free(&font->word);
    free(font);
}

/* Room for one more in a growing array. */
static void *grown(void *array, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return array;
    *room = *room * 2 + 16;
    return mem_resize(array, *room, size);
}

static void clear(struct gathered *g)
{
    g->line_count = g->run_count = g->glyph_count = g->cluster_count = 0;
    g->missing = 0;
}

static void begin_line(struct gathered *g)
{
    g->lines = grown(g->lines, g->line_count, &g->line_room, sizeof *g->lines);
    g->lines[g->line_count] = (struct shape_line){.run_begin = g->run_count};
    g->x = 0;
}

/* width: without the blanks at its end. */
static void end_line(struct gathered *g, double width)
{
    struct shape_line *line = &g->lines[g->line_count++];
    line->run_end = g->run_count;
    line->width = width;
}

/* The glyphs first[0] to first[count - 1] that draw something; says how many. */
static size_t add_glyphs(struct gathered *g, const PangoGlyphInfo *first, int count)
{
    size_t before = g->glyph_count;
    for (int i = 0; i < count; i++) {
        const PangoGlyphInfo *info = &first[i];
        if (info->glyph & PANGO_GLYPH_UNKNOWN_FLAG) {
            if (g->missing == 0)
                g->missing = info->glyph & ~PANGO_GLYPH_UNKNOWN_FLAG;
        } else if (info->glyph != PANGO_GLYPH_EMPTY) {
            g->glyphs = grown(g->glyphs, g->glyph_count, &g->glyph_room, sizeof *g->glyphs);
            g->glyphs[g->glyph_count++] =
                (cairo_glyph_t){.index = info->glyph,
                                .x = g->x + (double)info->geometry.x_offset / PANGO_SCALE,
                                .y = (double)info->geometry.y_offset / PANGO_SCALE};
        }
        g->x += (double)info->geometry.width / PANGO_SCALE;
    }
    return g->glyph_count - before;
}

static void add_cluster(struct gathered *g, size_t bytes, size_t glyphs)
{
    g->clusters = grown(g->clusters, g->cluster_count, &g->cluster_room, sizeof *g->clusters);
    g->clusters[g->cluster_count++] =
        (cairo_text_cluster_t){.num_bytes = (int)bytes, .num_glyphs = (int)glyphs};
}

/* Glyphs come from left to right; each carries where in the run its cluster's text begins. Clusters
 * are told to Cairo in the text's order, which a run from right to left has the other way round. */
static void add_clusters(struct gathered *g, const PangoItem *item, const PangoGlyphString *string)
{
    size_t first_cluster = g->cluster_count;
    const bool is_backward = item->analysis.level % 2 != 0;
    const int *begins = string->log_clusters;
    int count = string->num_glyphs, before_begin = item->length;
    for (int i = 0; i < count;) {
        int end = i + 1;
        while (end < count && begins[end] == begins[i])
            end++;
        int text_end = is_backward ? before_begin : end < count ? begins[end] : item->length;
        size_t glyphs = add_glyphs(g, &string->glyphs[i], end - i);
        add_cluster(g, (size_t)(text_end - begins[i]), glyphs);
        before_begin = begins[i];
        i = end;
    }
    if (!is_backward)
        return;
    for (size_t a = first_cluster, b = g->cluster_count; a + 1 < b; a++) {
        cairo_text_cluster_t moved = g->clusters[a];
        g->clusters[a] = g->clusters[--b];
        g->clusters[b] = moved;
    }
}

/* A run whose glyphs and clusters were added last. Pango tells scripts apart where the font is one,
 * and words are shaped one by one; what is of one font is drawn together. */
static void add_run(struct gathered *g, const struct shape_run *run)
{
    if (g->run_count > g->lines[g->line_count].run_begin) {
        struct shape_run *before = &g->runs[g->run_count - 1];
        if (before->font == run->font && !before->is_backward && !run->is_backward &&
            before->text_begin + before->text_len == run->text_begin) {
            before->glyph_count += run->glyph_count;
            before->cluster_count += run->cluster_count;
            before->text_len += run->text_len;
            return;
        }
    }
    g->runs = grown(g->runs, g->run_count, &g->run_room, sizeof *g->runs);
    g->runs[g->run_count++] = *run;
}

static void add_item(struct gathered *g, const PangoItem *item, const PangoGlyphString *string)
{
    cairo_scaled_font_t *scaled =
        pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(item->analysis.font));
    struct shape_run run = {.font = scaled,
                            .glyph_begin = g->glyph_count,
                            .cluster_begin = g->cluster_count,
                            .text_begin = (size_t)item->offset,
                            .text_len = (size_t)item->length,
                            .is_backward = item->analysis.level % 2 != 0};
    if (!scaled)
        return;
    add_clusters(g, item, string);
    run.glyph_count = g->glyph_count - run.glyph_begin;
    run.cluster_count = g->cluster_count - run.cluster_begin;
    add_run(g, &run);
}

/* One line without a layout. */
static void gather_line(struct shape_font *font, struct gathered *g, const char *text, size_t len)
{
    bool has_arabic = typeset_is_arabic(text, len);
    GList *items = pango_itemize_with_base_dir(font->context, font->direction, text, 0, (int)len,
                                               has_arabic ? font->arabic : NULL, NULL);
    GList *visual = items && items->next ? pango_reorder_items(items) : items;
    begin_line(g);
    for (GList *at = visual; at; at = at->next) {
        PangoItem *item = at->data;
        pango_shape_with_flags(text + item->offset, item->length, text, (int)len, &item->analysis,
                               font->string, PANGO_SHAPE_NONE);
        add_item(g, item, font->string);
    }
    end_line(g, g->x);
    if (visual != items)
        g_list_free(visual);
    g_list_free_full(items, (GDestroyNotify)pango_item_free);
}

static void gather_lines(struct shape_font *font, const char *text, size_t len, double width)
{
    bool has_arabic = typeset_is_arabic(text, len);
    pango_layout_set_width(font->layout, (int)(width * PANGO_SCALE));
    pango_layout_set_attributes(font->layout, has_arabic ? font->arabic : font->plain);
    pango_layout_set_text(font->layout, text, (int)len);
    for (const GSList *at = pango_layout_get_lines(font->layout); at; at = at->next) {
        PangoLayoutLine *line = at->data;
        typeset_keep_blanks(line, text);
        begin_line(&font->gathered);
        for (const GSList *run = line->runs; run; run = run->next) {
            const PangoGlyphItem *item = run->data;
            add_item(&font->gathered, item->item, item->glyphs);
        }
        end_line(&font->gathered, font->gathered.x);
    }
}

static void copy_part(void *to, const void *from, size_t count, size_t size)
{
    if (count > 0)
        memcpy(to, from, count * size);
}

/* All in one block. */
static struct shape *collect(const struct gathered *g, const char *text, size_t len)
{
    size_t lines = g->line_count * sizeof *g->lines, runs = g->run_count * sizeof *g->runs;
    size_t glyphs = g->glyph_count * sizeof *g->glyphs;
    size_t clusters = g->cluster_count * sizeof *g->clusters;
    char *block = mem_alloc(sizeof(struct shape) + lines + runs + glyphs + clusters + len);
    struct shape *shape = (struct shape *)(void *)block;
    char *at = block + sizeof *shape;
    *shape = (struct shape){.references = 1,
                            .missing = g->missing,
                            .text_len = len,
                            .line_count = g->line_count,
                            .run_count = g->run_count};
    shape->lines = (struct shape_line *)(void *)at;
    shape->runs = (struct shape_run *)(void *)(at += lines);
    shape->glyphs = (cairo_glyph_t *)(void *)(at += runs);
    shape->clusters = (cairo_text_cluster_t *)(void *)(at += glyphs);
    shape->text = at + clusters;
    copy_part(shape->lines, g->lines, g->line_count, sizeof *g->lines);
    copy_part(shape->runs, g->runs, g->run_count, sizeof *g->runs);
    copy_part(shape->glyphs, g->glyphs, g->glyph_count, sizeof *g->glyphs);
    copy_part(shape->clusters, g->clusters, g->cluster_count, sizeof *g->clusters);
    copy_part(shape->text, text, len, 1);
    for (size_t i = 0; i < shape->run_count; i++)
        cairo_scaled_font_reference(shape->runs[i].font);
    return shape;
}

static uint32_t hash_text(const char *text, size_t len)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    return hash ^ hash >> 15;
}

static struct shape *find(struct shape *kept, uint32_t hash, const char *text, size_t len)
{
    if (!kept || kept->hash != hash || kept->text_len != len || memcmp(kept->text, text, len) != 0)
        return NULL;
    kept->uses += kept->uses < USES_MOST;
    kept->references++;
    return kept;
}

static void keep(struct shape **slot, struct shape *shape)
{
    if (*slot && (*slot)->uses > 0) {
        (*slot)->uses--;
        return;
    }
    shape_release(*slot);
    shape->references++;
    *slot = shape;
}

/* A reference, as with shape_text(). */
static struct shape *find_word(struct shape_font *font, const char *text, size_t len)
{
    uint32_t hash = hash_text(text, len);
    struct shape **slot = &font->words[hash % WORD_SLOTS];
    struct shape *word = find(*slot, hash, text, len);
    if (word)
        return word;
    clear(&font->word);
    gather_line(font, &font->word, text, len);
    word = collect(&font->word, text, len);
    word->hash = hash;
    keep(slot, word);
    return word;
}

/* Puts a word at the line's end; `begin` is where it stands in the text. */
static void add_word(struct gathered *g, const struct shape *word, size_t begin)
{
    for (size_t r = 0; r < word->run_count; r++) {
        const struct shape_run *from = &word->runs[r];
        struct shape_run run = *from;
        run.glyph_begin = g->glyph_count;
        run.cluster_begin = g->cluster_count;
        run.text_begin += begin;
        for (size_t i = 0; i < from->glyph_count; i++) {
            g->glyphs = grown(g->glyphs, g->glyph_count, &g->glyph_room, sizeof *g->glyphs);
            g->glyphs[g->glyph_count] = word->glyphs[from->glyph_begin + i];
            g->glyphs[g->glyph_count++].x += g->x;
        }
        for (size_t i = 0; i < from->cluster_count; i++) {
            const cairo_text_cluster_t *cluster = &word->clusters[from->cluster_begin + i];
            add_cluster(g, (size_t)cluster->num_bytes, (size_t)cluster->num_glyphs);
        }
        add_run(g, &run);
    }
    g->x += word->lines[0].width;
    if (g->missing == 0)
        g->missing = word->missing;
}

/* Letters that stand side by side from left to right, whatever is beside them, and what goes with
 * them. The blank between words is one; a line's end is none. */
static bool is_plain_letter(uint32_t c)
{
    return (c >= ' ' && c < 0x7F) || (c >= 0xA0 && c < 0x250 && c != 0xAD) ||
           (c >= 0x370 && c < 0x483) || (c >= 0x48A && c < 0x530) || (c >= 0x1E00 && c < 0x2000) ||
           (c >= 0x2010 && c < 0x2028) || (c >= 0x2030 && c < 0x205F) || c == 0x2116;
}

static bool is_strong_letter(uint32_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= 0xC0 && c < 0x2000);
}

/* What is put together from words. Where lines run from right to left, only what begins with a
 * letter: figures and signs by themselves are for Pango to put in order. */
static bool is_plain(const struct shape_font *font, const char *text, size_t len)
{
    bool is_first = true;
    for (size_t pos = 0; pos < len; is_first = false) {
        uint32_t c = utf8_next(text, len, &pos);
        if (!is_plain_letter(c) || (is_first && font->is_rtl && !is_strong_letter(c)))
            return false;
    }
    return len > 0;
}

/* No line begins with a sign that closes something or with a dash. */
static bool may_begin_line(const char *text, size_t len)
{
    size_t pos = 0;
    uint32_t c = utf8_next(text, len, &pos);
    return !(c < 0x80 && strchr(")]}!?;:,./%", (int)c)) && c != 0xBB && c != 0x2013 && c != 0x2014;
}

static size_t word_end(const char *text, size_t len, size_t begin)
{
    const char *blank = memchr(text + begin, ' ', len - begin);
    return blank ? (size_t)(blank - text) : len;
}

/* Does a word follow that may not begin a line? */
static bool is_followed(const char *text, size_t len, size_t end)
{
    return end + 1 < len && text[end + 1] != ' ' && !may_begin_line(text + end + 1, len - end - 1);
}

/* What the word at `begin` needs on its line: itself, and what may not be parted from it. */
static double width_from(struct shape_font *font, const char *text, size_t len, size_t begin)
{
    double width = 0;
    for (size_t at = begin;; at++) {
        size_t end = word_end(text, len, at);
        struct shape *word = find_word(font, text + at, end - at);
        width += word->lines[0].width;
        shape_release(word);
        if (!is_followed(text, len, end))
            return width;
        word = find_word(font, " ", 1);
        width += word->lines[0].width;
        shape_release(word);
        at = end;
    }
}

/* From words, as many on a line as it takes. Says no when one is wider than a line. */
static bool gather_words(struct shape_font *font, const char *text, size_t len, double width)
{
    struct gathered *g = &font->gathered;
    bool is_good = true;
    double right = 0; /* where the line's last word ends */
    begin_line(g);
    for (size_t begin = 0; begin < len && is_good;) {
        bool is_blank = text[begin] == ' ';
        size_t end = is_blank ? begin + 1 : word_end(text, len, begin);
        struct shape *word = find_word(font, text + begin, end - begin);
        if (!is_blank) {
            double own = word->lines[0].width;
            double need = is_followed(text, len, end) ? width_from(font, text, len, begin) : own;
            if (right > 0 && g->x + need > width && may_begin_line(text + begin, end - begin)) {
                end_line(g, right);
                begin_line(g);
            }
            right = g->x + own;
            is_good = right <= width;
        }
        add_word(g, word, begin);
        shape_release(word);
        begin = end;
    }
    end_line(g, right);
    return is_good;
}

/* Will it need more than one line? Has it line ends of its own? U+2028 and U+2029 are E2 80 A8 and
 * A9. */
static bool has_lines(const struct shape_font *font, const char *text, size_t len, double width)
{
    double most = 0;
    for (size_t pos = 0; pos < len;) {
        uint32_t c = utf8_next(text, len, &pos);
        if (c < ' ' || c == 0x2028 || c == 0x2029)
            return true;
        most += c < 0x2E80 ? LETTER_WIDTH * font->size : font->size;
    }
    return most > width;
}

static struct shape *make(struct shape_font *font, const char *text, size_t len, double width)
{
    clear(&font->gathered);
    bool is_done = is_plain(font, text, len) && gather_words(font, text, len, width);
    if (!is_done && !has_lines(font, text, len, width)) {
        clear(&font->gathered);
        gather_line(font, &font->gathered, text, len);
        is_done = font->gathered.lines[0].width <= width;
    }
    if (!is_done) {
        clear(&font->gathered);
        gather_lines(font, text, len, width);
    }
    return collect(&font->gathered, text, len);
}

struct shape *shape_text(struct shape_font *font, const char *text, double width)
{
    size_t len = strlen(text);
    uint32_t hash = hash_text(text, len) ^ (uint32_t)(width * 8);
    struct shape **slot = &font->texts[hash % font->text_slots];
    struct shape *shape = find(*slot, hash, text, len);
    if (shape && shape->width == width)
        return shape;
    shape_release(shape);
    shape = make(font, text, len, width);
    shape->hash = hash;
    shape->width = width;
    keep(slot, shape);
    return shape;
}

void shape_release(struct shape *shape)
{
    if (!shape || --shape->references > 0)
        return;
    for (size_t i = 0; i < shape->run_count; i++)
        cairo_scaled_font_destroy(shape->runs[i].font);
    free(shape);
}

size_t shape_line_count(const struct shape *shape)
{
    return shape->line_count;
}

double shape_line_width(const struct shape *shape, size_t line)
{
    return shape->lines[line].width;
}

uint32_t shape_missing(const struct shape *shape)
{
    return shape->missing;
}

static void draw_run(const struct shape *shape, const struct shape_run *run, cairo_t *cairo,
                     const double at[2])
{
    cairo_glyph_t room[GLYPHS_MOST];
    cairo_glyph_t *glyphs =
        run->glyph_count <= GLYPHS_MOST ? room : mem_resize(NULL, run->glyph_count, sizeof *glyphs);
    const cairo_glyph_t *from = shape->glyphs + run->glyph_begin;
    for (size_t i = 0; i < run->glyph_count; i++)
        glyphs[i] =
            (cairo_glyph_t){.index = from[i].index, .x = from[i].x + at[0], .y = from[i].y + at[1]};
    cairo_set_scaled_font(cairo, run->font);
    cairo_show_text_glyphs(cairo, shape->text + run->text_begin, (int)run->text_len, glyphs,
                           (int)run->glyph_count, shape->clusters + run->cluster_begin,
                           (int)run->cluster_count,
                           run->is_backward ? CAIRO_TEXT_CLUSTER_FLAG_BACKWARD : 0);
    if (glyphs != room)
        free(glyphs);
}

void shape_draw(const struct shape *shape, size_t line, cairo_t *cairo, double x, double y)
{
    const struct shape_line *drawn = &shape->lines[line];
    for (size_t i = drawn->run_begin; i < drawn->run_end; i++)
        if (shape->runs[i].glyph_count > 0)
            draw_run(shape, &shape->runs[i], cairo, (double[2]){x, y});
}
