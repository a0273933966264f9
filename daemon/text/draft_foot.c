/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What stands under the body: closing words, who signs, sometimes the date. Read from the end
 * upwards, since only what nothing follows is a signature, but for an address, enclosures or a
 * page's number: these stay a part of the text, for an editor to place.
 */
#include "text/draft_line.h"
#include "text/draft_word.h"
#include <stdlib.h>
#include <string.h>

#define FOOT_MOST 15  /* lines */
#define LINE_MOST 120 /* code points */
#define TAIL_MOST 12  /* lines of an address or of enclosures under the signature */

struct foot {
    struct draft_lines *lines;
    size_t first, end; /* of the signature */
};

static bool ends_sentence(const char *text)
{
    const size_t len = strlen(text);
    return len > 0 && strchr(".!?;:", text[len - 1]) != NULL;
}

static bool is_closing(const struct draft_line *line)
{
    return draft_word_is_closing(line->folded, line->chars);
}

/* A name, by itself or behind the office on its line. */
static bool has_name(const struct draft_line *line)
{
    return (draft_word_is_name(line->text) && !draft_word_has_body(line->folded) &&
            !draft_word_has_office(line->folded)) ||
           draft_word_name_end(line->text) > 0 || draft_word_name_front(line->text) > 0;
}

/* "For the union, the secretary:" */
static bool introduces(const struct draft_line *line)
{
    const size_t len = strlen(line->text);
    return len > 0 && line->text[len - 1] == ':' && draft_word_has_office(line->folded);
}

/* A line that can stand under a letter: short, no sentence, no item of a list. */
static bool is_foot_line(const struct draft_line *line)
{
    int number;
    if (is_closing(line))
        return true;
    return line->chars <= LINE_MOST && draft_word_mark(line->text, &number) == 0 &&
           (!ends_sentence(line->text) || has_name(line) || introduces(line)) &&
           !draft_word_is_demand(line->folded) && !draft_word_is_kind(line->folded);
}

/* What tells that a block signs: a name, an office, a body, or that it is set in bold. */
static bool is_signing(const struct draft_line *line)
{
    return has_name(line) || is_closing(line) || line->is_bold ||
           draft_word_has_office(line->folded) || draft_word_has_body(line->folded);
}

/* The first line of the block that ends before end, so far as its lines could stand in a foot. */
static size_t block_begin(const struct foot *foot, size_t end, size_t start)
{
    const struct draft_line *line = foot->lines->line;
    size_t from = end;
    while (from > start && line[from - 1].block == line[end - 1].block &&
           line[from - 1].role == ROLE_BODY && is_foot_line(&line[from - 1]))
        from--;
    return from;
}

/* Blocks that sign, upwards; a closing is the first of them. */
static void find_signature(struct foot *foot, size_t start)
{
    const struct draft_line *line = foot->lines->line;
    foot->first = foot->end;
    while (foot->first > start) {
        const size_t from = block_begin(foot, foot->first, start);
        /* A block of which only the last lines would do is prose, but for a closing in it. */
        const bool is_cut = from > start && from < foot->first &&
                            line[from - 1].block == line[from].block &&
                            line[from - 1].role == ROLE_BODY && !is_closing(&line[from]);
        bool signs = false, closes = false;
        for (size_t i = from; i < foot->first; i++) {
            signs = signs || is_signing(&line[i]);
            closes = closes || is_closing(&line[i]);
        }
        if (from == foot->first || is_cut || !signs || foot->end - from > FOOT_MOST)
            return;
        foot->first = from;
        if (closes)
            return;
    }
}

static bool is_believable(const struct foot *foot)
{
    const struct draft_line *line = foot->lines->line;
    for (size_t i = foot->first; i < foot->end; i++)
        if (has_name(&line[i]) || is_closing(&line[i]) || line[i].is_bold ||
            draft_word_has_office(line[i].folded))
            return true;
    /* Nothing but a union's name: it signs when it stands alone at the end. */
    return foot->end - foot->first == 1 && line[foot->first].chars <= 80;
}

/* Gives the roles; whether an office stands with the names, which makes them sure. */
static bool give_roles(struct foot *foot)
{
    bool has_office = false, has_closing = false;
    for (size_t i = foot->first; i < foot->end; i++) {
        struct draft_line *line = &foot->lines->line[i];
        const size_t split = draft_word_name_end(line->text);
        if (!has_closing && is_closing(line)) {
            line->role = ROLE_CLOSING;
            has_closing = true;
        } else if (!has_name(line)) {
            line->role = ROLE_OFFICE;
            has_office = true;
        } else if (draft_word_name_front(line->text) > 0) {
            const char *office = strchr(line->text + draft_word_name_front(line->text) + 1, ' ');
            /* Behind ", " or behind " - " */
            if (line->text[draft_word_name_front(line->text)] == ',')
                office = line->text + draft_word_name_front(line->text) + 1;
            line->role = ROLE_NAME_AND_OFFICE;
            line->split = (size_t)(office + strspn(office, " ") - line->text);
            has_office = true;
            draft_note(foot->lines->draft, line->number, false,
                       "name and office stood on one line; a letter prints the office first");
        } else if (split > 0 &&
                   (!draft_word_is_name(line->text) || draft_word_has_office(line->folded))) {
            line->role = ROLE_OFFICE_AND_NAME;
            line->split = split;
            has_office = true;
            draft_note(foot->lines->draft, line->number, false,
                       "office and name stood on one line; is the name what was taken for it?");
        } else {
            line->role = ROLE_NAME;
        }
    }
    return has_office;
}

