/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A nonce is no secret and proves nothing: it only has to be unlike every other. So it is taken
 * from the system as it is, and a client that sends none is given one on arrival.
 */
#include "page/nonce.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static_assert(PAGE_NONCE_LEN == 2 * SIGNING_NONCE_SIZE, "a nonce is printed in hexadecimal");

void nonce_make(char text[PAGE_NONCE_LEN + 1])
{
    uint8_t nonce[SIGNING_NONCE_SIZE];
    if (getentropy(nonce, sizeof nonce) != 0)
        abort(); /* never, for so few bytes, on a system that has started */
    for (size_t i = 0; i < sizeof nonce; i++)
        snprintf(text + 2 * i, 3, "%02x", nonce[i]);
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool nonce_read(const char *text, uint8_t nonce[SIGNING_NONCE_SIZE])
{
    if (strlen(text) != PAGE_NONCE_LEN)
        return false;
    uint8_t out[SIGNING_NONCE_SIZE];
    for (size_t i = 0; i < sizeof out; i++) {
        int high = digit_value(text[2 * i]), low = digit_value(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    memcpy(nonce, out, sizeof out);
    return true;
}
