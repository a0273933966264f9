/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Bytes to lines. What no letter can hold is refused here, with its line and what to do about it;
 * the rest is taken as it stands. Two asterisks are the one mark that is understood: they begin and
 * end bold, as wherever text is typed today.
 */
#include "text/draft_line.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "text/draft_word.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>

#define BOLD "**"

/* ---- the gate ---- */

static bool has_utf16_mark(const char *data, size_t len)
{
    return len >= 2 && (memcmp(data, "\xff\xfe", 2) == 0 || memcmp(data, "\xfe\xff", 2) == 0);
}

/* The first character of a line that may not stand there. */
static bool find_forbidden(const char *text, size_t len, uint32_t *out)
{
    for (size_t at = 0; at < len;) {
        const size_t start = at;
        *out = utf8_next(text, len, &at);
        if (utf8_has_forbidden(text + start, at - start, true))
            return true;
    }
    return false;
}

static bool check_line(const char *text, size_t len, int line, struct fault *fault)
{
    uint32_t c = 0;
    if (memchr(text, '\0', len))
        fault_set(fault, NULL, line,
                  "the file holds a zero byte: it is no plain text, or UTF-16; save it as plain "
                  "text in UTF-8");
    else if (!utf8_is_valid(text, len))
        fault_set(fault, NULL, line,
                  "the file must be UTF-8, and here it is not; if it is in windows-1251 "
                  "(or windows-1252, latin-1), convert it: iconv -f WINDOWS-1251 -t UTF-8 FILE > "
                  "NEW");
    else if (find_forbidden(text, len, &c))
        fault_set(fault, NULL, line,
                  "the file must not hold control, direction or private characters; here stands "
                  "U+%04X%s",
                  (unsigned)c, c == 0x0c ? ", a page break" : "");
    else if (len >= 4 && memmem(text, len, "<!--", 4))
        fault_set(fault, NULL, line,
                  "\"<!--\" begins a comment in an appeal, so it cannot be a part of its text");
    else
        return true;
    return false;
}

/* ---- lines ---- */

/* Bytes of a blank at that place, or behind it; 0: there is none. */
static size_t blank_at(const char *text, size_t len)
{
    size_t at = 0;
    if (len == 0)
        return 0;
    return u_isUWhiteSpace((UChar32)utf8_next(text, len, &at)) ? at : 0;
}

static size_t blank_before(const char *text, size_t len)
{
    size_t at = len;
    if (len == 0)
        return 0;
    do
        at--;
    while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80);
    return blank_at(text + at, len - at) > 0 ? len - at : 0;
}

static void trim(const char **text, size_t *len)
{
    for (size_t n; (n = blank_at(*text, *len)) > 0;)
        *text += n, *len -= n;
    for (size_t n; (n = blank_before(*text, *len)) > 0;)
        *len -= n;
}

/* A tab, or as many blanks as nobody types by chance. */
static bool has_indent(const char *start, const char *text)
{
    return memchr(start, '\t', (size_t)(text - start)) || text - start >= 2;
}

static void add_line(struct draft_lines *lines, const char *text, size_t len, int number, int block)
{
    const char *start = text;
    trim(&text, &len);
    if ((lines->count & (lines->count - 1)) == 0)
        lines->line =
            mem_resize(lines->line, lines->count ? lines->count * 2 : 1, sizeof *lines->line);
    lines->line[lines->count++] = (struct draft_line){
        .text = mem_string_part(text, len),
        .number = number,
        .block = block,
        .is_indented = has_indent(start, text),
    };
}

static bool is_empty(const char *text, size_t len)
{
    trim(&text, &len);
    return len == 0;
}

/* The length of the line that begins there, and in *end that of its end: LF, CR LF or CR. */
static size_t measure_line(const char *data, size_t len, size_t *end)
{
    size_t at = 0;
    while (at < len && data[at] != '\n' && data[at] != '\r')
        at++;
    *end = at == len ? 0 : 1 + (data[at] == '\r' && at + 1 < len && data[at + 1] == '\n');
    return at;
}

static bool split(const char *data, size_t len, struct draft_lines *lines, struct fault *fault)
{
    size_t end;
    int block = 0;
    bool is_gap = false;
    for (int number = 1; len > 0; number++) {
        const size_t n = measure_line(data, len, &end);
        if (!check_line(data, n, number, fault))
            return false;
        if (is_empty(data, n)) {
            is_gap = true;
        } else {
            block += is_gap && lines->count > 0;
            is_gap = false;
            add_line(lines, data, n, number, block);
        }
        data += n + end;
        len -= n + end;
    }
    if (lines->count == 0)
        fault_set(fault, NULL, 0, "there is nothing in the file");
    return lines->count > 0;
}

/* ---- bold ---- */

static size_t count_marks(const char *text)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, BOLD)) != NULL; at += 2)
        count++;
    return count;
}

/* Where bold stands while lines are read. */
struct bold {
    size_t left; /* marks that have their counterpart, still to come in this block */
    bool is_on;
    int since; /* line on which it was turned on */
    bool is_told;
};

/* Takes the marks out of a line; in marked \1 and \2 stand for them, on each line by itself, so
 * that lines can be set apart later. */
