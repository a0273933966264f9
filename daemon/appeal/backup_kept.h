/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What restores kept of the databases from before. They hold persons who were erased since, and no
 * term deletes them: somebody has to be told.
 */
#ifndef APPEAL_BACKUP_KEPT_H
#define APPEAL_BACKUP_KEPT_H

#include "base/config.h"
#include <stddef.h>
#include <stdint.h>

#define BACKUP_BEFORE ".before-" /* behind the database's name; then when */

struct backup_kept { /* owned; backup_kept_clear() */
    char *oldest;    /* its path; NULL: there is none */
    size_t count;
};
/* Those that were put aside before that moment. What cannot be looked into has none. */
void backup_kept_find(const struct config *config, int64_t before, struct backup_kept *out);
void backup_kept_clear(struct backup_kept *kept);

#endif
