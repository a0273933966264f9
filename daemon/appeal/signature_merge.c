/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One job: the other one leaves by the act that it would leave by anyway (strike, refuse), so that
 * all that hangs on those holds, and the kept one gets an audit row that names it.
 */
#include "appeal/signature_merge.h"
#include "appeal/delivery.h"
#include "appeal/moderation.h"
#include "appeal/moderation_step.h"
#include "appeal/signature_change.h"
#include "base/clock.h"
#include "base/mem.h"
#include "text/name_key.h"
#include <stdlib.h>
#include <string.h>

#define TRIES 3

struct pair {
    struct site *site;
    const struct signature_merge *merge;
    int64_t now;
    enum us_err err;
    struct moderation_subject subjects[2]; /* the one to keep, the other */
    size_t count;                          /* of those read */
    const char *missing;                   /* the id that nobody has */
    struct public_letter_files letters;
};

static bool on_found(const struct signature *signature, void *arg)
{
    *(int64_t *)arg = signature->row;
    return true;
}

static void read_pair(struct reader *reader, void *arg)
{
    struct pair *pair = arg;
    const char *const ids[2] = {pair->merge->keep, pair->merge->other};
    for (int i = 0; i < 2 && !pair->err; i++) {
        int64_t row = 0;
        pair->err = signature_find(reader, ids[i], on_found, &row);
        if (!pair->err)
            pair->err = moderation_subject_read(reader, row, pair->now, &pair->subjects[i]);
        if (pair->err == US_NOT_FOUND)
            pair->missing = ids[i];
        pair->count += !pair->err;
    }
    if (!pair->err)
        pair->err = public_letter_files_read(
            reader, pair->site, pair->subjects[1].row.signature.appeal, &pair->letters);
}

static void clear_pair(struct pair *pair)
{
    for (size_t i = 0; i < pair->count; i++)
        moderation_subject_clear(&pair->subjects[i]);
    public_letter_files_clear(&pair->letters);
}

static bool is_live(enum signature_state state)
{
    return state == SIGNATURE_CONFIRMED || state == SIGNATURE_HELD || state == SIGNATURE_LISTED;
}

static enum us_err check_pair(const struct pair *pair, struct fault *fault)
{
    const struct signature *keep = &pair->subjects[0].row.signature;
    const struct signature *other = &pair->subjects[1].row.signature;
    if (keep->row == other->row) {
        fault_set(fault, NULL, 0, "both ids are the same signature's");
        return US_INVALID;
    }
    if (keep->appeal != other->appeal) {
        fault_set(fault, NULL, 0,
                  "%s signed %s, and %s signed %s: only signatures of one appeal "
                  "can be merged",
                  keep->id, keep->slug, other->id, other->slug);
        return US_INVALID;
    }
    if (!is_live(keep->state)) {
        fault_set(fault, NULL, 0, "%s, which is to be kept, is %s", keep->id,
                  signature_state_name(keep->state));
        return US_CONFLICT;
    }
    if (!is_live(other->state)) {
        fault_set(fault, NULL, 0, "%s is %s already: there is nothing to merge", other->id,
                  signature_state_name(other->state));
        return US_CONFLICT;
    }
    return US_OK;
}

static unsigned compare_names(const struct signature *a, const struct signature *b)
{
    const char *const names[2][2] = {{a->organisation, a->organisation_latin},
                                     {b->organisation, b->organisation_latin}};
    char *keys[4], *joined[4];
    struct name_keys all[4];
    unsigned best = 0;
    for (int i = 0; i < 4; i++) {
        const char *name = names[i / 2][i % 2] ? names[i / 2][i % 2] : "";
        keys[i] = name_key_make(name);
        joined[i] = name_key_make_other(name, keys[i]);
        all[i] = (struct name_keys){keys[i], joined[i], name_key_is_unspaced(name)};
    }
    for (int i = 0; i < 4; i++) {
        const unsigned likeness = name_keys_likeness(&all[i / 2], &all[2 + i % 2]);
        best = likeness > best ? likeness : best;
    }
    for (int i = 0; i < 4; i++) {
        free(keys[i]);
        free(joined[i]);
    }
    return best;
}

/* Every other refusal gives its reason: one without any would tell that it was a merge. */
static enum us_err check_reason(const struct pair *pair, const struct signature_merged *merged,
                                struct fault *fault)
{
    const struct signature_merge *merge = pair->merge;
    const bool is_mailed = merged->to == SIGNATURE_REFUSED && !merged->is_unreached;
    if (merge->is_trial || !is_mailed || merged->is_told_why || merge->reason)
        return US_OK;
    fault_set(fault, NULL, 0,
              "%s is not shown to everybody, so the mail to %s does not say that another is kept; "
              "give with --reason what it says",
              merge->keep, merge->other);
    return US_INVALID;
}

