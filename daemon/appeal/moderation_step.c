/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * With a decision that its signatory is told of, the server's own copy of the mailbox moves into
 * the mail. While that mail is not due it can be taken back: then the mailbox moves back into the
 * row, encrypted again between the reading and the job.
 */
#include "appeal/moderation_step.h"
#include "appeal/outbox_queue.h"
#include "appeal/signature_change.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

enum {
    COLUMN_DIGEST = SIGNATURE_ROW_COLUMNS,
    COLUMN_MAILBOX,
    COLUMN_SPOKEN,
    COLUMN_DECIDED_ON,
    COLUMN_CHANGED,
    COLUMN_MAIL,
    COLUMN_PAYLOAD,
    COLUMN_GONE
};

static enum us_err read_columns(struct query *query, struct moderation_subject *out)
{
    size_t len;
    const void *digest = query_blob(query, COLUMN_DIGEST, &len);
    const char *spoken = query_text(query, COLUMN_SPOKEN);
    if (!digest || len != sizeof out->digest)
        return US_CORRUPT;
    enum us_err err = signature_row_read(query, &out->row);
    if (err)
        return err;
    memcpy(out->digest, digest, len);
    if (spoken && strlen(spoken) < sizeof out->spoken)
        memcpy(out->spoken, spoken, strlen(spoken) + 1);
    out->is_erased = query_int(query, COLUMN_GONE) != 0;
    out->has_mailbox = !query_is_null(query, COLUMN_MAILBOX);
    const void *mailbox = query_blob(query, COLUMN_MAILBOX, &out->mailbox_len);
    out->mailbox = mem_copy(mailbox, out->mailbox_len);
    out->is_decided = !query_is_null(query, COLUMN_DECIDED_ON);
    out->decided_on = query_int(query, COLUMN_DECIDED_ON);
    out->changed = query_int(query, COLUMN_CHANGED);
    out->mail = query_int(query, COLUMN_MAIL);
    const void *payload = query_blob(query, COLUMN_PAYLOAD, &out->payload_len);
    out->payload = mem_copy(payload, out->payload_len);
    return US_OK;
}

enum us_err moderation_subject_read(struct reader *reader, int64_t row, int64_t now,
                                    struct moderation_subject *out)
{
    enum us_err read = US_NOT_FOUND;
    *out = (struct moderation_subject){0};
    struct query *query =
        query_start(reader, STATEMENT_SIGNATURE_SUBJECT, VALUES(value_int(row), value_int(now)));
    if (query_next(query))
        read = read_columns(query, out);
    enum us_err err = query_end(query);
    if (!read && err)
        moderation_subject_clear(out);
    return err ? err : read;
}

void moderation_subject_clear(struct moderation_subject *subject)
{
    signature_row_clear(&subject->row);
    free(subject->mailbox);
    free(subject->payload);
    *subject = (struct moderation_subject){0};
}

/* The mail that tells of the decision. A mailbox that cannot be opened any more keeps nobody from
 * deciding. */
static enum us_err add_mail(struct site *site, struct job *job, const struct moderation_step *step,
                            bool *is_mailed)
{
    const struct moderation_subject *subject = step->subject;
    const struct signature *s = &subject->row.signature;
    uint8_t *mailbox;
    size_t len;
    if (!subject->has_mailbox)
        return US_OK;
    if (keyring_site_decrypt(site_keyring(site), "mailbox", s->row, subject->mailbox,
                             subject->mailbox_len, &mailbox, &len)) {
        log_warning("moderation: no mail about signature %s: its mailbox cannot be opened", s->id);
        return US_OK;
    }
    int64_t wait = site_config(site)->mail_decision_minutes * CLOCK_MINUTE;
    enum us_err err =
        outbox_queue(site, job,
                     &(struct outbox_letter){
                         .template = step->to == SIGNATURE_LISTED ? OUTBOX_LISTED : OUTBOX_REFUSED,
                         .appeal = s->appeal,
                         .reference = s->row,
                         .language = subject->spoken,
                         .recipient = (const char *)mailbox,
                         .reason = step->to == SIGNATURE_REFUSED ? step->told : NULL,
                         .merged = step->to == SIGNATURE_REFUSED ? step->merged : NULL,
                         .now = step->now,
                         .due_at = step->now + wait,
                     });
    keyring_wipe_free(mailbox, len);
    *is_mailed = !err;
    return err;
}

/* The mailbox out of the mail that has not left, encrypted for the row; NULL: it cannot be opened
 * any more. The caller's. */
static uint8_t *take_mailbox(struct site *site, const struct moderation_subject *subject,
                             size_t *len)
{
    const struct signature *s = &subject->row.signature;
    struct outbox_payload payload;
    uint8_t *mailbox = NULL;
    *len = 0;
    if (outbox_payload_open(site, subject->mail, subject->payload, subject->payload_len, &payload))
        return NULL;
    if (payload.recipient &&
        keyring_site_encrypt(site_keyring(site), "mailbox", s->row, payload.recipient,
                             strlen(payload.recipient), &mailbox, len))
        mailbox = NULL;
    outbox_payload_clear(&payload);
    return mailbox;
}

static bool is_final(enum signature_state state)
{
    return state != SIGNATURE_HELD && state != SIGNATURE_CONFIRMED;
}

static void add_row(struct job *job, const struct moderation_step *step, const uint8_t *mailbox,
                    size_t len)
{
    const struct moderation_subject *subject = step->subject;
    const struct signature *s = &subject->row.signature;
    bool keeps = !is_final(step->to) || step->keeps_mailbox;
    struct value decided = is_final(step->to) ? value_int(clock_day(step->now)) : value_null();
    if (step->is_back)
        decided = step->is_decided ? value_int(step->decided_on) : value_null();
    (void)job_expect(job, STATEMENT_SIGNATURE_DECIDE, US_CONFLICT,
                     VALUES(value_int(s->row), value_text(signature_state_name(s->state)),
                            value_text(signature_state_name(step->to)), decided,
                            value_blob(subject->digest, DIGEST_SIZE), value_blob(mailbox, len),
                            value_int(keeps), value_audit_seq(), value_int(subject->changed)));
}

enum us_err moderation_step_add(struct site *site, struct job *job,
                                const struct moderation_step *step, bool *is_mailed)
{
    const struct moderation_subject *subject = step->subject;
    /* A mail about what holds no more is not sent anyway; what waits again gets its mailbox back.
     */
    bool is_taken =
        subject->mail != 0 && !is_final(step->to) && !site_mail_is_leaving(site, subject->mail);
    uint8_t *mailbox = NULL;
    size_t len = 0;
    *is_mailed = false;
    if (is_taken)
        mailbox = take_mailbox(site, subject, &len);
    add_row(job, step, mailbox, len);
    free(mailbox);
    if (is_taken) {
        (void)job_expect(job, STATEMENT_OUTBOX_TAKE_BACK, US_CONFLICT,
                         VALUES(value_int(subject->mail), value_int(step->now)));
        *is_mailed = true;
    }
    signature_change_add(job, &(struct signature_change){
                                  .signature = &subject->row.signature,
                                  .to = step->to,
                                  .at = step->now,
                                  .actor = step->actor,
                                  .act = step->act,
                                  .reason = step->reason,
                              });
    bool is_told = step->tells && (step->to == SIGNATURE_LISTED || step->to == SIGNATURE_REFUSED);
    return is_told ? add_mail(site, job, step, is_mailed) : US_OK;
}
