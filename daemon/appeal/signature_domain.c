/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "appeal/signature_domain.h"
#include "base/mem.h"
#include "store/query.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum us_err signature_domain_hash(struct site *site, const char *domain,
                                  uint8_t out[KEYRING_HASH_SIZE])
{
    char *folded = mem_string(domain);
    for (char *at = folded; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    enum us_err err = keyring_site_hash(site_keyring(site), "domain", folded, strlen(folded), out);
    free(folded);
    return err;
}

enum us_err signature_domain_open(struct site *site, int64_t row, const void *data, size_t len,
                                  char **out)
{
    uint8_t *domain;
    size_t domain_len;
    if (!data || len == 0)
        return US_NOT_FOUND;
    enum us_err err =
        keyring_site_decrypt(site_keyring(site), "domain", row, data, len, &domain, &domain_len);
    if (err)
        return err;
    *out = mem_string((const char *)domain);
    keyring_wipe_free(domain, domain_len);
    return US_OK;
}

enum us_err signature_domain_read(struct reader *reader, struct site *site, int64_t row, char **out)
{
    struct query *query = query_start(reader, STATEMENT_JUDGE_OWN, VALUES(value_int(row)));
    *out = NULL;
    if (query_next(query) && !query_is_null(query, 0)) {
        size_t len;
        const void *data = query_blob(query, 0, &len);
        /* One that cannot be opened is told like one that is gone. */
        if (signature_domain_open(site, row, data, len, out))
            *out = NULL;
    }
    return query_end(query);
}
