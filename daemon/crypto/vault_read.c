/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Unpacking; vault_parts.h says how it is packed. The file may be anybody's: nothing is believed
 * before it is checked, and the memory it can make us take is bounded.
 */
#include "base/mem.h"
#include "base/str.h"
#include "crypto/digest.h"
#include "crypto/vault_parts.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#define WINDOW_MOST 23 /* log2 of what the decompressor may keep in memory; ours needs 21 */

struct vault_reader {
    int fd;
    char *head; /* the writer's lines */
    char name[VAULT_NAME_SIZE];
    uint8_t sealed[VAULT_KEY_SEALED]; /* where it is sealed */
    uint8_t head_digest[DIGEST_SIZE];
    bool is_sealed, is_open, is_bound, has_final, is_ended;
    crypto_secretstream_xchacha20poly1305_state stream;
    crypto_hash_sha256_state digest;
    ZSTD_DCtx *zstd;
    ZSTD_inBuffer in; /* of the chunk, what is not decompressed yet */
    size_t owed;      /* 0: the zstd frame is complete */
    uint8_t raw[VAULT_CHUNK_MOST], chunk[VAULT_CHUNK_MOST];
};

/* Reads so many bytes; fewer only at the file's end. */
static enum us_err read_some(int fd, void *out, size_t size, size_t *len)
{
    size_t done = 0;

    while (done < size) {
        ssize_t n = read(fd, (uint8_t *)out + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return US_IO;
        if (n == 0)
            break;
        done += (size_t)n;
    }
    *len = done;
    return US_OK;
}

static enum us_err read_all(struct vault_reader *reader, void *out, size_t size)
{
    size_t len = 0;
    enum us_err err = read_some(reader->fd, out, size, &len);

    return err == US_OK && len < size ? US_CORRUPT : err;
}

/* ---- the head ---- */

static enum us_err read_head(struct vault_reader *reader, struct str *out, struct fault *fault)
{
    char c;
    size_t len = 0;
    enum us_err err = US_OK;

