/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One row for each appeal, version, state and country; it stays when its count is 0 again. What
 * everybody may see of those that are listed goes with it. */
#include "appeal/counter.h"
#include "appeal/listing_write.h"

void counter_add(struct job *job, const struct signature *signature, enum signature_state state,
                 int by)
{
    int64_t members = signature->has_members ? signature->members : 0;
    (void)job_expect(job, STATEMENT_COUNTER_ADD, US_CORRUPT,
                     VALUES(value_int(signature->appeal), value_int(signature->version),
                            value_text(signature_state_name(state)),
                            value_text(signature->country ? signature->country : ""), value_int(by),
                            value_int(by * members)));
    if (state == SIGNATURE_LISTED)
        listing_add(job, signature, by);
}
