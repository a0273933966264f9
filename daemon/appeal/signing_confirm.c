/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The owner of a mailbox says yes. What was encrypted for the day is opened on the reader thread,
 * sealed to the organiser, and stored by a job that is guarded at every step: the row still waits,
 * this mailbox has not signed for that organisation, nor for too many. Two clicks at once are one
 * signature: the slower job misses, looks again and finds the receipt.
 */
#include "appeal/signing_confirm.h"
#include "appeal/counter.h"
#include "appeal/pack.h"
#include "appeal/register.h"
#include "appeal/signature_record.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

void signing_confirm_end(struct confirm *confirm, enum us_err err)
{
    confirm->on_done(err, err ? NULL : &confirm->receipt, confirm->arg);
    for (size_t i = 0; i < CONFIRM_TEXTS; i++)
        pack_wipe_text(confirm->texts[i]);
    free(confirm);
}

static void confirm_again(struct reader *reader, void *arg)
{
    struct confirm *confirm = arg;
    confirm->find(reader, confirm);
}

/* On the store thread. */
static void on_stored(struct job *job, enum us_err err, void *arg)
{
    struct confirm *confirm = arg;
    (void)job;
    if (err == US_CONFLICT && !confirm->is_repeated) {
        confirm->is_repeated = true;
        err = store_read(site_store(confirm->site), confirm_again, confirm);
        if (!err)
            return;
    }
    if (!err && confirm->receipt.state == SIGNATURE_LISTED)
        site_changed(confirm->site, confirm->appeal, false);
    signing_confirm_end(confirm, err == US_CONFLICT ? US_BUSY : err);
}

static void copy_text(char *to, size_t size, const char *from)
{
    size_t len = from ? strlen(from) : 0;
    assert(len < size);
    memcpy(to, from ? from : "", len + 1);
}

static void fill_receipt(struct signing_receipt *receipt, const struct signature *signature,
                         const char *slug)
{
    copy_text(receipt->public_id, sizeof receipt->public_id, signature->id);
    copy_text(receipt->slug, sizeof receipt->slug, slug);
    copy_text(receipt->language, sizeof receipt->language, signature->language);
    receipt->state = signature->state;
}

/* What the appeal says of confirmed signatures. */
struct terms {
    char slug[APPEAL_SLUG_MOST + 1];
    enum signature_state state; /* in which they begin */
    bool asks_register;         /* whom it knows is listed */
    char *source;               /* the list that knows this one; NULL: none does */
    struct organiser_public organiser;
};

/* An appeal under attack lists nobody by itself. */
static void take_policy(struct terms *terms, const char *policy, bool is_shielded)
{
    const bool is_after = strcmp(policy, policy_name(POLICY_AFTER)) == 0;
    terms->state = is_after && !is_shielded ? SIGNATURE_LISTED : SIGNATURE_CONFIRMED;
    terms->asks_register = !is_shielded && strcmp(policy, policy_name(POLICY_REGISTER)) == 0;
}

static enum us_err read_terms(struct reader *reader, struct site *site, int64_t appeal,
                              struct terms *out)
{
    bool is_found = false, has_key = false;
    struct query *query = query_start(reader, STATEMENT_PENDING_APPEAL, VALUES(value_int(appeal)));
    if (query_next(query)) {
        size_t len;
        const char *slug = query_text(query, 0), *policy = query_text(query, 1);
        const void *key = query_blob(query, 2, &len);
        is_found = slug && policy && strlen(slug) <= APPEAL_SLUG_MOST;
        has_key = len == ORGANISER_KEY_SIZE;
        if (is_found) {
            copy_text(out->slug, sizeof out->slug, slug);
            take_policy(out, policy, query_int(query, 3) != 0);
        }
        if (has_key)
            memcpy(out->organiser.bytes, key, ORGANISER_KEY_SIZE);
    }
    enum us_err err = query_end(query);
    if (!err && !is_found)
        err = US_NOT_FOUND;
    if (err || has_key)
        return err;
    struct fault fault = {0};
    err = site_organiser_key(site, &out->organiser, &fault);
    if (err)
        log_error("signing: no organiser's public key to seal contact data to: %s", fault.text);
    return err ? US_IO : US_OK;
}

/* The signature, and what else happens with it or not at all. Its audit row has the day only: a
 * signature does not keep its second. */
