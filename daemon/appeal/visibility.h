/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Who may see what: the one table of design section 2, chosen by the signatory, read by every page,
 * list and letter. No other place decides it.
 */
#ifndef APPEAL_VISIBILITY_H
#define APPEAL_VISIBILITY_H

#include <stdbool.h>

enum visibility {
    VISIBILITY_PUBLIC,
    VISIBILITY_ORGANISATION,
    VISIBILITY_RECIPIENTS,
    VISIBILITY_INTERNATIONAL,
    VISIBILITY_COUNTED,
    VISIBILITY_COUNT
};

enum audience {
    AUDIENCE_PUBLIC, /* web and press */
    AUDIENCE_GOVERNMENT,
    AUDIENCE_COMPANY,
    AUDIENCE_FEDERATION,
    AUDIENCE_INTERNATIONAL,
    AUDIENCE_COUNT
};

enum shown { SHOWN_COUNTED, SHOWN_ORGANISATION, SHOWN_PERSON };

enum shown visibility_shown(enum visibility visibility, enum audience audience);
/* The words that forms, files and exports use: "public", "organisation", ... Never NULL. */
const char *visibility_name(enum visibility visibility);
bool visibility_from_name(const char *name, enum visibility *out);

#endif
