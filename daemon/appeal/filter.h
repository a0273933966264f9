/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Which signatures an act on many is about, in the words that moderators type:
 *
 *     TERM and TERM ...            all of them hold
 *     FIELD = VALUE, FIELD != VALUE, FIELD < VALUE, <=, >, >=
 *     FIELD in (VALUE, VALUE, ...), FIELD not in (...)
 *     FIELD like 'PATTERN', FIELD not like 'PATTERN'; not TERM
 *
 * A value is a bare word, or stands in ' or ". The fields are those below; nothing else can be
 * said, and nothing of it becomes part of a statement: what the database can tell goes as bound
 * values (filter_bounds()), and filter_match() has the last word on each row. Pure.
 */
#ifndef APPEAL_FILTER_H
#define APPEAL_FILTER_H

#include "appeal/signature.h"
#include "base/fault.h"

#define FILTER_LENGTH_MOST 2000 /* bytes */
#define FILTER_TERMS_MOST 16
#define FILTER_VALUES_MOST 64 /* of one term */
#define FILTER_VALUE_MOST 800 /* bytes: a name has up to 200 characters */

enum filter_field {
    FILTER_STATE,
    FILTER_COUNTRY, /* two letters, or none */
    FILTER_DAY,     /* of confirmation, YYYY-MM-DD */
    FILTER_HOUR,    /* of confirmation, UTC, YYYY-MM-DDTHH; kept until it is listed */
    FILTER_DOMAIN,  /* of the mailbox; kept until 30 days after the decision */
    FILTER_AFFILIATION,
    FILTER_NAME,  /* like: words, each whole or its beginning */
    FILTER_BURST, /* how many confirmed in the same hour from the same country */
    FILTER_VISIBILITY,
    FILTER_KIND,
    FILTER_VERSION,
    FILTER_MEMBERS,
    FILTER_FIELD_COUNT
};

struct filter;

/* US_INVALID with a fault that shows the place and says what is allowed. *out is the caller's. */
US_MUST_CHECK enum us_err filter_parse(const char *text, struct filter **out, struct fault *fault);
void filter_free(struct filter *filter);
/* Whether a term is about that field. */
bool filter_asks(const struct filter *filter, enum filter_field field);

/* What of a signature is looked at. Borrowed; only what filter_asks() for has to be there. */
struct filter_facts {
    enum signature_state state;
    const char *country; /* "": none */
    int64_t day, version;
    bool has_hour, has_members;
    int64_t hour, members;   /* hour: since 1970 */
    const char *domain;      /* NULL: not known any more */
    const char *affiliation; /* as it was typed; NULL: none */
    const char *organisation, *organisation_latin, *search;
    int64_t burst;
    enum visibility visibility;
    enum signature_kind kind;
};

enum filter_verdict {
    FILTER_NO,
    FILTER_YES,
    FILTER_UNKNOWN /* everything else holds, but its domain is not known any more */
};
/* An hour or a domain that is not known any more is found by no term but "= none", also by none
 * with "not": what is not known must be no reason to act. */
enum filter_verdict filter_match(const struct filter *filter, const struct filter_facts *facts);

/* Of the same filter, what a statement can be bound to: wider than the filter, never narrower. Sets
 * are "[a][b]" for LIKE, or "" for any; numbers stand between two, which are included. */
struct filter_bounds {
    char states[96], countries[4 * FILTER_VALUES_MOST + 4], kinds[96], visibilities[96];
    char
        word[FILTER_VALUE_MOST + 8]; /* "% word%" that the folded words with a blank before match */
    int64_t day_least, day_most, version_least, version_most;
    bool needs_hour, needs_members; /* where these are not there, it is not found */
    int64_t hour_least, hour_most, members_least, members_most;
};
void filter_bounds(const struct filter *filter, struct filter_bounds *out);
/* The one domain that it is about; NULL: not one. Borrowed. */
const char *filter_bound_domain(const struct filter *filter);

#endif