static void read_bold(struct draft_line *line, struct bold *bold, struct draft *draft)
{
    struct str text = STR_INIT, marked = STR_INIT;
    bool was_plain = false;
    if (bold->is_on)
        str_append_char(&marked, '\1');
    for (const char *at = line->text; *at;) {
        if (bold->left > 0 && strncmp(at, BOLD, 2) == 0) {
            if (bold->is_on && bold->since != line->number)
                draft_note(draft, bold->since, true, "bold runs over lines %d to %d", bold->since,
                           line->number);
            str_append_char(&marked, bold->is_on ? '\2' : '\1');
            bold->is_on = !bold->is_on;
            bold->since = line->number;
            bold->left--;
            at += 2;
            continue;
        }
        was_plain = was_plain || (!bold->is_on && *at != ' ' && *at != '\t');
        str_append_char(&text, *at);
        str_append_char(&marked, *at++);
    }
    if (bold->is_on)
        str_append_char(&marked, '\2');
    line->is_bold = !was_plain && marked.len > text.len;
    free(line->text);
    line->text = str_take(&text);
    line->marked = str_take(&marked);
}

/* A mark without its counterpart in the same block is a pair of asterisks like any other. */
static void read_block(struct draft_lines *lines, size_t from, size_t end)
{
    struct bold bold = {0};
    for (size_t i = from; i < end; i++)
        bold.left += count_marks(lines->line[i].text);
    if (bold.left % 2 != 0) {
        bold.left--;
        size_t last = end;
        while (count_marks(lines->line[--last].text) == 0)
            ;
        draft_note(lines->draft, lines->line[last].number, true,
                   "two asterisks that begin or end no bold");
    }
    for (size_t i = from; i < end; i++)
        read_bold(&lines->line[i], &bold, lines->draft);
}

static void finish_line(struct draft_line *line)
{
    const char *text = line->text;
    size_t len = strlen(text);
    trim(&text, &len);
    char *trimmed = mem_string_part(text, len);
    free(line->text);
    line->text = trimmed;
    line->folded = draft_word_fold(trimmed);
    line->chars = utf8_length(trimmed, len);
}

/* A line of nothing but marks says nothing. */
static void drop_empty(struct draft_lines *lines)
{
    size_t kept = 0;
    for (size_t i = 0; i < lines->count; i++) {
        struct draft_line *line = &lines->line[i];
        if (line->chars > 0) {
            lines->line[kept++] = *line;
            continue;
        }
        free(line->text);
        free(line->marked);
        free(line->folded);
    }
    lines->count = kept;
}

enum us_err draft_line_split(const char *data, size_t len, struct draft_lines *lines,
                             struct fault *fault)
{
    if (has_utf16_mark(data, len)) {
        fault_set(fault, NULL, 1,
                  "the file is UTF-16; save it as UTF-8, or convert it: iconv -f UTF-16 -t UTF-8 "
                  "FILE > NEW");
        return US_INVALID;
    }
    if (len > DRAFT_FILE_MOST) {
        fault_set(fault, NULL, 0, "the file may have at most %d KiB", DRAFT_FILE_MOST / 1024);
        return US_INVALID;
    }
    if (len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
        data += 3, len -= 3;
    if (!split(data, len, lines, fault))
        return US_INVALID;
    for (size_t from = 0, end; from < lines->count; from = end) {
        for (end = from; end < lines->count && lines->line[end].block == lines->line[from].block;)
            end++;
        read_block(lines, from, end);
    }
    for (size_t i = 0; i < lines->count; i++)
        finish_line(&lines->line[i]);
    drop_empty(lines);
    if (lines->count > 0)
        return US_OK;
    fault_set(fault, NULL, 0, "there is nothing in the file");
    return US_INVALID;
}

void draft_line_free(struct draft_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++) {
        free(lines->line[i].text);
        free(lines->line[i].marked);
        free(lines->line[i].folded);
    }
    free(lines->line);
}

bool draft_line_is_capitals(const struct draft_line *line)
{
    const size_t len = strlen(line->text);
    int capitals = 0, words = 0;
    bool was_letter = false;
    for (size_t at = 0; at < len;) {
        const UChar32 c = (UChar32)utf8_next(line->text, len, &at);
        if (u_islower(c))
            return false;
        capitals += u_isupper(c) != 0;
        words += u_isalpha(c) && !was_letter;
        was_letter = u_isalpha(c) != 0;
    }
    return capitals >= 8 && words >= 2;
}

void draft_note(struct draft *draft, int line, bool is_suspect, const char *format, ...)
{
    char text[512];
    va_list args;
    if (draft->note_count == DRAFT_NOTES_MOST) {
        draft->more_notes++;
        return;
    }
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    draft->notes = mem_resize(draft->notes, draft->note_count + 1, sizeof *draft->notes);
    /* Kept in order as they come: questions and suspects are found by several walks. */
    size_t at = draft->note_count++;
    for (; at > 0 && draft->notes[at - 1].line > line; at--)
        draft->notes[at] = draft->notes[at - 1];
    draft->notes[at] = (struct draft_note){line, is_suspect, mem_string(text)};
}
