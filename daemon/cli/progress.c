/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/progress.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/screen.h"
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAUSE (CLOCK_SECOND / 10)        /* between two drawings */
#define PATIENCE (3 * CLOCK_SECOND / 10) /* before the first */
#define BAR_LEAST 10
#define BAR_MOST 40
#define COLOUR "\033[36m"
#define COLOUR_OFF "\033[0m"
#define ERASE "\r\033[K"

struct progress {
    const char *what;
    int64_t total;
    int64_t next_at; /* on the clock that only grows */
    bool is_coloured, is_shown;
};

struct progress *progress_new(const char *what, int64_t total)
{
    const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");
    struct progress *progress;

    if (isatty(STDERR_FILENO) == 0 || (terminal != NULL && strcmp(terminal, "dumb") == 0))
        return NULL;
    progress = MEM_NEW(struct progress);
    progress->what = what;
    progress->total = total;
    progress->next_at = clock_monotonic() + PATIENCE;
    progress->is_coloured = no_colour == NULL || no_colour[0] == '\0';
    return progress;
}

/* Part of the bar: so many times the same character. */
static void repeat(struct str *line, char c, size_t times)
{
    for (size_t i = 0; i < times; i++)
        str_append_char(line, c);
}

static void append_bar(struct str *line, const struct progress *progress, int64_t done, size_t room)
{
    size_t width = room > BAR_MOST ? BAR_MOST : room;
    size_t full = (size_t)((double)done / (double)progress->total * (double)width);

    str_append_text(line, " [");
    if (progress->is_coloured)
        str_append_text(line, COLOUR);
    repeat(line, '#', full);
    if (progress->is_coloured)
        str_append_text(line, COLOUR_OFF);
    repeat(line, '.', width - full);
    str_append_char(line, ']');
}

void progress_show(struct progress *progress, int64_t done)
{
    struct str line = STR_INIT, number = STR_INIT;
    int64_t now;
    size_t columns, used;

    if (progress == NULL || (now = clock_monotonic()) < progress->next_at)
        return;
    progress->next_at = now + PAUSE;
    if (progress->total > 0 && done > progress->total)
        done = progress->total;
    if (progress->total > 0)
        str_append_format(&number, " %" PRId64 " of %" PRId64, done, progress->total);
    else
        str_append_format(&number, " %" PRId64, done);
    columns = screen_columns(STDERR_FILENO);
    used = screen_width(progress->what) + number.len + 4; /* the brackets, a blank, the margin */
    str_append_text(&line, ERASE);
    str_append_text(&line, progress->what);
    if (progress->total > 0 && columns >= used + BAR_LEAST)
        append_bar(&line, progress, done, columns - used);
    if (screen_width(progress->what) + number.len < columns)
        str_append_text(&line, str_text(&number));
    fwrite(line.data, 1, line.len, stderr);
    fflush(stderr);
    progress->is_shown = true;
    str_free(&line);
    str_free(&number);
}

void progress_end(struct progress *progress)
{
    if (progress == NULL)
        return;
    if (progress->is_shown) {
        fputs(ERASE, stderr);
        fflush(stderr);
    }
    free(progress);
}
