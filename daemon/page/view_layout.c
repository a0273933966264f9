/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What stands around every page, and the addresses of pages. */
#include "page/rendering.h"
#include <string.h>

const char *view_direction(const char *language)
{
    return language_is_rtl(language) ? "rtl" : "ltr";
}

struct url view_path(struct rendering *r, const struct language *language, const char *slug,
                     const char *rest)
{
    if (slug == NULL)
        slug = "";
    return template_url_path(
        scratch_format(&r->scratch, "/%s/%s%s", language->code, slug, rest ? rest : ""));
}

/* Search engines want to be told of other languages by whole addresses. */
static struct url whole(struct rendering *r, struct url path)
{
    return template_url_link(
        scratch_format(&r->scratch, "%s%s", site_config(r->site)->site_url, path.text));
}

static void fill_languages(struct rendering *r, struct layout_view *out, const char *slug,
                           const char *rest)
{
    size_t count = 0;
    while (language_table[count].code != NULL)
        count++;
    struct view_language *languages = scratch_zero(&r->scratch, count, sizeof *languages);
    for (size_t i = 0; i < count; i++) {
        const struct language *language = &language_table[i];
        languages[i] = (struct view_language){
            .code = language->code,
            .name = language->own_name,
            .url = view_path(r, language, slug, rest),
            .whole = whole(r, view_path(r, language, slug, rest)),
            .is_current = language == r->language,
        };
    }
    const struct language *preferred = language_find(site_config(r->site)->site_default_language);
    bool is_home = slug == NULL && rest[0] == '\0'; /* it asks the browser */
    out->by_default =
        whole(r, is_home ? template_url_path("/")
                         : view_path(r, preferred ? preferred : r->language, slug, rest));
    out->languages = languages;
    out->language_count = count;
}

void view_layout(struct rendering *r, struct layout_view *out, const char *title, const char *slug,
                 const char *rest)
{
    const char *site = site_config(r->site)->site_name;
    *out = (struct layout_view){
        .language = r->language->code,
        .direction = view_direction(r->language->code),
        .title = title ? title : site,
        .site = site,
        .home = view_path(r, r->language, NULL, NULL),
        .privacy = view_path(r, r->language, NULL, "privacy"),
        .accessibility = view_path(r, r->language, NULL, "accessibility"),
        .find = view_path(r, r->language, NULL, "mail"),
        .language_name = r->language->own_name,
    };
    if (rest != NULL)
        fill_languages(r, out, slug, rest);
}
