/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What an organisation said of itself, in groups, and who will see it; as view.h says. */
#ifndef PAGE_VIEW_ANSWERS_H
#define PAGE_VIEW_ANSWERS_H

#include "page/view_form.h"

struct view_answer_group {
    const char *heading;
    const struct view_term *lines;
    size_t line_count;
    struct url change; /* the form at this place; "": it is not to be changed here */
};

struct view_seen { /* what is seen, and who sees it */
    const char *what;
    const char **names;
    size_t name_count;
};

struct answers_view {
    const struct view_answer_group *groups;
    size_t group_count;
    const char *visibility, *visibility_hint;
    const struct view_seen *seen;
    size_t seen_count;
    struct url change_visibility;
};

struct view_hidden { /* a field that travels unseen */
    const char *name, *value;
};

struct check_view {
    struct layout_view layout;
    const char *title;
    struct url self, appeal;
    struct answers_view answers;
    bool is_risky; /* open to everybody, from a country marked high-risk: it is asked once more */
    const struct view_option *visibilities;
    size_t visibility_count;
    const struct view_hidden *hidden;
    size_t hidden_count;
};

struct confirm_view {
    struct layout_view layout;
    struct document_view document;
    const char *title;
    struct url self, appeal;
    struct answers_view answers;
    bool is_risky;      /* as above */
    struct url careful; /* then: the form with the careful choice made */
};

enum view_signed {
    SIGNED_PENDING,
    SIGNED_WAITING,
    SIGNED_LISTED,
    SIGNED_REFUSED,
    SIGNED_WITHDRAWN
};

struct signatory_view {
    struct layout_view layout;
    const char *title, *organisation, *number;
    struct url self, appeal, sign, mail;
    enum view_signed state;
    bool is_saved; /* something was just changed */
    struct answers_view answers;
    const struct view_problem *problems;
    size_t problem_count;
    bool can_correct, can_latin, can_news, wants_updates, can_logo, has_logo;
    bool is_erased; /* refused, and its data was deleted */
    const char *logo_problem;
    struct url logo; /* where it is sent */
    struct view_field name, name_latin;
};

struct news_view { /* ending them */
    struct layout_view layout;
    const char *title;
    struct url self, appeal;
    bool is_ended;
};

struct mail_page_view {
    struct layout_view layout;
    const char *title;
    struct url self, appeal;
    const struct view_problem *problems;
    size_t problem_count;
    struct view_field email;
};

#endif
