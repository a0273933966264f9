/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * An update by mail, to the listed signatories that asked for news. The service knows no mailbox of
 * theirs: it gives out what is sealed, and the organiser's program, which opens it, gives mailboxes
 * back. One mail a signature and update: the row that says so and the outbox's row are one job. A
 * mailbox is taken only where it is the one that signed (its keyed hash tells), so a wrong or
 * hostile program can write to nobody else.
 */
#ifndef APPEAL_UPDATE_MAIL_H
#define APPEAL_UPDATE_MAIL_H

#include "appeal/outbox.h"
#include "appeal/update.h"

#define UPDATE_MAIL_BATCH 500 /* mailboxes at a time */

struct update_mail_counts {
    int64_t wanted; /* signatures listed now that want news */
    int64_t queued; /* mails ever queued for it */
    int64_t left;   /* of the wanted, those none was queued for */
};
US_MUST_CHECK enum us_err update_mail_count(struct reader *reader, int64_t appeal, int64_t number,
                                            struct update_mail_counts *out);

/* The second of these alone, which many signatures do not make slow. */
US_MUST_CHECK enum us_err update_mail_count_queued(struct reader *reader, int64_t appeal,
                                                   int64_t number, int64_t *out);

struct update_contact { /* of one that is left; borrowed */
    int64_t row;        /* internal: the mailbox is sealed with it and the appeal's */
    const char *id;     /* public */
    const uint8_t *sealed;
    size_t len;
};
/* Those left, in short transactions. */
US_MUST_CHECK enum us_err
update_mail_each(struct reader *reader, int64_t appeal, int64_t number,
                 bool (*on_contact)(const struct update_contact *contact, void *arg), void *arg);

struct update_mailbox {       /* what the organiser's program opened, and what became of it */
    const char *id, *mailbox; /* borrowed */
    /* US_OK: queued; US_CONFLICT: refused. Why is not told: it was queued before, is not listed or
     * wants no news (any more), there is no such signature of the appeal, or that is not the
     * mailbox that signed. Of the others no mailbox is compared. */
    enum us_err err;
};
struct update_send { /* borrowed */
    const struct appeal *appeal;
    int64_t number;
    struct update_mailbox *mailboxes; /* at most UPDATE_MAIL_BATCH */
    size_t count;
    const char *actor, *reason;
    int64_t now;
};
/* Queues a mail for each, with an audit row before: how many there are, how many were refused.
 * Waits. US_NOT_FOUND: there is no such update; otherwise each has its own answer, but for a store
 * that cannot write, which is given back (the others of the batch may be queued then: a second run
 * goes on). */
US_MUST_CHECK enum us_err update_mail_queue(struct site *site, const struct update_send *what);

/* What a mail says when it is composed, at each try. US_CONFLICT where it must not leave any more:
 * withdrawn, struck, unsubscribed since, or the update was removed. */
struct outbox_update { /* owned */
    char *title;       /* the subject */
    char *plain;       /* the body, in lines */
    struct markdown *body;
    char language[16]; /* of title and body */
    int64_t number;
};
US_MUST_CHECK enum us_err update_mail_make(struct reader *reader, const struct appeal *appeal,
                                           int64_t number, int64_t signature, const char *language,
                                           struct outbox_update **out);
void update_mail_free(struct outbox_update *update); /* NULL is fine */

#endif
