/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Builds the head once, as it goes out, without the two fields that differ between connections and
 * the empty line; the connection writes those behind it.
 */
#include "http/response.h"
#include "base/mem.h"
#include "base/str.h"
#include <assert.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct http_response {
    atomic_int references;
    int status;
    bool is_closed;
    struct str head;
    void *owned; /* the body, where it is ours to free */
    const void *body;
    size_t body_len;
    void (*release)(void *arg); /* NULL: the body is nobody's to be told about */
    void *release_arg;
};

/* RFC 9110 section 15; the phrase is for people who watch the wire. */
static const char *status_phrase(int status)
{
    static const struct {
        int status;
        const char *phrase;
    } phrases[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {206, "Partial Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {411, "Length Required"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {417, "Expectation Failed"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {451, "Unavailable For Legal Reasons"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"},
        {507, "Insufficient Storage"},
    };
    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++) {
        if (phrases[i].status == status)
            return phrases[i].phrase;
    }
    return "Unknown";
}

static bool status_has_body(int status)
{
    return status != 204 && status != 304;
}

struct http_response *http_response_new(int status)
{
    assert(status >= 200 && status <= 599);
    struct http_response *response = MEM_NEW(struct http_response);
    atomic_init(&response->references, 1);
    response->status = status;
    str_append_format(&response->head, "HTTP/1.1 %d %s\r\n", status, status_phrase(status));
    return response;
}

void http_response_header(struct http_response *response, const char *name, const char *value)
{
    assert(!response->is_closed);
    assert(strpbrk(name, "\r\n: ") == NULL && strpbrk(value, "\r\n") == NULL);
    str_append_format(&response->head, "%s: %s\r\n", name, value);
}

static void response_close(struct http_response *response)
{
    /* RFC 9110 section 8.6: no Content-Length with 204; with 304 it would have to be that of the
     * 200. */
    if (status_has_body(response->status))
        str_append_format(&response->head, "Content-Length: %zu\r\n", response->body_len);
    response->is_closed = true;
}

void http_response_take_body(struct http_response *response, void *data, size_t len)
{
    response->owned = data;
    http_response_static_body(response, data, len);
}

void http_response_static_body(struct http_response *response, const void *data, size_t len)
{
    assert(!response->is_closed);
    response->body = data;
    response->body_len = status_has_body(response->status) ? len : 0;
    response_close(response);
}

void http_response_shared_body(struct http_response *response, const void *data, size_t len,
                               void (*release)(void *arg), void *arg)
{
    response->release = release;
    response->release_arg = arg;
    http_response_static_body(response, data, len);
}

int http_response_status(const struct http_response *response)
{
    return response->status;
}

size_t http_response_body(const struct http_response *response, const void **data)
{
    *data = response->body;
    return response->body_len;
}

size_t http_response_head(struct http_response *response, const char **head)
{
    /* A response that was never given a body is still its maker's alone, so closing it is safe. */
    if (!response->is_closed)
        response_close(response);
    *head = response->head.data;
    return response->head.len;
}

struct http_response *http_response_ref(struct http_response *response)
{
    atomic_fetch_add_explicit(&response->references, 1, memory_order_relaxed);
    return response;
}

void http_response_unref(struct http_response *response)
{
    if (response == NULL ||
        atomic_fetch_sub_explicit(&response->references, 1, memory_order_acq_rel) > 1)
        return;
    str_free(&response->head);
    free(response->owned);
    if (response->release != NULL)
        response->release(response->release_arg);
    free(response);
}
