/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Packing; vault_parts.h says how. */
#include "base/mem.h"
#include "base/str.h"
#include "crypto/digest.h"
#include "crypto/vault_parts.h"
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#define LEVEL 3 /* twice the size goes by in the time that 6 takes, for some percent */

struct vault_writer {
    vault_sink *sink;
    void *arg;
    enum us_err err;
    bool is_sealed, is_bound; /* bound: the first chunk has taken the head's digest */
    crypto_secretstream_xchacha20poly1305_state stream;
    crypto_hash_sha256_state digest;
    uint8_t head[DIGEST_SIZE];
    ZSTD_CCtx *zstd;
    uint8_t chunk[VAULT_CHUNK]; /* compressed, not sealed yet */
    size_t filled;
    uint8_t out[VAULT_LENGTH + VAULT_CHUNK_MOST];
};

static void put(struct vault_writer *writer, const void *data, size_t len)
{
    crypto_hash_sha256_update(&writer->digest, data, len);
    if (writer->err == US_OK)
        writer->err = writer->sink(data, len, writer->arg);
}

static void put_length(uint8_t out[VAULT_LENGTH], size_t len)
{
    for (size_t i = 0; i < VAULT_LENGTH; i++)
        out[i] = (uint8_t)(len >> (8 * (VAULT_LENGTH - 1 - i)));
}

static void put_chunk(struct vault_writer *writer, bool is_last)
{
    unsigned long long len = writer->filled;
    const uint8_t tag = is_last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0;

    if (!writer->is_sealed)
        memcpy(writer->out + VAULT_LENGTH, writer->chunk, writer->filled);
    else
        (void)crypto_secretstream_xchacha20poly1305_push(
            &writer->stream, writer->out + VAULT_LENGTH, &len, writer->chunk, writer->filled,
            writer->is_bound ? NULL : writer->head, writer->is_bound ? 0 : sizeof(writer->head),
            tag);
    writer->is_bound = true;
    writer->filled = 0;
    if (len == 0)
        return;
    put_length(writer->out, (size_t)len);
    put(writer, writer->out, VAULT_LENGTH + (size_t)len);
}

void vault_name(const struct organiser_public *key, char out[VAULT_NAME_SIZE])
{
    uint8_t hash[(VAULT_NAME_SIZE - 1) / 2];

    (void)crypto_generichash(hash, sizeof(hash), key->bytes, sizeof(key->bytes), NULL, 0);
    (void)sodium_bin2hex(out, VAULT_NAME_SIZE, hash, sizeof(hash));
}

static enum us_err seal_line(struct vault_writer *writer, const struct organiser_public *key,
                             struct str *head)
{
    struct vault_key secret;
    uint8_t sealed[VAULT_KEY_SEALED];
    char name[VAULT_NAME_SIZE], text[VAULT_KEY_TEXT];
    int failed;

    crypto_secretstream_xchacha20poly1305_keygen(secret.key);
    (void)crypto_secretstream_xchacha20poly1305_init_push(&writer->stream, secret.header,
                                                          secret.key);
    failed = crypto_box_seal(sealed, (const unsigned char *)&secret, sizeof(secret), key->bytes);
    sodium_memzero(&secret, sizeof(secret));
    if (failed != 0)
        return US_INVALID;
    writer->is_sealed = true;
    vault_name(key, name);
    (void)sodium_bin2base64(text, sizeof(text), sealed, sizeof(sealed),
                            sodium_base64_VARIANT_ORIGINAL);
    str_append_format(head, VAULT_SEALED "%s %s\n", name, text);
    return US_OK;
}

enum us_err vault_writer_new(const char *head, const struct organiser_public *key, vault_sink *sink,
                             void *arg, struct vault_writer **out)
{
    struct vault_writer *writer = MEM_NEW(struct vault_writer);
    struct str text = STR_INIT;
    enum us_err err = US_OK;

    writer->sink = sink;
    writer->arg = arg;
    writer->zstd = ZSTD_createCCtx();
    if (writer->zstd == NULL ||
        ZSTD_isError(ZSTD_CCtx_setParameter(writer->zstd, ZSTD_c_compressionLevel, LEVEL)))
        err = US_LIMITED;
    str_append_text(&text, VAULT_TITLE);
    str_append_text(&text, head);
    if (err == US_OK && key != NULL)
        err = seal_line(writer, key, &text);
    else
        str_append_text(&text, VAULT_OPEN_LINE);
    str_append_char(&text, '\n');
    if (err == US_OK && text.len > VAULT_HEAD_MOST)
        err = US_INVALID;
    if (err == US_OK) {
        digest_sha256(text.data, text.len, writer->head);
        crypto_hash_sha256_init(&writer->digest);
        put(writer, text.data, text.len);
        err = writer->err;
    }
    str_free(&text);
    if (err != US_OK) {
        vault_writer_free(writer);
        return err;
    }
    *out = writer;
    return US_OK;
}

/* Compresses what there is; with ZSTD_e_end until nothing is left inside. */
static enum us_err compress(struct vault_writer *writer, ZSTD_inBuffer *in, ZSTD_EndDirective how)
{
    size_t left = 1;

    while (writer->err == US_OK && (how == ZSTD_e_end ? left > 0 : in->pos < in->size)) {
        ZSTD_outBuffer out = {writer->chunk, sizeof(writer->chunk), writer->filled};
        left = ZSTD_compressStream2(writer->zstd, &out, in, how);
        if (ZSTD_isError(left))
            writer->err = US_IO;
        writer->filled = out.pos;
        if (writer->filled == sizeof(writer->chunk) && writer->err == US_OK)
            put_chunk(writer, false);
    }
    return writer->err;
}

enum us_err vault_write(struct vault_writer *writer, const void *data, size_t len)
{
    ZSTD_inBuffer in = {data, len, 0};

    return compress(writer, &in, ZSTD_e_continue);
}

enum us_err vault_finish(struct vault_writer *writer)
{
    ZSTD_inBuffer in = {NULL, 0, 0};
    uint8_t end[VAULT_LENGTH], digest[DIGEST_SIZE];

    if (compress(writer, &in, ZSTD_e_end) != US_OK)
        return writer->err;
    put_chunk(writer, true);
    put_length(end, 0);
    put(writer, end, sizeof(end));
    crypto_hash_sha256_final(&writer->digest, digest);
    if (writer->err == US_OK)
        writer->err = writer->sink(digest, sizeof(digest), writer->arg);
    return writer->err;
}

void vault_writer_free(struct vault_writer *writer)
{
    if (writer == NULL)
        return;
    ZSTD_freeCCtx(writer->zstd);
    sodium_memzero(writer, sizeof(*writer));
    free(writer);
}
