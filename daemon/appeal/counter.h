/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Counters move in the same job as the row they count, so that no page ever counts rows.
 * signature_check() recomputes them.
 */
#ifndef APPEAL_COUNTER_H
#define APPEAL_COUNTER_H

#include "appeal/signature.h"
#include "store/job.h"

/* Counts a signature as being in `state` (by 1), or no longer (by -1); as listed, also puts it on
 * the lists that everybody sees (listing.h), or takes it off them. The whole signature has to be
 * there, as it was read or recorded, and its row in the store when the job comes to this. */
void counter_add(struct job *job, const struct signature *signature, enum signature_state state,
                 int by);

#endif
