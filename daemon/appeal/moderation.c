/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A decision is read from one table, checked against the state a signature is in, and written by a
 * job guarded by that state: of two moderators at once the second looks again. With a final
 * decision the server's own copy of the mailbox moves into the mail that tells of it, and is gone.
 */
#include "appeal/moderation.h"
#include "appeal/delivery.h"
#include "appeal/outbox_queue.h"
#include "appeal/pack.h"
#include "appeal/signature_change.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "crypto/digest.h"
#include <stdlib.h>
#include <string.h>

#define REASON_MOST 1000 /* characters */
#define TRIES 3

#define FROM(state) (1U << (state))

struct rule {
    const char *name, *act;
    unsigned from; /* states it is taken in */
    bool needs_reason;
};

static const struct rule rules[] = {
    [DECISION_APPROVE] = {"approve", "signature.approve",
                          FROM(SIGNATURE_CONFIRMED) | FROM(SIGNATURE_HELD), false},
    [DECISION_HOLD] = {"hold", "signature.hold", FROM(SIGNATURE_CONFIRMED), false},
    [DECISION_REFUSE] = {"refuse", "signature.refuse",
                         FROM(SIGNATURE_CONFIRMED) | FROM(SIGNATURE_HELD), true},
    [DECISION_STRIKE] = {"strike", "signature.strike", FROM(SIGNATURE_LISTED), true},
    [DECISION_RESTORE] = {"restore", "signature.restore",
                          FROM(SIGNATURE_REFUSED) | FROM(SIGNATURE_STRUCK), false},
};

const char *decision_name(enum decision decision)
{
    return rules[decision].name;
}

/* Where a decision leads from a state. */
static enum signature_state decision_target(enum decision decision, enum signature_state from)
{
    switch (decision) {
    case DECISION_APPROVE:
        return SIGNATURE_LISTED;
    case DECISION_HOLD:
        return SIGNATURE_HELD;
    case DECISION_REFUSE:
        return SIGNATURE_REFUSED;
    case DECISION_STRIKE:
        return SIGNATURE_STRUCK;
    case DECISION_RESTORE:
    default:
        return from == SIGNATURE_REFUSED || from == SIGNATURE_CONFIRMED ? SIGNATURE_CONFIRMED
                                                                        : SIGNATURE_LISTED;
    }
}

struct subject { /* the signature as it was read */
    enum us_err err;
    const char *public_id;
    struct signature signature; /* strings below */
    char id[32], language[16], country[8];
    char spoken[16]; /* what its mails are written in */
    char *organisation, *organisation_latin, *affiliation;
    bool is_erased;              /* refused or struck, and its signatory had its data deleted */
    uint8_t digest[DIGEST_SIZE]; /* of its row: its name may be corrected meanwhile */
    uint8_t *mailbox;            /* encrypted; NULL: gone */
    size_t mailbox_len;
    struct site *site;
    struct public_letter_files letters; /* that may name it: they go with it */
};

static void keep_text(char *to, size_t size, const char *from)
{
    to[0] = '\0';
    if (from && strlen(from) < size)
        memcpy(to, from, strlen(from) + 1);
}

static bool on_subject(const struct signature *signature, void *arg)
{
    struct subject *subject = arg;
    struct signature *s = &subject->signature;
    *s = (struct signature){
        .row = signature->row,
        .appeal = signature->appeal,
        .version = signature->version,
        .state = signature->state,
        .has_members = signature->has_members,
        .members = signature->members,
        .visibility = signature->visibility,
        .signed_on = signature->signed_on,
    };
    s->organisation = subject->organisation = mem_string(signature->organisation);
    s->organisation_latin = subject->organisation_latin = mem_string(signature->organisation_latin);
    s->affiliation = subject->affiliation = mem_string(signature->affiliation);
    subject->is_erased =
        signature->state != SIGNATURE_WITHDRAWN && signature->representative == NULL;
    keep_text(subject->id, sizeof subject->id, signature->id);
    keep_text(subject->language, sizeof subject->language, signature->language);
    keep_text(subject->country, sizeof subject->country, signature->country);
    s->id = subject->id;
    s->language = subject->language;
    s->country = subject->country;
    return true;
}

static void clear_subject(struct subject *subject)
{
    free(subject->mailbox);
    free(subject->organisation);
    free(subject->organisation_latin);
    free(subject->affiliation);
    subject->mailbox = NULL;
    subject->organisation = subject->organisation_latin = subject->affiliation = NULL;
}

static enum us_err read_secrets(struct query *query, struct subject *subject)
{
    size_t len;
    const void *digest = query_blob(query, 1, &len);
    if (!digest || len != sizeof subject->digest)
        return US_CORRUPT;
    memcpy(subject->digest, digest, len);
    keep_text(subject->spoken, sizeof subject->spoken, query_text(query, 2));
    if (!query_is_null(query, 0)) {
        const void *data = query_blob(query, 0, &subject->mailbox_len);
        subject->mailbox = mem_copy(data, subject->mailbox_len);
    }
    return US_OK;
}

static void read_subject(struct reader *reader, void *arg)
{
    struct subject *subject = arg;
    subject->err = signature_find(reader, subject->public_id, on_subject, subject);
    if (subject->err)
        return;
    struct query *query =
        query_start(reader, STATEMENT_SIGNATURE_MAILBOX, VALUES(value_int(subject->signature.row)));
    if (query_next(query))
        subject->err = read_secrets(query, subject);
    enum us_err end = query_end(query);
    if (end)
        subject->err = end;
    if (!subject->err)
        subject->err = public_letter_files_read(reader, subject->site, subject->signature.appeal,
                                                &subject->letters);
    if (subject->err)
        clear_subject(subject);
}

