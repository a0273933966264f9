/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * An organiser's private key under a passphrase: argon2id with libsodium's moderate limits (256
 * MiB, under a second) makes a key, XChaCha20-Poly1305 locks with it. Salt and limits lie in front
 * and are covered, so that a later version may choose others.
 */
#ifndef CRYPTO_ORGANISER_LOCK_H
#define CRYPTO_ORGANISER_LOCK_H

#include "crypto/organiser.h"

#define ORGANISER_LOCK_LINE 200 /* of base64 with its NUL, at most */

/* Gives a line for a file. US_LIMITED where there is not enough memory. */
US_MUST_CHECK enum us_err organiser_lock(const uint8_t key[ORGANISER_KEY_SIZE],
                                         const char *passphrase, char out[ORGANISER_LOCK_LINE]);
/* line: up to the text's end, blanks behind it. US_INVALID: it is damaged; US_DENIED: another
 * passphrase; US_LIMITED: not enough memory. */
US_MUST_CHECK enum us_err organiser_unlock(const char *line, const char *passphrase,
                                           uint8_t key[ORGANISER_KEY_SIZE]);

#endif
