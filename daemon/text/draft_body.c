/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The body: lines to paragraphs, and which of these are demands. A scan breaks its lines where the
 * paper ended, so a line that was full goes on in the next; one that was not ends something.
 * Demands are the items of a list, and the one-line paragraphs at the end that say what "we
 * demand".
 */
#include "base/mem.h"
#include "base/utf8.h"
#include "text/draft_line.h"
#include "text/draft_markup.h"
#include "text/draft_word.h"
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>

#define PAPER_MOST 120  /* code points: a line that is longer was not broken for paper */
#define PAPER_LEAST 40  /* below this nobody breaks lines for paper */
#define FULL_PERCENT 65 /* of the widest line: what is shorter ended there on purpose */
#define DEMAND_MOST 240 /* code points */
#define SLOGAN_MOST 100 /* of a last call behind the demands */
#define SLOGANS_MOST 2

enum piece_kind { PIECE_PARAGRAPH, PIECE_ITEM, PIECE_DEMAND };

struct piece {         /* a paragraph or an item of a list */
    size_t first, end; /* lines */
    enum piece_kind kind;
    size_t mark;      /* bytes of an item's mark */
    int number;       /* of an item; 0: a bullet */
    size_t point;     /* bytes of the mark of a point within an item */
    bool is_lettered; /* which is a letter */
    size_t chars;
};

struct body {
    struct draft_lines *lines;
    struct piece *pieces;
    size_t count;
    size_t width; /* of the paper; 0: lines were not broken for paper */
    size_t foot;  /* the first line of the signature; without one, how many there are */
};

static bool is_body(const struct draft_line *line)
{
    return line->role == ROLE_BODY;
}

static size_t measure_paper(const struct draft_lines *lines)
{
    size_t widest = 0;
    for (size_t i = 0; i + 1 < lines->count; i++) {
        const struct draft_line *line = &lines->line[i];
        if (is_body(line) && lines->line[i + 1].block == line->block && line->chars > widest)
            widest = line->chars;
    }
    return widest >= PAPER_LEAST && widest <= PAPER_MOST ? widest : 0;
}

static bool ends_sentence(const char *text)
{
    static const char *const ends[] = {".", "!", "?", "…", ":", ";", "»", "”", "\"", NULL};
    const size_t len = strlen(text);
    for (size_t i = 0; ends[i]; i++) {
        const size_t n = strlen(ends[i]);
        if (len > n && strcmp(text + len - n, ends[i]) == 0)
            return true;
    }
    return false;
}

static bool is_full(const struct body *body, const struct draft_line *line)
{
    return body->width > 0 && line->chars * 100 >= body->width * FULL_PERCENT;
}

/* Whether a line that follows another in its block begins something new. */
static bool begins_piece(const struct body *body, size_t at, const struct piece *piece)
{
    const struct draft_line *line = &body->lines->line[at], *before = line - 1;
    const bool was_ended = ends_sentence(before->text);
    int number;
    if (draft_word_mark(line->text, &number) > 0 || draft_word_point(line->text, &(bool){0}) > 0)
        return true;
    if (was_ended && line->chars <= DEMAND_MOST && draft_word_is_demand(line->folded))
        return true;
    if (piece->mark > 0) /* what is set in under an item goes on with it */
        return was_ended && !line->is_indented && !is_full(body, before);
    if (body->width == 0 && (before->chars > PAPER_MOST || line->chars > PAPER_MOST))
        return true; /* each line is a paragraph, as some programs save text */
    if (line->is_indented && !before->is_indented)
        return true;
    return body->width > 0 && !is_full(body, before) && was_ended;
}

static struct piece *add_piece(struct body *body, size_t first)
{
    if ((body->count & (body->count - 1)) == 0)
        body->pieces =
            mem_resize(body->pieces, body->count ? body->count * 2 : 1, sizeof *body->pieces);
    struct piece *piece = &body->pieces[body->count++];
    *piece = (struct piece){.first = first};
    return piece;
}

static void cut_pieces(struct body *body)
{
    const struct draft_lines *lines = body->lines;
    struct piece *piece = NULL;
    for (size_t i = 0; i < lines->count; i++) {
        const struct draft_line *line = &lines->line[i];
        if (!is_body(line)) {
            piece = NULL;
            continue;
        }
        const bool is_new = !piece || line[-1].block != line->block;
        if (is_new || begins_piece(body, i, piece)) {
            if (!is_new && draft_word_mark(line->text, &(int){0}) == 0 &&
                draft_word_point(line->text, &(bool){0}) == 0 &&
                !draft_word_is_demand(line->folded))
                draft_note(lines->draft, line->number, false,
                           "does a new paragraph begin here? There is no empty line");
            piece = add_piece(body, i);
            piece->mark = draft_word_mark(line->text, &piece->number);
            piece->point = draft_word_point(line->text, &piece->is_lettered);
        }
        piece->end = i + 1;
        piece->chars += line->chars;
    }
}

/* ---- lists ---- */

