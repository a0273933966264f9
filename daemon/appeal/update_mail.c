/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "appeal/update_mail.h"
#include "appeal/outbox_queue.h"
#include "appeal/pack.h"
#include "appeal/pending.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "store/job.h"
#include "text/unicode.h"
#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_ROWS 256

enum us_err update_mail_count(struct reader *reader, int64_t appeal, int64_t number,
                              struct update_mail_counts *out)
{
    struct update_mail_counts counts = {0};
    struct query *query = query_start(reader, STATEMENT_UPDATE_MAIL_COUNTS,
                                      VALUES(value_int(appeal), value_int(number)));
    enum us_err err;

    if (query_next(query)) {
        counts.wanted = query_int(query, 0);
        counts.queued = query_int(query, 1);
        counts.left = counts.wanted - query_int(query, 2);
    }
    err = query_end(query);
    if (err == US_OK)
        *out = counts;
    return err;
}

enum us_err update_mail_count_queued(struct reader *reader, int64_t appeal, int64_t number,
                                     int64_t *out)
{
    struct query *query = query_start(reader, STATEMENT_UPDATE_MAIL_QUEUED,
                                      VALUES(value_int(appeal), value_int(number)));
    int64_t queued = query_next(query) ? query_int(query, 0) : 0;
    enum us_err err = query_end(query);

    if (err == US_OK)
        *out = queued;
    return err;
}

/* ---- those left ---- */

struct kept { /* while no query is open */
    int64_t row;
    char *id;
    uint8_t *sealed;
    size_t len;
};

static size_t read_page(struct query *query, struct kept page[PAGE_ROWS])
{
    size_t count = 0;

    while (count < PAGE_ROWS && query_next(query)) {
        struct kept *kept = &page[count++];
        const void *sealed = query_blob(query, 2, &kept->len);

        kept->row = query_int(query, 0);
        kept->id = mem_string(query_text(query, 1));
        kept->sealed = mem_copy(sealed, kept->len);
    }
    return count;
}

enum us_err update_mail_each(struct reader *reader, int64_t appeal, int64_t number,
                             bool (*on_contact)(const struct update_contact *contact, void *arg),
                             void *arg)
{
    struct kept page[PAGE_ROWS];
    int64_t after = INT64_MIN;
    size_t count = PAGE_ROWS;
    bool goes_on = true;

    while (goes_on && count == PAGE_ROWS) {
        struct query *query = query_start(
            reader, STATEMENT_UPDATE_MAIL_PAGE,
            VALUES(value_int(appeal), value_int(number), value_int(after), value_int(PAGE_ROWS)));
        enum us_err err;

        count = read_page(query, page);
        err = query_end(query);
        if (err == US_OK)
            reader_refresh(reader);
        for (size_t i = 0; i < count; i++) {
            const struct update_contact contact = {page[i].row, page[i].id, page[i].sealed,
                                                   page[i].len};
            after = contact.row;
            goes_on = goes_on && err == US_OK && on_contact(&contact, arg);
            free(page[i].id);
            free(page[i].sealed);
        }
        if (err != US_OK)
            return err;
    }
    return US_OK;
}

/* ---- queueing ---- */

struct found { /* a signature that is to have this mail; row 0: none. Its job looks again */
    int64_t row;
    char language[16];
    uint8_t mailbox_hash[KEYRING_HASH_SIZE];
};

struct batch {
    struct site *site;
    const struct update_send *what;
    struct found found[UPDATE_MAIL_BATCH];
    enum us_err err; /* of reading */

    pthread_mutex_t lock; /* guards `left` and what jobs that are done say */
    pthread_cond_t is_done;
    size_t left;
};

struct ticket { /* of one job under way */
    struct batch *batch;
    struct update_mailbox *mailbox;
};

static enum us_err find_one(struct reader *reader, const struct update_send *what, const char *id,
                            struct found *out)
{
    struct query *query =
        query_start(reader, STATEMENT_UPDATE_MAIL_FIND,
                    VALUES(value_text(id), value_int(what->appeal->id), value_int(what->number)));
    enum us_err err;

