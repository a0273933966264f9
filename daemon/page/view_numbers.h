/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the page of the signatures in numbers reads; as view.h says. */
#ifndef PAGE_VIEW_NUMBERS_H
#define PAGE_VIEW_NUMBERS_H

#include "page/view.h"

struct view_bar { /* a row of a table with bars */
    const char *name;
    struct url url; /* "": none */
    int64_t count;
    const char *width; /* its class in the stylesheet: "b5" ... "b100"; "b0": no bar */
};

enum view_span { SPAN_DAY, SPAN_WEEK, SPAN_MONTH, SPAN_YEAR };

struct view_milestone {
    int64_t count, day;
};

struct numbers_view {
    struct layout_view layout;
    const char *title, *sentence;
    int64_t named, counted; /* counted: those that stand in no table */
    enum view_span span;    /* of each row of times */
    const struct view_bar *times, *countries;
    size_t time_count, country_count;
    const struct view_milestone *milestones; /* that were reached */
    size_t milestone_count;
    int64_t next, missing; /* the next one, and how many more it takes; 0: there is none */
    enum view_door door;
    struct url appeal, all, sign;
};

#endif
