/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/paint.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool paint_is_on(const struct options *options, int fd)
{
    const char *when = options->values[OPTION_COLOR];
    const char *none = getenv("NO_COLOR"), *term = getenv("TERM");

    if (when != NULL && strcmp(when, "auto") != 0)
        return strcmp(when, "always") == 0;
    return isatty(fd) != 0 && (none == NULL || none[0] == '\0') && term != NULL &&
           term[0] != '\0' && strcmp(term, "dumb") != 0;
}

enum paint paint_choose(const char *column, const char *word)
{
    static const char *const columns[] = {"state", "decision", "finding", "standing", "health"};
    static const struct {
        const char *word;
        enum paint paint;
    } paints[] = {
        {"listed", PAINT_GOOD},  {"open", PAINT_GOOD},       {"delivered", PAINT_GOOD},
        {"ok", PAINT_GOOD},      {"sent", PAINT_GOOD},       {"done", PAINT_GOOD},
        {"held", PAINT_WAITS},   {"confirmed", PAINT_WAITS}, {"pending", PAINT_WAITS},
        {"paused", PAINT_WAITS}, {"sending", PAINT_WAITS},   {"waiting", PAINT_WAITS},
        {"note", PAINT_WAITS},   {"warning", PAINT_WAITS},   {"stopped", PAINT_WAITS},
        {"refused", PAINT_BAD},  {"struck", PAINT_BAD},      {"failed", PAINT_BAD},
        {"WRONG", PAINT_BAD},    {"wrong", PAINT_BAD},       {"withdrawn", PAINT_OVER},
        {"closed", PAINT_OVER},  {"archived", PAINT_OVER},   {"expired", PAINT_OVER},
        {"undone", PAINT_OVER},  {"draft", PAINT_OVER},      {"erased", PAINT_OVER},
    };
    bool is_state = false;

    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        is_state = is_state || strcmp(columns[i], column) == 0;
    for (size_t i = 0; is_state && i < sizeof(paints) / sizeof(paints[0]); i++) {
        if (strcmp(paints[i].word, word) == 0)
            return paints[i].paint;
    }
    return PAINT_PLAIN;
}

void paint_begin(enum paint paint, struct str *out)
{
    static const char *const codes[] = {
        [PAINT_PLAIN] = "",         [PAINT_HEADING] = "\033[1m", [PAINT_GOOD] = "\033[32m",
        [PAINT_WAITS] = "\033[33m", [PAINT_BAD] = "\033[31m",    [PAINT_OVER] = "\033[2m",
    };

    str_append_text(out, codes[paint]);
}

void paint_end(enum paint paint, struct str *out)
{
    if (paint != PAINT_PLAIN)
        str_append_text(out, "\033[0m");
}
