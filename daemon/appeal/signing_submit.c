/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * From a checked form to a durable pending row and its mail, in one job. Anybody may type any
 * mailbox, so each submission is a row of its own and stands in nobody's way; what bounds them is
 * how many mails a mailbox may get. The visitor is told the same whatever became of it: a nonce
 * seen before and a mailbox over its quota drop the whole job, silently.
 */
#include "appeal/outbox_queue.h"
#include "appeal/pending.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "crypto/random.h"
#include <stdlib.h>
#include <string.h>

struct submit {
    struct site *site;
    void (*on_done)(enum us_err err, void *arg);
    void *arg;
};

/* What goes into the row. */
struct submit_row {
    int64_t id, now;
    const struct text *text; /* that was read */
    uint8_t mailbox_hash[KEYRING_HASH_SIZE];
    uint8_t *data;
    size_t len;
};

static void submit_row_clear(struct submit_row *row)
{
    free(row->data);
    explicit_bzero(row, sizeof *row);
}

static enum us_err submit_row_make(struct site *site, const struct appeal *appeal,
                                   const struct submission *submission, struct submit_row *row)
{
    row->id = random_id();
    row->now = clock_now();
    row->text = appeal_text(appeal, submission->language);
    if (!row->text)
        row->text = appeal_authoritative(appeal);
    enum us_err err = pending_hash_site(site, submission->values[FIELD_EMAIL], row->mailbox_hash);
    if (!err)
        err = pending_seal(site, row->id, clock_day(row->now), submission, &row->data, &row->len);
    return err;
}

/* The form's nonce with all that was typed: a double click is one submission, but a form that was
 * gone back to and sent again with another address is another. */
static void submit_key(const struct submission *submission, uint8_t out[SIGNING_NONCE_SIZE])
{
    uint8_t digest[DIGEST_SIZE];
    struct digest *all = digest_new("undersign submission 1");
    digest_blob(all, submission->nonce, SIGNING_NONCE_SIZE);
    for (size_t i = 0; i < FIELD_COUNT; i++)
        digest_text(all, submission->values[i]);
    digest_end(all, digest);
    memcpy(out, digest, SIGNING_NONCE_SIZE);
}

/* The appeal is asked for once more inside the job: it may have closed, or got another text, since
 * it was loaded. */
static void add_pending(struct job *job, const struct appeal *appeal,
                        const struct submission *submission, const struct submit_row *row)
{
    uint8_t key[SIGNING_NONCE_SIZE];
    submit_key(submission, key);
    (void)job_expect(
        job, STATEMENT_PENDING_APPEAL_OPEN, US_EXPIRED,
        VALUES(value_int(appeal->id), value_int(appeal->version), value_int(clock_day(row->now))));
    (void)job_expect(job, STATEMENT_PENDING_INSERT, US_DUPLICATE,
                     VALUES(value_int(row->id), value_int(appeal->id), value_int(appeal->version),
                            value_text(row->text->language),
                            value_blob(row->text->digest, DIGEST_SIZE),
                            value_blob(key, SIGNING_NONCE_SIZE),
                            value_blob(row->mailbox_hash, KEYRING_HASH_SIZE), value_int(row->now),
                            value_int(row->now + PENDING_MAIL_TERM + PENDING_TERM),
                            value_blob(row->data, row->len), value_text(submission->language)));
}

static enum us_err make_job(struct site *site, const struct appeal *appeal,
                            const struct submission *submission, struct job **out)
{
    struct submit_row row = {0};
    enum us_err err = submit_row_make(site, appeal, submission, &row);
    if (!err) {
        struct job *job = job_new();
        add_pending(job, appeal, submission, &row);
        outbox_queue_quotas(job, site_config(site), appeal->id, row.mailbox_hash,
                            clock_day(row.now));
        err = outbox_queue(
            site, job,
            &(struct outbox_letter){
                .template = OUTBOX_CONFIRM,
                .appeal = appeal->id,
                .reference = row.id,
                .language = submission->language[0] ? submission->language : row.text->language,
                .recipient = submission->values[FIELD_EMAIL],
                .now = row.now,
            });
        if (err)
            job_free(job);
        else
            *out = job;
    }
    submit_row_clear(&row);
    return err;
}

static void submit_end(struct submit *submit, enum us_err err)
{
    submit->on_done(err, submit->arg);
    free(submit);
}

static void on_written(struct job *job, enum us_err err, void *arg)
{
    (void)job;
    submit_end(arg, err);
}

/* A job that was dropped has written nothing, and an answer without a write to the disk comes
 * sooner: the visitor could tell a mailbox that is known here by the clock. So something is written
 * then too. */
static void on_stored(struct job *job, enum us_err err, void *arg)
{
    struct submit *submit = arg;
    (void)job;
    if (err == US_DUPLICATE || err == US_LIMITED) {
        struct job *even = job_new();
        (void)job_add(even, STATEMENT_QUOTA_COUNT,
                      VALUES(value_blob("", 0), value_int(0), value_int(0)));
        store_submit(site_store(submit->site), even, on_written, submit);
        return;
    }
    if (!err)
        site_mail_queued(submit->site);
    submit_end(submit, err);
}

void signing_submit(struct reader *reader, struct site *site, const struct appeal *appeal,
                    const struct submission *submission,
                    void (*on_done)(enum us_err err, void *arg), void *arg)
{
    struct job *job;
    (void)reader;
    if (!appeal_is_open(appeal, clock_day(clock_now()))) {
        on_done(US_EXPIRED, arg);
        return;
    }
    enum us_err err = make_job(site, appeal, submission, &job);
    if (err) {
        log_error("signing: a submission cannot be prepared: %s", err_name(err));
        on_done(err, arg);
        return;
    }
    struct submit *submit = MEM_NEW(struct submit);
    *submit = (struct submit){.site = site, .on_done = on_done, .arg = arg};
    store_submit(site_store(site), job, on_stored, submit);
}
