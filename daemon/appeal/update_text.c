/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One text of an update. It goes out as a mail's subject and body, so it has a title, holds no
 * comment that its readers would miss, and is small enough to be read.
 */
#include "appeal/document_file.h"
#include "appeal/update.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "text/unicode.h"
#include <stdlib.h>
#include <string.h>

#define KEY_MOST 40

void update_text_clear(struct update_text *text)
{
    free(text->title);
    free(text->body);
    *text = (struct update_text){.title = NULL};
}

static bool take_title(struct document_file *file, struct update_text *text)
{
    char *value;

    if (text->title != NULL)
        return DOCUMENT_FAIL(file, "title stands on an earlier line already; it comes once");
    value = document_file_value(file);
    text->title = unicode_clean(value);
    free(value);
    if (text->title[0] == '\0')
        return DOCUMENT_FAIL(file, "title is empty; say in one line what is new");
    if (unicode_length(text->title) > UPDATE_TITLE_MOST)
        return DOCUMENT_FAIL(file, "title has at most %d characters", UPDATE_TITLE_MOST);
    return true;
}

static bool take_pair(struct document_file *file, const char *key, size_t len, void *arg)
{
    if (len == strlen("title") && memcmp(key, "title", len) == 0)
        return take_title(file, arg);
    return DOCUMENT_FAIL(file, "the head of an update knows only title, not \"%.*s\"",
                         (int)utf8_cut(key, len, KEY_MOST), key);
}

static bool fail_at(struct document_file *file, int line, const char *sentence)
{
    file->line = line;
    return DOCUMENT_FAIL(file, "%s", sentence);
}

static bool check_body(struct document_file *file, const struct update_text *text, int line)
{
    const struct document_body body = {
        .name = file->name, .text = text->body, .line = line, .is_news = true};
    struct markdown_comments comments;
    struct markdown *markdown;

    if (strlen(text->body) > UPDATE_BODY_MOST) {
        file->line = line;
        return DOCUMENT_FAIL(file, "the body of an update must not be larger than %d KiB",
                             UPDATE_BODY_MOST / 1024);
    }
    if (document_file_parse_body(&body, &markdown, file->fault) != US_OK)
        return false;
    comments = markdown_comments(markdown);
    markdown_free(markdown);
    if (comments.count > 0)
        return fail_at(file, line + comments.line - 1,
                       "a comment stands here; delete it: an update goes out as it is");
    return true;
}

static bool read_text(struct document_file *file, struct update_text *text)
{
    int line;

    if (!document_file_read_head(file, take_pair, text))
        return false;
    if (file->comments > 0)
        return fail_at(file, file->comment_line,
                       "a comment stands here; delete it: an update goes out as it is");
    if (text->title == NULL)
        return fail_at(file, 1,
                       "an update begins with a head that has its title: a line \"---\", a line "
                       "\"title: ...\", a line \"---\"");
    return document_file_read_body(file, &text->body, &line) && check_body(file, text, line);
}

enum us_err update_parse_text(const char *name, const char *data, size_t len,
                              struct update_text *out, struct fault *fault)
{
    struct update_text text = {.title = NULL};
    struct document_file file;

    if (!document_file_open(&file, name, data, len, text.language, fault) ||
        !read_text(&file, &text)) {
        update_text_clear(&text);
        return US_INVALID;
    }
    *out = text;
    return US_OK;
}

enum us_err update_parse_body(const struct update_text *text, struct markdown **out)
{
    struct fault fault = {.line = 0};

    return markdown_parse_news(text->body, strlen(text->body), out, &fault) == US_OK ? US_OK
                                                                                     : US_CORRUPT;
}

static const struct update_text *find_text(const struct update *update, const char *language)
{
    for (size_t i = 0; i < update->text_count; i++) {
        if (strcmp(update->texts[i].language, language) == 0)
            return &update->texts[i];
    }
    return NULL;
}

const struct update_text *update_text_in(const struct update *update, const char *language,
                                         const char *authoritative)
{
    const struct update_text *text = find_text(update, language);

    if (text == NULL)
        text = find_text(update, authoritative);
    return text != NULL ? text : &update->texts[0];
}
