/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What became of a signature since a backup was made, and what of that a restore does again. One
 * rule, for what is told before and for what is done: what takes it off the list, or off the way to
 * it, is done again, whoever did it, and so is what its signatory asked for; what brought it nearer
 * to the list since is not, and is told.
 *
 * A database also remembers what it does not hold: signatures that the database had in whose place
 * it was put, and forms that were withdrawn. Else of two restores in a row, the first with a backup
 * that is too old or of another site, the second would bring everybody back.
 */
#ifndef APPEAL_BACKUP_SINCE_H
#define APPEAL_BACKUP_SINCE_H

#include "appeal/signature.h"
#include "crypto/digest.h"
#include "store/query.h"
#include <stdbool.h>
#include <stdint.h>

struct backup_known { /* of a signature, as one database says; backup_known_clear() */
    int64_t row;
    char *id; /* public; NULL: a form that was withdrawn */
    enum signature_state state;
    bool is_erased, has_decision, wants_news, has_logo;
    bool is_absent; /* it only remembers it */
    bool has_end;   /* it remembers it till then */
    int64_t decided_on, signed_on, until;
    uint8_t logo[DIGEST_SIZE];
};
void backup_known_clear(struct backup_known *known);

struct backup_known_place { /* of a walk over all; zero to begin */
    int64_t row;
    bool has_begun, is_absent, is_over;
};
/* Sets some, at most `most`, in out. */
US_MUST_CHECK enum us_err backup_known_page(struct reader *reader, struct backup_known_place *place,
                                            struct backup_known *out, size_t most, size_t *count);
/* The same signature in another database. US_NOT_FOUND. */
US_MUST_CHECK enum us_err backup_known_find(struct reader *reader, const struct backup_known *known,
                                            struct backup_known *out);

struct backup_since {
    bool withdraws, erases, moves; /* to the state of now; before it is erased */
    bool drops_news, drops_logo;
    bool is_undone; /* what was decided since is not done again */
};
struct backup_since backup_since_compare(const struct backup_known *now,
                                         const struct backup_known *then);
bool backup_since_is_carried(const struct backup_since *since);
/* Its form cannot be confirmed any more, where the signature itself is not there. */
bool backup_since_ends_form(const struct backup_known *now);

#endif
