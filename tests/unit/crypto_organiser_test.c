/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The organiser's key pair: files that are never overwritten nor taken for one another, and sealed
 * values that open in their own place and no other.
 */
#include "crypto/keyring.h"
#include "crypto/organiser.h"
#include "crypto/random.h"
#include "tests/unit/crypto_place.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static mode_t mode_of(const char *path)
{
    struct stat info;

    assert_int_equal(stat(path, &info), 0);
    return info.st_mode & 0777;
}

static void test_organiser_files(void **state)
{
    struct place *place = *state;
    char *path = place_path(place, "organiser"), *public_path = place_path(place, "organiser.pub");
    struct organiser_public made, read, other;
    struct organiser_secret secret;
    struct fault fault = {.line = 0};

    assert_int_equal(organiser_make(path, &made, &fault), US_OK);
    assert_int_equal(mode_of(path), 0600);
    assert_int_equal(mode_of(public_path), 0644);
    assert_int_equal(organiser_read_public(public_path, &read, &fault), US_OK);
    assert_memory_equal(made.bytes, read.bytes, sizeof(made.bytes));
    assert_int_equal(organiser_read_secret(path, &secret, &fault), US_OK);
    assert_memory_not_equal(secret.bytes, read.bytes, sizeof(read.bytes));

    /* A pair is never overwritten, nor half of one added. */
    assert_int_equal(organiser_make(path, &other, &fault), US_DUPLICATE);
    assert_string_equal(fault.file, path);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(organiser_make(path, &other, &fault), US_DUPLICATE);
    assert_string_equal(fault.file, public_path);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(organiser_read_secret(path, &secret, &fault), US_NOT_FOUND);

    /* A folder that is not there is named. */
    assert_int_equal(organiser_make("/nowhere-at-all/key", &other, &fault), US_NOT_FOUND);
    organiser_wipe(&secret);
    for (size_t i = 0; i < sizeof(secret.bytes); i++)
        assert_int_equal(secret.bytes[i], 0);
    free(path);
    free(public_path);
}

static void write_text(const char *path, const char *text, size_t len)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void test_organiser_files_refused(void **state)
{
    struct place *place = *state;
    char *path = place_path(place, "organiser"), *public_path = place_path(place, "organiser.pub");
    struct organiser_public public;
    struct organiser_secret secret;
    struct fault fault = {.line = 0};
    char text[1024] = "", *line;
    size_t len;
    FILE *file;

    assert_int_equal(organiser_make(path, &public, &fault), US_OK);

    /* The one file taken for the other: what was sealed to a secret key could never be opened. */
    assert_int_equal(organiser_read_public(path, &public, &fault), US_INVALID);
    assert_non_null(strstr(fault.text, "is the organiser's SECRET key"));
    assert_int_equal(organiser_read_secret(public_path, &secret, &fault), US_INVALID);
    assert_non_null(strstr(fault.text, "is the organiser's public key"));
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(organiser_read_secret(path, &secret, &fault), US_DENIED);
    assert_non_null(strstr(fault.text, "0600"));
    assert_int_equal(chmod(path, 0600), 0);

    /* A letter changed anywhere in the key is noticed. */
    file = fopen(public_path, "r");
    assert_non_null(file);
    len = fread(text, 1, sizeof(text) - 1, file);
    assert_int_equal(fclose(file), 0);
    line = strchr(text, '\n') + 1;
    assert_int_equal(strlen(line), 49);
    for (size_t i = 0; i < 48; i++) {
        char was = line[i];

        line[i] = was == 'A' ? 'B' : 'A';
        write_text(public_path, text, len);
        assert_int_equal(organiser_read_public(public_path, &public, &fault), US_INVALID);
        line[i] = was;
    }
    write_text(public_path, text, len - 20);
    assert_int_equal(organiser_read_public(public_path, &public, &fault), US_INVALID);
    write_text(public_path, line, strlen(line));
    assert_int_equal(organiser_read_public(public_path, &public, &fault), US_INVALID);
    write_text(public_path, "", 0);
    assert_int_equal(organiser_read_public(public_path, &public, &fault), US_INVALID);
    write_text(public_path, text, sizeof(text));
    assert_int_equal(truncate(public_path, 4096), 0);
    assert_int_equal(organiser_read_public(public_path, &public, &fault), US_CORRUPT);

    /* Line ends of another system, and no line end, do no harm. */
    (void)snprintf(line + 48, sizeof(text) - (size_t)(line + 48 - text), "\r\n");
    write_text(public_path, text, len + 1);
    assert_int_equal(organiser_read_public(public_path, &public, &fault), US_OK);
    write_text(public_path, text, len - 1);
    assert_int_equal(organiser_read_public(public_path, &public, &fault), US_OK);
    free(path);
    free(public_path);
}

