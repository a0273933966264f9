/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Mail by hand. What is done is guarded by the state that was looked at, behind the closed gate: a
 * mail that is with the relay is neither tried nor dropped, for it may arrive.
 *
 * A test is a row like any other, so that it goes the way that all mail goes; but nobody waits for
 * it longer than for one try, and what the relay said of it is kept in the row until it was read.
 */
#include "appeal/outbox_hand.h"
#include "appeal/outbox_delivery.h"
#include "appeal/outbox_queue.h"
#include "appeal/pack.h"
#include "appeal/pending.h"
#include "appeal/site_file.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "text/unicode.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEST_PURPOSE "mailtest"

struct found { /* a row; its texts are the struct's */
    int64_t id;
    struct outbox_row row;
    char *texts[5];
    int64_t reference, appeal;
    uint8_t *payload;
    size_t len;
    bool is_there;
    enum us_err err;
};

static void found_clear(struct found *found)
{
    for (size_t i = 0; i < sizeof found->texts / sizeof *found->texts; i++)
        free(found->texts[i]);
    free(found->payload);
}

static enum us_err find_row(struct reader *reader, struct found *found)
{
    static const int columns[] = {1, 2, 3, 4, 8};
    struct query *query = query_start(reader, STATEMENT_OUTBOX_FIND, VALUES(value_int(found->id)));
    found->is_there = query_next(query);
    for (size_t i = 0; found->is_there && i < 5; i++)
        found->texts[i] = mem_string(query_text(query, columns[i]));
    if (found->is_there) {
        found->row = (struct outbox_row){.id = found->id,
                                         .template = found->texts[0],
                                         .slug = found->texts[1],
                                         .language = found->texts[2],
                                         .state = found->texts[3],
                                         .last_error = found->texts[4],
                                         .attempts = (int)query_int(query, 5),
                                         .next_at = query_int(query, 6),
                                         .created_at = query_int(query, 7),
                                         .has_content = query_int(query, 9) != 0};
        const void *payload = query_blob(query, 10, &found->len);
        found->payload = mem_copy(payload, found->len);
        found->reference = query_int(query, 11);
        found->appeal = query_int(query, 12);
    }
    enum us_err err = query_end(query);
    return err || found->is_there ? err : US_NOT_FOUND;
}

enum us_err outbox_find(struct reader *reader, int64_t id,
                        void (*on_row)(const struct outbox_row *row, void *arg), void *arg)
{
    struct found found = {.id = id};
    enum us_err err = find_row(reader, &found);
    if (!err)
        on_row(&found.row, arg);
    found_clear(&found);
    return err;
}

static void read_found(struct reader *reader, void *arg)
{
    struct found *found = arg;
    found->err = find_row(reader, found);
}

static enum us_err look(struct site *site, struct found *found)
{
    enum us_err err = store_read_wait(site_store(site), read_found, found);
    return err ? err : found->err;
}

static bool is_template(const struct found *found, enum outbox_template template)
{
    return strcmp(found->row.template, outbox_template_name(template)) == 0;
}

static void add_audit(struct job *job, const struct outbox_act *act, const char *what)
{
    char id[24];
    (void)snprintf(id, sizeof id, "%" PRId64, act->id);
    job_add_audit(job, &(struct job_audit){.at = act->now,
                                           .actor = act->actor,
                                           .act = what,
                                           .subject = id,
                                           .reason = act->reason});
}

/* ---- again ---- */

static enum us_err refuse_retry(const struct found *found, struct fault *fault)
{
    if (is_template(found, OUTBOX_DELIVERY))
        fault_set(fault, NULL, 0,
                  "it was given up and its edition has failed; send the letter anew: undersign "
                  "delivery send %s",
                  found->row.slug ? found->row.slug : "APPEAL");
    else
        fault_set(fault, NULL, 0,
                  "it was given up and five days are over, so its address is kept no more; who "
                  "waits for it can sign again");
    return US_CONFLICT;
}

