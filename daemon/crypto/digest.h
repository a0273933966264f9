/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Digests. Texts and files that outsiders check have SHA-256 (every system has a tool for it);
 * hashes that hide a secret or a mailbox are keyed BLAKE2b. A record's digest is taken over its
 * fields in order, each preceded by its length, so that no two records share an encoding.
 */
#ifndef CRYPTO_DIGEST_H
#define CRYPTO_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define DIGEST_SIZE 32
#define DIGEST_HEX_SIZE 65

void digest_sha256(const void *data, size_t len, uint8_t out[DIGEST_SIZE]);
/* Of all that can still be read from it; false when reading failed, errno says why. */
bool digest_sha256_file(FILE *file, uint8_t out[DIGEST_SIZE]);
void digest_hex(const uint8_t digest[DIGEST_SIZE], char out[DIGEST_HEX_SIZE]);
/* Constant time. */
bool digest_is_equal(const void *a, const void *b, size_t len);

/* SHA-256 over fields; each is encoded as kind byte, 64-bit big-endian length, bytes. */
struct digest;                                 /* opaque */
struct digest *digest_new(const char *domain); /* domain separates uses: "undersign signature 1" */
void digest_text(struct digest *digest, const char *text); /* NULL differs from "" */
void digest_number(struct digest *digest, int64_t number);
void digest_null(struct digest *digest);
void digest_blob(struct digest *digest, const void *data, size_t len);
void digest_end(struct digest *digest, uint8_t out[DIGEST_SIZE]); /* frees digest */

#endif
