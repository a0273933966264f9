/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A mistyped passphrase and a damaged file look alike to the cipher; so a short hash over all
 * stands at the end, and who copied the file badly is not sent looking for a passphrase.
 */
#include "crypto/organiser_lock.h"
#include "crypto/cipher.h"
#include <assert.h>
#include <sodium.h>
#include <string.h>

#define VARIANT sodium_base64_VARIANT_ORIGINAL
#define CHECK_SIZE 4
#define NUMBER_SIZE 8
#define OPS_MOST 32
#define MEMORY_MOST ((int64_t)1 << 30) /* a file may ask for no more */
#define DOMAIN "undersign organiser lock 1"

struct locked {
    uint8_t salt[crypto_pwhash_SALTBYTES];
    uint8_t ops[NUMBER_SIZE], memory[NUMBER_SIZE];
    uint8_t nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES];
    uint8_t text[ORGANISER_KEY_SIZE + crypto_aead_xchacha20poly1305_ietf_ABYTES];
    uint8_t check[CHECK_SIZE];
};
#define HEAD_SIZE offsetof(struct locked, nonce)

static_assert(sizeof(struct locked) == crypto_pwhash_SALTBYTES + 2 * NUMBER_SIZE +
                                           crypto_aead_xchacha20poly1305_ietf_NPUBBYTES +
                                           ORGANISER_KEY_SIZE +
                                           crypto_aead_xchacha20poly1305_ietf_ABYTES + CHECK_SIZE,
              "bytes alone, without gaps");
static_assert(sodium_base64_ENCODED_LEN(sizeof(struct locked), VARIANT) <= ORGANISER_LOCK_LINE,
              "a line holds it");

static void check_sum(const struct locked *locked, uint8_t out[CHECK_SIZE])
{
    uint8_t hash[crypto_generichash_BYTES];

    (void)crypto_generichash(hash, sizeof(hash), (const unsigned char *)locked,
                             offsetof(struct locked, check), (const unsigned char *)DOMAIN,
                             strlen(DOMAIN));
    memcpy(out, hash, CHECK_SIZE);
}

static enum us_err derive(const struct locked *locked, const char *passphrase,
                          uint8_t key[crypto_aead_xchacha20poly1305_ietf_KEYBYTES])
{
    int64_t ops = cipher_get_number(locked->ops), memory = cipher_get_number(locked->memory);

    if (ops < (int64_t)crypto_pwhash_OPSLIMIT_MIN || ops > OPS_MOST ||
        memory < (int64_t)crypto_pwhash_MEMLIMIT_MIN || memory > MEMORY_MOST)
        return US_INVALID;
    return crypto_pwhash(key, crypto_aead_xchacha20poly1305_ietf_KEYBYTES, passphrase,
                         strlen(passphrase), locked->salt, (unsigned long long)ops, (size_t)memory,
                         crypto_pwhash_ALG_ARGON2ID13) == 0
               ? US_OK
               : US_LIMITED;
}

enum us_err organiser_lock(const uint8_t key[ORGANISER_KEY_SIZE], const char *passphrase,
                           char out[ORGANISER_LOCK_LINE])
{
    uint8_t made[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
    struct locked locked;
    enum us_err err;

    randombytes_buf(locked.salt, sizeof(locked.salt));
    randombytes_buf(locked.nonce, sizeof(locked.nonce));
    cipher_put_number(locked.ops, crypto_pwhash_OPSLIMIT_MODERATE);
    cipher_put_number(locked.memory, crypto_pwhash_MEMLIMIT_MODERATE);
    err = derive(&locked, passphrase, made);
    if (err != US_OK)
        return err;
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(locked.text, NULL, key, ORGANISER_KEY_SIZE,
                                                     (const unsigned char *)&locked, HEAD_SIZE,
                                                     NULL, locked.nonce, made);
    check_sum(&locked, locked.check);
    (void)sodium_bin2base64(out, ORGANISER_LOCK_LINE, (const unsigned char *)&locked,
                            sizeof(locked), VARIANT);
    sodium_memzero(made, sizeof(made));
    return US_OK;
}

enum us_err organiser_unlock(const char *line, const char *passphrase,
                             uint8_t key[ORGANISER_KEY_SIZE])
{
    uint8_t made[crypto_aead_xchacha20poly1305_ietf_KEYBYTES], check[CHECK_SIZE];
    struct locked locked;
    const char *end;
    size_t len = 0;
    enum us_err err;

    if (sodium_base642bin((unsigned char *)&locked, sizeof(locked), line, strlen(line), " \t\r\n",
                          &len, &end, VARIANT) != 0 ||
        *end != '\0' || len != sizeof(locked))
        return US_INVALID;
    check_sum(&locked, check);
    if (memcmp(check, locked.check, CHECK_SIZE) != 0)
        return US_INVALID;
    err = derive(&locked, passphrase, made);
    if (err == US_OK && crypto_aead_xchacha20poly1305_ietf_decrypt(
                            key, NULL, NULL, locked.text, sizeof(locked.text),
                            (const unsigned char *)&locked, HEAD_SIZE, locked.nonce, made) != 0)
        err = US_DENIED;
    sodium_memzero(made, sizeof(made));
    return err;
}
