/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Signatures that the stock minisign(1) verifies, its own that we verify, and what must be found
 * out: changed bytes, changed comments, other keys, texts that only look like a signature.
 */
#include "base/mem.h"
#include "crypto/minisign.h"
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

static int run(const struct place *place, const char *command)
{
    char *line = mem_format("cd %s && { %s ; } >said 2>&1", place->keys, command);
    int status = system(line);

    free(line);
    return status;
}

static void write_text(const struct place *place, const char *name, const char *text)
{
    char *path = place_path(place, name);
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    free(path);
}

static char *read_text(const struct place *place, const char *name)
{
    char *path = place_path(place, name), *text = mem_zero(8192);
    FILE *file = fopen(path, "rb");

    assert_non_null(file);
    assert_true(fread(text, 1, 8191, file) > 0);
    fclose(file);
    free(path);
    return text;
}

static struct minisign_secret *opened(const struct place *place)
{
    struct fault fault = {.text = ""};
    struct minisign_secret *secret;

    assert_int_equal(minisign_open(place->keys, &secret, &fault), US_OK);
    return secret;
}

static const char data[] = "{\"format\": 1}\n";

static char *signature_of(const struct minisign_secret *secret, const char *comment)
{
    uint8_t hash[MINISIGN_HASH_SIZE];
    char *signature;

    minisign_hash(data, strlen(data), hash);
    assert_int_equal(minisign_sign(secret, hash, comment, &signature), US_OK);
    return signature;
}

static void test_minisign_verifies_ours(void **state)
{
    struct place *place = *state;
    struct minisign_secret *secret = opened(place);
    struct minisign_public key;
    char id[MINISIGN_ID_SIZE], *public, *signature = signature_of(secret, "manifest of «Пример»");

    minisign_public_of(secret, &key);
    public = minisign_public_text(&key);
    minisign_print_id(&key, id);
    write_text(place, "m", data);
    write_text(place, "m.minisig", signature);
    write_text(place, "k.pub", public);
    assert_int_equal(run(place, "minisign -V -p k.pub -m m && cp said heard"), 0);
    char *said = read_text(place, "heard");
    assert_non_null(strstr(said, "manifest of «Пример»"));
    free(said);
    /* -R would need the secret key; that the id is shown alike is seen in what it says of another.
     */
    assert_int_equal(run(place, "echo x >>m"), 0);
    assert_int_not_equal(run(place, "minisign -V -p k.pub -m m"), 0);
    assert_int_equal(strlen(id), 16);
    free(public);
    free(signature);
    minisign_free(secret);
}

static void test_we_verify_minisigns(void **state)
{
    struct place *place = *state;
    struct minisign_public key;
    char *public, *signature, *comment = NULL;

    write_text(place, "m", data);
    assert_int_equal(run(place, "minisign -G -W -p k.pub -s k.sec && "
                                "minisign -S -s k.sec -t 'said by minisign' -m m"),
                     0);
    public = read_text(place, "k.pub");
    signature = read_text(place, "m.minisig");
    assert_int_equal(minisign_public_read(public, &key), US_OK);
    /* Its comment names the id as we print it. */
    char id[MINISIGN_ID_SIZE];
    minisign_print_id(&key, id);
    assert_non_null(strstr(public, id));
    assert_int_equal(minisign_verify(&key, data, strlen(data), signature, &comment), US_OK);
    assert_string_equal(comment, "said by minisign");
    free(comment);
    assert_int_equal(minisign_verify(&key, data, strlen(data) - 1, signature, &comment),
                     US_CORRUPT);
    free(signature);
    /* With the comment that it makes up itself, which has tabs in it. */
    assert_int_equal(run(place, "minisign -S -s k.sec -m m"), 0);
    signature = read_text(place, "m.minisig");
    assert_int_equal(minisign_verify(&key, data, strlen(data), signature, &comment), US_OK);
    assert_non_null(strstr(comment, "\tfile:m"));
    free(comment);
    free(signature);

    /* The old form, over the file itself, is none of ours. */
    assert_int_equal(run(place, "minisign -S -l -s k.sec -m m"), 0);
    signature = read_text(place, "m.minisig");
    assert_int_equal(minisign_verify(&key, data, strlen(data), signature, &comment), US_INVALID);
    free(signature);
    free(public);
}

