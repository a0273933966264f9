/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/verdict.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/output.h"
#include "cli/screen.h"
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct verdict {
    const char *what;
    json_t *findings; /* {"finding": "ok", "text": "..."} */
    size_t held, failed;
};

struct verdict *verdict_new(const char *what)
{
    struct verdict *verdict = MEM_NEW(struct verdict);

    verdict->what = what;
    verdict->findings = json_array();
    return verdict;
}

void verdict_free(struct verdict *verdict)
{
    if (verdict == NULL)
        return;
    json_decref(verdict->findings);
    free(verdict);
}

__attribute__((format(printf, 3, 0))) static void add(struct verdict *verdict, const char *finding,
                                                      const char *format, va_list args)
{
    struct str shown = STR_INIT;
    char *text = NULL;

    if (vasprintf(&text, format, args) < 0)
        return;
    /* What is said may hold what a stranger wrote, who is to command no terminal. */
    screen_make_visible(text, false, &shown);
    json_array_append_new(verdict->findings,
                          json_pack("{s:s, s:s}", "finding", finding, "text", str_text(&shown)));
    str_free(&shown);
    free(text);
}

void verdict_holds(struct verdict *verdict, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add(verdict, "ok", format, args);
    va_end(args);
    verdict->held++;
}

void verdict_fails(struct verdict *verdict, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add(verdict, "WRONG", format, args);
    va_end(args);
    verdict->failed++;
}

void verdict_note(struct verdict *verdict, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add(verdict, "note", format, args);
    va_end(args);
}

bool verdict_is_good(const struct verdict *verdict)
{
    return verdict->failed == 0 && verdict->held > 0;
}

bool verdict_print(const struct verdict *verdict, const struct options *options)
{
    const json_t *finding;
    size_t index;

    if (options_has(options, OPTION_JSON)) {
        json_t *object = json_pack("{s:s, s:b, s:O}", "what", verdict->what, "holds",
                                   (int)verdict_is_good(verdict), "findings", verdict->findings);
        output_json(options, object);
        json_decref(object);
        return fflush(stdout) == 0;
    }
    json_array_foreach(verdict->findings, index, finding)
    {
        printf("%-6s %s\n", json_string_value(json_object_get(finding, "finding")),
               json_string_value(json_object_get(finding, "text")));
    }
    printf("The %s %s.\n", verdict->what, verdict_is_good(verdict) ? "holds" : "does NOT hold");
    return fflush(stdout) == 0;
}
