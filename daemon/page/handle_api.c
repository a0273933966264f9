/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * /api: what everybody may see, for programs (undersign-api(7)). Answers come from the page cache
 * as pages do, so that one removed is gone at once. Those with a query come from a cache of their
 * own: whoever asks for ever new ones pushes out no page, and only so many an hour are taken from
 * one network, since each costs a reading.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "http/percent.h"
#include "page/api_problem.h"
#include "page/api_query.h"
#include "page/api_render.h"
#include "page/reply.h"
#include "page/visit.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const char *const patterns[] = {
    "/api/v1/openapi.json",
    "/api/v1/appeals",
    "/api/v1/appeals/{}",
    "/api/v1/appeals/{}/texts/{}",
    "/api/v1/appeals/{}/counts",
    "/api/v1/appeals/{}/count",
    "/api/v1/appeals/{}/signatories",
    "/api/v1/appeals/{}/deliveries",
    "/api/v1/appeals/{}/updates",
    NULL,
};
static const enum page_kind kinds[] = {
    /* of each pattern */
    PAGE_API_DESCRIPTION, PAGE_API_APPEALS,    PAGE_API_APPEAL,
    PAGE_API_TEXT,        PAGE_API_COUNTS,     PAGE_API_COUNT,
    PAGE_API_SIGNATORIES, PAGE_API_DELIVERIES, PAGE_API_UPDATES,
};
static_assert(sizeof kinds / sizeof *kinds == sizeof patterns / sizeof *patterns - 1,
              "each pattern has its kind");

bool handle_api_has(struct http_span path)
{
    char segment[16];
    size_t len = 0;
    while (len + 1 < path.len && path.data[len + 1] != '/')
        len++;
    return path.len > 0 && path.data[0] == '/' &&
           percent_decode((struct http_span){path.data + 1, len}, false, segment, sizeof segment) &&
           strcmp(segment, "api") == 0;
}

static void answer_problem(const struct visit *visit, int status)
{
    api_problem_reply(visit->exchange, &(struct api_problem){.status = status});
}

/* What a browser asks before it lets another site's script send the fields that make a request more
 * than simple (Fetch, "CORS-preflight request"). */
static void answer_options(const struct visit *visit)
{
    struct reply_head head = {
        .allow = "GET, HEAD, OPTIONS",
        .caching = REPLY_NO_STORE,
        .is_open = true,
        .is_tls = visit->request->is_tls,
    };
    struct http_response *response = reply_new(204, &head);
    http_response_header(response, "Access-Control-Allow-Methods", "GET, HEAD, OPTIONS");
    http_response_header(response, "Access-Control-Allow-Headers", "Accept, If-None-Match");
    http_response_header(response, "Access-Control-Max-Age", "86400");
    http_response_static_body(response, "", 0);
    http_reply(visit->exchange, response);
}

static void on_answer(struct rendered *page, enum us_err err, void *arg)
{
    struct visit *visit = arg;
    struct api_problem problem = {.status = api_problem_status(err)};
    if (err == US_INVALID) {
        problem.parameter = "after";
        problem.detail = "Nobody on this list has that id any more: begin anew.";
    } else if (err == US_CONFLICT) {
        problem.parameter = "q";
        problem.detail =
            "Too many names would fit, or there is no word in it: ask for more letters.";
    }
    if (err == US_OK)
        rendered_reply(page, visit->exchange);
    else
        api_problem_reply(visit->exchange, &problem);
    free(visit);
}

/* The appeal and the language in the address. */
static bool take_parts(const struct route_match *match, struct visit *visit, struct page_key *key)
{
    if (match->part_count > 0 && !visit_take_slug(visit, match->parts[0]))
        return false;
    memcpy(key->slug, visit->slug, sizeof key->slug);
    if (match->part_count < 2)
        return true;
    size_t len = strlen(match->parts[1]);
    if (len >= sizeof key->text_language || !document_is_language(match->parts[1], len))
        return false;
    memcpy(key->text_language, match->parts[1], len + 1);
    return true;
}

struct search {
    struct visit visit;
    struct page_key key;
};

/* What people search for is kept nowhere: from a cache others could tell that it was asked. */
static void on_search(struct reader *reader, void *arg)
{
    struct search *search = arg;
    struct rendered *page = NULL;
    struct page_made made = {0};
    struct rendering r;
    rendering_open(&r, search->visit.pages->site, reader, search->key.language, clock_now());
    enum us_err err = api_render(&r, &search->key, &made);
    rendering_close(&r);
    if (err == US_OK)
        page = rendered_new(&search->key, &made);
    on_answer(page, err, mem_copy(&search->visit, sizeof search->visit));
    rendered_unref(page);
    free(search);
}

static void start_search(const struct visit *visit, const struct page_key *key)
{
    struct search *search = MEM_NEW(struct search);
    *search = (struct search){*visit, *key};
    enum us_err err = store_read(site_store(visit->pages->site), on_search, search);
    if (err == US_OK)
        return;
    on_answer(NULL, err, mem_copy(visit, sizeof *visit));
    free(search);
}

static void answer(const struct visit *visit, const struct page_key *key)
{
    struct page_site *pages = visit->pages;
    bool has_query = visit->request->query.len > 0;
    if (has_query && !limiter_take(pages->api_queries, http_exchange_prefix(visit->exchange),
                                   clock_monotonic())) {
        answer_problem(visit, 429);
        return;
    }
    if (strcmp(key->filter, "q") == 0)
        start_search(visit, key);
    else
        cache_get(has_query ? pages->query_cache : pages->cache, key, on_answer,
                  mem_copy(visit, sizeof *visit));
}

void handle_api(const struct visit *asked)
{
    struct visit visit = *asked;
    struct route_match match;
    struct page_key key = {.language = &language_table[0], .is_tls = visit.request->is_tls};
    if (!route_find(patterns, visit.request->path, &match) || !take_parts(&match, &visit, &key)) {
        answer_problem(&visit, 404);
        return;
    }
    if (visit.request->method == HTTP_OPTIONS) {
        answer_options(&visit);
        return;
    }
    if (visit.request->method != HTTP_GET && visit.request->method != HTTP_HEAD) {
        answer_problem(&visit, 405);
        return;
    }
    struct api_query_fault fault;
    key.kind = kinds[match.route];
    if (api_query_read(visit.request->query, &key, &fault)) {
        answer(&visit, &key);
        return;
    }
    api_problem_reply(
        visit.exchange,
        &(struct api_problem){.status = 400, .parameter = fault.parameter, .detail = fault.detail});
}
