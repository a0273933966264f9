/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Blocks as plain text for mail. Where a line may break is ICU's decision (UAX 14), so that Chinese
 * wraps as well as English; how wide a character is comes from UAX 11. A link's address stands
 * behind its words.
 */
#include "text/markdown_plain.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "text/icu.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/utext.h>

#define COLUMNS 72
#define INDENT_MOST 24 /* deeper nesting moves no further to the right */
#define LEVELS 16      /* that have a marker's width of their own */

static size_t columns_of(const char *text, size_t len)
{
    size_t columns = 0;
    for (size_t at = 0; at < len;) {
        const UChar32 c = (UChar32)utf8_next(text, len, &at);
        const int type = u_charType(c);
        const int width = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
        if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR)
            continue;
        columns += width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
    }
    return columns;
}

/* A block's text in one string, addresses of links behind their words. */
static void join_spans(const struct block *block, struct str *out)
{
    size_t link_from = 0;
    for (size_t i = 0; i < block->span_count; i++) {
        const struct span *span = &block->spans[i];
        const struct span *before = i > 0 ? span - 1 : NULL;
        const struct span *after = i + 1 < block->span_count ? span + 1 : NULL;
        if (span->link && (!before || !before->link || strcmp(before->link, span->link) != 0))
            link_from = out->len;
        str_append_text(out, span->text);
        if (!span->link || (after && after->link && strcmp(after->link, span->link) == 0))
            continue;
        const char *words = str_text(out) + link_from;
        const char *address = strncmp(span->link, "mailto:", 7) == 0 ? span->link + 7 : span->link;
        if (strcmp(words, address) != 0)
            str_append_format(out, " <%s>", address);
    }
}

/* What opens the first line, and as many blanks for the others. */
struct margin {
    char first[INDENT_MOST + 24], rest[INDENT_MOST + 24];
};

static struct margin margin_of(const struct block *block, const char *marker)
{
    struct margin margin;
    int indent = block->kind == BLOCK_HEADING ? 0 : block->level * 3;
    if (indent > INDENT_MOST)
        indent = INDENT_MOST;
    snprintf(margin.first, sizeof margin.first, "%*s%.16s", indent, "", marker);
    if (block->kind == BLOCK_QUOTE)
        memcpy(margin.rest, margin.first, sizeof margin.rest);
    else
        snprintf(margin.rest, sizeof margin.rest, "%*s", (int)strlen(margin.first), "");
    return margin;
}

/* Appends text without the blanks at its end, behind the margin, as one line. */
static void put_line(struct str *out, const char *margin, const char *text, size_t len)
{
    while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\n'))
        len--;
    size_t edge = strlen(margin);
    while (len == 0 && edge > 0 && margin[edge - 1] == ' ')
        edge--;
    str_append(out, margin, edge);
    str_append(out, text, len);
    str_append_char(out, '\n');
}

/* An address in a text, which no line break may cut. */
struct address {
    const char *from, *end;
};

/* The first address that ends behind at; at the text's end when there is none. */
static struct address next_address(const char *text, const char *at)
{
    const char *mark = strstr(at, "://"), *from = mark, *end = mark;
    if (!mark)
        return (struct address){at + strlen(at), at + strlen(at)};
    while (from > text && from[-1] > ' ' && from[-1] < 0x7f)
        from--;
    while (*end > ' ' && *end < 0x7f)
        end++;
    return (struct address){from, end};
}

/* Lines being filled. */
struct wrap {
    struct str *out;
    const char *edge, *rest; /* the margin of this line and of the others */
    const char *line, *fits; /* where it begins, how much of it fits */
    size_t columns;
};

static void wrap_line(struct wrap *w)
{
    put_line(w->out, w->edge, w->line, (size_t)(w->fits - w->line));
    w->edge = w->rest;
    w->line = w->fits;
    w->columns = strlen(w->edge);
}

