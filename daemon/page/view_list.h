/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the pages of the signatories read; as view.h says. */
#ifndef PAGE_VIEW_LIST_H
#define PAGE_VIEW_LIST_H

#include "page/view.h"

enum view_list_shape {
    LIST_WHOLE,    /* all names, by country */
    LIST_OVERVIEW, /* how many there are of what */
    LIST_PART,     /* one country, day or affiliation */
    LIST_SEARCH
};

enum view_search {
    SEARCH_FOUND,
    SEARCH_NOTHING,
    SEARCH_COMMON, /* words that too many names have */
    SEARCH_LONG,
    SEARCH_EMPTY /* no word in it */
};

struct view_choice { /* a way into the list */
    const char *name;
    int64_t day; /* of the days */
    int64_t count;
    struct url url;
};

struct list_view {
    struct layout_view layout;
    enum view_list_shape shape;
    const char *title; /* the appeal's */
    const char *heading;
    struct signatories_view signatories;
    const struct view_choice *affiliations, *days;
    size_t affiliation_count, day_count;
    bool has_search;
    const char *typed; /* into the search */
    enum view_search search;
    int64_t count; /* of a part, of what was found */
    const struct view_signatory *items;
    size_t item_count;
    enum view_door door;
    struct url self;                                  /* without a query */
    struct url appeal, sign, numbers, previous, next; /* previous, next: "" where there is none */
};

#endif
