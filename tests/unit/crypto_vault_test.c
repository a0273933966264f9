/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Packed files: what goes in comes out; and of a file that is not as it was written nothing is
 * taken for good, whichever byte was changed, wherever it was cut, and whoever changed it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "crypto/vault.h"
#include <cmocka.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define HEAD "site https://example.org\nrows 3 signature\n"

static struct organiser_public public_key;
static struct organiser_secret secret_key, other_key;

static void make_key(struct organiser_secret *out)
{
    crypto_box_keypair(out->public, out->bytes);
}

static int set_up(void **state)
{
    (void)state;
    random_open();
    make_key(&secret_key);
    make_key(&other_key);
    memcpy(public_key.bytes, secret_key.public, sizeof(public_key.bytes));
    return 0;
}

static enum us_err take(const void *data, size_t len, void *arg)
{
    str_append(arg, data, len);
    return US_OK;
}

static struct str pack(const void *data, size_t len, bool is_sealed)
{
    struct str file = STR_INIT;
    struct vault_writer *writer;

    assert_int_equal(vault_writer_new(HEAD, is_sealed ? &public_key : NULL, take, &file, &writer),
                     US_OK);
    for (size_t at = 0; at < len; at += 1000)
        assert_int_equal(
            vault_write(writer, (const char *)data + at, len - at < 1000 ? len - at : 1000), US_OK);
    assert_int_equal(vault_finish(writer), US_OK);
    vault_writer_free(writer);
    return file;
}

static int file_of(const void *data, size_t len)
{
    int fd = memfd_create("vault", MFD_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, data, len), (ssize_t)len);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    return fd;
}

/* Reads all of it; US_OK only where everything checked out. */
static enum us_err unpack(const void *data, size_t len, const struct organiser_secret *key,
                          struct str *out)
{
    int fd = file_of(data, len);
    struct vault_reader *reader = NULL;
    struct fault fault = {.text = ""};
    char piece[5000];
    size_t got = 1;
    enum us_err err = vault_reader_new(fd, &reader, &fault);

    if (err == US_OK && key != NULL)
        err = vault_open(reader, key);
    if (err == US_OK)
        assert_string_equal(vault_head(reader) != NULL ? "head" : "", "head");
    while (err == US_OK && got > 0) {
        err = vault_read(reader, piece, sizeof(piece), &got);
        if (err == US_OK)
            str_append(out, piece, got);
    }
    vault_reader_free(reader);
    close(fd);
    return err;
}

/* Half noise, half not, so that it compresses to something. */
static char *make_content(size_t len)
{
    char *content = mem_alloc(len + 1);

    random_bytes(content, len);
    for (size_t i = 0; i < len; i++) {
        if (i % 512 < 256)
            content[i] = 'a';
    }
    return content;
}

static void test_comes_back(void **state)
{
    static const size_t sizes[] = {0, 1, 999, 65535, 65536, 131072, 1000000};

    (void)state;
    for (size_t i = 0; i < 2 * sizeof(sizes) / sizeof(sizes[0]); i++) {
        size_t len = sizes[i / 2];
        bool is_sealed = i % 2 == 1;
        char *content = make_content(len);
        struct str file = pack(content, len, is_sealed), out = STR_INIT;
        assert_int_equal(unpack(file.data, file.len, is_sealed ? &secret_key : NULL, &out), US_OK);
        assert_int_equal(out.len, len);
        assert_memory_equal(str_text(&out), content, len);
        assert_true(len < 1000000 || file.len < 700000);
        str_free(&out);
        str_free(&file);
        free(content);
    }
}

static void test_head_is_read_without_a_key(void **state)
{
    struct str file = pack("hidden", 6, true), out = STR_INIT;
    char name[VAULT_NAME_SIZE];
    struct vault_reader *reader;
    struct fault fault;
    size_t len;
    int fd = file_of(file.data, file.len);

    (void)state;
    assert_int_equal(vault_reader_new(fd, &reader, &fault), US_OK);
    assert_string_equal(vault_head(reader), HEAD);
    vault_name(&public_key, name);
    assert_string_equal(vault_sealed_to(reader), name);
    assert_int_equal(vault_read(reader, name, 1, &len), US_DENIED);
    assert_int_equal(vault_open(reader, &other_key), US_DENIED);
    assert_int_equal(vault_check(reader), US_OK);
    vault_reader_free(reader);
    close(fd);
    assert_int_equal(unpack(file.data, file.len, &other_key, &out), US_DENIED);
    assert_int_equal(out.len, 0);
    assert_null(memmem(file.data, file.len, "hidden", 6));
    str_free(&out);
    str_free(&file);
}

