/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The domain of a signatory's mailbox: kept encrypted for a while, for telling fakes, with a keyed
 * hash beside it, so that those who share one are found without opening a million rows.
 */
#ifndef APPEAL_SIGNATURE_DOMAIN_H
#define APPEAL_SIGNATURE_DOMAIN_H

#include "appeal/site.h"

/* signature.domain_hash of a domain as it is typed in a filter or stands in a mailbox: ASCII, case
 * does not matter. The same in every appeal. */
US_MUST_CHECK enum us_err signature_domain_hash(struct site *site, const char *domain,
                                                uint8_t out[KEYRING_HASH_SIZE]);
/* signature.mail_domain of a row, opened. US_NOT_FOUND: it is gone; US_CORRUPT. *out is the
 * caller's. Any thread. */
US_MUST_CHECK enum us_err signature_domain_open(struct site *site, int64_t row, const void *data,
                                                size_t len, char **out);

/* The same by its row; *out is NULL where it is gone, or cannot be opened any more. No query may be
 * open. */
US_MUST_CHECK enum us_err signature_domain_read(struct reader *reader, struct site *site,
                                                int64_t row, char **out);

#endif
