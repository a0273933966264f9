/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What acts is written with a backslash before it, and nothing else is, since people are to read
 * the file: an underscore within a word or a full stop does nothing.
 */
#include "text/draft_markup.h"
#include "base/utf8.h"
#include <string.h>
#include <unicode/uchar.h>

static UChar32 char_behind(const char *text, size_t len, size_t at)
{
    while (at < len && (text[at] == '\1' || text[at] == '\2'))
        at++;
    return at < len ? (UChar32)utf8_next(text, len, &at) : 0;
}

static UChar32 char_before(const char *text, size_t at)
{
    while (at > 0 && (text[at - 1] == '\1' || text[at - 1] == '\2'))
        at--;
    if (at == 0)
        return 0;
    size_t from = at;
    do
        from--;
    while (from > 0 && ((unsigned char)text[from] & 0xc0) == 0x80);
    return (UChar32)utf8_next(text, at, &from);
}

static bool is_edge(UChar32 c)
{
    return c == 0 || u_isUWhiteSpace(c);
}

static bool is_mark(UChar32 c)
{
    return u_ispunct(c) || (c < 0x80 && c > 0x20 && !u_isalnum(c));
}

/* CommonMark's left- and right-flanking runs: elsewhere asterisks are asterisks. */
static bool may_open(UChar32 before, UChar32 after)
{
    return !is_edge(after) && (!is_mark(after) || is_edge(before) || is_mark(before));
}

/* Whether the bold that begins before that byte is bold with asterisks around it. */
static bool is_bold_good(const char *text, size_t len, size_t from)
{
    const char *close = strchr(text + from, '\2');
    if (!close)
        return false;
    const size_t end = (size_t)(close - text);
    return end > from && may_open(char_before(text, from), char_behind(text, len, from)) &&
           may_open(char_behind(text, len, end), char_before(text, end));
}

/* "<https://a.example>", "<mailto:a@b.example>", "<a@b.example>" without anything odd inside. */
static size_t autolink_len(const char *text)
{
    const size_t len = strcspn(text + 1, "<> \t\"\\");
    if (text[len + 1] != '>')
        return 0;
    for (size_t i = 1; i <= len; i++)
        if ((unsigned char)text[i] <= 0x20 || (unsigned char)text[i] > 0x7e)
            return 0;
    if (strncmp(text, "<https://", 9) == 0 || strncmp(text, "<http://", 8) == 0 ||
        strncmp(text, "<mailto:", 8) == 0)
        return len + 2;
    return 0;
}

/* Whether a character has to be escaped wherever it stands. */
static bool acts(const char *text, size_t len, size_t at)
{
    const UChar32 before = char_before(text, at), after = char_behind(text, len, at + 1);
    switch (text[at]) {
    case '\\':
    case '`':
    case '*':
    case '[':
        return true;
    case '_':
        return !u_isalnum(before) || !u_isalnum(after);
    case '<':
        return u_isalpha(after) || after == '/' || after == '!' || after == '?';
    case '&':
        return u_isalnum(after) || after == '#';
    default:
        return false;
    }
}

/* The place in the line of a character that would make it a heading, a quotation, a list, a rule or
 * a fence; len: there is none. */
static size_t find_starter(const char *text, size_t from, size_t len)
{
    while (from < len && (text[from] == '\1' || text[from] == ' ' || text[from] == '\t'))
        from++;
    if (from < len && strchr("#>+-=~", text[from]))
        return from;
    size_t digits = from;
    while (digits < len && text[digits] >= '0' && text[digits] <= '9')
        digits++;
    if (digits > from && digits < len && (text[digits] == '.' || text[digits] == ')'))
        return digits;
    return len;
}

/* Behind the first skip bytes, signs for bold aside; whether bold is on there. */
static size_t skip_mark(const char *marked, size_t skip, bool *is_bold)
{
    size_t at = 0;
    *is_bold = false;
    for (; skip > 0 && marked[at]; at++) {
        if (marked[at] == '\1' || marked[at] == '\2')
            *is_bold = marked[at] == '\1';
        else
            skip--;
    }
    return at;
}

void draft_markup_line(struct str *out, const char *marked, size_t skip, bool is_start)
{
    const size_t len = strlen(marked);
    bool is_bold;
    size_t at = skip_mark(marked, skip, &is_bold);
    const size_t starter = is_start ? find_starter(marked, at, len) : len;
    is_bold = is_bold && is_bold_good(marked, len, at);
    if (is_bold)
        str_append_text(out, "**");
    for (; at < len; at++) {
        const size_t link = marked[at] == '<' ? autolink_len(marked + at) : 0;
        if (marked[at] == '\1') {
            is_bold = is_bold_good(marked, len, at + 1);
            str_append_text(out, is_bold ? "**" : "");
        } else if (marked[at] == '\2') {
            str_append_text(out, is_bold ? "**" : "");
            is_bold = false;
        } else if (link > 0) {
            str_append(out, marked + at, link);
            at += link - 1;
        } else {
            if (at == starter || acts(marked, len, at))
                str_append_char(out, '\\');
            str_append_char(out, marked[at]);
        }
    }
}
