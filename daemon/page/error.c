/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One table says for each way to fail its status, a heading and a sentence with a way on. The pages
 * are rendered when the service starts: a full disk or a busy database must not keep them from
 * anybody, and they must not cost more than what they refuse.
 */
#include "page/error.h"
#include "base/mem.h"
#include "page/rendering.h"
#include "page/reply.h"
#include "web/pages/templates.h"
#include <stdlib.h>

#define RETRY_BUSY 10
#define RETRY_LIMITED 300

static const struct error_entry {
    int status, retry_after;
    const char *heading, *sentence;
    const char *allow;
} entries[ERROR_KIND_COUNT] = {
    [ERROR_BAD_REQUEST] = {.status = 400,
                           .heading = MESSAGE_MARK("This was not understood"),
                           .sentence = MESSAGE_MARK(
                               "What your browser sent could not be read. Go back and try "
                               "once more.")},
    [ERROR_FOREIGN_FORM] = {.status = 403,
                            .heading = MESSAGE_MARK("This form did not come from here"),
                            .sentence = MESSAGE_MARK(
                                "For your safety only forms of this site are taken. Open "
                                "the appeal here and sign it on its own page.")},
    [ERROR_NOT_OPEN] = {.status = 403,
                        .heading = MESSAGE_MARK("This appeal cannot be signed yet"),
                        .sentence = MESSAGE_MARK("Its page says from which day on it can.")},
    [ERROR_PAUSED] = {.status = 403,
                      .heading = MESSAGE_MARK("This appeal takes no signatures at the moment"),
                      .sentence = MESSAGE_MARK(
                          "Signing is paused, and nothing of what you typed was kept. Please look "
                          "again later. Links that were mailed before stay good.")},
    [ERROR_NOT_FOUND] = {.status = 404,
                         .heading = MESSAGE_MARK("There is no such page"),
                         .sentence = MESSAGE_MARK(
                             "Perhaps the address was cut off or mistyped. All appeals are "
                             "on the first page.")},
    [ERROR_LINK_UNKNOWN] = {.status = 404,
                            .heading = MESSAGE_MARK("This link leads nowhere"),
                            .sentence = MESSAGE_MARK(
                                "Perhaps a part of it was lost on the way: copy the whole "
                                "link from our mail. A link that was never used is "
                                "forgotten after three days; then open the appeal and sign once "
                                "more. “Find our signature” below mails you the links again.")},
    [ERROR_METHOD] = {.status = 405,
                      .heading = MESSAGE_MARK("That cannot be done here"),
                      .sentence = MESSAGE_MARK(
                          "This page can be read, but does not take what was sent to it."),
                      .allow = "GET, HEAD, OPTIONS"},
    [ERROR_METHOD_FORM] = {.status = 405,
                           .heading = MESSAGE_MARK("That cannot be done here"),
                           .sentence = MESSAGE_MARK("This page takes its form, and nothing else."),
                           .allow = "GET, HEAD, OPTIONS, POST"},
    [ERROR_TIMEOUT] = {.status = 408,
                       .heading = MESSAGE_MARK("That took too long"),
                       .sentence = MESSAGE_MARK(
                           "The line was too slow to hear you out. Please try again.")},
    [ERROR_SIGNED_ALREADY] = {.status = 409,
                              .heading = MESSAGE_MARK("Your organisation has signed already"),
                              .sentence = MESSAGE_MARK(
                                  "There is a signature of this organisation from this "
                                  "e-mail address. Nothing more is to be done.")},
    [ERROR_TOO_MANY_ORGANISATIONS] =
        {.status = 409,
         .heading = MESSAGE_MARK("This address has signed for several organisations"),
         .sentence = MESSAGE_MARK(
             "One e-mail address can sign for only a few organisations. Use the address "
             "of the organisation itself.")},
    [ERROR_DECIDED] = {.status = 409,
                       .heading = MESSAGE_MARK("This can no longer be changed"),
                       .sentence = MESSAGE_MARK(
                           "The signature has been checked meanwhile. Open the link in our mail "
                           "once more to see how it stands.")},
    [ERROR_CLOSED] = {.status = 410,
                      .heading = MESSAGE_MARK("This appeal no longer takes signatures"),
                      .sentence = MESSAGE_MARK(
                          "It can still be read. Links that were mailed before it closed "
                          "stay good.")},
    [ERROR_LINK_EXPIRED] = {.status = 410,
                            .heading = MESSAGE_MARK("This link is too old"),
                            .sentence = MESSAGE_MARK(
                                "A link is good for three days. Nothing was signed by it, and what "
                                "was typed is deleted. To start again, open the appeal and sign "
                                "once more: you get a new link.")},
    [ERROR_TOO_LARGE] = {.status = 413,
                         .heading = MESSAGE_MARK("That was too much"),
                         .sentence = MESSAGE_MARK("More was sent than the form has room for.")},
    [ERROR_LONG_ADDRESS] = {.status = 414,
                            .heading = MESSAGE_MARK("This address is too long"),
                            .sentence = MESSAGE_MARK(
                                "No page here has such a long address. All appeals are on "
                                "the first page.")},
    [ERROR_MEDIA_TYPE] = {.status = 415,
                          .heading = MESSAGE_MARK("This was not understood"),
                          .sentence = MESSAGE_MARK(
                              "A form must be sent as application/x-www-form-urlencoded, "
                              "as browsers do.")},
    [ERROR_MISDIRECTED] = {.status = 421,
                           .heading = MESSAGE_MARK("That is not here"),
                           .sentence =
                               MESSAGE_MARK("Your browser asked this server for another site.")},
    [ERROR_LIMITED] = {.status = 429,
                       .retry_after = RETRY_LIMITED,
                       .heading = MESSAGE_MARK("Too many tries from your network"),
                       .sentence =
                           MESSAGE_MARK("Nothing is lost or blocked. Wait some minutes and send it "
                                        "again.")},
    [ERROR_LONG_HEADERS] = {.status = 431,
                            .heading = MESSAGE_MARK("This was not understood"),
                            .sentence = MESSAGE_MARK(
                                "Your browser sent more about itself than is read here.")},
    [ERROR_INTERNAL] = {.status = 500,
                        .heading = MESSAGE_MARK("Something went wrong here"),
                        .sentence =
                            MESSAGE_MARK("It is our fault, not yours. Please try again later.")},
    [ERROR_NOT_IMPLEMENTED] = {.status = 501,
                               .heading = MESSAGE_MARK("That cannot be done here"),
                               .sentence =
                                   MESSAGE_MARK("This server does not know what was asked of it.")},
    [ERROR_BUSY] = {.status = 503,
                    .retry_after = RETRY_BUSY,
                    .heading = MESSAGE_MARK("Too busy at the moment"),
                    .sentence = MESSAGE_MARK(
                        "Nothing that was confirmed to you is lost. Please try again in a "
                        "minute.")},
    [ERROR_VERSION] = {.status = 505,
                       .heading = MESSAGE_MARK("This was not understood"),
                       .sentence = MESSAGE_MARK("This server speaks HTTP/1.1.")},
};

