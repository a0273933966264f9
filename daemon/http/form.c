/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * application/x-www-form-urlencoded, as browsers send it: pairs parted by "&", a name and a value
 * parted by the first "=". Nothing is unpacked as a whole: a page asks for the fields it knows, and
 * a name that nobody asks for costs nothing.
 */
#include "base/mem.h"
#include "http/exchange.h"
#include "http/percent.h"
#include <stdlib.h>
#include <string.h>

#define FORM_NAME_SIZE 128

bool http_form_next(struct http_span *rest, struct http_span *name, struct http_span *value)
{
    if (rest->len == 0)
        return false;
    const char *end = memchr(rest->data, '&', rest->len);
    size_t len = end == NULL ? rest->len : (size_t)(end - rest->data);
    const char *equals = memchr(rest->data, '=', len);
    size_t name_len = equals == NULL ? len : (size_t)(equals - rest->data);
    *name = (struct http_span){rest->data, name_len};
    *value = equals == NULL ? (struct http_span){rest->data + len, 0}
                            : (struct http_span){equals + 1, len - name_len - 1};
    size_t taken = end == NULL ? len : len + 1;
    rest->data += taken;
    rest->len -= taken;
    return true;
}

static bool form_is_name(struct http_span encoded, const char *name)
{
    char decoded[FORM_NAME_SIZE];
    return percent_decode(encoded, true, decoded, sizeof decoded) && strcmp(decoded, name) == 0;
}

enum us_err http_form_get(struct http_span source, const char *name, size_t most, char **out)
{
    struct http_span key, value;
    while (http_form_next(&source, &key, &value)) {
        if (!form_is_name(key, name))
            continue;
        /* Decoding never makes a text longer, so a small one takes a small buffer. */
        size_t size = (value.len < most ? value.len : most) + 1;
        char *text = mem_alloc(size);
        if (!percent_decode(value, true, text, size)) {
            free(text);
            return US_INVALID;
        }
        *out = text;
        return US_OK;
    }
    return US_NOT_FOUND;
}

size_t http_form_count(struct http_span source, const char *name)
{
    size_t count = 0;
    struct http_span key, value;
    while (http_form_next(&source, &key, &value))
        count += form_is_name(key, name);
    return count;
}
