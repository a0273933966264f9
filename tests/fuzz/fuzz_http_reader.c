/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Feeds the request reader arbitrary bytes, cut at two places that the input itself names, and
 * holds it to its contract: the verdict does not depend on the cuts, a request lies within its
 * bytes, and what the reader took has none of what it promises to refuse. Requests that were read
 * go on to the routes and the form decoder.
 */
#include "http/reader.h"
#include "http/route.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool condition)
{
    if (!condition)
        abort();
}

/* A copy of the exact size, so that a byte read too far is seen. */
static enum reader_verdict feed(struct reader *reader, const uint8_t *data, size_t len)
{
    char *copy = malloc(len == 0 ? 1 : len);
    hold(copy != NULL);
    memcpy(copy, data, len);
    enum reader_verdict verdict = reader_feed(reader, copy, len);
    free(copy);
    return verdict;
}

static bool is_inside(struct http_span span, const char *data, size_t size)
{
    return span.data >= data && span.data + span.len <= data + size;
}

static void check_request(const struct http_request *request, const char *data, size_t size)
{
    hold(is_inside(request->query, data, size) && is_inside(request->host, data, size));
    hold(is_inside(request->body, data, size) && request->body.len <= READER_BODY_MOST);
    hold(request->field_count <= READER_FIELDS_MOST);
    hold(request->path.data[0] == '/' || http_span_is(request->path, "*"));
    hold(memchr(request->path.data, '\0', request->path.len) == NULL);
    hold(http_request_field(request, "transfer-encoding").len == 0);
    for (size_t i = 0; i < request->field_count; i++) {
        const struct http_field *field = &request->fields[i];
        hold(is_inside(field->name, data, size) && is_inside(field->value, data, size));
        hold(field->name.len > 0);
        for (size_t k = 0; k < field->value.len; k++)
            hold(field->value.data[k] != '\r' && field->value.data[k] != '\n' &&
                 field->value.data[k] != '\0');
    }
}

static void use_request(const struct http_request *request)
{
    static const char *const patterns[] = {"/",           "/{}/",         "/{}/{}",
                                           "/{}/{}/sign", "/{}/{}/{}/{}", NULL};
    struct route_match match;
    if (route_find(patterns, request->path, &match)) {
        for (int i = 0; i < match.part_count; i++)
            hold(match.parts[i][0] != '\0' && strchr(match.parts[i], '/') == NULL &&
                 strcmp(match.parts[i], "..") != 0);
    }
    char *text;
    if (http_form_get(request->body, "name", 40, &text) == US_OK) {
        hold(strlen(text) <= 40);
        hold(http_form_count(request->body, "name") > 0);
        free(text);
    }
    if (http_form_get(request->query, "x", 40, &text) == US_OK)
        free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reader whole, cut;
    reader_start(&whole);
    enum reader_verdict verdict = feed(&whole, data, size);

    size_t first = size == 0 ? 0 : data[size - 1] * size / 256;
    size_t second = size == 0 ? 0 : first + data[size / 2] * (size - first) / 256;
    reader_start(&cut);
    enum reader_verdict other = feed(&cut, data, first);
    if (other == READER_MORE)
        other = feed(&cut, data, second);
    if (other == READER_MORE)
        other = feed(&cut, data, size);
    hold(other == verdict && cut.status == whole.status);

    if (verdict == READER_MORE)
        hold(size < reader_size_most(&whole));
    if (verdict == READER_BAD)
        hold(whole.status >= 400 && whole.status <= 505);
    if (verdict == READER_DONE) {
        struct http_request request;
        size_t len = reader_size(&whole);
        hold(len <= size && len == reader_size(&cut));
        char *copy = malloc(len);
        hold(copy != NULL);
        memcpy(copy, data, len);
        reader_request(&whole, copy, &request);
        check_request(&request, copy, len);
        use_request(&request);
        free(request.fields);
        free(copy);
    }
    return 0;
}
