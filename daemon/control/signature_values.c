/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "control/signature_values.h"
#include "appeal/signature.h"
#include "proto/row.h"
#include <string.h>

void signature_values_fill(const struct signature *signature, struct row_value *values)
{
    const struct row_value filled[SIGNATURE_VALUES] = {
        row_text(signature->id),
        row_text(signature->slug),
        row_text(signature_state_name(signature->state)),
        row_text(signature->organisation),
        row_text(signature->organisation_latin),
        row_text(signature_kind_name(signature->kind)),
        row_text(signature->country),
        row_text(signature->town),
        row_text(signature->affiliation),
        row_number_if(signature->has_members, signature->members),
        row_text(signature->representative),
        row_text(signature->capacity),
        row_text(visibility_name(signature->visibility)),
        row_text(signature->language),
        row_number(signature->signed_on),
        row_number(signature->version),
    };

    memcpy(values, filled, sizeof(filled));
}
