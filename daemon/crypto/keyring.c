/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What is done with the service's keys. From the site's key one key per use is derived, so that no
 * hash of one kind can be taken for another. A value begins with its key's kind and id: for the
 * site's key the id byte of the key's file, for a day's the day in four bytes.
 */
#include "crypto/keyring.h"
#include "base/mem.h"
#include "crypto/cipher.h"
#include "crypto/key_store.h"
#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static_assert(KEYRING_HASH_SIZE >= crypto_generichash_BYTES_MIN, "BLAKE2b can be that short");
static_assert(CIPHER_KEY_SIZE == crypto_kdf_KEYBYTES, "the site's key derives others");
static_assert(CIPHER_KEY_SIZE == crypto_generichash_KEYBYTES, "the appeal's key is a hash's");

/* What the site's key derives; the numbers never change. */
enum derived { DERIVED_HASH = 1, DERIVED_VALUE = 2 };

#define MARK_PURPOSE "mark" /* as good as a number: databases hold what comes of it */

struct keyring {
    struct key_store *store;
};

enum us_err keyring_open(const char *folder, struct keyring **out)
{
    struct key_store *store;
    enum us_err err = key_store_open(folder, &store);

    if (err != US_OK)
        return err;
    *out = MEM_NEW(struct keyring);
    (*out)->store = store;
    return US_OK;
}

void keyring_free(struct keyring *keyring)
{
    if (keyring == NULL)
        return;
    key_store_free(keyring->store);
    free(keyring);
}

static void derive_from(const struct key *site, enum derived kind, const char *use, struct key *out)
{
    char context[crypto_kdf_CONTEXTBYTES] = {0};
    size_t len = strlen(use);

    assert(len <= sizeof(context));
    memcpy(context, use, len);
    *out = *site;
    (void)crypto_kdf_derive_from_key(out->bytes, CIPHER_KEY_SIZE, kind, context, site->bytes);
}

/* The key that the site's key gives for one use; the use's name has at most 8 bytes. */
static enum us_err derive(struct keyring *keyring, enum derived kind, const char *use,
                          struct key *out)
{
    struct key site;
    enum us_err err = key_store_take(keyring->store, KEY_SITE, 0, false, &site);

    if (err != US_OK)
        return err;
    derive_from(&site, kind, use, out);
    sodium_memzero(&site, sizeof(site));
    return US_OK;
}

enum us_err keyring_mark(struct keyring *keyring, uint8_t out[KEYRING_HASH_SIZE])
{
    return keyring_site_hash(keyring, MARK_PURPOSE, "", 0, out);
}

enum us_err keyring_peek_mark(const char *folder, uint8_t out[KEYRING_HASH_SIZE])
{
    struct key site, key;
    enum us_err err = key_store_peek_site(folder, &site);

    if (err != US_OK)
        return err;
    derive_from(&site, DERIVED_HASH, MARK_PURPOSE, &key);
    (void)crypto_generichash(out, KEYRING_HASH_SIZE, NULL, 0, key.bytes, CIPHER_KEY_SIZE);
    sodium_memzero(&site, sizeof(site));
    sodium_memzero(&key, sizeof(key));
    return US_OK;
}

enum us_err keyring_peek_appeal(const char *folder, int64_t appeal)
{
    return key_store_peek_appeal(folder, appeal);
}

bool keyring_peek_destroyed(const char *folder, int64_t appeal)
{
    return key_store_peek_destroyed(folder, appeal);
}

enum us_err keyring_site_hash(struct keyring *keyring, const char *purpose, const void *data,
                              size_t len, uint8_t out[KEYRING_HASH_SIZE])
{
    struct key key;
    enum us_err err = derive(keyring, DERIVED_HASH, purpose, &key);

    if (err != US_OK)
        return err;
    (void)crypto_generichash(out, KEYRING_HASH_SIZE, data, len, key.bytes, CIPHER_KEY_SIZE);
    sodium_memzero(&key, sizeof(key));
    return US_OK;
}

