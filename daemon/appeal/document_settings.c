/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * appeal.ini: what holds for all languages. Two tables, one for [appeal] and one for each
 * [addressee.ID], say which options there are and how each is taken; whatever is in neither is
 * refused, since a misspelt "closes" would leave an appeal open for ever. Files of the past must
 * still be read, so an option may be added here but never change its meaning.
 */
#include "appeal/document.h"
#include "appeal/document_entries.h"
#include "appeal/signature.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "text/locale.h"
#include "text/unicode.h"
#include <stdlib.h>
#include <string.h>

#define FILE_NAME DOCUMENT_SETTINGS_NAME
#define ADDRESSEE_PREFIX "addressee."
#define ADDRESSEE_ID_MOST 32
#define SLUG_MOST 64
#define NAME_BYTES_MOST 1000

/* What an option's value goes into, and where it stood. */
struct place {
    struct settings *settings;
    struct addressee *addressee; /* NULL in [appeal] */
    const struct entry *entry;
    const char *language; /* of name.LL */
    struct fault *fault;
};

struct option {
    const char *name;
    bool (*take)(struct place *place, const char *value); /* one line, or lines made one */
    bool (*take_lines)(struct place *place);              /* instead: the lines as they are */
    bool is_long;                                         /* may go on in indented lines */
    bool is_required;
};

static const char *const policy_names[] = {[POLICY_BEFORE] = "before", [POLICY_AFTER] = "after"};
static const char *const form_names[] = {[FORM_JOINT] = "joint", [FORM_INDIVIDUAL] = "individual"};
static const char *const role_names[] = {
    [ROLE_TO] = "to", [ROLE_VIA] = "via", [ROLE_COPY] = "copy"};
static const char *const kind_names[] = {[KIND_GOVERNMENT] = "government",
                                         [KIND_COMPANY] = "company",
                                         [KIND_INTERNATIONAL] = "international",
                                         [KIND_FEDERATION] = "federation",
                                         [KIND_PRESS] = "press"};
/* Words that the site's own addresses use, now or by what is planned, behind a language. */
static const char *const reserved_slugs[] = {"about",   "api",    "c",      "feed",
                                             "help",    "log",    "news",   "organise",
                                             "privacy", "static", "verify", "w"};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define FAIL(place, ...)                                                                           \
    (fault_set((place)->fault, FILE_NAME, (place)->entry->line, __VA_ARGS__), false)

const char *policy_name(enum policy policy)
{
    return policy_names[policy];
}

const char *letter_form_name(enum letter_form form)
{
    return form_names[form];
}

const char *addressee_role_name(enum addressee_role role)
{
    return role_names[role];
}

const char *addressee_kind_name(enum addressee_kind kind)
{
    return kind_names[kind];
}

enum audience addressee_audience(enum addressee_kind kind)
{
    switch (kind) {
    case KIND_GOVERNMENT:
        return AUDIENCE_GOVERNMENT;
    case KIND_COMPANY:
        return AUDIENCE_COMPANY;
    case KIND_INTERNATIONAL:
        return AUDIENCE_INTERNATIONAL;
    case KIND_FEDERATION:
        return AUDIENCE_FEDERATION;
    case KIND_PRESS:
        return AUDIENCE_PUBLIC;
    }
    return AUDIENCE_PUBLIC;
}

const char *addressee_name_in(const struct addressee *addressee, const char *language)
{
    for (size_t i = 0; i < addressee->name_count; i++) {
        if (strcmp(addressee->names[i].language, language) == 0)
            return addressee->names[i].text;
    }
    return addressee->name;
}

/* The words of a table, for a sentence. */
static bool refuse_choice(struct place *place, const char *const *names, size_t count)
{
    struct str words = STR_INIT;

    for (size_t i = 0; i < count; i++)
        str_append_format(&words, "%s%s", i > 0 ? ", " : "", names[i]);
    (void)FAIL(place, "%s must be one of: %s", place->entry->name, str_text(&words));
    str_free(&words);
    return false;
}