static void test_seal(void **state)
{
    struct place *place = *state;
    char *path = place_path(place, "organiser");
    struct organiser_public public;
    struct organiser_secret secret, stranger;
    struct fault fault = {.line = 0};
    static const char mailbox[] = "office@union.example";
    uint8_t *sealed, *again, *opened = NULL;
    size_t len, again_len, opened_len = 0;

    assert_int_equal(organiser_make(path, &public, &fault), US_OK);
    assert_int_equal(organiser_read_secret(path, &secret, &fault), US_OK);
    assert_int_equal(organiser_seal(&public, 3, 7, mailbox, strlen(mailbox), &sealed, &len), US_OK);
    assert_int_equal(organiser_seal(&public, 3, 7, "a@b", 3, &again, &again_len), US_OK);
    assert_int_equal(len, again_len); /* the length tells nothing */
    free(again);
    assert_int_equal(organiser_unseal(&secret, 3, 7, sealed, len, &opened, &opened_len), US_OK);
    assert_int_equal(opened_len, strlen(mailbox));
    assert_string_equal((char *)opened, mailbox);
    keyring_wipe_free(opened, opened_len);
    opened = NULL;

    assert_int_equal(organiser_unseal(&secret, 4, 7, sealed, len, &opened, &opened_len),
                     US_CORRUPT);
    assert_int_equal(organiser_unseal(&secret, 3, 8, sealed, len, &opened, &opened_len),
                     US_CORRUPT);
    for (size_t i = 0; i < len; i++) {
        sealed[i] ^= 1;
        assert_int_equal(organiser_unseal(&secret, 3, 7, sealed, len, &opened, &opened_len),
                         US_CORRUPT);
        sealed[i] ^= 1;
        assert_int_equal(organiser_unseal(&secret, 3, 7, sealed, i, &opened, &opened_len),
                         US_CORRUPT);
    }
    free(path);
    path = place_path(place, "stranger");
    assert_int_equal(organiser_make(path, &public, &fault), US_OK);
    assert_int_equal(organiser_read_secret(path, &stranger, &fault), US_OK);
    assert_int_equal(organiser_unseal(&stranger, 3, 7, sealed, len, &opened, &opened_len),
                     US_CORRUPT);
    /* Also where the byte that tells keys apart happens to be the same. */
    memcpy(stranger.public, secret.public, sizeof(stranger.public));
    assert_int_equal(organiser_unseal(&stranger, 3, 7, sealed, len, &opened, &opened_len),
                     US_CORRUPT);
    assert_null(opened);
    free(sealed);

    /* A point of low order is no key (RFC 7748, section 6.1). */
    memset(public.bytes, 0, sizeof(public.bytes));
    assert_int_equal(organiser_seal(&public, 3, 7, mailbox, 5, &sealed, &len), US_INVALID);
    free(path);
}

/* ---- passphrases ---- */

struct asked {
    const char *const *answers; /* ended by NULL */
    int times;
};

static bool answer(int attempt, char *out, void *arg)
{
    struct asked *asked = arg;

    assert_int_equal(attempt, asked->times);
    if (asked->answers[asked->times] == NULL)
        return false;
    (void)snprintf(out, ORGANISER_PASSPHRASE_MOST + 1, "%s", asked->answers[asked->times++]);
    return true;
}

static enum us_err open_with(const char *path, const char *const *answers, int times,
                             struct organiser_secret *out, struct fault *fault)
{
    struct asked asked = {.answers = answers};
    enum us_err err = organiser_open_secret(path, answer, &asked, out, fault);

    assert_int_equal(asked.times, times);
    return err;
}

