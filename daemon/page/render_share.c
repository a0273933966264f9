/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Passing an appeal on goes by plain links: no other site's script or picture is on our pages, and
 * none of them hears of a visitor who does not follow its link.
 */
#include "page/render_share.h"
#include "appeal/document_heading.h"
#include "appeal/picture.h"
#include "page/view_share.h"
#include "text/locale.h"
#include "text/unicode.h"
#include "web/pages/templates.h"
#include <stdlib.h>
#include <string.h>

#define WORDS_MOST 120       /* characters of a title in a link */
#define WORDS_BYTES_MOST 480 /* each is three in a link; long links are cut by who gets them */
#define TITLE_MOST 220       /* characters on a poster, so that all of it stands on one sheet */
#define TITLE_LARGE 100
#define BEGINNING_MOST 320 /* of the text there */
#define PNG_TYPE "image/png"

/* RFC 3986 section 2.1; lines end as RFC 6068 wants it. */
static const char *encode(struct rendering *r, const char *text)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    struct str out = STR_INIT;
    for (const char *c = text; *c != '\0'; c++) {
        if (strchr(plain, *c) != NULL)
            str_append_char(&out, *c);
        else
            str_append_format(&out, "%%%02X", (unsigned char)*c);
    }
    return scratch_str(&r->scratch, &out);
}

/* A title in few words, or none where they would take too many bytes. */
static const char *short_title(struct rendering *r, const struct text *text)
{
    const char *words = scratch_take(&r->scratch, unicode_shorten(view_title(r, text), WORDS_MOST));
    return strlen(words) <= WORDS_BYTES_MOST ? words : "";
}

static void fill_ways(struct rendering *r, const struct text *text, struct share_view *view)
{
    const struct {
        const char *name, *pattern;
    } all[] = {
        {"Telegram", "https://t.me/share/url?url={address}&text={title}"},
        {"WhatsApp", "https://wa.me/?text={both}"},
        {"VK", "https://vk.com/share.php?url={address}&title={title}"},
        {message_get(r->language, "Send by e-mail"), "mailto:?subject={title}&body={lines}"},
        {message_get(r->language, "Text message (SMS)"), "sms:?&body={both}"},
    };
    const size_t count = sizeof all / sizeof *all;
    const char *title = short_title(r, text);
    const char *both = scratch_format(&r->scratch, "%s %s", title, view->address);
    const char *lines = scratch_format(&r->scratch, "%s\r\n\r\n%s", title, view->address);
    struct view_way *ways = scratch_zero(&r->scratch, count, sizeof *ways);
    for (size_t i = 0; i < count; i++) {
        char *address = message_fill(all[i].pattern, "address", encode(r, view->address), "title",
                                     encode(r, title), "both", encode(r, both), "lines",
                                     encode(r, lines), NULL);
        ways[i] =
            (struct view_way){all[i].name, template_url_share(scratch_take(&r->scratch, address))};
    }
    view->ways = ways;
    view->way_count = count;
}

/* HTML that is shown as text, to be copied: what stands in it is escaped for its own sake first. */
static const char *make_snippet(struct rendering *r, const struct share_view *view)
{
    struct template t;
    template_open(&t, r->language);
    template_page_snippet(&t, &(struct snippet_view){
                                  .page = template_url_link(view->address),
                                  .badge = template_url_link(
                                      scratch_format(&r->scratch, "%s/badge.png", view->address)),
                                  .width = PICTURE_BADGE_WIDTH,
                                  .height = PICTURE_BADGE_HEIGHT,
                                  .language = view->title_language,
                                  .title = view->title,
                              });
    char *snippet = str_take(&t.out);
    template_free(&t);
    size_t len = strlen(snippet);
    while (len > 0 && snippet[len - 1] == '\n')
        snippet[--len] = '\0';
    return scratch_take(&r->scratch, snippet);
}

static enum us_err find_code(struct rendering *r, const struct appeal *appeal, bool *out)
{
    char mark[PICTURE_MARK_SIZE];
    enum us_err err = picture_mark(r->reader, appeal, r->language->code, PICTURE_CODE, mark);
    *out = err == US_OK && mark[0] != '\0';
    return err;
}

static const char *address_of(struct rendering *r, const struct appeal *appeal)
{
    return scratch_take(&r->scratch, appeal_address(r->site, appeal, r->language->code));
}

