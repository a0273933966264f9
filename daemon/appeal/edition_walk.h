/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the files about editions share: the walk over those whom one names, and its row. */
#ifndef APPEAL_EDITION_WALK_H
#define APPEAL_EDITION_WALK_H

#include "appeal/edition.h"
#include "appeal/edition_ids.h"

struct edition_draft {
    struct edition edition; /* without row, number and what is done with it */
    struct edition_ids ids; /* of all it holds, counted ones too; sorted */
    char *slug;
    bool has_refers, is_stopped;
    struct edition refers;
};

struct edition_scope { /* borrowed */
    const struct appeal *appeal;
    enum audience audience;
    const char *language;
    enum letter_form form;
    bool has_ilo;                     /* the block for the ILO is opened */
    const struct edition_ids *only;   /* those alone; NULL: all who are listed */
    const struct edition_ids *except; /* not those; NULL: nobody */
};

struct edition_walked {
    struct signature_totals totals;
    struct edition_ids ids; /* of all that were held, sorted; the caller's */
    bool is_stopped;        /* by the callback */
};

/* Hands out those whom the audience may see named: initiators, then by country. */
US_MUST_CHECK enum us_err edition_walk(struct reader *reader, struct site *site,
                                       const struct edition_scope *scope,
                                       signature_callback *on_signature, void *arg,
                                       struct edition_walked *out, struct fault *fault);

/* The row that the query stands on, of the statements edition_*; US_CORRUPT, nothing to clear, when
 * a word in it is none of ours. */
US_MUST_CHECK enum us_err edition_row_read(struct query *query, struct edition *out);
/* Runs one of them that gives a row at most. */
US_MUST_CHECK enum us_err edition_row_find(struct reader *reader, enum statement statement,
                                           const struct value *values, size_t count,
                                           struct edition *out);
/* The ids that an edition holds, sorted. */
US_MUST_CHECK enum us_err edition_read_ids(struct reader *reader, int64_t row,
                                           struct edition_ids *out);
/* How many of them are not listed any more; one whose row is gone is not. */
US_MUST_CHECK enum us_err edition_count_gone(struct reader *reader, const struct edition_ids *ids,
                                             int64_t *gone);
/* Those of all editions that are on their way or delivered to an addressee, of one version; sorted.
 */
struct edition_sent {
    int64_t appeal, version;
    const char *addressee;
};
US_MUST_CHECK enum us_err edition_read_sent(struct reader *reader, const struct edition_sent *sent,
                                            struct edition_ids *out);

#endif
