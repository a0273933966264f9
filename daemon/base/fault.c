/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Faults are cut where they do not fit, never in the middle of a character. */
#include "base/fault.h"
#include "base/utf8.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void copy_cut(char *out, size_t size, const char *text)
{
    size_t len = utf8_cut(text, strlen(text), size - 1);

    memcpy(out, text, len);
    out[len] = '\0';
}

void fault_set(struct fault *fault, const char *file, int line, const char *format, ...)
{
    char text[sizeof(fault->text) + 8]; /* longer than the field, so that the cut is ours */
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);

    copy_cut(fault->text, sizeof(fault->text), text);
    copy_cut(fault->file, sizeof(fault->file), file != NULL ? file : "");
    fault->line = line;
}

void fault_print(const struct fault *fault, char *out, size_t size)
{
    char text[sizeof(fault->file) + sizeof(fault->text) + 32];

    if (size == 0)
        return;
    if (fault->file[0] == '\0')
        (void)snprintf(text, sizeof(text), "%s", fault->text);
    else if (fault->line == 0)
        (void)snprintf(text, sizeof(text), "%s: %s", fault->file, fault->text);
    else
        (void)snprintf(text, sizeof(text), "%s:%d: %s", fault->file, fault->line, fault->text);
    copy_cut(out, size, text);
}
