/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Delivery: an edition that was drawn goes out by mail through the outbox, or by hand and is noted;
 * answers are noted beside it. Who withdrew since stays what the delivered file says, and is in no
 * later edition. All of these wait, write an audit row, and change nothing where they fail.
 */
#ifndef APPEAL_DELIVERY_H
#define APPEAL_DELIVERY_H

#include "appeal/edition.h"

#define DELIVERY_FILE_MOST ((size_t)32 * 1024 * 1024)
#define DELIVERY_NOTE_MOST 2000 /* bytes */

struct delivery_send { /* borrowed */
    const struct appeal *appeal;
    int64_t number; /* of the edition */
    const void *file;
    size_t len;
    const char *actor, *reason;
    int64_t now;
};
/* Puts the file into the outbox, to the addressee's mailbox; the edition is "sending" until the
 * relay took it ("delivered", on that day) or it was given up ("failed"): also when somebody in it
 * is taken off before it left (outbox_look()). US_CONFLICT with a fault:
 * it was sent or delivered before, or the same signatories of the same version were to this
 * addressee, or another edition is still
 * on its way there, or somebody it names is not listed any more; US_INVALID: the file is not the
 * one that was drawn, or the addressee has no mailbox. */
US_MUST_CHECK enum us_err delivery_send(struct site *site, const struct delivery_send *what,
                                        struct fault *fault);

struct delivery_record { /* borrowed */
    const struct appeal *appeal;
    int64_t number;
    bool never_left; /* of one that is held: it can be made and sent anew. Else: */
    enum delivery_way way;
    int64_t delivered_on;
    const char *reference, *note; /* NULL: none */
    const char *actor, *reason;
};
/* Notes a delivery made by hand; of an edition that was drawn, once. Of one that a restore holds:
 * whether it left. */
US_MUST_CHECK enum us_err delivery_record(struct site *site, const struct delivery_record *what,
                                          struct fault *fault);

struct delivery_response { /* borrowed */
    const struct appeal *appeal;
    int64_t number; /* of a delivered edition */
    int64_t received_on;
    const char *note;
    const char *attachment; /* file name; NULL: none */
    uint8_t attachment_digest[DIGEST_SIZE];
    const char *actor, *reason;
};
US_MUST_CHECK enum us_err delivery_respond(struct site *site, const struct delivery_response *what,
                                           struct fault *fault);

/* What became of an edition's signatories, once it is on its way since: how many withdrew, were
 * struck. */
struct delivery_since {
    int64_t withdrawn, struck;
};
US_MUST_CHECK enum us_err delivery_look(struct reader *reader, const struct edition *edition,
                                        struct delivery_since *out);
/* An edition's answers, oldest first; strings borrowed. */
US_MUST_CHECK enum us_err
delivery_each_response(struct reader *reader, int64_t appeal, int64_t number,
                       bool (*on_response)(const struct delivery_response *response, void *arg),
                       void *arg);

/* The public timeline: opened, delivered (to whom, when, how many organisations it held), answered.
 * Deliveries to the press are in it, notes and references are not. Oldest first; the event is
 * borrowed. */
enum delivery_event_kind { EVENT_OPENED, EVENT_DELIVERED, EVENT_ANSWERED };
struct delivery_event {
    enum delivery_event_kind kind;
    int64_t day;
    const struct addressee *addressee; /* as the appeal's settings name it now; NULL: opened */
    enum edition_kind edition;         /* delivered */
    int64_t organisations;             /* delivered: named and counted ones together */
};
US_MUST_CHECK enum us_err
delivery_each_event(struct reader *reader, const struct appeal *appeal,
                    bool (*on_event)(const struct delivery_event *event, void *arg), void *arg);

/* ---- the letter that everybody may have, at /LL/SLUG/letter.pdf ---- */

struct public_letter {
    char language[16];
    int64_t version, size, pages, named, published_at;
    uint8_t digest[DIGEST_SIZE];
    char *path; /* of the file; the caller's */
};
/* Puts the file into the site's folder "letters" and onto the page. */
struct public_letter_params { /* borrowed */
    const struct appeal *appeal;
    const char *language;
    const void *file;
    size_t len;
    int64_t pages, named, now;
    /* public_letter_as_of() before it was read; 0: not known, then the letter must name as many as
     * it would now. */
    int64_t as_of;
    const char *actor, *reason;
};
/* US_CONFLICT with a fault: somebody was taken off, or another version published, since the letter
 * was read; US_INVALID: it is no PDF, or the appeal has no such text. */
US_MUST_CHECK enum us_err public_letter_publish(struct site *site,
                                                const struct public_letter_params *what,
                                                struct fault *fault);
/* US_NOT_FOUND where there is none of the published version. When a listed signature is withdrawn
 * or struck, the letters of its appeal are taken off at once (public_letter_withdraw() in the same
 * job): the next --publish makes new ones. */
US_MUST_CHECK enum us_err public_letter_find(struct reader *reader, struct site *site,
                                             int64_t appeal, const char *language,
                                             struct public_letter *out);
struct job;
void public_letter_withdraw(struct job *job, int64_t appeal);
/* A number that grows: whoever was taken off later is in what is read now. */
US_MUST_CHECK enum us_err public_letter_as_of(struct reader *reader, int64_t *out);
/* Files whose rows went with such a job: read before it, removed once it is done. */
struct public_letter_files {
    char **paths;
    size_t count;
};
US_MUST_CHECK enum us_err public_letter_files_read(struct reader *reader, struct site *site,
                                                   int64_t appeal, struct public_letter_files *out);
void public_letter_files_remove(struct public_letter_files *files); /* and clears */
void public_letter_files_clear(struct public_letter_files *files);

/* ---- when the service starts ---- */

/* Removes files in "outgoing" and "letters" that no row leads to: somebody pulled the plug between
 * file and row. Nothing else may run yet. Waits. */
US_MUST_CHECK enum us_err delivery_sweep(struct site *site);

#endif
