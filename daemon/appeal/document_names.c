/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The words of appeal.ini, and what follows from an addressee. */
#include "appeal/document_names.h"
#include "appeal/document.h"
#include <string.h>

const char *const document_policy_names[3] = {
    [POLICY_BEFORE] = "before", [POLICY_REGISTER] = "register", [POLICY_AFTER] = "after"};
const char *const document_form_names[2] = {
    [FORM_JOINT] = "joint", [FORM_INDIVIDUAL] = "individual"};
const char *const document_role_names[3] = {
    [ROLE_TO] = "to", [ROLE_VIA] = "via", [ROLE_COPY] = "copy"};
const char *const document_kind_names[5] = {[KIND_GOVERNMENT] = "government",
                                            [KIND_COMPANY] = "company",
                                            [KIND_INTERNATIONAL] = "international",
                                            [KIND_FEDERATION] = "federation",
                                            [KIND_PRESS] = "press"};
const char *const document_procedure_names[4] = {[PROCEDURE_NONE] = "",
                                                 [PROCEDURE_COMPLAINT] = "complaint",
                                                 [PROCEDURE_REPRESENTATION] = "representation",
                                                 [PROCEDURE_INFORMATION] = "information"};

const char *policy_name(enum policy policy)
{
    return document_policy_names[policy];
}

const char *letter_form_name(enum letter_form form)
{
    return document_form_names[form];
}

const char *addressee_role_name(enum addressee_role role)
{
    return document_role_names[role];
}

const char *addressee_kind_name(enum addressee_kind kind)
{
    return document_kind_names[kind];
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

const char *procedure_name(enum procedure procedure)
{
    return document_procedure_names[procedure];
}

const struct addressee *settings_addressee(const struct settings *settings, const char *id)
{
    for (size_t i = 0; i < settings->addressee_count; i++) {
        if (strcmp(settings->addressees[i].id, id) == 0)
            return &settings->addressees[i];
    }
    return NULL;
}
