/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Encrypted values as they are stored: a head that names the key, a nonce, and the padded text
 * under XChaCha20-Poly1305. The head, the context and the row are authenticated, so that a value
 * moved to another row, column or key does not open.
 */
#ifndef CRYPTO_CIPHER_H
#define CRYPTO_CIPHER_H

#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CIPHER_KEY_SIZE 32
#define CIPHER_HEAD_MOST 8
#define CIPHER_PADDING 64 /* lengths are hidden up to this block */

/* Which key, and where the value belongs. */
struct cipher_place {
    uint8_t head[CIPHER_HEAD_MOST]; /* kind of key, then its id */
    size_t head_len;
    const char *context; /* at most 64 bytes */
    int64_t row;
};

void cipher_encrypt(const uint8_t key[CIPHER_KEY_SIZE], const struct cipher_place *place,
                    const void *data, size_t len, uint8_t **out, size_t *out_len);
/* US_CORRUPT when it does not check out. The text has a NUL behind its length. */
US_MUST_CHECK enum us_err cipher_decrypt(const uint8_t key[CIPHER_KEY_SIZE],
                                         const struct cipher_place *place, const void *data,
                                         size_t len, uint8_t **out, size_t *out_len);

/* Big-endian numbers, as they stand in what is authenticated or sealed. */
void cipher_put_number(uint8_t out[8], int64_t number);
int64_t cipher_get_number(const uint8_t data[8]);

#endif
