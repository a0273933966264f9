/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the appeal's own page reads; as view.h says. */
#ifndef PAGE_VIEW_APPEAL_H
#define PAGE_VIEW_APPEAL_H

#include "page/view.h"
#include "page/view_update.h"

struct view_addressees { /* of one role */
    const char *role;
    const struct view_line *names;
    size_t name_count;
};

enum view_event_kind {
    HAPPENED_OPENED,
    HAPPENED_DELIVERED,
    HAPPENED_SUPPLEMENT,
    HAPPENED_ACCESSION,
    HAPPENED_ANSWERED
};

struct view_event { /* on the letter's way */
    enum view_event_kind kind;
    int64_t day;
    struct view_line name; /* of the addressee */
    int64_t organisations; /* delivered: how many it held */
};

struct view_file {  /* the letter as a file */
    struct url url; /* "": there is none */
    const char *language;
    int64_t pages, size; /* in megabytes where is_large, else in kilobytes */
    bool is_large;
};

struct appeal_view {
    struct layout_view layout;
    struct document_view document;
    const struct view_addressees *addressees;
    size_t addressee_count;
    const struct view_event *events; /* where there is more than the opening */
    size_t event_count;
    struct view_file letter;
    struct signatories_view signatories;
    int64_t earlier; /* organisations that signed an earlier version */
    enum view_door door;
    int64_t door_day, closes_on;
    bool has_closing;
    struct url sign, all, numbers, share;
    struct latest_view news;
};

#endif
