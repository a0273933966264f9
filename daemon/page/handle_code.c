/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The way of those who follow no links: the mailbox and the ten characters of the mail, typed. A
 * wrong code and an unknown mailbox get one and the same answer. A right one leads to the receipt,
 * whose address has the signature's public number and no secret.
 */
#include "appeal/signature.h"
#include "base/clock.h"
#include "base/mem.h"
#include "page/reply.h"
#include "page/visit.h"
#include <stdlib.h>
#include <string.h>

#define TYPED_MOST 1024
#define NUMBER_MOST 31

struct code_post {
    struct visit visit;
    char *email, *code;
};

static void wipe_free(char *text)
{
    if (text != NULL)
        explicit_bzero(text, strlen(text));
    free(text);
}

static void code_post_free(struct code_post *post)
{
    wipe_free(post->email);
    wipe_free(post->code);
    free(post);
}

static void on_refused(struct reader *reader, void *arg)
{
    struct code_post *post = arg;
    const struct visit *visit = &post->visit;
    struct rendering r;
    const struct appeal *appeal;
    rendering_open(&r, visit->pages->site, reader, visit->language, clock_now());
    enum us_err err = rendering_load(&r, visit->slug, &appeal);
    if (err == US_OK) {
        render_code_refused(&r, appeal, post->email,
                            message_get(visit->language,
                                        "This code and this address do not belong together, or "
                                        "the code is too old. Check both."));
        visit_private(visit, 422, &r, true);
    } else {
        rendering_close(&r);
        visit_error(visit, errors_kind_of(err));
    }
    code_post_free(post);
}

/* On the store thread, or at once. */
static void on_confirmed(enum us_err err, const struct signing_receipt *receipt, void *arg)
{
    struct code_post *post = arg;
    const struct visit *visit = &post->visit;
    switch (err) {
    case US_OK: {
        char *path = mem_format("/%s/%s/receipt?number=%s", visit->language->code, receipt->slug,
                                receipt->public_id);
        reply_redirect(visit->exchange, 303, path, false);
        free(path);
        break;
    }
    case US_NOT_FOUND:
    case US_INVALID:
    case US_DENIED:
    case US_EXPIRED:
        if (visit_read(visit, on_refused, post))
            return;
        break;
    case US_DUPLICATE:
        visit_error(visit, ERROR_SIGNED_ALREADY);
        break;
    case US_LIMITED:
        visit_error(visit, ERROR_TOO_MANY_ORGANISATIONS);
        break;
    default:
        visit_error(visit, errors_kind_of(err));
    }
    code_post_free(post);
}

static void on_code(struct reader *reader, void *arg)
{
    struct code_post *post = arg;
    const struct visit *visit = &post->visit;
    signing_confirm_code(reader, visit->pages->site, visit->slug, post->email, post->code,
                         clock_now(), on_confirmed, post);
}

static bool read_field(struct http_span body, const char *name, char **out)
{
    if (http_form_count(body, name) > 1)
        return false;
    enum us_err err = http_form_get(body, name, TYPED_MOST, out);
    if (err == US_NOT_FOUND)
        *out = mem_string("");
    return err == US_OK || err == US_NOT_FOUND;
}

void handle_code_post(const struct visit *visit)
{
    if (!visit_takes_form(visit, FORM_ORIGIN_OURS))
        return;
    if (!visit_is_within(visit, visit->pages->codes)) {
        return;
    }
    struct code_post *post = MEM_NEW(struct code_post);
    post->visit = *visit;
    if (!read_field(visit->request->body, "email", &post->email) ||
        !read_field(visit->request->body, "code", &post->code)) {
        visit_error(visit, ERROR_BAD_REQUEST);
        code_post_free(post);
    } else if (!visit_read(visit, on_code, post)) {
        code_post_free(post);
    }
}

struct receipt_visit {
    struct visit visit;
    char number[NUMBER_MOST + 1];
    bool is_found;
    enum signature_state state;
};

static bool on_signature(const struct signature *signature, void *arg)
{
    struct receipt_visit *receipt = arg;
    /* Ids of listed ones are public: what became of one that is listed no more is nobody's to ask.
     */
    bool is_told = signature->state == SIGNATURE_CONFIRMED || signature->state == SIGNATURE_HELD ||
                   signature->state == SIGNATURE_LISTED;
    if (is_told && signature->slug != NULL && strcmp(signature->slug, receipt->visit.slug) == 0) {
        receipt->is_found = true;
        receipt->state = signature->state;
    }
    return false;
}

/* Tells the state of a number, and nothing of whose it is. */
static void on_receipt(struct reader *reader, void *arg)
{
    struct receipt_visit *receipt = arg;
    const struct visit *visit = &receipt->visit;
    struct rendering r;
    const struct appeal *appeal;
    rendering_open(&r, visit->pages->site, reader, visit->language, clock_now());
    enum us_err err = signature_find(reader, receipt->number, on_signature, receipt);
    if (err == US_OK && !receipt->is_found)
        err = US_NOT_FOUND;
    if (err == US_OK)
        err = rendering_load(&r, visit->slug, &appeal);
    if (err == US_OK) {
        render_receipt(&r, appeal, receipt->number, receipt->state);
        visit_private(visit, 200, &r, false);
    } else {
        rendering_close(&r);
        visit_error(visit, errors_kind_of(err));
    }
    free(receipt);
}

void handle_receipt(const struct visit *visit)
{
    static const char digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    char *number = NULL;
    if (http_form_get(visit->request->query, "number", NUMBER_MOST, &number) != US_OK ||
        number[0] == '\0' || strspn(number, digits) != strlen(number)) {
        free(number);
        visit_error(visit, ERROR_NOT_FOUND);
        return;
    }
    struct receipt_visit *receipt = MEM_NEW(struct receipt_visit);
    receipt->visit = *visit;
    strcpy(receipt->number, number);
    free(number);
    if (!visit_read(visit, on_receipt, receipt))
        free(receipt);
}
