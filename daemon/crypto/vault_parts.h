/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A vault's bytes: VAULT_TITLE, the caller's lines, "sealed no" or "sealed NAME KEY" (KEY: base64
 * of crypto_box_seal over the stream's key and header), an empty line; then chunks, each behind its
 * length in four bytes (big-endian), the zstd frame cut into pieces; a length of zero; the SHA-256
 * of all before it. Where it is sealed, a chunk is one message of crypto_secretstream, the first
 * bound to the SHA-256 of the head, the last one tagged so.
 */
#ifndef CRYPTO_VAULT_PARTS_H
#define CRYPTO_VAULT_PARTS_H

#include "crypto/vault.h"
#include <sodium.h>

#define VAULT_TITLE "undersign backup 1\n"
#define VAULT_SEALED "sealed "
#define VAULT_OPEN_LINE VAULT_SEALED "no\n"
#define VAULT_CHUNK ((size_t)65536)
#define VAULT_CHUNK_MOST (VAULT_CHUNK + crypto_secretstream_xchacha20poly1305_ABYTES)
#define VAULT_LENGTH 4

struct vault_key { /* what is sealed to the public key */
    uint8_t key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
    uint8_t header[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
};
#define VAULT_KEY_SEALED (sizeof(struct vault_key) + crypto_box_SEALBYTES)
#define VAULT_KEY_TEXT sodium_base64_ENCODED_LEN(VAULT_KEY_SEALED, sodium_base64_VARIANT_ORIGINAL)

#endif
