/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A pending signature's row, and the submission that lies encrypted in it. */
#ifndef APPEAL_PENDING_H
#define APPEAL_PENDING_H

#include "appeal/signing.h"
#include "crypto/digest.h"

#define PENDING_CODE_TRIES 10
#define PENDING_TERM (72 * CLOCK_HOUR)    /* from the relay's acceptance of the mail */
#define PENDING_MAIL_TERM (5 * CLOCK_DAY) /* how long the mail is tried */

struct pending {
    int64_t id, appeal, version;
    char language[16]; /* of the text */
    char spoken[16];   /* of the form, its pages and mails */
    uint8_t text_digest[DIGEST_SIZE];
    int64_t code_tries; /* wrong codes typed for its mailbox since it was submitted */
    bool is_confirmed;
    int64_t signature; /* 0 before it is confirmed */
    int64_t expires_at;
    uint8_t *data;
    size_t len;
};

/* US_NOT_FOUND, US_CORRUPT; pending_clear() what was found. */
US_MUST_CHECK enum us_err pending_find(struct reader *reader, int64_t id, struct pending *out);
/* The row that a link's token is good for, whatever its state. US_NOT_FOUND also for a wrong token,
 * US_EXPIRED after its term. */
US_MUST_CHECK enum us_err pending_find_token(struct reader *reader, struct site *site,
                                             const char *token, int64_t now, struct pending *out);
/* The row that the query stands on. */
US_MUST_CHECK enum us_err pending_read(struct query *query, struct pending *out);
void pending_clear(struct pending *pending);

/* Encrypts a checked submission for a row; *out is the caller's. */
US_MUST_CHECK enum us_err pending_seal(struct site *site, int64_t id, int64_t day,
                                       const struct submission *submission, uint8_t **out,
                                       size_t *len);
/* Decrypts it; submission_clear() it. US_EXPIRED when the day's key is gone. */
US_MUST_CHECK enum us_err pending_unseal(struct site *site, const struct pending *pending,
                                         struct submission *out);

/* The site's hash of a mailbox, for quotas and codes; the appeal's of the mailbox alone, and of the
 * mailbox with the organisation's folded name. */
US_MUST_CHECK enum us_err pending_hash_site(struct site *site, const char *mailbox,
                                            uint8_t out[KEYRING_HASH_SIZE]);
US_MUST_CHECK enum us_err pending_hash_mailbox(struct site *site, int64_t appeal,
                                               const char *mailbox, uint8_t out[KEYRING_HASH_SIZE]);
US_MUST_CHECK enum us_err pending_hash_unique(struct site *site, int64_t appeal,
                                              const char *mailbox, const char *organisation,
                                              uint8_t out[KEYRING_HASH_SIZE]);

#endif
