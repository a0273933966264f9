/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What helps a moderator to tell an organisation from a fake: facts about one signature beside what
 * its form says, and marks for those that should be seen first. It decides nothing. Everything read
 * is bounded, so that it takes milliseconds with a million rows behind it.
 */
#ifndef APPEAL_JUDGE_H
#define APPEAL_JUDGE_H

#include "appeal/domain_lists.h"
#include "appeal/signature.h"
#include "appeal/site.h"

/* The loudest first. */
enum judge_mark {
    JUDGE_REFUSED_NAME,    /* a name like it, or another of the organisation that the register has
                              it of, was refused or struck */
    JUDGE_REFUSED_MAILBOX, /* what else its mailbox signed here was */
    JUDGE_REFUSED_DOMAIN,  /* of its mail domain some were; never said of a free provider */
    JUDGE_DISPOSABLE,      /* mailboxes that live for minutes */
    JUDGE_TWICE,           /* the same name, or another of that organisation, stands or waits under
                              this appeal already */
    JUDGE_FOREIGN_DOMAIN,  /* the register has the name with other mail domains, or the domain as
                              another organisation's */
    JUDGE_BURST,           /* many from its country, or its domain, in the same hour */
    JUDGE_ALIKE,           /* a name much like it stands or waits under this appeal */
    JUDGE_MAILBOX,         /* its mailbox signed for others here */
    JUDGE_RENAMED,         /* its signatory changed the name since it was confirmed */
    JUDGE_FREE,            /* a free provider */
    JUDGE_NEAR,            /* the register has a name much like it with other mail domains */
    JUDGE_KNOWN,           /* the register has the name; no domains to compare */
    JUDGE_KNOWN_DOMAIN,    /* the register has the name and the domain */
    JUDGE_MARK_COUNT
};
const char *judge_mark_name(enum judge_mark mark); /* "refused-name" */

#define JUDGE_COUNT_MOST 1000 /* what is counted is counted so far */
#define JUDGE_BURST_LEAST 10  /* others from the country in the same hour */
#define JUDGE_BURST_DOMAIN 3  /* others from the domain in it */

struct judge_other { /* another signature that has to do with it */
    int64_t row, appeal;
    char *id, *slug, *organisation, *country;
    enum signature_state state;
    int64_t signed_on;
    unsigned likeness;            /* of the names, in percent; 0: not alike */
    bool has_mailbox, has_domain; /* the same */
    bool is_registered_one;       /* the register has both names as one organisation's */
};

struct judge_known { /* an organisation of the register */
    char *name, *source, *country, *affiliation;
    unsigned likeness;            /* of the names, in percent; 0: it has the domain alone */
    bool has_domain, has_domains; /* this one; any */
};

struct judge_note {
    int64_t at;
    char *actor, *text;
};

struct judge_decision { /* what anybody but its signatory did to it, the newest first */
    int64_t at;
    char *act, *actor, *reason; /* reason NULL: none */
};

#define JUDGE_OTHERS_MOST 24
#define JUDGE_KNOWN_MOST 5
#define JUDGE_NOTES_MOST 20

struct judged {
    char *latin;              /* the name in Latin letters, by us; NULL where there are no others */
    const char *country_name; /* in English; NULL: none; not to be freed */
    char *was, *was_latin;    /* its name as confirmed, where it was changed; NULL */
    bool has_mailbox;         /* kept: it can be mailed */
    char *domain;             /* of its mailbox; NULL: it is gone */
    enum domain_kind domain_kind;             /* where there is one */
    int64_t of_domain[SIGNATURE_STATE_COUNT]; /* others from it, in every appeal */
    bool has_hour;                            /* false: not kept any more */
    int64_t hour;                             /* since 1970, of its confirmation */
    int64_t burst, burst_domain; /* others of this appeal and country in it; those of its domain */
    int64_t burst_domains;       /* how many domains all of them have */
    struct judge_other others[JUDGE_OTHERS_MOST]; /* refused and struck ones first */
    size_t other_count;
    struct judge_known known[JUDGE_KNOWN_MOST];
    size_t known_count;
    struct judge_note notes[JUDGE_NOTES_MOST];
    size_t note_count;
    struct judge_decision decisions[JUDGE_NOTES_MOST];
    size_t decision_count;
    unsigned marks; /* bits 1 << mark */
};

/* On a reader thread; no query may be open. judge_clear() what comes. */
US_MUST_CHECK enum us_err judge_signature(struct reader *reader, struct site *site,
                                          const struct signature *signature, struct judged *out);
void judge_clear(struct judged *judged);

#endif
