/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What is encrypted while it waits: a short list of texts as one MessagePack array, its first
 * element the number of the format. Written into a block of fixed size, so that no growing buffer
 * leaves copies of a secret behind.
 */
#ifndef APPEAL_PACK_H
#define APPEAL_PACK_H

#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>

#define PACK_MOST 16384

struct pack {
    size_t len;
    bool is_over; /* it did not fit */
    char data[PACK_MOST];
};

/* NULL texts stay NULL. Free with pack_free(). US_INVALID when it does not fit. */
US_MUST_CHECK enum us_err pack_make(const char *const *texts, size_t count, struct pack **out);
void pack_free(struct pack *pack); /* wipes */
/* Sets `count` texts, each the caller's, NULL where NULL was packed; US_CORRUPT for anything that
 * pack_make() did not make of as many. */
US_MUST_CHECK enum us_err pack_read(const void *data, size_t len, char **texts, size_t count);
/* Wipes and frees a text; NULL is fine. */
void pack_wipe_text(char *text);

#endif
