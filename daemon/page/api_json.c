/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Answers are small (a page of a list, one text), so they are built whole. jansson checks each text
 * once more: one that a flipped bit has spoiled is null, and loudly so, rather than an answer that
 * no program can read. Out of memory ends the process, as everywhere (base/mem.h).
 */
#include "page/api_json.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *must(json_t *value)
{
    if (value == NULL)
        abort();
    return value;
}

void api_json_set(json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, value) != 0)
        abort();
}

void api_json_add(json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        abort();
}

json_t *api_json_object(void)
{
    return must(json_object());
}

json_t *api_json_array(void)
{
    return must(json_array());
}

json_t *api_json_text(const char *text)
{
    if (text == NULL || text[0] == '\0')
        return json_null();
    json_t *value = json_string(text);
    if (value != NULL)
        return value;
    log_error("page: a stored text is not UTF-8: run `undersign check`");
    return json_null();
}

json_t *api_json_number(int64_t number)
{
    return must(json_integer(number));
}

json_t *api_json_day(int64_t day)
{
    char text[16];
    clock_print_day(day, text);
    return must(json_string(text));
}

json_t *api_json_time(int64_t wall)
{
    char text[24];
    clock_print(wall, text);
    return must(json_string(text));
}

json_t *api_json_hex(const uint8_t *data, size_t len)
{
    char *text = mem_alloc(2 * len + 1);
    text[0] = '\0';
    for (size_t i = 0; i < len; i++)
        snprintf(text + 2 * i, 3, "%02x", data[i]);
    json_t *value = must(json_string(text));
    free(text);
    return value;
}

json_t *api_json_texts(char *const *texts, size_t count)
{
    json_t *array = api_json_array();
    for (size_t i = 0; i < count; i++)
        api_json_add(array, api_json_text(texts[i]));
    return array;
}

json_t *api_json_link(const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        abort();
    va_end(arguments);
    json_t *value = must(json_string(text));
    free(text);
    return value;
}

char *api_json_take(json_t *root, size_t *len)
{
    char *text = json_dumps(root, JSON_COMPACT);
    json_decref(root);
    if (text == NULL)
        abort();
    /* The last byte, a NUL, becomes the line's end: a body is counted, not terminated. */
    *len = strlen(text) + 1;
    text[*len - 1] = '\n';
    return text;
}
