/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A static file's name changes with its content (web/embed), so browsers may keep it for ever, and
 * ask for it again only when a page names another one.
 */
#include "page/statics.h"
#include "base/mem.h"
#include "page/compress.h"
#include "page/reply.h"
#include "web/static/static.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct served {
    const struct static_file *file;
    struct http_response *responses[ENCODING_COUNT][2]; /* by encoding and TLS */
};

struct statics {
    size_t count;
    struct served files[];
};

static struct http_response *make_response(const struct static_file *file, enum encoding encoding,
                                           bool is_tls)
{
    size_t len = file->len;
    void *body = NULL;
    if (encoding != ENCODING_IDENTITY) {
        body = compress_data(encoding, file->data, file->len, true, &len);
        if (body == NULL)
            return NULL;
    }
    struct reply_head head = {
        .type = file->content_type,
        .caching = "public, max-age=31536000, immutable",
        .encoding = compress_name(encoding),
        .is_encoding_chosen = true,
        .is_tls = is_tls,
    };
    struct http_response *response = reply_new(200, &head);
    if (body != NULL)
        http_response_take_body(response, body, len);
    else
        http_response_static_body(response, file->data, file->len);
    return response;
}

struct statics *statics_new(void)
{
    size_t count = 0;
    while (static_files[count].name != NULL)
        count++;
    struct statics *statics = mem_zero(sizeof *statics + count * sizeof statics->files[0]);
    statics->count = count;
    for (size_t i = 0; i < count; i++) {
        statics->files[i].file = &static_files[i];
        for (enum encoding e = 0; e < ENCODING_COUNT; e++) {
            for (int tls = 0; tls < 2; tls++)
                statics->files[i].responses[e][tls] = make_response(&static_files[i], e, tls != 0);
        }
    }
    return statics;
}

void statics_free(struct statics *statics)
{
    if (statics == NULL)
        return;
    for (size_t i = 0; i < statics->count; i++) {
        for (enum encoding e = 0; e < ENCODING_COUNT; e++) {
            http_response_unref(statics->files[i].responses[e][0]);
            http_response_unref(statics->files[i].responses[e][1]);
        }
    }
    free(statics);
}

bool statics_reply(struct statics *statics, struct http_exchange *exchange, const char *name)
{
    const struct http_request *request = http_exchange_request(exchange);
    enum encoding encoding = compress_choose(http_request_field(request, "accept-encoding"));
    for (size_t i = 0; i < statics->count; i++) {
        const struct served *served = &statics->files[i];
        if (strcmp(served->file->hashed_name, name) != 0)
            continue;
        struct http_response *response = served->responses[encoding][request->is_tls];
        if (response == NULL)
            response = served->responses[ENCODING_IDENTITY][request->is_tls];
        http_reply(exchange, http_response_ref(response));
        return true;
    }
    return false;
}
