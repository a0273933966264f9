/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal_parse.h"
#include <cmocka.h>
#include <string.h>

struct settings *settings_of(const char *data)
{
    struct fault fault = {.line = 0};
    struct settings *settings;

    if (document_parse_settings(data, strlen(data), &settings, &fault) != US_OK)
        fail_msg("%s:%d: %s", fault.file, fault.line, fault.text);
    return settings;
}

struct text *text_of(const char *name, const char *data, size_t len)
{
    struct fault fault = {.line = 0};
    struct text *text;

    if (document_parse_text(name, data, len, &text, &fault) != US_OK)
        fail_msg("%s:%d: %s", fault.file, fault.line, fault.text);
    return text;
}
