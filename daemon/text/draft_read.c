/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "text/draft.h"
#include "text/draft_line.h"
#include "text/draft_word.h"
#include "text/markdown.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- parts ---- */

static struct draft_part *add_part(struct draft *draft, enum draft_field field, int line,
                                   const char *text, size_t len)
{
    if ((draft->part_count & (draft->part_count - 1)) == 0)
        draft->parts = mem_resize(draft->parts, draft->part_count ? draft->part_count * 2 : 1,
                                  sizeof *draft->parts);
    struct draft_part *part = &draft->parts[draft->part_count++];
    *part = (struct draft_part){.field = field, .line = line, .text = mem_string_part(text, len)};
    return part;
}

static void add_whole(struct draft *draft, enum draft_field field, const struct draft_line *line)
{
    (void)add_part(draft, field, line->number, line->text, strlen(line->text));
}

/* Angle brackets around an address of the net are a mark, as asterisks are. */
static char *without_brackets(const char *text)
{
    struct str out = STR_INIT;
    for (const char *at = text; *at;) {
        const size_t len = *at == '<' ? strcspn(at + 1, "<> ") : 0;
        if (len > 0 && at[len + 1] == '>' && (memmem(at, len, "://", 3) || memchr(at, '@', len))) {
            str_append(&out, at + 1, len);
            at += len + 2;
        } else {
            str_append_char(&out, *at++);
        }
    }
    return str_take(&out);
}

static void add_letterhead(struct draft *draft, const struct draft_line *line, bool is_behind_gap)
{
    bool is_unsure;
    const char *language =
        draft_language_guess(line->text, line->folded, draft->language, &is_unsure);
    char *text = without_brackets(line->text);
    if (is_behind_gap)
        (void)add_part(draft, DRAFT_LETTERHEAD, line->number, "", 0);
    struct draft_part *part = add_part(draft, DRAFT_LETTERHEAD, line->number, text, strlen(text));
    snprintf(part->language, sizeof part->language, "%s", language ? language : draft->language);
    if (language && is_unsure)
        draft_note(draft, line->number, false, "in which language is this line? %s is a guess",
                   language);
    free(text);
}

static void add_registration(struct draft *draft, const struct draft_line *line)
{
    struct draft_registration said;
    if (!draft_date_parse(line, draft->language, &said))
        return; /* it has been parsed before */
    add_whole(draft, DRAFT_AS_IT_STOOD, line);
    if (said.kind)
        (void)add_part(draft, DRAFT_KIND, line->number, said.kind, strlen(said.kind));
    if (said.number)
        (void)add_part(draft, DRAFT_NUMBER, line->number, said.number, strlen(said.number));
    if (said.has_date) {
        char day[16];
        clock_print_day(said.date, day);
        (void)add_part(draft, DRAFT_DATE, line->number, day, strlen(day));
    }
    if (said.place)
        (void)add_part(draft, DRAFT_PLACE, line->number, said.place, strlen(said.place));
    if (said.is_unsure)
        draft_note(draft, line->number, false, "which is the month here, and which the day?");
    draft_date_clear(&said);
}

static void add_line(struct draft *draft, const struct draft_line *line)
{
    static const enum draft_field fields[] = {
        [ROLE_PLACE] = DRAFT_PLACE,     [ROLE_KIND] = DRAFT_KIND,
        [ROLE_TITLE] = DRAFT_TITLE,     [ROLE_SALUTATION] = DRAFT_SALUTATION,
        [ROLE_CLOSING] = DRAFT_CLOSING,
    };
    if (line->role == ROLE_REGISTRATION)
        add_registration(draft, line);
    else if (line->role == ROLE_ADDRESSEE)
        add_whole(draft, DRAFT_AS_IT_STOOD, line);
    else if (line->role >= ROLE_PLACE && line->role <= ROLE_CLOSING)
        add_whole(draft, fields[line->role], line);
    if (line->role == ROLE_KIND && !draft_word_begins_kind(line->folded))
        draft_note(draft, line->number, true, "letters set apart by blanks");
}

static void add_head(struct draft_lines *lines)
{
    const struct draft_line *before = NULL;
    for (size_t i = 0; i < lines->count; i++) {
        const struct draft_line *line = &lines->line[i];
        if (line->role == ROLE_LETTERHEAD) {
            add_letterhead(lines->draft, line, before && before->block != line->block);
            before = line;
        } else {
            add_line(lines->draft, line);
        }
    }
}