/* Every byte of key, id, signature and trusted comment counts. */
static void test_changes_are_found_out(void **state)
{
    struct place *place = *state;
    struct minisign_secret *secret = opened(place);
    struct minisign_public key;
    char *signature = signature_of(secret, "a comment"), *comment;
    size_t first = strcspn(signature, "\n") + 1;

    minisign_public_of(secret, &key);
    for (size_t i = first; signature[i] != '\0'; i++) {
        comment = NULL;
        signature[i] ^= 4;
        assert_int_not_equal(minisign_verify(&key, data, strlen(data), signature, &comment), US_OK);
        assert_null(comment);
        signature[i] ^= 4;
    }
    for (size_t i = 0; i < sizeof(key); i++) {
        ((uint8_t *)&key)[i] ^= 1;
        assert_int_not_equal(minisign_verify(&key, data, strlen(data), signature, &comment), US_OK);
        ((uint8_t *)&key)[i] ^= 1;
    }
    assert_int_equal(minisign_verify(&key, data, strlen(data), signature, &comment), US_OK);
    free(comment);
    free(signature);
    minisign_free(secret);
}

static void test_what_is_no_signature(void **state)
{
    struct place *place = *state;
    struct minisign_secret *secret = opened(place);
    struct minisign_public key, read;
    char *signature = signature_of(secret, "a comment"), *comment, *more, *public, *large;
    uint8_t hash[MINISIGN_HASH_SIZE] = {0};

    minisign_public_of(secret, &key);
    more = mem_format("%s\n", signature);
    assert_int_equal(minisign_verify(&key, data, strlen(data), more, &comment), US_INVALID);
    free(more);
    for (size_t len = 0; len < strlen(signature); len++) {
        more = mem_string_part(signature, len);
        assert_int_equal(minisign_verify(&key, data, strlen(data), more, &comment), US_INVALID);
        free(more);
    }
    public = minisign_public_text(&key);
    assert_int_equal(minisign_public_read(public, &read), US_OK);
    assert_memory_equal(&read, &key, sizeof(key));
    more = mem_format("%sx", public);
    assert_int_equal(minisign_public_read(more, &read), US_INVALID);
    free(more);
    for (size_t len = 0; len < strlen(public); len++) {
        more = mem_string_part(public, len);
        assert_int_equal(minisign_public_read(more, &read), US_INVALID);
        free(more);
    }
    assert_int_equal(minisign_sign(secret, hash, "two\nlines", &comment), US_INVALID);
    assert_int_equal(minisign_sign(secret, hash, "\xff", &comment), US_INVALID);
    large = mem_zero(MINISIGN_COMMENT_MOST + 2);
    memset(large, 'x', MINISIGN_COMMENT_MOST + 1);
    assert_int_equal(minisign_sign(secret, hash, large, &comment), US_INVALID);
    large[MINISIGN_COMMENT_MOST] = '\0';
    assert_int_equal(minisign_sign(secret, hash, large, &comment), US_OK);
    free(comment);
    free(large);
    free(public);
    free(signature);
    minisign_free(secret);
}

static void test_the_sites_key(void **state)
{
    struct place *place = *state;
    struct minisign_secret *secret = opened(place), *again = opened(place);
    struct minisign_public a, b;
    struct fault fault = {.text = ""};
    struct stat info;
    char *path = place_path(place, "signing.key");

    minisign_public_of(secret, &a);
    minisign_public_of(again, &b);
    assert_memory_equal(&a, &b, sizeof(a));
    minisign_free(again);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    /* The service's other keys lie in the same folder; they let it be. */
    place_reopen(place);

    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(minisign_open(place->keys, &again, &fault), US_DENIED);
    assert_non_null(strstr(fault.text, "read by others"));
    assert_int_equal(chmod(path, 0600), 0);
    /* A broken file is not taken for a missing one, which would make another key. */
    char *text = read_text(place, "signing.key");
    text[strlen(text) - 2] = '\0';
    write_text(place, "signing.key", text);
    assert_int_equal(minisign_open(place->keys, &again, &fault), US_CORRUPT);
    free(text);
    assert_int_equal(unlink(path), 0);
    again = opened(place);
    minisign_public_of(again, &b);
    assert_memory_not_equal(&a, &b, sizeof(a));
    assert_int_equal(minisign_open("/nowhere-at-all", &again, &fault), US_IO);
    minisign_free(again);
    minisign_free(secret);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_minisign_verifies_ours, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_we_verify_minisigns, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_changes_are_found_out, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_what_is_no_signature, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_the_sites_key, place_make, place_remove),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
