/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The live database as a file, for whoever looks after the service. */
#ifndef APPEAL_DATABASE_H
#define APPEAL_DATABASE_H

#include "appeal/backup_check.h"
#include "appeal/site.h"

struct database_look {
    int64_t bytes, free_bytes; /* of the file, with the gaps that deleting left */
    int64_t page_bytes;
    int64_t log_bytes;  /* of the write-ahead log beside it */
    int64_t room_bytes; /* left in its file system; -1: nobody knows */
    int schema;
    const char *library; /* "SQLite 3.40.1" */
    bool is_failing;     /* nothing can be written */
};
US_MUST_CHECK enum us_err database_look(struct site *site, struct database_look *out,
                                        struct fault *fault);
/* backup_check() of the live one; signing goes on. Waits. */
US_MUST_CHECK enum us_err database_check(struct site *site,
                                         const struct backup_check_params *params, bool *holds,
                                         struct fault *fault);

struct database_vacuum {
    const char *actor, *reason;
    backup_progress *on_progress; /* nobody knows how far it is: done and total are 0 */
    void *arg;
    bool is_trial; /* looks only whether there is room */
};
/* Writes it anew, whereby its gaps go; all that would write waits. Bytes before and after (a guess
 * where it is a trial). US_FULL with a fault where there is not room for it twice more. Waits. */
US_MUST_CHECK enum us_err database_vacuum(struct site *site, const struct database_vacuum *params,
                                          int64_t *before, int64_t *after, struct fault *fault);

#endif
