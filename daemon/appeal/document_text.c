/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * LANG.md: a head between two lines "---" for what stands around a letter's body, then the body. A
 * plea that is nothing but a body needs no head. Values are kept as they were written but for the
 * blanks at both ends: what looks like a slip may be how a name is spelt, and correcting it is not
 * this program's business.
 */
#include "appeal/document.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "crypto/digest.h"
#include "text/markdown.h"
#include "text/unicode.h"
#include <stdlib.h>
#include <string.h>

#define HEAD_LINES_MOST 200
#define LINE_MOST 2000
#define KEY_MOST 40
#define WORD_MOST 500 /* code points; lines are laid out in time that grows with its square */
#define ORIGINAL_PREFIX "sha256:"

/* One file while it is read; value is the current head line's, borrowed. */
struct reading {
    const char *name; /* the file's */
    const char *data;
    size_t len, pos;
    int line; /* the line that was taken last */
    struct text *text;
    struct fault *fault;
    const char *value;
    size_t value_len;
    bool is_signatory_open; /* title lines came, their name has not yet */
};

struct key {
    const char *name;
    bool (*take)(struct reading *reading);
    size_t offset; /* of a single value in struct text, where take is NULL */
    bool may_be_empty;
};

#define FAIL(reading, ...)                                                                         \
    (fault_set((reading)->fault, (reading)->name, (reading)->line, __VA_ARGS__), false)

/* The next line without its end; false behind the last. */
static bool next_line(struct reading *reading, const char **line, size_t *len)
{
    const char *start = reading->data + reading->pos, *end;

    if (reading->pos == reading->len)
        return false;
    end = memchr(start, '\n', reading->len - reading->pos);
    *line = start;
    *len = end != NULL ? (size_t)(end - start) : reading->len - reading->pos;
    reading->pos += *len + (end != NULL ? 1 : 0);
    reading->line++;
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

static char *copy_value(const struct reading *reading)
{
    return mem_string_part(reading->value, reading->value_len);
}

static void add_word(char ***words, size_t *count, char *word)
{
    *words = mem_resize(*words, *count + 1, sizeof(**words));
    (*words)[(*count)++] = word;
}

static void add_letterhead(struct reading *reading, const char *language, size_t len)
{
    struct text *text = reading->text;
    struct localised *line;

    text->letterhead =
        mem_resize(text->letterhead, text->letterhead_count + 1, sizeof(*text->letterhead));
    line = &text->letterhead[text->letterhead_count++];
    *line = (struct localised){.text = copy_value(reading)};
    memcpy(line->language, language, len);
}

static bool take_letterhead(struct reading *reading)
{
    add_letterhead(reading, reading->text->language, strlen(reading->text->language));
    return true;
}

static bool take_date(struct reading *reading)
{
    char *value = copy_value(reading);
    bool is_day = clock_parse_day(value, &reading->text->date);

    free(value);
    if (!is_day)
        return FAIL(reading, "date must be a day that exists, written YYYY-MM-DD");
    if (reading->text->has_date)
        return FAIL(reading, "date stands on an earlier line already; it comes once");
    reading->text->has_date = true;
    return true;
}

static bool take_title(struct reading *reading)
{
    add_word(&reading->text->titles, &reading->text->title_count, copy_value(reading));
    return true;
}

static struct issuer_signatory *open_signatory(struct reading *reading)
{
    struct text *text = reading->text;

    if (!reading->is_signatory_open) {
        text->signatories =
            mem_resize(text->signatories, text->signatory_count + 1, sizeof(*text->signatories));
        text->signatories[text->signatory_count++] = (struct issuer_signatory){0};
        reading->is_signatory_open = true;
    }
    return &text->signatories[text->signatory_count - 1];
}

static bool take_signatory(struct reading *reading)
{
    struct issuer_signatory *signatory = open_signatory(reading);

    add_word(&signatory->titles, &signatory->title_count, copy_value(reading));
    return true;
}

static bool take_signatory_name(struct reading *reading)
{
    if (reading->value_len == 0 && !reading->is_signatory_open)
        return FAIL(reading, "signatory.name may be empty only behind title lines (signatory)");
    if (reading->value_len > 0)
        open_signatory(reading)->name = copy_value(reading);
    reading->is_signatory_open = false;
    return true;
}

static bool take_original(struct reading *reading)
{
    static const size_t prefix = sizeof(ORIGINAL_PREFIX) - 1;
    const char *value = reading->value;
    bool is_digest = reading->value_len == prefix + 2 * (size_t)DIGEST_SIZE &&
                     memcmp(value, ORIGINAL_PREFIX, prefix) == 0;

    for (size_t i = prefix; is_digest && i < reading->value_len; i++)
        is_digest = (value[i] >= '0' && value[i] <= '9') || (value[i] >= 'a' && value[i] <= 'f');
    if (!is_digest)
        return FAIL(reading, "original must be " ORIGINAL_PREFIX
                             " and the 64 digits 0-9, a-f of the original file's SHA-256");
    if (reading->text->original != NULL)
        return FAIL(reading, "original stands on an earlier line already; it comes once");
    reading->text->original = copy_value(reading);
    return true;
}

static const struct key keys[] = {
    {.name = "letterhead", .take = take_letterhead, .may_be_empty = true},
    {.name = "kind", .offset = offsetof(struct text, kind)},
    {.name = "number", .offset = offsetof(struct text, number)},
    {.name = "date", .take = take_date},
    {.name = "place", .offset = offsetof(struct text, place)},
    {.name = "title", .take = take_title},
    {.name = "salutation", .offset = offsetof(struct text, salutation)},
    {.name = "closing", .offset = offsetof(struct text, closing)},
    {.name = "signatory", .take = take_signatory},
    {.name = "signatory.name", .take = take_signatory_name, .may_be_empty = true},
    {.name = "original", .take = take_original},
};

static bool refuse_key(struct reading *reading, const char *key, size_t len)
{
    return FAIL(reading,
                "the head knows no \"%.*s\"; it knows letterhead, letterhead[LL], kind, number, "
                "date, place, title, salutation, closing, signatory, signatory.name, original",
                (int)utf8_cut(key, len, KEY_MOST), key);
}

/* "letterhead[en]": a line in a language of its own. */
static bool take_letterhead_in(struct reading *reading, const char *language, size_t len)
{
    if (!document_is_language(language, len))
        return FAIL(reading,
                    "between the brackets stands a language's tag such as ru, en or pt-BR");
    add_letterhead(reading, language, len);
    return true;
}

static bool take_single(struct reading *reading, const struct key *key)
{
    char **field = (char **)(void *)((char *)reading->text + key->offset);

    if (*field != NULL)
        return FAIL(reading, "%s stands on an earlier line already; it comes once", key->name);
    *field = copy_value(reading);
    return true;
}

static bool take_pair(struct reading *reading, const char *key, size_t len)
{
    static const char bracket[] = "letterhead[";
    size_t bracket_len = sizeof(bracket) - 1;

    if (len > bracket_len && key[len - 1] == ']' && memcmp(key, bracket, bracket_len) == 0)
        return take_letterhead_in(reading, key + bracket_len, len - bracket_len - 1);
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (strlen(keys[i].name) != len || memcmp(keys[i].name, key, len) != 0)
            continue;
        if (reading->value_len == 0 && !keys[i].may_be_empty)
            return FAIL(reading, "%s is empty; leave the line out instead", keys[i].name);
        return keys[i].take != NULL ? keys[i].take(reading) : take_single(reading, &keys[i]);
    }
    return refuse_key(reading, key, len);
}

