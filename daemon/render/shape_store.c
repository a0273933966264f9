/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A letter is drawn twice, and each time by a sheet of its own. Its tables' fonts stay between the
 * two, so that nothing is shaped a second time. There are a handful of them.
 */
#include "base/mem.h"
#include "render/shape.h"
#include <stdlib.h>
#include <string.h>

struct shape_store {
    struct stored {
        struct shape_font *font;
        enum sheet_font face;
        double size;
        bool is_bold, is_italic, is_rtl;
        char *language;
    } * stored;
    size_t count, texts;
};

struct shape_store *shape_store_new(size_t texts)
{
    struct shape_store *store = MEM_NEW(struct shape_store);
    store->texts = texts;
    return store;
}

void shape_store_free(struct shape_store *store)
{
    if (!store)
        return;
    for (size_t i = 0; i < store->count; i++) {
        shape_font_free(store->stored[i].font);
        free(store->stored[i].language);
    }
    free(store->stored);
    free(store);
}

struct shape_font *shape_store_font(struct shape_store *store, cairo_t *cairo,
                                    const struct sheet_style *style, bool is_rtl)
{
    const char *language = style->language ? style->language : "";
    for (size_t i = 0; i < store->count; i++) {
        const struct stored *at = &store->stored[i];
        if (at->face == style->font && at->size == style->size && at->is_bold == style->is_bold &&
            at->is_italic == style->is_italic && at->is_rtl == is_rtl &&
            strcmp(at->language, language) == 0)
            return at->font;
    }
    store->stored = mem_resize(store->stored, store->count + 1, sizeof *store->stored);
    struct stored *added = &store->stored[store->count++];
    *added = (struct stored){.font = shape_font_new(cairo, style, is_rtl, store->texts),
                             .face = style->font,
                             .size = style->size,
                             .is_bold = style->is_bold,
                             .is_italic = style->is_italic,
                             .is_rtl = is_rtl,
                             .language = mem_string(language)};
    return added->font;
}
