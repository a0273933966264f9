/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Running out of memory ends the program: what a stranger can make it hold is bounded, so nothing
 * that could be undone here would save it, and no caller carries a branch that nobody ever ran.
 */
#include "base/mem.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static _Noreturn void fail(void)
{
    static const char text[] = "out of memory\n";
    ssize_t ignored = write(STDERR_FILENO, text, sizeof(text) - 1);

    (void)ignored;
    _exit(71); /* EX_OSERR */
}

void *mem_alloc(size_t size)
{
    void *data = malloc(size > 0 ? size : 1);

    if (data == NULL)
        fail();
    return data;
}

void *mem_zero(size_t size)
{
    void *data = calloc(1, size > 0 ? size : 1);

    if (data == NULL)
        fail();
    return data;
}

void *mem_resize(void *old, size_t count, size_t size)
{
    size_t total;
    void *data;

    if (__builtin_mul_overflow(count, size, &total))
        fail();
    data = realloc(old, total > 0 ? total : 1);
    if (data == NULL)
        fail();
    return data;
}

void *mem_copy(const void *data, size_t len)
{
    void *copy = mem_alloc(len);

    if (len > 0)
        memcpy(copy, data, len);
    return copy;
}

char *mem_string(const char *text)
{
    return text != NULL ? mem_string_part(text, strlen(text)) : NULL;
}

char *mem_string_part(const char *text, size_t len)
{
    char *copy;

    if (len == SIZE_MAX)
        fail();
    copy = mem_alloc(len + 1);
    if (len > 0)
        memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

char *mem_format(const char *format, ...)
{
    va_list args;
    char *text;
    int len;

    va_start(args, format);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0)
        fail();

    text = mem_alloc((size_t)len + 1);
    va_start(args, format);
    (void)vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    return text;
}