static const char *text_of(const struct body *body, const struct piece *piece)
{
    return body->lines->line[piece->first].text;
}

/* A colon leads to what follows. */
static bool leads(const struct body *body, const struct piece *piece)
{
    const char *text = body->lines->line[piece->end - 1].text;
    return text[strlen(text) - 1] == ':';
}

/* "1." as against "1)". */
static char mark_of(const struct body *body, const struct piece *piece)
{
    const char *text = text_of(body, piece);
    return text[strspn(text, "0123456789")];
}

/* Behind the points of a demand: lines with letters or numbers of two parts, or, where it leads to
 * them or the next number follows, a list with marks of another kind. */
static size_t find_points(const struct body *body, size_t at)
{
    const struct piece *item = &body->pieces[at];
    size_t end = at + 1;
    if (item->number == 0 || item->mark == 0)
        return end;
    while (end < body->count && body->pieces[end].point > 0)
        end++;
    if (end > at + 1)
        return end;
    while (
        end < body->count && body->pieces[end].mark > 0 &&
        (body->pieces[end].number == 0 || mark_of(body, &body->pieces[end]) != mark_of(body, item)))
        end++;
    const bool goes_on = end < body->count && body->pieces[end].mark > 0 &&
                         body->pieces[end].number == item->number + 1;
    return leads(body, item) || goes_on ? end : at + 1;
}

/* They become lines of their demand, with their marks. */
static void join_points(struct body *body)
{
    size_t kept = 0;
    for (size_t at = 0, end; at < body->count; at = end) {
        struct piece piece = body->pieces[at];
        end = find_points(body, at);
        if (end > at + 1) {
            draft_note(body->lines->draft, body->lines->line[body->pieces[at + 1].first].number,
                       false, "are these points of number %d? They were kept as lines of it",
                       piece.number);
            for (size_t i = at + 1; i < end; i++)
                piece.chars += body->pieces[i].chars;
            piece.end = body->pieces[end - 1].end;
        }
        body->pieces[kept++] = piece;
    }
    body->count = kept;
}

/* "a) ... b) ..." under no number are demands themselves where a colon leads to them. */
static void take_letters(struct body *body)
{
    for (size_t from = 0, end; from < body->count; from = end) {
        end = from + 1;
        if (!body->pieces[from].is_lettered || from == 0 || !leads(body, &body->pieces[from - 1]))
            continue;
        while (end < body->count && body->pieces[end].is_lettered)
            end++;
        for (size_t i = from; end - from >= 2 && i < end; i++)
            body->pieces[i].mark = body->pieces[i].point;
    }
}

/* What is behind the signature is for an editor to place. */
static bool is_behind(const struct body *body, const struct piece *piece)
{
    return piece->first > body->foot;
}

/* A number by itself: it goes on with the list before, a colon led to it, or it makes a demand. */
static void take_number(struct body *body, size_t at, int last)
{
    struct piece *piece = &body->pieces[at];
    const int line = body->lines->line[piece->first].number;
    const bool is_led = at > 0 && piece->number == 1 && leads(body, &body->pieces[at - 1]);
    const bool goes_on = last > 0 && piece->number == last + 1;
    if (is_behind(body, piece))
        return;
    if (is_led || goes_on || draft_word_is_demand(body->lines->line[piece->first].folded)) {
        piece->kind = PIECE_ITEM;
        draft_note(body->lines->draft, line, false, "is this a demand? It was set as one");
    } else {
        draft_note(body->lines->draft, line, false,
                   "is this a demand? A number stood here, but no list");
    }
}

/* Marks make a list when two or more follow each other, numbers one by one. */
static void find_lists(struct body *body)
{
    int last = 0;
    for (size_t from = 0, end; from < body->count; from = end) {
        const struct piece *first = &body->pieces[from];
        end = from + 1;
        while (first->mark > 0 && end < body->count && body->pieces[end].mark > 0 &&
               (first->number > 0 ? body->pieces[end].number == body->pieces[end - 1].number + 1
                                  : body->pieces[end].number == 0))
            end++;
        for (size_t i = from; end - from >= 2 && i < end; i++)
            body->pieces[i].kind = PIECE_ITEM;
        if (end - from == 1 && first->mark > 0 && first->number > 0)
            take_number(body, from, last);
        if (first->kind == PIECE_ITEM)
            last = body->pieces[end - 1].number;
    }
}

/* ---- demands without marks ---- */

/* Whether a sentence ends with the full stop there: a word of three letters or more before it, and
 * a capital behind it. */
static bool ends_inside(const char *text, size_t len, size_t at)
{
    size_t letters = 0, from = at, next = at + 1;
    if (!strchr(".!?", text[at]) || at + 2 >= len || text[at + 1] != ' ')
        return false;
    while (from > 0 && text[from - 1] != ' ')
        letters += ((unsigned char)text[--from] & 0xc0) != 0x80;
    while (text[next] == ' ')
        next++;
    return letters > 2 && u_isupper((UChar32)utf8_next(text, len, &next));
}

