/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Percent-decoding (RFC 3986 section 2.1), strict. */
#ifndef HTTP_PERCENT_H
#define HTTP_PERCENT_H

#include "http/exchange.h"
#include <stdbool.h>
#include <stddef.h>

/* Decodes text into out, which holds size bytes, and terminates it. False when a percent sign is
 * malformed, when the result has a NUL or is not UTF-8, or when it does not fit. */
bool percent_decode(struct http_span text, bool plus_is_space, char *out, size_t size);

#endif
