/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What a signatory does with its own signature, by the link that is in every mail of ours
 * (TOKEN_WITHDRAW, whose row is the pending one's and stays the signature's): read it, withdraw it,
 * correct the organisation's name until a moderator has listed it, ask for news or end them.
 * Reading changes nothing. Completions come on the store thread and must only hand on; each is
 * called exactly once.
 */
#ifndef APPEAL_SIGNATORY_H
#define APPEAL_SIGNATORY_H

#include "appeal/signing.h"

#define SIGNATORY_REASON_MOST 500 /* characters */

struct signatory {         /* what its page shows; owned */
    struct appeal *appeal; /* of the version that was read */
    char language[16];     /* of its pages and mails */
    enum signing_stage stage;
    enum signature_state state;   /* once confirmed */
    struct submission submission; /* what it says; no mailbox; what was erased is NULL */
    char public_id[32];           /* "" before it is confirmed */
    int64_t row;
    bool wants_updates;
    bool is_erased;   /* refused or struck, and its data was deleted */
    bool has_latin;   /* a Latin form was confirmed, and may be corrected */
    bool can_correct; /* confirmed, and no moderator has decided; never one that waits */
    bool can_logo;    /* the same, where the appeal takes logos */
    bool has_logo;
};
/* US_NOT_FOUND for a token that leads nowhere (any more). */
US_MUST_CHECK enum us_err signatory_find(struct reader *reader, struct site *site,
                                         const char *token, int64_t now, struct signatory **out);
/* The same by the link that ends the news (TOKEN_UNSUBSCRIBE). */
US_MUST_CHECK enum us_err signatory_find_subscribed(struct reader *reader, struct site *site,
                                                    const char *token, int64_t now,
                                                    struct signatory **out);
/* The token of that page from the one by which it was confirmed: both are in the same mails. */
US_MUST_CHECK enum us_err signatory_token(struct site *site, const char *confirm,
                                          char text[TOKEN_TEXT_SIZE]);
void signatory_free(struct signatory *signatory);

typedef void signatory_done(enum us_err err, void *arg);

/* Off the list at once, with the public letters that hold it; in no later edition. Kept are the
 * organisation's name and the counts; erased are persons, contact, the ILO's block and the logo. A
 * pending one's row goes. A refused or struck one stays so, and keeps its place: the same is
 * erased, and no moderator can list it any more. US_OK also when it was withdrawn before, or has
 * expired; US_NOT_FOUND for what is no such token. reason NULL: none given; it is made one line and
 * cut where it is too long, and one that is no text is dropped. */
void signatory_withdraw(struct reader *reader, struct site *site, const char *token,
                        const char *reason, int64_t now, signatory_done *on_done, void *arg);
/* Checks as the form does, and that no more than a slip is corrected: what is wrong with
 * FIELD_ORGANISATION and FIELD_ORGANISATION_LATIN. Returns how many problems; then nothing is
 * changed and on_done is not called. on_done: US_CONFLICT: a moderator decided meanwhile;
 * US_DUPLICATE: this mailbox signed by that name; US_LIMITED: too often today; US_NOT_FOUND: no
 * such token, or it waits to be confirmed. */
US_MUST_CHECK size_t signatory_correct(struct reader *reader, struct site *site, const char *token,
                                       const char *organisation, const char *latin, int64_t now,
                                       enum signing_problem problems[FIELD_COUNT],
                                       signatory_done *on_done, void *arg);
/* News by mail, or no more of it. purpose: whose token it is. on_done: US_OK also where it was so
 * before; US_CONFLICT: news for one that was withdrawn; US_NOT_FOUND: no such token, or it waits.
 */
void signatory_want_updates(struct reader *reader, struct site *site, enum token_purpose purpose,
                            const char *token, bool wants, signatory_done *on_done, void *arg);

/* Mails the links of whatever that mailbox has under the appeal (OUTBOX_LINKS): of what waits, the
 * link and code to confirm; of what is signed, the number and the link to it; where there is
 * nothing, that. It is decided when the mail is composed, so that the visitor's answer takes the
 * same steps for every mailbox. on_done: US_OK also for what is no mailbox and over the quota. */
void signatory_mail_links(struct reader *reader, struct site *site, const struct appeal *appeal,
                          const char *mailbox, const char *language, signatory_done *on_done,
                          void *arg);

#endif
