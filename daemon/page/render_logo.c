/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Logos stand on a page of their own: the appeal and the lists stay at three requests, also on a
 * slow line. The names beside them are text, so a picture says nothing that is not read out.
 */
#include "appeal/logo.h"
#include "page/rendering.h"
#include "page/view_logo.h"
#include "web/pages/templates.h"

struct wall {
    struct rendering *r;
    struct view_logo logos[LOGO_PAGE];
    size_t count;
    bool has_more;
};

static bool on_logo(const struct signature *seen, const uint8_t digest[DIGEST_SIZE], uint32_t width,
                    uint32_t height, void *arg)
{
    struct wall *wall = arg;
    struct scratch *scratch = &wall->r->scratch;
    char hex[DIGEST_HEX_SIZE];
    if (wall->count == LOGO_PAGE) {
        wall->has_more = true;
        return false;
    }
    digest_hex(digest, hex);
    wall->logos[wall->count++] = (struct view_logo){
        .url = template_url_path(scratch_format(scratch, "/logo/%s.png", hex)),
        .width = width,
        .height = height,
        .organisation = scratch_copy(scratch, seen->organisation),
    };
    return true;
}

static struct url page_path(struct rendering *r, const struct appeal *appeal, int number)
{
    return view_path(r, r->language, appeal->slug,
                     number > 1 ? scratch_format(&r->scratch, "/logos?page=%d", number) : "/logos");
}

enum us_err render_logos(struct rendering *r, const struct appeal *appeal, int number)
{
    struct wall *wall = scratch_zero(&r->scratch, 1, sizeof *wall);
    wall->r = r;
    enum us_err err = logo_each(r->reader, appeal->id, appeal->version,
                                (int64_t)(number - 1) * LOGO_PAGE, on_logo, wall);
    if (err == US_OK && (!appeal->settings->takes_logos || (wall->count == 0 && number > 1)))
        err = US_NOT_FOUND;
    if (err != US_OK)
        return err;
    struct logos_view view = {
        .title = view_title(r, view_text(appeal, r->language)),
        .appeal = view_path(r, r->language, appeal->slug, NULL),
        .all = view_path(r, r->language, appeal->slug, "/signatories"),
        .previous = page_path(r, appeal, number - 1),
        .next = page_path(r, appeal, number + 1),
        .number = number,
        .has_next = wall->has_more,
        .logos = wall->logos,
        .logo_count = wall->count,
    };
    view_layout(r, &view.layout,
                scratch_format(&r->scratch, "%s – %s",
                               message_get(r->language, "Logos of the organisations"), view.title),
                appeal->slug, "/logos");
    template_page_logos(&r->out, &view);
    return US_OK;
}
