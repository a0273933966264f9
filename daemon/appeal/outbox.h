/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Mail that is due. A row holds template, references and the encrypted recipient, and goes when the
 * relay has taken the mail. What the mail says is decided when it is composed: "confirm" becomes
 * "already" when that organisation has signed by that mailbox meanwhile. Retries at growing delays
 * (1, 5, 15 min, 1, 2, 4, 8 h, then every 8 h); given up, visibly, after five days. What the relay
 * itself would not have is given up at once, but keeps its content for those five days, so that
 * outbox_retry() can send it once the relay's settings are mended.
 */
#ifndef APPEAL_OUTBOX_H
#define APPEAL_OUTBOX_H

#include "appeal/edition.h"
#include "crypto/token.h"

struct outbox_update; /* appeal/update_mail.h */

enum outbox_template {
    OUTBOX_CONFIRM,
    OUTBOX_ALREADY,
    OUTBOX_LISTED,
    OUTBOX_REFUSED,
    OUTBOX_LINKS,
    OUTBOX_DELIVERY,
    OUTBOX_UPDATE,
    OUTBOX_TEST, /* of the way that mail takes; of no appeal */
    OUTBOX_TEMPLATE_COUNT
};

struct outbox_delivery { /* a letter on its way to its addressee */
    int64_t appeal;      /* internal */
    char *addressee;     /* its name, in its own language */
    char **cover;        /* paragraphs of the covering text; count 0: words of ours in the mail's
                          * language */
    size_t cover_count;
    char *salutation; /* the addressee's own; NULL: none */
    char *address;    /* of the appeal's page */
    int64_t number;   /* the edition's */
    enum edition_kind kind;
    enum letter_form form;
    struct signature_totals totals;
    char *path;                  /* the file to attach: a PDF of at most DELIVERY_FILE_MOST bytes */
    char *file_name;             /* what the attachment is called: "free-them-ru-president.pdf" */
    uint8_t digest[DIGEST_SIZE]; /* SHA-256 that the file must have: another file never leaves */
};

struct outbox_link { /* of one who asked what this mailbox signed or began to sign; owned */
    char *organisation;
    char public_id[32];             /* signed: its number; else "" */
    bool is_ended;                  /* signed, and refused or struck */
    char token[TOKEN_TEXT_SIZE];    /* waiting: to confirm; else "" */
    char code[TOKEN_CODE_SIZE];     /* waiting: "" once wrong ones have killed it */
    char withdraw[TOKEN_TEXT_SIZE]; /* to its page */
};

struct outbox_mail { /* one mail to compose and send; owned, wiped by outbox_mail_free() */
    int64_t id;
    int64_t reference; /* internal: the pending row, the signature or the edition it is about */
    enum outbox_template template;
    char language[16];
    char *recipient;
    char *slug;
    char *title;        /* the appeal's title in that language (or the authoritative), one line */
    char *organisation; /* shortened to 80 characters, without links */
    char token[TOKEN_TEXT_SIZE]; /* confirm: the link's; else "" */
    char code[TOKEN_CODE_SIZE];
    char withdraw[TOKEN_TEXT_SIZE]; /* of the signatory's own page; delivery, links: "" */
    char public_id[32];             /* already, listed, refused */
    bool is_ended;                  /* already: that signature was refused or struck */
    char *reason;                   /* refused */
    char *merged; /* refused by a merge: the kept one's number; NULL: that is not told */
    struct outbox_delivery *delivery;  /* delivery; else NULL. Then organisation is NULL, and the
                                        * recipient an addressee's public mailbox */
    struct outbox_update *update;      /* update: what it says; else NULL */
    char unsubscribe[TOKEN_TEXT_SIZE]; /* update: of the link that ends the news; else "" */
    struct outbox_link *links;         /* links: signed ones first */
    size_t link_count;
    int attempts;
    int64_t created_at;
};
/* Wipes and frees what the struct holds, not the struct. */
void outbox_mail_free(struct outbox_mail *mail);

const char *outbox_template_name(enum outbox_template template);

/* The mails due at `now`, at most `most`, oldest first and news last, in an array that the caller
 * free()s. Waits. What was given out and not yet accepted or refused is given out again. A row
 * whose key or reference is gone is dropped with a warning in the log. */
US_MUST_CHECK enum us_err outbox_due(struct site *site, int64_t now, size_t most,
                                     struct outbox_mail **mails, size_t *count);
/* When the next mail is due; 0: none waits. Waits. */
US_MUST_CHECK enum us_err outbox_next(struct site *site, int64_t *at);
/* Right before a mail is handed to the transport, at each try: US_CONFLICT when it is a delivery
 * and somebody whom the letter holds was struck or withdrew since it was queued; then it must not
 * leave, and outbox_refused() gives it up with OUTBOX_SOMEBODY_LEFT. Who is taken off between this
 * look and the relay's taking the mail is in it all the same: that much cannot be helped. Waits. */
#define OUTBOX_SOMEBODY_LEFT "somebody whom the letter holds was taken off the list: make it again"
US_MUST_CHECK enum us_err outbox_look(struct site *site, const struct outbox_mail *mail);
/* After that look, before the transport has it: from here to its outcome nobody can take it back or
 * drop it. US_NOT_FOUND: somebody did meanwhile, so it must not leave. Then outbox_left() ends it,
 * with or without an outcome. Both wait. */
US_MUST_CHECK enum us_err outbox_leave(struct site *site, const struct outbox_mail *mail);
void outbox_left(struct site *site, const struct outbox_mail *mail);
/* The relay took it: the row goes, and a confirmation link's 72 hours begin. Waits. */
US_MUST_CHECK enum us_err outbox_accepted(struct site *site, const struct outbox_mail *mail,
                                          int64_t now);
/* It did not. is_permanent (a 5xx for this recipient): given up at once. error without addresses.
 * Not for a test: outbox_tested(). */
US_MUST_CHECK enum us_err outbox_refused(struct site *site, const struct outbox_mail *mail,
                                         int64_t now, bool is_permanent, const char *error);

/* What became of a test, at its only try. said: what the relay answered, and in a second line how
 * the way there was encrypted; or why it failed. Without addresses. Waits. */
US_MUST_CHECK enum us_err outbox_tested(struct site *site, const struct outbox_mail *mail,
                                        bool is_taken, const char *said);

struct outbox_row { /* for `undersign mail list|show`: no recipient, no secret */
    int64_t id;
    const char *template, *slug, *language, *state, *last_error;
    int attempts;
    int64_t next_at, created_at;
    bool has_content; /* else it can never be sent */
};
US_MUST_CHECK enum us_err outbox_each(struct reader *reader,
                                      bool (*on_row)(const struct outbox_row *row, void *arg),
                                      void *arg);

#endif
