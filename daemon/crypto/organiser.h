/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The organiser's key pair (X25519). The public key lies with the service, which seals contact data
 * to it and cannot open it again; the private key never comes to the server.
 * Files are text: a comment line that says what it is and who may have it, then one base64 line.
 * The private key may be under a passphrase; the first line says that too.
 */
#ifndef CRYPTO_ORGANISER_H
#define CRYPTO_ORGANISER_H

#include "base/err.h"
#include "base/fault.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ORGANISER_KEY_SIZE 32
#define ORGANISER_PASSPHRASE_MOST 1024 /* bytes */
#define ORGANISER_TRIES 3

struct organiser_public {
    uint8_t bytes[ORGANISER_KEY_SIZE];
};
struct organiser_secret {
    uint8_t bytes[ORGANISER_KEY_SIZE]; /* wipe with organiser_wipe() */
    uint8_t public[ORGANISER_KEY_SIZE];
};

/* Makes a pair and writes it: `path` (0600, refused with US_DUPLICATE when it exists) and
 * `path`.pub (0644). Nothing half-written stays. */
US_MUST_CHECK enum us_err organiser_make(const char *path, struct organiser_public *out,
                                         struct fault *fault);
/* The same with the private key under a passphrase. US_LIMITED where there is not enough memory. */
US_MUST_CHECK enum us_err organiser_make_locked(const char *path, const char *passphrase,
                                                struct organiser_public *out, struct fault *fault);
US_MUST_CHECK enum us_err organiser_read_public(const char *path, struct organiser_public *out,
                                                struct fault *fault);
US_MUST_CHECK enum us_err organiser_read_secret(const char *path, struct organiser_secret *out,
                                                struct fault *fault);
/* Who knows the passphrase. Called for a file that has one, attempt 0, 1, 2: after a wrong one
 * again. Puts at most ORGANISER_PASSPHRASE_MOST bytes and a NUL into `out`, which is wiped after
 * use; false: there is no (other) one to be had. */
typedef bool organiser_ask(int attempt, char *out, void *arg);
/* organiser_read_secret() is for files without one: US_DENIED, as for a wrong passphrase. */
US_MUST_CHECK enum us_err organiser_open_secret(const char *path, organiser_ask *ask, void *arg,
                                                struct organiser_secret *out, struct fault *fault);
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