    *out = (struct found){.row = 0};
    if (query_next(query)) {
        const char *language = query_text(query, 1);
        size_t len;
        const void *hash = query_blob(query, 2, &len);

        if (language != NULL && strlen(language) < sizeof(out->language) &&
            len == sizeof(out->mailbox_hash)) {
            out->row = query_int(query, 0);
            memcpy(out->language, language, strlen(language) + 1);
            memcpy(out->mailbox_hash, hash, len);
        }
    }
    err = query_end(query);
    return err;
}

static void read_batch(struct reader *reader, void *arg)
{
    struct batch *batch = arg;
    const struct update_send *what = batch->what;
    struct update update;

    batch->err = update_find(reader, what->appeal->id, what->number, &update);
    if (batch->err != US_OK)
        return;
    update_clear(&update);
    for (size_t i = 0; batch->err == US_OK && i < what->count; i++)
        batch->err = find_one(reader, what, what->mailboxes[i].id, &batch->found[i]);
}

/* Text from another program, so it passes the gate first. NULL: no mailbox. Wipe it. */
static char *clean_mailbox(const char *typed)
{
    size_t len = strlen(typed);

    if (!utf8_is_valid(typed, len) || utf8_has_forbidden(typed, len, false))
        return NULL;
    return unicode_mailbox(typed);
}

static enum us_err add_mail(const struct batch *batch, const struct found *found,
                            const char *mailbox, struct job *job)
{
    const struct update_send *what = batch->what;
    const struct value appeal = value_int(what->appeal->id), number = value_int(what->number),
                       row = value_int(found->row);

    (void)job_expect(job, STATEMENT_UPDATE_MAIL_GUARD, US_CONFLICT, VALUES(appeal, number, row));
    (void)job_expect(job, STATEMENT_UPDATE_MAIL_INSERT, US_DUPLICATE, VALUES(appeal, number, row));
    return outbox_queue(batch->site, job,
                        &(struct outbox_letter){
                            .template = OUTBOX_UPDATE,
                            .appeal = what->appeal->id,
                            .reference = found->row,
                            .language = found->language,
                            .recipient = mailbox,
                            .update = what->number,
                            .now = what->now,
                        });
}

/* The job for one; NULL with an error. Whatever is wrong with a mailbox is told alike: who holds
 * the socket is not to learn by guessing who signed. */
static enum us_err make_job(const struct batch *batch, const struct update_mailbox *from,
                            const struct found *found, struct job **out)
{
    uint8_t hash[KEYRING_HASH_SIZE];
    enum us_err err;
    char *mailbox;

    if (found->row == 0)
        return US_CONFLICT;
    mailbox = clean_mailbox(from->mailbox);
    if (mailbox == NULL)
        return US_CONFLICT;
    err = pending_hash_mailbox(batch->site, batch->what->appeal->id, mailbox, hash);
    if (err == US_OK && sodium_memcmp(hash, found->mailbox_hash, sizeof(hash)) != 0)
        err = US_CONFLICT;
    if (err == US_OK) {
        struct job *job = job_new();

        err = add_mail(batch, found, mailbox, job);
        if (err == US_OK)
            *out = job;
        else
            job_free(job);
    }
    pack_wipe_text(mailbox);
    return err;
}

/* On the store thread, or at once. */
static void on_queued(struct job *job, enum us_err err, void *arg)
{
    struct ticket *ticket = arg;
    struct batch *batch = ticket->batch;

    (void)job;
    (void)pthread_mutex_lock(&batch->lock);
    ticket->mailbox->err = err == US_DUPLICATE ? US_CONFLICT : err; /* another was first */
    batch->left--;
    (void)pthread_cond_signal(&batch->is_done);
    (void)pthread_mutex_unlock(&batch->lock);
}

/* Gives how many are refused before anything was written. */
static size_t make_jobs(struct batch *batch, struct job **jobs)
{
    const struct update_send *what = batch->what;
    size_t refused = 0;

    for (size_t i = 0; i < what->count; i++) {
        struct update_mailbox *mailbox = &what->mailboxes[i];

        mailbox->err = make_job(batch, mailbox, &batch->found[i], &jobs[i]);
        refused += mailbox->err == US_CONFLICT;
    }
    return refused;
}

