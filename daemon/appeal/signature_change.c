/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "appeal/signature_change.h"
#include "appeal/counter.h"

void signature_change_add(struct job *job, const struct signature_change *change)
{
    const struct signature *s = change->signature;
    counter_add(job, s, s->state, -1);
    counter_add(job, s, change->to, 1);
    job_add_audit(job, &(struct job_audit){
                           .at = change->at,
                           .actor = change->actor,
                           .act = change->act,
                           .subject = s->id,
                           .reason = change->reason,
                       });
    if (s->state == SIGNATURE_LISTED)
        public_letter_withdraw(job, s->appeal);
}

void signature_change_done(struct site *site, const struct signature *signature,
                           enum signature_state to, struct public_letter_files *letters)
{
    bool leaves = signature->state == SIGNATURE_LISTED;
    if (leaves || to == SIGNATURE_LISTED)
        site_changed(site, signature->appeal, leaves);
    if (leaves)
        public_letter_files_remove(letters);
}