/* A piece that may not be cut ends at end. */
static void wrap_piece(struct wrap *w, const char *end)
{
    const char *seen = end; /* blanks at the end of a line take no room */
    while (seen > w->fits && (seen[-1] == ' ' || seen[-1] == '\n'))
        seen--;
    if (w->fits > w->line && w->columns + columns_of(w->fits, (size_t)(seen - w->fits)) > COLUMNS)
        wrap_line(w);
    w->columns += columns_of(w->fits, (size_t)(end - w->fits));
    w->fits = end;
    if (end[-1] == '\n')
        wrap_line(w);
}

static void wrap(struct str *out, const struct margin *margin, const struct str *text)
{
    UErrorCode status = U_ZERO_ERROR;
    const char *s = str_text(text);
    struct wrap w = {out, margin->first, margin->rest, s, s, strlen(margin->first)};
    struct address address = next_address(s, s);
    UText *utext = utext_openUTF8(NULL, s, (int64_t)text->len, &status);
    UBreakIterator *breaks = ubrk_open(UBRK_LINE, "", NULL, 0, &status);
    icu_check(status, "ubrk_open");
    ubrk_setUText(breaks, utext, &status);
    icu_check(status, "ubrk_setUText");
    for (int32_t next = ubrk_next(breaks); next != UBRK_DONE; next = ubrk_next(breaks)) {
        const char *end = s + next;
        while (*address.end && address.end <= end)
            address = next_address(s, address.end);
        if (end <= address.from || end >= address.end)
            wrap_piece(&w, end);
    }
    if (w.fits > w.line || text->len == 0)
        wrap_line(&w);
    ubrk_close(breaks);
    utext_close(utext);
}

static void put_code(struct str *out, const struct block *block, const struct margin *margin)
{
    const char *text = block->span_count > 0 ? block->spans[0].text : "";
    while (*text) {
        const size_t len = strcspn(text, "\n");
        put_line(out, margin->first, text, len);
        text += len + (text[len] == '\n');
    }
}

/* Items of one list stand together; everything else has an empty line before it. */
static bool is_close(const struct block *before, const struct block *block)
{
    return block->kind == BLOCK_ITEM &&
           (before->kind == BLOCK_ITEM || (before->kind == BLOCK_DEMAND && block->level > 0));
}

static void put_block(struct str *out, const struct block *block, int item_width)
{
    char marker[17] = "";
    if (block->kind == BLOCK_QUOTE)
        strcpy(marker, "> ");
    else if (block->kind == BLOCK_CODE)
        strcpy(marker, "    ");
    else if (block->kind == BLOCK_MORE)
        snprintf(marker, sizeof marker, "%*s", item_width, "");
    else if (block->number > 0)
        snprintf(marker, sizeof marker, "%d. ", block->number);
    else if (block->kind == BLOCK_ITEM)
        strcpy(marker, "- ");
    const struct margin margin = margin_of(block, marker);
    if (block->kind == BLOCK_RULE) {
        put_line(out, margin.first, "* * *", 5);
    } else if (block->kind == BLOCK_CODE) {
        put_code(out, block, &margin);
    } else {
        struct str text = STR_INIT;
        join_spans(block, &text);
        wrap(out, &margin, &text);
        str_free(&text);
    }
}

char *markdown_plain_write(const struct block *blocks, size_t count)
{
    struct str out = STR_INIT;
    int widths[LEVELS] = {0}; /* of each level's marker, which further paragraphs keep to */
    for (size_t i = 0; i < count; i++) {
        const struct block *block = &blocks[i];
        int *width = &widths[block->level < LEVELS ? block->level : LEVELS - 1];
        if (block->kind == BLOCK_DEMAND || block->kind == BLOCK_ITEM)
            *width = block->number > 0 ? snprintf(NULL, 0, "%d. ", block->number) : 2;
        if (i > 0 && !is_close(&blocks[i - 1], block))
            str_append_char(&out, '\n');
        put_block(&out, block, *width);
    }
    return str_take(&out);
}
