/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A file of our own for a moment, for what is made as a file but asked for on standard output. */
#ifndef CLI_COPY_H
#define CLI_COPY_H

#include "base/err.h"
#include "base/fault.h"
#include <stdio.h>

struct copy {
    char *folder, *path; /* NULL: there is none */
};

/* A name in a new folder that only this account can read (under TMPDIR). */
US_MUST_CHECK enum us_err copy_begin(struct copy *copy, const char *name, struct fault *fault);
US_MUST_CHECK enum us_err copy_send(const struct copy *copy, FILE *to, struct fault *fault);
/* Removes file and folder; an empty copy is fine. */
void copy_end(struct copy *copy);

#endif
