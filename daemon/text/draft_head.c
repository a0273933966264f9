/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What stands over the body: letterhead, registration, kind, title, salutation. The lines down to
 * the first that is prose are looked at; what is known by its words (a date, "Open letter", "Tel.")
 * is set first and tells what the lines around it are. Where nothing tells, order does, and a
 * question is asked.
 */
#include "base/mem.h"
#include "base/utf8.h"
#include "text/draft_line.h"
#include "text/draft_word.h"
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>

#define HEAD_MOST 40     /* lines */
#define LINE_MOST 200    /* code points of a line there */
#define TITLE_MOST 300   /* code points of what can still be a title */
#define SENTENCE_WORDS 6 /* from so many words on, what ends with a full stop is prose */

enum sort { SORT_PLAIN, SORT_CONTACT, SORT_ADDRESSEE, SORT_KNOWN };

struct head {
    struct draft_lines *lines;
    size_t count; /* lines down to the prose */
    enum sort sorts[HEAD_MOST];
    size_t kind, first, last; /* of the kind; of what is known; HEAD_MOST: there is none */
    size_t contact;           /* behind the last contact line */
    bool has_date, has_number, has_place;
};

/* "Petrov P. P." ends with a full stop, and ends nothing. */
static bool ends_initial(const char *text, size_t len)
{
    size_t from = len - 1;
    while (from > 0 && !strchr(" .", text[from - 1]))
        from--;
    size_t next = from;
    return from > 0 && from < len - 1 && text[len - 1] == '.' &&
           u_isupper((UChar32)utf8_next(text, len, &next)) && next == len - 1;
}

static bool ends_sentence(const char *text)
{
    static const char *const ends[] = {".", "!", "?", "…", ":", ";", ".»", "!»", ".\"", ".”", NULL};
    const size_t len = strlen(text);
    if (len > 0 && ends_initial(text, len))
        return false;
    for (size_t i = 0; ends[i]; i++) {
        const size_t n = strlen(ends[i]);
        if (len > n && strcmp(text + len - n, ends[i]) == 0)
            return true;
    }
    return false;
}

/* What no title is: a sentence, what leads to a list, a demand. A call ("Freedom now!") may be. */
static bool is_sentence(const struct draft_line *line)
{
    const size_t len = strlen(line->text);
    return draft_word_begins_demand(line->folded) ||
           (ends_sentence(line->text) && line->text[len - 1] != '!');
}

static int count_words(const char *text)
{
    int words = 0;
    for (text += strspn(text, " "); *text; words++) {
        text += strcspn(text, " ");
        text += strspn(text, " ");
    }
    return words;
}

static bool is_set_off(const struct draft_line *line)
{
    return line->is_bold || draft_line_is_capitals(line);
}

/* Known by its own words or looks, whatever stands behind it. */
static bool is_head_line(const struct draft_line *line, const char *language)
{
    struct draft_registration registration;
    if (line->chars > LINE_MOST)
        return false;
    if (is_set_off(line) || draft_word_is_kind(line->folded) ||
        draft_word_is_contact(line->folded) || draft_word_is_salutation(line->folded, line->chars))
        return true;
    if (!draft_date_parse(line, language, &registration))
        return false;
    draft_date_clear(&registration);
    return true;
}

/* Whether prose begins with that line: it and those behind it in its block make sentences. */
static bool is_prose(const struct draft_lines *lines, size_t at)
{
    size_t chars = 0, end = at;
    int words = 0;
    int number;
    if (draft_word_mark(lines->line[at].text, &number) > 0)
        return true;
    for (; end < lines->count && lines->line[end].block == lines->line[at].block; end++) {
        if (end > at && is_set_off(&lines->line[end]))
            break;
        chars += lines->line[end].chars;
        words += count_words(lines->line[end].text);
    }
    return chars > LINE_MOST ||
           (words >= SENTENCE_WORDS && ends_sentence(lines->line[end - 1].text));
}

static bool is_place(const struct draft_lines *lines, size_t at, size_t date)
{
    static const char town[] = "г. ";
    const struct draft_line *line = &lines->line[at];
    return line->role == ROLE_BODY && draft_date_is_place(line->text) && !is_set_off(line) &&
           !draft_word_has_body(line->folded) &&
           (strncmp(line->text, town, strlen(town)) == 0 || line->block == lines->line[date].block);
}

/* A place that stands by itself counts only beside a date. */
static void take_place(struct head *head, size_t date)
{
    struct draft_lines *lines = head->lines;
    size_t at = lines->count;
    if (date > 0 && is_place(lines, date - 1, date))
        at = date - 1;
    else if (date + 1 < lines->count && is_place(lines, date + 1, date))
        at = date + 1;
    if (at == lines->count || head->has_place)
        return;
    head->has_place = true;
    lines->line[at].role = ROLE_PLACE;
    draft_note(lines->draft, lines->line[at].number, false, "is this the place?");
}

