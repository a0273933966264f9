/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A key taken for another loses data for good: contact data sealed to a mistyped key, or to a
 * secret key given as a public one, can never be opened. So the first line of a file must say which
 * kind it is, and four bytes of a hash over kind and key stand behind the key.
 *
 * A sealed value is a kind byte, a byte of the public key's hash (which tells keys apart when there
 * were several), and crypto_box_seal over appeal, row and text.
 */
#include "crypto/organiser.h"
#include "base/mem.h"
#include "crypto/cipher.h"
#include "crypto/key_file.h"
#include "crypto/keyring.h"
#include "crypto/organiser_lock.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static_assert(ORGANISER_KEY_SIZE == crypto_box_PUBLICKEYBYTES, "a public key is X25519's");
static_assert(ORGANISER_KEY_SIZE == crypto_box_SECRETKEYBYTES, "a secret key is X25519's");

#define CHECK_SIZE 4
#define FILE_MOST 1024
#define LINE_SIZE sodium_base64_ENCODED_LEN(ORGANISER_KEY_SIZE + CHECK_SIZE, VARIANT)
#define VARIANT sodium_base64_VARIANT_ORIGINAL
#define KIND_SEALED 4
#define HEAD_SIZE 2
#define CLAIM_SIZE 16

#define PUBLIC_TITLE "# Undersign organiser's public key"
#define SECRET_TITLE "# Undersign organiser's SECRET key"
#define LOCKED_TITLE SECRET_TITLE " under a passphrase"
#define PUBLIC_RULE ": anybody may have it; contact data is sealed to it"
#define SECRET_RULE ": it opens contact data; keep it to yourself and never on the server"

/* The hash takes in the kind, so that a file whose first line was changed is found out. */
static void hash_key(const char *title, const uint8_t *key, uint8_t *out, size_t size)
{
    crypto_generichash_state state;
    uint8_t hash[crypto_generichash_BYTES];

    (void)crypto_generichash_init(&state, NULL, 0, sizeof(hash));
    (void)crypto_generichash_update(&state, (const unsigned char *)title, strlen(title));
    (void)crypto_generichash_update(&state, key, ORGANISER_KEY_SIZE);
    (void)crypto_generichash_final(&state, hash, sizeof(hash));
    memcpy(out, hash, size);
}

/* Opens the folder that a path lies in. */
static int open_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash == NULL
                       ? mem_string(".")
                       : mem_string_part(path, slash == path ? 1 : (size_t)(slash - path));
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int cause = errno;

    free(folder);
    errno = cause;
    return fd;
}

/* Writes a key file into a folder; path is the same file, as the fault is to name it. */
static enum us_err write_file(int folder, const char *path, const char *title, const char *line,
                              struct fault *fault)
{
    const char *slash = strrchr(path, '/');
    struct key_file file = {folder, slash == NULL ? path : slash + 1, .fault = fault};
    char text[FILE_MOST];
    enum us_err err;
    int len;

    file.is_private = strcmp(title, PUBLIC_TITLE) != 0;
    len = snprintf(text, sizeof(text), "%s%s\n%s\n", title,
                   file.is_private ? SECRET_RULE : PUBLIC_RULE, line);
    err = key_file_write(&file, text, (size_t)len);
    if (err != US_OK)
        fault_set(fault, path, 0, "%s", fault->text);
    sodium_memzero(text, sizeof(text));
    return err;
}

static enum us_err write_key(int folder, const char *path, const char *title, const uint8_t *key,
                             struct fault *fault)
{
    uint8_t bytes[ORGANISER_KEY_SIZE + CHECK_SIZE];
    char line[LINE_SIZE];
    enum us_err err;

    memcpy(bytes, key, ORGANISER_KEY_SIZE);
    hash_key(title, key, bytes + ORGANISER_KEY_SIZE, CHECK_SIZE);
    (void)sodium_bin2base64(line, sizeof(line), bytes, sizeof(bytes), VARIANT);
    err = write_file(folder, path, title, line, fault);
    sodium_memzero(bytes, sizeof(bytes));
    sodium_memzero(line, sizeof(line));
    return err;
}

static enum us_err refuse_memory(const char *path, struct fault *fault)
{
    fault_set(fault, path, 0, "a passphrase needs 256 MiB of memory, which are not to be had");
    return US_LIMITED;
}

static enum us_err write_locked(int folder, const char *path, const char *passphrase,
                                const uint8_t *key, struct fault *fault)
{
    char line[ORGANISER_LOCK_LINE];
    enum us_err err = organiser_lock(key, passphrase, line);

    return err == US_OK ? write_file(folder, path, LOCKED_TITLE, line, fault)
                        : refuse_memory(path, fault);
}

/* Takes back the secret key of a pair whose public key could not be written. */
static void take_back(int folder, const char *path, struct fault *fault)
{
    const char *slash = strrchr(path, '/');
    struct fault second;
    struct key_file file = {folder, slash == NULL ? path : slash + 1, true, &second};

    if (key_file_destroy(&file) != US_OK)
        fault_set(fault, path, 0, "stands there without its public key; remove it (%s)",
                  second.text);
}

