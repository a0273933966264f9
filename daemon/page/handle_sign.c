/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The form. Opening it is a public page with a nonce of its own. Sending it: the web thread reads
 * the fields, a reader thread checks them and hands them to the domain, and the store's answer,
 * when it is on disk, is the visitor's. What is accepted looks the same for every mailbox: a
 * redirection.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "page/nonce.h"
#include "page/reply.h"
#include "page/visit.h"
#include <stdlib.h>
#include <string.h>

/* As long as a request's body may be: what is too long for its field is told so beside it, and
 * given back to be shortened. */
#define VALUE_MOST (64 * 1024)

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

struct sign_post {
    struct visit visit;
    struct submission submission;
    char nonce[PAGE_NONCE_LEN + 1];
};

static void sign_post_free(struct sign_post *post)
{
    submission_clear(&post->submission);
    free(post);
}

/* False for what no browser sends: a repeated field, broken encoding. */
static bool read_fields(struct http_span body, struct sign_post *post)
{
    for (enum signing_field field = 0; field < FIELD_COUNT; field++) {
        const char *name = signing_field_name(field);
        if (http_form_count(body, name) > 1)
            return false;
        enum us_err err = http_form_get(body, name, VALUE_MOST, &post->submission.values[field]);
        if (err != US_OK && err != US_NOT_FOUND)
            return false;
    }
    char *nonce = NULL;
    if (http_form_get(body, "nonce", PAGE_NONCE_LEN, &nonce) == US_OK &&
        nonce_read(nonce, post->submission.nonce)) {
        memcpy(post->nonce, nonce, sizeof post->nonce);
    } else {
        nonce_make(post->nonce);
        (void)nonce_read(post->nonce, post->submission.nonce);
    }
    free(nonce);
    return true;
}

/* On the store thread, or at once when it was refused before. */
static void on_submitted(enum us_err err, void *arg)
{
    struct sign_post *post = arg;
    const struct visit *visit = &post->visit;
    if (err == US_OK) {
        char *path = mem_format("/%s/%s/sent", visit->language->code, visit->slug);
        reply_redirect(visit->exchange, 303, path, false);
        free(path);
    } else {
        visit_error(visit, errors_kind_of(err));
    }
    sign_post_free(post);
}

static void submit(struct rendering *r, const struct appeal *appeal, struct sign_post *post)
{
    struct visit *visit = &post->visit;
    enum signing_problem problems[FIELD_COUNT];
    enum view_door door = view_door(appeal, r->now);
    if (door != DOOR_OPEN) {
        visit_error(visit, door == DOOR_EARLY ? ERROR_NOT_OPEN : ERROR_CLOSED);
    } else if (signing_check(&post->submission, appeal, clock_day(r->now), problems) > 0) {
        render_sign_refused(r, appeal, &post->submission, post->nonce, problems);
        visit_private(visit, 422, r, true);
    } else if (!limiter_take(visit->pages->submissions, http_exchange_prefix(visit->exchange),
                             clock_monotonic())) {
        visit_error(visit, ERROR_LIMITED);
    } else {
        signing_submit(r->reader, r->site, appeal, &post->submission, on_submitted, post);
        return;
    }
    sign_post_free(post);
}

static void on_post(struct reader *reader, void *arg)
{
    struct sign_post *post = arg;
    struct rendering r;
    const struct appeal *appeal;
    rendering_open(&r, post->visit.pages->site, reader, post->visit.language, clock_now());
    enum us_err err = rendering_load(&r, post->visit.slug, &appeal);
    if (err == US_OK) {
        submit(&r, appeal, post);
    } else {
        visit_error(&post->visit, errors_kind_of(err));
        sign_post_free(post);
    }
    rendering_close(&r);
}

void handle_sign_post(const struct visit *visit)
{
    if (!visit_takes_form(visit, FORM_ORIGIN_OURS))
        return;
    struct sign_post *post = MEM_NEW(struct sign_post);
    post->visit = *visit;
    strncpy(post->submission.language, visit->language->code, sizeof post->submission.language - 1);
    if (!read_fields(visit->request->body, post)) {
        visit_error(visit, ERROR_BAD_REQUEST);
        sign_post_free(post);
    } else if (!visit_read(visit, on_post, post)) {
        sign_post_free(post);
    }
}
