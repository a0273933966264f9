/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Encrypted values: they open with their own key, in their own place, and only untouched. */
#include "crypto/keyring.h"
#include "crypto/random.h"
#include "tests/unit/crypto_place.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DAY 20779 /* 2026-11-22 */

typedef enum us_err decrypt_function(struct keyring *keyring, const char *context, int64_t row,
                                     const void *data, size_t len, uint8_t **out, size_t *out_len);

static void assert_value(struct keyring *keyring, decrypt_function *decrypt, uint8_t *value,
                         size_t len, const char *text)
{
    uint8_t *plain = NULL;
    size_t plain_len = 0;

    assert_int_equal(decrypt(keyring, "pending.mailbox", 7, value, len, &plain, &plain_len), US_OK);
    assert_int_equal(plain_len, strlen(text));
    assert_string_equal((char *)plain, text);
    keyring_wipe_free(plain, plain_len);
    plain = NULL;

    assert_int_equal(decrypt(keyring, "pending.mailbox", 8, value, len, &plain, &plain_len),
                     US_CORRUPT);
    assert_int_equal(decrypt(keyring, "pending.mailboy", 7, value, len, &plain, &plain_len),
                     US_CORRUPT);
    assert_int_equal(decrypt(keyring, "pending.mailbo", 7, value, len, &plain, &plain_len),
                     US_CORRUPT);
    assert_int_equal(decrypt(keyring, "", 7, value, len, &plain, &plain_len), US_CORRUPT);

    /* A changed key id names a key that is not there; all else does not check out. */
    for (size_t i = 0; i < len; i++) {
        for (int bit = 0; bit < 8; bit++) {
            enum us_err err;

            value[i] ^= (uint8_t)(1 << bit);
            err = decrypt(keyring, "pending.mailbox", 7, value, len, &plain, &plain_len);
            assert_true(err == US_CORRUPT || (err == US_EXPIRED && i >= 1 && i <= 4));
            value[i] ^= (uint8_t)(1 << bit);
        }
        assert_int_not_equal(decrypt(keyring, "pending.mailbox", 7, value, i, &plain, &plain_len),
                             US_OK);
    }
    assert_null(plain);
}

static void test_values(void **state)
{
    struct place *place = *state;
    static const char text[] = "office@union.example";
    uint8_t *value, *again, *plain;
    size_t len, again_len, plain_len;

    assert_int_equal(keyring_day_encrypt(place->keyring, DAY, "pending.mailbox", 7, text,
                                         strlen(text), &value, &len),
                     US_OK);
    assert_int_equal(
        keyring_day_encrypt(place->keyring, DAY, "pending.mailbox", 7, text, 3, &again, &again_len),
        US_OK);
    assert_int_equal(len, again_len); /* the length tells nothing */
    for (size_t i = 0; i + 5 <= len; i++)
        assert_memory_not_equal(value + i, "union", 5);
    free(again);
    assert_value(place->keyring, keyring_day_decrypt, value, len, text);
    assert_int_equal(
        keyring_site_decrypt(place->keyring, "pending.mailbox", 7, value, len, &plain, &plain_len),
        US_CORRUPT);
    place_reopen(place);
    assert_value(place->keyring, keyring_day_decrypt, value, len, text);
    free(value);

    assert_int_equal(keyring_site_encrypt(place->keyring, "pending.mailbox", 7, text, strlen(text),
                                          &value, &len),
                     US_OK);
    assert_value(place->keyring, keyring_site_decrypt, value, len, text);
    place_reopen(place);
    assert_value(place->keyring, keyring_site_decrypt, value, len, text);
    assert_int_equal(
        keyring_day_decrypt(place->keyring, "pending.mailbox", 7, value, len, &plain, &plain_len),
        US_CORRUPT);
    free(value);
}

static void test_value_lengths(void **state)
{
    struct place *place = *state;
    uint8_t data[200], *value, *plain;
    size_t len, plain_len;

    random_bytes(data, sizeof(data));
    for (size_t size = 0; size <= sizeof(data); size++) {
        assert_int_equal(keyring_site_encrypt(place->keyring, "", -1, size > 0 ? data : NULL, size,
                                              &value, &len),
                         US_OK);
        assert_int_equal(
            keyring_site_decrypt(place->keyring, "", -1, value, len, &plain, &plain_len), US_OK);
        assert_int_equal(plain_len, size);
        assert_memory_equal(plain, data, size);
        assert_int_equal(plain[size], 0);
        keyring_wipe_free(plain, plain_len);
        free(value);
    }
    assert_int_equal(keyring_day_encrypt(place->keyring, -1, "", 1, "a", 1, &value, &len),
                     US_INVALID);
    assert_int_equal(keyring_day_encrypt(place->keyring, INT64_MAX, "", 1, "a", 1, &value, &len),
                     US_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_values, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_value_lengths, place_make, place_remove),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
