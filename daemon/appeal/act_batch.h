/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One batch of an act: its signatures are read, then changed in one job. Where one of them changed
 * in between, the job fails as a whole; then each is tried by itself, and only that one is left
 * out.
 */
#ifndef APPEAL_ACT_BATCH_H
#define APPEAL_ACT_BATCH_H

#include "appeal/moderation_step.h"

#define ACT_BATCH 256 /* some tens of milliseconds of the store thread */

struct act_item { /* what is to become of one */
    int64_t row;
    enum signature_state from, to;
    bool has_changed; /* it is left out unless its change is that one: an act undone */
    int64_t changed;
    bool is_decided; /* is_undo of the batch: decided_on as it was */
    int64_t decided_on;
};

struct act_batch {
    struct site *site;
    int64_t number, undoes; /* of the act; undoes 0: none */
    const int64_t *behind;  /* what that one undoes, what this one does, and so on: by turns they
                             * hold again and do not */
    size_t behind_count;
    int64_t as_of; /* what changed since is left out; INT64_MAX: has_changed tells */
    const char *actor, *reason, *told;
    const char *act; /* of the audit rows; NULL: as the change is called */
    bool tells;      /* who is told nothing keeps the mailbox, so that undoing is whole */
    int64_t stepped; /* the appeal whose list has changed; 0: none yet */
    bool has_left;   /* some are not on it any more */
    struct act_item items[ACT_BATCH];
    size_t count;
    int64_t done, skipped; /* so far */
};

/* Carries the items out, adds to done and skipped, and empties the batch. */
US_MUST_CHECK enum us_err act_batch_run(struct act_batch *batch);
/* Once behind the last of an act's batches, however it ends: from now on no page that names who
 * left the list is served. While the act runs, one may be for the second that a page may be old. */
void act_batch_end(const struct act_batch *batch);

#endif
