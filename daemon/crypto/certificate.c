/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "crypto/certificate.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NAME_MOST 256

const char *certificate_reason(void)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());

    ERR_clear_error();
    return reason != NULL ? reason : "no reason given";
}

int64_t certificate_time(const ASN1_TIME *time)
{
    struct tm parts;

    if (time == NULL || ASN1_TIME_to_tm(time, &parts) != 1)
        return 0;
    return (int64_t)timegm(&parts) * CLOCK_SECOND;
}

/* The common name, where it is a name; NULL otherwise. Whoever made the certificate chose it. */
static char *common_name(const X509_NAME *subject)
{
    int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    const X509_NAME_ENTRY *entry = at < 0 ? NULL : X509_NAME_get_entry(subject, at);
    unsigned char *text = NULL;
    char *name = NULL;
    int len = entry == NULL ? -1 : ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(entry));

    if (len > 0 && len <= NAME_MOST && utf8_is_valid((const char *)text, (size_t)len) &&
        !utf8_has_forbidden((const char *)text, (size_t)len, false))
        name = mem_string_part((const char *)text, (size_t)len);
    OPENSSL_free(text);
    return name;
}

void certificate_describe(X509 *certificate, struct seal_facts *out)
{
    const X509_NAME *subject = X509_get_subject_name(certificate);
    unsigned int len = 0;

    *out = (struct seal_facts){.name = common_name(subject)};
    if (out->name == NULL) {
        /* This one writes everything but plain ASCII as escapes. */
        char *line = X509_NAME_oneline(subject, NULL, 0);
        size_t most = line == NULL ? 0 : strlen(line);
        out->name = mem_string_part(line == NULL ? "" : line, most < NAME_MOST ? most : NAME_MOST);
        OPENSSL_free(line);
    }
    (void)X509_digest(certificate, EVP_sha256(), out->fingerprint, &len);
    out->begins_at = certificate_time(X509_get0_notBefore(certificate));
    out->ends_at = certificate_time(X509_get0_notAfter(certificate));
    out->is_self_signed = X509_self_signed(certificate, 1) == 1;
    ERR_clear_error();
}

void seal_print_fingerprint(const struct seal_facts *facts, char out[SEAL_FINGERPRINT_SIZE])
{
    for (size_t i = 0; i < DIGEST_SIZE; i++)
        (void)snprintf(out + 3 * i, 4, i + 1 < DIGEST_SIZE ? "%02X:" : "%02X",
                       facts->fingerprint[i]);
}

void seal_facts_clear(struct seal_facts *facts)
{
    free(facts->name);
    *facts = (struct seal_facts){.name = NULL};
}