static bool is_one_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static void fill_merged(const struct pair *pair, struct signature_merged *out)
{
    const struct signature *keep = &pair->subjects[0].row.signature;
    const struct signature *other = &pair->subjects[1].row.signature;
    *out = (struct signature_merged){
        .kept = mem_string(keep->organisation),
        .other = mem_string(other->organisation),
        .kept_state = keep->state,
        .from = other->state,
        .to = other->state == SIGNATURE_LISTED ? SIGNATURE_STRUCK : SIGNATURE_REFUSED,
        .likeness = compare_names(keep, other),
        .is_one_country = is_one_text(keep->country, other->country),
        /* That there is another at all would tell whoever signed by the name of a hidden one that
         * it has signed. */
        .is_told_why = signature_is_shown_to_all(keep),
    };
    out->is_unreached = out->to == SIGNATURE_REFUSED &&
                        moderation_is_unreached(DECISION_REFUSE, &pair->subjects[1]);
}

void signature_merged_clear(struct signature_merged *merged)
{
    free(merged->kept);
    free(merged->other);
}

/* The row of the one that is kept: its change is that there is no other any more. */
static void add_kept(struct job *job, const struct pair *pair)
{
    const struct signature_merge *merge = pair->merge;
    char *said = mem_format("with %s%s%s", merge->other, merge->reason ? ": " : "",
                            merge->reason ? merge->reason : "");
    (void)job_expect(job, STATEMENT_MERGE_KEEPS, US_CONFLICT,
                     VALUES(value_int(pair->subjects[0].row.signature.row)));
    job_add_audit(job, &(struct job_audit){
                           .at = pair->now,
                           .actor = merge->actor,
                           .act = "signature.merge",
                           .subject = merge->keep,
                           .reason = said,
                       });
    free(said);
}

/* For the audit; the mail has words of its own, in its reader's language. The caller's. */
static char *say_reason(const struct signature_merge *merge)
{
    return mem_format(MODERATION_MERGED " (%s).%s%s", merge->keep, merge->reason ? " " : "",
                      merge->reason ? merge->reason : "");
}

static enum us_err write_merge(struct pair *pair, enum signature_state to)
{
    const struct signature *other = &pair->subjects[1].row.signature;
    const struct signature_merge *merge = pair->merge;
    const enum decision decision = to == SIGNATURE_STRUCK ? DECISION_STRIKE : DECISION_REFUSE;
    bool is_mailed;
    struct job *job = job_new();
    char *reason = say_reason(merge);
    bool is_told_why = signature_is_shown_to_all(&pair->subjects[0].row.signature);
    site_mail_gate_close(pair->site);
    enum us_err err = moderation_step_add(pair->site, job,
                                          &(struct moderation_step){
                                              .subject = &pair->subjects[1],
                                              .to = to,
                                              .now = pair->now,
                                              .actor = merge->actor,
                                              .act = decision_act(decision),
                                              .reason = reason,
                                              .told = merge->reason,
                                              .merged = is_told_why ? merge->keep : NULL,
                                              .tells = to == SIGNATURE_REFUSED,
                                          },
                                          &is_mailed);
    add_kept(job, pair);
    if (!err)
        err = store_run(site_store(pair->site), job);
    site_mail_gate_open(pair->site);
    job_free(job);
    free(reason);
    if (err)
        return err;
    signature_change_done(pair->site, other, to, &pair->letters);
    if (is_mailed)
        site_mail_queued(pair->site);
    return US_OK;
}

static enum us_err merge_once(struct site *site, const struct signature_merge *merge,
                              bool *is_refused, struct signature_merged *out, struct fault *fault)
{
    struct signature_merged merged = {.kept = NULL};
    struct pair pair = {.site = site, .merge = merge, .now = clock_now()};
    enum us_err err = store_read_wait(site_store(site), read_pair, &pair);
    if (!err)
        err = pair.err;
    if (err == US_NOT_FOUND && pair.missing)
        fault_set(fault, NULL, 0, "there is no signature with the id %s", pair.missing);
    if (!err) {
        err = check_pair(&pair, fault);
        *is_refused = err != US_OK;
    }
    if (!err) {
        fill_merged(&pair, &merged);
        err = check_reason(&pair, &merged, fault);
        *is_refused = err != US_OK;
        if (!err && !merge->is_trial)
            err = write_merge(&pair, merged.to);
    }
    clear_pair(&pair);
    if (err)
        signature_merged_clear(&merged);
    else
        *out = merged;
    return err;
}

enum us_err signature_merge(struct site *site, const struct signature_merge *merge,
                            struct signature_merged *out, struct fault *fault)
{
    bool is_refused = false;
    enum us_err err = moderation_check_reason(DECISION_RESTORE, merge->reason, fault);
    for (int i = 0; i < TRIES && (i == 0 ? !err : err == US_CONFLICT && !is_refused); i++)
        err = merge_once(site, merge, &is_refused, out, fault);
    return err;
}
