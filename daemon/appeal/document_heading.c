/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a text is called where there is one line for it. */
#include "appeal/document_heading.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "text/markdown.h"
#include "text/unicode.h"
#include <stdlib.h>
#include <string.h>

#define BEGINNING_MOST 80 /* characters that stand for a title */

/* It was parsed when it was imported. */
static char *body_of(const struct text *text)
{
    struct markdown *markdown;
    struct fault fault = {.text = ""};
    char *plain, *line;

    if (markdown_parse(text->body, strlen(text->body), &markdown, &fault) != US_OK) {
        log_error("a stored text does not parse: line %d", fault.line);
        return NULL;
    }
    plain = markdown_plain(markdown);
    markdown_free(markdown);
    line = unicode_clean(plain);
    free(plain);
    return line;
}

char *document_beginning(const struct text *text, size_t most)
{
    char *line = body_of(text), *beginning, *blank, *whole;
    bool is_cut;

    if (line == NULL)
        return NULL;
    beginning = unicode_shorten(line, most);
    is_cut = strcmp(beginning, line) != 0;
    free(line);
    blank = is_cut ? strrchr(beginning, ' ') : NULL;
    if (blank == NULL)
        return beginning;
    *blank = '\0'; /* no half a word */
    whole = mem_format("%s…", beginning);
    free(beginning);
    return whole;
}

char *document_heading(const struct text *text)
{
    struct str title = STR_INIT;

    for (size_t i = 0; i < text->title_count; i++)
        str_append_format(&title, "%s%s", i > 0 ? " " : "", text->titles[i]);
    if (title.len == 0 && text->kind != NULL)
        str_append_text(&title, text->kind);
    if (title.len > 0)
        return str_take(&title);
    return document_beginning(text, BEGINNING_MOST);
}

const char *document_issuer(const struct text *text)
{
    for (size_t i = 0; i < text->letterhead_count; i++) {
        const struct localised *line = &text->letterhead[i];

        if (line->text[0] != '\0' &&
            (line->language[0] == '\0' || strcmp(line->language, text->language) == 0))
            return line->text;
    }
    return NULL;
}
