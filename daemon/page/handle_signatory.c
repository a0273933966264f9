/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What a signatory does with its signature, by the link in every mail of ours: see it, withdraw it,
 * correct its name, have the news or not. And the link that ends the news. Opening either changes
 * nothing; each change is a POST. A mail program ends the news without anybody looking (RFC 8058):
 * it says nothing of where it comes from, may send any type of form, and follows no redirection.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "page/render_signatory.h"
#include "page/reply.h"
#include "page/visit.h"
#include <stdlib.h>
#include <string.h>

#define TYPED_MOST (16 * 1024) /* as long as may be given back to be shortened */
#define ACT_MOST 16

enum act { ACT_WITHDRAW, ACT_CORRECT, ACT_NEWS, ACT_NO_NEWS, ACT_COUNT };

struct signatory_visit {
    struct visit visit;
    char token[TOKEN_TEXT_SIZE];
    enum act act;
    bool is_saved, stays;    /* refused or struck: erased, it stays so, and its page tells that */
    char *reason, *names[2]; /* the organisation's, and in Latin letters */
};

static void wipe_free(char *text)
{
    if (text != NULL)
        explicit_bzero(text, strlen(text));
    free(text);
}

static void signatory_visit_free(struct signatory_visit *post)
{
    wipe_free(post->reason);
    wipe_free(post->names[0]);
    wipe_free(post->names[1]);
    explicit_bzero(post, sizeof *post);
    free(post);
}

/* Takes the token, or has answered and gives NULL. */
static struct signatory_visit *make(const struct visit *visit, const char *token)
{
    if (!visit_takes_token(visit, token))
        return NULL;
    struct signatory_visit *post = MEM_NEW(struct signatory_visit);
    post->visit = *visit;
    memcpy(post->token, token, sizeof post->token);
    return post;
}

static void begin(struct signatory_visit *post, void (*work)(struct reader *reader, void *arg))
{
    if (!visit_read(&post->visit, work, post))
        signatory_visit_free(post);
}

/* ---- seeing it ---- */

/* problems NULL: none; else those of the names that were typed. */
static void show(struct reader *reader, const struct signatory_visit *post,
                 const struct signatory *signatory, const enum signing_problem *problems)
{
    const struct visit *visit = &post->visit;
    struct rendering r;
    rendering_open(&r, visit->pages->site, reader,
                   visit_signed_language(visit, signatory->language), clock_now());
    struct signatory_page page = {
        .signatory = signatory,
        .token = post->token,
        .is_saved = post->is_saved,
        .problems = problems,
        .names = {post->names[0], post->names[1]},
    };
    render_signatory(&r, &page);
    visit_private(visit, problems ? 422 : 200, &r, false);
}

static void on_find(struct reader *reader, void *arg)
{
    struct signatory_visit *post = arg;
    struct signatory *signatory;
    enum us_err err =
        signatory_find(reader, post->visit.pages->site, post->token, clock_now(), &signatory);
    if (err == US_OK) {
        show(reader, post, signatory, NULL);
        signatory_free(signatory);
    } else {
        visit_error(&post->visit, visit_link_error(err));
    }
    signatory_visit_free(post);
}

void handle_signatory_get(const struct visit *visit, const char *token)
{
    struct signatory_visit *post = make(visit, token);
    if (post == NULL)
        return;
    post->is_saved = http_form_count(visit->request->query, "saved") > 0;
    begin(post, on_find);
}

/* ---- changing it ---- */

/* On the reader thread: the name that this mailbox signed by already is told beside the field. */
static void on_duplicate(struct reader *reader, void *arg)
{
    struct signatory_visit *post = arg;
    enum signing_problem problems[FIELD_COUNT] = {[FIELD_ORGANISATION] = PROBLEM_NOT_ALLOWED};
    struct signatory *signatory;
    enum us_err err =
        signatory_find(reader, post->visit.pages->site, post->token, clock_now(), &signatory);
    if (err == US_OK) {
        show(reader, post, signatory, problems);
        signatory_free(signatory);
    } else {
        visit_error(&post->visit, visit_link_error(err));
    }
    signatory_visit_free(post);
}

/* On the store thread. What was withdrawn may be gone with its page: a page of the appeal's says
 * that it is done. */
static void on_done(enum us_err err, void *arg)
{
    struct signatory_visit *post = arg;
    const struct visit *visit = &post->visit;
    if (err == US_DUPLICATE && visit_read(visit, on_duplicate, post))
        return;
    if (err == US_OK && post->act == ACT_WITHDRAW && !post->stays) {
        visit_redirect(visit, "/withdrawn");
    } else if (err == US_OK) {
        char *path = mem_format("/w/%s?saved=1", post->token);
        reply_redirect(visit->exchange, 303, path, false);
        free(path);
    } else if (err != US_DUPLICATE) { /* then the queue was full, and that is answered */
        visit_error(visit, err == US_LIMITED ? ERROR_LIMITED : visit_link_error(err));
    }
    signatory_visit_free(post);
}

/* Whether post is handed on, or still the caller's and answered. */
static bool correct(struct reader *reader, struct signatory_visit *post,
                    const struct signatory *signatory)
{
    enum signing_problem problems[FIELD_COUNT] = {PROBLEM_NONE};
    if (!signatory->can_correct) {
        visit_error(&post->visit, ERROR_DECIDED);
        return false;
    }
    if (signatory_correct(reader, post->visit.pages->site, post->token, post->names[0],
                          post->names[1], clock_now(), problems, on_done, post) == 0)
        return true;
    show(reader, post, signatory, problems);
    return false;
}

