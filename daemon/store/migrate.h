/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "base/err.h"
#include "base/fault.h"

struct engine;

/* Brings the database to this program's schema, one transaction for each migration, and gives the
 * number of the last. US_INVALID with a fault for a database that is somebody else's, newer, or
 * was made by migrations that have been edited since. `path` is for the fault. */
US_MUST_CHECK enum us_err migrate_run(struct engine *engine, const char *path, int *version,
                                      struct fault *fault);
/* Only looks: whether a database is one of ours, in a version this program knows, made by its
 * migrations, and holds nothing but what these made: neither a trigger nor a view that somebody put
 * in. US_INVALID with a fault. */
US_MUST_CHECK enum us_err migrate_check(struct engine *engine, const char *path, int *version,
                                        struct fault *fault);

#endif
