/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The words for states and kinds, as forms, the store and exports use them. */
#include "appeal/signature.h"
#include <stddef.h>
#include <string.h>

static const char *const state_names[SIGNATURE_STATE_COUNT] = {
    [SIGNATURE_CONFIRMED] = "confirmed", [SIGNATURE_HELD] = "held",
    [SIGNATURE_LISTED] = "listed",       [SIGNATURE_REFUSED] = "refused",
    [SIGNATURE_STRUCK] = "struck",       [SIGNATURE_WITHDRAWN] = "withdrawn",
};

static const char *const kind_names[SIGNATURE_KIND_COUNT] = {
    [SIGNATORY_INTERNATIONAL] = "international",
    [SIGNATORY_NATIONAL] = "national",
    [SIGNATORY_FEDERATION] = "federation",
    [SIGNATORY_UNION] = "union",
    [SIGNATORY_BRANCH] = "branch",
    [SIGNATORY_OTHER] = "other",
};

static const char *const registration_names[REGISTRATION_COUNT] = {
    [REGISTRATION_UNSTATED] = "",       [REGISTRATION_REGISTERED] = "registered",
    [REGISTRATION_REFUSED] = "refused", [REGISTRATION_DISSOLVED] = "dissolved",
    [REGISTRATION_EXILE] = "exile",
};

const char *signature_state_name(enum signature_state state)
{
    return state_names[state];
}

bool signature_state_from_name(const char *name, enum signature_state *out)
{
    for (size_t i = 0; name && i < SIGNATURE_STATE_COUNT; i++) {
        if (strcmp(name, state_names[i]) == 0) {
            *out = (enum signature_state)i;
            return true;
        }
    }
    return false;
}

bool signature_state_is_ended(enum signature_state state)
{
    return state == SIGNATURE_REFUSED || state == SIGNATURE_STRUCK;
}

bool signature_is_shown_to_all(const struct signature *signature)
{
    return signature->state == SIGNATURE_LISTED &&
           visibility_shown(signature->visibility, AUDIENCE_PUBLIC) != SHOWN_COUNTED;
}

const char *signature_kind_name(enum signature_kind kind)
{
    return kind_names[kind];
}

bool signature_kind_from_name(const char *name, enum signature_kind *out)
{
    for (size_t i = 0; name && i < SIGNATURE_KIND_COUNT; i++) {
        if (strcmp(name, kind_names[i]) == 0) {
            *out = (enum signature_kind)i;
            return true;
        }
    }
    return false;
}

const char *registration_name(enum registration registration)
{
    return registration_names[registration];
}

bool registration_from_name(const char *name, enum registration *out)
{
    for (size_t i = 0; name && i < REGISTRATION_COUNT; i++) {
        if (strcmp(name, registration_names[i]) == 0) {
            *out = (enum registration)i;
            return true;
        }
    }
    return false;
}
