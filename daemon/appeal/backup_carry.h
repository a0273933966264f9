/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A backup is older than what people asked for since, and than what was taken off the page. Both
 * are read from the database that the backup takes the place of, and done again before anybody sees
 * it (backup_since.h says what): withdrawn, erased, struck, refused, held, unlisted; no more news;
 * a logo or news removed; an appeal paused, closed, shielded, archived, erased.
 */
#ifndef APPEAL_BACKUP_CARRY_H
#define APPEAL_BACKUP_CARRY_H

#include "appeal/backup_carry_parts.h"
#include "store/side.h"

/* From `old`, the present database (NULL: there is none that can be read), into the one that is
 * restored. Errors are those of the restored one, which then must not be used. Waits. */
US_MUST_CHECK enum us_err backup_carry(struct side *old, struct store *restored,
                                       const struct backup_carry *carry,
                                       struct backup_carried *out);

#endif