/* Date, number and place come once; a line that says one again is none of these. */
static bool take_registration(struct head *head, size_t at)
{
    struct draft_lines *lines = head->lines;
    struct draft_registration said;
    if (!draft_date_parse(&lines->line[at], lines->draft->language, &said))
        return false;
    const bool is_first = !(said.has_date && head->has_date) &&
                          !(said.number && head->has_number) && !(said.place && head->has_place) &&
                          !(said.kind && head->kind < HEAD_MOST);
    if (is_first) {
        lines->line[at].role = ROLE_REGISTRATION;
        head->has_date = head->has_date || said.has_date;
        head->has_number = head->has_number || said.number;
        head->has_place = head->has_place || said.place;
        head->kind = said.kind ? at : head->kind;
        if (said.has_date)
            take_place(head, at);
    }
    draft_date_clear(&said);
    return is_first;
}

/* Gives a line the role that it has in any case. */
static enum sort sort_line(struct head *head, size_t at)
{
    struct draft_line *line = &head->lines->line[at];
    if (line->role != ROLE_BODY)
        return SORT_KNOWN;
    if (draft_word_is_kind(line->folded) && head->kind == HEAD_MOST) {
        line->role = ROLE_KIND;
        head->kind = at;
    } else if (draft_word_is_contact(line->folded)) {
        return SORT_CONTACT;
    } else if (draft_word_is_salutation(line->folded, line->chars)) {
        line->role = ROLE_SALUTATION;
    } else if (!take_registration(head, at)) {
        return SORT_PLAIN;
    }
    return SORT_KNOWN;
}

/* "To the President of ..." and what stands under it in the same block. They stay in the draft's
 * head as a comment, at their place; the settings get a hint. */
static void sort_addressees(struct head *head)
{
    struct draft_lines *lines = head->lines;
    struct draft *draft = lines->draft;
    for (size_t i = 0; i < head->count; i++) {
        /* In bold or capitals, under the kind, it is more likely the title. */
        const bool is_over = head->kind < HEAD_MOST && i < head->kind;
        if (head->sorts[i] != SORT_PLAIN || (is_set_off(&lines->line[i]) && !is_over) ||
            !draft_word_is_addressee(lines->line[i].folded))
            continue;
        const int block = lines->line[i].block;
        draft_note(
            draft, lines->line[i].number, false,
            "does this say whom the letter goes to? Then it belongs into appeal.ini; if not, "
            "take it into the title or the text");
        for (; i < head->count && lines->line[i].block == block && head->sorts[i] != SORT_KNOWN;
             i++) {
            head->sorts[i] = SORT_ADDRESSEE;
            lines->line[i].role = ROLE_ADDRESSEE;
            draft->addressees = mem_resize(draft->addressees, draft->addressee_count + 1,
                                           sizeof *draft->addressees);
            draft->addressees[draft->addressee_count++] = mem_string(lines->line[i].text);
        }
        i--;
    }
}

static void ask(struct head *head, size_t at, const char *question)
{
    draft_note(head->lines->draft, head->lines->line[at].number, false, "%s", question);
}

/* Plain lines from one to another become letterhead or title; contacts are always letterhead. */
static size_t give(struct head *head, size_t from, size_t end, enum draft_role role)
{
    size_t given = 0;
    for (size_t i = from; i < end; i++) {
        struct draft_line *line = &head->lines->line[i];
        if (line->role != ROLE_BODY)
            continue;
        line->role = head->sorts[i] == SORT_CONTACT ? ROLE_LETTERHEAD : role;
        given += line->role == role;
        if (line->role == ROLE_TITLE && is_sentence(line))
            ask(head, i, "does this belong to the title?");
    }
    return given;
}

/* Where the last block of plain lines before end begins; end: there is none. */
static size_t last_plain_block(const struct head *head, size_t from, size_t end)
{
    size_t last = end;
    while (last > from && head->sorts[last - 1] != SORT_PLAIN)
        last--;
    size_t begin = last;
    while (begin > from && head->sorts[begin - 1] == SORT_PLAIN &&
           head->lines->line[begin - 1].block == head->lines->line[last - 1].block &&
           head->lines->line[begin - 1].is_bold == head->lines->line[last - 1].is_bold)
        begin--;
    return begin < last ? begin : end;
}

static size_t find_role(const struct head *head, enum draft_role role)
{
    for (size_t i = 0; i < head->count; i++)
        if (head->lines->line[i].role == role)
            return i;
    return head->count;
}

/* The kind divides: what stands over it is letterhead, what stands under it is the title. */
static void divide_by_kind(struct head *head)
{
    const struct draft_line *line = head->lines->line;
    size_t over = head->kind;
    give(head, 0, head->kind, ROLE_LETTERHEAD);
    while (over > 0 && line[over - 1].role != ROLE_LETTERHEAD)
        over--;
    if (over > 0 && head->contact == 0 && !is_set_off(&line[0]) &&
        !draft_word_has_body(line[0].folded))
        ask(head, find_role(head, ROLE_LETTERHEAD), "is this the letterhead?");
    give(head, head->kind + 1, head->count, ROLE_TITLE);
}

