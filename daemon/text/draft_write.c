/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The draft as files. A note stands over what it is about, in the head as a line with "#", in the
 * body as a comment; between demands it stands under its own, where it parts no list.
 */
#include "base/mem.h"
#include "text/draft.h"
#include "text/slug.h"
#include <stdlib.h>
#include <string.h>

#define SLUG_MOST 48 /* bytes; addresses are typed */

static const char *const keys[DRAFT_FIELD_COUNT] = {
    [DRAFT_LETTERHEAD] = "letterhead", [DRAFT_NUMBER] = "number",   [DRAFT_DATE] = "date",
    [DRAFT_PLACE] = "place",           [DRAFT_KIND] = "kind",       [DRAFT_TITLE] = "title",
    [DRAFT_SALUTATION] = "salutation", [DRAFT_CLOSING] = "closing", [DRAFT_OFFICE] = "signatory",
    [DRAFT_NAME] = "signatory.name",
};

/* Two hyphens would end a comment early, or make it none. */
static void append_calm(struct str *out, const char *text)
{
    for (; *text; text++) {
        str_append_char(out, *text);
        if (text[0] == '-' && text[1] == '-')
            str_append_char(out, ' ');
    }
}

static void write_note(struct str *out, const struct draft_note *note, const char *open,
                       const char *close)
{
    str_append_format(out, "%sline %d: %s", open, note->line, note->is_suspect ? "suspect: " : "");
    append_calm(out, note->text);
    str_append_text(out, close);
}

/* The notes about lines that have not been written yet. */
static void write_notes(const struct draft *draft, struct str *out, int first, int last,
                        bool *written, const char *const marks[2])
{
    for (size_t i = 0; i < draft->note_count; i++) {
        const struct draft_note *note = &draft->notes[i];
        if (written[i] || note->line < first || note->line > last)
            continue;
        written[i] = true;
        write_note(out, note, marks[0], marks[1]);
    }
}

const struct draft_part *draft_find(const struct draft *draft, enum draft_field field)
{
    for (size_t i = 0; i < draft->part_count; i++)
        if (draft->parts[i].field == field)
            return &draft->parts[i];
    return NULL;
}

/* What an editor may look for in vain. */
static void write_missing(const struct draft *draft, struct str *out)
{
    bool is_first = true;
    for (int field = 0; field < DRAFT_FIELD_COUNT; field++) {
        if (!keys[field] || field == DRAFT_NAME || draft_find(draft, (enum draft_field)field))
            continue;
        str_append_format(out, "%s%s", is_first ? "# Not found, so left out: " : ", ", keys[field]);
        is_first = false;
    }
    if (!is_first)
        str_append_text(out, ".\n");
}

static void write_part(const struct draft *draft, const struct draft_part *part, struct str *out)
{
    if (part->field == DRAFT_AS_IT_STOOD)
        str_append_format(out, "# line %d, as it stood: %s\n", part->line, part->text);
    else if (part->field == DRAFT_LETTERHEAD && part->text[0] != '\0' &&
             strcmp(part->language, draft->language) != 0)
        str_append_format(out, "letterhead[%s]: %s\n", part->language, part->text);
    else
        str_append_format(out, "%s:%s%s\n", keys[part->field], part->text[0] != '\0' ? " " : "",
                          part->text);
}

static void write_head(const struct draft *draft, const char *digest, struct str *out,
                       bool *written)
{
    static const char *const marks[2] = {"# ", "\n"};
    str_append_format(out,
                      "---\n"
                      "# Drafted from original.%s.txt, whose lines are meant below. Questions and "
                      "suspects stand\n"
                      "# as comments; delete them when they are settled. No word was changed.\n",
                      draft->language);
    write_missing(draft, out);
    str_append_format(out, "original: sha256:%s\n", digest);
    for (size_t i = 0; i < draft->part_count; i++) {
        write_notes(draft, out, draft->parts[i].line, draft->parts[i].line, written, marks);
        write_part(draft, &draft->parts[i], out);
    }
    if (draft->more_notes > 0)
        str_append_format(out, "# %zu more suspects are not listed.\n", draft->more_notes);
    str_append_text(out, "---\n");
}

void draft_write_text(const struct draft *draft, const char *digest, struct str *out)
{
    static const char *const over[2] = {"<!-- ", " -->\n"};
    static const char *const under[2] = {"   <!-- ", " -->\n"};
    bool written[DRAFT_NOTES_MOST] = {false};
    int demand = 0;
    write_head(draft, digest, out, written);
    for (size_t i = 0; i < draft->block_count; i++) {
        const struct draft_block *block = &draft->blocks[i];
        const bool goes_on = i > 0 && block->is_demand && draft->blocks[i - 1].is_demand;
        str_append_text(out, goes_on ? "" : "\n");
        if (block->is_demand) {
            str_append_format(out, "%d. %s\n", ++demand, block->markdown);
            write_notes(draft, out, block->first, block->last, written, under);
        } else {
            write_notes(draft, out, block->first, block->last, written, over);
            str_append_format(out, "%s\n", block->markdown);
        }
    }
}

void draft_write_settings(const struct draft *draft, const char *name, struct str *out)
{
    struct str title = STR_INIT;
    for (size_t i = 0; i < draft->part_count; i++)
        if (draft->parts[i].field == DRAFT_TITLE)
            str_append_format(&title, "%s ", draft->parts[i].text);
    char *slug = slug_make(str_text(&title), draft->language, SLUG_MOST);
    if (!slug)
        slug = slug_make(name, draft->language, SLUG_MOST);
    str_append_format(
        out,
        "# A draft: look through it, fill in whom the letter goes to, then import the "
        "folder.\n"
        "# Format: undersign-appeal(5).\n"
        "[appeal]\n"
        "# The appeal's name in addresses; short is best, and it stays.\n"
        "slug = %s\n"
        "authoritative = %s\n"
        "policy = before\n"
        "form = joint\n"
        "visibility = public\n"
        "# The first and the last day for signing, if there are such:\n"
        "# opens = YYYY-MM-DD\n"
        "# closes = YYYY-MM-DD\n"
        "\n"
        "# Whom the letter goes to: a section for each, in the order of the page. "
        "Take the \"#\" away\n"
        "# and fill in. kind: government, company, international, federation or "
        "press;\n"
        "# role: to, via or copy.\n",
        slug ? slug : "appeal-draft", draft->language);
    for (size_t i = 0; i < draft->addressee_count; i++)
        str_append_format(out, "# The text says: %s\n", draft->addressees[i]);
    str_append_format(out,
                      "# [addressee.government]\n"
                      "# kind = government\n"
                      "# role = to\n"
                      "# language = %s\n"
                      "# name =\n"
                      "# address =\n"
                      "#     Street and number\n"
                      "#     Town\n"
                      "# email =\n"
                      "# salutation =\n",
                      draft->language);
    free(slug);
    str_free(&title);
}
