/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The pages around our mails, into the rendering's out. */
#ifndef PAGE_RENDER_SIGNATORY_H
#define PAGE_RENDER_SIGNATORY_H

#include "appeal/signatory.h"
#include "page/rendering.h"

/* The signature's own page. problems NULL: none; then names is what was typed. */
struct signatory_page {
    const struct signatory *signatory;
    const char *token, *names[2];
    const enum signing_problem *problems;
    bool is_saved; /* something was just changed */
    bool is_logo_refused;
};
void render_signatory(struct rendering *r, const struct signatory_page *page);
void render_news(struct rendering *r, const struct signatory *signatory, const char *token);
void render_mail_page(struct rendering *r, const struct appeal *appeal);
void render_mail_page_refused(struct rendering *r, const struct appeal *appeal, const char *typed);
/* What is told after a step: PAGE_SENT, PAGE_MAILED, PAGE_WITHDRAWN. */
void render_told(struct rendering *r, const struct appeal *appeal, enum page_kind kind);

#endif