/* The gate is closed. */
static enum us_err refuse_leaving(struct site *site, int64_t id, struct fault *fault)
{
    if (!site_mail_is_leaving(site, id))
        return US_OK;
    fault_set(fault, NULL, 0, "it is on its way to the relay now; look again in a minute");
    return US_BUSY;
}

enum us_err outbox_retry(struct site *site, const struct outbox_act *act, bool *changed,
                         struct fault *fault)
{
    struct found found = {.id = act->id};
    site_mail_gate_close(site);
    enum us_err err = look(site, &found);
    if (!err)
        err = refuse_leaving(site, act->id, fault);
    bool is_waiting = !err && strcmp(found.row.state, "waiting") == 0;
    bool is_due = is_waiting && found.row.next_at <= act->now && found.row.attempts == 0;
    if (!err && !is_waiting &&
        (!found.row.has_content || is_template(&found, OUTBOX_DELIVERY) ||
         strcmp(found.row.state, "failed") != 0))
        err = refuse_retry(&found, fault);
    if (!err && !is_due && !act->is_try) {
        struct job *job = job_new();
        (void)job_expect(
            job, STATEMENT_OUTBOX_TRY_AGAIN, US_NOT_FOUND,
            VALUES(value_int(act->id), value_int(act->now), value_text(found.row.state)));
        add_audit(job, act, "mail.retry");
        err = store_run(site_store(site), job);
        job_free(job);
    }
    site_mail_gate_open(site);
    if (!err)
        *changed = !is_due;
    if (!err && !act->is_try)
        site_mail_queued(site);
    found_clear(&found);
    return err;
}

/* ---- never ---- */

/* The file that waits for the relay; the caller's. NULL where it cannot be told: then the service's
 * next start sweeps it up. */
static char *letter_path(struct site *site, const struct found *found)
{
    struct outbox_payload payload;
    char *path;
    if (found->len == 0 ||
        outbox_payload_open(site, found->id, found->payload, found->len, &payload) != US_OK)
        return NULL;
    path = payload.file ? outbox_delivery_path(site, payload.file) : NULL;
    outbox_payload_clear(&payload);
    return path;
}

enum us_err outbox_drop(struct site *site, const struct outbox_act *act, bool *changed,
                        struct fault *fault)
{
    struct found found = {.id = act->id};
    site_mail_gate_close(site);
    enum us_err err = look(site, &found);
    if (!err)
        err = refuse_leaving(site, act->id, fault);
    bool is_letter =
        !err && is_template(&found, OUTBOX_DELIVERY) && strcmp(found.row.state, "waiting") == 0;
    if (!err && !act->is_try) {
        char *path = is_letter ? letter_path(site, &found) : NULL;
        struct job *job = job_new();
        (void)job_expect(job, STATEMENT_OUTBOX_DROP, US_NOT_FOUND,
                         VALUES(value_int(act->id), value_text(found.row.state)));
        if (is_letter)
            outbox_delivery_failed(job, found.reference, act->now);
        add_audit(job, act, "mail.drop");
        err = store_run(site_store(site), job);
        job_free(job);
        if (!err && path)
            site_file_remove(path);
        if (!err && is_letter)
            site_changed(site, found.appeal, false);
        free(path);
    }
    site_mail_gate_open(site);
    if (!err)
        *changed = true;
    found_clear(&found);
    return err;
}

/* ---- a test ---- */

/* Text from another program, so it passes the gate first. NULL: no mailbox. Wipe it. */
static char *clean_mailbox(const char *typed)
{
    size_t len = strlen(typed);
    if (!utf8_is_valid(typed, len) || utf8_has_forbidden(typed, len, false))
        return NULL;
    return unicode_mailbox(typed);
}

