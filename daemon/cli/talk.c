/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/talk.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/screen.h"
#include "cli/stop.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>
#include <unistd.h>

/* What is said may hold what others typed: a terminal must not obey it. */
__attribute__((format(printf, 2, 0))) static void say(const char *prefix, const char *format,
                                                      va_list args)
{
    struct str shown = STR_INIT;
    char *text = NULL;

    if (vasprintf(&text, format, args) < 0)
        return;
    screen_make_visible(text, false, &shown);
    fprintf(stderr, "%s%s\n", prefix, str_text(&shown));
    str_free(&shown);
    free(text);
}

void talk_error(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say("undersign: ", format, args);
    va_end(args);
}

void talk_note(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say("", format, args);
    va_end(args);
}

/* Isolated behind the making visible, which would make the isolates visible too. */
void talk_named(const char *name, const char *format, ...)
{
    struct str line = STR_INIT, visible = STR_INIT;
    char *text = NULL;
    va_list args;
    int len;

    va_start(args, format);
    len = vasprintf(&text, format, args);
    va_end(args);
    if (len < 0)
        return;
    screen_make_visible(text, false, &line);
    screen_make_visible(name, false, &visible);
    str_append_text(&line, ": ");
    screen_isolate(str_text(&visible), &line);
    fprintf(stderr, "%s\n", str_text(&line));
    str_free(&line);
    str_free(&visible);
    free(text);
}

int talk_status(enum us_err err)
{
    switch (err) {
    case US_OK:
        return EX_OK;
    case US_NOT_FOUND:
        return EX_NOINPUT;
    case US_DUPLICATE:
        return EX_CANTCREAT;
    case US_LIMITED:
    case US_BUSY:
        return EX_TEMPFAIL;
    case US_DENIED:
        return EX_NOPERM;
    case US_EXPIRED:
    case US_INVALID:
    case US_CONFLICT:
    case US_CORRUPT:
        return EX_DATAERR;
    case US_FULL:
    case US_IO:
        return EX_IOERR;
    case US_CANCELLED:
        return TALK_STATUS_INTERRUPTED;
    case US_MISFIT:
        return EX_CONFIG;
    }
    return EX_SOFTWARE;
}

/* Below the sentence may stand what it is about, with a caret under the place. */
static void say_lines(const char *text)
{
    size_t len = strcspn(text, "\n");

    talk_error("%.*s", (int)len, text);
    while (text[len] == '\n') {
        text += len + 1;
        len = strcspn(text, "\n");
        talk_note("%.*s", (int)len, text);
    }
}

int talk_failure(enum us_err err, const struct fault *fault, const char *folder)
{
    const char *text = fault->text[0] != '\0' ? fault->text : err_name(err);
    const char *slash = folder == NULL || folder[strlen(folder) - 1] == '/' ? "" : "/";

    if (err == US_CANCELLED)
        talk_error("interrupted");
    else if (fault->file[0] != '\0' && fault->line > 0)
        talk_note("%s%s%s:%d: %s", folder != NULL ? folder : "", slash, fault->file, fault->line,
                  text);
    else if (fault->file[0] != '\0')
        talk_note("%s%s%s: %s", folder != NULL ? folder : "", slash, fault->file, text);
    else
        say_lines(text);
    return talk_status(err);
}

bool talk_is_interactive(void)
{
    return isatty(STDIN_FILENO) != 0 && isatty(STDERR_FILENO) != 0;
}

char *talk_ask_line(const char *question)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t len;

    fputs(question, stderr);
    fflush(stderr);
    /* A terminal gives a line at a time, so none waits in the stream already. */
    if (isatty(STDIN_FILENO) != 0 && !stop_wait(STDIN_FILENO))
        return NULL;
    len = getline(&line, &size, stdin);
    if (len > 0 && line[len - 1] == '\n')
        line[--len] = '\0';
    if (len > 0)
        return line;
    free(line);
    return NULL;
}

bool talk_ask(const char *question)
{
    char *prompt = mem_format("%s [yes/no] ", question);
    char *line;
    bool is_yes = false, is_no = false;

    while (!is_yes && !is_no && (line = talk_ask_line(prompt)) != NULL) {
        is_yes = strcasecmp(line, "yes") == 0 || strcasecmp(line, "y") == 0;
        is_no = strcasecmp(line, "no") == 0 || strcasecmp(line, "n") == 0;
        free(line);
    }
    free(prompt);
    return is_yes;
}
