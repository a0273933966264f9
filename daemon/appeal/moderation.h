/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A moderator's decisions: confirmed -> listed | held | refused; held -> listed | refused; refused
 * -> confirmed and struck -> listed (a mistake undone); listed -> struck. Counters, audit row and
 * the mail that tells the signatory change in one job, guarded by the state it was in.
 */
#ifndef APPEAL_MODERATION_H
#define APPEAL_MODERATION_H

#include "appeal/signature.h"
#include "appeal/site.h"

enum decision {
    DECISION_APPROVE,
    DECISION_HOLD,
    DECISION_REFUSE,
    DECISION_STRIKE,
    DECISION_RESTORE
};

const char *decision_name(enum decision decision); /* "approve" */

struct moderation_params {
    const char *public_id;
    enum decision decision;
    const char *reason; /* NULL: none; refuse and strike need one */
    const char *actor;
};
/* Waits. US_OK also when it is in that state already (*changed false). US_CONFLICT when its state
 * does not allow it; the fault says which state it is in. */
US_MUST_CHECK enum us_err moderation_decide(struct site *site,
                                            const struct moderation_params *params, bool *changed,
                                            struct fault *fault);

#endif
