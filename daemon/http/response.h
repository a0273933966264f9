/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A response, built once and then unchanging, shared by reference count between threads: a page in
 * the cache is one of these and is written as it lies, head and body in one writev. Date,
 * Connection and, for HEAD, the missing body are the connection's business.
 */
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include <stddef.h>

struct http_response;

struct http_response *http_response_new(int status); /* one reference, still open */
/* Header names as they go out; name and value are the program's or checked: no CR, LF (assert). */
void http_response_header(struct http_response *response, const char *name, const char *value);
/* Takes data (malloced); sets Content-Length. Closes the response: no header may follow. */
void http_response_take_body(struct http_response *response, void *data, size_t len);
/* A body that lives as long as the program (static files). Closes the response. */
void http_response_static_body(struct http_response *response, const void *data, size_t len);
/* A body that others hold too: release(arg) is called once, on any thread, when the response needs
 * it no more. Closes the response. */
void http_response_shared_body(struct http_response *response, const void *data, size_t len,
                               void (*release)(void *arg), void *arg);
int http_response_status(const struct http_response *response);
size_t http_response_body(const struct http_response *response, const void **data);
/* The status line and the fields as they go out, without Date, Connection and the empty line.
 * Closes a response that was given no body. */
size_t http_response_head(struct http_response *response, const char **head);
struct http_response *http_response_ref(struct http_response *response);
void http_response_unref(struct http_response *response); /* NULL is fine; thread-safe */

#endif
