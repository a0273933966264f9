/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Logos: uploaded by the link in every mail of ours, where the appeal takes them, and served by the
 * digest of their bytes, so that an address always means the same picture; whether it may still be
 * seen is asked each time.
 */
#include "appeal/logo.h"
#include "base/clock.h"
#include "base/mem.h"
#include "http/multipart.h"
#include "page/render_signatory.h"
#include "page/reply.h"
#include "page/visit.h"
#include <stdlib.h>
#include <string.h>

#define FORM_NAME "logo"
#define PATH_BEGIN "/w/"
#define PATH_END "/logo"

/* ---- serving ---- */

struct logo_visit {
    struct visit visit;
    uint8_t digest[DIGEST_SIZE];
    char tag[DIGEST_HEX_SIZE + 2];
};

static bool read_hex(const char *name, uint8_t out[DIGEST_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    if (strlen(name) != 2 * DIGEST_SIZE + 4 || strcmp(name + 2 * DIGEST_SIZE, ".png") != 0 ||
        strspn(name, digits) != 2 * DIGEST_SIZE)
        return false;
    for (size_t i = 0; i < DIGEST_SIZE; i++)
        out[i] = (uint8_t)((strchr(digits, name[2 * i]) - digits) << 4 |
                           (strchr(digits, name[2 * i + 1]) - digits));
    return true;
}

static void reply_logo(const struct logo_visit *wanted, struct logo *logo)
{
    const struct visit *visit = &wanted->visit;
    bool is_known =
        reply_tag_is_named(http_request_field(visit->request, "if-none-match"), wanted->tag);
    struct reply_head head = {
        .type = is_known ? NULL : "image/png",
        .caching = "no-cache",
        .tag = wanted->tag,
        .robots = "noarchive",
        .is_tls = visit->request->is_tls,
    };
    struct http_response *response = reply_new(is_known ? 304 : 200, &head);
    if (is_known) {
        http_response_static_body(response, NULL, 0);
    } else {
        http_response_take_body(response, logo->png, logo->len);
        logo->png = NULL;
    }
    http_reply(visit->exchange, response);
}

static void on_logo(struct reader *reader, void *arg)
{
    struct logo_visit *wanted = arg;
    struct logo logo;
    enum us_err err = logo_find(reader, wanted->digest, &logo);
    if (err == US_OK) {
        reply_logo(wanted, &logo);
        logo_clear(&logo);
    } else {
        visit_error(&wanted->visit, errors_kind_of(err));
    }
    free(wanted);
}

void handle_logo_get(const struct visit *visit, const char *name)
{
    struct logo_visit *wanted = MEM_NEW(struct logo_visit);
    wanted->visit = *visit;
    if (!read_hex(name, wanted->digest)) {
        visit_error(visit, ERROR_NOT_FOUND);
        free(wanted);
        return;
    }
    wanted->tag[0] = '"';
    memcpy(wanted->tag + 1, name, 2 * DIGEST_SIZE);
    memcpy(wanted->tag + 1 + 2 * DIGEST_SIZE, "\"", 2);
    if (!visit_read(visit, on_logo, wanted))
        free(wanted);
}

/* ---- uploading ---- */

struct logo_post {
    struct visit visit;
    char token[TOKEN_TEXT_SIZE];
    struct http_span file; /* of the request's bytes; data NULL: take away what is there */
};

static void logo_post_free(struct logo_post *post)
{
    explicit_bzero(post->token, sizeof post->token);
    free(post);
}

/* The page again, with what was wrong beside the field. */
static void on_refused(struct reader *reader, void *arg)
{
    struct logo_post *post = arg;
    const struct visit *visit = &post->visit;
    struct signatory *signatory;
    enum us_err err =
        signatory_find(reader, visit->pages->site, post->token, clock_now(), &signatory);
    if (err != US_OK) {
        visit_error(visit, visit_link_error(err));
    } else {
        struct rendering r;
        rendering_open(&r, visit->pages->site, reader,
                       visit_signed_language(visit, signatory->language), clock_now());
        render_signatory(&r, &(struct signatory_page){.signatory = signatory,
                                                      .token = post->token,
                                                      .is_logo_refused = true});
        visit_private(visit, 422, &r, false);
        signatory_free(signatory);
    }
    logo_post_free(post);
}

/* On the store thread, or on the reader's when it was refused before. */
static void on_done(enum us_err err, void *arg)
{
    struct logo_post *post = arg;
    const struct visit *visit = &post->visit;
    if (err == US_INVALID) {
        if (visit_read(visit, on_refused, post))
            return;
    } else if (err == US_OK) {
        char *path = mem_format(PATH_BEGIN "%s?saved=1", post->token);
        reply_redirect(visit->exchange, 303, path, false);
        free(path);
    } else {
        visit_error(visit, err == US_CONFLICT ? ERROR_DECIDED : visit_link_error(err));
    }
    logo_post_free(post);
}

static void on_upload(struct reader *reader, void *arg)
{
    struct logo_post *post = arg;
    struct site *site = post->visit.pages->site;
    if (post->file.data == NULL)
        logo_drop(reader, site, post->token, clock_now(), on_done, post);
    else
        logo_put(reader, site, post->token, post->file.data, post->file.len, clock_now(), on_done,
                 post);
}

/* The file, or the wish to take away what is there; answers and gives false for anything else. */
static bool read_form(const struct visit *visit, struct http_span *file)
{
    struct http_span type = http_request_field(visit->request, "content-type");
    *file = (struct http_span){NULL, 0};
    if (!multipart_is(type))
        return visit_takes_form(visit, FORM_ORIGIN_OR_NULL);
    if (!visit_takes_origin(visit, FORM_ORIGIN_OR_NULL))
        return false;
    if (multipart_find(type, visit->request->body, FORM_NAME, file) == US_OK)
        return true;
    visit_error(visit, ERROR_BAD_REQUEST);
    return false;
}

void handle_logo_post(const struct visit *visit, const char *token)
{
    struct http_span file;
    if (!visit_takes_token(visit, token) || !read_form(visit, &file))
        return;
    if (!visit_is_within(visit, visit->pages->submissions)) {
        return;
    }
    struct logo_post *post = MEM_NEW(struct logo_post);
    post->visit = *visit;
    post->file = file;
    memcpy(post->token, token, sizeof post->token);
    if (!visit_read(visit, on_upload, post))
        logo_post_free(post);
}

bool handle_logo_takes(struct http_span path)
{
    size_t begin = sizeof PATH_BEGIN - 1, end = sizeof PATH_END - 1;
    return path.len == begin + TOKEN_TEXT_SIZE - 1 + end &&
           memcmp(path.data, PATH_BEGIN, begin) == 0 &&
           memcmp(path.data + path.len - end, PATH_END, end) == 0;
}
