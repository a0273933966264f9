/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What the site signs with: its seal, for letters, and its signing key, for bundles. Only digests
 * are signed, and each has its audit row before the signature is given out: what the site sealed
 * can be told, and what it did not.
 */
#ifndef APPEAL_SEALING_H
#define APPEAL_SEALING_H

#include "appeal/site.h"
#include "crypto/minisign.h"
#include "crypto/seal.h"

/* The site's seal, read anew. US_NOT_FOUND where it has none; for any other error the fault is a
 * sentence that names the file. */
US_MUST_CHECK enum us_err sealing_open(const struct site *site, struct seal **out,
                                       struct fault *fault);
/* The site's signing key, made at first use; the fault as above. */
US_MUST_CHECK enum us_err sealing_open_key(const struct site *site, struct minisign_secret **out,
                                           struct fault *fault);

struct sealing_params { /* borrowed */
    const struct seal *seal;
    const uint8_t *digest;        /* SHA-256 of the letter's signed bytes */
    const struct seal_time *time; /* NULL: no timestamp */
    const char *actor, *reason;   /* for the audit row */
};
struct sealing_made { /* owned: sealing_made_clear() */
    uint8_t *cms;
    size_t len;
    bool has_time; /* else the fault says why, where a time was asked for */
};
/* Seals a letter's digest ("letter.seal"). Waits. */
US_MUST_CHECK enum us_err sealing_seal(struct site *site, const struct sealing_params *params,
                                       struct sealing_made *out, struct fault *fault);
void sealing_made_clear(struct sealing_made *made);

struct sealing_sign { /* borrowed */
    const struct minisign_secret *secret;
    const uint8_t *hash; /* BLAKE2b-512 of the manifest */
    const char *comment;
    const char *actor, *reason;
};
/* Signs a manifest's hash ("bundle.sign"): the text of its .minisig, the caller's. Waits. */
US_MUST_CHECK enum us_err sealing_sign(struct site *site, const struct sealing_sign *params,
                                       char **out, struct fault *fault);

#endif
