/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The nonce is random: 192 bits of it need no counter, and no state that a restored backup would
 * set back. Padding is ISO/IEC 7816-4, inside the encryption.
 */
#include "crypto/cipher.h"
#include "base/mem.h"
#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES
#define CONTEXT_MOST 64
#define CLAIM_MOST (CIPHER_HEAD_MOST + 1 + CONTEXT_MOST + 8)

static_assert(CIPHER_KEY_SIZE == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "the cipher's key");

void cipher_put_number(uint8_t out[8], int64_t number)
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)((uint64_t)number >> (56 - 8 * i));
}

int64_t cipher_get_number(const uint8_t data[8])
{
    uint64_t number = 0;

    for (int i = 0; i < 8; i++)
        number = number << 8 | data[i];
    return (int64_t)number;
}

/* What is authenticated beside the text: head, length and bytes of the context, row. */
static size_t make_claim(const struct cipher_place *place, uint8_t claim[CLAIM_MOST])
{
    size_t context = strlen(place->context), len = place->head_len;

    assert(place->head_len <= CIPHER_HEAD_MOST && context <= CONTEXT_MOST);
    memcpy(claim, place->head, len);
    claim[len++] = (uint8_t)context;
    memcpy(claim + len, place->context, context);
    len += context;
    cipher_put_number(claim + len, place->row);
    return len + 8;
}

void cipher_encrypt(const uint8_t key[CIPHER_KEY_SIZE], const struct cipher_place *place,
                    const void *data, size_t len, uint8_t **out, size_t *out_len)
{
    size_t padded = len - len % CIPHER_PADDING + CIPHER_PADDING;
    size_t total = place->head_len + NONCE + padded + TAG;
    uint8_t claim[CLAIM_MOST], *value = mem_alloc(total);
    uint8_t *nonce = value + place->head_len, *text = nonce + NONCE;
    size_t claim_len = make_claim(place, claim);

    memcpy(value, place->head, place->head_len);
    randombytes_buf(nonce, NONCE);
    if (len > 0)
        memcpy(text, data, len);
    (void)sodium_pad(NULL, text, len, CIPHER_PADDING, padded);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(text, NULL, text, padded, claim, claim_len,
                                                     NULL, nonce, key);
    *out = value;
    *out_len = total;
}

enum us_err cipher_decrypt(const uint8_t key[CIPHER_KEY_SIZE], const struct cipher_place *place,
                           const void *data, size_t len, uint8_t **out, size_t *out_len)
{
    const uint8_t *nonce;
    size_t least = place->head_len + NONCE + CIPHER_PADDING + TAG;
    uint8_t claim[CLAIM_MOST], *text;
    size_t claim_len = make_claim(place, claim), padded, text_len;

    if (len < least || (len - least) % CIPHER_PADDING != 0)
        return US_CORRUPT;
    nonce = (const uint8_t *)data + place->head_len;
    padded = len - place->head_len - NONCE - TAG;
    text = mem_alloc(padded);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(text, NULL, NULL, nonce + NONCE, padded + TAG,
                                                   claim, claim_len, nonce, key) != 0 ||
        sodium_unpad(&text_len, text, padded, CIPHER_PADDING) != 0) {
        sodium_memzero(text, padded);
        free(text);
        return US_CORRUPT;
    }

    /* There is always at least one byte of padding, which is now the terminator. */
    text[text_len] = '\0';
    *out = text;
    *out_len = text_len;
    return US_OK;
}