static struct job *make_job(const struct confirm *confirm, const struct pending *pending,
                            const struct signature_record *record, const char *source)
{
    const struct signature *s = &record->signature;
    struct job *job = job_new();
    char *reason = source ? mem_format("listed by the register (%s)", source) : NULL;
    (void)job_expect(job, STATEMENT_PENDING_CONFIRM, US_CONFLICT,
                     VALUES(value_int(pending->id), value_int(s->row), value_blob("", 0),
                            value_int(confirm->now), value_int(confirm->code_tries_most)));
    (void)job_add(job, STATEMENT_OUTBOX_CONFIRMED, VALUES(value_int(s->row), value_blob("", 0)));
    if (source)
        register_expect_first(job, record);
    signature_record_add(job, record);
    (void)job_expect(
        job, STATEMENT_SIGNATURE_MAILBOX_HAS_ROOM, US_LIMITED,
        VALUES(value_int(s->appeal), value_blob(record->mailbox_hash, KEYRING_HASH_SIZE),
               value_int(site_config(confirm->site)->limits_organisations_per_mailbox)));
    counter_add(job, s, s->state, 1);
    job_add_audit(job, &(struct job_audit){
                           .at = s->signed_on * CLOCK_DAY,
                           .actor = "signatory",
                           .act = "signature.confirm",
                           .subject = s->id,
                           .reason = reason,
                       });
    free(reason);
    return job;
}

static enum us_err ask_register(struct reader *reader, struct site *site,
                                const struct submission *submission, int64_t appeal,
                                struct terms *terms)
{
    const struct register_claim claim = {
        .appeal = appeal,
        .name = submission->values[FIELD_ORGANISATION],
        .country = submission->values[FIELD_COUNTRY],
        .mailbox = submission->values[FIELD_EMAIL],
    };
    enum us_err err = register_knows(reader, site, &claim, &terms->source);
    if (!err && terms->source)
        terms->state = SIGNATURE_LISTED;
    return err;
}

static enum us_err confirm_waiting(struct reader *reader, struct confirm *confirm,
                                   const struct pending *pending, struct terms *terms,
                                   struct job **out)
{
    struct submission submission;
    struct signature_record record;
    enum us_err err = pending_unseal(confirm->site, pending, &submission);
    if (err)
        return err;
    if (terms->asks_register)
        err = ask_register(reader, confirm->site, &submission, pending->appeal, terms);
    if (!err)
        err = signature_record_make(confirm->site,
                                    &(struct signature_record_params){
                                        .pending = pending,
                                        .submission = &submission,
                                        .organiser = &terms->organiser,
                                        .state = terms->state,
                                        .signed_on = clock_day(confirm->now),
                                        .hour = confirm->now / CLOCK_HOUR,
                                    },
                                    &record);
    if (!err) {
        *out = make_job(confirm, pending, &record, terms->source);
        confirm->appeal = pending->appeal;
        fill_receipt(&confirm->receipt, &record.signature, terms->slug);
        signature_record_clear(&record);
    }
    submission_clear(&submission);
    return err;
}

static enum us_err find_receipt(struct reader *reader, int64_t signature,
                                struct signing_receipt *out)
{
    struct signature_row row;
    enum us_err err = signature_row_find(reader, signature, &row);
    if (err)
        return err;
    fill_receipt(out, &row.signature, row.signature.slug);
    signature_row_clear(&row);
    return US_OK;
}

void signing_confirm_row(struct reader *reader, struct confirm *confirm,
                         const struct pending *pending)
{
    struct terms terms = {0};
    struct job *job;
    enum us_err err;
    if (pending->is_confirmed) {
        err = find_receipt(reader, pending->signature, &confirm->receipt);
        signing_confirm_end(confirm, err);
        return;
    }
    err = read_terms(reader, confirm->site, pending->appeal, &terms);
    if (!err)
        err = confirm_waiting(reader, confirm, pending, &terms, &job);
    free(terms.source);
    if (err)
        signing_confirm_end(confirm, err);
    else
        store_submit(site_store(confirm->site), job, on_stored, confirm);
}

static void find_by_token(struct reader *reader, struct confirm *confirm)
{
    struct pending pending;
    enum us_err err = pending_find_token(reader, confirm->site, confirm->texts[CONFIRM_TOKEN],
                                         confirm->now, &pending);
    if (err) {
        signing_confirm_end(confirm, err);
        return;
    }
    signing_confirm_row(reader, confirm, &pending);
    pending_clear(&pending);
}

void signing_confirm(struct reader *reader, struct site *site, const char *token, int64_t now,
                     signing_confirmed *on_done, void *arg)
{
    struct confirm *confirm = MEM_NEW(struct confirm);
    *confirm = (struct confirm){.site = site,
                                .now = now,
                                .on_done = on_done,
                                .arg = arg,
                                .find = find_by_token,
                                .code_tries_most = INT64_MAX};
    confirm->texts[CONFIRM_TOKEN] = mem_string(token);
    find_by_token(reader, confirm);
}
