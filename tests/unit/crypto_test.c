/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Digests against vectors that other tools made, and tokens and codes as people mistype them. */
#include "crypto/digest.h"
#include "crypto/keyring.h"
#include "crypto/random.h"
#include "crypto/token.h"
#include "tests/unit/crypto_place.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_random(void **state)
{
    static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
    char id[RANDOM_PUBLIC_ID_SIZE], other[RANDOM_PUBLIC_ID_SIZE];
    size_t seen[32] = {0};
    int64_t bits = 0;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        int64_t number = random_id();

        assert_true(number > 0);
        bits |= number;
        random_public_id(id);
        assert_int_equal(strlen(id), 13);
        assert_int_equal(strspn(id, alphabet), 13);
        for (size_t c = 0; c < 13; c++)
            seen[strchr(alphabet, id[c]) - alphabet]++;
    }
    assert_int_equal(bits, INT64_MAX); /* all 63 bits are in use */
    for (size_t i = 0; i < 32; i++)
        assert_true(seen[i] > 200 && seen[i] < 650); /* about 406 each; 10 sigma */
    random_public_id(other);
    assert_string_not_equal(id, other);
}

static void assert_sha256(const char *text, const char *hex)
{
    uint8_t digest[DIGEST_SIZE];
    char out[DIGEST_HEX_SIZE];

    digest_sha256(text, strlen(text), digest);
    digest_hex(digest, out);
    assert_string_equal(out, hex);
}