static void refuse(const void *data, size_t len, bool is_sealed)
{
    struct str out = STR_INIT;
    enum us_err err = unpack(data, len, is_sealed ? &secret_key : NULL, &out);

    if (err == US_OK)
        fail_msg("a changed file of %zu bytes was taken for good", len);
    str_free(&out);
}

static void test_every_byte_counts(void **state)
{
    (void)state;
    for (int is_sealed = 0; is_sealed < 2; is_sealed++) {
        char *content = make_content(2000);
        struct str file = pack(content, 2000, is_sealed == 1);
        for (size_t i = 0; i < file.len; i++) {
            for (int bit = 0; bit < 8; bit++) {
                file.data[i] ^= (char)(1 << bit);
                refuse(file.data, file.len, is_sealed == 1);
                file.data[i] ^= (char)(1 << bit);
            }
        }
        for (size_t len = 0; len < file.len; len++)
            refuse(file.data, len, is_sealed == 1);
        str_append_char(&file, 'x');
        refuse(file.data, file.len, is_sealed == 1);
        str_free(&file);
        free(content);
    }
}

/* The digest at the end is anybody's to make anew. */
static void mend(struct str *file)
{
    uint8_t digest[DIGEST_SIZE];

    digest_sha256(file->data, file->len - DIGEST_SIZE, digest);
    memcpy(file->data + file->len - DIGEST_SIZE, digest, DIGEST_SIZE);
}

static void test_seal_holds_against_forgers(void **state)
{
    char *content = make_content(300000);
    struct str file = pack(content, 300000, true), forged = STR_INIT;
    size_t body, first, second;

    (void)state;
    free(content);
    /* Another head. */
    str_append(&forged, file.data, file.len);
    *strstr(forged.data, "3 signature") = '4';
    mend(&forged);
    refuse(forged.data, forged.len, true);
    str_clear(&forged);

    /* Without its last chunk, and with the first two in another order. */
    body = (size_t)(strstr(file.data, "\n\n") + 2 - file.data);
    first = (size_t)((uint8_t)file.data[body + 1] << 16 | (uint8_t)file.data[body + 2] << 8 |
                     (uint8_t)file.data[body + 3]) +
            4;
    second =
        (size_t)((uint8_t)file.data[body + first + 1] << 16 |
                 (uint8_t)file.data[body + first + 2] << 8 | (uint8_t)file.data[body + first + 3]) +
        4;
    assert_true(body + first + second + 4 + DIGEST_SIZE < file.len);
    str_append(&forged, file.data, body + first);
    str_append(&forged, "\0\0\0\0", 4);
    str_append(&forged, file.data, DIGEST_SIZE);
    mend(&forged);
    refuse(forged.data, forged.len, true);
    str_clear(&forged);

    str_append(&forged, file.data, body);
    str_append(&forged, file.data + body + first, second);
    str_append(&forged, file.data + body, first);
    str_append(&forged, file.data + body + first + second, file.len - body - first - second);
    mend(&forged);
    refuse(forged.data, forged.len, true);
    str_free(&forged);
    str_free(&file);
}

static enum us_err take_little(const void *data, size_t len, void *arg)
{
    size_t *room = arg;

    (void)data;
    if (len > *room)
        return US_FULL;
    *room -= len;
    return US_OK;
}

static void test_a_full_disk_is_told(void **state)
{
    char *content = make_content(500000);
    struct vault_writer *writer;
    size_t room = 100;

    (void)state;
    assert_int_equal(vault_writer_new(HEAD, NULL, take_little, &(size_t){1}, &writer), US_FULL);
    assert_int_equal(vault_writer_new(HEAD, NULL, take_little, &room, &writer), US_OK);
    assert_int_equal(vault_write(writer, content, 500000), US_FULL);
    assert_int_equal(vault_finish(writer), US_FULL);
    vault_writer_free(writer);
    free(content);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_comes_back),
        cmocka_unit_test(test_head_is_read_without_a_key),
        cmocka_unit_test(test_every_byte_counts),
        cmocka_unit_test(test_seal_holds_against_forgers),
        cmocka_unit_test(test_a_full_disk_is_told),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
