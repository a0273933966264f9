/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The public pages, each filled from the store as it is and run through its template. A form's
 * nonce is printed as a mark that is then found again: where it stands is the page's slot.
 */
#include "appeal/document_heading.h"
#include "base/clock.h"
#include "page/render_share.h"
#include "page/render_signatory.h"
#include "page/render_update.h"
#include "page/rendering.h"
#include "web/pages/templates.h"
#include <string.h>

#define SUMMARY_OVER 120 /* names that an appeal's page still shows by itself */

/* Digits that no text holds by chance: the slot is the first place where they stand. */
static const char nonce_mark[PAGE_NONCE_LEN + 1] = "7d3f9a52c8e14b06a1d5e7f2093b6c48";

struct home_list {
    struct rendering *r;
    struct view_listed items[200];
    size_t count;
};

static bool on_listed(const struct appeal *appeal, const struct appeal_counts *counts, void *arg)
{
    struct home_list *list = arg;
    struct rendering *r = list->r;
    const struct text *text = view_text(appeal, r->language);
    const char *issuer = NULL;
    for (size_t i = 0; i < text->letterhead_count && issuer == NULL; i++) {
        const char *language = text->letterhead[i].language;
        if (text->letterhead[i].text[0] != '\0' &&
            (language[0] == '\0' || strcmp(language, text->language) == 0))
            issuer = text->letterhead[i].text;
    }
    list->items[list->count++] = (struct view_listed){
        .language = scratch_copy(&r->scratch, text->language),
        .direction = view_direction(text->language),
        .kind = text->title_count > 0 ? scratch_copy(&r->scratch, text->kind) : NULL,
        .title = view_title(r, text),
        .issuer = scratch_copy(&r->scratch, document_issuer(text)),
        .sentence = view_sentence(r, &(struct phrase_counts){.organisations = counts->signatures}),
        .url = view_path(r, r->language, appeal->slug, NULL),
        .door = view_door(appeal, r->now),
        .door_day = view_door_day(appeal, r->now),
    };
    return list->count < sizeof list->items / sizeof list->items[0];
}

static enum us_err render_home(struct rendering *r, const struct page_key *key,
                               struct page_made *made)
{
    (void)key;
    struct home_view view = {0};
    struct home_list *list = scratch_zero(&r->scratch, 1, sizeof *list);
    list->r = r;
    enum us_err err = appeal_each(r->reader, r->site, true, on_listed, list);
    if (err != US_OK)
        return err;
    view_layout(r, &view.layout, NULL, NULL, "");
    view.appeals = list->items;
    view.appeal_count = list->count;
    template_page_home(&r->out, &view);
    made->appeal = 0;
    return US_OK;
}

/* The appeals once more, each leading to where its links are mailed from. */
static bool on_found(const struct appeal *appeal, const struct appeal_counts *counts, void *arg)
{
    struct home_list *list = arg;
    bool has_more = on_listed(appeal, counts, list);
    list->items[list->count - 1].url = view_path(list->r, list->r->language, appeal->slug, "/mail");
    return has_more;
}

static enum us_err render_find(struct rendering *r)
{
    struct find_view view = {0};
    struct home_list *list = scratch_zero(&r->scratch, 1, sizeof *list);
    list->r = r;
    enum us_err err = appeal_each(r->reader, r->site, true, on_found, list);
    if (err != US_OK)
        return err;
    view_layout(r, &view.layout, message_get(r->language, "Find our signature"), NULL, "mail");
    view.layout.is_hidden = true;
    view.appeals = list->items;
    view.appeal_count = list->count;
    template_page_find(&r->out, &view);
    return US_OK;
}

static enum us_err render_appeal(struct rendering *r, const struct appeal *appeal)
{
    struct appeal_view view = {
        .door = view_door(appeal, r->now),
        .door_day = view_door_day(appeal, r->now),
        .has_closing = appeal->settings->has_closing,
        .closes_on = appeal->settings->has_closing ? appeal->settings->closes_on : 0,
        .sign = view_path(r, r->language, appeal->slug, "/sign"),
        .all = view_path(r, r->language, appeal->slug, "/signatories"),
        .numbers = view_path(r, r->language, appeal->slug, "/numbers"),
        .share = view_path(r, r->language, appeal->slug, "/share"),
    };
    enum us_err err = view_signatories(r, appeal, SUMMARY_OVER, true, &view.signatories);
    if (err == US_OK)
        err = appeal_count_earlier(r->reader, appeal->id, appeal->version, &view.earlier);
    if (err != US_OK)
        return err;
    view_layout(r, &view.layout, view_title(r, view_text(appeal, r->language)), appeal->slug, "");
    view_document(r, appeal, &view.document);
    view_addressees(r, appeal, &view);
    err = view_preview(r, appeal, &view.layout);
    if (err != US_OK)
        return err;
    err = view_news(r, appeal, &view.news);
    if (err != US_OK)
        return err;
    view.layout.feed = view.news.feed;
    err = view_delivery(r, appeal, &view);
    if (err != US_OK)
        return err;
    template_page_appeal(&r->out, &view);
    return US_OK;
}

static void render_sign(struct rendering *r, const struct appeal *appeal, const char *country,
                        struct page_made *made)
{
    struct sign_view view;
    view_sign(r, appeal, &(struct view_form){.country = country, .nonce = nonce_mark}, &view);
    template_page_sign(&r->out, &view);
    const char *mark = strstr(str_text(&r->out.out), nonce_mark);
    made->has_slot = mark != NULL; /* a closed appeal's page has no form */
    if (mark != NULL)
        made->slot = (size_t)(mark - r->out.out.data);
}

