/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Mails that are due, with all that they will say. What is decided here, at the last moment, is
 * whether a confirmation is still to be asked for: where that organisation has signed by that
 * mailbox meanwhile, the mail says so instead, and nothing that anybody saw on the site differed.
 * A mail whose key or reference is gone can never be composed again: it is dropped.
 */
#include "appeal/edition_walk.h"
#include "appeal/outbox_delivery.h"
#include "appeal/outbox_links.h"
#include "appeal/outbox_name.h"
#include "appeal/outbox_queue.h"
#include "appeal/pack.h"
#include "appeal/pending.h"
#include "appeal/signature_row.h"
#include "appeal/update_mail.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include <stdlib.h>
#include <string.h>

#define DUE_MOST 1000
#define DEFER CLOCK_HOUR

struct due_row {
    int64_t id, appeal, reference, created_at;
    enum outbox_template template;
    char language[16];
    uint8_t *payload;
    size_t len;
    int attempts;
};

struct due {
    struct site *site;
    int64_t now;
    size_t most;
    struct appeal *appeal; /* loaded last: mails of one appeal come together */
    struct outbox_mail *mails;
    size_t count;
    int64_t *dropped, *deferred;      /* ids of rows to delete, and to try later */
    size_t dropped_count, lost_count; /* lost: those worth a warning */
    int64_t *failed;                  /* rows of editions that those dropped were to take out */
    size_t failed_count;
    size_t deferred_count;
    enum us_err err;
};

void outbox_mail_free(struct outbox_mail *mail)
{
    if (!mail)
        return;
    pack_wipe_text(mail->recipient);
    pack_wipe_text(mail->organisation);
    pack_wipe_text(mail->reason);
    pack_wipe_text(mail->merged);
    outbox_links_free(mail);
    free(mail->slug);
    free(mail->title);
    outbox_delivery_free(mail->delivery);
    update_mail_free(mail->update);
    explicit_bzero(mail, sizeof *mail);
}

static bool template_from_name(const char *name, enum outbox_template *out)
{
    for (size_t i = 0; name && i < OUTBOX_TEMPLATE_COUNT; i++) {
        if (strcmp(name, outbox_template_name(i)) == 0) {
            *out = (enum outbox_template)i;
            return true;
        }
    }
    return false;
}

/* The appeal's title in the mail's language, in one line. */
static char *make_title(const struct appeal *appeal, const char *language)
{
    struct str title = STR_INIT;
    const struct text *text = appeal_text(appeal, language);
    if (!text)
        text = appeal_authoritative(appeal);
    for (size_t i = 0; i < text->title_count; i++) {
        str_append_text(&title, i ? " " : "");
        str_append_text(&title, text->titles[i]);
    }
    if (title.len == 0)
        str_append_text(&title, text->kind ? text->kind : appeal->slug);
    return str_take(&title);
}

static enum us_err fill_appeal(struct due *due, struct reader *reader, int64_t appeal,
                               int64_t version, struct outbox_mail *mail)
{
    if (!due->appeal || due->appeal->id != appeal || due->appeal->version != version) {
        appeal_free(due->appeal);
        due->appeal = NULL;
        enum us_err err = appeal_load_id(reader, due->site, appeal, version, &due->appeal);
        /* An appeal that cannot be read today is no reason to lose its mails. */
        if (err)
            return err == US_NOT_FOUND || err == US_BUSY ? err : US_IO;
    }
    mail->slug = mem_string(due->appeal->slug);
    mail->title = make_title(due->appeal, mail->language);
    return US_OK;
}

/* The public id of the signature that stands in the way, or ""; its row, and whether it was refused
 * or struck: then the mail must not say that all is well. */
