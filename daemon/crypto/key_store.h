/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The folder of key files behind the keyring: making, finding and destroying keys. Thread-safe. */
#ifndef CRYPTO_KEY_STORE_H
#define CRYPTO_KEY_STORE_H

#include "base/err.h"
#include "crypto/cipher.h"
#include <stdbool.h>
#include <stdint.h>

/* 0 is no kind: the numbers stand in stored values, and zeros are never taken for one. */
enum key_kind { KEY_NONE, KEY_SITE, KEY_DAY, KEY_APPEAL };

#define KEY_LAST_DAY INT64_C(2932896) /* 9999-12-31: days are named by their date */

struct key {
    enum key_kind kind;
    int64_t id;      /* the appeal or the day; 0 for the site's */
    uint8_t file_id; /* which key of its name this is, when keys are rotated */
    uint8_t bytes[CIPHER_KEY_SIZE];
};

struct key_store;

/* As keyring_open(). */
US_MUST_CHECK enum us_err key_store_open(const char *folder, struct key_store **out);
/* Reads the site's key, and makes nothing, not even the folder: US_NOT_FOUND where there is none.
 * The caller wipes it. */
US_MUST_CHECK enum us_err key_store_peek_site(const char *folder, struct key *out);
/* Whether there is that appeal's key, or the mark that it was destroyed on purpose. US_NOT_FOUND.
 */
US_MUST_CHECK enum us_err key_store_peek_appeal(const char *folder, int64_t appeal);
bool key_store_peek_destroyed(const char *folder, int64_t appeal); /* there is that mark */
void key_store_free(struct key_store *store);
/* Copies a key out, from memory or its file; a missing one is made if `make`. US_EXPIRED when it is
 * not there and not to be made; US_IO when it was there and somebody took it away: another in its
 * place would be taken for it. The caller wipes it. */
US_MUST_CHECK enum us_err key_store_take(struct key_store *store, enum key_kind kind, int64_t id,
                                         bool make, struct key *out);
US_MUST_CHECK enum us_err key_store_destroy_appeal(struct key_store *store, int64_t appeal);
US_MUST_CHECK enum us_err key_store_destroy_days(struct key_store *store, int64_t before);

#endif