#define ANSWERS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_passphrase(void **state)
{
    struct place *place = *state;
    char *path = place_path(place, "organiser"), *public_path = place_path(place, "organiser.pub");
    struct organiser_public made, read;
    struct organiser_secret secret;
    struct fault fault = {.line = 0};

    assert_int_equal(organiser_make_locked(path, "correct horse", &made, &fault), US_OK);
    assert_int_equal(mode_of(path), 0600);
    assert_int_equal(organiser_read_public(public_path, &read, &fault), US_OK);
    assert_memory_equal(made.bytes, read.bytes, sizeof(made.bytes));

    assert_int_equal(open_with(path, ANSWERS("correct horse"), 1, &secret, &fault), US_OK);
    assert_memory_equal(secret.public, made.bytes, sizeof(made.bytes));
    organiser_wipe(&secret);
    /* Mistyped once, and right then. */
    assert_int_equal(open_with(path, ANSWERS("Correct horse", "correct horse"), 2, &secret, &fault),
                     US_OK);
    assert_memory_equal(secret.public, made.bytes, sizeof(made.bytes));
    /* Three times are enough. */
    assert_int_equal(
        open_with(path, ANSWERS("a", "", "correct hors", "correct horse"), 3, &secret, &fault),
        US_DENIED);
    assert_non_null(strstr(fault.text, "wrong"));
    assert_string_equal(fault.file, path);
    /* Nobody to ask is another matter than a wrong one. */
    assert_int_equal(open_with(path, (const char *const[]){NULL}, 0, &secret, &fault), US_DENIED);
    assert_non_null(strstr(fault.text, "none was given"));
    assert_int_equal(organiser_read_secret(path, &secret, &fault), US_DENIED);
    assert_int_equal(organiser_read_public(path, &read, &fault), US_INVALID);

    /* A key without one asks for none. */
    free(path);
    path = place_path(place, "plain");
    assert_int_equal(organiser_make(path, &made, &fault), US_OK);
    assert_int_equal(open_with(path, ANSWERS("x"), 0, &secret, &fault), US_OK);
    free(path);
    free(public_path);
}

/* The key itself is nowhere in the file, and a file with a flipped bit is said to be damaged, since
 * nobody would find the passphrase for it. */
static void test_passphrase_damage(void **state)
{
    struct place *place = *state;
    char *path = place_path(place, "organiser"), text[1024] = "", *line;
    struct organiser_public made;
    struct organiser_secret secret;
    struct fault fault = {.line = 0};
    FILE *file;
    size_t len;

    assert_int_equal(organiser_make_locked(path, "correct horse", &made, &fault), US_OK);
    file = fopen(path, "r+");
    assert_non_null(file);
    len = fread(text, 1, sizeof(text) - 1, file);
    assert_memory_equal(text, "# Undersign organiser's SECRET key under a passphrase", 53);
    line = strchr(text, '\n') + 1;
    for (size_t i = 0; i + 1 < strlen(line); i += 20) {
        char kept = line[i];
        line[i] = kept == 'A' ? 'B' : 'A';
        rewind(file);
        assert_int_equal(fwrite(text, 1, len, file), len);
        assert_int_equal(fflush(file), 0);
        assert_int_equal(open_with(path, ANSWERS("correct horse"), 1, &secret, &fault), US_INVALID);
        assert_non_null(strstr(fault.text, "copy the file again"));
        line[i] = kept;
    }
    fclose(file);
    free(path);
}

/* Lengths around the block, none among them. */
static void test_seal_lengths(void **state)
{
    struct place *place = *state;
    char *path = place_path(place, "organiser");
    struct organiser_public public;
    struct organiser_secret secret;
    struct fault fault = {.line = 0};
    uint8_t data[300], *sealed, *opened;
    size_t len, opened_len;

    assert_int_equal(organiser_make(path, &public, &fault), US_OK);
    assert_int_equal(organiser_read_secret(path, &secret, &fault), US_OK);
    random_bytes(data, sizeof(data));
    for (size_t size = 0; size <= sizeof(data); size++) {
        assert_int_equal(
            organiser_seal(&public, -1, INT64_MAX, size > 0 ? data : NULL, size, &sealed, &len),
            US_OK);
        assert_int_equal(
            organiser_unseal(&secret, -1, INT64_MAX, sealed, len, &opened, &opened_len), US_OK);
        assert_int_equal(opened_len, size);
        assert_memory_equal(opened, data, size);
        assert_int_equal(opened[size], 0);
        keyring_wipe_free(opened, opened_len);
        free(sealed);
    }
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_organiser_files, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_organiser_files_refused, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_seal, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_passphrase, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_passphrase_damage, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_seal_lengths, place_make, place_remove),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