/* A name stands behind the lines of its office; an office that has none is ended with an empty
 * one where another signatory follows. */
static void add_signatories(struct draft_lines *lines)
{
    struct draft *draft = lines->draft;
    const struct draft_line *waiting = NULL; /* a name over its office */
    int open = 0;                            /* the line of an office without a name so far */
    for (size_t i = 0; i < lines->count; i++) {
        const struct draft_line *line = &lines->line[i];
        if (line->role == ROLE_OFFICE) {
            add_whole(draft, DRAFT_OFFICE, line);
            open = line->number;
        } else if (line->role == ROLE_OFFICE_AND_NAME) {
            size_t len = line->split;
            while (len > 0 && strchr(" \t", line->text[len - 1]))
                len--;
            (void)add_part(draft, DRAFT_OFFICE, line->number, line->text, len);
            (void)add_part(draft, DRAFT_NAME, line->number, line->text + line->split,
                           strlen(line->text + line->split));
            open = 0;
        } else if (line->role == ROLE_NAME_AND_OFFICE) {
            size_t office = line->split;
            if (waiting)
                add_whole(draft, DRAFT_NAME, waiting);
            else if (open > 0)
                (void)add_part(draft, DRAFT_NAME, open, "", 0);
            waiting = NULL;
            open = 0;
            add_whole(draft, DRAFT_AS_IT_STOOD, line);
            (void)add_part(draft, DRAFT_OFFICE, line->number, line->text + office,
                           strlen(line->text + office));
            (void)add_part(draft, DRAFT_NAME, line->number, line->text,
                           draft_word_name_front(line->text));
        } else if (line->role == ROLE_NAME) {
            const bool is_over = open == 0 || waiting;
            if (waiting)
                add_whole(draft, DRAFT_NAME, waiting);
            waiting = is_over ? line : NULL;
            if (!is_over)
                add_whole(draft, DRAFT_NAME, line);
            open = 0;
        }
    }
    if (waiting)
        add_whole(draft, DRAFT_NAME, waiting);
    else if (open > 0)
        (void)add_part(draft, DRAFT_NAME, open, "", 0);
}

/* ---- the whole ---- */

void draft_free(struct draft *draft)
{
    if (!draft)
        return;
    for (size_t i = 0; i < draft->part_count; i++)
        free(draft->parts[i].text);
    for (size_t i = 0; i < draft->block_count; i++)
        free(draft->blocks[i].markdown);
    for (size_t i = 0; i < draft->note_count; i++)
        free(draft->notes[i].text);
    for (size_t i = 0; i < draft->addressee_count; i++)
        free(draft->addressees[i]);
    free(draft->parts);
    free(draft->blocks);
    free(draft->notes);
    free(draft->addressees);
    free(draft);
}

/* Of what is written, comments too: an import measures just that. */
static bool check_size(const struct draft *draft, struct fault *fault)
{
    struct str written = STR_INIT;
    draft_write_text(draft, "", &written);
    const char *body = strstr(str_text(&written) + 1, "\n---\n");
    const bool fits = body && strlen(body + 5) <= MARKDOWN_BODY_MOST;
    str_free(&written);
    if (!fits)
        fault_set(fault, NULL, 0, "this is longer than an appeal's text may be (%d KiB)",
                  MARKDOWN_BODY_MOST / 1024);
    return fits;
}

enum us_err draft_read(const char *data, size_t len, const char *language, struct draft **out,
                       struct fault *fault)
{
    struct draft *draft = MEM_NEW(struct draft);
    struct draft_lines lines = {.draft = draft};
    snprintf(draft->language, sizeof draft->language, "%s", language);
    enum us_err err = draft_line_split(data, len, &lines, fault);
    if (err != US_OK)
        goto err_lines;
    draft_foot_find(&lines, draft_head_find(&lines));
    draft_body_make(&lines);
    add_head(&lines);
    add_signatories(&lines);
    draft_suspect_find(&lines);
    if (!check_size(draft, fault)) {
        err = US_INVALID;
        goto err_lines;
    }
    draft_line_free(&lines);
    *out = draft;
    return US_OK;

err_lines:
    draft_line_free(&lines);
    draft_free(draft);
    return err;
}
