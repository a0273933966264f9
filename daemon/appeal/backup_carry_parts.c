/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "appeal/backup_carry_parts.h"
#include "appeal/delivery.h"
#include "appeal/erasure.h"
#include "base/clock.h"
int64_t backup_carry_day(const struct backup_carry *carry)
{
    return clock_day(carry->now) * CLOCK_DAY;
}

void backup_carry_audit(struct job *job, const struct backup_carry *carry, const char *act,
                        const char *subject)
{
    job_add_audit(job, &(struct job_audit){
                           .at = backup_carry_day(carry),
                           .actor = carry->actor,
                           .act = act,
                           .subject = subject,
                           .reason = BACKUP_CARRY_REASON,
                       });
}

void backup_carry_erase(struct job *job, const struct backup_carry *carry,
                        const struct signatory_row *row)
{
    const struct signature *s = &row->row.signature;
    bool is_listed = s->state == SIGNATURE_LISTED;

    erasure_add(
        job, row,
        &(struct erasure_words){backup_carry_day(carry), carry->actor, BACKUP_CARRY_REASON});
    if (is_listed)
        public_letter_withdraw(job, s->appeal);
    if (erasure_target(s->state) == s->state)
        backup_carry_audit(job, carry, is_listed ? "signature.erase" : "signature.erase-unlisted",
                           s->id);
}