static bool is_one_sentence(const struct body *body, const struct piece *piece)
{
    for (size_t i = piece->first; i < piece->end; i++) {
        const char *text = body->lines->line[i].text;
        const size_t len = strlen(text);
        for (size_t at = 0; at < len; at++)
            if (ends_inside(text, len, at))
                return false;
    }
    return true;
}

static bool is_demand(const struct body *body, const struct piece *piece)
{
    return piece->kind == PIECE_PARAGRAPH && piece->mark == 0 && piece->chars <= DEMAND_MOST &&
           draft_word_is_demand(body->lines->line[piece->first].folded) &&
           is_one_sentence(body, piece);
}

static bool is_slogan(const struct body *body, const struct piece *piece)
{
    const char *text = body->lines->line[piece->end - 1].text;
    return piece->kind == PIECE_PARAGRAPH && piece->chars <= SLOGAN_MOST &&
           text[strlen(text) - 1] == '!';
}

/* From the end upwards, over a call or an address that may stand under them. */
static void find_demands(struct body *body)
{
    size_t end = body->count, first;
    while (end > 1 && is_behind(body, &body->pieces[end - 1]))
        end--;
    for (int n = 0; n < SLOGANS_MOST && end > 1 && !is_demand(body, &body->pieces[end - 1]) &&
                    is_slogan(body, &body->pieces[end - 1]);
         n++)
        end--;
    while (end > 1 && draft_word_is_contact(body->lines->line[body->pieces[end - 1].first].folded))
        end--;
    for (first = end; first > 1 && is_demand(body, &body->pieces[first - 1]);)
        first--;
    for (size_t i = first; i < end; i++)
        body->pieces[i].kind = PIECE_DEMAND;
    if (end - first == 1)
        draft_note(body->lines->draft, body->lines->line[body->pieces[first].first].number, false,
                   "is this a demand? It was set as one");
}

/* ---- blocks ---- */

static void add_block(struct body *body, const struct piece *piece)
{
    struct draft *draft = body->lines->draft;
    struct str markdown = STR_INIT;
    if ((draft->block_count & (draft->block_count - 1)) == 0)
        draft->blocks = mem_resize(draft->blocks, draft->block_count ? draft->block_count * 2 : 1,
                                   sizeof *draft->blocks);
    for (size_t i = piece->first; i < piece->end; i++) {
        const struct draft_line *line = &body->lines->line[i];
        const bool is_set_in = piece->mark > 0 && line->is_indented;
        const bool is_point = piece->mark > 0 && i > piece->first &&
                              (draft_word_mark(line->text, &(int){0}) > 0 ||
                               draft_word_point(line->text, &(bool){0}) > 0);
        const bool is_break = is_point || (i > piece->first && !is_set_in &&
                                           !is_full(body, &body->lines->line[i - 1]));
        const size_t skip = i == piece->first && piece->kind == PIECE_ITEM ? piece->mark : 0;
        if (is_break && !is_point)
            draft_note(draft, line->number, false, "the line before was short; its end was kept");
        if (i > piece->first)
            str_append_text(&markdown, is_break ? "\\\n" : " ");
        draft_markup_line(&markdown, line->marked, skip, i == piece->first || is_break);
    }
    draft->blocks[draft->block_count++] = (struct draft_block){
        .is_demand = piece->kind != PIECE_PARAGRAPH,
        .first = body->lines->line[piece->first].number,
        .last = body->lines->line[piece->end - 1].number,
        .markdown = str_take(&markdown),
    };
}

/* Demands are numbered through the whole text; where that gives another number, it is told. */
static void make_blocks(struct body *body)
{
    int next = 1;
    for (size_t i = 0; i < body->count; i++) {
        const struct piece *piece = &body->pieces[i];
        const int line = body->lines->line[piece->first].number;
        const bool is_first = i == 0 || body->pieces[i - 1].kind != piece->kind;
        add_block(body, piece);
        if (piece->kind == PIECE_PARAGRAPH)
            continue;
        if (piece->kind == PIECE_ITEM && piece->number > 0 && piece->number != next)
            draft_note(body->lines->draft, line, false,
                       "this was number %d; a letter numbers its demands through, so it is %d",
                       piece->number, next);
        else if (piece->kind == PIECE_ITEM && piece->number == 0 && is_first)
            draft_note(body->lines->draft, line, false,
                       piece->is_lettered
                           ? "this list had letters; a letter numbers its demands"
                           : "this list had no numbers; a letter numbers its demands");
        next++;
    }
}

void draft_body_make(struct draft_lines *lines)
{
    struct body body = {.lines = lines, .width = measure_paper(lines)};
    while (body.foot < lines->count && lines->line[body.foot].role < ROLE_CLOSING)
        body.foot++;
    cut_pieces(&body);
    join_points(&body);
    take_letters(&body);
    find_lists(&body);
    find_demands(&body);
    make_blocks(&body);
    free(body.pieces);
}
