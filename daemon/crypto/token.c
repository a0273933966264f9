/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A token is 8 bytes of row and 16 of a keyed hash over them. The hash's key depends on the
 * purpose, so that a link for confirming cannot withdraw, nor one row's secret open another. Codes
 * are read as leniently as can be without two codes becoming one: people type them from a phone
 * held beside the screen, on whatever keyboard they have.
 */
#include "crypto/token.h"
#include "base/utf8.h"
#include "crypto/cipher.h"
#include "crypto/digest.h"
#include <assert.h>
#include <sodium.h>
#include <string.h>

#define SECRET_SIZE 16
#define TOKEN_SIZE (8 + SECRET_SIZE)
#define CODE_LENGTH (TOKEN_CODE_SIZE - 1)

static const char *const purposes[TOKEN_PURPOSE_COUNT] = {
    [TOKEN_CONFIRM] = "confirm",
    [TOKEN_WITHDRAW] = "withdraw",
    [TOKEN_UNSUBSCRIBE] = "news",
};

static_assert(KEYRING_HASH_SIZE == SECRET_SIZE, "a token's secret is one keyed hash");

static enum us_err make_bytes(struct keyring *keyring, enum token_purpose purpose, int64_t row,
                              uint8_t token[TOKEN_SIZE])
{
    cipher_put_number(token, row);
    return keyring_site_hash(keyring, purposes[purpose], token, 8, token + 8);
}

enum us_err token_make(struct keyring *keyring, enum token_purpose purpose, int64_t row,
                       char text[TOKEN_TEXT_SIZE])
{
    uint8_t token[TOKEN_SIZE];
    enum us_err err = make_bytes(keyring, purpose, row, token);

    if (err == US_OK)
        (void)sodium_bin2base64(text, TOKEN_TEXT_SIZE, token, sizeof(token),
                                sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(token, sizeof(token));
    return err;
}

enum us_err token_read(struct keyring *keyring, enum token_purpose purpose, const char *text,
                       int64_t *row)
{
    uint8_t token[TOKEN_SIZE], right[TOKEN_SIZE];
    enum us_err err = US_INVALID;
    int64_t claimed;
    size_t len;

    /* 24 bytes are 32 characters exactly, so each token has one spelling. */
    if (strnlen(text, TOKEN_TEXT_SIZE) != TOKEN_TEXT_SIZE - 1 ||
        sodium_base642bin(token, sizeof(token), text, TOKEN_TEXT_SIZE - 1, NULL, &len, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        len != sizeof(token))
        return US_INVALID;
    claimed = cipher_get_number(token);
    if (claimed > 0)
        err = make_bytes(keyring, purpose, claimed, right);
    if (err == US_OK && !digest_is_equal(token, right, sizeof(token)))
        err = US_INVALID;
    if (err == US_OK)
        *row = claimed;
    sodium_memzero(token, sizeof(token));
    sodium_memzero(right, sizeof(right));
    return err;
}

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* 50 of the hash's 128 bits. */
enum us_err token_code_make(struct keyring *keyring, int64_t row, char text[TOKEN_CODE_SIZE])
{
    uint8_t data[8], hash[KEYRING_HASH_SIZE];
    enum us_err err;

    cipher_put_number(data, row);
    err = keyring_site_hash(keyring, "code", data, sizeof(data), hash);
    for (size_t i = 0; err == US_OK && i < CODE_LENGTH; i++)
        text[i] = alphabet[hash[i] & 31];
    if (err == US_OK)
        text[CODE_LENGTH] = '\0';
    sodium_memzero(hash, sizeof(hash));
    return err;
}

/* Letters that look the same on a Cyrillic keyboard, which many who type a code have before them.
 */
static uint32_t read_cyrillic(uint32_t point)
{
    static const struct {
        uint32_t cyrillic;
        char latin;
    } alike[] = {
        {0x0410, 'A'}, {0x0412, 'B'}, {0x0421, 'C'}, {0x0415, 'E'}, {0x041d, 'H'}, {0x041a, 'K'},
        {0x041c, 'M'}, {0x041e, 'O'}, {0x0420, 'P'}, {0x0422, 'T'}, {0x0425, 'X'}, {0x0406, 'I'},
    };

    if (point >= 0x0430 && point <= 0x044f)
        point -= 0x20;
    else if (point == 0x0456)
        point = 0x0406;
    for (size_t i = 0; i < sizeof(alike) / sizeof(alike[0]); i++) {
        if (alike[i].cyrillic == point)
            return (unsigned char)alike[i].latin;
    }
    return point;
}

/* The character of the alphabet that was meant; 0 for what is passed over, -1 for no such one. */
static int read_character(uint32_t point)
{
    /* Spaces and dashes of all widths. */
    if (point == ' ' || (point >= '\t' && point <= '\r') || point == '-' || point == 0xa0 ||
        (point >= 0x2000 && point <= 0x2015) || point == 0x202f || point == 0x2212 ||
        point == 0x3000)
        return 0;

    /* Full-width letters and digits, and the two sets of Arabic digits. */
    if (point >= 0xff01 && point <= 0xff5e)
        point -= 0xfee0;
    else if (point >= 0x0660 && point <= 0x0669)
        point = '0' + (point - 0x0660);
    else if (point >= 0x06f0 && point <= 0x06f9)
        point = '0' + (point - 0x06f0);
    else
        point = read_cyrillic(point);

    if (point >= 'a' && point <= 'z')
        point -= 'a' - 'A';
    if (point == 'O')
        point = '0';
    if (point == 'I' || point == 'L')
        point = '1';
    return point > 0 && point < 0x80 && strchr(alphabet, (int)point) != NULL ? (int)point : -1;
}

/* Ten characters of the alphabet from what was typed. */
static bool read_code(const char *typed, char code[CODE_LENGTH])
{
    size_t len = strlen(typed), pos = 0, count = 0;

    while (pos < len) {
        int c = read_character(utf8_next(typed, len, &pos));

        if (c == 0)
            continue;
        if (c < 0 || count == CODE_LENGTH)
            return false;
        code[count++] = (char)c;
    }
    return count == CODE_LENGTH;
}

enum us_err token_code_check(struct keyring *keyring, int64_t row, const char *typed)
{
    char code[CODE_LENGTH], right[TOKEN_CODE_SIZE];
    enum us_err err = US_INVALID;

    if (read_code(typed, code))
        err = token_code_make(keyring, row, right);
    if (err == US_OK && !digest_is_equal(code, right, sizeof(code)))
        err = US_NOT_FOUND;
    sodium_memzero(code, sizeof(code));
    sodium_memzero(right, sizeof(right));
    return err;
}
