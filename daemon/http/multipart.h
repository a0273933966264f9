/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * multipart/form-data (RFC 7578) as browsers send it, for the few forms with a file. A pure
 * function over bytes, strict: at most 8 parts, each with at most 8 fields of 1 KiB, no nesting, no
 * transfer encodings, nothing before the first boundary.
 */
#ifndef HTTP_MULTIPART_H
#define HTTP_MULTIPART_H

#include "base/err.h"
#include "http/exchange.h"

#define MULTIPART_PARTS_MOST 8
#define MULTIPART_FIELDS_MOST 8
#define MULTIPART_FIELD_MOST 1024

/* The content of the part of that name, a span of body; type is the request's Content-Type. All of
 * the body is read, whichever part it is. US_NOT_FOUND: there is none; US_INVALID: it is no such
 * form, or has two of the name. */
US_MUST_CHECK enum us_err multipart_find(struct http_span type, struct http_span body,
                                         const char *name, struct http_span *out);
/* The type is multipart/form-data. */
bool multipart_is(struct http_span type);

#endif
