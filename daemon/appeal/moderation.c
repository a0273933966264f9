/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A decision is read from one table, checked against the state a signature is in, and written by a
 * job guarded by that state: of two moderators at once the second looks again.
 */
#include "appeal/moderation.h"
#include "appeal/delivery.h"
#include "appeal/moderation_step.h"
#include "appeal/signature_change.h"
#include "base/clock.h"
#include "base/utf8.h"
#include <stdlib.h>
#include <string.h>

#define REASON_MOST 1000 /* characters */
#define TRIES 3

#define FROM(state) (1U << (state))

struct rule {
    const char *name, *act;
    unsigned from; /* states it is taken in */
    unsigned done; /* states in which there is nothing left to do */
    bool needs_reason, tells;
};

static const struct rule rules[DECISION_COUNT] = {
    [DECISION_APPROVE] = {"approve", "signature.approve",
                          FROM(SIGNATURE_CONFIRMED) | FROM(SIGNATURE_HELD), FROM(SIGNATURE_LISTED),
                          false, true},
    [DECISION_HOLD] = {"hold", "signature.hold", FROM(SIGNATURE_CONFIRMED), FROM(SIGNATURE_HELD),
                       false, false},
    [DECISION_REFUSE] = {"refuse", "signature.refuse",
                         FROM(SIGNATURE_CONFIRMED) | FROM(SIGNATURE_HELD), FROM(SIGNATURE_REFUSED),
                         true, true},
    [DECISION_STRIKE] = {"strike", "signature.strike", FROM(SIGNATURE_LISTED),
                         FROM(SIGNATURE_STRUCK), true, false},
    [DECISION_RESTORE] = {"restore", "signature.restore",
                          FROM(SIGNATURE_REFUSED) | FROM(SIGNATURE_STRUCK) | FROM(SIGNATURE_HELD),
                          FROM(SIGNATURE_CONFIRMED) | FROM(SIGNATURE_LISTED), false, false},
    [DECISION_UNLIST] = {"unlist", "signature.unlist", FROM(SIGNATURE_LISTED),
                         FROM(SIGNATURE_CONFIRMED), false, false},
};

const char *decision_name(enum decision decision)
{
    return rules[decision].name;
}

const char *decision_act(enum decision decision)
{
    return rules[decision].act;
}

bool decision_needs_reason(enum decision decision)
{
    return rules[decision].needs_reason;
}

/* Where a decision leads from a state that it is taken in. */
static enum signature_state decision_target(enum decision decision, enum signature_state from)
{
    static const enum signature_state targets[DECISION_COUNT] = {
        [DECISION_APPROVE] = SIGNATURE_LISTED,    [DECISION_HOLD] = SIGNATURE_HELD,
        [DECISION_REFUSE] = SIGNATURE_REFUSED,    [DECISION_STRIKE] = SIGNATURE_STRUCK,
        [DECISION_RESTORE] = SIGNATURE_CONFIRMED, [DECISION_UNLIST] = SIGNATURE_CONFIRMED,
    };
    bool is_listed_again = decision == DECISION_RESTORE && from == SIGNATURE_STRUCK;
    return is_listed_again ? SIGNATURE_LISTED : targets[decision];
}

bool decision_applies(enum decision decision, enum signature_state from, enum signature_state *to)
{
    *to = decision_target(decision, from);
    return (rules[decision].from & FROM(from)) != 0;
}

bool decision_is_done(enum decision decision, enum signature_state state)
{
    return (rules[decision].done & FROM(state)) != 0;
}

bool moderation_is_unreached(enum decision decision, const struct moderation_subject *before)
{
    /* A mail that has not left gives it back. */
    bool can_come_back =
        before->mail != 0 && (decision == DECISION_RESTORE || decision == DECISION_UNLIST);
    return decision != DECISION_HOLD && decision != DECISION_STRIKE && !before->has_mailbox &&
           !can_come_back;
}

