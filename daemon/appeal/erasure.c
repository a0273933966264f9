/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The steps of a job that erase, and the digest of what they leave. */
#include "appeal/erasure.h"
#include "appeal/signature_change.h"

bool erasure_keeps_place(enum signature_state state)
{
    return state == SIGNATURE_REFUSED || state == SIGNATURE_STRUCK;
}

enum signature_state erasure_target(enum signature_state state)
{
    return state == SIGNATURE_LISTED || erasure_keeps_place(state) ? state : SIGNATURE_WITHDRAWN;
}

/* The person was to be seen by everybody; there is none to be seen. */
static enum visibility visibility_left(enum visibility visibility)
{
    return visibility == VISIBILITY_PUBLIC ? VISIBILITY_ORGANISATION : visibility;
}

static void digest_rest(const struct signatory_row *row, enum signature_state to,
                        uint8_t digest[DIGEST_SIZE])
{
    struct signature rest = row->row.signature;
    struct signature_facts facts = row->facts;
    rest.representative = rest.capacity = NULL;
    if (to == SIGNATURE_LISTED)
        rest.visibility = visibility_left(rest.visibility);
    else
        rest.town = rest.affiliation = NULL;
    facts.signature = &rest;
    facts.contact = (struct signature_blob){"", 0};
    if (to == SIGNATURE_WITHDRAWN)
        facts.unique_hash = facts.mailbox_hash = facts.contact;
    facts.ilo = (struct signature_blob){NULL, 0};
    signature_row_digest(&facts, digest);
}

void erasure_add_row(struct job *job, const struct signatory_row *row, enum signature_state to)
{
    const struct signature *s = &row->row.signature;
    uint8_t digest[DIGEST_SIZE];
    const struct value values[] = {
        value_int(s->row),
        value_text(signature_state_name(s->state)),
        value_blob(row->digest, DIGEST_SIZE),
        value_blob("", 0),
        value_blob(digest, DIGEST_SIZE),
        value_text(visibility_name(visibility_left(s->visibility))),
    };
    digest_rest(row, to, digest);
    if (to == SIGNATURE_LISTED)
        (void)job_expect(job, STATEMENT_SIGNATURE_ERASE_PERSON, US_CONFLICT, values, 6);
    else
        (void)job_expect(job,
                         to == SIGNATURE_WITHDRAWN ? STATEMENT_SIGNATURE_WITHDRAW
                                                   : STATEMENT_SIGNATURE_ERASE,
                         US_CONFLICT, values, 5);
}

void erasure_add_words(struct job *job, const struct signature *signature)
{
    (void)job_add(job, STATEMENT_ERASURE_NOTES, VALUES(value_int(signature->row)));
    (void)job_add(job, STATEMENT_ERASURE_REVIEW, VALUES(value_int(signature->row)));
    (void)job_add(job, STATEMENT_ERASURE_REASONS, VALUES(value_text(signature->id)));
}

void erasure_add(struct job *job, const struct signatory_row *row,
                 const struct erasure_words *words)
{
    const struct signature *s = &row->row.signature;
    enum signature_state to = erasure_target(s->state);
    if (s->state != SIGNATURE_WITHDRAWN) {
        erasure_add_row(job, row, to);
        (void)job_add(job, STATEMENT_SIGNATURE_FORGET_DOMAIN, VALUES(value_int(s->row)));
    }
    if (to != SIGNATURE_LISTED)
        (void)job_add(job, STATEMENT_LOGO_DELETE, VALUES(value_int(s->row)));
    (void)job_add(job, STATEMENT_PENDING_FORGET, VALUES(value_int(s->row), value_blob("", 0)));
    (void)job_add(job, STATEMENT_OUTBOX_FORGET, VALUES(value_int(s->row)));
    erasure_add_words(job, s);
    if (to != s->state)
        signature_change_add(job, &(struct signature_change){
                                      .signature = s,
                                      .to = to,
                                      .at = words->at,
                                      .actor = words->actor,
                                      .act = "signature.erase-unlisted",
                                      .reason = words->reason,
                                  });
}

void erasure_add_withdrawal(struct job *job, const struct signatory_row *row,
                            enum signature_state to)
{
    const struct signature *s = &row->row.signature;
    erasure_add_row(job, row, to);
    (void)job_add(job, STATEMENT_LOGO_DELETE, VALUES(value_int(s->row)));
    (void)job_add(job, STATEMENT_PENDING_FORGET, VALUES(value_int(s->row), value_blob("", 0)));
    (void)job_add(job, STATEMENT_OUTBOX_FORGET, VALUES(value_int(s->row)));
    erasure_add_words(job, s);
}
