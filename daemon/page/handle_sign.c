/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The form. Opening it is a public page with a nonce of its own. What is sent is checked, and then
 * "step" says what it was sent for: without it, or with "check", the answers are shown to be
 * checked; "change" gives the form back with them; "send" takes them. The answers travel in the
 * page: nothing is kept between the steps, and each step checks all of it again. A program may say
 * "send" at once. What is accepted looks the same for every mailbox: a redirection.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "page/form_answers.h"
#include "page/nonce.h"
#include "page/reply.h"
#include "page/visit.h"
#include <stdlib.h>
#include <string.h>

#define STEP_MOST 16

void handle_sign_get(const struct visit *visit)
{
    char *country = NULL;
    if (http_form_get(visit->request->query, "country", 2, &country) != US_OK)
        country = NULL;
    /* Only a country marked high-risk changes the form: others would make the cache hold copies. */
    bool is_set = site_is_high_risk(visit->pages->site, country);
    visit_page(visit, PAGE_SIGN, 0, is_set ? country : NULL);
    free(country);
}

enum step { STEP_CHECK, STEP_CHANGE, STEP_SEND };

struct sign_post {
    struct visit visit;
    enum step step;
    struct form_answers typed; /* as it was typed, to be given back */
    struct submission submission;
};

static void sign_post_free(struct sign_post *post)
{
    submission_clear(&post->submission);
    form_answers_clear(&post->typed);
    free(post);
}

static bool read_step(struct http_span body, enum step *out)
{
    static const char *const names[] = {
        [STEP_CHECK] = "check", [STEP_CHANGE] = "change", [STEP_SEND] = "send"};
    char *name;
    enum us_err err = http_form_get(body, "step", STEP_MOST, &name);
    if (err != US_OK)
        return err == US_NOT_FOUND;
    bool is_found = false;
    for (enum step step = STEP_CHECK; step <= STEP_SEND; step++) {
        if (strcmp(name, names[step]) == 0) {
            *out = step;
            is_found = true;
        }
    }
    free(name);
    return is_found;
}

/* On the store thread, or at once when it was refused before. */
static void on_submitted(enum us_err err, void *arg)
{
    struct sign_post *post = arg;
    const struct visit *visit = &post->visit;
    if (err == US_OK)
        visit_redirect(visit, "/sent");
    else
        visit_error(visit, errors_kind_of(err));
    sign_post_free(post);
}

/* Answers, unless it gives true: then the checked submission is to be taken. */
static bool is_to_be_taken(struct rendering *r, const struct appeal *appeal, struct sign_post *post)
{
    struct visit *visit = &post->visit;
    enum signing_problem problems[FIELD_COUNT];
    enum view_door door = view_door(appeal, r->now);
    if (door != DOOR_OPEN) {
        visit_error(visit, door == DOOR_EARLY    ? ERROR_NOT_OPEN
                           : door == DOOR_PAUSED ? ERROR_PAUSED
                                                 : ERROR_CLOSED);
        return false;
    }
    if (post->step == STEP_CHANGE) {
        render_sign_again(r, appeal, &post->typed, NULL);
        visit_private(visit, 200, r, true);
        return false;
    }
    if (signing_check(&post->submission, appeal, clock_day(r->now), problems) > 0) {
        render_sign_again(r, appeal, &post->typed, problems);
        visit_private(visit, 422, r, true);
        return false;
    }
    if (post->step == STEP_CHECK) {
        render_check(r, appeal, &post->submission, &post->typed);
        visit_private(visit, 200, r, true);
        return false;
    }
    if (appeal->is_shielded && !visit_is_within(visit, visit->pages->shielded))
        return false;
    return visit_is_within(visit, visit->pages->submissions);
}

static void on_post(struct reader *reader, void *arg)
{
    struct sign_post *post = arg;
    struct rendering r;
    const struct appeal *appeal;
    rendering_open(&r, post->visit.pages->site, reader, post->visit.language, clock_now());
    enum us_err err = rendering_load(&r, post->visit.slug, &appeal);
    if (err != US_OK)
        visit_error(&post->visit, errors_kind_of(err));
    else if (is_to_be_taken(&r, appeal, post)) {
        signing_submit(reader, r.site, appeal, &post->submission, on_submitted, post);
        post = NULL;
    }
    if (post != NULL)
        sign_post_free(post);
    rendering_close(&r);
}

void handle_sign_post(const struct visit *visit)
{
    if (!visit_takes_form(visit, FORM_ORIGIN_OURS))
        return;
    struct sign_post *post = MEM_NEW(struct sign_post);
    post->visit = *visit;
    if (!read_step(visit->request->body, &post->step) ||
        !form_answers_read(visit->request->body, &post->typed)) {
        visit_error(visit, ERROR_BAD_REQUEST);
        sign_post_free(post);
        return;
    }
    form_answers_copy(&post->typed, &post->submission);
    (void)nonce_read(post->typed.nonce, post->submission.nonce);
    strncpy(post->submission.language, visit->language->code, sizeof post->submission.language - 1);
    if (!visit_read(visit, on_post, post))
        sign_post_free(post);
}