enum us_err keyring_appeal_hash(struct keyring *keyring, int64_t appeal, const void *data,
                                size_t len, uint8_t out[KEYRING_HASH_SIZE])
{
    struct key key;
    enum us_err err = key_store_take(keyring->store, KEY_APPEAL, appeal, true, &key);

    if (err != US_OK)
        return err;
    (void)crypto_generichash(out, KEYRING_HASH_SIZE, data, len, key.bytes, CIPHER_KEY_SIZE);
    sodium_memzero(&key, sizeof(key));
    return US_OK;
}

enum us_err keyring_appeal_destroy(struct keyring *keyring, int64_t appeal)
{
    return key_store_destroy_appeal(keyring->store, appeal);
}

static struct cipher_place place_of(const struct key *key, const char *context, int64_t row)
{
    struct cipher_place place = {.context = context, .row = row};

    place.head[0] = (uint8_t)key->kind;
    if (key->kind == KEY_DAY) {
        for (int i = 0; i < 4; i++)
            place.head[1 + i] = (uint8_t)((uint64_t)key->id >> (24 - 8 * i));
        place.head_len = 5;
    } else {
        place.head[1] = key->file_id;
        place.head_len = 2;
    }
    return place;
}

enum us_err keyring_day_encrypt(struct keyring *keyring, int64_t day, const char *context,
                                int64_t row, const void *data, size_t len, uint8_t **out,
                                size_t *out_len)
{
    struct cipher_place place;
    struct key key;
    enum us_err err;

    if (day < 0 || day > KEY_LAST_DAY)
        return US_INVALID;
    err = key_store_take(keyring->store, KEY_DAY, day, true, &key);
    if (err != US_OK)
        return err;
    place = place_of(&key, context, row);
    cipher_encrypt(key.bytes, &place, data, len, out, out_len);
    sodium_memzero(&key, sizeof(key));
    return US_OK;
}

enum us_err keyring_day_decrypt(struct keyring *keyring, const char *context, int64_t row,
                                const void *data, size_t len, uint8_t **out, size_t *out_len)
{
    const uint8_t *bytes = data;
    struct cipher_place place;
    struct key key;
    enum us_err err;
    int64_t day = 0;

    if (len < 5 || bytes[0] != KEY_DAY)
        return US_CORRUPT;
    for (int i = 0; i < 4; i++)
        day = day << 8 | bytes[1 + i];
    if (day > KEY_LAST_DAY)
        return US_CORRUPT;
    err = key_store_take(keyring->store, KEY_DAY, day, false, &key);
    if (err != US_OK)
        return err;
    place = place_of(&key, context, row);
    err = cipher_decrypt(key.bytes, &place, data, len, out, out_len);
    sodium_memzero(&key, sizeof(key));
    return err;
}

enum us_err keyring_site_encrypt(struct keyring *keyring, const char *context, int64_t row,
                                 const void *data, size_t len, uint8_t **out, size_t *out_len)
{
    struct cipher_place place;
    struct key key;
    enum us_err err = derive(keyring, DERIVED_VALUE, "value", &key);

    if (err != US_OK)
        return err;
    place = place_of(&key, context, row);
    cipher_encrypt(key.bytes, &place, data, len, out, out_len);
    sodium_memzero(&key, sizeof(key));
    return US_OK;
}

enum us_err keyring_site_decrypt(struct keyring *keyring, const char *context, int64_t row,
                                 const void *data, size_t len, uint8_t **out, size_t *out_len)
{
    const uint8_t *bytes = data;
    struct cipher_place place;
    struct key key;
    enum us_err err;

    if (len < 2 || bytes[0] != KEY_SITE)
        return US_CORRUPT;
    err = derive(keyring, DERIVED_VALUE, "value", &key);
    if (err != US_OK)
        return err;
    place = place_of(&key, context, row);
    err = bytes[1] == key.file_id ? cipher_decrypt(key.bytes, &place, data, len, out, out_len)
                                  : US_EXPIRED;
    sodium_memzero(&key, sizeof(key));
    return err;
}

enum us_err keyring_day_destroy_before(struct keyring *keyring, int64_t day)
{
    return key_store_destroy_days(keyring->store, day);
}

void keyring_wipe_free(void *data, size_t len)
{
    if (data == NULL)
        return;
    sodium_memzero(data, len);
    free(data);
}
