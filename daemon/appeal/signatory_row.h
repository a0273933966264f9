/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A signature's whole row, as what its signatory changes of it needs it. */
#ifndef APPEAL_SIGNATORY_ROW_H
#define APPEAL_SIGNATORY_ROW_H

#include "appeal/signature_row.h"

enum { SIGNATORY_BLOBS = 5 };

struct signatory_row {
    struct signature_row row;
    struct signature_facts facts; /* of it; its texts and blobs lie below */
    char *consent;
    uint8_t *blobs[SIGNATORY_BLOBS];
    uint8_t *mailbox; /* the server's copy, encrypted; NULL: gone */
    size_t mailbox_len;
    uint8_t digest[DIGEST_SIZE]; /* as it is kept */
    bool wants_updates, has_logo;
    bool is_gone; /* withdrawn, or all of it was erased, while refused or struck */
    char *confirmed, *confirmed_latin; /* the names before any correction; the second may be NULL */
    char spoken[16];                   /* the language of its pages and mails */
};

/* By its internal id. US_NOT_FOUND, US_CORRUPT; signatory_row_clear() what was found. */
US_MUST_CHECK enum us_err signatory_row_find(struct reader *reader, int64_t id,
                                             struct signatory_row *out);
/* No moderator has decided, and the mailbox that the new name is hashed with is there. */
bool signatory_row_can_correct(const struct signatory_row *row);
/* No person is left in it; also of one that is listed as an organisation's. */
bool signatory_row_is_erased(const struct signatory_row *row);
void signatory_row_clear(struct signatory_row *row);

#endif