static enum us_err find_signed(struct due *due, struct reader *reader, int64_t appeal,
                               const struct submission *submission, struct outbox_mail *mail,
                               int64_t *signature)
{
    uint8_t hash[KEYRING_HASH_SIZE];
    enum us_err err = pending_hash_unique(due->site, appeal, submission->values[FIELD_EMAIL],
                                          submission->values[FIELD_ORGANISATION], hash);
    if (err)
        return err;
    struct query *query = query_start(reader, STATEMENT_SIGNATURE_BY_UNIQUE,
                                      VALUES(value_int(appeal), value_blob(hash, sizeof hash)));
    mail->public_id[0] = '\0';
    if (query_next(query)) {
        const char *id = query_text(query, 0);
        enum signature_state state;
        if (id && strlen(id) < sizeof mail->public_id)
            memcpy(mail->public_id, id, strlen(id) + 1);
        *signature = query_int(query, 1);
        if (signature_state_from_name(query_text(query, 2), &state))
            mail->is_ended = signature_state_is_ended(state);
        else
            err = US_CORRUPT;
    }
    enum us_err end = query_end(query);
    return err ? err : end;
}

/* US_DUPLICATE when it has been confirmed already, through a mail that was thought lost;
 * US_CONFLICT when it was withdrawn before it was confirmed. */
static enum us_err compose_confirm(struct due *due, struct reader *reader,
                                   const struct due_row *row, struct outbox_mail *mail)
{
    struct keyring *keyring = site_keyring(due->site);
    struct pending pending;
    struct submission submission;
    int64_t signature = row->reference;
    enum us_err err = pending_find(reader, row->reference, &pending);
    if (err)
        return err == US_NOT_FOUND ? US_CONFLICT : err;
    if (pending.is_confirmed)
        err = US_DUPLICATE;
    else if (pending.expires_at <= due->now)
        err = US_EXPIRED;
    else
        err = pending_unseal(due->site, &pending, &submission);
    if (!err) {
        mail->organisation = outbox_name_make(submission.values[FIELD_ORGANISATION]);
        err = find_signed(due, reader, pending.appeal, &submission, mail, &signature);
        submission_clear(&submission);
        if (!err)
            err = fill_appeal(due, reader, pending.appeal, pending.version, mail);
    }
    if (!err && mail->public_id[0])
        mail->template = OUTBOX_ALREADY;
    else if (!err)
        err = token_make(keyring, TOKEN_CONFIRM, pending.id, mail->token);
    if (!err && mail->token[0])
        err = token_code_make(keyring, pending.id, mail->code);
    if (!err)
        err = token_make(keyring, TOKEN_WITHDRAW, signature, mail->withdraw);
    pending_clear(&pending);
    return err;
}

/* US_CONFLICT when it was withdrawn meanwhile. */
static enum us_err compose_decided(struct due *due, struct reader *reader,
                                   const struct due_row *row, struct outbox_mail *mail)
{
    struct signature_row found;
    enum us_err err = signature_row_find(reader, row->reference, &found);
    if (err)
        return err;
    const struct signature *s = &found.signature;
    if (!s->organisation || !s->id || strlen(s->id) >= sizeof mail->public_id) {
        err = US_CORRUPT;
    } else if (!s->representative || /* withdrawn, or erased */
               s->state !=
                   (row->template == OUTBOX_LISTED ? SIGNATURE_LISTED : SIGNATURE_REFUSED)) {
        err = US_CONFLICT; /* decided otherwise since */
    } else {
        mail->organisation = outbox_name_make(s->organisation);
        memcpy(mail->public_id, s->id, strlen(s->id) + 1);
        err = fill_appeal(due, reader, s->appeal, s->version, mail);
    }
    if (!err)
        err = token_make(site_keyring(due->site), TOKEN_WITHDRAW, s->row, mail->withdraw);
    signature_row_clear(&found);
    return err;
}

static bool on_kept(const struct signature *signature, void *arg)
{
    *(bool *)arg = signature_is_shown_to_all(signature);
    return true;
}

/* The one that a merge kept may have left since: then nothing tells of it any more. */
static enum us_err find_kept(struct reader *reader, const char *id, struct outbox_mail *mail)
{
    bool is_shown = false;
    enum us_err err = signature_find(reader, id, on_kept, &is_shown);
    if (is_shown)
        mail->merged = mem_string(id);
    return err == US_NOT_FOUND ? US_OK : err;
}

static enum us_err find_published(struct reader *reader, int64_t appeal, int64_t *version)
{
    struct query *query = query_start(reader, STATEMENT_APPEAL_BY_ID, VALUES(value_int(appeal)));
    bool is_there = query_next(query) && !query_is_null(query, 4);
    if (is_there)
        *version = query_int(query, 4);
    enum us_err err = query_end(query);
    return !err && !is_there ? US_NOT_FOUND : err;
}

