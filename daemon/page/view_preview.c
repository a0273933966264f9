/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What other sites show beside a link to an appeal's page (Open Graph). */
#include "appeal/document_heading.h"
#include "appeal/picture.h"
#include "page/rendering.h"
#include <string.h>

#define DESCRIPTION_MOST 200 /* characters; more is cut by who shows it */

/* Open Graph knows a language only with a country. */
static const char *locale_of(const char *language)
{
    static const char *const locales[] = {"en_GB", "fr_FR", "es_ES", "ru_RU", "kk_KZ",
                                          "ar_AR", "zh_CN", "de_DE", "pt_PT", "tr_TR"};
    for (size_t i = 0; i < sizeof locales / sizeof *locales; i++)
        if (strlen(language) == 2 && strncmp(locales[i], language, 2) == 0)
            return locales[i];
    return NULL;
}

enum us_err view_preview(struct rendering *r, const struct appeal *appeal, struct layout_view *out)
{
    const struct text *text = view_text(appeal, r->language);
    const char *site = site_config(r->site)->site_url;
    char *beginning = document_beginning(text, DESCRIPTION_MOST);
    char mark[PICTURE_MARK_SIZE];
    enum us_err err = picture_mark(r->reader, appeal, r->language->code, PICTURE_CARD, mark);
    struct view_preview *preview = scratch_zero(&r->scratch, 1, sizeof *preview);
    *preview = (struct view_preview){
        .title = view_title(r, text),
        .description = beginning != NULL ? scratch_take(&r->scratch, beginning) : NULL,
        .locale = locale_of(text->language),
        .address = scratch_format(&r->scratch, "%s/%s/%s", site, r->language->code, appeal->slug),
        .width = PICTURE_CARD_WIDTH,
        .height = PICTURE_CARD_HEIGHT,
    };
    if (err != US_OK)
        return err;
    /* Who keeps the picture by its address gets a new one after a new text was published. */
    if (mark[0] != '\0')
        preview->image = scratch_format(&r->scratch, "%s/%s/%s/card.png?v=%s", site,
                                        r->language->code, appeal->slug, mark);
    out->preview = preview;
    return US_OK;
}
