/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The feed of an appeal (RFC 4287): its news, and to whom the letter was delivered and who
 * answered, as far as the page tells everybody. Ids are tag URIs (RFC 4151) over the site's name,
 * the day of the appeal's first publication and what the entry is: the same as long as the entry is
 * there. A delivery is told by its day and its place among those of that day, since its number is
 * not for the public.
 */
#include "appeal/delivery.h"
#include "base/clock.h"
#include "page/render_update.h"
#include "text/locale.h"
#include "web/pages/templates.h"
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES_MOST 50

struct feed {
    struct rendering *r;
    const struct appeal *appeal;
    const char *tag;                        /* what all ids begin with */
    struct view_entry news[ENTRIES_MOST];   /* newest first */
    struct view_entry events[ENTRIES_MOST]; /* oldest first */
    size_t news_count, event_count;
    int64_t last_day; /* of the events so far */
    int of_day[2];    /* how many that day had: deliveries, answers */
};

/* "tag:solidarity.example,2026-11-22:free-them/ru": a name without port, in small letters. */
static const char *make_tag(struct rendering *r, const struct appeal *appeal)
{
    const char *url = site_config(r->site)->site_url;
    const char *host = url != NULL ? strstr(url, "://") : NULL;
    size_t len = host != NULL ? strcspn(host + 3, ":/") : 0;
    char day[16], *name = scratch_zero(&r->scratch, len + 1, 1);

    for (size_t i = 0; i < len; i++)
        name[i] = (char)tolower((unsigned char)host[3 + i]);
    clock_print_day(clock_day(appeal->published_at), day);
    return scratch_format(&r->scratch, "tag:%s,%s:%s/%s", len > 0 ? name : "localhost", day,
                          appeal->slug, r->language->code);
}

static struct url whole(struct rendering *r, struct url path)
{
    const char *url = site_config(r->site)->site_url;

    return template_url_link(
        scratch_format(&r->scratch, "%s%s", url != NULL ? url : "", path.text));
}

static const char *print_time(struct rendering *r, int64_t at)
{
    char text[24];

    clock_print(at, text);
    return scratch_copy(&r->scratch, text);
}

static bool on_update(const struct update *update, void *arg)
{
    struct feed *feed = arg;
    struct rendering *r = feed->r;
    struct view_update view;

    view_update(r, feed->appeal, update, &view);
    feed->news[feed->news_count] = (struct view_entry){
        .id = scratch_format(&r->scratch, "%s/update/%" PRId64, feed->tag, update->number),
        .updated = print_time(r, update->published_at),
        .language = view.language,
        .title = view.title,
        .content = view.body.markup,
        .page = whole(r, view_updates_path(r, feed->appeal,
                                           1 + (int64_t)feed->news_count / RENDER_UPDATES_PER_PAGE,
                                           update->number)),
    };
    return ++feed->news_count < ENTRIES_MOST;
}

/* The words that the page's timeline has, with the addressee behind them. */
static const char *event_title(struct rendering *r, const struct delivery_event *event)
{
    const struct language *l = r->language;
    unsigned long n = (unsigned long)event->organisations;
    struct view_line name = view_addressee(r, event->addressee);
    struct str number = STR_INIT;
    const char *pattern, *title;
    char *words;

    if (event->kind == EVENT_ANSWERED)
        pattern = message_get(l, "An answer came from:");
    else if (event->edition == EDITION_SUPPLEMENT)
        pattern =
            message_plural(l, "A supplement with {count} more organisation was delivered to:",
                           "A supplement with {count} more organisations was delivered to:", n);
    else if (event->edition == EDITION_ACCESSION)
        pattern = message_plural(
            l, "A letter by which {count} more organisation joins it was delivered to:",
            "A letter by which {count} more organisations join it was delivered to:", n);
    else
        pattern = message_plural(l, "The letter with {count} organisation was delivered to:",
                                 "The letter with {count} organisations was delivered to:", n);
    locale_number(l, event->organisations, &number);
    words = message_fill(pattern, "count", str_text(&number), NULL);
    title = scratch_format(&r->scratch, "%s %s", words, name.text);
    free(words);
    str_free(&number);
    return title;
}

