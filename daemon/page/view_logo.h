/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The page with the organisations' logos; as view.h says. */
#ifndef PAGE_VIEW_LOGO_H
#define PAGE_VIEW_LOGO_H

#include "page/view.h"

struct view_logo {
    struct url url;
    int64_t width, height;
    const char *organisation;
};

struct logos_view {
    struct layout_view layout;
    const char *title;
    struct url appeal, all, previous, next;
    int number;
    bool has_next;
    const struct view_logo *logos;
    size_t logo_count;
};

#endif