struct errors {
    size_t languages;
    /* [kind][language][is_tls] */
    struct http_response *(*responses[ERROR_KIND_COUNT])[2];
};

static void fill_homes(struct rendering *r, struct error_view *view, size_t count)
{
    struct view_language *homes = scratch_zero(&r->scratch, count, sizeof *homes);
    for (size_t i = 0; i < count; i++) {
        const struct language *language = &language_table[i];
        homes[i] = (struct view_language){
            .code = language->code,
            .name = message_get(language, "All appeals"),
            .url = view_path(r, language, NULL, NULL),
        };
    }
    view->homes = homes;
    view->home_count = count;
}

static struct http_response *make_page(struct site *site, enum error_kind kind,
                                       const struct language *language, size_t languages,
                                       bool is_tls)
{
    const struct error_entry *entry = &entries[kind];
    struct rendering r;
    struct error_view view = {
        .heading = message_get(language, entry->heading),
        .sentence = message_get(language, entry->sentence),
    };
    rendering_open(&r, site, NULL, language, 0);
    view_layout(&r, &view.layout, view.heading, NULL, NULL);
    view.layout.is_hidden = true;
    fill_homes(&r, &view, languages);
    template_page_error(&r.out, &view);
    size_t len;
    char *html = rendering_take(&r, &len);
    rendering_close(&r);

    struct reply_head head = {
        .type = REPLY_HTML,
        .language = language->code,
        .caching = REPLY_NO_STORE,
        .allow = entry->allow,
        .retry_after = entry->retry_after,
        .is_language_chosen = true,
        .is_tls = is_tls,
    };
    struct http_response *response = reply_new(entry->status, &head);
    http_response_take_body(response, html, len);
    return response;
}

struct errors *errors_new(struct site *site)
{
    struct errors *errors = MEM_NEW(struct errors);
    while (language_table[errors->languages].code != NULL)
        errors->languages++;
    for (enum error_kind kind = 0; kind < ERROR_KIND_COUNT; kind++) {
        errors->responses[kind] = mem_zero(errors->languages * sizeof errors->responses[kind][0]);
        for (size_t i = 0; i < errors->languages; i++) {
            for (int tls = 0; tls < 2; tls++)
                errors->responses[kind][i][tls] =
                    make_page(site, kind, &language_table[i], errors->languages, tls != 0);
        }
    }
    return errors;
}

void errors_free(struct errors *errors)
{
    if (errors == NULL)
        return;
    for (enum error_kind kind = 0; kind < ERROR_KIND_COUNT; kind++) {
        for (size_t i = 0; i < errors->languages; i++) {
            http_response_unref(errors->responses[kind][i][0]);
            http_response_unref(errors->responses[kind][i][1]);
        }
        free(errors->responses[kind]);
    }
    free(errors);
}

struct http_response *errors_get(struct errors *errors, enum error_kind kind,
                                 const struct language *language, bool is_tls)
{
    size_t index = (size_t)(language - language_table);
    return http_response_ref(errors->responses[kind][index][is_tls ? 1 : 0]);
}

enum error_kind errors_kind_of_status(int status)
{
    for (enum error_kind kind = 0; kind < ERROR_KIND_COUNT; kind++) {
        if (entries[kind].status == status)
            return kind;
    }
    return status >= 400 && status < 500 ? ERROR_BAD_REQUEST : ERROR_INTERNAL;
}

enum error_kind errors_kind_of(enum us_err err)
{
    switch (err) {
    case US_NOT_FOUND:
        return ERROR_NOT_FOUND;
    case US_EXPIRED:
        return ERROR_CLOSED;
    case US_LIMITED:
        return ERROR_LIMITED;
    case US_BUSY:
    case US_FULL:
    case US_IO:
    case US_CANCELLED:
        return ERROR_BUSY;
    default:
        return ERROR_INTERNAL;
    }
}
