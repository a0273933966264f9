/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * LANG.md: a head between two lines "---" for what stands around a letter's body, then the body. A
 * plea that is nothing but a body needs no head. Values are kept as they were written but for the
 * blanks at both ends: what looks like a slip may be how a name is spelt, and correcting it is not
 * this program's business.
 */
#include "appeal/document.h"
#include "appeal/document_file.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "crypto/digest.h"
#include <stdlib.h>
#include <string.h>

#define KEY_MOST 40
#define ORIGINAL_PREFIX "sha256:"

struct reading {
    struct document_file file;
    struct text *text;
    bool is_signatory_open; /* title lines came, their name has not yet */
};

struct key {
    const char *name;
    bool (*take)(struct reading *reading);
    size_t offset; /* of a single value in struct text, where take is NULL */
    bool may_be_empty;
};

#define FAIL(reading, ...) DOCUMENT_FAIL(&(reading)->file, __VA_ARGS__)

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
    *line = (struct localised){.text = document_file_value(&reading->file)};
    memcpy(line->language, language, len);
}

static bool take_letterhead(struct reading *reading)
{
    add_letterhead(reading, reading->text->language, strlen(reading->text->language));
    return true;
}

static bool take_date(struct reading *reading)
{
    char *value = document_file_value(&reading->file);
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
    add_word(&reading->text->titles, &reading->text->title_count,
             document_file_value(&reading->file));
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

    add_word(&signatory->titles, &signatory->title_count, document_file_value(&reading->file));
    return true;
}

static bool take_signatory_name(struct reading *reading)
{
    if (reading->file.value_len == 0 && !reading->is_signatory_open)
        return FAIL(reading, "signatory.name may be empty only behind title lines (signatory)");
    if (reading->file.value_len > 0)
        open_signatory(reading)->name = document_file_value(&reading->file);
    reading->is_signatory_open = false;
    return true;
}

static bool take_original(struct reading *reading)
{
    static const size_t prefix = sizeof(ORIGINAL_PREFIX) - 1;
    const char *value = reading->file.value;
    bool is_digest = reading->file.value_len == prefix + 2 * (size_t)DIGEST_SIZE &&
                     memcmp(value, ORIGINAL_PREFIX, prefix) == 0;

    for (size_t i = prefix; is_digest && i < reading->file.value_len; i++)
        is_digest = (value[i] >= '0' && value[i] <= '9') || (value[i] >= 'a' && value[i] <= 'f');
    if (!is_digest)
        return FAIL(reading, "original must be " ORIGINAL_PREFIX
                             " and the 64 digits 0-9, a-f of the original file's SHA-256");
    if (reading->text->original != NULL)
        return FAIL(reading, "original stands on an earlier line already; it comes once");
    reading->text->original = document_file_value(&reading->file);
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
    *field = document_file_value(&reading->file);
    return true;
}

static bool take_pair(struct document_file *file, const char *key, size_t len, void *arg)
{
    struct reading *reading = arg;

    (void)file; /* it is the reading's */
    static const char bracket[] = "letterhead[";
    size_t bracket_len = sizeof(bracket) - 1;

    if (len > bracket_len && key[len - 1] == ']' && memcmp(key, bracket, bracket_len) == 0)
        return take_letterhead_in(reading, key + bracket_len, len - bracket_len - 1);
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (strlen(keys[i].name) != len || memcmp(keys[i].name, key, len) != 0)
            continue;
        if (reading->file.value_len == 0 && !keys[i].may_be_empty)
            return FAIL(reading, "%s is empty; leave the line out instead", keys[i].name);
        return keys[i].take != NULL ? keys[i].take(reading) : take_single(reading, &keys[i]);
    }
    return refuse_key(reading, key, len);
}

enum us_err document_read_text(const char *name, const char *data, size_t len, struct text **out,
                               struct fault *fault)
{
    struct reading reading = {.text = MEM_NEW(struct text)};
    struct text *text = reading.text;

    digest_sha256(data, len, text->digest);
    if (!document_file_open(&reading.file, name, data, len, text->language, fault) ||
        !document_file_read_head(&reading.file, take_pair, &reading) ||
        !document_file_read_body(&reading.file, &text->body, &text->body_line)) {
        text_free(text);
        return US_INVALID;
    }
    text->head_comments = (size_t)reading.file.comments;
    text->head_comment_line = reading.file.comment_line;
    *out = text;
    return US_OK;
}

enum us_err document_parse_text(const char *name, const char *data, size_t len, struct text **out,
                                struct fault *fault)
{
    struct text *text;
    struct markdown *markdown;
    enum us_err err = document_read_text(name, data, len, &text, fault);

    if (err != US_OK)
        return err;
    err = document_file_parse_body(
        &(struct document_body){.name = name, .text = text->body, .line = text->body_line},
        &markdown, fault);
    if (err != US_OK) {
        text_free(text);
        return err;
    }
    markdown_free(markdown);
    *out = text;
    return US_OK;
}
