/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What a mail carries. A token is the row's id and 128 bits of a keyed hash over purpose and row,
 * base64url without padding (32 characters). It is made anew from the row whenever a mail needs it:
 * nothing of it is kept, so the database alone opens no link, and neither does the key alone, since
 * rows are random numbers that nobody sees. A code is ten Crockford base32 characters (50 bits),
 * made in the same way, for those who fear links; ten wrong tries kill it, which the store counts.
 */
#ifndef CRYPTO_TOKEN_H
#define CRYPTO_TOKEN_H

#include "base/err.h"
#include "crypto/keyring.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TOKEN_TEXT_SIZE 33 /* 32 characters and the terminator */
#define TOKEN_CODE_SIZE 11 /* 10 characters and the terminator */

enum token_purpose {
    TOKEN_CONFIRM,     /* a pending row's: "/c/" */
    TOKEN_WITHDRAW,    /* of a row, pending or signed: "/w/", all that a signatory may do with it */
    TOKEN_UNSUBSCRIBE, /* of a signature: "/u/", no more news */
    TOKEN_PURPOSE_COUNT
};

/* The token of a row (a positive number) for a purpose: the same each time. */
US_MUST_CHECK enum us_err token_make(struct keyring *keyring, enum token_purpose purpose,
                                     int64_t row, char text[TOKEN_TEXT_SIZE]);
/* The row of a token; US_INVALID for what token_make() never gave for that purpose. Compared in
 * constant time. */
US_MUST_CHECK enum us_err token_read(struct keyring *keyring, enum token_purpose purpose,
                                     const char *text, int64_t *row);
/* The code of a row: the same each time. */
US_MUST_CHECK enum us_err token_code_make(struct keyring *keyring, int64_t row,
                                          char text[TOKEN_CODE_SIZE]);
/* US_OK when that is the row's code as somebody typed it: case, spaces and hyphens do not matter, O
 * is 0, I and L are 1, and full-width, Arabic and look-alike Cyrillic characters are read as what
 * they look like. US_NOT_FOUND for another code, US_INVALID when it is not ten characters then. */
US_MUST_CHECK enum us_err token_code_check(struct keyring *keyring, int64_t row, const char *typed);

#endif
