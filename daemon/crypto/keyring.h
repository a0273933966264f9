/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The service's own keys: random files of mode 0600 in a folder of their own (0700), outside the
 * database and its backups. "site.key" for tokens and forms; "appeal-ID.key" per appeal for the
 * duplicate check; "day-DAY.key" per day for what is encrypted while it waits. Deleting a file is
 * what destroys a key. Values carry a key-id byte so that a key can be rotated. Thread-safe.
 */
#ifndef CRYPTO_KEYRING_H
#define CRYPTO_KEYRING_H

#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEYRING_HASH_SIZE 16

struct keyring;

/* Opens the folder, making it and the site key where missing. US_DENIED when the folder or a key
 * can be read by others than its owner, US_CORRUPT when a key file holds no key; US_FULL, US_IO. */
US_MUST_CHECK enum us_err keyring_open(const char *folder, struct keyring **out);
void keyring_free(struct keyring *keyring); /* wipes */

/* The mark of the site's key, a keyed hash of nothing: a database keeps it, so as to be opened with
 * no other key. */
US_MUST_CHECK enum us_err keyring_mark(struct keyring *keyring, uint8_t out[KEYRING_HASH_SIZE]);
/* The same of the key in a folder, of which nothing is made: US_NOT_FOUND where there is none. */
US_MUST_CHECK enum us_err keyring_peek_mark(const char *folder, uint8_t out[KEYRING_HASH_SIZE]);

/* Whether the folder has the key of an appeal that has had one; one destroyed on purpose counts as
 * there. Nothing is made. US_NOT_FOUND: it is lost. */
US_MUST_CHECK enum us_err keyring_peek_appeal(const char *folder, int64_t appeal);
bool keyring_peek_destroyed(const char *folder, int64_t appeal); /* on purpose */

/* 128-bit keyed hashes. The site's: of a mailbox, for its quotas and the code page, in `purpose`
 * (a constant of at most 8 bytes, such as "mailbox"). The appeal's: of a mailbox with a folded
 * name, for the duplicate check; its key file is made when first asked for, and never
 * again: US_IO where it was there and is gone. */
US_MUST_CHECK enum us_err keyring_site_hash(struct keyring *keyring, const char *purpose,
                                            const void *data, size_t len,
                                            uint8_t out[KEYRING_HASH_SIZE]);
US_MUST_CHECK enum us_err keyring_appeal_hash(struct keyring *keyring, int64_t appeal,
                                              const void *data, size_t len,
                                              uint8_t out[KEYRING_HASH_SIZE]);
/* Destroys an appeal's key: its duplicate check can never again be computed, and asking for it
 * gives US_EXPIRED. */
US_MUST_CHECK enum us_err keyring_appeal_destroy(struct keyring *keyring, int64_t appeal);

/* Encrypts under the day's key (XChaCha20-Poly1305; the context, at most 64 bytes, and the row are
 * authenticated), padded to 64 bytes. *out is the caller's (free()); decrypting gives US_CORRUPT
 * when it does not check out and US_EXPIRED when the day's key is gone. The plaintext that comes
 * back has a NUL behind its length; wipe it with keyring_wipe_free(). */
US_MUST_CHECK enum us_err keyring_day_encrypt(struct keyring *keyring, int64_t day,
                                              const char *context, int64_t row, const void *data,
                                              size_t len, uint8_t **out, size_t *out_len);
US_MUST_CHECK enum us_err keyring_day_decrypt(struct keyring *keyring, const char *context,
                                              int64_t row, const void *data, size_t len,
                                              uint8_t **out, size_t *out_len);
/* The same under the site's key, for what outlives a day's key (the server's copy of a mailbox
 * until the decision is mailed). */
US_MUST_CHECK enum us_err keyring_site_encrypt(struct keyring *keyring, const char *context,
                                               int64_t row, const void *data, size_t len,
                                               uint8_t **out, size_t *out_len);
US_MUST_CHECK enum us_err keyring_site_decrypt(struct keyring *keyring, const char *context,
                                               int64_t row, const void *data, size_t len,
                                               uint8_t **out, size_t *out_len);
/* Deletes the key files of days before `day`. */
US_MUST_CHECK enum us_err keyring_day_destroy_before(struct keyring *keyring, int64_t day);

void keyring_wipe_free(void *data, size_t len);

#endif
