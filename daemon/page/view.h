/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What templates read. A view borrows everything: from the appeal it was filled from and from the
 * scratch of its rendering. NULL or "" for what is not there; messages are translated already where
 * a view holds them.
 */
#ifndef PAGE_VIEW_H
#define PAGE_VIEW_H

#include "text/template.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct view_language {
    const char *code, *name;
    struct url url;
    bool is_current;
};

struct layout_view {                  /* around every page */
    const char *language, *direction; /* of the interface */
    const char *title;                /* the document's, without the site's name */
    const char *site;
    bool is_error;  /* a refused form: the title says so */
    bool is_hidden; /* from search engines */
    struct url home, privacy;
    const struct view_language *languages; /* of this page; none where it has one */
    size_t language_count;
};

struct view_line { /* a text with its own language */
    const char *language, *direction, *text;
};

struct view_signer { /* of the issuer */
    const struct view_line *titles;
    size_t title_count;
    const char *name;
};

struct document_view { /* the letter as it would lie on a desk */
    const char *language, *direction;
    bool is_foreign; /* not in the language of the page */
    const struct view_line *letterhead;
    size_t letterhead_count;
    const char *reference; /* date and number on one line */
    const char *place, *kind;
    const struct view_line *titles;
    size_t title_count;
    const char *heading; /* for a document without a title: its beginning */
    const char *salutation, *closing;
    struct html body;
    const struct view_signer *signers;
    size_t signer_count;
};

struct view_signatory {
    const char *organisation, *latin, *town, *representative, *capacity;
};

struct view_group {   /* of one country */
    const char *name; /* NULL: international organisations */
    size_t total;     /* in that country, where items are only some of them */
    const struct view_signatory *items;
    size_t item_count;
};

struct signatories_view {
    const char *sentence; /* "41 organisations in 17 countries, ..." */
    int64_t counted;      /* not named */
    const struct view_group *groups;
    size_t group_count;
    bool is_summary; /* groups without items: there are too many to name here */
};

enum view_door { DOOR_OPEN, DOOR_EARLY, DOOR_CLOSED };

struct signatories_page_view {
    struct layout_view layout;
    const char *title;
    struct signatories_view signatories;
    struct url appeal, sign, previous, next;
    int number, count; /* this page of how many */
    enum view_door door;
};

struct view_listed { /* an appeal in the list */
    const char *language, *direction, *kind, *title, *issuer, *sentence;
    struct url url;
    enum view_door door;
    int64_t opens_on, closes_on;
};

struct home_view {
    struct layout_view layout;
    const struct view_listed *appeals;
    size_t appeal_count;
};

struct sent_view {
    struct layout_view layout;
    const char *title;
    struct url appeal, sign, code;
};

enum view_receipt { RECEIPT_WAITING, RECEIPT_LISTED, RECEIPT_ENDED, RECEIPT_WITHDRAWN };

struct receipt_view {
    struct layout_view layout;
    const char *title, *number;
    const char *organisation; /* NULL where it is not told */
    enum view_receipt state;
    const char *visibility_hint;
    struct url appeal;
};

struct privacy_view {
    struct layout_view layout;
};

struct error_view {
    struct layout_view layout;
    const char *heading, *sentence;
    const struct view_language *homes; /* the way on, in every language */
    size_t home_count;
};

#endif
