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
    struct url url, whole; /* whole: with the site's address */
    bool is_current;
};

struct view_preview {                         /* what other sites show beside a link here */
    const char *title, *description, *locale; /* locale NULL: none */
    const char *address, *image;              /* whole; image NULL: none was drawn */
    int64_t width, height;                    /* of the image */
};

struct layout_view {                  /* around every page */
    const char *language, *direction; /* of the interface */
    const char *title;                /* the document's, without the site's name */
    const char *site;
    bool is_error;  /* a refused form: the title says so */
    bool is_hidden; /* from search engines */
    struct url home, privacy, accessibility, find;
    struct url by_default;                 /* of this page, for who speaks none of its languages */
    const char *language_name;             /* its own */
    struct url feed;                       /* of news; text NULL: none */
    const struct view_language *languages; /* of this page; none where it has one */
    size_t language_count;
    const struct view_preview *preview; /* NULL: none */
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
    const char *country; /* NULL where the heading says it */
};

struct view_group {   /* of one country */
    const char *name; /* NULL: international organisations */
    bool is_folded;   /* the countries that few signed from, together */
    struct url url;   /* of its own list; "": none */
    size_t total;
    const struct view_signatory *items;
    size_t item_count;
};

struct signatories_view {
    const char *sentence;   /* "41 organisations in 17 countries, ..." */
    int64_t named, counted; /* counted: those not named */
    const struct view_group *groups;
    size_t group_count;
    bool is_summary; /* groups without items: there are too many to name here */
};

enum view_door { DOOR_OPEN, DOOR_EARLY, DOOR_PAUSED, DOOR_CLOSED, DOOR_ARCHIVED };

struct view_listed { /* an appeal in the list */
    const char *language, *direction, *kind, *title, *issuer, *sentence;
    struct url url;
    enum view_door door;
    int64_t door_day; /* on which it opens, was paused, closed; 0: none */
};

struct home_view {
    struct layout_view layout;
    const struct view_listed *appeals;
    size_t appeal_count;
};

struct told_view { /* what is told after a step */
    struct layout_view layout;
    const char *title;
    struct url appeal, sign, code, mail;
};

struct find_view { /* which appeal's links to have mailed */
    struct layout_view layout;
    const struct view_listed *appeals;
    size_t appeal_count;
};

enum view_receipt { RECEIPT_WAITING, RECEIPT_LISTED, RECEIPT_ENDED, RECEIPT_WITHDRAWN };

struct receipt_view {
    struct layout_view layout;
    const char *title, *number;
    const char *organisation; /* NULL where it is not told */
    enum view_receipt state;
    const char *visibility_hint;
    struct url appeal, mail, share;
    struct url own; /* the signature's page, by the secret of our mails; "": not told here */
};

struct privacy_view { /* of the accessibility statement too */
    struct layout_view layout;
    const char *mailbox;                  /* where to write to: an address of mail, or of a page */
    int64_t refused_days, archive_months; /* 0: never */
    struct url write;
};

struct error_view {
    struct layout_view layout;
    const char *heading, *sentence;
    const struct view_language *homes; /* the way on, in every language */
    size_t home_count;
};

#endif