/* What the mailbox has under the appeal now. */
static enum us_err compose_links(struct due *due, struct reader *reader, const struct due_row *row,
                                 struct outbox_mail *mail)
{
    int64_t version;
    enum us_err err = find_published(reader, row->appeal, &version);
    if (!err)
        err = fill_appeal(due, reader, row->appeal, version, mail);
    if (!err)
        err = outbox_links_make(due->site, reader, row->appeal, due->now, mail);
    return err;
}

static enum us_err compose_delivery(struct due *due, struct reader *reader,
                                    const struct due_row *row, const struct outbox_payload *payload,
                                    struct outbox_mail *mail)
{
    struct edition edition;
    enum us_err err = edition_row_find(reader, STATEMENT_EDITION_BY_ROW,
                                       VALUES(value_int(row->reference)), &edition);
    if (err)
        return err;
    err = fill_appeal(due, reader, edition.appeal, edition.version, mail);
    if (!err)
        err =
            outbox_delivery_make(due->site, due->appeal, &edition, payload->file, &mail->delivery);
    edition_clear(&edition);
    return err;
}

/* US_CONFLICT: it is not to be sent any more. */
static enum us_err compose_update(struct due *due, struct reader *reader, const struct due_row *row,
                                  const struct outbox_payload *payload, struct outbox_mail *mail)
{
    struct signature_row found;
    enum us_err err = signature_row_find(reader, row->reference, &found);
    if (err)
        return err;
    err = fill_appeal(due, reader, row->appeal, found.signature.version, mail);
    if (!err)
        err = update_mail_make(reader, due->appeal, payload->update, row->reference, mail->language,
                               &mail->update);
    if (!err)
        mail->organisation = outbox_name_make(found.signature.organisation);
    signature_row_clear(&found);
    if (!err)
        err = token_make(site_keyring(due->site), TOKEN_UNSUBSCRIBE, row->reference,
                         mail->unsubscribe);
    if (!err)
        err = token_make(site_keyring(due->site), TOKEN_WITHDRAW, row->reference, mail->withdraw);
    return err;
}

static enum us_err compose(struct due *due, struct reader *reader, const struct due_row *row,
                           struct outbox_mail *mail)
{
    struct outbox_payload payload;
    *mail = (struct outbox_mail){
        .id = row->id,
        .template = row->template,
        .reference = row->reference,
        .attempts = row->attempts,
        .created_at = row->created_at,
    };
    memcpy(mail->language, row->language, sizeof mail->language);
    enum us_err err = outbox_payload_open(due->site, row->id, row->payload, row->len, &payload);
    if (err)
        return err;
    mail->recipient = mem_string(payload.recipient);
    if (!mail->recipient)
        err = US_CORRUPT;
    else if (row->template == OUTBOX_CONFIRM)
        err = compose_confirm(due, reader, row, mail);
    else if (row->template == OUTBOX_DELIVERY)
        err = compose_delivery(due, reader, row, &payload, mail);
    else if (row->template == OUTBOX_LINKS)
        err = compose_links(due, reader, row, mail);
    else if (row->template == OUTBOX_UPDATE)
        err = compose_update(due, reader, row, &payload, mail);
    else if (row->template == OUTBOX_TEST)
        mail->slug = mem_string("");
    else
        err = compose_decided(due, reader, row, mail);
    mail->reason = mem_string(payload.reason);
    if (!err && payload.merged)
        err = find_kept(reader, payload.merged, mail);
    outbox_payload_clear(&payload);
    if (err)
        outbox_mail_free(mail);
    return err;
}

static bool read_row(struct query *query, struct due_row *out)
{
    const char *language = query_text(query, 4);
    *out = (struct due_row){
        .id = query_int(query, 0),
        .appeal = query_int(query, 2),
        .reference = query_int(query, 3),
        .attempts = (int)query_int(query, 6),
        .created_at = query_int(query, 7),
    };
    const void *payload = query_blob(query, 5, &out->len);
    out->payload = mem_copy(payload, out->len);
    if (language && strlen(language) < sizeof out->language)
        memcpy(out->language, language, strlen(language) + 1);
    return template_from_name(query_text(query, 1), &out->template);
}

