/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A moderator's decisions: confirmed -> listed | held | refused; held -> listed | refused |
 * confirmed; refused -> confirmed and struck -> listed (a mistake undone); listed -> struck, or ->
 * confirmed (a listing undone). Counters, audit row and the mail that tells the signatory change in
 * one job, guarded by the state it was in. That mail leaves mail.decision_minutes later: until then
 * going back to what waits takes it back, and the mailbox is where it was.
 */
#ifndef APPEAL_MODERATION_H
#define APPEAL_MODERATION_H

#include "appeal/signature.h"
#include "appeal/site.h"

/* How the reason begins that a merge gives of itself in the audit. */
#define MODERATION_MERGED "The same organisation has signed by another entry"

enum decision {
    DECISION_APPROVE,
    DECISION_HOLD,
    DECISION_REFUSE,
    DECISION_STRIKE,
    DECISION_RESTORE,
    DECISION_UNLIST,
    DECISION_COUNT
};

const char *decision_name(enum decision decision); /* "approve" */
const char *decision_act(enum decision decision);  /* of the audit row: "signature.approve" */
bool decision_needs_reason(enum decision decision);
/* It is taken in that state; then *to is the one it leads to. A state that it would lead to is none
 * that it is taken in. */
bool decision_applies(enum decision decision, enum signature_state from, enum signature_state *to);
/* In that state there is nothing left for it to do. */
bool decision_is_done(enum decision decision, enum signature_state state);

struct moderation_params {
    const char *public_id;
    enum decision decision;
    const char *reason; /* NULL: none; refuse and strike need one */
    const char *actor;
    bool *is_unreached; /* set where it changed: moderation_is_unreached(); NULL: not asked for */
};
/* Waits. US_OK also when it is in that state already (*changed false). US_CONFLICT when its state
 * does not allow it; the fault says which state it is in. */
US_MUST_CHECK enum us_err moderation_decide(struct site *site,
                                            const struct moderation_params *params, bool *changed,
                                            struct fault *fault);
/* Of one whose mailbox is not kept any more nobody can be mailed about it, or about the next one.
 */
struct moderation_subject;
bool moderation_is_unreached(enum decision decision, const struct moderation_subject *before);
/* That a decision is not taken in that state, and which one comes first where one does. */
void moderation_say_refused(enum decision decision, enum signature_state from,
                            const char *public_id, struct fault *fault);
/* A reason is there where one is needed, and is text as it may be; else US_INVALID. */
US_MUST_CHECK enum us_err moderation_check_reason(enum decision decision, const char *reason,
                                                  struct fault *fault);

#endif
