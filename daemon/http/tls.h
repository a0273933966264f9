/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The certificate and key that connections are opened with; they can be replaced while some live.
 */
#ifndef HTTP_TLS_H
#define HTTP_TLS_H

#include "base/err.h"
#include "base/fault.h"
#include <openssl/types.h>

struct tls;

/* US_INVALID with a fault that names the file. */
US_MUST_CHECK enum us_err tls_new(const char *certificate, const char *key, struct tls **out,
                                  struct fault *fault);
void tls_free(struct tls *tls);
/* Reads the files again; on failure the old ones stay. Open connections keep what they have. */
US_MUST_CHECK enum us_err tls_reload(struct tls *tls, struct fault *fault);
/* A server's side over the socket fd, the caller's to SSL_free(); thread-safe. NULL when there is
 * no memory for it. */
SSL *tls_open(struct tls *tls, int fd);

#endif
