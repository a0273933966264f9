/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A signature as the store holds it, its states, and reading them in order. */
#ifndef APPEAL_SIGNATURE_H
#define APPEAL_SIGNATURE_H

#include "appeal/visibility.h"
#include "base/err.h"
#include "store/query.h"
#include <stdbool.h>
#include <stdint.h>

enum signature_state {
    SIGNATURE_CONFIRMED,
    SIGNATURE_HELD,
    SIGNATURE_LISTED,
    SIGNATURE_REFUSED,
    SIGNATURE_STRUCK,
    SIGNATURE_WITHDRAWN,
    SIGNATURE_STATE_COUNT
};

enum signature_kind {
    SIGNATORY_INTERNATIONAL,
    SIGNATORY_NATIONAL,
    SIGNATORY_FEDERATION,
    SIGNATORY_UNION,
    SIGNATORY_BRANCH,
    SIGNATORY_OTHER,
    SIGNATURE_KIND_COUNT
};

enum registration { /* of the organisation, by its state */
                    REGISTRATION_UNSTATED,
                    REGISTRATION_REGISTERED,
                    REGISTRATION_REFUSED,
                    REGISTRATION_DISSOLVED,
                    REGISTRATION_EXILE,
                    REGISTRATION_COUNT
};

/* The optional block for the ILO, read only for editions to it. NULL, false: left empty. */
struct signature_ilo {
    const char *legal_name; /* where it is not the name as printed */
    const char *address;    /* permanent, for correspondence; one line */
    const char *coverage;   /* "national", "the oil industry of one region" */
    enum registration registration;
    const char *mandate; /* which body decided */
    bool has_mandate_date, has_members_date;
    int64_t mandate_date, members_date; /* days: of that decision, of the membership figure */
};

/* Borrowed strings while a callback runs; NULL for what is not there. */
struct signature {
    int64_t row;    /* internal */
    const char *id; /* public */
    int64_t appeal, version;
    const char *slug; /* the appeal's */
    const char *language;
    enum signature_state state;
    const char *organisation, *organisation_latin;
    enum signature_kind kind;
    const char *country, *town, *affiliation;
    bool has_members;
    int64_t members;
    const char *representative, *capacity;
    enum visibility visibility;
    int64_t signed_on;               /* day */
    const struct signature_ilo *ilo; /* only while an edition to the ILO is read; NULL: none */
    bool is_initiator;               /* only while an edition is read (appeal/edition.h) */
};

const char *signature_state_name(enum signature_state state);
bool signature_state_from_name(const char *name, enum signature_state *out);
bool signature_state_is_ended(enum signature_state state);         /* refused or struck */
bool signature_is_shown_to_all(const struct signature *signature); /* listed, with its name */
const char *signature_kind_name(enum signature_kind kind);
bool signature_kind_from_name(const char *name, enum signature_kind *out);
const char *registration_name(enum registration registration); /* "registered"; "" for unstated */
bool registration_from_name(const char *name, enum registration *out);

typedef bool signature_callback(const struct signature *signature, void *arg); /* false: stop */

struct signature_filter {
    int64_t appeal;  /* 0: all appeals */
    int64_t version; /* 0: all versions */
    bool has_state;
    enum signature_state state;
};

/* By country, then name (root collation), by keyset in short transactions; any number. */
US_MUST_CHECK enum us_err signature_each(struct reader *reader,
                                         const struct signature_filter *filter,
                                         signature_callback *on_signature, void *arg);
/* Those waiting for a moderator, oldest day first; appeal 0: all. */
US_MUST_CHECK enum us_err signature_queue(struct reader *reader, int64_t appeal,
                                          signature_callback *on_signature, void *arg);
US_MUST_CHECK enum us_err signature_find(struct reader *reader, const char *public_id,
                                         signature_callback *on_signature, void *arg);

/* Where to reach a signatory, as it is kept: sealed to the organiser, bound to appeal and internal
 * id (crypto/organiser.h). *out is the caller's; an empty one where there is nothing any more. */
US_MUST_CHECK enum us_err signature_read_contact(struct reader *reader, int64_t row, uint8_t **out,
                                                 size_t *len);

/* `seen` is the signature with what an audience may not see taken out, and a visibility that it
 * cannot learn from. SHOWN_COUNTED: nothing of it may be shown. */
enum shown signature_show(const struct signature *signature, enum audience audience,
                          struct signature *seen);

/* What an audience may see of an appeal's listed signatures of one version: those named come to the
 * callback with representative and capacity only where the table says so (and never with a
 * visibility that the audience could learn from: it is what they see that counts); the others are
 * only counted.
 */
struct signature_totals {
    int64_t named, counted, members; /* members: as the named ones state them. The others' would
                                      * tell an outsider who subtracts how large each is */
    int64_t countries;               /* of the named ones */
};
US_MUST_CHECK enum us_err signature_each_shown(struct reader *reader, int64_t appeal,
                                               int64_t version, enum audience audience,
                                               signature_callback *on_signature, void *arg,
                                               struct signature_totals *totals);

/* All who are listed, for who decides by signature_show(), as paper has them: countries in the
 * order of their names in a language, those without one first; organisations within a country by
 * root collation. Any number, in constant memory. */
struct listed_filter {
    int64_t appeal, version;
    const char *language; /* code; English where the interface does not speak it */
};
US_MUST_CHECK enum us_err signature_each_listed_by_country(struct reader *reader,
                                                           const struct listed_filter *filter,
                                                           signature_callback *on_signature,
                                                           void *arg);

/* Recomputes all counters from the rows and every row's digest; false in *holds when any differs,
 * each difference told to on_difference. Waits. */
struct site;
US_MUST_CHECK enum us_err signature_check(struct site *site,
                                          void (*on_difference)(const char *what, void *arg),
                                          void *arg, int64_t *rows, bool *holds);

#endif