/* Nothing will bring back what this row needs. */
static bool is_gone(enum us_err err)
{
    return err == US_NOT_FOUND || err == US_EXPIRED || err == US_CORRUPT || err == US_DUPLICATE ||
           err == US_INVALID || err == US_CONFLICT;
}

static void take_row(struct due *due, struct reader *reader, const struct due_row *row,
                     bool is_known)
{
    enum us_err err = is_known ? compose(due, reader, row, &due->mails[due->count]) : US_CORRUPT;
    if (!err) {
        due->count++;
    } else if (is_gone(err)) {
        due->dropped[due->dropped_count++] = row->id;
        if (row->template == OUTBOX_DELIVERY)
            due->failed[due->failed_count++] = row->reference;
        due->lost_count += err != US_DUPLICATE && err != US_CONFLICT;
    } else if (err == US_BUSY) {
        due->err = err;
    } else { /* out of the others' way */
        due->deferred[due->deferred_count++] = row->id;
        log_error("outbox: a mail cannot be composed: %s", err_name(err));
    }
}

static void read_due(struct reader *reader, void *arg)
{
    struct due *due = arg;
    struct due_row *rows = mem_zero(due->most * sizeof *rows);
    bool *is_known = mem_zero(due->most * sizeof *is_known);
    size_t count = 0;
    struct query *query = query_start(reader, STATEMENT_OUTBOX_DUE,
                                      VALUES(value_int(due->now), value_int((int64_t)due->most)));
    while (count < due->most && query_next(query)) {
        is_known[count] = read_row(query, &rows[count]);
        count++;
    }
    due->err = query_end(query);
    for (size_t i = 0; i < count; i++) {
        /* At the deadline those composed so far go out; the others come next time. */
        if (!due->err)
            take_row(due, reader, &rows[i], is_known[i]);
        free(rows[i].payload);
    }
    free(rows);
    free(is_known);
    appeal_free(due->appeal);
    due->appeal = NULL;
}

static enum us_err put_away_rows(struct due *due)
{
    if (due->dropped_count + due->deferred_count == 0)
        return US_OK;
    struct job *job = job_new();
    for (size_t i = 0; i < due->dropped_count; i++)
        (void)job_add(job, STATEMENT_OUTBOX_DELETE, VALUES(value_int(due->dropped[i])));
    for (size_t i = 0; i < due->failed_count; i++)
        outbox_delivery_failed(job, due->failed[i], due->now);
    for (size_t i = 0; i < due->deferred_count; i++)
        (void)job_add(job, STATEMENT_OUTBOX_RETRY,
                      VALUES(value_int(due->deferred[i]), value_int(due->now + DEFER),
                             value_text("it cannot be composed: see the service's log")));
    enum us_err err = store_run(site_store(due->site), job);
    job_free(job);
    if (!err && due->lost_count)
        log_warning("outbox: dropped %zu mails whose key or reference is gone", due->lost_count);
    return err;
}

enum us_err outbox_due(struct site *site, int64_t now, size_t most, struct outbox_mail **mails,
                       size_t *count)
{
    struct due due = {.site = site, .now = now, .most = most < DUE_MOST ? most : DUE_MOST};
    if (due.most == 0)
        due.most = 1;
    due.mails = mem_zero(due.most * sizeof *due.mails);
    due.dropped = mem_zero(due.most * sizeof *due.dropped);
    due.deferred = mem_zero(due.most * sizeof *due.deferred);
    due.failed = mem_zero(due.most * sizeof *due.failed);
    enum us_err err = store_read_wait(site_store(site), read_due, &due);
    if (!err)
        err = put_away_rows(&due);
    if (!err && due.count == 0)
        err = due.err;
    free(due.dropped);
    free(due.deferred);
    free(due.failed);
    if (err) {
        for (size_t i = 0; i < due.count; i++)
            outbox_mail_free(&due.mails[i]);
        free(due.mails);
        return err;
    }
    *mails = due.mails;
    *count = due.count;
    return US_OK;
}
