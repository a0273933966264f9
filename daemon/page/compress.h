/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The encodings that a cached public page is kept in, and which of them a visitor takes. Pages with
 * a secret beside what somebody typed never come here: their length would tell of the secret.
 */
#ifndef PAGE_COMPRESS_H
#define PAGE_COMPRESS_H

#include "http/exchange.h"
#include <stdbool.h>
#include <stddef.h>

enum encoding { ENCODING_IDENTITY, ENCODING_GZIP, ENCODING_BROTLI, ENCODING_COUNT };

/* The Content-Encoding value; NULL for identity. */
const char *compress_name(enum encoding encoding);
/* RFC 9110 section 12.5.3: the best of ours that Accept-Encoding allows. */
enum encoding compress_choose(struct http_span accept);
bool compress_takes(struct http_span accept, enum encoding encoding);
/* A compressed copy, the caller's; NULL when it would not be smaller. is_once: time does not
 * matter. */
void *compress_data(enum encoding encoding, const void *data, size_t len, bool is_once,
                    size_t *out_len);

/* A page with one place that differs in each copy: both sides are compressed once and for all, and
 * a copy's own bytes go between them as a stored block (RFC 1951 section 3.2.4). */
struct compress_slot;
struct compress_slot *compress_slot_new(const char *before, size_t before_len, const char *after,
                                        size_t after_len);
void compress_slot_free(struct compress_slot *slot);
/* A whole gzip file, the caller's; text has at most 65,535 bytes. */
void *compress_slot_fill(const struct compress_slot *slot, const char *text, size_t len,
                         size_t *out_len);

#endif