static bool take_choice(struct place *place, const char *value, const char *const *names,
                        size_t count, int *choice)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], value) == 0) {
            *choice = (int)i;
            return true;
        }
    }
    return refuse_choice(place, names, count);
}

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
        return FAIL(place,
                    "slug must be 1 to %d of the characters a-z, 0-9 and \"-\", with single "
                    "hyphens only between others",
                    SLUG_MOST);
    for (size_t i = 0; i < LENGTH(reserved_slugs); i++) {
        if (strcmp(reserved_slugs[i], value) == 0)
            return FAIL(place, "slug must not be \"%s\": the site uses that address itself", value);
    }
    place->settings->slug = mem_string(value);
    return true;
}

static bool take_language(struct place *place, const char *value, char out[16])
{
    size_t len = strlen(value);

    if (!document_is_language(value, len))
        return FAIL(place, "%s must be a language's tag such as ru, en or pt-BR",
                    place->entry->name);
    memcpy(out, value, len + 1);
    return true;
}

static bool take_authoritative(struct place *place, const char *value)
{
    place->settings->authoritative_line = place->entry->line;
    return take_language(place, value, place->settings->authoritative);
}

static bool take_policy(struct place *place, const char *value)
{
    int choice;

    if (!take_choice(place, value, policy_names, LENGTH(policy_names), &choice))
        return false;
    place->settings->policy = (enum policy)choice;
    return true;
}

static bool take_form(struct place *place, const char *value)
{
    int choice;

    if (!take_choice(place, value, form_names, LENGTH(form_names), &choice))
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
    return refuse_choice(place, names, VISIBILITY_COUNT);
}

