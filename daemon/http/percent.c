/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The one place where percent signs are taken apart, for forms and for paths. */
#include "http/percent.h"
#include "base/utf8.h"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool percent_decode(struct http_span text, bool plus_is_space, char *out, size_t size)
{
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c == '%') {
            int high = text.len - i > 2 ? hex_value(text.data[i + 1]) : -1;
            int low = text.len - i > 2 ? hex_value(text.data[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        if (len + 1 >= size)
            return false;
        out[len++] = c;
    }
    /* This refuses NUL, too. */
    if (size == 0 || !utf8_is_valid(out, len))
        return false;
    out[len] = '\0';
    return true;
}
