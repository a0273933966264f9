/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Where a file or a folder shall stand that others write (a PDF, letters): it is made under another
 * name beside it, and renamed when it is whole and everything that belongs to it was done. Until
 * then what stood there stays.
 */
#ifndef CLI_TARGET_H
#define CLI_TARGET_H

#include "base/err.h"
#include "base/fault.h"
#include <stdbool.h>

struct target {
    char *path;      /* in the end */
    char *temporary; /* write here; NULL: there is none */
    bool is_folder;
};

/* A file: nothing is at `temporary` yet. US_DUPLICATE where something stands that is no file. */
US_MUST_CHECK enum us_err target_open_file(const char *path, struct target *out,
                                           struct fault *fault);
/* A folder, 0700, there at once. US_DUPLICATE where something stands that is no empty folder. */
US_MUST_CHECK enum us_err target_open_folder(const char *path, struct target *out,
                                             struct fault *fault);
/* Puts it in place; where that fails, nothing is left. Frees the names in any case. */
US_MUST_CHECK enum us_err target_finish(struct target *target, struct fault *fault);
/* Removes what was written; an empty target is fine. */
void target_abandon(struct target *target);

#endif
