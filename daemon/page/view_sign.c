/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The form: its fields with their labels, hints and what is wrong, the choices in the page's
 * language, and what is chosen before anybody chose. What was typed comes back as it was typed. Who
 * may see the signature is set by the appeal; for a form opened for a country marked high-risk the
 * choice is made for care instead.
 */
#include "page/form_words.h"
#include "page/rendering.h"
#include "text/locale.h"
#include <stdlib.h>
#include <string.h>

bool view_next_code(const char **list, char code[3])
{
    while (**list == ' ' || **list == ',')
        ++*list;
    if (strlen(*list) < 2)
        return false;
    memcpy(code, *list, 2);
    code[2] = '\0';
    *list += strcspn(*list, " ,");
    return true;
}

struct form { /* what the parts of the view are filled from */
    struct rendering *r;
    const struct appeal *appeal;
    const struct view_form *state;
    struct url base; /* of this page */
    struct sign_view *out;
};

static const char *typed_value(const struct form *form, enum signing_field field)
{
    return form->state->typed ? form->state->typed->values[field] : NULL;
}

static const char *problem_of(const struct form *form, enum signing_field field)
{
    if (form->state->problems == NULL || form->state->problems[field] == PROBLEM_NONE)
        return NULL;
    return form_words_problem(form->r->language, field, form->state->problems[field]);
}

struct view_field view_field(const struct language *l, enum signing_field field, const char *value,
                             const char *problem)
{
    const struct form_words *words = form_words_of(field);
    return (struct view_field){
        .name = signing_field_name(field),
        .label = message_get(l, words->label),
        .hint = words->hint ? message_get(l, words->hint) : NULL,
        .value = value,
        .problem = problem,
        .autocomplete = words->autocomplete,
        .inputmode = words->inputmode,
        .type = words->type,
        .list = words->list,
        .is_optional = words->is_optional,
    };
}

static struct view_field text_field(const struct form *form, enum signing_field field)
{
    return view_field(form->r->language, field, typed_value(form, field), problem_of(form, field));
}

static bool is_chosen(const char *value, const char *option)
{
    return value != NULL && strcmp(value, option) == 0;
}

static bool is_allowed(char *const *list, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i], word) == 0)
            return true;
    }
    return count == 0;
}

static void fill_kinds(const struct form *form)
{
    const struct settings *settings = form->appeal->settings;
    const char *value = typed_value(form, FIELD_KIND);
    struct view_option *options =
        scratch_zero(&form->r->scratch, SIGNATURE_KIND_COUNT, sizeof *options);
    size_t count = 0;
    for (enum signature_kind kind = 0; kind < SIGNATURE_KIND_COUNT; kind++) {
        const char *name = signature_kind_name(kind);
        if (is_allowed(settings->kinds, settings->kind_count, name))
            options[count++] = (struct view_option){
                .value = name,
                .label = view_kind(form->r->language, kind),
                .is_chosen = is_chosen(value, name),
            };
    }
    form->out->kinds = options;
    form->out->kind_count = count;
}

static void fill_countries(const struct form *form)
{
    const struct settings *settings = form->appeal->settings;
    const char *value = typed_value(form, FIELD_COUNTRY);
    if (value == NULL)
        value = form->state->country;
    size_t all_count, count = 0;
    const struct country *all = locale_countries(form->r->language, &all_count);
    struct view_option *options = scratch_zero(&form->r->scratch, all_count, sizeof *options);
    for (size_t i = 0; i < all_count; i++) {
        if (!is_allowed(settings->countries, settings->country_count, all[i].code))
            continue;
        options[count++] = (struct view_option){
            .value = all[i].code,
            .label = all[i].name,
            .is_chosen = is_chosen(value, all[i].code),
        };
    }
    form->out->countries = options;
    form->out->country_count = count;
}

/* The countries marked high-risk, since they are what the appeals are about, and those where the
 * page's language is at home. */
