/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One row for what the signatory chose, one column for who reads. Every cell is written out, so
 * that the table can be read beside the design's and a cell left out would show as "counted", the
 * least.
 */
#include "appeal/visibility.h"
#include <assert.h>
#include <string.h>

static const enum shown table[VISIBILITY_COUNT][AUDIENCE_COUNT] = {
    [VISIBILITY_PUBLIC] =
        {
            [AUDIENCE_PUBLIC] = SHOWN_PERSON,
            [AUDIENCE_GOVERNMENT] = SHOWN_PERSON,
            [AUDIENCE_COMPANY] = SHOWN_PERSON,
            [AUDIENCE_FEDERATION] = SHOWN_PERSON,
            [AUDIENCE_INTERNATIONAL] = SHOWN_PERSON,
        },
    [VISIBILITY_ORGANISATION] =
        {
            [AUDIENCE_PUBLIC] = SHOWN_ORGANISATION,
            [AUDIENCE_GOVERNMENT] = SHOWN_ORGANISATION,
            [AUDIENCE_COMPANY] = SHOWN_ORGANISATION,
            [AUDIENCE_FEDERATION] = SHOWN_ORGANISATION,
            [AUDIENCE_INTERNATIONAL] = SHOWN_PERSON,
        },
    [VISIBILITY_RECIPIENTS] =
        {
            [AUDIENCE_PUBLIC] = SHOWN_COUNTED,
            [AUDIENCE_GOVERNMENT] = SHOWN_PERSON,
            [AUDIENCE_COMPANY] = SHOWN_PERSON,
            [AUDIENCE_FEDERATION] = SHOWN_PERSON,
            [AUDIENCE_INTERNATIONAL] = SHOWN_PERSON,
        },
    [VISIBILITY_INTERNATIONAL] =
        {
            [AUDIENCE_PUBLIC] = SHOWN_COUNTED,
            [AUDIENCE_GOVERNMENT] = SHOWN_COUNTED,
            [AUDIENCE_COMPANY] = SHOWN_COUNTED,
            [AUDIENCE_FEDERATION] = SHOWN_PERSON,
            [AUDIENCE_INTERNATIONAL] = SHOWN_PERSON,
        },
    [VISIBILITY_COUNTED] =
        {
            [AUDIENCE_PUBLIC] = SHOWN_COUNTED,
            [AUDIENCE_GOVERNMENT] = SHOWN_COUNTED,
            [AUDIENCE_COMPANY] = SHOWN_COUNTED,
            [AUDIENCE_FEDERATION] = SHOWN_COUNTED,
            [AUDIENCE_INTERNATIONAL] = SHOWN_COUNTED,
        },
};

static const char *const names[VISIBILITY_COUNT] = {
    [VISIBILITY_PUBLIC] = "public",         [VISIBILITY_ORGANISATION] = "organisation",
    [VISIBILITY_RECIPIENTS] = "recipients", [VISIBILITY_INTERNATIONAL] = "international",
    [VISIBILITY_COUNTED] = "counted",
};

enum shown visibility_shown(enum visibility visibility, enum audience audience)
{
    assert((unsigned)visibility < VISIBILITY_COUNT && (unsigned)audience < AUDIENCE_COUNT);
    return table[visibility][audience];
}

const char *visibility_name(enum visibility visibility)
{
    assert((unsigned)visibility < VISIBILITY_COUNT);
    return names[visibility];
}

bool visibility_from_name(const char *name, enum visibility *out)
{
    for (int i = 0; i < VISIBILITY_COUNT; i++) {
        if (strcmp(names[i], name) == 0) {
            *out = (enum visibility)i;
            return true;
        }
    }
    return false;
}