static bool on_event(const struct delivery_event *event, void *arg)
{
    struct feed *feed = arg;
    struct rendering *r = feed->r;
    bool is_answer = event->kind == EVENT_ANSWERED;
    char day[16];

    if (event->kind == EVENT_OPENED || event->addressee == NULL)
        return true;
    if (event->day != feed->last_day)
        feed->of_day[0] = feed->of_day[1] = 0;
    feed->last_day = event->day;
    clock_print_day(event->day, day);
    if (feed->event_count == ENTRIES_MOST)
        memmove(feed->events, feed->events + 1, --feed->event_count * sizeof feed->events[0]);
    feed->events[feed->event_count++] = (struct view_entry){
        .id = scratch_format(&r->scratch, "%s/%s/%s/%d", feed->tag,
                             is_answer ? "answer" : "delivery", day, ++feed->of_day[is_answer]),
        .updated = print_time(r, event->day * CLOCK_DAY),
        .language = r->language->code,
        .title = event_title(r, event),
        .page = whole(r, view_path(r, r->language, feed->appeal->slug, NULL)),
    };
    return true;
}

/* Both together, newest first. Times of this form sort as text. */
static size_t merge(const struct feed *feed, struct view_entry out[ENTRIES_MOST])
{
    size_t count = 0, news = 0, events = feed->event_count;

    while (count < ENTRIES_MOST && (news < feed->news_count || events > 0)) {
        bool is_news = events == 0 ||
                       (news < feed->news_count &&
                        strcmp(feed->news[news].updated, feed->events[events - 1].updated) >= 0);

        out[count++] = is_news ? feed->news[news++] : feed->events[--events];
    }
    return count;
}

/* Who wrote the appeal: the first line over it in its own language, else the site. */
static const char *find_author(struct rendering *r, const struct appeal *appeal)
{
    const struct text *text = view_text(appeal, r->language);

    for (size_t i = 0; i < text->letterhead_count; i++) {
        const struct localised *line = &text->letterhead[i];

        if (line->text[0] != '\0' &&
            (line->language[0] == '\0' || strcmp(line->language, text->language) == 0))
            return line->text;
    }
    return site_config(r->site)->site_name;
}

enum us_err render_feed(struct rendering *r, const struct appeal *appeal, struct page_made *made)
{
    struct feed *feed = scratch_zero(&r->scratch, 1, sizeof *feed);
    struct view_entry *entries = scratch_zero(&r->scratch, ENTRIES_MOST, sizeof *entries);
    enum us_err err;

    *feed = (struct feed){.r = r, .appeal = appeal, .tag = make_tag(r, appeal)};
    err = update_each(r->reader, appeal->id, INT64_MAX, ENTRIES_MOST, on_update, feed);
    if (err == US_OK)
        err = delivery_each_event(r->reader, appeal, on_event, feed);
    if (err != US_OK)
        return err;
    size_t count = merge(feed, entries);
    const struct feed_view view = {
        .id = feed->tag,
        .language = r->language->code,
        .title = view_title(r, view_text(appeal, r->language)),
        .site = site_config(r->site)->site_name,
        .author = find_author(r, appeal),
        .self = whole(r, view_path(r, r->language, appeal->slug, "/feed.atom")),
        .page = whole(r, view_path(r, r->language, appeal->slug, NULL)),
        .entries = entries,
        .entry_count = count,
        .updated = count > 0 ? entries[0].updated : print_time(r, appeal->published_at),
    };
    template_page_feed(&r->out, &view);
    made->type = RENDER_FEED_TYPE;
    return US_OK;
}
