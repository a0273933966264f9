/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Editions: a letter of one version for one addressee in one language, over the ids of the
 * signatures that were listed at that moment. What is drawn from one names exactly those; what was
 * delivered is an edition that has been drawn, found again by its file's digest. The file itself is
 * not kept. Editions that were never delivered are forgotten after thirty days.
 */
#ifndef APPEAL_EDITION_H
#define APPEAL_EDITION_H

#include "appeal/appeal.h"
#include "appeal/signature.h"
#include "crypto/digest.h"

#define EDITION_FORGET_DAYS 30

enum edition_kind { EDITION_LETTER, EDITION_SUPPLEMENT, EDITION_ACCESSION };
enum edition_state {
    EDITION_MADE,
    EDITION_SENDING,
    EDITION_DELIVERED,
    EDITION_FAILED,
    EDITION_HELD, /* was on its way when a backup was made: nobody knows whether it left */
};
enum delivery_way { WAY_MAIL, WAY_POST, WAY_REGISTERED, WAY_HAND, WAY_OTHER, WAY_COUNT };

struct edition { /* owned strings: edition_clear() */
    int64_t row, appeal, number, version;
    char *addressee; /* its id */
    enum addressee_kind addressee_kind;
    char language[16];
    enum edition_kind kind;
    enum letter_form form;
    int64_t supplement_of; /* number; 0: none */
    enum edition_state state;
    struct signature_totals totals;
    bool has_file;
    uint8_t file_digest[DIGEST_SIZE];
    bool has_way;
    enum delivery_way way;
    char *reference, *note; /* NULL: none */
    int64_t made_at;
    bool has_delivery;
    int64_t delivered_on; /* day */
};
void edition_clear(struct edition *edition);

const char *edition_kind_name(enum edition_kind kind);    /* "letter" */
const char *edition_state_name(enum edition_state state); /* "made" */
const char *delivery_way_name(enum delivery_way way);     /* "registered" */
bool delivery_way_from_name(const char *name, enum delivery_way *out);

struct edition_params {                /* borrowed */
    const struct appeal *appeal;       /* of the version it shall be of */
    const struct addressee *addressee; /* NULL for the public's */
    const char *language;
    enum edition_kind kind;
    enum letter_form form;
};

/* What an edition shows, before it is stored. */
struct edition_draft;
/* Reads who is listed and may be seen: initiators first, then by country in the letter's language
 * (as signature_each_listed_by_country()), and hands the named ones to the callback; of a
 * supplement or an accession only those who are in no edition of that version that is delivered, or
 * on its way, to this addressee. `individual` leaves out (and counts) those whose person the
 * addressee may not see. US_CONFLICT with a fault: nothing was delivered that it could refer to, or
 * nobody signed since. On a reader thread. */
US_MUST_CHECK enum us_err edition_read(struct reader *reader, struct site *site,
                                       const struct edition_params *params,
                                       signature_callback *on_signature, void *arg,
                                       struct edition_draft **out, struct fault *fault);
const struct signature_totals *edition_draft_totals(const struct edition_draft *draft);
/* The edition that a supplement or accession refers to: the last delivered letter to the addressee;
 * NULL for a letter. */
const struct edition *edition_draft_refers(const struct edition_draft *draft);
void edition_draft_free(struct edition_draft *draft);
/* Stores it as made, under the next number of its appeal, with its audit row ("export.letter").
 * Waits. */
US_MUST_CHECK enum us_err edition_store(struct site *site, const struct edition_draft *draft,
                                        const char *actor, const char *reason, int64_t *number);
/* The file was drawn to its end: its digest. Once. Waits. US_CONFLICT when it has one already. */
US_MUST_CHECK enum us_err edition_drawn(struct site *site, int64_t appeal, int64_t number,
                                        const uint8_t digest[DIGEST_SIZE]);

/* What the public may see, for the letter that everybody may have: in the same order, never
 * stored. */
US_MUST_CHECK enum us_err edition_each_public(struct reader *reader, struct site *site,
                                              const struct edition_params *params,
                                              signature_callback *on_signature, void *arg,
                                              struct signature_totals *totals);

US_MUST_CHECK enum us_err edition_find(struct reader *reader, int64_t appeal, int64_t number,
                                       struct edition *out);
/* By the digest of its file; US_NOT_FOUND. */
US_MUST_CHECK enum us_err edition_find_file(struct reader *reader, int64_t appeal,
                                            const uint8_t digest[DIGEST_SIZE], struct edition *out);
/* All of an appeal, in the order of their numbers; the edition is the callback's to read only. */
US_MUST_CHECK enum us_err edition_each(struct reader *reader, int64_t appeal,
                                       bool (*on_edition)(const struct edition *edition, void *arg),
                                       void *arg);
/* Once more exactly those whom a stored edition names, as its addressee may see them, for the list
 * that goes with the letter. *gone: how many of those it held are not listed any more; they are not
 * handed out. */
US_MUST_CHECK enum us_err edition_each_signature(struct reader *reader, struct site *site,
                                                 const struct edition *edition,
                                                 signature_callback *on_signature, void *arg,
                                                 int64_t *gone);
/* Forgets editions that were made EDITION_FORGET_DAYS before and never delivered. Waits. */
US_MUST_CHECK enum us_err edition_forget(struct site *site, int64_t now);

#endif
