/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the seal's files share about certificates, in OpenSSL's types: for this folder alone. */
#ifndef CRYPTO_CERTIFICATE_H
#define CRYPTO_CERTIFICATE_H

#include "crypto/seal.h"
#include <openssl/types.h>

/* Reads what a certificate says; the caller's to clear. */
void certificate_describe(X509 *certificate, struct seal_facts *out);
/* Microseconds since 1970; 0 for a time that makes no sense. */
int64_t certificate_time(const ASN1_TIME *time);
/* The reason of OpenSSL's last error, which is then forgotten with all before it. */
const char *certificate_reason(void);

#endif
