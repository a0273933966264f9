/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The certificate that a server shows and its key, looked at before it is started with them. */
#ifndef CRYPTO_CERTIFICATE_PAIR_H
#define CRYPTO_CERTIFICATE_PAIR_H

#include "crypto/seal.h"

/* What the first certificate of a PEM file says. key_path NULL: the key is not looked at.
 * US_INVALID, with a fault that names the file, when one of them cannot be read or they do not
 * belong together; the dates are the caller's to judge. seal_facts_clear() what was found. */
US_MUST_CHECK enum us_err certificate_pair_read(const char *certificate_path, const char *key_path,
                                                struct seal_facts *out, struct fault *fault);

#endif
