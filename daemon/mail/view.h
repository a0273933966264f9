/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the mail templates read. */
#ifndef MAIL_VIEW_H
#define MAIL_VIEW_H

#include "text/template.h"

struct mail_delivery_view { /* a letter enclosed */
    const char *addressee, *title;
    const char *salutation;   /* NULL: ours */
    const char *const *cover; /* paragraphs of the addressee's own; none: ours */
    size_t cover_count;
    bool is_supplement, is_accession;
    int64_t letters; /* in the file; 0: one, of all together */
    int64_t organisations;
};

struct mail_link_view { /* of what one mailbox signed, or began to sign */
    const char *organisation;
    bool is_waiting;       /* to be confirmed */
    const char *public_id; /* else */
    bool is_ended;         /* else: refused or struck */
    struct url confirm_link;
    const char *code;    /* in two groups of five; NULL: the link alone */
    struct url own_link; /* to look at it, correct or withdraw it */
};

struct mail_update_view { /* the organiser's news */
    const char *title, *plain;
    struct html body;
    const char *language, *direction; /* of these */
};

struct mail_view {
    const char *site_name;
    const char *organisation; /* shortened, without links */
    struct url confirm_link;
    struct url code_link;
    const char *code; /* in two groups of five */
    struct url appeal_link;
    struct url own_link; /* of the signature's own page; not in a delivery or a mail of links */
    struct url form_link;
    const struct mail_link_view *links; /* in a mail of links alone */
    size_t link_count;
    const char *public_id;
    bool is_ended;                             /* already: that signature was refused or struck */
    const char *reason;                        /* NULL: none */
    bool is_merged;                            /* refused: another signature of its is kept */
    const char *merged_id;                     /* that one's number; with is_merged */
    struct url unsubscribe_link;               /* of an update */
    const struct mail_update_view *update;     /* NULL in all other mails */
    const struct mail_delivery_view *delivery; /* NULL in all other mails */
};

#endif
