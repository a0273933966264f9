/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the templates with a form read; as view.h says. */
#ifndef PAGE_VIEW_FORM_H
#define PAGE_VIEW_FORM_H

#include "page/view.h"

struct view_option {
    const char *value, *label, *hint;
    bool is_chosen;
};

struct view_field { /* a line to type in */
    const char *name, *label, *hint, *value, *problem;
    const char *autocomplete, *inputmode, *type, *list;
    bool is_optional;
    bool is_said; /* that it is optional, by the legend of its group */
};

struct view_problem { /* in the summary on top */
    const char *text;
    struct url field;
};

struct view_term { /* a line of a list of details */
    const char *term, *value;
};

struct view_link {
    const char *text;
    struct url url;
};

struct sign_view {
    struct layout_view layout;
    struct document_view document;
    const char *title;
    struct url self, appeal;
    enum view_door door;
    int64_t door_day;
    const struct view_problem *problems;
    size_t problem_count;
    /* In the order of the form. */
    struct view_field organisation, organisation_latin, town, affiliation, members, representative,
        capacity, email;
    const struct view_option *kinds, *likely, *countries, *visibilities;
    size_t kind_count, likely_count, country_count, visibility_count;
    const char *kind_problem, *country_problem, *visibility_problem, *consent_problem;
    bool is_members_unsaid;         /* preferred not to be said */
    const char *members_unsaid;     /* that choice's name */
    const char *const *federations; /* to be suggested */
    size_t federation_count;
    bool asks_ilo; /* the optional block for the ILO */
    struct view_field legal_name, address, coverage, mandate, mandate_date, members_date;
    const struct view_option *registrations;
    size_t registration_count;
    const char *registration_problem;
    const struct view_link *risks; /* this form, opened for a country marked high-risk */
    size_t risk_count;
    const char *consent, *nonce;
    bool is_consented, wants_news;
    const char *news_label;
};

struct code_view {
    struct layout_view layout;
    const char *title;
    struct url self, appeal, sign;
    const struct view_problem *problems;
    size_t problem_count;
    struct view_field email, code;
};

#endif
