/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Random ids. Internal ids never leave the daemon; public ids are what people and programs see. */
#ifndef CRYPTO_RANDOM_H
#define CRYPTO_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#define RANDOM_PUBLIC_ID_SIZE 14 /* 13 characters and the terminator */

/* Once per process before anything else in crypto/; exits when libsodium cannot start. */
void random_open(void);
/* A positive 63-bit id, never 0. */
int64_t random_id(void);
/* 65 random bits as 13 lower-case Crockford base32 characters: "k3v9m0q2xw7ra". */
void random_public_id(char out[RANDOM_PUBLIC_ID_SIZE]);
void random_bytes(void *out, size_t len);

#endif