/* Otherwise the title is the last thing before the body that nothing else explains. */
static void divide_by_order(struct head *head)
{
    const size_t from = head->last < head->count ? head->last + 1 : 0;
    size_t title = last_plain_block(head, from, head->count);
    if (title == head->count && head->first < head->count) {
        title = last_plain_block(head, 0, head->first);
        if (title == head->first)
            title = head->count;
    }
    if (title == head->count) {
        give(head, 0, head->count, ROLE_LETTERHEAD);
        return;
    }
    if (title < head->contact && head->contact <= head->count && title < head->first) {
        /* Under it stands an address: then it is whose letter it is. */
        give(head, 0, head->count, ROLE_LETTERHEAD);
        ask(head, title, "no title was found; is it among these lines?");
        return;
    }
    const size_t over = give(head, 0, title, ROLE_LETTERHEAD);
    give(head, title, head->count, ROLE_TITLE);
    if (over > 0 && head->contact == 0)
        ask(head, find_role(head, ROLE_LETTERHEAD), "is this the letterhead?");
    ask(head, title, "is this the title?");
}

static void check_title(struct head *head)
{
    size_t chars = 0, first = find_role(head, ROLE_TITLE);
    for (size_t i = 0; i < head->count; i++)
        if (head->lines->line[i].role == ROLE_TITLE)
            chars += head->lines->line[i].chars;
    if (chars == 0) {
        /* "On the strike." under "Open letter": it ends as a sentence does. */
        if (head->count > 0 && head->count < head->lines->count &&
            find_role(head, ROLE_SALUTATION) == head->count &&
            head->lines->line[head->count].chars <= TITLE_MOST / 2)
            ask(head, head->count, "is this the title? It was taken for the text");
        return;
    }
    if (chars > TITLE_MOST)
        ask(head, first, "this is long for a title; where does it end?");
    if (head->kind == HEAD_MOST && draft_word_begins_kind(head->lines->line[first].folded))
        ask(head, first, "does the title begin with the document's kind?");
}

static void undo(struct head *head)
{
    struct draft *draft = head->lines->draft;
    for (size_t i = 0; i < head->count; i++)
        head->lines->line[i].role = ROLE_BODY;
    while (draft->addressee_count > 0)
        free(draft->addressees[--draft->addressee_count]);
    ask(head, 0, "there is nothing but a heading here; all of it was taken for the text");
}

/* Behind the salutation comes the letter; and so does it behind all that is known, from the first
 * line on that is a sentence. */
static size_t measure_head(const struct head *head)
{
    const struct draft_line *line = head->lines->line;
    const size_t salutation = find_role(head, ROLE_SALUTATION);
    size_t known = 0;
    if (salutation < head->count)
        return salutation + 1;
    for (size_t i = 0; i < head->count; i++)
        if (head->sorts[i] != SORT_PLAIN)
            known = i + 1;
    for (size_t i = known; i < head->count; i++) {
        if (!is_sentence(&line[i]))
            continue;
        while (i > known && line[i - 1].block == line[i].block &&
               is_set_off(&line[i - 1]) == is_set_off(&line[i]))
            i--; /* it began on a line before */
        return i;
    }
    return head->count;
}

static void sort_lines(struct head *head)
{
    const struct draft_line *line = head->lines->line;
    for (size_t i = 0; i < head->count; i++) {
        head->sorts[i] = sort_line(head, i);
        if (line[i].role == ROLE_SALUTATION)
            head->count = i + 1;
    }
    /* A place before its date was sorted before it was known to be one. */
    for (size_t i = 0; i < head->count; i++)
        if (line[i].role == ROLE_PLACE)
            head->sorts[i] = SORT_KNOWN;
    head->count = measure_head(head);
    sort_addressees(head);
    for (size_t i = 0; i < head->count; i++) {
        if (head->sorts[i] == SORT_CONTACT)
            head->contact = i + 1;
        if (line[i].role == ROLE_REGISTRATION || line[i].role == ROLE_PLACE) {
            head->first = head->first == HEAD_MOST ? i : head->first;
            head->last = i;
        }
    }
}

size_t draft_head_find(struct draft_lines *lines)
{
    struct head head = {.lines = lines, .kind = HEAD_MOST, .first = HEAD_MOST, .last = HEAD_MOST};
    while (head.count < lines->count && head.count < HEAD_MOST &&
           (is_head_line(&lines->line[head.count], lines->draft->language) ||
            !is_prose(lines, head.count)))
        head.count++;
    sort_lines(&head);
    if (head.kind < HEAD_MOST)
        divide_by_kind(&head);
    else
        divide_by_order(&head);
    check_title(&head);
    if (head.count == lines->count && head.count > 0)
        undo(&head);
    return head.count == lines->count ? 0 : head.count;
}
