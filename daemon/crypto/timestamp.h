/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Timestamps by RFC 3161: an authority's signed word that something existed at a time. The token
 * is about the SHA-256 of the stamped bytes.
 */
#ifndef CRYPTO_TIMESTAMP_H
#define CRYPTO_TIMESTAMP_H

#include "crypto/seal.h"

/* Has the bytes stamped: asks, and checks the reply's status, imprint, nonce and signature. *token
 * (DER, the caller's) is then good to embed. US_IO when nobody answered, US_INVALID when what came
 * is no stamp for these bytes; the fault says what. */
US_MUST_CHECK enum us_err timestamp_get(const struct seal_time *time, const void *data, size_t len,
                                        uint8_t **token, size_t *token_len, struct fault *fault);
/* Checks a token that was found: that it is about these bytes, and its signature. */
US_MUST_CHECK enum us_err timestamp_check(const uint8_t *token, size_t token_len, const void *data,
                                          size_t len, int64_t *at, struct seal_facts *signer,
                                          struct fault *fault);

#endif
