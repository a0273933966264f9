/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A backup holds what was about to leave when it was made, and most of that has left since. A
 * letter that reaches a government twice, or a decision that is told twice, discredits whoever
 * sends it: so what waited is stopped in what is restored, until somebody says whether it left.
 * Links to confirm or to one's own page do go out: a second one harms nobody, and who confirmed
 * after the backup needs it. What the database that is replaced knows to have left is taken over
 * from it.
 */
#ifndef APPEAL_BACKUP_HOLD_H
#define APPEAL_BACKUP_HOLD_H

#include "store/job.h"
#include "store/side.h"
#include "store/store.h"

/* Into the job that notes the restore. */
void backup_hold_add(struct job *job);

/* From `old`, the database that is replaced, into the restored one: letters that left since, or may
 * have (*letters counts those that were delivered); and to whom news was mailed. *is_whole is set
 * to false where `old` cannot be read to its end. Errors are those of the restored one. Waits. */
US_MUST_CHECK enum us_err backup_hold_carry(struct side *old, struct store *restored,
                                            int64_t *letters, bool *is_whole);

struct backup_held { /* an edition of which nobody knows whether it left; owned */
    char *slug, *addressee;
    int64_t number;
};
struct backup_held_list {
    struct backup_held *rows;
    size_t count;
};
void backup_held_clear(struct backup_held_list *list);
US_MUST_CHECK enum us_err backup_held_read(struct reader *reader, struct backup_held_list *out);
/* The same of the restored one, and how many mails stand stopped in it, once all is carried over:
 * what is erased takes mails with it. Waits. */
US_MUST_CHECK enum us_err backup_held_find(struct store *restored, struct backup_held_list *out,
                                           int64_t *mails);

#endif