/* All at once, so that one commit takes many; waits for all. */
static void run_jobs(struct batch *batch, struct job **jobs)
{
    const struct update_send *what = batch->what;
    struct ticket *tickets = mem_zero((what->count + 1) * sizeof(*tickets));

    for (size_t i = 0; i < what->count; i++) {
        tickets[i] = (struct ticket){batch, &what->mailboxes[i]};
        if (jobs[i] == NULL)
            continue;
        (void)pthread_mutex_lock(&batch->lock);
        batch->left++;
        (void)pthread_mutex_unlock(&batch->lock);
        store_submit(site_store(batch->site), jobs[i], on_queued, &tickets[i]);
    }
    (void)pthread_mutex_lock(&batch->lock);
    while (batch->left > 0)
        (void)pthread_cond_wait(&batch->is_done, &batch->lock);
    (void)pthread_mutex_unlock(&batch->lock);
    free(tickets);
}

/* Who sends to how many stands there before the first of them; and how many were refused, so that
 * trying out mailboxes is seen. */
static enum us_err note(struct site *site, const struct update_send *what, size_t refused)
{
    char *said = mem_format("update %" PRId64 ", for %zu signatories, refused %zu%s%s",
                            what->number, what->count, refused, what->reason != NULL ? ": " : "",
                            what->reason != NULL ? what->reason : "");
    enum us_err err = site_note(site, what->actor, "update.send", what->appeal->slug, said);

    free(said);
    return err;
}

/* A store that cannot write will not for the next either. */
static enum us_err find_failure(const struct update_send *what)
{
    for (size_t i = 0; i < what->count; i++) {
        enum us_err err = what->mailboxes[i].err;

        if (err != US_OK && err != US_CONFLICT)
            return err;
    }
    return US_OK;
}

static enum us_err send_batch(struct batch *batch)
{
    const struct update_send *what = batch->what;
    struct job **jobs = mem_zero((what->count + 1) * sizeof(*jobs));
    enum us_err err = note(batch->site, what, make_jobs(batch, jobs));

    if (err == US_OK) {
        run_jobs(batch, jobs);
        err = find_failure(what);
        site_mail_queued(batch->site);
    } else {
        for (size_t i = 0; i < what->count; i++)
            job_free(jobs[i]);
    }
    free(jobs);
    return err;
}

enum us_err update_mail_queue(struct site *site, const struct update_send *what)
{
    struct batch *batch = MEM_NEW(struct batch);
    enum us_err err;

    assert(what->count <= UPDATE_MAIL_BATCH);
    batch->site = site;
    batch->what = what;
    (void)pthread_mutex_init(&batch->lock, NULL);
    (void)pthread_cond_init(&batch->is_done, NULL);
    err = store_read_wait(site_store(site), read_batch, batch);
    if (err == US_OK)
        err = batch->err;
    if (err == US_OK)
        err = send_batch(batch);
    (void)pthread_cond_destroy(&batch->is_done);
    (void)pthread_mutex_destroy(&batch->lock);
    free(batch);
    return err;
}

/* ---- when it is due ---- */

void update_mail_free(struct outbox_update *update)
{
    if (update == NULL)
        return;
    free(update->title);
    free(update->plain);
    markdown_free(update->body);
    free(update);
}

static enum us_err check_wanted(struct reader *reader, const struct appeal *appeal, int64_t number,
                                int64_t signature)
{
    struct query *query =
        query_start(reader, STATEMENT_UPDATE_MAIL_GUARD,
                    VALUES(value_int(appeal->id), value_int(number), value_int(signature)));
    bool is_wanted = query_next(query);
    enum us_err err = query_end(query);

    return err == US_OK && !is_wanted ? US_CONFLICT : err;
}

enum us_err update_mail_make(struct reader *reader, const struct appeal *appeal, int64_t number,
                             int64_t signature, const char *language, struct outbox_update **out)
{
    const struct update_text *text;
    struct update update;
    struct markdown *body;
    enum us_err err = check_wanted(reader, appeal, number, signature);

    if (err == US_OK)
        err = update_find(reader, appeal->id, number, &update);
    if (err != US_OK)
        return err;
    text = update_text_in(&update, language, appeal->settings->authoritative);
    err = update_parse_body(text, &body);
    if (err == US_OK) {
        struct outbox_update *made = MEM_NEW(struct outbox_update);

        made->title = mem_string(text->title);
        made->plain = markdown_plain(body);
        made->body = body;
        made->number = number;
        memcpy(made->language, text->language, sizeof(made->language));
        *out = made;
    }
    update_clear(&update);
    return err;
}
