/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A backup is older than what people asked for since. Who withdrew, and who was erased (on request,
 * or because the term was over), is read from the database that the backup takes the place of, and
 * withdrawn and erased again before anybody sees it. What moderators decided is theirs to do again.
 */
#ifndef APPEAL_BACKUP_CARRY_H
#define APPEAL_BACKUP_CARRY_H

#include "store/side.h"
#include "store/store.h"

struct backup_carry {
    int64_t now;
    const char *actor; /* of the audit rows */
};

/* From `old`, the present database, into the one that is restored. *carried: signatures that it was
 * done to. *is_whole false: `old` is damaged, and only what could be read of it was carried over.
 * Errors are those of the restored one, which then must not be used. Waits. */
US_MUST_CHECK enum us_err backup_carry(struct side *old, struct store *restored,
                                       const struct backup_carry *carry, int64_t *carried,
                                       bool *is_whole);

#endif