static void fill_likely(const struct form *form)
{
    const struct settings *settings = form->appeal->settings;
    const char *lists[] = {site_config(form->r->site)->site_high_risk,
                           form_words_countries(form->r->language)};
    struct view_option *options =
        scratch_zero(&form->r->scratch, FORM_LIKELY_MOST, sizeof *options);
    size_t count = 0;
    if (settings->country_count > 0)
        return;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        const char *list = lists[i] ? lists[i] : "";
        char code[3];
        while (count < FORM_LIKELY_MOST && view_next_code(&list, code)) {
            bool is_there = false;
            for (size_t k = 0; k < count; k++)
                is_there = is_there || strcmp(options[k].value, code) == 0;
            if (!is_there)
                options[count++] = (struct view_option){
                    .value = scratch_copy(&form->r->scratch, code),
                    .label = locale_country(form->r->language, code),
                };
        }
    }
    form->out->likely = options;
    form->out->likely_count = count;
}

const struct view_option *view_visibilities(struct rendering *r, const char *chosen, size_t *count)
{
    struct view_option *options = scratch_zero(&r->scratch, VISIBILITY_COUNT, sizeof *options);
    for (enum visibility v = 0; v < VISIBILITY_COUNT; v++) {
        options[v].value = visibility_name(v);
        options[v].label = view_visibility(r->language, v, &options[v].hint);
        options[v].is_chosen = is_chosen(chosen, options[v].value);
    }
    *count = VISIBILITY_COUNT;
    return options;
}

static void fill_visibility(const struct form *form)
{
    enum visibility chosen = form->appeal->settings->visibility;
    if (site_is_high_risk(form->r->site, form->state->country) && visibility_is_open(chosen))
        chosen = VISIBILITY_CAREFUL;
    const char *value = visibility_name(chosen);
    if (form->state->typed != NULL)
        value = typed_value(form, FIELD_VISIBILITY);
    form->out->visibilities = view_visibilities(form->r, value, &form->out->visibility_count);
}

/* Links to this form with the careful choice made, since without scripts a choice of country cannot
 * change another field. */
static void fill_risk(const struct form *form)
{
    const char *list = site_config(form->r->site)->site_high_risk;
    if (list == NULL || !visibility_is_open(form->appeal->settings->visibility) ||
        form->state->typed != NULL || form->state->country[0] != '\0')
        return;
    struct scratch *scratch = &form->r->scratch;
    size_t most = strlen(list) / 2 + 1, count = 0;
    struct view_link *links = scratch_zero(scratch, most, sizeof *links);
    char code[3];
    while (count < most && view_next_code(&list, code)) {
        if (!locale_is_country(code))
            continue;
        links[count].text = locale_country(form->r->language, code);
        links[count++].url =
            template_url_path(scratch_format(scratch, "%s?country=%s#form", form->base.text, code));
    }
    form->out->risks = links;
    form->out->risk_count = count;
}

static void fill_problems(const struct form *form)
{
    struct view_problem *problems = scratch_zero(&form->r->scratch, FIELD_COUNT, sizeof *problems);
    size_t count = 0;
    for (enum signing_field field = 0; field < FIELD_COUNT; field++) {
        const char *text = problem_of(form, field);
        if (text == NULL)
            continue;
        const char *name =
            field == FIELD_VISIBILITY ? "visibility-public" : signing_field_name(field);
        problems[count].text = text;
        problems[count++].field =
            template_url_path(scratch_format(&form->r->scratch, "%s#%s", form->base.text, name));
    }
    form->out->problems = problems;
    form->out->problem_count = count;
}

/* The legend says that all of it is optional; it need not be said with each line. */
static struct view_field ilo_field(const struct form *form, enum signing_field field)
{
    struct view_field view = text_field(form, field);
    view.is_said = true;
    return view;
}