static enum us_err make(const char *path, const char *passphrase, struct organiser_public *out,
                        struct fault *fault)
{
    struct organiser_public public;
    struct organiser_secret secret;
    char *public_path = mem_format("%s.pub", path);
    int folder = open_folder(path);
    enum us_err err;

    if (folder < 0) {
        err = errno == ENOENT ? US_NOT_FOUND : errno == EACCES ? US_DENIED : US_IO;
        fault_set(fault, path, 0, "its folder cannot be opened: %s", strerror(errno));
        goto out_path;
    }
    (void)crypto_box_keypair(public.bytes, secret.bytes);

    /* The secret key first: nobody must find a public key to seal to whose secret was never kept.
     */
    err = passphrase != NULL ? write_locked(folder, path, passphrase, secret.bytes, fault)
                             : write_key(folder, path, SECRET_TITLE, secret.bytes, fault);
    if (err != US_OK)
        goto out_keys;
    err = write_key(folder, public_path, PUBLIC_TITLE, public.bytes, fault);
    if (err != US_OK) {
        take_back(folder, path, fault);
        goto out_keys;
    }
    *out = public;

out_keys:
    organiser_wipe(&secret);
    (void)close(folder);
out_path:
    free(public_path);
    return err;
}

enum us_err organiser_make(const char *path, struct organiser_public *out, struct fault *fault)
{
    return make(path, NULL, out, fault);
}

enum us_err organiser_make_locked(const char *path, const char *passphrase,
                                  struct organiser_public *out, struct fault *fault)
{
    return make(path, passphrase, out, fault);
}

/* The key in a file's text, which has a NUL at its end. */
static const char *parse_key(const char *text, const char *title, uint8_t key[ORGANISER_KEY_SIZE])
{
    uint8_t bytes[ORGANISER_KEY_SIZE + CHECK_SIZE], check[CHECK_SIZE];
    const char *wrong = NULL, *end, *line = strchr(text, '\n');
    size_t len = 0;

    if (strncmp(text, title, strlen(title)) != 0)
        return "its first line must begin with these words";
    if (line == NULL ||
        sodium_base642bin(bytes, sizeof(bytes), line + 1, strlen(line + 1), " \t\r\n", &len, &end,
                          VARIANT) != 0 ||
        *end != '\0' || len != sizeof(bytes)) {
        wrong = "its second line must be the key in base64, and nothing may follow";
    } else {
        hash_key(title, bytes, check, sizeof(check));
        if (sodium_memcmp(check, bytes + ORGANISER_KEY_SIZE, CHECK_SIZE) != 0)
            wrong = "the key in it does not check out; copy the file again";
        else
            memcpy(key, bytes, ORGANISER_KEY_SIZE);
    }
    sodium_memzero(bytes, sizeof(bytes));
    return wrong;
}

static enum us_err read_text(const char *path, bool is_private, char text[FILE_MOST + 1],
                             struct fault *fault)
{
    struct key_file file = {AT_FDCWD, path, is_private, fault};
    size_t len = 0;
    enum us_err err = key_file_read(&file, text, FILE_MOST, &len);

    text[err == US_OK ? len : 0] = '\0';
    return err;
}

static bool is_title(const char *text, const char *title)
{
    return strncmp(text, title, strlen(title)) == 0;
}

static enum us_err take_key(const char *path, const char *text, const char *title,
                            uint8_t key[ORGANISER_KEY_SIZE], struct fault *fault)
{
    const char *wrong = parse_key(text, title, key);

    if (wrong == NULL)
        return US_OK;
    if (is_title(title, SECRET_TITLE) && is_title(text, PUBLIC_TITLE))
        fault_set(fault, path, 0,
                  "is the organiser's public key; this asks for the SECRET one, the file without "
                  ".pub");
    else if (is_title(title, PUBLIC_TITLE) && is_title(text, SECRET_TITLE))
        fault_set(
            fault, path, 0,
            "is the organiser's SECRET key; this asks for the public one, the file with .pub");
    else
        fault_set(fault, path, 0, "is not an \"%s\": %s", title + 2, wrong);
    return US_INVALID;
}

/* Asks until a passphrase opens it. */
static enum us_err unlock(const char *path, const char *text, organiser_ask *ask, void *arg,
                          uint8_t key[ORGANISER_KEY_SIZE], struct fault *fault)
{
    const char *line = strchr(text, '\n');
    char passphrase[ORGANISER_PASSPHRASE_MOST + 1];
    enum us_err err = US_DENIED;

    for (int i = 0; i < ORGANISER_TRIES && err == US_DENIED; i++) {
        if (ask == NULL || !ask(i, passphrase, arg)) {
            if (i == 0)
                fault_set(fault, path, 0, "is under a passphrase, and none was given");
            break;
        }
        err = organiser_unlock(line != NULL ? line + 1 : "", passphrase, key);
        if (err == US_DENIED)
            fault_set(fault, path, 0, "the passphrase is wrong");
    }
    sodium_memzero(passphrase, sizeof(passphrase));
    if (err == US_INVALID)
        fault_set(fault, path, 0, "the key in it does not check out; copy the file again");
    return err == US_LIMITED ? refuse_memory(path, fault) : err;
}

