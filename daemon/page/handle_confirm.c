/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The link in a mail. Mail scanners open links, so opening one changes nothing: it shows what is
 * about to be signed, and a button. The button's POST confirms and comes back to the same address,
 * which then shows the receipt, as often as one likes. Pages are in the language of the form.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "page/reply.h"
#include "page/visit.h"
#include <stdlib.h>
#include <string.h>

struct confirm_visit {
    struct visit visit;
    char token[TOKEN_TEXT_SIZE];
};

static void confirm_visit_free(struct confirm_visit *confirm)
{
    explicit_bzero(confirm, sizeof *confirm);
    free(confirm);
}

static void show(struct reader *reader, const struct confirm_visit *confirm,
                 const struct signing_request *request)
{
    const struct visit *visit = &confirm->visit;
    struct rendering r;
    rendering_open(&r, visit->pages->site, reader, visit_signed_language(visit, request->language),
                   clock_now());
    if (request->stage == STAGE_WAITING)
        render_confirm(&r, request, confirm->token);
    else
        render_receipt_of(&r, request, confirm->token);
    visit_private(visit, 200, &r, false);
}

static void on_find(struct reader *reader, void *arg)
{
    struct confirm_visit *confirm = arg;
    struct signing_request *request;
    enum us_err err =
        signing_find(reader, confirm->visit.pages->site, confirm->token, clock_now(), &request);
    if (err == US_OK) {
        show(reader, confirm, request);
        signing_request_free(request);
    } else {
        visit_error(&confirm->visit, visit_link_error(err));
    }
    confirm_visit_free(confirm);
}

/* On the store thread, or at once when it was refused before. */
static void on_confirmed(enum us_err err, const struct signing_receipt *receipt, void *arg)
{
    struct confirm_visit *confirm = arg;
    (void)receipt; /* the page that is asked for next reads it */
    if (err == US_OK) {
        char *path = mem_format("/c/%s", confirm->token);
        reply_redirect(confirm->visit.exchange, 303, path, false);
        free(path);
    } else {
        visit_error(&confirm->visit, visit_link_error(err));
    }
    confirm_visit_free(confirm);
}

static void on_confirm(struct reader *reader, void *arg)
{
    struct confirm_visit *confirm = arg;
    signing_confirm(reader, confirm->visit.pages->site, confirm->token, clock_now(), on_confirmed,
                    confirm);
}

static void ask(const struct visit *visit, const char *token,
                void (*work)(struct reader *reader, void *arg))
{
    if (!visit_takes_token(visit, token))
        return;
    struct confirm_visit *confirm = MEM_NEW(struct confirm_visit);
    confirm->visit = *visit;
    memcpy(confirm->token, token, sizeof confirm->token);
    if (!visit_read(visit, work, confirm))
        confirm_visit_free(confirm);
}

void handle_confirm_get(const struct visit *visit, const char *token)
{
    ask(visit, token, on_find);
}

void handle_confirm_post(const struct visit *visit, const char *token)
{
    if (visit_takes_form(visit, FORM_ORIGIN_OR_NULL))
        ask(visit, token, on_confirm);
}
