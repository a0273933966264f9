/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the pages for passing an appeal on read; as view.h says. */
#ifndef PAGE_VIEW_SHARE_H
#define PAGE_VIEW_SHARE_H

#include "page/view.h"

struct view_way { /* of sending the address on */
    const char *name;
    struct url url;
};

struct share_view {
    struct layout_view layout;
    const char *title, *title_language;
    const char *address; /* the page's, whole */
    const struct view_way *ways;
    size_t way_count;
    struct url appeal, code, poster, badge;
    bool has_code;
    enum view_door door;
    int64_t door_day;
    const char *snippet; /* HTML for other sites, to be copied */
    const char *count;   /* where programs ask for the number, whole */
};

struct snippet_view { /* the badge as another site shows it */
    struct url page, badge;
    int64_t width, height;
    const char *language, *title;
};

struct poster_view {
    struct layout_view layout;
    const char *language, *direction; /* of the text */
    const char *issuer, *kind, *title, *beginning;
    bool is_long;        /* the title: in smaller letters, so that all of it stands on one sheet */
    const char *address; /* without "https://" */
    struct url appeal, code;
    bool has_code;
};

#endif