void moderation_say_refused(enum decision decision, enum signature_state from,
                            const char *public_id, struct fault *fault)
{
    static const enum decision ways[] = {DECISION_UNLIST, DECISION_RESTORE};
    const char *state = signature_state_name(from), *name = rules[decision].name;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        enum signature_state between, to;
        if (decision_applies(ways[i], from, &between) && decision_applies(decision, between, &to)) {
            fault_set(fault, NULL, 0,
                      "the signature is %s: one cannot %s it; first `undersign signature %s %s`",
                      state, name, rules[ways[i]].name, public_id);
            return;
        }
    }
    fault_set(fault, NULL, 0, "the signature is %s: one cannot %s it", state, name);
}

enum us_err moderation_check_reason(enum decision decision, const char *reason, struct fault *fault)
{
    if (rules[decision].needs_reason && (!reason || !*reason)) {
        fault_set(fault, NULL, 0, "a reason is needed to %s a signature", rules[decision].name);
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

struct looked { /* at one signature */
    struct site *site;
    const char *public_id;
    int64_t now;
    enum us_err err;
    int64_t row;
    struct moderation_subject subject;
    struct public_letter_files letters; /* that may name it: they go with it */
};

static bool on_found(const struct signature *signature, void *arg)
{
    ((struct looked *)arg)->row = signature->row;
    return true;
}

static void read_subject(struct reader *reader, void *arg)
{
    struct looked *looked = arg;
    looked->err = signature_find(reader, looked->public_id, on_found, looked);
    if (!looked->err)
        looked->err = moderation_subject_read(reader, looked->row, looked->now, &looked->subject);
    if (looked->err)
        return;
    looked->err = public_letter_files_read(reader, looked->site,
                                           looked->subject.row.signature.appeal, &looked->letters);
    if (looked->err)
        moderation_subject_clear(&looked->subject);
}

static enum us_err write_decision(struct site *site, const struct moderation_params *params,
                                  struct looked *looked, enum signature_state to)
{
    const struct signature *s = &looked->subject.row.signature;
    const char *reason = params->reason && *params->reason ? params->reason : NULL;
    bool is_mailed;
    struct job *job = job_new();
    site_mail_gate_close(site);
    enum us_err err = moderation_step_add(site, job,
                                          &(struct moderation_step){
                                              .subject = &looked->subject,
                                              .to = to,
                                              .now = looked->now,
                                              .actor = params->actor,
                                              .act = rules[params->decision].act,
                                              .reason = reason,
                                              .told = reason,
                                              .tells = rules[params->decision].tells,
                                          },
                                          &is_mailed);
    if (!err)
        err = store_run(site_store(site), job);
    site_mail_gate_open(site);
    job_free(job);
    if (err)
        return err;
    signature_change_done(site, s, to, &looked->letters);
    if (is_mailed)
        site_mail_queued(site);
    return US_OK;
}

/* *is_refused: the state does not allow it, and looking again would not help. */
static enum us_err decide_once(struct site *site, const struct moderation_params *params,
                               bool *changed, bool *is_refused, struct fault *fault)
{
    struct looked looked = {.site = site, .public_id = params->public_id, .now = clock_now()};
    enum us_err err = store_read_wait(site_store(site), read_subject, &looked);
    if (!err)
        err = looked.err;
    if (err == US_NOT_FOUND)
        fault_set(fault, NULL, 0, "there is no signature with this id");
    if (err)
        return err;

    enum signature_state from = looked.subject.row.signature.state, to;
    *changed = false;
    if (decision_is_done(params->decision, from)) {
        err = US_OK;
    } else if (looked.subject.is_erased) {
        *is_refused = true;
        fault_set(fault, NULL, 0, "the data of its person is deleted: nothing more can be decided");
        err = US_CONFLICT;
    } else if (decision_applies(params->decision, from, &to)) {
        err = write_decision(site, params, &looked, to);
        *changed = !err;
        if (params->is_unreached)
            *params->is_unreached = moderation_is_unreached(params->decision, &looked.subject);
    } else {
        *is_refused = true;
        err = US_CONFLICT;
    }
    if (err == US_CONFLICT && !looked.subject.is_erased)
        moderation_say_refused(params->decision, from, params->public_id, fault);
    moderation_subject_clear(&looked.subject);
    public_letter_files_clear(&looked.letters);
    return err;
}

enum us_err moderation_decide(struct site *site, const struct moderation_params *params,
                              bool *changed, struct fault *fault)
{
    enum us_err err = moderation_check_reason(params->decision, params->reason, fault);
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
