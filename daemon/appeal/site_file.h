/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Files that the service keeps beside its database: letters on their way out, and the letters that
 * everybody may have. */
#ifndef APPEAL_SITE_FILE_H
#define APPEAL_SITE_FILE_H

#include "appeal/site.h"
#include "base/fault.h"
#include <stddef.h>

#define SITE_FILE_OUTGOING "outgoing"
#define SITE_FILE_LETTERS "letters"

/* The caller's. */
char *site_file_path(const struct site *site, const char *folder, const char *name);
/* Writes it whole and to the disk, or not at all; the folder (0700) is made where it is missing.
 * US_FULL, US_IO with a fault. */
US_MUST_CHECK enum us_err site_file_write(const char *path, const void *data, size_t len,
                                          struct fault *fault);
/* Removes what is there; what is not is fine, anything else is logged. */
void site_file_remove(const char *path);
/* Removes every file of a folder but those paths, which are sorted (strcmp). */
void site_file_sweep(const struct site *site, const char *folder, char *const *keep, size_t count);

#endif