static bool change(struct reader *reader, struct signatory_visit *post,
                   const struct signatory *signatory)
{
    struct visit *visit = &post->visit;
    struct site *site = visit->pages->site;
    const char *reason = post->reason != NULL && post->reason[0] != '\0' ? post->reason : NULL;
    /* For the page that says that it is done. */
    visit->language = visit_signed_language(visit, signatory->language);
    strncpy(visit->slug, signatory->appeal->slug, sizeof visit->slug - 1);
    switch (post->act) {
    case ACT_WITHDRAW:
        post->stays =
            signatory->stage == STAGE_CONFIRMED &&
            (signatory->state == SIGNATURE_REFUSED || signatory->state == SIGNATURE_STRUCK);
        signatory_withdraw(reader, site, post->token, reason, clock_now(), on_done, post);
        return true;
    case ACT_CORRECT:
        return correct(reader, post, signatory);
    case ACT_NEWS:
    case ACT_NO_NEWS:
    case ACT_COUNT:
        break;
    }
    signatory_want_updates(reader, site, TOKEN_WITHDRAW, post->token, post->act == ACT_NEWS,
                           on_done, post);
    return true;
}

static void on_change(struct reader *reader, void *arg)
{
    struct signatory_visit *post = arg;
    struct signatory *signatory;
    enum us_err err =
        signatory_find(reader, post->visit.pages->site, post->token, clock_now(), &signatory);
    bool is_handed_on = false;
    if (err == US_OK) {
        is_handed_on = change(reader, post, signatory);
        signatory_free(signatory);
    } else {
        visit_error(&post->visit, visit_link_error(err));
    }
    if (!is_handed_on)
        signatory_visit_free(post);
}

static bool read_field(struct http_span body, const char *name, char **out)
{
    enum us_err err = http_form_get(body, name, TYPED_MOST, out);
    return (err == US_OK || err == US_NOT_FOUND) && http_form_count(body, name) <= 1;
}

static bool read_change(struct http_span body, struct signatory_visit *post)
{
    static const char *const names[ACT_COUNT] = {[ACT_WITHDRAW] = "withdraw",
                                                 [ACT_CORRECT] = "correct",
                                                 [ACT_NEWS] = "news",
                                                 [ACT_NO_NEWS] = "no-news"};
    char *act = NULL;
    if (http_form_get(body, "act", ACT_MOST, &act) != US_OK)
        return false;
    post->act = ACT_WITHDRAW;
    while (post->act < ACT_COUNT && strcmp(act, names[post->act]) != 0)
        post->act++;
    free(act);
    return post->act < ACT_COUNT && read_field(body, "reason", &post->reason) &&
           read_field(body, signing_field_name(FIELD_ORGANISATION), &post->names[0]) &&
           read_field(body, signing_field_name(FIELD_ORGANISATION_LATIN), &post->names[1]);
}

void handle_signatory_post(const struct visit *visit, const char *token)
{
    if (!visit_takes_form(visit, FORM_ORIGIN_OR_NULL))
        return;
    struct signatory_visit *post = make(visit, token);
    if (post == NULL)
        return;
    if (read_change(visit->request->body, post)) {
        begin(post, on_change);
    } else {
        visit_error(visit, ERROR_BAD_REQUEST);
        signatory_visit_free(post);
    }
}

/* ---- the news ---- */

static void show_news(struct reader *reader, const struct signatory_visit *post)
{
    const struct visit *visit = &post->visit;
    struct signatory *signatory;
    enum us_err err =
        signatory_find_subscribed(reader, visit->pages->site, post->token, clock_now(), &signatory);
    if (err != US_OK) {
        visit_error(visit, visit_link_error(err));
        return;
    }
    struct rendering r;
    rendering_open(&r, visit->pages->site, reader,
                   visit_signed_language(visit, signatory->language), clock_now());
    render_news(&r, signatory, post->token);
    visit_private(visit, 200, &r, false);
    signatory_free(signatory);
}

static void on_news(struct reader *reader, void *arg)
{
    show_news(reader, arg);
    signatory_visit_free(arg);
}

/* On the store thread. */
static void on_ended(enum us_err err, void *arg)
{
    struct signatory_visit *post = arg;
    if (err == US_OK && visit_read(&post->visit, on_news, post))
        return;
    if (err != US_OK)
        visit_error(&post->visit, visit_link_error(err));
    signatory_visit_free(post);
}

static void on_end(struct reader *reader, void *arg)
{
    struct signatory_visit *post = arg;
    signatory_want_updates(reader, post->visit.pages->site, TOKEN_UNSUBSCRIBE, post->token, false,
                           on_ended, post);
}

void handle_news_get(const struct visit *visit, const char *token)
{
    struct signatory_visit *post = make(visit, token);
    if (post != NULL)
        begin(post, on_news);
}

void handle_news_post(const struct visit *visit, const char *token)
{
    if (!visit_takes_origin(visit, FORM_ORIGIN_OR_NULL))
        return;
    struct signatory_visit *post = make(visit, token);
    if (post != NULL)
        begin(post, on_end);
}
