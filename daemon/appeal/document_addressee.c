/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * [addressee.ID]: whom a letter goes to. What a letter to the ILO is, is said in so many words or
 * not at all: a petition, however large, is no complaint by itself.
 */
#include "appeal/document_names.h"
#include "appeal/document_option.h"
#include "base/mem.h"
#include "text/locale.h"
#include "text/unicode.h"
#include <stdlib.h>
#include <string.h>

#define ADDRESSEE_PREFIX "addressee."
#define ADDRESSEE_ID_MOST 32
#define CONVENTION_LEN 4 /* "C087" */
#define CASE_NUMBER_MOST 16
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static bool take_role(struct place *place, const char *value)
{
    int choice;

    if (!document_option_choice(place, value, document_role_names, LENGTH(document_role_names),
                                &choice))
        return false;
    place->addressee->role = (enum addressee_role)choice;
    return true;
}

static bool take_kind(struct place *place, const char *value)
{
    int choice;

    if (!document_option_choice(place, value, document_kind_names, LENGTH(document_kind_names),
                                &choice))
        return false;
    place->addressee->kind = (enum addressee_kind)choice;
    return true;
}

static bool take_addressee_language(struct place *place, const char *value)
{
    return document_option_language(place, value, place->addressee->language);
}

static bool take_name(struct place *place, const char *value)
{
    if (!document_option_filled(place, value))
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
        return OPTION_FAIL(place,
                           "%s: behind \"name.\" stands a language's tag such as ru, en or pt-BR",
                           place->entry->name);
    if (!document_option_filled(place, value))
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
    struct addressee *addressee = place->addressee;

    return document_option_lines(place, &addressee->address, &addressee->address_count);
}

static bool take_email(struct place *place, const char *value)
{
    char *mailbox = unicode_mailbox(value);

    if (mailbox == NULL)
        return OPTION_FAIL(place, "email must be one mailbox such as office@example.org");
    free(mailbox); /* kept as it was written: it is printed on the letter */
    place->addressee->email = mem_string(value);
    return true;
}

static bool take_salutation(struct place *place, const char *value)
{
    if (!document_option_filled(place, value))
        return false;
    place->addressee->salutation = mem_string(value);
    return true;
}

static bool take_procedure(struct place *place, const char *value)
{
    int choice;

    /* Complaints by article 26 of the ILO's Constitution are for governments, delegates to the
     * Conference and the Governing Body. */
    if (strncmp(value, "article", strlen("article")) == 0 && strstr(value, "26") != NULL)
        return OPTION_FAIL(place, "procedure: a complaint by article 26 is not open to unions; a "
                                  "complaint to the Committee on Freedom of Association "
                                  "(complaint) or a representation by article 24 "
                                  "(representation) is");
    if (!document_option_choice(place, value, document_procedure_names + 1,
                                LENGTH(document_procedure_names) - 1, &choice))
        return false;
    place->addressee->procedure = (enum procedure)(choice + 1);
    return true;
}

static bool take_government(struct place *place, const char *value)
{
    if (strlen(value) != 2 || !locale_is_country(value))
        return OPTION_FAIL(place,
                           "government must be a two-letter ISO 3166-1 code in capitals, such "
                           "as KZ");
    memcpy(place->addressee->government, value, 3);
    return true;
}

static bool is_convention(const char *word)
{
    return strlen(word) == CONVENTION_LEN && word[0] == 'C' &&
           strspn(word + 1, "0123456789") == CONVENTION_LEN - 1 && strcmp(word, "C000") != 0;
}

static bool take_conventions(struct place *place, const char *value)
{
    struct addressee *addressee = place->addressee;

    return document_option_words(place, value,
                                 &(struct option_words){
                                     .is_good = is_convention,
                                     .like = "C087 or C098",
                                     .without = "to name none",
                                     .words = &addressee->conventions,
                                     .count = &addressee->convention_count,
                                 });
}

static bool take_case(struct place *place, const char *value)
{
    size_t len = strlen(value);

    if (len == 0 || len > CASE_NUMBER_MOST || strspn(value, "0123456789") != len)
        return OPTION_FAIL(place, "case must be the case's number alone, such as 3283");
    place->addressee->case_number = mem_string(value);
    return true;
}

