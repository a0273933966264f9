/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* All news of an appeal, by pages. A page is counted from the newest, as people read it. */
#include "page/render_update.h"
#include "web/pages/templates.h"
#include <inttypes.h>

#define SKIP_MOST 1000 /* updates that are looked past to find a page's beginning */

struct page_of {
    struct rendering *r;
    const struct appeal *appeal;
    struct view_update items[RENDER_UPDATES_PER_PAGE];
    size_t count, skip;
};

static bool on_update(const struct update *update, void *arg)
{
    struct page_of *page = arg;

    if (page->skip > 0) {
        page->skip--;
        return true;
    }
    view_update(page->r, page->appeal, update, &page->items[page->count++]);
    return page->count < RENDER_UPDATES_PER_PAGE;
}

enum us_err render_updates(struct rendering *r, const struct appeal *appeal, int number)
{
    struct page_of *page = scratch_zero(&r->scratch, 1, sizeof *page);
    struct updates_view view = {
        .title = view_title(r, view_text(appeal, r->language)),
        .appeal = view_path(r, r->language, appeal->slug, NULL),
        .feed = view_path(r, r->language, appeal->slug, "/feed.atom"),
        .previous = view_updates_path(r, appeal, number - 1, 0),
        .next = view_updates_path(r, appeal, number + 1, 0),
        .number = number,
    };
    int64_t count;
    enum us_err err = update_count(r->reader, appeal->id, &count);

    if (err != US_OK)
        return err;
    if (count > SKIP_MOST)
        count = SKIP_MOST;
    view.count =
        count == 0 ? 1 : (int)((count + RENDER_UPDATES_PER_PAGE - 1) / RENDER_UPDATES_PER_PAGE);
    if (number > view.count)
        return US_NOT_FOUND;
    *page = (struct page_of){.r = r, .appeal = appeal};
    page->skip = (size_t)(number - 1) * RENDER_UPDATES_PER_PAGE;
    err = update_each(r->reader, appeal->id, INT64_MAX, page->skip + RENDER_UPDATES_PER_PAGE,
                      on_update, page);
    if (err != US_OK)
        return err;
    view.items = page->items;
    view.item_count = page->count;
    view_layout(
        r, &view.layout,
        scratch_format(&r->scratch, "%s – %s", message_get(r->language, "News"), view.title),
        appeal->slug, "/updates");
    view.layout.feed = view.feed;
    template_page_updates(&r->out, &view);
    return US_OK;
}
