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
    uint8_t kept[KEYRING_HASH_SIZE], hash[KEYRING_HASH_SIZE];
    char text[TOKEN_TEXT_SIZE], longer[TOKEN_TEXT_SIZE + 1];
    int64_t row = 0;

    assert_int_equal(token_make(keyring, TOKEN_CONFIRM, 4711, text, kept), US_OK);
    assert_int_equal(strlen(text), 32);
    assert_int_equal(
        strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), 32);
    assert_int_equal(token_read(keyring, TOKEN_CONFIRM, text, &row, hash), US_OK);
    assert_int_equal(row, 4711);
    assert_true(digest_is_equal(hash, kept, sizeof(kept)));

    /* A link for one purpose is none for another. */
    assert_int_equal(token_read(keyring, TOKEN_WITHDRAW, text, &row, hash), US_OK);
    assert_false(digest_is_equal(hash, kept, sizeof(kept)));

    /* Every character counts: the row's as well as the secret's. */
    for (size_t i = 0; i < 32; i++) {
        char was = text[i];

        text[i] = was == 'A' ? 'B' : 'A';
        row = 0;
        if (token_read(keyring, TOKEN_CONFIRM, text, &row, hash) == US_OK)
            assert_false(digest_is_equal(hash, kept, sizeof(kept)));
        text[i] = was;
    }

    row = 5;
    (void)snprintf(longer, sizeof(longer), "%sA", text);
    assert_int_equal(token_read(keyring, TOKEN_CONFIRM, longer, &row, hash), US_INVALID);
    longer[31] = '\0';
    assert_int_equal(token_read(keyring, TOKEN_CONFIRM, longer, &row, hash), US_INVALID);
    assert_int_equal(token_read(keyring, TOKEN_CONFIRM, "", &row, hash), US_INVALID);
    text[20] = '+';
    assert_int_equal(token_read(keyring, TOKEN_CONFIRM, text, &row, hash), US_INVALID);
    text[20] = '=';
    assert_int_equal(token_read(keyring, TOKEN_CONFIRM, text, &row, hash), US_INVALID);

    /* No row has a number below 1. */
    assert_int_equal(
        token_read(keyring, TOKEN_CONFIRM, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &row, hash),
        US_INVALID);
    assert_int_equal(
        token_read(keyring, TOKEN_CONFIRM, "________________________________", &row, hash),
        US_INVALID);
    assert_int_equal(row, 5);
}

static bool is_same_code(struct keyring *keyring, const char *typed, const char *meant)
{
    uint8_t a[KEYRING_HASH_SIZE], b[KEYRING_HASH_SIZE];

    assert_int_equal(token_code_read(keyring, 9, meant, b), US_OK);
    assert_int_equal(token_code_read(keyring, 9, typed, a), US_OK);
    return digest_is_equal(a, b, sizeof(a));
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
    uint8_t kept[KEYRING_HASH_SIZE], hash[KEYRING_HASH_SIZE];
    char code[TOKEN_CODE_SIZE], other[TOKEN_CODE_SIZE];

    assert_int_equal(token_code_make(keyring, 9, code, kept), US_OK);
    assert_int_equal(strlen(code), 10);
    assert_int_equal(strspn(code, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"), 10);
    assert_int_equal(token_code_read(keyring, 9, code, hash), US_OK);
    assert_true(digest_is_equal(hash, kept, sizeof(kept)));
    assert_int_equal(token_code_read(keyring, 10, code, hash), US_OK); /* another row's */
    assert_false(digest_is_equal(hash, kept, sizeof(kept)));
    assert_int_equal(token_code_make(keyring, 9, other, hash), US_OK);
    assert_string_not_equal(code, other);

    assert_true(is_same_code(keyring, "abcde-01234", "ABCDE01234"));
    assert_true(is_same_code(keyring, "  aB cDe\xe2\x80\x93oIl34\n", "ABCDE01134"));
    assert_true(is_same_code(keyring,
                             "abcde\xc2\xa0"
                             "Oi2L4",
                             "ABCDE01214"));
    assert_true(is_same_code(
        keyring, "\xd0\x90\xd0\xb2\xd0\xa1\xd0\xb5\xd0\xbd\xd0\xba\xd0\x9e\xd1\x80\xd1\x82\xd0\xa5",
        "ABCEHK0PTX"));
    assert_true(is_same_code(keyring,
                             "\xef\xbc\xa1\xef\xbd\x82"
                             "CDE\xd9\xa0\xdb\xb1"
                             "234",
                             "ABCDE01234"));
    assert_false(is_same_code(keyring, "ABCDE01235", "ABCDE01234"));
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(token_code_read(keyring, 9, wrong[i], hash), US_INVALID);
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