static bool take_cover(struct place *place)
{
    struct addressee *addressee = place->addressee;

    return document_option_lines(place, &addressee->cover, &addressee->cover_count);
}

static const struct option addressee_options[] = {
    {.name = "role", .take = take_role},
    {.name = "kind", .take = take_kind, .is_required = true},
    {.name = "language", .take = take_addressee_language},
    {.name = "name", .take = take_name, .is_long = true, .is_required = true},
    {.name = "name.LL", .take = take_name_in, .is_long = true},
    {.name = "address", .take_lines = take_address, .is_long = true},
    {.name = "email", .take = take_email},
    {.name = "salutation", .take = take_salutation, .is_long = true},
    {.name = "procedure", .take = take_procedure},
    {.name = "government", .take = take_government},
    {.name = "conventions", .take = take_conventions, .is_long = true},
    {.name = "case", .take = take_case},
    {.name = "cover", .take_lines = take_cover, .is_long = true},
    {.name = NULL},
};

static bool is_addressee_id(const char *id)
{
    size_t len = strlen(id);

    return len > 0 && len <= ADDRESSEE_ID_MOST && id[0] != '-' &&
           strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

/* The line of an option that is set, else the section's. */
static int line_of(const struct entry_section *section, const char *name)
{
    for (size_t i = 0; i < section->entry_count; i++) {
        if (strcmp(section->entries[i].name, name) == 0)
            return section->entries[i].line;
    }
    return section->line;
}

static bool refuse(struct fault *fault, const struct entry_section *section, const char *name,
                   const char *sentence)
{
    fault_set(fault, DOCUMENT_SETTINGS_NAME, line_of(section, name), "%s", sentence);
    return false;
}

/* What only goes with something else. */
static bool check_procedure(const struct addressee *addressee, const struct entry_section *section,
                            struct fault *fault)
{
    bool is_international = addressee->kind == KIND_INTERNATIONAL;

    if (addressee->procedure != PROCEDURE_NONE && !is_international)
        return refuse(fault, section, "procedure",
                      "procedure is for the ILO: the addressee's kind must be international");
    if (addressee->convention_count > 0 && !is_international)
        return refuse(fault, section, "conventions",
                      "conventions are named to an addressee of the kind international only");
    /* Either is brought against a state; information may be about a country without a code. */
    if ((addressee->procedure == PROCEDURE_COMPLAINT ||
         addressee->procedure == PROCEDURE_REPRESENTATION) &&
        addressee->government[0] == '\0')
        return refuse(fault, section, "procedure",
                      "a complaint or a representation needs government: the ISO 3166-1 code of "
                      "the government concerned, such as government = KZ");
    if (addressee->procedure == PROCEDURE_NONE && addressee->government[0] != '\0')
        return refuse(fault, section, "government",
                      "government goes with procedure only: complaint, representation or "
                      "information");
    if (addressee->case_number != NULL && addressee->procedure == PROCEDURE_NONE)
        return refuse(fault, section, "case",
                      "case goes with procedure only: complaint, representation or information");
    return true;
}

bool document_addressee_take(struct settings *settings, const struct entry_section *section,
                             struct fault *fault)
{
    const char *id = section->name + strlen(ADDRESSEE_PREFIX);
    struct addressee *addressee;

    if (!is_addressee_id(id)) {
        fault_set(fault, DOCUMENT_SETTINGS_NAME, section->line,
                  "behind \"addressee.\" stand 1 to %d of the characters a-z, 0-9 and \"-\"",
                  ADDRESSEE_ID_MOST);
        return false;
    }
    settings->addressees = mem_resize(settings->addressees, settings->addressee_count + 1,
                                      sizeof(*settings->addressees));
    addressee = &settings->addressees[settings->addressee_count++];
    *addressee = (struct addressee){.id = mem_string(id), .line = section->line};
    return document_option_take(
               &(struct place){.settings = settings, .addressee = addressee, .fault = fault},
               addressee_options, section) &&
           check_procedure(addressee, section, fault);
}
