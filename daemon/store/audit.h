/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The audit chain's digests. An entry (sequence number, time, act, commitment) is chained to the
 * one before; the commitment is over what stands in a row beside the entry: a random salt, who did
 * it, on what, and the digest of the reason, which has a salt of its own. A reason may name a
 * person and is erased with them, together with its salt: then its digest tells nothing, and all
 * the rest still checks out. Who and on what are never erased: they are an account of this machine
 * (or "signatory", or "service") and an id or a slug, and without them nobody answers for what was
 * done.
 */
#ifndef STORE_AUDIT_H
#define STORE_AUDIT_H

#include "base/err.h"
#include "crypto/digest.h"
#include "store/job.h"
#include <stdbool.h>
#include <stdint.h>

#define AUDIT_SALT_SIZE 32

struct reader;

/* The chain's end; all zero before the first entry. */
struct audit_chain {
    int64_t seq;
    uint8_t digest[DIGEST_SIZE];
};

struct audit_verdict {
    int64_t entries;             /* that check out, from the first on */
    int64_t erased;              /* of these, whose reason was erased */
    int64_t at;                  /* when the last of them was; 0: there is none */
    uint8_t digest[DIGEST_SIZE]; /* of the last of them */
    int64_t broken;              /* sequence number of the first that does not; 0: none */
};

void audit_commit_reason(const char *reason, const uint8_t salt[AUDIT_SALT_SIZE],
                         uint8_t out[DIGEST_SIZE]);
/* reason: that digest, of DIGEST_SIZE bytes; NULL: none was given. Leaves audit->reason alone. */
void audit_commit(const struct job_audit *audit, const uint8_t salt[AUDIT_SALT_SIZE],
                  const uint8_t *reason, uint8_t out[DIGEST_SIZE]);
/* Moves the chain's end on by one entry. */
void audit_extend(struct audit_chain *chain, int64_t at, const char *act,
                  const uint8_t commitment[DIGEST_SIZE]);
/* Walks the whole chain in short reads, on a reader thread. US_CORRUPT when it is broken (the
 * verdict says where), and reading errors. That the end was not cut off shows only by comparing
 * the verdict with one that was noted elsewhere. */
US_MUST_CHECK enum us_err audit_verify(struct reader *reader, struct audit_verdict *out);
/* The same a piece at a time, so that other reads come between: *verdict, zero at the beginning, is
 * what came of it so far, *is_more whether there is more to look at. US_OK also where it is broken:
 * then the verdict says so, and there is no more. */
US_MUST_CHECK enum us_err audit_verify_page(struct reader *reader, struct audit_verdict *verdict,
                                            bool *is_more);

#endif
