/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The way in: a form is checked, a pending row and its mail are queued in one durable job, and the
 * mailbox's owner confirms. Knows no sockets and no pages. Runs on reader threads; completions come
 * on the store thread and must only hand on.
 */
#ifndef APPEAL_SIGNING_H
#define APPEAL_SIGNING_H

#include "appeal/appeal.h"
#include "appeal/signature.h"
#include "crypto/token.h"

#define SIGNING_NONCE_SIZE 16
#define SIGNING_MAILBOX_DAYS                                                                       \
    30                       /* what is kept of a mailbox for telling fakes: after the decision */
#define SIGNING_MAIL_DAYS 30 /* mails that were given up */
#define SIGNING_CONSENT_VERSION "2026-11-22"

enum signing_field {
    FIELD_ORGANISATION,
    FIELD_ORGANISATION_LATIN,
    FIELD_KIND,
    FIELD_COUNTRY,
    FIELD_TOWN,
    FIELD_AFFILIATION,
    FIELD_MEMBERS,
    FIELD_REPRESENTATIVE,
    FIELD_CAPACITY,
    FIELD_EMAIL,
    FIELD_VISIBILITY,
    FIELD_LEGAL_NAME, /* from here: the optional block for the ILO, where the appeal asks for it */
    FIELD_ADDRESS,
    FIELD_COVERAGE,
    FIELD_REGISTRATION,
    FIELD_MANDATE,
    FIELD_MANDATE_DATE,
    FIELD_MEMBERS_DATE, /* to here */
    FIELD_UPDATES,      /* "yes": the appeal's news by mail */
    FIELD_CONSENT,
    FIELD_COUNT
};

enum signing_problem {
    PROBLEM_NONE,
    PROBLEM_MISSING,
    PROBLEM_TOO_LONG,
    PROBLEM_FORBIDDEN,   /* control or direction-overriding characters, or not text at all */
    PROBLEM_UNKNOWN,     /* not one of the choices */
    PROBLEM_MALFORMED,   /* not a number, a day or a mailbox, no letter in it, not Latin */
    PROBLEM_NOT_ALLOWED, /* this appeal does not take this kind or country */
    PROBLEM_AHEAD,       /* a day that has not come yet */
    PROBLEM_TOO_FAR      /* a correction that makes another name of it */
};

/* The form's names of the fields: "organisation", "email", ... */
const char *signing_field_name(enum signing_field field);
/* Longest value in characters (code points), as the form's maxlength and the check agree. */
size_t signing_field_most(enum signing_field field);

struct submission {            /* owned strings; NULL or "" for what was left empty */
    char *values[FIELD_COUNT]; /* as typed on the way in; cleaned once signing_check() passed */
    uint8_t nonce[SIGNING_NONCE_SIZE];
    char language[16]; /* of the form, and so of its pages and mails */
    /* Set by signing_check(): */
    enum signature_kind kind;
    enum visibility visibility;
    bool has_members;
    int64_t members;
};

void submission_clear(struct submission *submission); /* wipes and frees the values */
/* Checks and cleans every field (NFC, blanks, bounds, choices, mailbox, days: YYYY-MM-DD). Returns
 * how many have a problem; with any the values stay as typed. country is needed for all kinds but
 * international. The block for the ILO is dropped unread where the appeal does not ask for it, and
 * from who wants to be counted alone, since no edition would ever show it. day: today. */
size_t signing_check(struct submission *submission, const struct appeal *appeal, int64_t day,
                     enum signing_problem problems[FIELD_COUNT]);
/* The same for the organisation's name and its Latin form alone, by whatever else there is. */
size_t signing_check_names(struct submission *submission,
                           enum signing_problem problems[FIELD_COUNT]);
/* The block for the ILO in a checked submission, its texts borrowed; false when nothing of it was
 * filled in. */
bool signing_has_ilo(const struct submission *submission, struct signature_ilo *out);

/* Stores a checked submission with its mail. on_done gets US_OK also for a nonce seen before and
 * for a mailbox over its quota (nothing is mailed then): the visitor's answer must not differ.
 * US_EXPIRED when the appeal is not open; US_BUSY, US_FULL, US_IO: try later. on_done is called
 * exactly once. */
void signing_submit(struct reader *reader, struct site *site, const struct appeal *appeal,
                    const struct submission *submission,
                    void (*on_done)(enum us_err err, void *arg), void *arg);

enum signing_stage { STAGE_WAITING, STAGE_CONFIRMED, STAGE_WITHDRAWN };

struct signing_request { /* what a confirmation page shows */
    enum signing_stage stage;
    struct appeal *appeal; /* of the version that was read */
    char language[16];
    struct submission submission; /* values empty once confirmed, but for those of the signature */
    char public_id[32];           /* once confirmed: the receipt's number */
    enum signature_state state;   /* once confirmed */
    int64_t row;
};
void signing_request_free(struct signing_request *request);

/* What a link leads to. Reads only: GET and HEAD change nothing. US_NOT_FOUND for an unknown or
 * wrong token, US_EXPIRED for one after its term. */
US_MUST_CHECK enum us_err signing_find(struct reader *reader, struct site *site, const char *token,
                                       int64_t now, struct signing_request **out);

struct signing_receipt {
    char public_id[32];
    char slug[APPEAL_SLUG_MOST + 1];
    char language[16];
    enum signature_state state;
};
typedef void signing_confirmed(enum us_err err, const struct signing_receipt *receipt, void *arg);

/* Confirms. US_OK also when it was confirmed before (the receipt is the same). US_DUPLICATE: this
 * mailbox signed for this organisation already; US_LIMITED: this mailbox signs for too many
 * organisations. on_done is called exactly once; the receipt is borrowed and only there with US_OK.
 */
void signing_confirm(struct reader *reader, struct site *site, const char *token, int64_t now,
                     signing_confirmed *on_done, void *arg);
/* The same by mailbox and typed code; a wrong code counts against all that waits for the mailbox.
 * US_NOT_FOUND for a wrong code and for an unknown mailbox alike. */
void signing_confirm_code(struct reader *reader, struct site *site, const char *slug,
                          const char *mailbox, const char *code, int64_t now,
                          signing_confirmed *on_done, void *arg);

/* Deletes pending rows after their term and the day keys nobody needs any more: a part of
 * retention_run(). Waits. */
US_MUST_CHECK enum us_err signing_expire(struct site *site, int64_t now);

#endif
