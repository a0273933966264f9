/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The letter itself, as its text says, in the order in which it would lie on paper. Nothing of it
 * is changed: lines stay lines, and what the document does not have is left out.
 */
#include "appeal/document_heading.h"
#include "base/clock.h"
#include "base/log.h"
#include "page/rendering.h"
#include "text/locale.h"
#include "text/markdown.h"
#include "text/phrase.h"
#include "text/unicode.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct text *view_text(const struct appeal *appeal, const struct language *language)
{
    const struct text *text = appeal_text(appeal, language->code);
    return text ? text : appeal_authoritative(appeal);
}

static void destroy_markdown(void *markdown)
{
    markdown_free(markdown);
}

/* It was parsed when it was imported; NULL only when the store lies. */
static const struct markdown *parse_body(struct rendering *r, const struct text *text)
{
    struct markdown *markdown;
    struct fault fault = {0};
    if (markdown_parse(text->body, strlen(text->body), &markdown, &fault) != US_OK) {
        log_error("page: a stored text does not parse: line %d", fault.line);
        return NULL;
    }
    scratch_keep(&r->scratch, destroy_markdown, markdown);
    return markdown;
}

const char *view_title(struct rendering *r, const struct text *text)
{
    char *heading = document_heading(text);
    return heading ? scratch_take(&r->scratch, heading) : message_get(r->language, "Appeal");
}

static struct view_line line_of(const char *language, const char *text)
{
    return (struct view_line){language, view_direction(language), text};
}

/* The line with date and number is the document's, so it is written in the document's language
 * where the interface speaks it: "от 07.01.2022 № 01-22" on every page that shows the Russian text.
 */
static const char *make_reference(struct rendering *r, const struct text *text)
{
    const struct language *language = language_find(text->language);
    char *line = phrase_reference(language ? language : r->language, text->has_date, text->date,
                                  text->number);
    return line ? scratch_take(&r->scratch, line) : NULL;
}

static void fill_letterhead(struct rendering *r, const struct text *text, struct document_view *out)
{
    struct view_line *lines =
        scratch_zero(&r->scratch, text->letterhead_count, sizeof(struct view_line));
    for (size_t i = 0; i < text->letterhead_count; i++) {
        const struct localised *line = &text->letterhead[i];
        lines[i] = line_of(line->language[0] ? line->language : text->language, line->text);
    }
    out->letterhead = lines;
    out->letterhead_count = text->letterhead_count;
}

static const struct view_line *lines_of(struct rendering *r, const struct text *text, char **from,
                                        size_t count)
{
    struct view_line *lines = scratch_zero(&r->scratch, count, sizeof(struct view_line));
    for (size_t i = 0; i < count; i++)
        lines[i] = line_of(text->language, from[i]);
    return lines;
}

static void fill_signers(struct rendering *r, const struct text *text, struct document_view *out)
{
    struct view_signer *signers =
        scratch_zero(&r->scratch, text->signatory_count, sizeof(struct view_signer));
    for (size_t i = 0; i < text->signatory_count; i++) {
        const struct issuer_signatory *from = &text->signatories[i];
        signers[i] = (struct view_signer){
            .titles = lines_of(r, text, from->titles, from->title_count),
            .title_count = from->title_count,
            .name = from->name,
        };
    }
    out->signers = signers;
    out->signer_count = text->signatory_count;
}

void view_document(struct rendering *r, const struct appeal *appeal, struct document_view *out)
{
    const struct text *text = view_text(appeal, r->language);
    const struct markdown *markdown = parse_body(r, text);
    *out = (struct document_view){
        .language = text->language,
        .direction = view_direction(text->language),
        .reference = make_reference(r, text),
        .place = text->place,
        .kind = text->kind,
        .titles = lines_of(r, text, text->titles, text->title_count),
        .title_count = text->title_count,
        .heading = view_title(r, text),
        .salutation = text->salutation,
        .closing = text->closing,
        .is_foreign = strcmp(text->language, r->language->code) != 0,
    };
    if (markdown != NULL)
        out->body = markdown_html(markdown);
    fill_letterhead(r, text, out);
    fill_signers(r, text, out);
}

static const char *role_word(const struct language *language, enum addressee_role role)
{
    switch (role) {
    case ROLE_TO:
        return message_context(language, "addressee", "To");
    case ROLE_VIA:
        return message_context(language, "addressee", "Through");
    case ROLE_COPY:
        break;
    }
    return message_context(language, "addressee", "Copy to");
}

/* The language an addressee's name is in, for the page in a language. */
static const char *name_language(const struct addressee *addressee, const char *language)
{
    for (size_t i = 0; i < addressee->name_count; i++) {
        if (strcmp(addressee->names[i].language, language) == 0)
            return addressee->names[i].language;
    }
    return addressee->language;
}

struct view_line view_addressee(struct rendering *r, const struct addressee *addressee)
{
    return line_of(name_language(addressee, r->language->code),
                   addressee_name_in(addressee, r->language->code));
}

void view_addressees(struct rendering *r, const struct appeal *appeal, struct appeal_view *out)
{
    const struct settings *settings = appeal->settings;
    struct view_addressees *groups = scratch_zero(&r->scratch, 3, sizeof *groups);
    size_t group_count = 0;
    for (enum addressee_role role = ROLE_TO; role <= ROLE_COPY; role++) {
        struct view_line *names =
            scratch_zero(&r->scratch, settings->addressee_count, sizeof *names);
        size_t count = 0;
        for (size_t i = 0; i < settings->addressee_count; i++) {
            const struct addressee *addressee = &settings->addressees[i];
            if (addressee->role == role)
                names[count++] = view_addressee(r, addressee);
        }
        if (count > 0)
            groups[group_count++] =
                (struct view_addressees){role_word(r->language, role), names, count};
    }
    out->addressees = groups;
    out->addressee_count = group_count;
}

enum view_door view_door(const struct appeal *appeal, int64_t now)
{
    int64_t day = clock_day(now);
    if (appeal_is_open(appeal, day))
        return DOOR_OPEN;
    switch (appeal->state) {
    case APPEAL_PAUSED:
        return DOOR_PAUSED;
    case APPEAL_ARCHIVED:
        return DOOR_ARCHIVED;
    case APPEAL_OPEN:
        if (appeal->settings->has_opening && day < appeal->settings->opens_on)
            return DOOR_EARLY;
        break;
    case APPEAL_DRAFT:
    case APPEAL_CLOSED:
        break;
    }
    return DOOR_CLOSED;
}

int64_t view_door_day(const struct appeal *appeal, int64_t now)
{
    switch (view_door(appeal, now)) {
    case DOOR_EARLY:
        return appeal->settings->opens_on;
    case DOOR_PAUSED:
        return appeal->paused_on;
    case DOOR_OPEN:
    case DOOR_CLOSED:
    case DOOR_ARCHIVED:
        break;
    }
    return appeal_closing(appeal);
}
