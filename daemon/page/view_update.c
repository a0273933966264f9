/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The organiser's news for pages. On the appeal's own page a long text gives only its beginning:
 * what people come for there is the letter, over slow links.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "page/render_update.h"
#include "text/unicode.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NEWEST 3           /* on the appeal's page */
#define WHOLE_MOST 1200    /* bytes of HTML that are still shown there whole */
#define BEGINNING_MOST 300 /* characters */

static void destroy_markdown(void *markdown)
{
    markdown_free(markdown);
}

const struct markdown *view_update_body(struct rendering *r, const struct update_text *text)
{
    struct markdown *body;

    if (update_parse_body(text, &body) != US_OK)
        return NULL;
    scratch_keep(&r->scratch, destroy_markdown, body);
    return body;
}

/* No half a word. */
static const char *cut(struct rendering *r, const struct markdown *body)
{
    char *plain = markdown_plain(body);
    char *line = unicode_clean(plain);
    char *beginning = unicode_shorten(line, BEGINNING_MOST);
    char *blank = strcmp(beginning, line) != 0 ? strrchr(beginning, ' ') : NULL;
    const char *shown;

    if (blank != NULL)
        *blank = '\0';
    shown = scratch_format(&r->scratch, "%s%s", beginning, blank != NULL ? "…" : "");
    free(plain);
    free(line);
    free(beginning);
    return shown;
}

struct url view_updates_path(struct rendering *r, const struct appeal *appeal, int64_t page,
                             int64_t number)
{
    const char *query = page > 1 ? scratch_format(&r->scratch, "?page=%" PRId64, page) : "";
    const char *place = number > 0 ? scratch_format(&r->scratch, "#update-%" PRId64, number) : "";

    return view_path(r, r->language, appeal->slug,
                     scratch_format(&r->scratch, "/updates%s%s", query, place));
}

void view_update(struct rendering *r, const struct appeal *appeal, const struct update *update,
                 struct view_update *out)
{
    const struct update_text *text =
        update_text_in(update, r->language->code, appeal->settings->authoritative);
    const struct markdown *body = view_update_body(r, text);

    *out = (struct view_update){
        .anchor = scratch_format(&r->scratch, "update-%" PRId64, update->number),
        .language = scratch_copy(&r->scratch, text->language),
        .direction = view_direction(text->language),
        .title = scratch_copy(&r->scratch, text->title),
        .day = clock_day(update->published_at),
        .body = {"", 0},
    };
    if (body != NULL)
        out->body = markdown_html(body);
}

/* ---- on the appeal's page ---- */

struct newest {
    struct rendering *r;
    const struct appeal *appeal;
    struct view_update items[NEWEST];
    size_t count;
};

static bool on_newest(const struct update *update, void *arg)
{
    struct newest *newest = arg;
    struct rendering *r = newest->r;
    struct view_update *view = &newest->items[newest->count++];

    view_update(r, newest->appeal, update, view);
    view->url = view_updates_path(r, newest->appeal, 1, update->number);
    if (view->body.len > WHOLE_MOST) {
        const struct markdown *body = view_update_body(
            r, update_text_in(update, r->language->code, newest->appeal->settings->authoritative));

        view->beginning = body != NULL ? cut(r, body) : "";
    }
    return newest->count < NEWEST;
}

enum us_err view_news(struct rendering *r, const struct appeal *appeal, struct latest_view *out)
{
    struct newest *newest = scratch_zero(&r->scratch, 1, sizeof *newest);
    enum us_err err;

    newest->r = r;
    newest->appeal = appeal;
    err = update_each(r->reader, appeal->id, INT64_MAX, NEWEST, on_newest, newest);
    if (err != US_OK)
        return err;
    out->items = newest->items;
    out->item_count = newest->count;
    out->all = view_updates_path(r, appeal, 1, 0);
    out->feed = view_path(r, r->language, appeal->slug, "/feed.atom");
    return US_OK;
}
