/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The pages around our mails: "Your organisation's signature" with all that can be done with it,
 * ending the news, and having our links mailed again.
 */
#include "page/render_signatory.h"
#include "page/form_words.h"
#include "web/pages/templates.h"
#include <string.h>

/* ---- the signature ---- */

static enum view_signed signed_state(const struct signatory *signatory)
{
    if (signatory->stage == STAGE_WAITING)
        return SIGNED_PENDING;
    if (signatory->stage == STAGE_WITHDRAWN)
        return SIGNED_WITHDRAWN;
    switch (signatory->state) {
    case SIGNATURE_LISTED:
        return SIGNED_LISTED;
    case SIGNATURE_CONFIRMED:
    case SIGNATURE_HELD:
        return SIGNED_WAITING;
    case SIGNATURE_WITHDRAWN:
        return SIGNED_WITHDRAWN;
    default:
        return SIGNED_REFUSED;
    }
}

static const char *name_problem(const struct rendering *r, const struct signatory_page *page,
                                enum signing_field field)
{
    if (page->problems == NULL || page->problems[field] == PROBLEM_NONE)
        return NULL;
    if (page->problems[field] == PROBLEM_NOT_ALLOWED)
        return message_get(r->language, "This e-mail address has signed by this name already.");
    return form_words_problem(r->language, field, page->problems[field]);
}

/* The two lines of the name, and what is wrong in the summary. */
static void fill_names(struct rendering *r, const struct signatory_page *page,
                       struct signatory_view *view)
{
    static const enum signing_field fields[2] = {FIELD_ORGANISATION, FIELD_ORGANISATION_LATIN};
    struct view_field *lines[2] = {&view->name, &view->name_latin};
    struct view_problem *problems = scratch_zero(&r->scratch, 3, sizeof *problems);
    for (size_t i = 0; i < 2; i++) {
        const char *value = page->signatory->submission.values[fields[i]];
        if (page->problems != NULL)
            value = page->names[i];
        *lines[i] = view_field(r->language, fields[i], value, name_problem(r, page, fields[i]));
        if (lines[i]->problem != NULL)
            problems[view->problem_count++] = (struct view_problem){
                lines[i]->problem, template_url_path(scratch_format(
                                       &r->scratch, "%s#%s", view->self.text, lines[i]->name))};
    }
    if (page->is_logo_refused) {
        view->logo_problem =
            message_get(r->language, "The picture must be a PNG or JPEG file of at most 256 KB.");
        problems[view->problem_count++] = (struct view_problem){
            view->logo_problem,
            template_url_path(scratch_format(&r->scratch, "%s#logo", view->self.text))};
    }
    view->problems = problems;
}

void render_signatory(struct rendering *r, const struct signatory_page *page)
{
    const struct signatory *signatory = page->signatory;
    const struct appeal *appeal = signatory->appeal;
    struct signatory_view view = {
        .title = view_title(r, view_text(appeal, r->language)),
        .organisation = signatory->submission.values[FIELD_ORGANISATION],
        .number = signatory->public_id[0] != '\0' ? signatory->public_id : NULL,
        .self = template_url_path(scratch_format(&r->scratch, "/w/%s", page->token)),
        .appeal = view_path(r, r->language, appeal->slug, NULL),
        .sign = view_path(r, r->language, appeal->slug, "/sign"),
        .mail = view_path(r, r->language, appeal->slug, "/mail"),
        .state = signed_state(signatory),
        .is_saved = page->is_saved,
        .can_correct = signatory->can_correct,
        .is_erased = signatory->is_erased,
        .wants_updates = signatory->wants_updates,
        .can_logo = signatory->can_logo,
        .has_logo = signatory->has_logo,
        .logo = template_url_path(scratch_format(&r->scratch, "/w/%s/logo", page->token)),
    };
    view.can_news = view.state == SIGNED_WAITING || view.state == SIGNED_LISTED;
    if (view.state != SIGNED_WITHDRAWN) {
        view_answers(r, &signatory->submission, NULL, &view.answers);
        fill_names(r, page, &view);
        view.can_latin = signatory->has_latin || view.name_latin.problem != NULL;
    }
    view_layout(r, &view.layout, message_get(r->language, "Your organisation's signature"), NULL,
                NULL);
    view.layout.is_hidden = true;
    view.layout.is_error = view.problem_count > 0;
    template_page_signatory(&r->out, &view);
}

