/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The format as minisign(1) has it: a public key is "Ed", an id of eight bytes and the key; a
 * signature is "ED" (over the BLAKE2b-512 of the file), the same id and 64 bytes, and a second one
 * over those 64 bytes and the trusted comment. Texts are read as strictly as they are written: four
 * lines, nothing behind them. Of the older form, over the file itself, there is none of ours.
 */
#include "crypto/minisign.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "crypto/key_file.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEY_FILE "signing.key"
#define KEY_TITLE "# Undersign signing key: SECRET, it signs bundles; keep a copy in a safe place\n"
#define VARIANT sodium_base64_VARIANT_ORIGINAL
#define ID_SIZE 8
#define SEED_SIZE crypto_sign_SEEDBYTES
#define FILE_MOST 512
#define TEXT_MOST 4096

static_assert(2 * ID_SIZE + 1 == MINISIGN_ID_SIZE, "an id is printed in hex");

struct minisign_secret {
    struct minisign_public public;
    uint8_t key[crypto_sign_SECRETKEYBYTES];
};

struct blob { /* the bytes of a signature's first line */
    uint8_t algorithm[2], id[ID_SIZE], signature[crypto_sign_BYTES];
};

struct key_blob {
    uint8_t algorithm[2], id[ID_SIZE], key[crypto_sign_PUBLICKEYBYTES];
};

#define BLOB_TEXT sodium_base64_ENCODED_LEN(sizeof(struct blob), VARIANT)
#define KEY_BLOB_TEXT sodium_base64_ENCODED_LEN(sizeof(struct key_blob), VARIANT)

/* ---- the site's key ---- */

static bool decode(const char *text, size_t len, void *out, size_t size)
{
    size_t got = 0;
    const char *end = NULL;

    return sodium_base642bin(out, size, text, len, NULL, &got, &end, VARIANT) == 0 && got == size &&
           end == text + len;
}

/* The id is of the key: it only tells keys apart, and needs no room of its own in the file. */
static void derive(const uint8_t seed[SEED_SIZE], struct minisign_secret *out)
{
    uint8_t hash[crypto_generichash_BYTES];

    (void)crypto_sign_seed_keypair(out->public.key, out->key, seed);
    (void)crypto_generichash(hash, sizeof(hash), out->public.key, sizeof(out->public.key), NULL, 0);
    memcpy(out->public.id, hash, ID_SIZE);
}

static enum us_err make_key(const struct key_file *file)
{
    uint8_t seed[SEED_SIZE];
    char line[sodium_base64_ENCODED_LEN(SEED_SIZE, VARIANT)], *text;
    enum us_err err;

    randombytes_buf(seed, sizeof(seed));
    (void)sodium_bin2base64(line, sizeof(line), seed, sizeof(seed), VARIANT);
    text = mem_format("%s%s\n", KEY_TITLE, line);
    err = key_file_write(file, text, strlen(text));
    sodium_memzero(text, strlen(text));
    free(text);
    sodium_memzero(line, sizeof(line));
    sodium_memzero(seed, sizeof(seed));
    return err;
}

static enum us_err read_key(const struct key_file *file, struct minisign_secret *out)
{
    const size_t title = strlen(KEY_TITLE);
    uint8_t seed[SEED_SIZE];
    char text[FILE_MOST];
    size_t len = 0;
    enum us_err err = key_file_read(file, text, sizeof(text), &len);

    if (err != US_OK)
        return err;
    if (len <= title + 1 || memcmp(text, KEY_TITLE, title) != 0 || text[len - 1] != '\n' ||
        !decode(text + title, len - title - 1, seed, sizeof(seed))) {
        fault_set(file->fault, KEY_FILE, 0, "is not a signing key; put the right one back");
        err = US_CORRUPT;
    } else {
        derive(seed, out);
    }
    sodium_memzero(text, sizeof(text));
    sodium_memzero(seed, sizeof(seed));
    return err;
}

