/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The encoding of a record is a promise: digests of signatures outlive programs. Kind bytes and the
 * order of bytes never change; what is to be digested differently takes another domain.
 */
#include "crypto/digest.h"
#include "base/mem.h"
#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static_assert(DIGEST_SIZE == crypto_hash_sha256_BYTES, "a digest is a SHA-256 one");

enum { KIND_DOMAIN = 'D', KIND_TEXT = 'T', KIND_NUMBER = 'N', KIND_NULL = 'Z', KIND_BLOB = 'B' };

struct digest {
    crypto_hash_sha256_state state;
};

void digest_sha256(const void *data, size_t len, uint8_t out[DIGEST_SIZE])
{
    (void)crypto_hash_sha256(out, data, len);
}

bool digest_sha256_file(FILE *file, uint8_t out[DIGEST_SIZE])
{
    unsigned char bytes[16384];
    crypto_hash_sha256_state state;
    size_t n;

    (void)crypto_hash_sha256_init(&state);
    while ((n = fread(bytes, 1, sizeof(bytes), file)) > 0)
        (void)crypto_hash_sha256_update(&state, bytes, n);
    (void)crypto_hash_sha256_final(&state, out);
    return ferror(file) == 0;
}

void digest_hex(const uint8_t digest[DIGEST_SIZE], char out[DIGEST_HEX_SIZE])
{
    (void)sodium_bin2hex(out, DIGEST_HEX_SIZE, digest, DIGEST_SIZE);
}

bool digest_is_equal(const void *a, const void *b, size_t len)
{
    return sodium_memcmp(a, b, len) == 0;
}

static void add(struct digest *digest, unsigned char kind, const void *data, size_t len)
{
    unsigned char head[9] = {kind};

    for (int i = 0; i < 8; i++)
        head[1 + i] = (unsigned char)((uint64_t)len >> (56 - 8 * i));
    (void)crypto_hash_sha256_update(&digest->state, head, sizeof(head));
    (void)crypto_hash_sha256_update(&digest->state, data, len);
}

struct digest *digest_new(const char *domain)
{
    struct digest *digest = MEM_NEW(struct digest);

    (void)crypto_hash_sha256_init(&digest->state);
    add(digest, KIND_DOMAIN, domain, strlen(domain));
    return digest;
}

void digest_text(struct digest *digest, const char *text)
{
    if (text == NULL)
        digest_null(digest);
    else
        add(digest, KIND_TEXT, text, strlen(text));
}

void digest_number(struct digest *digest, int64_t number)
{
    unsigned char bytes[8];

    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)((uint64_t)number >> (56 - 8 * i));
    add(digest, KIND_NUMBER, bytes, sizeof(bytes));
}

void digest_null(struct digest *digest)
{
    add(digest, KIND_NULL, "", 0);
}

void digest_blob(struct digest *digest, const void *data, size_t len)
{
    add(digest, KIND_BLOB, len > 0 ? data : "", len);
}

void digest_end(struct digest *digest, uint8_t out[DIGEST_SIZE])
{
    (void)crypto_hash_sha256_final(&digest->state, out);
    sodium_memzero(digest, sizeof(*digest));
    free(digest);
}
