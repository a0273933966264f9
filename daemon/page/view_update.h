/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the templates with the organiser's news read; as view.h says. */
#ifndef PAGE_VIEW_UPDATE_H
#define PAGE_VIEW_UPDATE_H

#include "page/view.h"

struct view_update {
    const char *anchor;               /* "update-3": its place on the page of all news */
    const char *language, *direction; /* of title and text */
    const char *title;
    int64_t day;
    struct html body;
    const char *beginning; /* instead of the body, where that is long; NULL: the body */
    struct url url;        /* of its place on the page of all news */
};

struct latest_view { /* on the appeal's page: the newest */
    const struct view_update *items;
    size_t item_count;
    struct url all, feed;
};

struct updates_view { /* a page of all of them */
    struct layout_view layout;
    const char *title; /* the appeal's */
    struct url appeal, feed, previous, next;
    const struct view_update *items;
    size_t item_count;
    int number, count; /* this page of how many */
};

struct view_entry { /* of the feed */
    const char *id, *updated;
    const char *language, *title;
    const char *content; /* HTML, to be escaped once more; NULL: the title says it all */
    struct url page;
};

struct feed_view { /* RFC 4287 */
    const char *id, *updated, *language, *title, *site, *author;
    struct url self, page;
    const struct view_entry *entries;
    size_t entry_count;
};

#endif
