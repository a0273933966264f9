/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The programs are run as a person would run them; where one is missing the test fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"
#include "render_rig.h"
#include "text/language.h"
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Fontconfig keeps what it has read until the process ends, and Cairo 1.16 loses an array for each
 * CFF font that it makes a subset of. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libcairo\n";
}

int rig_open(void **state)
{
    struct rig *rig = MEM_NEW(struct rig);
    if (language_open("locale") != US_OK)
        return -1;
    rig->folder = mem_string("/tmp/undersign-render-XXXXXX");
    if (!mkdtemp(rig->folder))
        return -1;
    rig->path = mem_format("%s/letter.pdf", rig->folder);
    *state = rig;
    return 0;
}

int rig_close(void **state)
{
    struct rig *rig = *state;
    free(rig_run("rm -r %s", rig->folder));
    free(rig->folder);
    free(rig->path);
    free(rig);
    return 0;
}

char *rig_run(const char *format, ...)
{
    struct str said = STR_INIT;
    char *command, buffer[4096];
    size_t count;
    va_list args;
    va_start(args, format);
    int len = vasprintf(&command, format, args);
    va_end(args);
    assert_true(len >= 0);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    while ((count = fread(buffer, 1, sizeof buffer, pipe)) > 0)
        str_append(&said, buffer, count);
    int status = pclose(pipe);
    if (status != 0)
        print_error("%s: %d\n%s\n", command, status, str_text(&said));
    assert_int_equal(status, 0);
    free(command);
    return str_take(&said);
}

char *rig_text(const struct rig *rig, const char *options)
{
    char *text = rig_run("pdftotext -enc UTF-8 %s %s - 2>&1", options, rig->path);
    char *to = text;
    /* U+202A to U+202E, which may stand where a blank was. */
    for (const char *from = text; *from;) {
        if (from[0] == '\xE2' && from[1] == '\x80' && from[2] >= '\xAA' && from[2] <= '\xAE')
            from += 3, *to++ = ' ';
        else
            *to++ = *from++;
    }
    *to = '\0';
    return text;
}

/* How many bytes of white begin here: blanks, line ends, and the blanks that do not break. */
static size_t white_here(const char *text)
{
    if (text[0] && strchr(" \t\r\n\f", text[0]))
        return 1;
    if (strncmp(text, "\u00A0", 2) == 0)
        return 2;
    if (strncmp(text, "\u202F", 3) == 0 || strncmp(text, "\u2009", 3) == 0)
        return 3;
    return 0;
}

/* The next word's beginning and, in *len, its length; NULL when there is none. */
static const char *next_word(const char *text, size_t *len)
{
    while (white_here(text) > 0)
        text += white_here(text);
    *len = 0;
    while (text[*len] && white_here(text + *len) == 0)
        ++*len;
    return *len > 0 ? text : NULL;
}

void rig_assert_in_order(const char *text, const char *const *parts, size_t count)
{
    const char *at = text;
    for (size_t i = 0; i < count; i++) {
        size_t len, found_len;
        const char *word = parts[i];
        for (word = next_word(word, &len); word; word = next_word(word + len, &len)) {
            const char *found = next_word(at, &found_len);
            while (found && (found_len != len || memcmp(found, word, len) != 0))
                found = next_word(found + found_len, &found_len);
            if (!found)
                fail_msg("\"%.*s\" of \"%s\" does not follow in:\n%s", (int)len, word, parts[i],
                         text);
            else
                at = found + found_len;
        }
    }
}

void rig_find_word(const struct rig *rig, const char *word, double edges[2])
{
    char *boxes = rig_run("pdftotext -l 1 -bbox %s -", rig->path);
    char *ending = mem_format(">%s</word>", word);
    char *found = strstr(boxes, ending);
    if (!found)
        fail_msg("no %s in %s", word, boxes);
    while (found > boxes && *found != '<')
        found--;
    assert_int_equal(
        sscanf(found, "<word xMin=\"%lf\" yMin=\"%*f\" xMax=\"%lf\"", &edges[0], &edges[1]), 2);
    free(ending);
    free(boxes);
}

size_t rig_count_files(const struct rig *rig)
{
    size_t count = 0;
    DIR *folder = opendir(rig->folder);
    assert_non_null(folder);
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder))
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}