enum us_err minisign_open(const char *folder, struct minisign_secret **out, struct fault *fault)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct key_file file = {fd, KEY_FILE, true, fault};
    struct minisign_secret *secret;
    enum us_err err;

    if (fd < 0) {
        fault_set(fault, folder, 0, "the folder of keys cannot be opened: %s", strerror(errno));
        return errno == EACCES ? US_DENIED : US_IO;
    }
    secret = MEM_NEW(struct minisign_secret);
    err = read_key(&file, secret);
    if (err == US_NOT_FOUND) {
        err = make_key(&file);
        /* Two may have begun at once: then the other one's key is the site's. */
        if (err == US_OK || err == US_DUPLICATE)
            err = read_key(&file, secret);
    }
    (void)close(fd);
    if (err == US_OK)
        *out = secret;
    else
        minisign_free(secret);
    return err;
}

void minisign_free(struct minisign_secret *secret)
{
    if (secret == NULL)
        return;
    sodium_memzero(secret, sizeof(*secret));
    free(secret);
}

void minisign_public_of(const struct minisign_secret *secret, struct minisign_public *out)
{
    *out = secret->public;
}

/* ---- signing ---- */

void minisign_hash(const void *data, size_t len, uint8_t out[MINISIGN_HASH_SIZE])
{
    (void)crypto_generichash(out, MINISIGN_HASH_SIZE, data, len, NULL, 0);
}

static bool is_comment(const char *comment)
{
    size_t len = strlen(comment);

    return len <= MINISIGN_COMMENT_MOST && utf8_is_valid(comment, len) &&
           !utf8_has_forbidden(comment, len, false);
}

/* What the second signature is over. The caller's. */
static uint8_t *join(const uint8_t signature[crypto_sign_BYTES], const char *comment, size_t *len)
{
    uint8_t *bytes;

    *len = crypto_sign_BYTES + strlen(comment);
    bytes = mem_alloc(*len);
    memcpy(bytes, signature, crypto_sign_BYTES);
    memcpy(bytes + crypto_sign_BYTES, comment, strlen(comment));
    return bytes;
}

void minisign_print_id(const struct minisign_public *key, char out[MINISIGN_ID_SIZE])
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < ID_SIZE; i++) {
        out[2 * i] = digits[key->id[ID_SIZE - 1 - i] >> 4];
        out[2 * i + 1] = digits[key->id[ID_SIZE - 1 - i] & 15];
    }
    out[2 * ID_SIZE] = '\0';
}

enum us_err minisign_sign(const struct minisign_secret *secret,
                          const uint8_t hash[MINISIGN_HASH_SIZE], const char *comment, char **out)
{
    struct blob blob = {.algorithm = {'E', 'D'}};
    uint8_t global[crypto_sign_BYTES], *joined;
    char line[BLOB_TEXT], last[sodium_base64_ENCODED_LEN(crypto_sign_BYTES, VARIANT)];
    char id[MINISIGN_ID_SIZE];
    size_t len;

    if (!is_comment(comment))
        return US_INVALID;
    memcpy(blob.id, secret->public.id, ID_SIZE);
    (void)crypto_sign_detached(blob.signature, NULL, hash, MINISIGN_HASH_SIZE, secret->key);
    joined = join(blob.signature, comment, &len);
    (void)crypto_sign_detached(global, NULL, joined, len, secret->key);
    free(joined);
    (void)sodium_bin2base64(line, sizeof(line), (const uint8_t *)&blob, sizeof(blob), VARIANT);
    (void)sodium_bin2base64(last, sizeof(last), global, sizeof(global), VARIANT);
    minisign_print_id(&secret->public, id);
    *out = mem_format("untrusted comment: signature of an Undersign site, key %s\n%s\n"
                      "trusted comment: %s\n%s\n",
                      id, line, comment, last);
    return US_OK;
}

/* ---- reading ---- */