/* ---- the news ---- */

void render_news(struct rendering *r, const struct signatory *signatory, const char *token)
{
    struct news_view view = {
        .title = view_title(r, view_text(signatory->appeal, r->language)),
        .self = template_url_path(scratch_format(&r->scratch, "/u/%s", token)),
        .appeal = view_path(r, r->language, signatory->appeal->slug, NULL),
        .is_ended = !signatory->wants_updates,
    };
    view_layout(r, &view.layout,
                view.is_ended ? message_get(r->language, "You get no more news from us")
                              : message_get(r->language, "End the news"),
                NULL, NULL);
    view.layout.is_hidden = true;
    template_page_news(&r->out, &view);
}

/* ---- our links once more ---- */

static void fill_mail_page(struct rendering *r, const struct appeal *appeal, const char *rest,
                           struct mail_page_view *view)
{
    view->title = view_title(r, view_text(appeal, r->language));
    view->self = view_path(r, r->language, appeal->slug, "/mail");
    view->appeal = view_path(r, r->language, appeal->slug, NULL);
    view->email = (struct view_field){
        .name = "email",
        .label = message_get(r->language, "E-mail address"),
        .hint = message_get(r->language, "The one that was given in the form."),
        .autocomplete = "email",
        .inputmode = "email",
        .type = "email",
    };
    view_layout(r, &view->layout, message_get(r->language, "Have our mail sent again"),
                appeal->slug, rest);
    view->layout.is_hidden = true;
}

void render_mail_page(struct rendering *r, const struct appeal *appeal)
{
    struct mail_page_view view = {0};
    fill_mail_page(r, appeal, "/mail", &view);
    template_page_mail(&r->out, &view);
}

void render_mail_page_refused(struct rendering *r, const struct appeal *appeal, const char *typed)
{
    struct mail_page_view view = {0};
    fill_mail_page(r, appeal, NULL, &view);
    view.layout.is_error = true;
    view.email.value = typed;
    view.email.problem = form_words_problem(r->language, FIELD_EMAIL, PROBLEM_MALFORMED);
    struct view_problem summary = {view.email.problem,
                                   view_path(r, r->language, appeal->slug, "/mail#email")};
    view.problems = &summary;
    view.problem_count = 1;
    template_page_mail(&r->out, &view);
}

/* ---- what is told after a step ---- */

void render_told(struct rendering *r, const struct appeal *appeal, enum page_kind kind)
{
    const struct language *l = r->language;
    struct told_view view = {
        .title = view_title(r, view_text(appeal, l)),
        .appeal = view_path(r, l, appeal->slug, NULL),
        .sign = view_path(r, l, appeal->slug, "/sign"),
        .code = view_path(r, l, appeal->slug, "/code"),
        .mail = view_path(r, l, appeal->slug, "/mail"),
    };
    static const struct {
        const char *title, *rest;
        void (*print)(struct template *t, const struct told_view *view);
    } pages[PAGE_KIND_COUNT] = {
        [PAGE_SENT] = {MESSAGE_MARK("Now look for our mail"), "/sent", template_page_sent},
        [PAGE_MAILED] = {MESSAGE_MARK("Look for our mail"), "/mailed", template_page_mailed},
        [PAGE_WITHDRAWN] = {MESSAGE_MARK("The signature is withdrawn"), "/withdrawn",
                            template_page_withdrawn},
    };
    view_layout(r, &view.layout, message_get(l, pages[kind].title), appeal->slug, pages[kind].rest);
    view.layout.is_hidden = true;
    pages[kind].print(&r->out, &view);
}