static bool take_head_line(struct reading *reading, const char *line, size_t len)
{
    const char *colon = memchr(line, ':', len);
    const char *key = line;
    size_t key_len = colon != NULL ? (size_t)(colon - line) : 0;

    if (len > LINE_MOST)
        return FAIL(reading, "a line of the head must not be longer than %d bytes", LINE_MOST);
    if (utf8_has_forbidden(line, len, true) || memchr(line, '\r', len) != NULL)
        return FAIL(reading, "a line of the head must not hold control or direction characters");
    if (len > 0 && line[0] == '#') { /* a comment, for whoever edits the file */
        if (reading->text->head_comments++ == 0)
            reading->text->head_comment_line = reading->line;
        return true;
    }
    trim(&line, &len);
    if (len == 0)
        return true; /* between groups, for whoever reads the file */
    if (colon == NULL || is_blank(key[0]))
        return FAIL(reading, "a line of the head must be \"key: value\" and begin at the margin");

    reading->value = colon + 1;
    reading->value_len = (size_t)(line + len - reading->value);
    if (reading->value > line + len)
        reading->value_len = 0;
    trim(&reading->value, &reading->value_len);
    trim(&key, &key_len);
    return take_pair(reading, key, key_len);
}

/* Where the file begins with "---" there is a head, and it must end. */
static bool read_head(struct reading *reading)
{
    struct reading start = *reading;
    const char *line;
    size_t len;

    /* A head further down would be printed as the letter, so it is told instead. */
    do {
        if (!next_line(reading, &line, &len)) {
            *reading = start;
            return true;
        }
        trim(&line, &len);
    } while (len == 0);
    if (!is_fence(line, len)) {
        *reading = start;
        return true;
    }
    if (reading->line > 1)
        return FAIL(reading, "a head begins on the file's first line");
    for (int count = 0; next_line(reading, &line, &len); count++) {
        if (is_fence(line, len))
            return true;
        if (count == HEAD_LINES_MOST)
            return FAIL(reading, "the head may have at most %d lines; it ends with a line \"---\"",
                        HEAD_LINES_MOST);
        if (!take_head_line(reading, line, len))
            return false;
    }
    return FAIL(reading, "the head that the first line \"---\" begins is never ended by another");
}

