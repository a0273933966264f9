/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What tells one filled form from another, so that a double click signs once: 128 random bits, in
 * hexadecimal digits on the page. */
#ifndef PAGE_NONCE_H
#define PAGE_NONCE_H

#include "appeal/signing.h"
#include "page/rendered.h"
#include <stdbool.h>

void nonce_make(char text[PAGE_NONCE_LEN + 1]);
/* False when text is not a nonce. */
bool nonce_read(const char *text, uint8_t nonce[SIGNING_NONCE_SIZE]);

#endif
