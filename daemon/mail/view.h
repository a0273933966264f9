/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the mail templates read. */
#ifndef MAIL_VIEW_H
#define MAIL_VIEW_H

#include "text/template.h"

struct mail_view {
    const char *site_name;
    const char *organisation; /* shortened, without links */
    struct url confirm_link;
    struct url code_link;
    const char *code; /* in two groups of five */
    struct url appeal_link;
    const char *public_id;
    const char *reason; /* NULL: none */
};

#endif