char *minisign_public_text(const struct minisign_public *key)
{
    struct key_blob blob = {.algorithm = {'E', 'd'}};
    char line[KEY_BLOB_TEXT], id[MINISIGN_ID_SIZE];

    memcpy(blob.id, key->id, ID_SIZE);
    memcpy(blob.key, key->key, sizeof(blob.key));
    (void)sodium_bin2base64(line, sizeof(line), (const uint8_t *)&blob, sizeof(blob), VARIANT);
    minisign_print_id(key, id);
    return mem_format("untrusted comment: public key of an Undersign site, key %s\n%s\n", id, line);
}

/* The next line, without its end; NULL where there is none that ends. */
static const char *take_line(const char **text, size_t *len)
{
    const char *line = *text, *end = strchr(line, '\n');

    if (end == NULL)
        return NULL;
    *len = (size_t)(end - line);
    if (*len > 0 && line[*len - 1] == '\r')
        --*len;
    *text = end + 1;
    return line;
}

static bool begins(const char *line, size_t len, const char *with)
{
    return line != NULL && len >= strlen(with) && strncmp(line, with, strlen(with)) == 0;
}

enum us_err minisign_public_read(const char *text, struct minisign_public *out)
{
    struct key_blob blob;
    const char *line;
    size_t len = 0;

    if (strlen(text) > TEXT_MOST || !begins(text, strlen(text), "untrusted comment: "))
        return US_INVALID;
    if (take_line(&text, &len) == NULL || (line = take_line(&text, &len)) == NULL ||
        *text != '\0' || !decode(line, len, &blob, sizeof(blob)) ||
        memcmp(blob.algorithm, "Ed", 2) != 0)
        return US_INVALID;
    memcpy(out->id, blob.id, ID_SIZE);
    memcpy(out->key, blob.key, sizeof(blob.key));
    return US_OK;
}

static enum us_err read_signature(const char *text, struct blob *blob,
                                  uint8_t global[crypto_sign_BYTES], char **comment)
{
    static const char trusted[] = "trusted comment: ";
    const char *line, *said;
    size_t len = 0, said_len = 0;

    if (strlen(text) > TEXT_MOST || !begins(text, strlen(text), "untrusted comment: "))
        return US_INVALID;
    (void)take_line(&text, &len);
    line = take_line(&text, &len);
    if (line == NULL || !decode(line, len, blob, sizeof(*blob)) ||
        memcmp(blob->algorithm, "ED", 2) != 0)
        return US_INVALID;
    said = take_line(&text, &said_len);
    line = take_line(&text, &len);
    if (!begins(said, said_len, trusted) || line == NULL || *text != '\0' ||
        !decode(line, len, global, crypto_sign_BYTES))
        return US_INVALID;
    *comment = mem_string_part(said + strlen(trusted), said_len - strlen(trusted));
    /* minisign's own have tabs in them. */
    if (utf8_is_valid(*comment, strlen(*comment)) &&
        !utf8_has_forbidden(*comment, strlen(*comment), true))
        return US_OK;
    free(*comment);
    return US_INVALID;
}

enum us_err minisign_verify(const struct minisign_public *key, const void *data, size_t len,
                            const char *signature, char **comment)
{
    struct blob blob;
    uint8_t global[crypto_sign_BYTES], hash[MINISIGN_HASH_SIZE], *joined;
    char *said = NULL;
    size_t joined_len;
    enum us_err err = read_signature(signature, &blob, global, &said);

    if (err != US_OK)
        return err;
    minisign_hash(data, len, hash);
    joined = join(blob.signature, said, &joined_len);
    if (memcmp(blob.id, key->id, ID_SIZE) != 0 ||
        crypto_sign_verify_detached(blob.signature, hash, sizeof(hash), key->key) != 0 ||
        crypto_sign_verify_detached(global, joined, joined_len, key->key) != 0)
        err = US_CORRUPT;
    free(joined);
    if (err == US_OK)
        *comment = said;
    else
        free(said);
    return err;
}
