/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as a form with a file: what is found lies inside them, and ends at a delimiter. */
#include "http/multipart.h"
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* The first line is the type. */
    const uint8_t *end = size == 0 ? NULL : memchr(data, '\n', size);
    if (end == NULL)
        return 0;
    size_t type_len = (size_t)(end - data), len = size - type_len - 1;
    char *body = malloc(len > 0 ? len : 1);
    if (body == NULL)
        return 0;
    memcpy(body, end + 1, len);
    struct http_span found;
    if (multipart_find((struct http_span){(const char *)data, type_len},
                       (struct http_span){body, len}, "logo", &found) == US_OK) {
        assert(found.data >= body && found.data + found.len <= body + len);
        assert(memcmp(found.data + found.len, "\r\n--", 4) == 0);
    }
    free(body);
    return 0;
}
