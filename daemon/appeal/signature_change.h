/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What goes with every change of a signature's state, whoever makes it: its counters, its audit
 * row, and, where it leaves the list, the public letters that may name it.
 */
#ifndef APPEAL_SIGNATURE_CHANGE_H
#define APPEAL_SIGNATURE_CHANGE_H

#include "appeal/delivery.h"
#include "appeal/signature.h"
#include "store/job.h"

struct signature_change {
    const struct signature *signature; /* as it was read, in the state that it leaves */
    enum signature_state to;
    int64_t at;
    const char *actor, *act, *reason; /* of the audit row */
};

/* Adds the steps; the one that changes the row, guarded on its state, is the caller's. */
void signature_change_add(struct job *job, const struct signature_change *change);
/* Once the job is done: tells the site, and removes the letters (read before the job) where the
 * signature left the list. */
void signature_change_done(struct site *site, const struct signature *signature,
                           enum signature_state to, struct public_letter_files *letters);

#endif
