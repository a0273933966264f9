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

struct mail_view {
    const char *site_name;
    const char *organisation; /* shortened, without links */
    struct url confirm_link;
    struct url code_link;
    const char *code; /* in two groups of five */
    struct url appeal_link;
    const char *public_id;
    const char *reason;                        /* NULL: none */
    const struct mail_delivery_view *delivery; /* NULL in all other mails */
};

#endif