/* FIPS 180-2, appendix B, and the empty message. */
static void test_sha256_vectors(void **state)
{
    (void)state;
    assert_sha256("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_sha256("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

/* Computed with another program from the encoding that digest.h describes: it must never change. */
static void test_record_vector(void **state)
{
    struct digest *digest = digest_new("undersign signature 1");
    uint8_t out[DIGEST_SIZE];
    char hex[DIGEST_HEX_SIZE];

    (void)state;
    digest_text(digest, "\xd0\x9f\xd1\x80\xd0\xbe\xd1\x84\xd1\x81\xd0\xbe\xd1\x8e\xd0\xb7");
    digest_number(digest, -2);
    digest_text(digest, NULL);
    digest_blob(digest, "\0\1\2", 3);
    digest_text(digest, "");
    digest_end(digest, out);
    digest_hex(out, hex);
    assert_string_equal(hex, "0284b46e91b2fa252079a666f0fdb300ae23a6f3126b2f9d4f2ddff7a8c75335");
}

static void take_two(const char *domain, const char *first, const char *second,
                     uint8_t out[DIGEST_SIZE])
{
    struct digest *digest = digest_new(domain);

    digest_text(digest, first);
    digest_text(digest, second);
    digest_end(digest, out);
}

static void test_records_differ(void **state)
{
    uint8_t out[8][DIGEST_SIZE];
    struct digest *digest;

    (void)state;
    take_two("d", "ab", "c", out[0]);
    take_two("d", "a", "bc", out[1]);
    take_two("d", "abc", "", out[2]);
    take_two("d", "abc", NULL, out[3]);
    take_two("da", "b", "c", out[4]);
    take_two("d", NULL, NULL, out[5]);
    take_two("d", "", "", out[6]);
    digest = digest_new("d");
    digest_blob(digest, "ab", 2);
    digest_blob(digest, "c", 1);
    digest_end(digest, out[7]);
    for (int a = 0; a < 8; a++) {
        for (int b = 0; b < a; b++)
            assert_false(digest_is_equal(out[a], out[b], DIGEST_SIZE));
        assert_true(digest_is_equal(out[a], out[a], DIGEST_SIZE));
    }
}

static void test_token(void **state)
{
    struct keyring *keyring = ((struct place *)*state)->keyring;
    char text[TOKEN_TEXT_SIZE], again[TOKEN_TEXT_SIZE], longer[TOKEN_TEXT_SIZE + 1];
    int64_t row = 0;

    assert_int_equal(token_make(keyring, TOKEN_CONFIRM, 4711, text), US_OK);
    assert_int_equal(strlen(text), 32);
    assert_int_equal(
        strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), 32);
    assert_int_equal(token_read(keyring, TOKEN_CONFIRM, text, &row), US_OK);
    assert_int_equal(row, 4711);
    assert_int_equal(token_make(keyring, TOKEN_CONFIRM, 4711, again), US_OK);
    assert_string_equal(text, again);
    assert_int_equal(token_make(keyring, TOKEN_CONFIRM, 4712, again), US_OK);
    assert_string_not_equal(text + 11, again + 11); /* beyond the row itself */

    /* A link for one purpose is none for another. */
    row = 5;
    assert_int_equal(token_read(keyring, TOKEN_WITHDRAW, text, &row), US_INVALID);
    assert_int_equal(token_read(keyring, TOKEN_UNSUBSCRIBE, text, &row), US_INVALID);

    /* Every character counts: the row's as well as the secret's. */
    for (size_t i = 0; i < 32; i++) {
        char was = text[i];

        text[i] = was == 'A' ? 'B' : 'A';
        assert_int_equal(token_read(keyring, TOKEN_CONFIRM, text, &row), US_INVALID);
        text[i] = was;
    }

    (void)snprintf(longer, sizeof(longer), "%sA", text);
    assert_int_equal(token_read(keyring, TOKEN_CONFIRM, longer, &row), US_INVALID);
    longer[31] = '\0';
    assert_int_equal(token_read(keyring, TOKEN_CONFIRM, longer, &row), US_INVALID);
    assert_int_equal(token_read(keyring, TOKEN_CONFIRM, "", &row), US_INVALID);
    text[20] = '+';
    assert_int_equal(token_read(keyring, TOKEN_CONFIRM, text, &row), US_INVALID);
    text[20] = '=';
    assert_int_equal(token_read(keyring, TOKEN_CONFIRM, text, &row), US_INVALID);

    /* No row has a number below 1. */
    assert_int_equal(token_make(keyring, TOKEN_CONFIRM, 0, text), US_OK);
    assert_int_equal(token_read(keyring, TOKEN_CONFIRM, text, &row), US_INVALID);
    assert_int_equal(token_make(keyring, TOKEN_CONFIRM, -1, text), US_OK);
    assert_int_equal(token_read(keyring, TOKEN_CONFIRM, text, &row), US_INVALID);
    assert_int_equal(row, 5);
}

/* The code with each character that can be written in another way written so. */
static void spell(const char *code, const char *o, const char *one, char out[128])
{
    out[0] = '\0';
    for (size_t i = 0; code[i] != '\0'; i++) {
        char plain[2] = {code[i] >= 'A' ? (char)(code[i] + 'a' - 'A') : code[i], '\0'};

        strcat(out, code[i] == '0' ? o : code[i] == '1' ? one : plain);
        if (i == 4)
            strcat(out, "-");
    }
}

static void test_code(void **state)
{
    struct keyring *keyring = ((struct place *)*state)->keyring;
    static const char *const wrong[] = {"",
                                        "ABCDE01234X",
                                        "ABCDE0123",
                                        "ABCDE0123U",
                                        "ABCDE0123!",
                                        "ABCDE 01234 5",
                                        "----------",
                                        "ABCDE0123\xd0\x96",
                                        "ABCDE0123\xff",
                                        "ABCDE0123\xc4\x80"};
    char code[TOKEN_CODE_SIZE], other[TOKEN_CODE_SIZE], typed[128];
    int zeros = 0, ones = 0;

    assert_int_equal(token_code_make(keyring, 9, code), US_OK);
    assert_int_equal(strlen(code), 10);
    assert_int_equal(strspn(code, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"), 10);
    assert_int_equal(token_code_check(keyring, 9, code), US_OK);
    assert_int_equal(token_code_check(keyring, 10, code), US_NOT_FOUND); /* another row's */
    for (int64_t row = 10; row < 500; row++) {
        assert_int_equal(token_code_make(keyring, row, other), US_OK);
        assert_string_not_equal(code, other);
        assert_int_equal(token_code_check(keyring, row, other), US_OK);
        zeros += strchr(other, '0') != NULL;
        ones += strchr(other, '1') != NULL;
        spell(other, "o", "l", typed);
        assert_int_equal(token_code_check(keyring, row, typed), US_OK);
        spell(other, "\xd0\x9e", "\xd1\x96", typed); /* Cyrillic */
        assert_int_equal(token_code_check(keyring, row, typed), US_OK);
        spell(other, " \xd9\xa0\xe2\x80\x93", "\xef\xbc\x91\xc2\xa0", typed); /* other digits */
        assert_int_equal(token_code_check(keyring, row, typed), US_OK);
        other[9] = other[9] == 'Z' ? 'Y' : 'Z';
        assert_int_equal(token_code_check(keyring, row, other), US_NOT_FOUND);
    }
    assert_true(zeros > 0 && ones > 0);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(token_code_check(keyring, 9, wrong[i]), US_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_random, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_sha256_vectors, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_record_vector, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_records_differ, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_token, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_code, place_make, place_remove),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
