/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Signatures in minisign's format (prehashed "ED": Ed25519 over BLAKE2b-512, with a global
 * signature over the trusted comment), so that the stock minisign(1) verifies what the site signed.
 * The site's key is made at first use: "signing.key" in the folder of keys.
 */
#ifndef CRYPTO_MINISIGN_H
#define CRYPTO_MINISIGN_H

#include "base/err.h"
#include "base/fault.h"
#include <stddef.h>
#include <stdint.h>

#define MINISIGN_HASH_SIZE 64
#define MINISIGN_COMMENT_MOST 512
#define MINISIGN_ID_SIZE 17 /* 16 hex digits and the terminator */

struct minisign_secret; /* wiped when freed */
struct minisign_public {
    uint8_t id[8], key[32];
};

/* Opens the site's signing key in that folder, making it where missing. */
US_MUST_CHECK enum us_err minisign_open(const char *folder, struct minisign_secret **out,
                                        struct fault *fault);
void minisign_free(struct minisign_secret *secret);
void minisign_public_of(const struct minisign_secret *secret, struct minisign_public *out);
/* As minisign(1) shows it. */
void minisign_print_id(const struct minisign_public *key, char out[MINISIGN_ID_SIZE]);

void minisign_hash(const void *data, size_t len, uint8_t out[MINISIGN_HASH_SIZE]);
/* The text of a .minisig file. comment: one line, at most MINISIGN_COMMENT_MOST bytes (US_INVALID).
 * The caller's. */
US_MUST_CHECK enum us_err minisign_sign(const struct minisign_secret *secret,
                                        const uint8_t hash[MINISIGN_HASH_SIZE], const char *comment,
                                        char **out);
/* The text of a .pub file; the caller's. */
char *minisign_public_text(const struct minisign_public *key);
US_MUST_CHECK enum us_err minisign_public_read(const char *text, struct minisign_public *out);
/* US_CORRUPT when the signature is not that key's over these bytes, US_INVALID when it is none.
 * *comment (trusted; the caller's) only with US_OK. */
US_MUST_CHECK enum us_err minisign_verify(const struct minisign_public *key, const void *data,
                                          size_t len, const char *signature, char **comment);

#endif
