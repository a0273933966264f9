/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Pages for one visitor: a form that was refused, the page a mailed link leads to, the receipt.
 * They hold what somebody typed, or were reached by a secret, so nobody keeps them.
 */
#include "page/rendering.h"
#include "web/pages/templates.h"
#include <string.h>

void render_sign_again(struct rendering *r, const struct appeal *appeal,
                       const struct form_answers *typed,
                       const enum signing_problem problems[FIELD_COUNT])
{
    struct sign_view view;
    struct view_form form = {typed, problems, "", typed->nonce};
    view_sign(r, appeal, &form, &view);
    view.layout.is_hidden = true;
    template_page_sign(&r->out, &view);
}

static const char *value_of(const struct signing_request *request, enum signing_field field)
{
    const char *value = request->submission.values[field];
    return value != NULL && value[0] != '\0' ? value : NULL;
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
    view->mail = view_path(r, r->language, appeal->slug, "/mail");
    view->share = view_path(r, r->language, appeal->slug, "/share");
    if (view->own.text == NULL)
        view->own.text = "";
    view_layout(r, &view->layout,
                view->state == RECEIPT_WITHDRAWN
                    ? message_get(r->language, "This signature was withdrawn")
                    : message_get(r->language, "The signature is confirmed"),
                NULL, NULL);
    view->layout.is_hidden = true;
    template_page_receipt(&r->out, view);
}

void render_receipt_of(struct rendering *r, const struct signing_request *request,
                       const char *token)
{
    struct receipt_view view = {
        .number = request->public_id,
        .organisation = value_of(request, FIELD_ORGANISATION),
        .state =
            request->stage == STAGE_WITHDRAWN ? RECEIPT_WITHDRAWN : receipt_state(request->state),
    };
    (void)view_visibility(r->language, request->submission.visibility, &view.visibility_hint);
    char own[TOKEN_TEXT_SIZE];
    if (signatory_token(r->site, token, own) == US_OK)
        view.own = template_url_path(scratch_format(&r->scratch, "/w/%s", own));
    explicit_bzero(own, sizeof own);
    finish_receipt(r, request->appeal, &view);
}

void render_receipt(struct rendering *r, const struct appeal *appeal, const char *number,
                    enum signature_state state)
{
    struct receipt_view view = {.number = number, .state = receipt_state(state)};
    finish_receipt(r, appeal, &view);
}