static void fill_ilo(const struct form *form)
{
    struct sign_view *out = form->out;
    const char *value = typed_value(form, FIELD_REGISTRATION);
    out->asks_ilo = form->appeal->settings->asks_ilo;
    out->legal_name = ilo_field(form, FIELD_LEGAL_NAME);
    out->address = ilo_field(form, FIELD_ADDRESS);
    out->coverage = ilo_field(form, FIELD_COVERAGE);
    out->mandate = ilo_field(form, FIELD_MANDATE);
    out->mandate_date = ilo_field(form, FIELD_MANDATE_DATE);
    out->members_date = ilo_field(form, FIELD_MEMBERS_DATE);
    out->registration_problem = problem_of(form, FIELD_REGISTRATION);
    struct view_option *options =
        scratch_zero(&form->r->scratch, REGISTRATION_COUNT, sizeof *options);
    for (enum registration r = 0; r < REGISTRATION_COUNT; r++) {
        options[r].value = registration_name(r);
        options[r].label = view_registration(form->r->language, r);
        options[r].is_chosen = is_chosen(value, options[r].value);
    }
    out->registrations = options;
    out->registration_count = REGISTRATION_COUNT;
}

static void fill_fields(const struct form *form)
{
    struct sign_view *out = form->out;
    out->organisation = text_field(form, FIELD_ORGANISATION);
    out->organisation_latin = text_field(form, FIELD_ORGANISATION_LATIN);
    out->town = text_field(form, FIELD_TOWN);
    out->affiliation = text_field(form, FIELD_AFFILIATION);
    out->members = text_field(form, FIELD_MEMBERS);
    out->members.is_said = true; /* by the choice below it */
    out->representative = text_field(form, FIELD_REPRESENTATIVE);
    out->capacity = text_field(form, FIELD_CAPACITY);
    out->email = text_field(form, FIELD_EMAIL);
    out->kind_problem = problem_of(form, FIELD_KIND);
    out->country_problem = problem_of(form, FIELD_COUNTRY);
    out->visibility_problem = problem_of(form, FIELD_VISIBILITY);
    out->consent_problem = problem_of(form, FIELD_CONSENT);
    out->consent = SIGNING_CONSENT_VERSION;
    const char *consent = typed_value(form, FIELD_CONSENT);
    out->is_consented = consent != NULL && consent[0] != '\0';
    out->is_members_unsaid = form->state->typed != NULL && form->state->typed->is_members_unsaid;
    const char *news = typed_value(form, FIELD_UPDATES);
    out->wants_news = news != NULL && news[0] != '\0';
    out->news_label = message_get(form->r->language, form_words_of(FIELD_UPDATES)->label);
    out->members_unsaid = FORM_MEMBERS_UNSAID;
    out->federations =
        form_federations(&form->r->scratch, form->r->language, &out->federation_count);
}

void view_sign(struct rendering *r, const struct appeal *appeal, const struct view_form *state,
               struct sign_view *out)
{
    *out = (struct sign_view){
        .title = view_title(r, view_text(appeal, r->language)),
        .self = view_path(r, r->language, appeal->slug, "/sign"),
        .appeal = view_path(r, r->language, appeal->slug, NULL),
        .door = view_door(appeal, r->now),
        .door_day = view_door_day(appeal, r->now),
        .nonce = state->nonce,
    };
    struct form form = {r, appeal, state, out->self, out};
    /* A refused form has no other language: what was typed would be lost on the way. */
    view_layout(r, &out->layout, message_get(r->language, "Sign for your organisation"),
                appeal->slug, state->typed ? NULL : "/sign");
    out->layout.is_error = state->problems != NULL;
    view_document(r, appeal, &out->document);
    fill_fields(&form);
    fill_kinds(&form);
    fill_countries(&form);
    fill_likely(&form);
    fill_visibility(&form);
    fill_risk(&form);
    fill_ilo(&form);
    fill_problems(&form);
}
