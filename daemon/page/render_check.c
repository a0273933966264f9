/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * "Check your answers": all that was answered, who will see it, and the answers once more, unseen,
 * as they were typed, so that the next step has them without the server keeping any. Who would sign
 * openly from a country marked high-risk is asked once more who may see it, with the careful answer
 * chosen.
 */
#include "page/rendering.h"
#include "web/pages/templates.h"
#include <string.h>

#define HIDDEN_MOST (FIELD_COUNT + 2)

static bool is_risky(const struct rendering *r, const struct submission *submission)
{
    return site_is_high_risk(r->site, submission->values[FIELD_COUNTRY]) &&
           visibility_is_open(submission->visibility);
}

static void fill_hidden(struct rendering *r, const struct form_answers *typed,
                        struct check_view *view)
{
    struct view_hidden *hidden = scratch_zero(&r->scratch, HIDDEN_MOST, sizeof *hidden);
    size_t count = 0;
    hidden[count++] = (struct view_hidden){"nonce", typed->nonce};
    for (enum signing_field field = 0; field < FIELD_COUNT; field++) {
        bool is_asked = field == FIELD_VISIBILITY && view->is_risky;
        if (typed->values[field] != NULL && !is_asked)
            hidden[count++] = (struct view_hidden){signing_field_name(field), typed->values[field]};
    }
    if (typed->is_members_unsaid)
        hidden[count++] = (struct view_hidden){FORM_MEMBERS_UNSAID, "yes"};
    view->hidden = hidden;
    view->hidden_count = count;
}

void render_check(struct rendering *r, const struct appeal *appeal,
                  const struct submission *submission, const struct form_answers *typed)
{
    struct check_view view = {
        .title = view_title(r, view_text(appeal, r->language)),
        .self = view_path(r, r->language, appeal->slug, "/sign"),
        .appeal = view_path(r, r->language, appeal->slug, NULL),
        .is_risky = is_risky(r, submission),
    };
    view_layout(r, &view.layout, message_get(r->language, "Check your answers"), NULL, NULL);
    view.layout.is_hidden = true;
    view_answers(r, submission, &view.self, &view.answers);
    if (view.is_risky) {
        view.visibilities =
            view_visibilities(r, visibility_name(VISIBILITY_CAREFUL), &view.visibility_count);
    }
    fill_hidden(r, typed, &view);
    template_page_check(&r->out, &view);
}

void render_confirm(struct rendering *r, const struct signing_request *request, const char *token)
{
    const struct submission *submission = &request->submission;
    const struct appeal *appeal = request->appeal;
    struct confirm_view view = {
        .title = view_title(r, view_text(appeal, r->language)),
        .self = template_url_path(scratch_format(&r->scratch, "/c/%s", token)),
        .appeal = view_path(r, r->language, appeal->slug, NULL),
        .is_risky = is_risky(r, submission),
    };
    if (view.is_risky) {
        struct url form = view_path(r, r->language, appeal->slug, "/sign");
        view.careful = template_url_path(scratch_format(
            &r->scratch, "%s?country=%s#form", form.text, submission->values[FIELD_COUNTRY]));
    }
    view_answers(r, submission, NULL, &view.answers);
    view_layout(r, &view.layout, message_get(r->language, "Confirm your organisation's signature"),
                NULL, NULL);
    view.layout.is_hidden = true;
    view_document(r, appeal, &view.document);
    template_page_confirm(&r->out, &view);
}
