/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The rules of the form's optional block for the ILO; for the signing flow alone. */
#ifndef APPEAL_SIGNING_ILO_H
#define APPEAL_SIGNING_ILO_H

#include "appeal/signing.h"

bool signing_ilo_is_field(enum signing_field field);
/* Whether it is one of the words for what became of a registration. */
bool signing_ilo_registration(const char *value);
/* A day that has come by `today`, put down as YYYY-MM-DD in the place of *value. */
enum signing_problem signing_ilo_day(char **value, int64_t today);

#endif
