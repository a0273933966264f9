/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What a mail carries. A token is the row's id and 128 secret bits, base64url without padding
 * (32 characters), so no index on token hashes is needed; at rest there is only a keyed hash bound
 * to its purpose. A code is ten Crockford base32 characters (50 bits) for those who fear links; ten
 * wrong tries kill it, which the store counts.
 */
#ifndef CRYPTO_TOKEN_H
#define CRYPTO_TOKEN_H

#include "base/err.h"
#include "crypto/keyring.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TOKEN_TEXT_SIZE 33 /* 32 characters and the terminator */
#define TOKEN_CODE_SIZE 11 /* 10 characters and the terminator */

enum token_purpose { TOKEN_CONFIRM, TOKEN_WITHDRAW };

/* Makes a token for a row, and the hash to keep. */
US_MUST_CHECK enum us_err token_make(struct keyring *keyring, enum token_purpose purpose,
                                     int64_t row, char text[TOKEN_TEXT_SIZE],
                                     uint8_t hash[KEYRING_HASH_SIZE]);
/* The row a token claims and the hash of its secret, to compare in constant time with the row's.
 * US_INVALID for what was never a token. */
US_MUST_CHECK enum us_err token_read(struct keyring *keyring, enum token_purpose purpose,
                                     const char *text, int64_t *row,
                                     uint8_t hash[KEYRING_HASH_SIZE]);
/* Makes a code for a row, and its hash. */
US_MUST_CHECK enum us_err token_code_make(struct keyring *keyring, int64_t row,
                                          char text[TOKEN_CODE_SIZE],
                                          uint8_t hash[KEYRING_HASH_SIZE]);
/* Hash of a code as somebody typed it: case, spaces and hyphens do not matter, O is 0, I and L
 * are 1, and full-width, Arabic and look-alike Cyrillic characters are read as what they look like.
 * US_INVALID when it is not ten characters then. */
US_MUST_CHECK enum us_err token_code_read(struct keyring *keyring, int64_t row, const char *typed,
                                          uint8_t hash[KEYRING_HASH_SIZE]);

#endif
