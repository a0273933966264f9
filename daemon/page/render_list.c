/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The signatories' pages. Few are named on one page; of many there is an overview, with ways into
 * the list: a country, an affiliation, a day, a search.
 */
#include "appeal/listing.h"
#include "base/clock.h"
#include "page/view_list_fill.h"
#include "web/pages/templates.h"
#include <string.h>

#define WHOLE_MOST 200 /* names on one page */
#define SEARCH_OVER 20 /* names that are read faster than they are searched */
#define AFFILIATIONS_MOST 12
#define DAYS_MOST 7

struct choices {
    struct rendering *r;
    const struct appeal *appeal;
    struct view_choice items[AFFILIATIONS_MOST];
    size_t count, seen;
};

static struct url choice_url(struct choices *choices, const char *name, const char *value)
{
    struct rendering *r = choices->r;
    return view_path(
        r, r->language, choices->appeal->slug,
        scratch_format(&r->scratch, "/signatories?%s", view_list_query(r, name, value)));
}

static bool on_affiliation(const struct listing_count *count, void *arg)
{
    struct choices *choices = arg;
    choices->items[choices->count++] = (struct view_choice){
        .name = scratch_copy(&choices->r->scratch, count->name),
        .count = count->signatures,
        .url = choice_url(choices, "affiliation", count->name),
    };
    return choices->count < AFFILIATIONS_MOST;
}

/* They come oldest first: the newest are kept, in a ring. */
static bool on_day(const struct listing_count *count, void *arg)
{
    struct choices *choices = arg;
    int64_t day;
    if (clock_parse_day(count->term, &day))
        choices->items[choices->seen++ % DAYS_MOST] =
            (struct view_choice){.day = day, .count = count->signatures};
    return true;
}

static void take_days(struct choices *choices, struct list_view *view)
{
    size_t count = choices->seen < DAYS_MOST ? choices->seen : DAYS_MOST;
    struct view_choice *days = scratch_zero(&choices->r->scratch, count ? count : 1, sizeof *days);
    for (size_t i = 0; i < count; i++) {
        char text[16];
        days[i] = choices->items[(choices->seen - 1 - i) % DAYS_MOST];
        clock_print_day(days[i].day, text);
        days[i].url = choice_url(choices, "day", text);
    }
    view->days = days;
    view->day_count = count;
}

static enum us_err fill_choices(struct rendering *r, const struct appeal *appeal,
                                struct list_view *view)
{
    struct choices *common = scratch_zero(&r->scratch, 1, sizeof *common);
    struct choices *days = scratch_zero(&r->scratch, 1, sizeof *days);
    *common = *days = (struct choices){.r = r, .appeal = appeal};
    enum us_err err =
        listing_each_common(r->reader, appeal->id, appeal->version, LISTING_AFFILIATION,
                            AFFILIATIONS_MOST, on_affiliation, common);
    if (err == US_OK)
        err = listing_each_count(r->reader, appeal->id, appeal->version, LISTING_DAY, on_day, days);
    view->affiliations = common->items;
    view->affiliation_count = common->count;
    take_days(days, view);
    return err;
}

static void begin(struct rendering *r, const struct appeal *appeal, struct list_view *view)
{
    *view = (struct list_view){
        .title = view_title(r, view_text(appeal, r->language)),
        .heading = message_get(r->language, "Signatories"),
        .self = view_path(r, r->language, appeal->slug, "/signatories"),
        .appeal = view_path(r, r->language, appeal->slug, NULL),
        .sign = view_path(r, r->language, appeal->slug, "/sign"),
        .numbers = view_path(r, r->language, appeal->slug, "/numbers"),
        .previous = {""},
        .next = {""},
        .door = view_door(appeal, r->now),
    };
}

static void end(struct rendering *r, const struct appeal *appeal, struct list_view *view,
                const char *query)
{
    const char *signatories = message_get(r->language, "Signatories");
    const char *rest =
        query != NULL ? scratch_format(&r->scratch, "/signatories?%s", query) : "/signatories";
    const char *title =
        strcmp(signatories, view->heading) == 0
            ? scratch_format(&r->scratch, "%s – %s", signatories, view->title)
            : scratch_format(&r->scratch, "%s – %s – %s", view->heading, signatories, view->title);
    view_layout(r, &view->layout, title, appeal->slug, rest);
    view->layout.is_hidden = view->shape == LIST_SEARCH;
    template_page_signatories(&r->out, view);
}

enum us_err render_signatories(struct rendering *r, const struct appeal *appeal,
                               const struct page_key *key)
{
    struct list_view view;
    const char *query = NULL;
    enum us_err err;
    begin(r, appeal, &view);
    if (key->filter[0] != '\0') {
        err = view_list_part(r, appeal, key, &view, &query);
    } else {
        err = view_signatories(r, appeal, WHOLE_MOST, false, &view.signatories);
        view.shape = view.signatories.is_summary ? LIST_OVERVIEW : LIST_WHOLE;
        view.has_search = view.signatories.named > SEARCH_OVER;
        if (err == US_OK && view.shape == LIST_OVERVIEW)
            err = fill_choices(r, appeal, &view);
    }
    if (err == US_OK)
        end(r, appeal, &view, query);
    return err;
}

enum us_err render_search(struct rendering *r, const struct appeal *appeal, const char *text,
                          bool is_long, const char *after)
{
    struct list_view view;
    enum us_err err = US_OK;
    begin(r, appeal, &view);
    view.shape = LIST_SEARCH;
    view.has_search = true;
    view.typed = text;
    view.search = SEARCH_LONG;
    if (!is_long)
        err = view_list_search(r, appeal, text, after, &view);
    if (err == US_OK)
        end(r, appeal, &view, view_list_query(r, "q", text));
    return err;
}

enum us_err render_numbers(struct rendering *r, const struct appeal *appeal)
{
    struct numbers_view view = {
        .title = view_title(r, view_text(appeal, r->language)),
        .appeal = view_path(r, r->language, appeal->slug, NULL),
        .all = view_path(r, r->language, appeal->slug, "/signatories"),
        .sign = view_path(r, r->language, appeal->slug, "/sign"),
        .door = view_door(appeal, r->now),
    };
    enum us_err err = view_numbers(r, appeal, &view);
    if (err != US_OK)
        return err;
    view_layout(r, &view.layout,
                scratch_format(&r->scratch, "%s – %s",
                               message_get(r->language, "Signatures in numbers"), view.title),
                appeal->slug, "/numbers");
    template_page_numbers(&r->out, &view);
    return US_OK;
}
