/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A submission in words, the same before it is sent, before it is confirmed and ever after: what
 * was answered, and, from the table of appeal/visibility.h itself, who sees what of it.
 */
#include "page/form_words.h"
#include "page/rendering.h"
#include "text/locale.h"
#include <string.h>

#define LINES_MOST 12

struct group {
    struct rendering *r;
    struct view_term *lines;
    size_t count;
};

static void add_line(struct group *group, const char *term, const char *value)
{
    if (value != NULL && value[0] != '\0')
        group->lines[group->count++] =
            (struct view_term){message_get(group->r->language, term), value};
}

static const char *print_number(struct rendering *r, int64_t number)
{
    struct str text = STR_INIT;
    locale_number(r->language, number, &text);
    return scratch_str(&r->scratch, &text);
}

static const char *print_day(struct rendering *r, int64_t day)
{
    struct str text = STR_INIT;
    locale_date(r->language, day, &text);
    return scratch_str(&r->scratch, &text);
}

static void fill_organisation(struct group *group, const struct submission *submission)
{
    const struct language *l = group->r->language;
    char *const *values = submission->values;
    const char *country = values[FIELD_COUNTRY];
    add_line(group, MESSAGE_MARK("Organisation"), values[FIELD_ORGANISATION]);
    add_line(group, MESSAGE_MARK("The name in Latin letters"), values[FIELD_ORGANISATION_LATIN]);
    add_line(group, MESSAGE_MARK("Kind"), view_kind(l, submission->kind));
    if (country != NULL && country[0] != '\0')
        add_line(group, MESSAGE_MARK("Country"), locale_country(l, country));
    add_line(group, MESSAGE_MARK("Town"), values[FIELD_TOWN]);
    add_line(group, MESSAGE_MARK("Affiliations"), values[FIELD_AFFILIATION]);
    add_line(group, MESSAGE_MARK("Members"),
             submission->has_members ? print_number(group->r, submission->members)
                                     : message_get(l, "I prefer not to say"));
}

static void fill_person(struct group *group, const struct submission *submission)
{
    const struct language *l = group->r->language;
    add_line(group, MESSAGE_MARK("Your name"), submission->values[FIELD_REPRESENTATIVE]);
    add_line(group, MESSAGE_MARK("In what capacity"), submission->values[FIELD_CAPACITY]);
    add_line(group, MESSAGE_MARK("E-mail"), submission->values[FIELD_EMAIL]);
    if (submission->values[FIELD_EMAIL] != NULL)
        add_line(group, MESSAGE_MARK("News about this appeal by mail"),
                 submission->values[FIELD_UPDATES] != NULL ? message_get(l, "Yes")
                                                           : message_get(l, "No"));
}

static void add_ilo_line(struct group *group, enum signing_field field, const char *value)
{
    add_line(group, form_words_of(field)->label, value);
}

/* What only the letter to the ILO will hold. */
static void fill_ilo(struct group *group, const struct submission *submission)
{
    struct rendering *r = group->r;
    struct signature_ilo ilo;
    if (!signing_has_ilo(submission, &ilo))
        return;
    add_ilo_line(group, FIELD_LEGAL_NAME, ilo.legal_name);
    add_ilo_line(group, FIELD_ADDRESS, ilo.address);
    add_ilo_line(group, FIELD_COVERAGE, ilo.coverage);
    if (ilo.registration != REGISTRATION_UNSTATED)
        add_ilo_line(group, FIELD_REGISTRATION, view_registration(r->language, ilo.registration));
    add_ilo_line(group, FIELD_MANDATE, ilo.mandate);
    if (ilo.has_mandate_date)
        add_ilo_line(group, FIELD_MANDATE_DATE, print_day(r, ilo.mandate_date));
    if (ilo.has_members_date)
        add_ilo_line(group, FIELD_MEMBERS_DATE, print_day(r, ilo.members_date));
}

static void fill_seen(struct rendering *r, enum visibility visibility, struct answers_view *out)
{
    static const char *const names[AUDIENCE_COUNT] = {
        [AUDIENCE_PUBLIC] = MESSAGE_MARK("This site and the press"),
        [AUDIENCE_GOVERNMENT] = MESSAGE_MARK("Governments"),
        [AUDIENCE_COMPANY] = MESSAGE_MARK("Companies"),
        [AUDIENCE_FEDERATION] = MESSAGE_MARK("Federations of unions"),
        [AUDIENCE_INTERNATIONAL] = MESSAGE_MARK("The ILO and other international bodies"),
    };
    static const struct {
        enum shown shown;
        const char *what;
    } levels[] = {
        {SHOWN_PERSON, MESSAGE_MARK("See the organisation, your name and capacity")},
        {SHOWN_ORGANISATION, MESSAGE_MARK("See the organisation")},
        {SHOWN_COUNTED, MESSAGE_MARK("See one organisation more, without a name")},
    };
    size_t most = sizeof levels / sizeof levels[0];
    struct view_seen *seen = scratch_zero(&r->scratch, most, sizeof *seen);
    for (size_t i = 0; i < most; i++) {
        struct view_seen level = {.what = message_get(r->language, levels[i].what)};
        level.names = scratch_zero(&r->scratch, AUDIENCE_COUNT, sizeof *level.names);
        for (enum audience audience = 0; audience < AUDIENCE_COUNT; audience++) {
            if (visibility_shown(visibility, audience) == levels[i].shown)
                level.names[level.name_count++] = message_get(r->language, names[audience]);
        }
        if (level.name_count > 0)
            seen[out->seen_count++] = level;
    }
    out->seen = seen;
}

static struct url anchor(struct rendering *r, const struct url *form, const char *name)
{
    if (form == NULL)
        return (struct url){""};
    return template_url_path(scratch_format(&r->scratch, "%s#%s", form->text, name));
}

void view_answers(struct rendering *r, const struct submission *submission, const struct url *form,
                  struct answers_view *out)
{
    static const struct {
        void (*fill)(struct group *group, const struct submission *submission);
        const char *heading, *anchor;
    } parts[] = {
        {fill_organisation, MESSAGE_MARK("Your organisation"), "organisation"},
        {fill_person, MESSAGE_MARK("Who signs for it"), "representative"},
        {fill_ilo, MESSAGE_MARK("For the letter to the ILO alone"), "legal_name"},
    };
    size_t most = sizeof parts / sizeof parts[0];
    struct view_answer_group *groups = scratch_zero(&r->scratch, most, sizeof *groups);
    *out = (struct answers_view){.groups = groups,
                                 .change_visibility = anchor(r, form, "visibility-public")};
    for (size_t i = 0; i < most; i++) {
        struct group group = {r, scratch_zero(&r->scratch, LINES_MOST, sizeof(struct view_term)),
                              0};
        parts[i].fill(&group, submission);
        if (group.count > 0)
            groups[out->group_count++] = (struct view_answer_group){
                .heading = message_get(r->language, parts[i].heading),
                .lines = group.lines,
                .line_count = group.count,
                .change = anchor(r, form, parts[i].anchor),
            };
    }
    out->visibility = view_visibility(r->language, submission->visibility, &out->visibility_hint);
    fill_seen(r, submission->visibility, out);
}
