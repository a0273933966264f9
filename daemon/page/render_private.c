/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Pages for one visitor: a form that was refused, the page a mailed link leads to, the receipt.
 * They hold what somebody typed, or were reached by a secret, so nobody keeps or compresses them.
 */
#include "page/form_words.h"
#include "page/rendering.h"
#include "text/locale.h"
#include "web/pages/templates.h"
#include <string.h>

void render_sign_refused(struct rendering *r, const struct appeal *appeal,
                         const struct submission *typed, const char *nonce,
                         const enum signing_problem problems[FIELD_COUNT])
{
    struct sign_view view;
    struct view_form form = {typed, problems, "", nonce};
    view_sign(r, appeal, &form, &view);
    template_page_sign(&r->out, &view);
}

static const char *value_of(const struct signing_request *request, enum signing_field field)
{
    const char *value = request->submission.values[field];
    return value != NULL && value[0] != '\0' ? value : NULL;
}

static const char *print_day(struct rendering *r, int64_t day)
{
    struct str text = STR_INIT;
    locale_date(r->language, day, &text);
    return scratch_str(&r->scratch, &text);
}

/* What only the letter to the ILO will hold, in the words of the form. */
static void fill_ilo(struct rendering *r, const struct submission *submission,
                     struct confirm_view *view)
{
    struct signature_ilo ilo;
    if (!signing_has_ilo(submission, &ilo))
        return;
    const struct {
        enum signing_field field;
        const char *value;
    } values[] = {
        {FIELD_LEGAL_NAME, ilo.legal_name},
        {FIELD_ADDRESS, ilo.address},
        {FIELD_COVERAGE, ilo.coverage},
        {FIELD_REGISTRATION, ilo.registration == REGISTRATION_UNSTATED
                                 ? NULL
                                 : view_registration(r->language, ilo.registration)},
        {FIELD_MANDATE, ilo.mandate},
        {FIELD_MANDATE_DATE, ilo.has_mandate_date ? print_day(r, ilo.mandate_date) : NULL},
        {FIELD_MEMBERS_DATE, ilo.has_members_date ? print_day(r, ilo.members_date) : NULL},
    };
    struct view_term *terms =
        scratch_zero(&r->scratch, sizeof values / sizeof *values, sizeof *terms);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        if (values[i].value != NULL)
            terms[view->ilo_count++] = (struct view_term){
                message_get(r->language, form_words_of(values[i].field)->label), values[i].value};
    }
    view->ilo = terms;
}

void render_confirm(struct rendering *r, const struct signing_request *request, const char *token)
{
    const struct submission *submission = &request->submission;
    const struct appeal *appeal = request->appeal;
    const char *country = value_of(request, FIELD_COUNTRY);
    struct confirm_view view = {
        .title = view_title(r, view_text(appeal, r->language)),
        .self = template_url_path(scratch_format(&r->scratch, "/c/%s", token)),
        .appeal = view_path(r, r->language, appeal->slug, NULL),
        .organisation = value_of(request, FIELD_ORGANISATION),
        .latin = value_of(request, FIELD_ORGANISATION_LATIN),
        .kind = view_kind(r->language, submission->kind),
        .country = country ? locale_country(r->language, country) : NULL,
        .town = value_of(request, FIELD_TOWN),
        .affiliation = value_of(request, FIELD_AFFILIATION),
        .representative = value_of(request, FIELD_REPRESENTATIVE),
        .capacity = value_of(request, FIELD_CAPACITY),
        .email = value_of(request, FIELD_EMAIL),
    };
    view.visibility = view_visibility(r->language, submission->visibility, &view.visibility_hint);
    if (site_is_high_risk(r->site, country) && submission->visibility < VISIBILITY_RECIPIENTS) {
        struct url form = view_path(r, r->language, appeal->slug, "/sign");
        view.careful = template_url_path(
            scratch_format(&r->scratch, "%s?country=%s#form", form.text, country));
        view.is_risky = true;
    }
    if (submission->has_members) {
        struct str members = STR_INIT;
        locale_number(r->language, submission->members, &members);
        view.members = scratch_str(&r->scratch, &members);
    }
    fill_ilo(r, submission, &view);
    view_layout(r, &view.layout, message_get(r->language, "Confirm your organisation's signature"),
                NULL, NULL);
    view.layout.is_hidden = true;
    view_document(r, appeal, &view.document);
    template_page_confirm(&r->out, &view);
}

static enum view_receipt receipt_state(enum signature_state state)
{
    switch (state) {
    case SIGNATURE_LISTED:
        return RECEIPT_LISTED;
    case SIGNATURE_CONFIRMED:
    case SIGNATURE_HELD:
        return RECEIPT_WAITING;
    case SIGNATURE_WITHDRAWN:
        return RECEIPT_WITHDRAWN;
    default:
        return RECEIPT_ENDED;
    }
}

static void finish_receipt(struct rendering *r, const struct appeal *appeal,
                           struct receipt_view *view)
{
    view->title = view_title(r, view_text(appeal, r->language));
    view->appeal = view_path(r, r->language, appeal->slug, NULL);
    view_layout(r, &view->layout,
                view->state == RECEIPT_WITHDRAWN
                    ? message_get(r->language, "This signature was withdrawn")
                    : message_get(r->language, "The signature is confirmed"),
                NULL, NULL);
    view->layout.is_hidden = true;
    template_page_receipt(&r->out, view);
}

void render_receipt_of(struct rendering *r, const struct signing_request *request)
{
    struct receipt_view view = {
        .number = request->public_id,
        .organisation = value_of(request, FIELD_ORGANISATION),
        .state =
            request->stage == STAGE_WITHDRAWN ? RECEIPT_WITHDRAWN : receipt_state(request->state),
    };
    (void)view_visibility(r->language, request->submission.visibility, &view.visibility_hint);
    finish_receipt(r, request->appeal, &view);
}

void render_receipt(struct rendering *r, const struct appeal *appeal, const char *number,
                    enum signature_state state)
{
    struct receipt_view view = {.number = number, .state = receipt_state(state)};
    finish_receipt(r, appeal, &view);
}