/* Name first and office under it, as English letters have it. */
static bool is_name_first(const struct foot *foot)
{
    size_t i = foot->first;
    while (i < foot->end && foot->lines->line[i].role == ROLE_CLOSING)
        i++;
    return i + 1 < foot->end && foot->lines->line[i].role == ROLE_NAME &&
           foot->lines->line[foot->end - 1].role == ROLE_OFFICE;
}

static void tell(const struct foot *foot, bool has_office)
{
    struct draft *draft = foot->lines->draft;
    size_t first = foot->first;
    bool has_name_line = false;
    while (first + 1 < foot->end && foot->lines->line[first].role == ROLE_CLOSING)
        first++;
    for (size_t i = first; i < foot->end; i++)
        has_name_line = has_name_line || foot->lines->line[i].role == ROLE_NAME ||
                        foot->lines->line[i].role == ROLE_OFFICE_AND_NAME ||
                        foot->lines->line[i].role == ROLE_NAME_AND_OFFICE;
    const int line = foot->lines->line[first].number;
    if (is_name_first(foot))
        draft_note(draft, line, false,
                   "the name stood over the office; a letter prints it under the office");
    else if (!has_name_line)
        draft_note(draft, line, false, "is this who signs, without a name?");
    else if (!has_office)
        draft_note(draft, line, false, "is this who signs? No office was found");
}

/* A date that stands under everything, where none stands over it. */
static bool take_date(struct draft_lines *lines, size_t at)
{
    struct draft_registration said;
    for (size_t i = 0; i < lines->count; i++)
        if (lines->line[i].role == ROLE_REGISTRATION || lines->line[i].role == ROLE_PLACE)
            return false;
    if (!draft_date_parse(&lines->line[at], lines->draft->language, &said))
        return false;
    const bool is_date = said.has_date && !said.kind;
    if (is_date)
        lines->line[at].role = ROLE_REGISTRATION;
    draft_date_clear(&said);
    return is_date;
}

/* Where enclosures begin that nothing follows which signs; end: there are none. */
static size_t find_enclosures(const struct draft_lines *lines, size_t start, size_t end)
{
    size_t found = end;
    for (size_t at = end; at > start && end - at < TAIL_MOST; at--) {
        const struct draft_line *line = &lines->line[at - 1];
        if (line->role != ROLE_BODY || is_closing(line))
            break;
        if (draft_word_is_enclosure(line->folded))
            found = at - 1;
        else if (has_name(line) && found == end)
            break;
    }
    return found;
}

/* What may stand under a signature, upwards from end. */
static size_t skip_tail(const struct draft_lines *lines, size_t start, size_t end)
{
    size_t at = end;
    while (at > start && end - at < TAIL_MOST) {
        const struct draft_line *line = &lines->line[at - 1];
        const bool is_tail =
            line->role == ROLE_BODY && line->chars <= LINE_MOST &&
            (draft_word_is_contact(line->folded) || draft_word_is_page_number(line->folded));
        const size_t enclosures = is_tail ? at - 1 : find_enclosures(lines, start, at);
        if (enclosures == at)
            break;
        at = enclosures;
    }
    return at;
}

size_t draft_foot_find(struct draft_lines *lines, size_t start)
{
    struct foot foot = {.lines = lines, .end = skip_tail(lines, start + 1, lines->count)};
    const bool has_tail = foot.end < lines->count;
    const size_t tail = foot.end;
    if (foot.end > start + 1 && take_date(lines, foot.end - 1))
        foot.end--;
    const size_t dated = foot.end;
    foot.end = skip_tail(lines, start + 1, foot.end);
    find_signature(&foot, start + 1); /* a letter has a word of text at least */
    if (foot.first < foot.end && is_believable(&foot)) {
        const size_t under = foot.end < dated ? foot.end : tail;
        if (has_tail || under < dated)
            draft_note(lines->draft, lines->line[under].number, false,
                       "this stood under the signature; where does it belong?");
        tell(&foot, give_roles(&foot));
        if (foot.first > start + 1 && take_date(lines, foot.first - 1))
            foot.first--;
        return foot.first;
    }
    return dated;
}
