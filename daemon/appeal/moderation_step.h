/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One signature's change of state by a moderator, read and written: of a single decision, and of
 * acts on many (appeal/act.h), which put several into one job.
 */
#ifndef APPEAL_MODERATION_STEP_H
#define APPEAL_MODERATION_STEP_H

#include "appeal/signature_row.h"
#include "appeal/site.h"

struct moderation_subject { /* the signature as it was read; moderation_subject_clear() */
    struct signature_row row;
    bool is_erased;              /* withdrawn, or all of it was erased, while refused or struck */
    uint8_t digest[DIGEST_SIZE]; /* of its row: its name may be corrected meanwhile */
    char spoken[16];             /* what its mails are written in */
    bool has_mailbox;
    uint8_t *mailbox; /* encrypted */
    size_t mailbox_len;
    bool is_decided;
    int64_t decided_on, changed;
    int64_t mail;     /* the outbox's row about the last decision, not due yet; 0: none */
    uint8_t *payload; /* of that */
    size_t payload_len;
};

/* US_NOT_FOUND, US_CORRUPT: nothing to clear. */
US_MUST_CHECK enum us_err moderation_subject_read(struct reader *reader, int64_t row, int64_t now,
                                                  struct moderation_subject *out);
void moderation_subject_clear(struct moderation_subject *subject);

struct moderation_step {
    const struct moderation_subject *subject;
    enum signature_state to;
    int64_t now;
    const char *actor, *act; /* of the audit row */
    const char *reason;      /* of the audit row; NULL: none */
    const char *told;        /* refused: the reason that its signatory is told; NULL: none */
    const char *merged;      /* refused by a merge: the kept one's number; NULL: that is not told */
    bool tells;              /* listed, refused: its signatory is mailed, where a mailbox is left */
    bool keeps_mailbox;      /* until retention forgets it, so that it can be told later */
    bool is_back;            /* decided_on becomes what the next two say: an act undone */
    bool is_decided;
    int64_t decided_on;
};
/* The gate (appeal/site.h) is closed until the job has run: a mail that is leaving is not taken
 * back. Adds the steps: US_CONFLICT of the job when it changed since it was read. *is_mailed: a
 * mail was queued, or taken back; the caller tells the site. */
US_MUST_CHECK enum us_err moderation_step_add(struct site *site, struct job *job,
                                              const struct moderation_step *step, bool *is_mailed);

#endif