/* Bytes that no letter prints; everything else stays as it is. */
static bool is_control(unsigned char c)
{
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
}

static bool check_bytes(struct reading *reading)
{
    int line = 1;

    for (size_t i = 0, start = 0; i <= reading->len; i++) {
        bool is_end = i == reading->len || reading->data[i] == '\n';

        if (i < reading->len && is_control((unsigned char)reading->data[i])) {
            reading->line = line;
            return FAIL(reading, "the file must not hold control characters");
        }
        if (!is_end)
            continue;
        if (!utf8_is_valid(reading->data + start, i - start)) {
            reading->line = line;
            return FAIL(reading, "the file must be UTF-8 text");
        }
        start = i + 1;
        line++;
    }
    return true;
}

static bool read_body(struct reading *reading)
{
    const char *body = reading->data + reading->pos;
    size_t len = reading->len - reading->pos;

    /* The line behind the head, or the file's first. */
    reading->line++;
    reading->text->body_line = reading->line;
    if (len > MARKDOWN_BODY_MOST)
        return FAIL(reading, "the body must not be larger than %d KiB", MARKDOWN_BODY_MOST / 1024);
    for (size_t i = 0; i < len; i++) {
        if (!is_blank(body[i]) && body[i] != '\n' && body[i] != '\r') {
            reading->text->body = mem_string_part(body, len);
            return true;
        }
    }
    return FAIL(reading, "the body is empty");
}

static bool is_named(struct reading *reading)
{
    const char *dot = strrchr(reading->name, '.');
    size_t len = dot != NULL ? (size_t)(dot - reading->name) : 0;

    if (dot == NULL || strcmp(dot, ".md") != 0 || !document_is_language(reading->name, len)) {
        fault_set(reading->fault, reading->name, 0,
                  "a text's file is named by its language's tag: ru.md, en.md, pt-BR.md");
        return false;
    }
    memcpy(reading->text->language, reading->name, len);
    return true;
}

enum us_err document_read_text(const char *name, const char *data, size_t len, struct text **out,
                               struct fault *fault)
{
    struct reading reading = {
        .name = name, .data = data, .len = len, .fault = fault, .text = MEM_NEW(struct text)};

    digest_sha256(data, len, reading.text->digest);
    /* The mark that some editors set at the beginning says nothing that UTF-8 does not. */
    if (len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
        reading.pos = 3;
    if (!is_named(&reading) || !check_bytes(&reading) || !read_head(&reading) ||
        !read_body(&reading)) {
        text_free(reading.text);
        return US_INVALID;
    }
    *out = reading.text;
    return US_OK;
}

/* The line of the file on which it stands; the body's first where markup hid it. */
static int find_long_word(const struct text *text)
{
    int line = text->body_line;

    for (const char *at = text->body; *at != '\0'; line++) {
        size_t len = strcspn(at, "\n");

        if (unicode_has_long_word(at, len, WORD_MOST))
            return line;
        at += len + (at[len] == '\n' ? 1 : 0);
    }
    return text->body_line;
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

enum us_err document_parse_text(const char *name, const char *data, size_t len, struct text **out,
                                struct fault *fault)
{
    struct text *text;
    struct markdown *markdown;
    struct fault inside = {.line = 0};
    enum us_err err = document_read_text(name, data, len, &text, fault);
    size_t count = 0;

    if (err != US_OK)
        return err;
    err = markdown_parse(text->body, strlen(text->body), &markdown, &inside);
    if (err != US_OK) {
        /* Markdown counts from the body's first line. */
        fault_set(fault, name, inside.line > 0 ? inside.line + text->body_line - 1 : 0, "%s",
                  inside.text);
        text_free(text);
        return err;
    }
    if (has_long_word(markdown)) {
        fault_set(fault, name, find_long_word(text),
                  "a word of more than %d letters has no place to break the line; set a blank in "
                  "it",
                  WORD_MOST);
        markdown_free(markdown);
        text_free(text);
        return US_INVALID;
    }
    /* Comments alone, say, would make a letter of nothing. */
    markdown_blocks(markdown, &count);
    markdown_free(markdown);
    if (count == 0) {
        fault_set(fault, name, text->body_line, "the body says nothing that would be printed");
        text_free(text);
        return US_INVALID;
    }
    *out = text;
    return US_OK;
}
