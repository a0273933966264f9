/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A page's view points at dozens of small strings, all of which die when the page is rendered. One
 * list of them makes one free, and no view has to know which of its strings are its own.
 */
#include "page/scratch.h"
#include "base/mem.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct scratch_item {
    void (*destroy)(void *thing);
    void *thing;
};

void scratch_keep(struct scratch *scratch, void (*destroy)(void *thing), void *thing)
{
    if (scratch->count == scratch->cap) {
        scratch->cap = scratch->cap ? scratch->cap * 2 : 32;
        scratch->items = mem_resize(scratch->items, scratch->cap, sizeof scratch->items[0]);
    }
    scratch->items[scratch->count++] = (struct scratch_item){destroy, thing};
}

void *scratch_take(struct scratch *scratch, void *block)
{
    if (block != NULL)
        scratch_keep(scratch, free, block);
    return block;
}

void *scratch_zero(struct scratch *scratch, size_t count, size_t size)
{
    if (count == 0)
        return NULL;
    if (size != 0 && count > SIZE_MAX / size)
        abort();
    return scratch_take(scratch, mem_zero(count * size));
}

char *scratch_copy(struct scratch *scratch, const char *text)
{
    return scratch_take(scratch, mem_string(text));
}

char *scratch_str(struct scratch *scratch, struct str *str)
{
    return scratch_take(scratch, str_take(str));
}

char *scratch_format(struct scratch *scratch, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = mem_alloc((size_t)(len < 0 ? 0 : len) + 1);
    text[0] = '\0';
    if (len > 0)
        vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return scratch_take(scratch, text);
}

void scratch_free(struct scratch *scratch)
{
    while (scratch->count > 0) {
        struct scratch_item *item = &scratch->items[--scratch->count];
        item->destroy(item->thing);
    }
    free(scratch->items);
    *scratch = (struct scratch){0};
}