enum us_err render_share(struct rendering *r, const struct appeal *appeal)
{
    const struct text *text = view_text(appeal, r->language);
    const struct language *l = r->language;
    struct share_view view = {
        .title = view_title(r, text),
        .title_language = text->language,
        .address = address_of(r, appeal),
        .appeal = view_path(r, l, appeal->slug, NULL),
        .code = view_path(r, l, appeal->slug, "/code.png"),
        .poster = view_path(r, l, appeal->slug, "/poster"),
        .badge = view_path(r, l, appeal->slug, "/badge.png"),
        .door = view_door(appeal, r->now),
        .door_day = view_door_day(appeal, r->now),
        .count = scratch_format(&r->scratch, "%s/api/v1/appeals/%s/count",
                                site_config(r->site)->site_url, appeal->slug),
    };
    enum us_err err = find_code(r, appeal, &view.has_code);
    if (err != US_OK)
        return err;
    fill_ways(r, text, &view);
    view.snippet = make_snippet(r, &view);
    view_layout(r, &view.layout, message_get(l, "Share this appeal"), appeal->slug, "/share");
    view.layout.is_hidden = true;
    template_page_share(&r->out, &view);
    return US_OK;
}

enum us_err render_poster(struct rendering *r, const struct appeal *appeal)
{
    const struct text *text = view_text(appeal, r->language);
    const char *address = address_of(r, appeal), *bare = strstr(address, "://");
    char *beginning = document_beginning(text, BEGINNING_MOST);
    struct poster_view view = {
        .language = text->language,
        .direction = view_direction(text->language),
        .issuer = document_issuer(text),
        .kind = text->title_count > 0 ? text->kind : NULL,
        .title = scratch_take(&r->scratch, unicode_shorten(view_title(r, text), TITLE_MOST)),
        .beginning = beginning != NULL ? scratch_take(&r->scratch, beginning) : NULL,
        .address = bare != NULL ? bare + 3 : address,
        .appeal = view_path(r, r->language, appeal->slug, NULL),
        .code = view_path(r, r->language, appeal->slug, "/code.png"),
    };
    enum us_err err = find_code(r, appeal, &view.has_code);
    if (err != US_OK)
        return err;
    view.is_long = unicode_length(view.title) > TITLE_LARGE;
    view_layout(r, &view.layout,
                scratch_format(&r->scratch, "%s – %s",
                               message_context(r->language, "to hang up", "Poster"), view.title),
                appeal->slug, "/poster");
    view.layout.is_hidden = true;
    template_page_poster(&r->out, &view);
    return US_OK;
}

/* ---- pictures ---- */

static void take_png(struct rendering *r, void *png, size_t len, struct page_made *made)
{
    str_append(&r->out.out, png, len);
    free(png);
    made->type = PNG_TYPE;
    made->is_open = true;
}

enum us_err render_picture(struct rendering *r, const struct appeal *appeal, enum page_kind kind,
                           struct page_made *made)
{
    void *png;
    size_t len;
    enum us_err err = picture_load(r->reader, appeal, r->language->code,
                                   kind == PAGE_CARD ? PICTURE_CARD : PICTURE_CODE, &png, &len);
    if (err == US_OK)
        take_png(r, png, len, made);
    return err;
}

static const char *badge_sentence(struct rendering *r, int64_t count)
{
    struct str number = STR_INIT;
    if (count == 0)
        return message_get(r->language, "No organisation has signed yet.");
    locale_number(r->language, count, &number);
    char *sentence =
        message_fill(message_plural(r->language, "{count} organisation has signed",
                                    "{count} organisations have signed", (unsigned long)count),
                     "count", str_text(&number), NULL);
    str_free(&number);
    return scratch_take(&r->scratch, sentence);
}

enum us_err render_badge(struct rendering *r, const struct appeal *appeal, struct page_made *made)
{
    struct appeal_counts counts;
    void *png;
    size_t len;
    enum us_err err = appeal_count(r->reader, appeal->id, appeal->version, &counts);
    if (err != US_OK)
        return err;
    reader_refresh(r->reader);
    err = picture_draw_badge(r->site, r->language->code, badge_sentence(r, counts.signatures),
                             view_title(r, view_text(appeal, r->language)), &png, &len);
    if (err == US_OK)
        take_png(r, png, len, made);
    return err;
}
