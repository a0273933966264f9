/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "appeal/document_file.h"
#include "appeal/document.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "text/unicode.h"
#include <stdlib.h>
#include <string.h>

#define HEAD_LINES_MOST 200
#define LINE_MOST 2000
#define WORD_MOST 500 /* code points; lines are laid out in time that grows with its square */

#define FAIL DOCUMENT_FAIL

/* Who takes the pairs of a head. */
struct taker {
    bool (*on_pair)(struct document_file *file, const char *key, size_t len, void *arg);
    void *arg;
};

/* The next line without its end; false behind the last. */
static bool next_line(struct document_file *file, const char **line, size_t *len)
{
    const char *start = file->data + file->pos, *end;

    if (file->pos == file->len)
        return false;
    end = memchr(start, '\n', file->len - file->pos);
    *line = start;
    *len = end != NULL ? (size_t)(end - start) : file->len - file->pos;
    file->pos += *len + (end != NULL ? 1 : 0);
    file->line++;
    if (*len > 0 && start[*len - 1] == '\r')
        (*len)--;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void trim(const char **text, size_t *len)
{
    while (*len > 0 && is_blank((*text)[0]))
        (*text)++, (*len)--;
    while (*len > 0 && is_blank((*text)[*len - 1]))
        (*len)--;
}

/* "---", and nothing else but blanks behind it. */
static bool is_fence(const char *line, size_t len)
{
    while (len > 0 && is_blank(line[len - 1]))
        len--;
    return len == 3 && memcmp(line, "---", 3) == 0;
}

char *document_file_value(const struct document_file *file)
{
    return mem_string_part(file->value, file->value_len);
}

static bool take_head_line(struct document_file *file, const struct taker *taker, const char *line,
                           size_t len)
{
    const char *colon = memchr(line, ':', len);
    const char *key = line;
    size_t key_len = colon != NULL ? (size_t)(colon - line) : 0;

    if (len > LINE_MOST)
        return FAIL(file, "a line of the head must not be longer than %d bytes", LINE_MOST);
    if (utf8_has_forbidden(line, len, true) || memchr(line, '\r', len) != NULL)
        return FAIL(file, "a line of the head must not hold control or direction characters");
    if (len > 0 && line[0] == '#') { /* a comment, for whoever edits the file */
        if (file->comments++ == 0)
            file->comment_line = file->line;
        return true;
    }
    trim(&line, &len);
    if (len == 0)
        return true; /* between groups, for whoever reads the file */
    if (colon == NULL || is_blank(key[0]))
        return FAIL(file, "a line of the head must be \"key: value\" and begin at the margin");

    file->value = colon + 1;
    file->value_len = (size_t)(line + len - file->value);
    if (file->value > line + len)
        file->value_len = 0;
    trim(&file->value, &file->value_len);
    trim(&key, &key_len);
    return taker->on_pair(file, key, key_len, taker->arg);
}

/* Where the file begins with "---" there is a head, and it must end. */
bool document_file_read_head(struct document_file *file,
                             bool (*on_pair)(struct document_file *file, const char *key,
                                             size_t len, void *arg),
                             void *arg)
{
    const struct taker taker = {on_pair, arg};
    struct document_file start = *file;
    const char *line;
    size_t len;

    /* A head further down would be printed as the letter, so it is told instead. */
    do {
        if (!next_line(file, &line, &len)) {
            *file = start;
            return true;
        }
        trim(&line, &len);
    } while (len == 0);
    if (!is_fence(line, len)) {
        *file = start;
        return true;
    }
    if (file->line > 1)
        return FAIL(file, "a head begins on the file's first line");
    for (int count = 0; next_line(file, &line, &len); count++) {
        if (is_fence(line, len))
            return true;
        if (count == HEAD_LINES_MOST)
            return FAIL(file, "the head may have at most %d lines; it ends with a line \"---\"",
                        HEAD_LINES_MOST);
        if (!take_head_line(file, &taker, line, len))
            return false;
    }
    return FAIL(file, "the head that the first line \"---\" begins is never ended by another");
}

/* Bytes that no letter prints; everything else stays as it is. */
static bool is_control(unsigned char c)
{
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
}

static bool check_bytes(struct document_file *file)
{
    int line = 1;

    for (size_t i = 0, start = 0; i <= file->len; i++) {
        bool is_end = i == file->len || file->data[i] == '\n';

        if (i < file->len && is_control((unsigned char)file->data[i])) {
            file->line = line;
            return FAIL(file, "the file must not hold control characters");
        }
        if (!is_end)
            continue;
        if (!utf8_is_valid(file->data + start, i - start)) {
            file->line = line;
            return FAIL(file, "the file must be UTF-8 text");
        }
        start = i + 1;
        line++;
    }
    return true;
}

bool document_file_read_body(struct document_file *file, char **body, int *line)
{
    const char *text = file->data + file->pos;
    size_t len = file->len - file->pos;

    /* The line behind the head, or the file's first. */
    file->line++;
    *line = file->line;
    if (len > MARKDOWN_BODY_MOST)
        return FAIL(file, "the body must not be larger than %d KiB", MARKDOWN_BODY_MOST / 1024);
    for (size_t i = 0; i < len; i++) {
        if (!is_blank(text[i]) && text[i] != '\n' && text[i] != '\r') {
            *body = mem_string_part(text, len);
            return true;
        }
    }
    return FAIL(file, "the body is empty");
}

static bool is_named(struct document_file *file, char language[16])
{
    const char *dot = strrchr(file->name, '.');
    size_t len = dot != NULL ? (size_t)(dot - file->name) : 0;

    if (dot == NULL || strcmp(dot, ".md") != 0 || !document_is_language(file->name, len)) {
        fault_set(file->fault, file->name, 0,
                  "a text's file is named by its language's tag: ru.md, en.md, pt-BR.md");
        return false;
    }
    memcpy(language, file->name, len);
    language[len] = '\0';
    return true;
}

bool document_file_open(struct document_file *file, const char *name, const char *data, size_t len,
                        char language[16], struct fault *fault)
{
    *file = (struct document_file){.name = name, .data = data, .len = len, .fault = fault};
    /* The mark that some editors set at the beginning says nothing that UTF-8 does not. */
    if (len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
        file->pos = 3;
    return is_named(file, language) && check_bytes(file);
}

/* The line of the file on which it stands; the body's first where markup hid it. */
static int find_long_word(const struct document_body *body)
{
    int line = body->line;

    for (const char *at = body->text; *at != '\0'; line++) {
        size_t len = strcspn(at, "\n");

        if (unicode_has_long_word(at, len, WORD_MOST))
            return line;
        at += len + (at[len] == '\n' ? 1 : 0);
    }
    return body->line;
}

/* As it is printed: a comment may have stood between two halves. */
static bool has_long_word(const struct markdown *markdown)
{
    size_t count;
    const struct block *blocks = markdown_blocks(markdown, &count);
    bool is_long = false;

    for (size_t i = 0; i < count && !is_long; i++) {
        struct str text = STR_INIT;

        for (size_t k = 0; k < blocks[i].span_count; k++)
            str_append_text(&text, blocks[i].spans[k].text);
        is_long = unicode_has_long_word(str_text(&text), text.len, WORD_MOST);
        str_free(&text);
    }
    return is_long;
}

enum us_err document_file_parse_body(const struct document_body *body, struct markdown **out,
                                     struct fault *fault)
{
    struct markdown *markdown;
    struct fault inside = {.line = 0};
    size_t len = strlen(body->text), count = 0;
    enum us_err err = body->is_news ? markdown_parse_news(body->text, len, &markdown, &inside)
                                    : markdown_parse(body->text, len, &markdown, &inside);

    if (err != US_OK) {
        /* Markdown counts from the body's first line. */
        fault_set(fault, body->name, inside.line > 0 ? inside.line + body->line - 1 : 0, "%s",
                  inside.text);
        return err;
    }
    markdown_blocks(markdown, &count);
    if (has_long_word(markdown)) {
        fault_set(fault, body->name, find_long_word(body),
                  "a word of more than %d letters has no place to break the line; set a blank in "
                  "it",
                  WORD_MOST);
        err = US_INVALID;
    } else if (count == 0) {
        /* Comments alone, say, would make a letter of nothing. */
        fault_set(fault, body->name, body->line, "the body says nothing that would be printed");
        err = US_INVALID;
    }
    if (err == US_OK)
        *out = markdown;
    else
        markdown_free(markdown);
    return err;
}