enum us_err organiser_read_public(const char *path, struct organiser_public *out,
                                  struct fault *fault)
{
    uint8_t trial[crypto_box_SEALBYTES];
    struct organiser_public key;
    char text[FILE_MOST + 1];
    enum us_err err = read_text(path, false, text, fault);

    if (err == US_OK)
        err = take_key(path, text, PUBLIC_TITLE, key.bytes, fault);
    if (err != US_OK)
        return err;

    /* A few points of the curve (RFC 7748, section 6.1) make keys that nothing can be sealed to. */
    if (crypto_box_seal(trial, (const unsigned char *)"", 0, key.bytes) != 0) {
        fault_set(fault, path, 0, "holds a key that nothing can be sealed to");
        return US_INVALID;
    }
    *out = key;
    return US_OK;
}

enum us_err organiser_open_secret(const char *path, organiser_ask *ask, void *arg,
                                  struct organiser_secret *out, struct fault *fault)
{
    struct organiser_secret secret;
    char text[FILE_MOST + 1];
    enum us_err err = read_text(path, true, text, fault);

    /* What everybody may read may be the public one: that is then what is wrong. */
    if (err == US_DENIED) {
        struct fault second;
        if (read_text(path, false, text, &second) == US_OK && is_title(text, PUBLIC_TITLE))
            err = US_OK;
    }
    if (err == US_OK)
        err = strncmp(text, LOCKED_TITLE, strlen(LOCKED_TITLE)) == 0
                  ? unlock(path, text, ask, arg, secret.bytes, fault)
                  : take_key(path, text, SECRET_TITLE, secret.bytes, fault);
    sodium_memzero(text, sizeof(text));
    if (err == US_OK) {
        (void)crypto_scalarmult_base(secret.public, secret.bytes);
        *out = secret;
    }
    organiser_wipe(&secret);
    return err;
}

enum us_err organiser_read_secret(const char *path, struct organiser_secret *out,
                                  struct fault *fault)
{
    return organiser_open_secret(path, NULL, NULL, out, fault);
}

void organiser_wipe(struct organiser_secret *secret)
{
    sodium_memzero(secret, sizeof(*secret));
}

enum us_err organiser_seal(const struct organiser_public *key, int64_t appeal, int64_t row,
                           const void *data, size_t len, uint8_t **out, size_t *out_len)
{
    size_t inner = CLAIM_SIZE + len;
    size_t padded = inner - inner % CIPHER_PADDING + CIPHER_PADDING;
    size_t total = HEAD_SIZE + padded + crypto_box_SEALBYTES;
    uint8_t *text = mem_alloc(padded), *value = mem_alloc(total);
    int failed;

    cipher_put_number(text, appeal);
    cipher_put_number(text + 8, row);
    if (len > 0)
        memcpy(text + CLAIM_SIZE, data, len);
    (void)sodium_pad(NULL, text, inner, CIPHER_PADDING, padded);
    value[0] = KIND_SEALED;
    hash_key(PUBLIC_TITLE, key->bytes, value + 1, 1);
    failed = crypto_box_seal(value + HEAD_SIZE, text, padded, key->bytes);

    keyring_wipe_free(text, padded);
    if (failed != 0) {
        free(value);
        return US_INVALID;
    }
    *out = value;
    *out_len = total;
    return US_OK;
}

enum us_err organiser_unseal(const struct organiser_secret *key, int64_t appeal, int64_t row,
                             const void *data, size_t len, uint8_t **out, size_t *out_len)
{
    const size_t least = HEAD_SIZE + CIPHER_PADDING + crypto_box_SEALBYTES;
    const uint8_t *value = data;
    uint8_t id, *text;
    size_t padded, inner;

    if (len < least || (len - least) % CIPHER_PADDING != 0 || value[0] != KIND_SEALED)
        return US_CORRUPT;
    hash_key(PUBLIC_TITLE, key->public, &id, 1);
    if (value[1] != id)
        return US_CORRUPT;

    padded = len - HEAD_SIZE - crypto_box_SEALBYTES;
    text = mem_alloc(padded);
    if (crypto_box_seal_open(text, value + HEAD_SIZE, len - HEAD_SIZE, key->public, key->bytes) !=
            0 ||
        sodium_unpad(&inner, text, padded, CIPHER_PADDING) != 0 || inner < CLAIM_SIZE ||
        cipher_get_number(text) != appeal || cipher_get_number(text + 8) != row) {
        keyring_wipe_free(text, padded);
        return US_CORRUPT;
    }

    *out_len = inner - CLAIM_SIZE;
    memmove(text, text + CLAIM_SIZE, *out_len);
    text[*out_len] = '\0';
    sodium_memzero(text + *out_len, padded - *out_len);
    *out = text;
    return US_OK;
}
