/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Looking into a request that was read; nothing here knows of connections. */
#include "http/exchange.h"
#include <string.h>
#include <strings.h>

struct http_span http_request_field(const struct http_request *request, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < request->field_count; i++) {
        struct http_span have = request->fields[i].name;
        if (have.len == len && strncasecmp(have.data, name, len) == 0)
            return request->fields[i].value;
    }
    return (struct http_span){"", 0};
}

bool http_span_is(struct http_span span, const char *text)
{
    return span.len == strlen(text) && (span.len == 0 || memcmp(span.data, text, span.len) == 0);
}
