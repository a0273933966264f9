/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What carrying over signatures (backup_carry.c) and appeals (backup_carry_appeal.c) share. */
#ifndef APPEAL_BACKUP_CARRY_PARTS_H
#define APPEAL_BACKUP_CARRY_PARTS_H

#include "appeal/signatory_row.h"
#include "store/job.h"
#include "store/store.h"

#define BACKUP_CARRY_REASON "done before the restore"
#define BACKUP_CARRY_ROWS 200 /* of a job */

struct backup_carry {
    int64_t now;
    const char *actor; /* of the audit rows */
    const char *keys;  /* the folder of keys: it tells which appeals were erased */
};
struct backup_carried {
    int64_t signatures, appeals; /* that it was done to */
    int64_t acts;                /* on many signatures: known again, with what stands of them */
    bool is_whole; /* else `old` is damaged, and only what could be read of it was carried over */
};

/* The day only, as where the signatory does it. */
int64_t backup_carry_day(const struct backup_carry *carry);
void backup_carry_audit(struct job *job, const struct backup_carry *carry, const char *act,
                        const char *subject);
/* Erases what tells of the person, in the state that it is in. */
void backup_carry_erase(struct job *job, const struct backup_carry *carry,
                        const struct signatory_row *row);

/* After the signatures: acts whose number is behind the last of the restored one, so that it is
 * never given again. *read as below. */
US_MUST_CHECK enum us_err backup_carry_acts(struct reader *old, struct store *restored,
                                            int64_t *carried, enum us_err *read);
/* *read: an error of the old one, which ends only the walk over it. */
US_MUST_CHECK enum us_err backup_carry_appeals(struct reader *old, struct store *restored,
                                               const struct backup_carry *carry,
                                               struct backup_carried *carried, enum us_err *read);
/* Whose key was destroyed: they are archived and erased, whatever a backup says. */
US_MUST_CHECK enum us_err backup_carry_destroyed(struct store *restored,
                                                 const struct backup_carry *carry,
                                                 struct backup_carried *carried);
/* Calls on_change with each that is carried: its name, and how it is now. */
US_MUST_CHECK enum us_err backup_compare_appeals(struct reader *now, struct reader *then,
                                                 void (*on_change)(const char *slug,
                                                                   const char *state, void *arg),
                                                 void *arg);

#endif
