/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The names under which errors travel: in logs and over the control protocol. */
#include "base/err.h"
#include <string.h>

static const char *const names[] = {
    [US_OK] = "ok",
    [US_NOT_FOUND] = "not-found",
    [US_DUPLICATE] = "duplicate",
    [US_EXPIRED] = "expired",
    [US_LIMITED] = "limited",
    [US_DENIED] = "denied",
    [US_INVALID] = "invalid",
    [US_CONFLICT] = "conflict",
    [US_BUSY] = "busy",
    [US_FULL] = "full",
    [US_IO] = "io",
    [US_CORRUPT] = "corrupt",
    [US_CANCELLED] = "cancelled",
    [US_MISFIT] = "misfit",
};

#define NAMES (sizeof(names) / sizeof(names[0]))

const char *err_name(enum us_err err)
{
    if ((size_t)err >= NAMES)
        return "unknown";
    return names[err];
}

enum us_err err_from_name(const char *name)
{
    for (size_t i = 0; name != NULL && i < NAMES; i++) {
        if (strcmp(names[i], name) == 0)
            return (enum us_err)i;
    }

    /* A name that a newer peer invented is still a failure. */
    return US_IO;
}