static enum us_err check_params(const struct moderation_params *params, struct fault *fault)
{
    const char *reason = params->reason;
    if (rules[params->decision].needs_reason && (!reason || !*reason)) {
        fault_set(fault, NULL, 0, "a reason is needed to %s a signature",
                  rules[params->decision].name);
        return US_INVALID;
    }
    if (!reason)
        return US_OK;
    size_t len = strlen(reason);
    if (len > 4 * REASON_MOST || !utf8_is_valid(reason, len) ||
        utf8_has_forbidden(reason, len, true) || utf8_length(reason, len) > REASON_MOST) {
        fault_set(fault, NULL, 0,
                  "the reason is text of at most %d characters, without control characters",
                  REASON_MOST);
        return US_INVALID;
    }
    return US_OK;
}

/* The mail that tells of the decision, where there is one and a mailbox to send it to. A mailbox
 * that cannot be opened any more keeps nobody from deciding. */
static enum us_err add_mail(struct site *site, const struct moderation_params *params,
                            const struct subject *subject, enum signature_state to, struct job *job,
                            bool *is_mailed)
{
    const struct signature *s = &subject->signature;
    uint8_t *mailbox;
    size_t len;
    *is_mailed = false;
    if (params->decision != DECISION_APPROVE && params->decision != DECISION_REFUSE)
        return US_OK;
    if (!subject->mailbox)
        return US_OK;
    if (keyring_site_decrypt(site_keyring(site), "mailbox", s->row, subject->mailbox,
                             subject->mailbox_len, &mailbox, &len)) {
        log_warning("moderation: no mail about signature %s: its mailbox cannot be opened", s->id);
        return US_OK;
    }
    enum us_err err =
        outbox_queue(site, job,
                     &(struct outbox_letter){
                         .template = to == SIGNATURE_LISTED ? OUTBOX_LISTED : OUTBOX_REFUSED,
                         .appeal = s->appeal,
                         .reference = s->row,
                         .language = subject->spoken,
                         .recipient = (const char *)mailbox,
                         .reason = to == SIGNATURE_REFUSED ? params->reason : NULL,
                         .now = clock_now(),
                     });
    keyring_wipe_free(mailbox, len);
    *is_mailed = !err;
    return err;
}

static enum us_err write_decision(struct site *site, const struct moderation_params *params,
                                  struct subject *subject, enum signature_state to)
{
    const struct signature *s = &subject->signature;
    int64_t now = clock_now();
    bool is_final = to != SIGNATURE_HELD && to != SIGNATURE_CONFIRMED, is_mailed;
    struct job *job = job_new();
    (void)job_expect(job, STATEMENT_SIGNATURE_DECIDE, US_CONFLICT,
                     VALUES(value_int(s->row), value_text(signature_state_name(s->state)),
                            value_text(signature_state_name(to)),
                            is_final ? value_int(clock_day(now)) : value_null(),
                            value_blob(subject->digest, DIGEST_SIZE)));
    signature_change_add(job,
                         &(struct signature_change){
                             .signature = s,
                             .to = to,
                             .at = now,
                             .actor = params->actor,
                             .act = rules[params->decision].act,
                             .reason = params->reason && *params->reason ? params->reason : NULL,
                         });
    enum us_err err = add_mail(site, params, subject, to, job, &is_mailed);
    if (!err)
        err = store_run(site_store(site), job);
    job_free(job);
    if (err)
        return err;
    signature_change_done(site, s, to, &subject->letters);
    if (is_mailed)
        site_mail_queued(site);
    return US_OK;
}

/* *is_refused: the state does not allow it, and looking again would not help. */
static enum us_err decide_once(struct site *site, const struct moderation_params *params,
                               bool *changed, bool *is_refused, struct fault *fault)
{
    struct subject subject = {.public_id = params->public_id, .site = site};
    enum us_err err = store_read_wait(site_store(site), read_subject, &subject);
    if (!err)
        err = subject.err;
    if (err == US_NOT_FOUND)
        fault_set(fault, NULL, 0, "there is no signature with this id");
    if (err)
        return err;

    enum signature_state from = subject.signature.state;
    enum signature_state to = decision_target(params->decision, from);
    *changed = false;
    if (from == to) {
        err = US_OK;
    } else if (subject.is_erased) {
        *is_refused = true;
        fault_set(fault, NULL, 0, "its signatory withdrew it: its data is deleted");
        err = US_CONFLICT;
    } else if (rules[params->decision].from & FROM(from)) {
        err = write_decision(site, params, &subject, to);
        *changed = !err;
    } else {
        *is_refused = true;
        err = US_CONFLICT;
    }
    if (err == US_CONFLICT && !subject.is_erased)
        fault_set(fault, NULL, 0, "the signature is %s: one cannot %s it",
                  signature_state_name(from), rules[params->decision].name);
    clear_subject(&subject);
    public_letter_files_clear(&subject.letters);
    return err;
}

enum us_err moderation_decide(struct site *site, const struct moderation_params *params,
                              bool *changed, struct fault *fault)
{
    enum us_err err = check_params(params, fault);
    if (err)
        return err;
    bool is_refused = false;
    for (int i = 0; i < TRIES; i++) {
        err = decide_once(site, params, changed, &is_refused, fault);
        if (err != US_CONFLICT || is_refused)
            break;
    }
    return err;
}
