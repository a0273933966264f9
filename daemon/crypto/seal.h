/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The operator's digital seal on a letter: a CMS signature over the digest of a PDF's signed bytes,
 * as PAdES wants it (ETSI EN 319 142-1: ETSI.CAdES.detached, ESS signing-certificate-v2, no
 * signing-time attribute), with an optional RFC 3161 timestamp. It says that this site made the
 * file and when; it is not each union's signature, and the letter says so. The key stays with the
 * service, which signs digests; the file never comes here.
 */
#ifndef CRYPTO_SEAL_H
#define CRYPTO_SEAL_H

#include "base/err.h"
#include "base/fault.h"
#include "crypto/digest.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEAL_CMS_MOST ((size_t)16 * 1024) /* bytes of DER, timestamp and chain included */

struct seal; /* a private key and its certificate chain */

/* What a certificate says. Who said so is another matter: a self-signed one proves only that the
 * same key made what was sealed with it. */
struct seal_facts {                   /* owned: seal_facts_clear() */
    char *name;                       /* common name, else the whole subject */
    uint8_t fingerprint[DIGEST_SIZE]; /* SHA-256 of the certificate */
    int64_t begins_at, ends_at;       /* microseconds since 1970 */
    bool is_self_signed;
};
void seal_facts_clear(struct seal_facts *facts);
#define SEAL_FINGERPRINT_SIZE (3 * DIGEST_SIZE)
/* As `openssl x509 -fingerprint -sha256` prints it: "B8:B1:..." */
void seal_print_fingerprint(const struct seal_facts *facts, char out[SEAL_FINGERPRINT_SIZE]);

/* Makes a key (P-256) and a self-signed certificate for `name`: `key_path` (0600) and
 * `certificate_path` (0644), PEM; neither may exist (US_DUPLICATE). Nothing half-written stays. */
US_MUST_CHECK enum us_err seal_make(const char *key_path, const char *certificate_path,
                                    const char *name, struct fault *fault);
/* US_NOT_FOUND when neither file is there; US_DENIED when others can read the key; US_INVALID when
 * key and certificate do not belong together, or the certificate is not valid now, with a fault. */
US_MUST_CHECK enum us_err seal_open(const char *key_path, const char *certificate_path,
                                    struct seal **out, struct fault *fault);
void seal_free(struct seal *seal);
/* Who it says it is: the certificate's common name (else its subject), borrowed. */
const char *seal_name(const struct seal *seal);
const struct seal_facts *seal_facts(const struct seal *seal); /* borrowed */

/* Asks a timestamp authority: a DER TimeStampReq in, a DER TimeStampResp out (the caller's,
 * malloc). */
typedef enum us_err seal_ask_time(const uint8_t *query, size_t len, uint8_t **reply,
                                  size_t *reply_len, void *arg);

struct seal_time { /* ask NULL: no timestamp */
    seal_ask_time *ask;
    void *arg;
};
/* Signs the SHA-256 digest of the bytes that the PDF's ByteRange covers. *out is the caller's. A
 * timestamp authority that is away, or answers nonsense, must not hold a letter up: then *has_time
 * is false and, with US_OK, the fault says why. */
US_MUST_CHECK enum us_err seal_sign(const struct seal *seal, const uint8_t digest[DIGEST_SIZE],
                                    const struct seal_time *time, uint8_t **out, size_t *len,
                                    bool *has_time, struct fault *fault);

/* What a seal that was found in a PDF says, after it was checked. */
struct seal_found { /* owned: seal_found_clear() */
    struct seal_facts facts;
    bool has_time;
    int64_t stamped_at;      /* as the timestamp says */
    struct seal_facts stamp; /* of the authority's certificate */
};
/* Checks a DER CMS (zeros may follow it) against the digest of the signed bytes: the digest, the
 * signature over the attributes, that these name the certificate, and the timestamp where there is
 * one. Whether the certificate is to be trusted is not decided here. US_CORRUPT with a fault when
 * it does not hold, US_INVALID when it is no such seal. */
US_MUST_CHECK enum us_err seal_check(const uint8_t digest[DIGEST_SIZE], const uint8_t *cms,
                                     size_t len, struct seal_found *out, struct fault *fault);
void seal_found_clear(struct seal_found *found);

#endif
