/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What became of the letter, for everybody: when it was opened, to whom it was delivered with how
 * many organisations, who answered; and the file that the organiser published of the text shown
 * here. (It goes with that text: publishing another one takes it off.)
 */
#include "base/str.h"
#include "page/letters.h"
#include "page/rendering.h"
#include <stdlib.h>
#include <string.h>

#define EVENTS_MOST 200 /* the newest ones, where somebody delivers every day */
#define KILOBYTE 1000

struct events {
    struct rendering *r;
    struct view_event items[EVENTS_MOST];
    size_t count;
    bool has_more; /* than the opening */
};

static enum view_event_kind kind_of(const struct delivery_event *event)
{
    switch (event->kind) {
    case EVENT_OPENED:
        return HAPPENED_OPENED;
    case EVENT_ANSWERED:
        return HAPPENED_ANSWERED;
    case EVENT_DELIVERED:
        break;
    }
    switch (event->edition) {
    case EDITION_SUPPLEMENT:
        return HAPPENED_SUPPLEMENT;
    case EDITION_ACCESSION:
        return HAPPENED_ACCESSION;
    case EDITION_LETTER:
        break;
    }
    return HAPPENED_DELIVERED;
}

static bool on_event(const struct delivery_event *event, void *arg)
{
    struct events *events = arg;
    struct scratch *scratch = &events->r->scratch;
    struct view_event view = {
        .kind = kind_of(event),
        .day = event->day,
        .organisations = event->organisations,
    };
    if (event->addressee != NULL) {
        view.name = view_addressee(events->r, event->addressee);
        view.name.language = scratch_copy(scratch, view.name.language);
        view.name.text = scratch_copy(scratch, view.name.text);
    }
    events->has_more = events->has_more || view.kind != HAPPENED_OPENED;
    if (events->count == EVENTS_MOST)
        memmove(events->items, events->items + 1, --events->count * sizeof events->items[0]);
    events->items[events->count++] = view;
    return true;
}

static void fill_file(struct rendering *r, const struct appeal *appeal,
                      const struct public_letter *letter, struct view_file *out)
{
    int64_t kilobytes = (letter->size + KILOBYTE - 1) / KILOBYTE;
    out->language = scratch_copy(&r->scratch, letter->language);
    out->url = template_url_path(
        scratch_format(&r->scratch, "/%s/%s/letter.pdf", out->language, appeal->slug));
    out->pages = letter->pages;
    out->is_large = kilobytes >= KILOBYTE;
    out->size = out->is_large ? (kilobytes + KILOBYTE - 1) / KILOBYTE : kilobytes;
}

enum us_err view_delivery(struct rendering *r, const struct appeal *appeal, struct appeal_view *out)
{
    struct events *events = scratch_zero(&r->scratch, 1, sizeof *events);
    struct public_letter letter = {0};
    events->r = r;
    out->letter.url.text = "";
    enum us_err err = delivery_each_event(r->reader, appeal, on_event, events);
    if (err != US_OK)
        return err;
    if (events->has_more) {
        out->events = events->items;
        out->event_count = events->count;
    }
    err = public_letter_find(r->reader, r->site, appeal->id,
                             view_text(appeal, r->language)->language, &letter);
    if (err == US_NOT_FOUND)
        return US_OK;
    if (err == US_OK)
        fill_file(r, appeal, &letter, &out->letter);
    free(letter.path);
    return err;
}

enum us_err render_letter(struct rendering *r, struct letters *letters, const struct page_key *key,
                          struct page_made *made)
{
    const struct appeal *appeal;
    struct public_letter letter = {0};
    enum us_err err = rendering_load(r, key->slug, &appeal);
    if (err != US_OK)
        return err;
    made->appeal = appeal->id;
    err = public_letter_find(r->reader, r->site, appeal->id, key->text_language, &letter);
    if (err != US_OK)
        return err;
    err = letters_open(letters, &letter, &made->file);
    free(letter.path);
    return err;
}
