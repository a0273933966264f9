/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/moderate.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void moderate_say(struct moderate *moderate, bool is_bad, const char *format, ...)
{
    va_list args;
    char *text = NULL;

    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        text = NULL;
    va_end(args);
    str_clear(&moderate->said);
    str_append_text(&moderate->said, text != NULL ? text : "");
    moderate->is_bad = is_bad;
    free(text);
}
