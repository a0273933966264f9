/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What tells of a person goes from a signature: because its signatory withdraws, because its term
 * is over, because the person asked. What is left is the organisation's, and what tells fakes.
 */
#ifndef APPEAL_ERASURE_H
#define APPEAL_ERASURE_H

#include "appeal/edition.h"
#include "appeal/signatory_row.h"
#include "store/job.h"

/* Refused or struck: it stays so, and keeps its place and hashes, so that nobody is rid of them by
 * having the rest deleted. */
bool erasure_keeps_place(enum signature_state state);
/* The state that it is in afterwards: a listed one stays an organisation's; for one that waits
 * nobody vouches any more, and it is withdrawn. */
enum signature_state erasure_target(enum signature_state state);
/* Erases the row itself, on its way to a state; US_CONFLICT when it is not as it was read. */
void erasure_add_row(struct job *job, const struct signatory_row *row, enum signature_state to);
/* What moderators wrote about it: notes, claims, reasons in the audit log so far. Who decided what
 * stays there. */
void erasure_add_words(struct job *job, const struct signature *signature);
/* All of it: the row, the mails to it, notes, and the reasons in the audit log; and, where its
 * state changes, counters and an audit row. */
struct erasure_words { /* of that audit row */
    int64_t at;
    const char *actor, *reason;
};
void erasure_add(struct job *job, const struct signatory_row *row,
                 const struct erasure_words *words);

/* ---- one person's request ---- */

struct erasure_request { /* borrowed */
    const char *id;      /* public */
    const char *actor, *reason;
    int64_t now;
    bool is_trial; /* says what would go, and does nothing */
};
struct erasure_made {
    bool changed; /* or would; else nothing of it was left */
    enum signature_state was, state;
    char *certificate, *signature; /* text, and its .minisig; the caller's. NULL in a trial,
                                    * and where nothing was left to erase */
};
/* Waits. US_NOT_FOUND; US_BUSY while a letter with the person in it is on its way. */
US_MUST_CHECK enum us_err erasure_request_run(struct site *site,
                                              const struct erasure_request *request,
                                              struct erasure_made *out, struct fault *fault);
void erasure_made_clear(struct erasure_made *made);

/* ---- its certificate ---- */

struct erasure_letter { /* that left with the person in it; owned */
    int64_t number, delivered_on;
    char *addressee, *how;
    bool has_day;
};
struct erasure_facts { /* borrowed; none of them tells of the person */
    const char *site, *url, *slug, *id, *actor, *key_id;
    enum signature_state was, state;
    int64_t now;
    bool changed;
    const struct erasure_letter *letters;
    size_t letter_count;
};
char *erasure_certificate(const struct erasure_facts *facts); /* the caller's */
/* All that goes when its signatory withdraws: row, words, logo, mails and the way from its form.
 * The change of state, and its audit row, come after. */
void erasure_add_withdrawal(struct job *job, const struct signatory_row *row,
                            enum signature_state to);

#endif
