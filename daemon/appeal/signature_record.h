/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A confirmed signature about to be stored: everything its row holds, made from a pending one. */
#ifndef APPEAL_SIGNATURE_RECORD_H
#define APPEAL_SIGNATURE_RECORD_H

#include "appeal/pending.h"
#include "appeal/signature_row.h"
#include "appeal/signature_words.h"
#include "crypto/random.h"
#include "store/job.h"

struct signature_record {
    struct signature signature; /* its strings are the submission's, and id's public_id below */
    char public_id[RANDOM_PUBLIC_ID_SIZE];
    const char *consent, *spoken; /* spoken: the pending one's */
    bool wants_updates;
    int64_t hour; /* kept until it is listed */
    uint8_t text_digest[DIGEST_SIZE], digest[DIGEST_SIZE];
    uint8_t unique_hash[KEYRING_HASH_SIZE], mailbox_hash[KEYRING_HASH_SIZE];
    uint8_t domain_hash[KEYRING_HASH_SIZE]; /* signature_domain_hash() */
    uint8_t *contact, *mailbox, *domain;    /* sealed to the organiser; encrypted for the server */
    size_t contact_len, mailbox_len, domain_len;
    uint8_t *ilo; /* the block for the ILO, encrypted; NULL: none */
    size_t ilo_len;
    struct signature_words words;
};

struct signature_record_params {
    const struct pending *pending;
    const struct submission *submission; /* borrowed by the record */
    const struct organiser_public *organiser;
    enum signature_state state;
    int64_t signed_on; /* day */
    int64_t hour;      /* since 1970 */
};

US_MUST_CHECK enum us_err signature_record_make(struct site *site,
                                                const struct signature_record_params *params,
                                                struct signature_record *out);
/* Adds the step; US_DUPLICATE when that mailbox signed for that organisation. */
void signature_record_add(struct job *job, const struct signature_record *record);
void signature_record_clear(struct signature_record *record);

#endif
