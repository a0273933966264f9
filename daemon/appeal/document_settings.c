/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * appeal.ini: what holds for all languages. Two tables, one for [appeal] and one for each
 * [addressee.ID], say which options there are and how each is taken; whatever is in neither is
 * refused, since a misspelt "closes" would leave an appeal open for ever. Files of the past must
 * still be read, so an option may be added here but never change its meaning.
 */
#include "appeal/document.h"
#include "appeal/document_names.h"
#include "appeal/document_option.h"
#include "appeal/signature.h"
#include "base/clock.h"
#include "base/mem.h"
#include "crypto/random.h"
#include "text/locale.h"
#include <string.h>

#define FILE_NAME DOCUMENT_SETTINGS_NAME
#define ADDRESSEE_PREFIX "addressee."
#define SLUG_MOST 64
#define INITIATORS_MOST 100

/* Words that the site's own addresses use, now or by what is planned, behind a language. */
static const char *const reserved_slugs[] = {
    "about", "accessibility", "api",     "c",      "feed", "help",   "log", "mail",
    "news",  "organise",      "privacy", "static", "u",    "verify", "w"};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static bool is_slug(const char *slug)
{
    size_t len = strlen(slug);

    if (len == 0 || len > SLUG_MOST || strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") != len)
        return false;
    return slug[0] != '-' && slug[len - 1] != '-' && strstr(slug, "--") == NULL;
}

static bool take_slug(struct place *place, const char *value)
{
    if (!is_slug(value))
        return OPTION_FAIL(place,
                           "slug must be 1 to %d of the characters a-z, 0-9 and \"-\", with single "
                           "hyphens only between others",
                           SLUG_MOST);
    for (size_t i = 0; i < LENGTH(reserved_slugs); i++) {
        if (strcmp(reserved_slugs[i], value) == 0)
            return OPTION_FAIL(place, "slug must not be \"%s\": the site uses that address itself",
                               value);
    }
    place->settings->slug = mem_string(value);
    return true;
}

static bool take_authoritative(struct place *place, const char *value)
{
    place->settings->authoritative_line = place->entry->line;
    return document_option_language(place, value, place->settings->authoritative);
}

static bool take_policy(struct place *place, const char *value)
{
    int choice;

    if (!document_option_choice(place, value, document_policy_names, LENGTH(document_policy_names),
                                &choice))
        return false;
    place->settings->policy = (enum policy)choice;
    return true;
}

static bool take_form(struct place *place, const char *value)
{
    int choice;

    if (!document_option_choice(place, value, document_form_names, LENGTH(document_form_names),
                                &choice))
        return false;
    place->settings->form = (enum letter_form)choice;
    return true;
}

static bool take_visibility(struct place *place, const char *value)
{
    const char *names[VISIBILITY_COUNT];

    if (visibility_from_name(value, &place->settings->visibility))
        return true;
    for (int i = 0; i < VISIBILITY_COUNT; i++)
        names[i] = visibility_name((enum visibility)i);
    return document_option_refuse(place, names, VISIBILITY_COUNT);
}

static bool take_day(struct place *place, const char *value, bool *has, int64_t *day)
{
    if (!clock_parse_day(value, day))
        return OPTION_FAIL(place, "%s must be a day that exists, written YYYY-MM-DD",
                           place->entry->name);
    *has = true;
    return true;
}

static bool take_opens(struct place *place, const char *value)
{
    return take_day(place, value, &place->settings->has_opening, &place->settings->opens_on);
}

static bool take_closes(struct place *place, const char *value)
{
    return take_day(place, value, &place->settings->has_closing, &place->settings->closes_on);
}

static bool is_kind(const char *word)
{
    enum signature_kind kind;

    return signature_kind_from_name(word, &kind);
}

static bool take_kinds(struct place *place, const char *value)
{
    struct settings *settings = place->settings;

    return document_option_words(place, value,
                                 &(struct option_words){
                                     .is_good = is_kind,
                                     .without = "to allow all",
                                     .words = &settings->kinds,
                                     .count = &settings->kind_count,
                                 });
}

static bool take_countries(struct place *place, const char *value)
{
    struct settings *settings = place->settings;

    return document_option_words(place, value,
                                 &(struct option_words){
                                     .is_good = locale_is_country,
                                     .without = "to allow all",
                                     .words = &settings->countries,
                                     .count = &settings->country_count,
                                 });
}

static bool take_yes(struct place *place, const char *value, bool *out)
{
    int choice;

    if (!document_option_choice(place, value, (const char *const[]){"no", "yes"}, 2, &choice))
        return false;
    *out = choice == 1;
    return true;
}

static bool take_ilo_block(struct place *place, const char *value)
{
    return take_yes(place, value, &place->settings->asks_ilo);
}

static bool take_logos(struct place *place, const char *value)
{
    return take_yes(place, value, &place->settings->takes_logos);
}

/* As ids look; whether somebody has that one, only the store knows. */
static bool is_public_id(const char *word)
{
    size_t len = strlen(word);

    return len == RANDOM_PUBLIC_ID_SIZE - 1 &&
           strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789") == len;
}

static bool take_initiators(struct place *place, const char *value)
{
    struct settings *settings = place->settings;

    if (!document_option_words(place, value,
                               &(struct option_words){
                                   .is_good = is_public_id,
                                   .like = "an id that `undersign signature list` shows",
                                   .without = "where there are none",
                                   .words = &settings->initiators,
                                   .count = &settings->initiator_count,
                               }))
        return false;
    if (settings->initiator_count > INITIATORS_MOST)
        return OPTION_FAIL(place, "there may be at most %d initiators", INITIATORS_MOST);
    return true;
}

static const struct option appeal_options[] = {
    {.name = "slug", .take = take_slug, .is_required = true},
    {.name = "authoritative", .take = take_authoritative, .is_required = true},
    {.name = "policy", .take = take_policy},
    {.name = "opens", .take = take_opens},
    {.name = "closes", .take = take_closes},
    {.name = "form", .take = take_form},
    {.name = "visibility", .take = take_visibility},
    {.name = "kinds", .take = take_kinds, .is_long = true},
    {.name = "countries", .take = take_countries, .is_long = true},
    {.name = "ilo_block", .take = take_ilo_block},
    {.name = "logos", .take = take_logos},
    {.name = "initiators", .take = take_initiators, .is_long = true},
    {.name = NULL},
};

/* What no single option can tell; defaults that hang on another option. */
static bool finish(struct settings *settings, const struct entry_section *appeal,
                   struct fault *fault)
{
    for (size_t i = 0; i < settings->addressee_count; i++) {
        struct addressee *addressee = &settings->addressees[i];

        if (addressee->language[0] == '\0')
            memcpy(addressee->language, settings->authoritative, sizeof(addressee->language));
    }
    if (settings->takes_logos && settings->policy == POLICY_AFTER) {
        fault_set(fault, FILE_NAME, appeal->line,
                  "logos = yes needs policy = before or register: a moderator looks at each");
        return false;
    }
    if (settings->has_opening && settings->has_closing &&
        settings->closes_on < settings->opens_on) {
        int line = appeal->line;

        for (size_t i = 0; i < appeal->entry_count; i++) {
            if (strcmp(appeal->entries[i].name, "closes") == 0)
                line = appeal->entries[i].line;
        }
        fault_set(fault, FILE_NAME, line, "closes must not be a day before opens");
        return false;
    }
    return true;
}

static bool take_all(struct settings *settings, const struct entries *entries, struct fault *fault)
{
    const struct entry_section *appeal = NULL;

    for (size_t i = 0; i < entries->section_count; i++) {
        const struct entry_section *section = &entries->sections[i];
        bool done;

        if (strcmp(section->name, "appeal") == 0) {
            appeal = section;
            done = document_option_take(&(struct place){.settings = settings, .fault = fault},
                                        appeal_options, section);
        } else if (strncmp(section->name, ADDRESSEE_PREFIX, strlen(ADDRESSEE_PREFIX)) == 0) {
            done = document_addressee_take(settings, section, fault);
        } else {
            fault_set(fault, FILE_NAME, section->line,
                      "there is no section [%s]; the sections are [appeal] and [addressee.NAME]",
                      section->name);
            done = false;
        }
        if (!done)
            return false;
    }
    if (appeal == NULL) {
        fault_set(fault, FILE_NAME, 0, "the section [appeal] is missing");
        return false;
    }
    return finish(settings, appeal, fault);
}

enum us_err document_parse_settings(const char *data, size_t len, struct settings **out,
                                    struct fault *fault)
{
    struct entries *entries;
    struct settings *settings;
    enum us_err err = document_entries_read(data, len, &entries, fault);

    if (err != US_OK)
        return err;
    settings = MEM_NEW(struct settings);
    if (take_all(settings, entries, fault)) {
        *out = settings;
    } else {
        settings_free(settings);
        err = US_INVALID;
    }
    document_entries_free(entries);
    return err;
}
