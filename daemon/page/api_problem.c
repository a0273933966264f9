/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A problem is the API's, so it is told in English, as the fields' names are, and scripts of other
 * sites may read it. It says what to change or when to come back; nothing of what a stranger sent
 * is in it but the name of a parameter, bounded and quoted as JSON.
 */
#include "page/api_problem.h"
#include "page/api_json.h"
#include "page/reply.h"

#define RETRY_BUSY 10
#define RETRY_LIMITED 60

static const struct problem_words {
    int status, retry_after;
    const char *title, *detail, *allow;
} table[] = {
    {400, 0, "Bad Request", "The request could not be read.", NULL},
    {404, 0, "Not Found",
     "There is nothing at this address. /api/v1/openapi.json says what there is.", NULL},
    {405, 0, "Method Not Allowed", "The API is only read: GET, HEAD and OPTIONS.",
     "GET, HEAD, OPTIONS"},
    {408, 0, "Request Timeout", "The request took too long to come.", NULL},
    {411, 0, "Length Required", "Content came without its length.", NULL},
    {413, 0, "Content Too Large", "The API takes no content.", NULL},
    {414, 0, "URI Too Long", "No address here is so long.", NULL},
    {417, 0, "Expectation Failed", "What was expected cannot be done.", NULL},
    {429, RETRY_LIMITED, "Too Many Requests",
     "Too many answers were asked for from this network. Wait as long as Retry-After says.", NULL},
    {431, 0, "Request Header Fields Too Large", "More header fields came than are read.", NULL},
    {501, 0, "Not Implemented", "The request's coding is not known here.", NULL},
    {503, RETRY_BUSY, "Service Unavailable",
     "The service is busy. Come back when Retry-After says.", NULL},
    {505, 0, "HTTP Version Not Supported", "HTTP/1.1 is spoken here.", NULL},
    {500, 0, "Internal Server Error", "Something went wrong here.", NULL}, /* the last: any other */
};

static const struct problem_words *words_of(int status)
{
    const struct problem_words *words = table;
    while (words->status != status && words->status != 500)
        words++;
    return words;
}

struct http_response *api_problem_new(const struct api_problem *problem, bool is_tls)
{
    const struct problem_words *words = words_of(problem->status);
    json_t *root = api_json_object();
    api_json_set(root, "type", api_json_text("about:blank"));
    api_json_set(root, "title", api_json_text(words->title));
    api_json_set(root, "status", api_json_number(words->status));
    api_json_set(root, "detail", api_json_text(problem->detail ? problem->detail : words->detail));
    api_json_set(root, "parameter", api_json_text(problem->parameter));
    size_t len;
    char *body = api_json_take(root, &len);
    struct reply_head head = {
        .type = "application/problem+json",
        .language = "en",
        .caching = REPLY_NO_STORE,
        .allow = words->allow,
        .retry_after = words->retry_after,
        .is_open = true,
        .is_tls = is_tls,
    };
    struct http_response *response = reply_new(words->status, &head);
    http_response_take_body(response, body, len);
    return response;
}

void api_problem_reply(struct http_exchange *exchange, const struct api_problem *problem)
{
    http_reply(exchange, api_problem_new(problem, http_exchange_request(exchange)->is_tls));
}

int api_problem_status(enum us_err err)
{
    switch (err) {
    case US_NOT_FOUND:
        return 404;
    case US_INVALID:
    case US_CONFLICT:
        return 400;
    case US_LIMITED:
        return 429;
    case US_BUSY:
    case US_FULL:
    case US_IO:
    case US_CANCELLED:
        return 503;
    default:
        return 500;
    }
}
