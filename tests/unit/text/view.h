/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The view of the templates under test. */
#ifndef TEST_TEXT_VIEW_H
#define TEST_TEXT_VIEW_H

#include "text/template.h"

struct golden_view {
    const char *evil, *none;
    int64_t count, day;
    struct url link;
    struct html body;
    const char *const *items;
    size_t item_count;
    bool is_chosen;
};

#endif
