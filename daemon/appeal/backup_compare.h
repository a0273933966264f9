/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a restore takes away, does again and undoes, told before anything is done. */
#ifndef APPEAL_BACKUP_COMPARE_H
#define APPEAL_BACKUP_COMPARE_H

#include "store/side.h"

struct backup_loss { /* what goes when `old` is put in the place of `now` */
    int64_t lost;    /* signatures that came since */
    int64_t since;   /* day of the first of them */
    int64_t undone;  /* that were listed, or brought nearer to it, since: as they were then */
    int64_t carried; /* what became of them since is done again (backup_carry.h) */
    int64_t appeals; /* and of appeals */
};
/* One that is carried or undone: a signature's public id or an appeal's name, and what it is now: a
 * state, "erased", "no news", "no logo". */
typedef void backup_on_change(const char *id, const char *state, bool is_carried, void *arg);
US_MUST_CHECK enum us_err backup_compare(struct side *now, struct side *old,
                                         backup_on_change *on_change, void *arg,
                                         struct backup_loss *out);

#endif
