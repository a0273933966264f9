/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A page that has our links mailed again, for a mail that did not come and for who wants to see,
 * correct or withdraw a signature later. Only whether what was typed is a mailbox at all is told;
 * everything else is the same answer, and the difference is in the mail.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "page/render_signatory.h"
#include "page/reply.h"
#include "page/visit.h"
#include "text/unicode.h"
#include <stdlib.h>
#include <string.h>

#define TYPED_MOST 1024

struct mail_post {
    struct visit visit;
    char *typed;
};

static void mail_post_free(struct mail_post *post)
{
    explicit_bzero(post->typed, strlen(post->typed));
    free(post->typed);
    free(post);
}

/* On the store thread. */
static void on_queued(enum us_err err, void *arg)
{
    struct mail_post *post = arg;
    if (err == US_OK)
        visit_redirect(&post->visit, "/mailed");
    else
        visit_error(&post->visit, errors_kind_of(err));
    mail_post_free(post);
}

/* Answers, unless it gives true: then the mail is to be asked for. */
static bool is_to_be_mailed(struct rendering *r, const struct appeal *appeal,
                            const struct mail_post *post)
{
    const struct visit *visit = &post->visit;
    char *mailbox = unicode_mailbox(post->typed);
    bool is_mailbox = mailbox != NULL;
    free(mailbox);
    if (!is_mailbox) {
        render_mail_page_refused(r, appeal, post->typed);
        visit_private(visit, 422, r, true);
        return false;
    }
    if (!visit_is_within(visit, visit->pages->submissions)) {
        return false;
    }
    return true;
}

static void on_post(struct reader *reader, void *arg)
{
    struct mail_post *post = arg;
    const struct visit *visit = &post->visit;
    struct rendering r;
    const struct appeal *appeal;
    rendering_open(&r, visit->pages->site, reader, visit->language, clock_now());
    enum us_err err = rendering_load(&r, visit->slug, &appeal);
    if (err != US_OK)
        visit_error(visit, errors_kind_of(err));
    else if (is_to_be_mailed(&r, appeal, post)) {
        signatory_mail_links(reader, r.site, appeal, post->typed, visit->language->code, on_queued,
                             post);
        post = NULL;
    }
    if (post != NULL)
        mail_post_free(post);
    rendering_close(&r);
}

void handle_mail_post(const struct visit *visit)
{
    if (!visit_takes_form(visit, FORM_ORIGIN_OURS))
        return;
    char *typed = NULL;
    enum us_err err = http_form_get(visit->request->body, "email", TYPED_MOST, &typed);
    if (err == US_NOT_FOUND)
        typed = mem_string("");
    if (typed == NULL || http_form_count(visit->request->body, "email") > 1) {
        free(typed);
        visit_error(visit, ERROR_BAD_REQUEST);
        return;
    }
    struct mail_post *post = MEM_NEW(struct mail_post);
    post->visit = *visit;
    post->typed = typed;
    if (!visit_read(visit, on_post, post))
        mail_post_free(post);
}