static bool take_day(struct place *place, const char *value, bool *has, int64_t *day)
{
    if (!clock_parse_day(value, day))
        return FAIL(place, "%s must be a day that exists, written YYYY-MM-DD", place->entry->name);
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

/* Words between blanks, each good and none twice. */
static bool take_words(struct place *place, const char *value, bool (*is_good)(const char *word),
                       char ***words, size_t *count)
{
    while (*value != '\0') {
        size_t len = strcspn(value, " \t");
        char *word = mem_string_part(value, len);

        *words = mem_resize(*words, *count + 1, sizeof(**words));
        (*words)[(*count)++] = word;
        if (!is_good(word))
            return FAIL(place,
                        "%s: \"%.*s\" is none of those allowed; write them with a blank "
                        "between",
                        place->entry->name, (int)utf8_cut(word, len, 40), word);
        for (size_t i = 0; i + 1 < *count; i++) {
            if (strcmp((*words)[i], word) == 0)
                return FAIL(place, "%s names %s twice", place->entry->name, word);
        }
        value += len + strspn(value + len, " \t");
    }
    if (*count == 0)
        return FAIL(place, "%s is empty; leave it out to allow all", place->entry->name);
    return true;
}

static bool is_kind(const char *word)
{
    enum signature_kind kind;

    return signature_kind_from_name(word, &kind);
}

static bool take_kinds(struct place *place, const char *value)
{
    struct settings *settings = place->settings;

    return take_words(place, value, is_kind, &settings->kinds, &settings->kind_count);
}

static bool take_countries(struct place *place, const char *value)
{
    struct settings *settings = place->settings;

    return take_words(place, value, locale_is_country, &settings->countries,
                      &settings->country_count);
}

static bool take_role(struct place *place, const char *value)
{
    int choice;

    if (!take_choice(place, value, role_names, LENGTH(role_names), &choice))
        return false;
    place->addressee->role = (enum addressee_role)choice;
    return true;
}

static bool take_kind(struct place *place, const char *value)
{
    int choice;

    if (!take_choice(place, value, kind_names, LENGTH(kind_names), &choice))
        return false;
    place->addressee->kind = (enum addressee_kind)choice;
    return true;
}

static bool take_addressee_language(struct place *place, const char *value)
{
    return take_language(place, value, place->addressee->language);
}

static bool check_filled(struct place *place, const char *value)
{
    if (value[0] == '\0')
        return FAIL(place, "%s is empty", place->entry->name);
    if (strlen(value) > NAME_BYTES_MOST)
        return FAIL(place, "%s must not be longer than %d bytes", place->entry->name,
                    NAME_BYTES_MOST);
    return true;
}

static bool take_name(struct place *place, const char *value)
{
    if (!check_filled(place, value))
        return false;
    place->addressee->name = mem_string(value);
    return true;
}

static bool take_name_in(struct place *place, const char *value)
{
    struct addressee *addressee = place->addressee;
    struct localised *name;
    size_t len = strlen(place->language);

    if (!document_is_language(place->language, len))
        return FAIL(place, "%s: behind \"name.\" stands a language's tag such as ru, en or pt-BR",
                    place->entry->name);
    if (!check_filled(place, value))
        return false;
    addressee->names =
        mem_resize(addressee->names, addressee->name_count + 1, sizeof(*addressee->names));
    name = &addressee->names[addressee->name_count++];
    *name = (struct localised){.text = mem_string(value)};
    memcpy(name->language, place->language, len + 1);
    return true;
}

static bool take_address(struct place *place)
{
    const struct entry *entry = place->entry;
    struct addressee *addressee = place->addressee;

    for (size_t i = 0; i < entry->line_count; i++) {
        if (entry->lines[i].text[0] == '\0')
            continue; /* the first, where the address begins on a line of its own */
        addressee->address = mem_resize(addressee->address, addressee->address_count + 1,
                                        sizeof(*addressee->address));
        addressee->address[addressee->address_count++] = mem_string(entry->lines[i].text);
    }
    return addressee->address_count > 0 || check_filled(place, "");
}

static bool take_email(struct place *place, const char *value)
{
    char *mailbox = unicode_mailbox(value);

    if (mailbox == NULL)
        return FAIL(place, "email must be one mailbox such as office@example.org");
    free(mailbox); /* kept as it was written: it is printed on the letter */
    place->addressee->email = mem_string(value);
    return true;
}

static bool take_salutation(struct place *place, const char *value)
{
    if (!check_filled(place, value))
        return false;
    place->addressee->salutation = mem_string(value);
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
    {.name = NULL},
};

static const struct option addressee_options[] = {
    {.name = "role", .take = take_role},
    {.name = "kind", .take = take_kind, .is_required = true},
    {.name = "language", .take = take_addressee_language},
    {.name = "name", .take = take_name, .is_long = true, .is_required = true},
    {.name = "name.LL", .take = take_name_in, .is_long = true},
    {.name = "address", .take_lines = take_address, .is_long = true},
    {.name = "email", .take = take_email},
    {.name = "salutation", .take = take_salutation, .is_long = true},
    {.name = NULL},
};

static const struct option *find_option(const struct option *options, const char *name)
{
    bool is_name_in = strncmp(name, "name.", strlen("name.")) == 0;

    for (; options->name != NULL; options++) {
        if (strcmp(options->name, is_name_in ? "name.LL" : name) == 0)
            return options;
    }
    return NULL;
}

static bool refuse_option(struct place *place, const struct option *options, const char *section)
{
    struct str known = STR_INIT;
    const char *name = place->entry->name;

    for (const struct option *option = options; option->name != NULL; option++)
        str_append_format(&known, "%s%s", known.len > 0 ? ", " : "", option->name);
    (void)FAIL(place, "[%s] knows no option \"%s\"; it knows: %s", section, name, str_text(&known));
    str_free(&known);
    return false;
}

/* Most likely somebody indented the options, which would make one value of them all. */
static bool check_lines(struct place *place, const struct option *options,
                        const struct option *option)
{
    const struct entry *entry = place->entry;

    for (size_t i = 1; i < entry->line_count; i++) {
        const char *text = entry->lines[i].text;
        char *word = mem_string_part(text, strcspn(text, " \t=:"));
        const char *behind = text + strlen(word);
        bool is_option = find_option(options, word) != NULL &&
                         strchr("=:", behind[strspn(behind, " \t")]) != NULL &&
                         behind[strspn(behind, " \t")] != '\0';

        free(word);
        if (!option->is_long || is_option) {
            fault_set(
                place->fault, FILE_NAME, entry->lines[i].line,
                "a line that begins with a blank goes on with %s; begin options at the margin",
                entry->name);
            return false;
        }
    }
    return true;
}

static bool take_entry(struct place *place, const struct option *options, const char *section)
{
    const struct entry *entry = place->entry;
    const struct option *option = find_option(options, entry->name);
    struct str value = STR_INIT;
    bool done;

    if (option == NULL)
        return refuse_option(place, options, section);
    if (!check_lines(place, options, option))
        return false;
    if (option->take_lines != NULL)
        return option->take_lines(place);

    for (size_t i = 0; i < entry->line_count; i++)
        str_append_format(&value, "%s%s", value.len > 0 ? " " : "", entry->lines[i].text);
    place->language = option->take == take_name_in ? entry->name + strlen("name.") : NULL;
    done = option->take(place, str_text(&value));
    str_free(&value);
    return done;
}

static bool take_section(struct settings *settings, struct addressee *addressee,
                         const struct entry_section *section, struct fault *fault)
{
    const struct option *options = addressee != NULL ? addressee_options : appeal_options;

    for (size_t i = 0; i < section->entry_count; i++) {
        struct place place = {.settings = settings,
                              .addressee = addressee,
                              .entry = &section->entries[i],
                              .fault = fault};

        if (!take_entry(&place, options, section->name))
            return false;
    }
    for (const struct option *option = options; option->name != NULL; option++) {
        bool has = !option->is_required;

        for (size_t i = 0; i < section->entry_count && !has; i++)
            has = strcmp(section->entries[i].name, option->name) == 0;
        if (!has) {
            fault_set(fault, FILE_NAME, section->line, "[%s] must set %s", section->name,
                      option->name);
            return false;
        }
    }
    return true;
}

static bool is_addressee_id(const char *id)
{
    size_t len = strlen(id);

    return len > 0 && len <= ADDRESSEE_ID_MOST && id[0] != '-' &&
           strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

static bool take_addressee(struct settings *settings, const struct entry_section *section,
                           struct fault *fault)
{
    const char *id = section->name + strlen(ADDRESSEE_PREFIX);
    struct addressee *addressee;

    if (!is_addressee_id(id)) {
        fault_set(fault, FILE_NAME, section->line,
                  "behind \"addressee.\" stand 1 to %d of the characters a-z, 0-9 and \"-\"",
                  ADDRESSEE_ID_MOST);
        return false;
    }
    settings->addressees = mem_resize(settings->addressees, settings->addressee_count + 1,
                                      sizeof(*settings->addressees));
    addressee = &settings->addressees[settings->addressee_count++];
    *addressee = (struct addressee){.id = mem_string(id), .line = section->line};
    return take_section(settings, addressee, section, fault);
}

/* What no single option can tell; defaults that hang on another option. */
static bool finish(struct settings *settings, const struct entry_section *appeal,
                   struct fault *fault)
{
    for (size_t i = 0; i < settings->addressee_count; i++) {
        struct addressee *addressee = &settings->addressees[i];

        if (addressee->language[0] == '\0')
            memcpy(addressee->language, settings->authoritative, sizeof(addressee->language));
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
            done = take_section(settings, NULL, section, fault);
        } else if (strncmp(section->name, ADDRESSEE_PREFIX, strlen(ADDRESSEE_PREFIX)) == 0) {
            done = take_addressee(settings, section, fault);
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
