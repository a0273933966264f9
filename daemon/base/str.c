/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The buffer doubles, so appending is cheap; a limit is held exactly, and what would have passed it
 * is cut there. Once something was cut nothing more is taken: later pieces would stand out of
 * place.
 */
#include "base/str.h"
#include "base/mem.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 64

/* Makes room for as much of len more bytes as the limit allows, and says how much that is. */
static size_t reserve(struct str *str, size_t len)
{
    size_t need, cap;

    if (str->overflow)
        return 0;
    if (str->limit > 0 && len > str->limit - str->len) {
        str->overflow = true;
        len = str->limit - str->len;
    }

    /* One byte more is for the terminator; a size that wraps is more than mem_resize can give. */
    if (__builtin_add_overflow(str->len, len, &need) || __builtin_add_overflow(need, 1, &need))
        need = SIZE_MAX;
    if (need <= str->cap)
        return len;
    cap = str->cap > 0 ? str->cap : FIRST_CAPACITY;
    while (cap < need)
        cap = cap <= SIZE_MAX / 2 ? cap * 2 : need;
    str->data = mem_resize(str->data, cap, 1);
    str->cap = cap;
    return len;
}

void str_append(struct str *str, const void *data, size_t len)
{
    size_t room = reserve(str, len);

    if (room > 0) {
        memcpy(str->data + str->len, data, room);
        str->len += room;
    }
    if (str->data != NULL)
        str->data[str->len] = '\0';
}

void str_append_text(struct str *str, const char *text)
{
    str_append(str, text, strlen(text));
}

void str_append_char(struct str *str, char c)
{
    str_append(str, &c, 1);
}

void str_append_format(struct str *str, const char *format, ...)
{
    char small[256];
    va_list args;
    char *text;
    int len;

    /* Nearly all fit on the stack; a longer one is printed again where there is room. */
    va_start(args, format);
    len = vsnprintf(small, sizeof(small), format, args);
    va_end(args);
    if (len < 0)
        return;
    if ((size_t)len < sizeof(small)) {
        str_append(str, small, (size_t)len);
        return;
    }

    text = mem_alloc((size_t)len + 1);
    va_start(args, format);
    (void)vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    str_append(str, text, (size_t)len);
    free(text);
}

const char *str_text(const struct str *str)
{
    return str->data != NULL ? str->data : "";
}

char *str_take(struct str *str)
{
    char *data = str->data != NULL ? str->data : mem_string("");
    size_t limit = str->limit;

    *str = (struct str){.limit = limit};
    return data;
}

void str_clear(struct str *str)
{
    str->len = 0;
    str->overflow = false;
    if (str->data != NULL)
        str->data[0] = '\0';
}

void str_free(struct str *str)
{
    size_t limit = str->limit;

    free(str->data);
    *str = (struct str){.limit = limit};
}