/* So many to one mailbox as anybody may have sent there, and so many in all. */
static enum us_err add_quotas(struct site *site, struct job *job, const char *mailbox, int64_t day)
{
    uint8_t one[KEYRING_HASH_SIZE], all[KEYRING_HASH_SIZE];
    enum us_err err = pending_hash_site(site, mailbox, one);
    if (!err)
        err = keyring_site_hash(site_keyring(site), TEST_PURPOSE, "", 0, all);
    if (err)
        return err;
    (void)job_expect(job, STATEMENT_QUOTA_TAKE, US_LIMITED,
                     VALUES(value_blob(one, sizeof one), value_int(0), value_int(day),
                            value_int(site_config(site)->limits_mails_per_day)));
    (void)job_expect(job, STATEMENT_QUOTA_TAKE, US_LIMITED,
                     VALUES(value_blob(all, sizeof all), value_int(0), value_int(day),
                            value_int(OUTBOX_TESTS_PER_DAY)));
    return US_OK;
}

enum us_err outbox_test(struct site *site, const char *address, const struct outbox_act *act,
                        int64_t *id, struct fault *fault)
{
    char *mailbox = clean_mailbox(address);
    if (!mailbox) {
        fault_set(fault, NULL, 0, "that is not a mail address; it must look like name@example.org");
        return US_INVALID;
    }
    struct job *job = job_new();
    enum us_err err = add_quotas(site, job, mailbox, clock_day(act->now));
    if (!err)
        err = outbox_queue_id(site, job,
                              &(struct outbox_letter){
                                  .template = OUTBOX_TEST,
                                  .language = site_config(site)->site_default_language,
                                  .recipient = mailbox,
                                  .now = act->now,
                              },
                              id);
    if (!err) {
        struct outbox_act named = *act;
        named.id = *id;
        add_audit(job, &named, "mail.test");
        err = store_run(site_store(site), job);
    }
    job_free(job);
    pack_wipe_text(mailbox);
    if (err == US_LIMITED)
        fault_set(fault, NULL, 0,
                  "that mailbox, or this site, has had its test mails for today ([limits] "
                  "mails_per_day to one mailbox, %d in all); tomorrow it may have more",
                  OUTBOX_TESTS_PER_DAY);
    if (!err)
        site_mail_queued(site);
    return err;
}

enum us_err outbox_tested(struct site *site, const struct outbox_mail *mail, bool is_taken,
                          const char *said)
{
    struct job *job = job_new();
    (void)job_expect(job, STATEMENT_OUTBOX_TELL, US_NOT_FOUND,
                     VALUES(value_int(mail->id), value_text(is_taken ? "taken" : "failed"),
                            value_text(said), value_blob("", 0)));
    enum us_err err = store_run(site_store(site), job);
    job_free(job);
    return err;
}

enum us_err outbox_test_outcome(struct site *site, int64_t id, struct outbox_outcome *out)
{
    struct found found = {.id = id};
    enum us_err err = look(site, &found);
    if (!err) {
        const char *said = found.row.last_error ? found.row.last_error : "";
        size_t len = strcspn(said, "\n");
        *out = (struct outbox_outcome){
            .is_known = strcmp(found.row.state, "waiting") != 0,
            .is_taken = strcmp(found.row.state, "taken") == 0,
            .answer = mem_string_part(said, len),
            .encryption = said[len] == '\n' ? mem_string(said + len + 1) : NULL,
        };
    }
    found_clear(&found);
    return err;
}

void outbox_outcome_clear(struct outbox_outcome *outcome)
{
    free(outcome->answer);
    free(outcome->encryption);
    *outcome = (struct outbox_outcome){0};
}

enum us_err outbox_test_forget(struct site *site, int64_t id)
{
    struct job *job = job_new();
    (void)job_add(job, STATEMENT_OUTBOX_DELETE, VALUES(value_int(id)));
    enum us_err err = store_run(site_store(site), job);
    job_free(job);
    return err;
}
