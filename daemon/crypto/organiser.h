/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The organiser's key pair (X25519). The public key lies with the service, which seals contact data
 * to it and cannot open it again; the private key never comes to the server.
 * Files are text: a comment line that says what it is and who may have it, then one base64 line.
 */
#ifndef CRYPTO_ORGANISER_H
#define CRYPTO_ORGANISER_H

#include "base/err.h"
#include "base/fault.h"
#include <stddef.h>
#include <stdint.h>

#define ORGANISER_KEY_SIZE 32

struct organiser_public {
    uint8_t bytes[ORGANISER_KEY_SIZE];
};
struct organiser_secret {
    uint8_t bytes[ORGANISER_KEY_SIZE]; /* wipe with organiser_wipe() */
};

/* Makes a pair and writes it: `path` (0600, refused with US_DUPLICATE when it exists) and
 * `path`.pub (0644). Nothing half-written stays. */
US_MUST_CHECK enum us_err organiser_make(const char *path, struct organiser_public *out,
                                         struct fault *fault);
US_MUST_CHECK enum us_err organiser_read_public(const char *path, struct organiser_public *out,
                                                struct fault *fault);
US_MUST_CHECK enum us_err organiser_read_secret(const char *path, struct organiser_secret *out,
                                                struct fault *fault);
void organiser_wipe(struct organiser_secret *secret);

/* crypto_box_seal with appeal and row inside, padded to 64 bytes. *out is the caller's. */
US_MUST_CHECK enum us_err organiser_seal(const struct organiser_public *key, int64_t appeal,
                                         int64_t row, const void *data, size_t len, uint8_t **out,
                                         size_t *out_len);
/* US_CORRUPT when it was not sealed to this key, or for another appeal or row. */
US_MUST_CHECK enum us_err organiser_unseal(const struct organiser_secret *key, int64_t appeal,
                                           int64_t row, const void *data, size_t len, uint8_t **out,
                                           size_t *out_len);

#endif