    /* Byte by byte: what stands behind it belongs to the chunks, and the descriptor may be a pipe.
     */
    while (err == US_OK && out->len < VAULT_HEAD_MOST) {
        err = read_some(reader->fd, &c, 1, &len);
        if (err != US_OK || len == 0)
            break;
        str_append_char(out, c);
        if (out->len == strlen(VAULT_TITLE) && strcmp(out->data, VAULT_TITLE) != 0)
            break;
        if (out->len > 1 && c == '\n' && out->data[out->len - 2] == '\n')
            return strlen(out->data) == out->len ? US_OK : US_INVALID;
    }
    fault_set(fault, NULL, 0, "%s",
              err != US_OK ? "it cannot be read"
                           : "it is no backup, of a newer program, or its beginning is damaged");
    return err != US_OK ? err : US_INVALID;
}

/* The last line says to whom it is sealed. */
static bool take_seal(struct vault_reader *reader, char *line)
{
    const char *text;
    size_t len = 0;

    if (strcmp(line, VAULT_OPEN_LINE) == 0)
        return true;
    if (strncmp(line, VAULT_SEALED, strlen(VAULT_SEALED)) != 0)
        return false;
    line += strlen(VAULT_SEALED);
    if (strspn(line, "0123456789abcdef") != VAULT_NAME_SIZE - 1 || line[VAULT_NAME_SIZE - 1] != ' ')
        return false;
    memcpy(reader->name, line, VAULT_NAME_SIZE - 1);
    text = line + VAULT_NAME_SIZE;
    reader->is_sealed = true;
    return strlen(text) == VAULT_KEY_TEXT && text[VAULT_KEY_TEXT - 1] == '\n' &&
           sodium_base642bin(reader->sealed, sizeof(reader->sealed), text, VAULT_KEY_TEXT - 1, NULL,
                             &len, NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
           len == sizeof(reader->sealed);
}

static bool take_head(struct vault_reader *reader, struct str *text)
{
    char *lines = text->data + strlen(VAULT_TITLE), *last;

    digest_sha256(text->data, text->len, reader->head_digest);
    crypto_hash_sha256_init(&reader->digest);
    crypto_hash_sha256_update(&reader->digest, (const unsigned char *)text->data, text->len);
    text->data[text->len - 1] = '\0'; /* the empty line */
    last = text->len > strlen(VAULT_TITLE) + 2 ? text->data + text->len - 2 : lines;
    while (last > lines && last[-1] != '\n')
        last--;
    if (!take_seal(reader, last))
        return false;
    *last = '\0';
    reader->head = mem_string(lines);
    return true;
}

enum us_err vault_reader_new(int fd, struct vault_reader **out, struct fault *fault)
{
    struct vault_reader *reader = MEM_NEW(struct vault_reader);
    struct str text = STR_INIT;
    enum us_err err;

    reader->fd = fd;
    reader->owed = 1;
    reader->zstd = ZSTD_createDCtx();
    err = read_head(reader, &text, fault);
    if (err == US_OK && !take_head(reader, &text)) {
        fault_set(fault, NULL, 0, "its beginning is damaged");
        err = US_INVALID;
    }
    if (err == US_OK &&
        (reader->zstd == NULL ||
         ZSTD_isError(ZSTD_DCtx_setParameter(reader->zstd, ZSTD_d_windowLogMax, WINDOW_MOST))))
        err = US_LIMITED;
    str_free(&text);
    if (err != US_OK) {
        vault_reader_free(reader);
        return err;
    }
    *out = reader;
    return US_OK;
}

void vault_reader_free(struct vault_reader *reader)
{
    if (reader == NULL)
        return;
    ZSTD_freeDCtx(reader->zstd);
    free(reader->head);
    sodium_memzero(reader, sizeof(*reader));
    free(reader);
}

const char *vault_head(const struct vault_reader *reader)
{
    return reader->head;
}

const char *vault_sealed_to(const struct vault_reader *reader)
{
    return reader->is_sealed ? reader->name : NULL;
}

enum us_err vault_open(struct vault_reader *reader, const struct organiser_secret *key)
{
    struct vault_key secret;
    enum us_err err = US_DENIED;

    if (!reader->is_sealed)
        return US_OK;
    if (crypto_box_seal_open((unsigned char *)&secret, reader->sealed, sizeof(reader->sealed),
                             key->public, key->bytes) == 0 &&
        crypto_secretstream_xchacha20poly1305_init_pull(&reader->stream, secret.header,
                                                        secret.key) == 0)
        err = US_OK;
    sodium_memzero(&secret, sizeof(secret));
    reader->is_open = err == US_OK;
    return err;
}

/* ---- the chunks ---- */

/* Into `raw`; *len 0: the digest came instead, and agreed, and nothing stands behind it. */
static enum us_err read_chunk(struct vault_reader *reader, size_t *len)
{
    uint8_t length[VAULT_LENGTH], digest[DIGEST_SIZE], found[DIGEST_SIZE];
    size_t size = 0, more = 0;
    enum us_err err = read_all(reader, length, sizeof(length));

    if (err != US_OK)
        return err;
    for (size_t i = 0; i < sizeof(length); i++)
        size = size << 8 | length[i];
    if (size > sizeof(reader->raw))
        return US_CORRUPT;
    crypto_hash_sha256_update(&reader->digest, length, sizeof(length));
    if (size > 0) {
        err = read_all(reader, reader->raw, size);
        if (err == US_OK)
            crypto_hash_sha256_update(&reader->digest, reader->raw, size);
        *len = size;
        return err;
    }
    crypto_hash_sha256_final(&reader->digest, digest);
    err = read_all(reader, found, sizeof(found));
    if (err == US_OK && !digest_is_equal(digest, found, sizeof(found)))
        err = US_CORRUPT;
    if (err == US_OK)
        err = read_some(reader->fd, found, 1, &more);
    *len = 0;
    return err == US_OK && more > 0 ? US_CORRUPT : err;
}

static enum us_err unseal_chunk(struct vault_reader *reader, size_t len)
{
    unsigned long long plain = 0;
    uint8_t tag = 0;

    if (reader->has_final || len < crypto_secretstream_xchacha20poly1305_ABYTES ||
        crypto_secretstream_xchacha20poly1305_pull(
            &reader->stream, reader->chunk, &plain, &tag, reader->raw, len,
            reader->is_bound ? NULL : reader->head_digest,
            reader->is_bound ? 0 : sizeof(reader->head_digest)) != 0)
        return US_CORRUPT;
    reader->is_bound = true;
    reader->has_final = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    reader->in = (ZSTD_inBuffer){reader->chunk, (size_t)plain, 0};
    return US_OK;
}

/* The next chunk's content into `in`. At the end all that has to be there must have been. */
static enum us_err next_chunk(struct vault_reader *reader)
{
    size_t len = 0;
    enum us_err err = read_chunk(reader, &len);

    if (err != US_OK)
        return err;
    if (len == 0) {
        reader->is_ended = true;
        return reader->owed == 0 && (!reader->is_sealed || reader->has_final) ? US_OK : US_CORRUPT;
    }
    if (reader->is_sealed)
        return unseal_chunk(reader, len);
    reader->in = (ZSTD_inBuffer){reader->raw, len, 0};
    return US_OK;
}

enum us_err vault_read(struct vault_reader *reader, void *data, size_t size, size_t *len)
{
    ZSTD_outBuffer out = {data, size, 0};
    enum us_err err = US_OK;

    if (reader->is_sealed && !reader->is_open)
        return US_DENIED;
    while (out.pos == 0 && !reader->is_ended) {
        /* What does not fit into `data` waits inside the decompressor. */
        size_t before = reader->in.pos;
        if (reader->owed > 0)
            reader->owed = ZSTD_decompressStream(reader->zstd, &out, &reader->in);
        else if (reader->in.pos < reader->in.size)
            return US_CORRUPT; /* something behind the one frame there is */
        if (ZSTD_isError(reader->owed))
            return US_CORRUPT;
        if (out.pos == 0 && reader->in.pos == before && reader->in.pos == reader->in.size)
            err = next_chunk(reader);
        if (err != US_OK)
            return err;
    }
    *len = out.pos;
    return US_OK;
}

enum us_err vault_check(struct vault_reader *reader)
{
    size_t len = 1;
    enum us_err err = US_OK;

    while (err == US_OK && len > 0)
        err = read_chunk(reader, &len);
    return err;
}