static void fill_code(struct rendering *r, const struct appeal *appeal, struct code_view *view)
{
    const struct language *l = r->language;
    view->title = view_title(r, view_text(appeal, l));
    view->self = view_path(r, l, appeal->slug, "/code");
    view->appeal = view_path(r, l, appeal->slug, NULL);
    view->sign = view_path(r, l, appeal->slug, "/sign");
    view->email = (struct view_field){
        .name = "email",
        .label = message_get(l, "E-mail address"),
        .hint = message_get(l, "The one that our mail came to."),
        .autocomplete = "email",
        .inputmode = "email",
        .type = "email",
    };
    view->code = (struct view_field){
        .name = "code",
        .label = message_get(l, "Code"),
        .hint = message_get(l, "Ten characters. Capital or small letters, blanks and hyphens do "
                               "not matter."),
        .autocomplete = "one-time-code",
        .type = "text",
    };
}

static void render_code(struct rendering *r, const struct appeal *appeal)
{
    struct code_view view = {0};
    fill_code(r, appeal, &view);
    view_layout(r, &view.layout, message_get(r->language, "Confirm with the code"), appeal->slug,
                "/code");
    view.layout.is_hidden = true;
    template_page_code(&r->out, &view);
}

void render_code_refused(struct rendering *r, const struct appeal *appeal, const char *email,
                         const char *problem)
{
    struct code_view view = {0};
    fill_code(r, appeal, &view);
    view_layout(r, &view.layout, message_get(r->language, "Confirm with the code"), NULL, NULL);
    view.layout.is_error = view.layout.is_hidden = true;
    view.email.value = email;
    view.code.problem = problem;
    struct view_problem summary = {problem, view_path(r, r->language, appeal->slug, "/code#code")};
    view.problems = &summary;
    view.problem_count = 1;
    template_page_code(&r->out, &view);
}

/* Pages that say how this site deals with people, and where to write to about it. */
static void render_statement(struct rendering *r, enum page_kind kind)
{
    static const char scheme[] = "mailto:";
    const struct config *config = site_config(r->site);
    struct privacy_view view = {
        .mailbox = config->mail_from,
        .write = template_url_link(scratch_format(&r->scratch, "%s%s", scheme, config->mail_from)),
        .refused_days = config->retention_refused_days,
        .archive_months = config->retention_archive_months,
    };
    if (kind == PAGE_PRIVACY) {
        const char *contact = config->site_contact; /* or a page's address */
        if (contact != NULL) {
            const size_t skip = strncmp(contact, scheme, sizeof scheme - 1) == 0;
            view.mailbox = contact + skip * (sizeof scheme - 1);
            view.write = template_url_link(contact);
        }
        view_layout(r, &view.layout, message_get(r->language, "Privacy"), NULL, "privacy");
        template_page_privacy(&r->out, &view);
    } else {
        view_layout(r, &view.layout, message_get(r->language, "Accessibility"), NULL,
                    "accessibility");
        template_page_accessibility(&r->out, &view);
    }
}

static enum us_err render_of_appeal(struct rendering *r, const struct page_key *key,
                                    struct page_made *made)
{
    const struct appeal *appeal;
    enum us_err err = rendering_load(r, key->slug, &appeal);
    if (err != US_OK)
        return err;
    made->appeal = appeal->id;
    switch (key->kind) {
    case PAGE_APPEAL:
        return render_appeal(r, appeal);
    case PAGE_SIGNATORIES:
        return render_signatories(r, appeal, key);
    case PAGE_NUMBERS:
        return render_numbers(r, appeal);
    case PAGE_UPDATES:
        return render_updates(r, appeal, key->number);
    case PAGE_FEED:
        return render_feed(r, appeal, made);
    case PAGE_SHARE:
        return render_share(r, appeal);
    case PAGE_POSTER:
        return render_poster(r, appeal);
    case PAGE_CARD:
    case PAGE_QR:
        return render_picture(r, appeal, key->kind, made);
    case PAGE_BADGE:
        return render_badge(r, appeal, made);
    case PAGE_LOGOS:
        return render_logos(r, appeal, key->number);
    case PAGE_SIGN:
        render_sign(r, appeal, key->country, made);
        return US_OK;
    case PAGE_SENT:
    case PAGE_MAILED:
    case PAGE_WITHDRAWN:
        render_told(r, appeal, key->kind);
        return US_OK;
    case PAGE_MAIL:
        render_mail_page(r, appeal);
        return US_OK;
    case PAGE_CODE:
        render_code(r, appeal);
        return US_OK;
    default:
        return US_NOT_FOUND;
    }
}

enum us_err render_page(struct rendering *r, const struct page_key *key, struct page_made *made)
{
    enum us_err err = US_OK;
    if (key->kind == PAGE_HOME)
        err = render_home(r, key, made);
    else if (key->kind == PAGE_FIND)
        err = render_find(r);
    else if (key->kind == PAGE_PRIVACY || key->kind == PAGE_ACCESSIBILITY)
        render_statement(r, key->kind);
    else
        err = render_of_appeal(r, key, made);
    if (err == US_OK)
        made->html = rendering_take(r, &made->len);
    return err;
}
