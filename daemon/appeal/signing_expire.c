/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What has had its time goes: pending rows after their term, what the server kept of a mailbox
 * thirty days after the decision (or after signing, where an appeal lists without one), counted
 * mails of past days, mail that was given up, and every day's key that no row is encrypted under
 * any more. In small jobs, so that nobody waits behind them.
 */
#include "appeal/pending.h"
#include "base/clock.h"
#include "base/mem.h"
#include <stdlib.h>

#define EXPIRE_ROWS 500

/* Runs a statement until it finds less than a jobful. */
static enum us_err expire_rows(struct site *site, enum statement statement, int64_t before)
{
    for (;;) {
        struct job *job = job_new();
        size_t step = job_add(job, statement, VALUES(value_int(before), value_int(EXPIRE_ROWS)));
        enum us_err err = store_run(site_store(site), job);
        bool is_done = err || job_rows(job, step) < EXPIRE_ROWS;
        job_free(job);
        if (is_done)
            return err;
    }
}

static enum us_err expire_old(struct site *site, int64_t now)
{
    struct job *job = job_new();
    (void)job_add(job, STATEMENT_QUOTA_EXPIRE, VALUES(value_int(clock_day(now) - 1)));
    (void)job_add(job, STATEMENT_SINCE_EXPIRE, VALUES(value_int(now)));
    (void)job_add(job, STATEMENT_CODE_TRY_EXPIRE,
                  VALUES(value_int(clock_day(now - PENDING_MAIL_TERM - PENDING_TERM) - 1)));
    (void)job_add(job, STATEMENT_OUTBOX_WIPE,
                  VALUES(value_int(now - PENDING_MAIL_TERM), value_blob("", 0)));
    (void)job_add(job, STATEMENT_OUTBOX_EXPIRE,
                  VALUES(value_int(now - SIGNING_MAIL_DAYS * CLOCK_DAY)));
    enum us_err err = store_run(site_store(site), job);
    job_free(job);
    return err;
}

struct oldest {
    int64_t at;
    bool is_there;
    enum us_err err;
};

static void read_oldest(struct reader *reader, void *arg)
{
    struct oldest *oldest = arg;
    struct query *query = query_start(reader, STATEMENT_PENDING_OLDEST, VALUES_NONE);
    if (query_next(query)) {
        oldest->is_there = !query_is_null(query, 0);
        oldest->at = query_int(query, 0);
    }
    oldest->err = query_end(query);
}

/* Yesterday's key stays: a row made around midnight may be on its way into the store. */
static enum us_err destroy_keys(struct site *site, int64_t now)
{
    struct oldest oldest = {0};
    enum us_err err = store_read_wait(site_store(site), read_oldest, &oldest);
    if (!err)
        err = oldest.err;
    if (err)
        return err;
    int64_t before = clock_day(now) - 1;
    if (oldest.is_there && clock_day(oldest.at) < before)
        before = clock_day(oldest.at);
    return keyring_day_destroy_before(site_keyring(site), before);
}

/* ---- mailboxes ---- */

struct mailboxes { /* a page of signatures whose mailbox is to be forgotten */
    int64_t before;
    int64_t last_on, last; /* key of the last one */
    int64_t ids[EXPIRE_ROWS];
    size_t count;
    enum us_err err;
};

static void read_mailboxes(struct reader *reader, void *arg)
{
    struct mailboxes *page = arg;
    struct query *query = query_start(reader, STATEMENT_SIGNATURE_MAILBOX_PAGE,
                                      VALUES(value_int(page->before), value_int(page->last_on),
                                             value_int(page->last), value_int(EXPIRE_ROWS)));
    page->count = 0;
    while (page->count < EXPIRE_ROWS && query_next(query)) {
        page->last_on = query_int(query, 0);
        page->ids[page->count++] = page->last = query_int(query, 1);
    }
    page->err = query_end(query);
}

static enum us_err forget_page(struct site *site, struct mailboxes *page)
{
    enum us_err err = store_read_wait(site_store(site), read_mailboxes, page);
    if (!err)
        err = page->err;
    if (err || page->count == 0)
        return err;
    struct job *job = job_new();
    for (size_t i = 0; i < page->count; i++)
        (void)job_add(job, STATEMENT_SIGNATURE_FORGET_MAILBOX,
                      VALUES(value_int(page->ids[i]), value_int(page->before)));
    err = store_run(site_store(site), job);
    job_free(job);
    return err;
}

/* Readers look for them, so that the writer is kept with nothing but what goes. */
static enum us_err forget_mailboxes(struct site *site, int64_t now)
{
    struct mailboxes *page = MEM_NEW(struct mailboxes);
    enum us_err err;
    page->before = clock_day(now) - SIGNING_MAILBOX_DAYS;
    page->last_on = page->last = INT64_MIN;
    do
        err = forget_page(site, page);
    while (!err && page->count == EXPIRE_ROWS);
    free(page);
    return err;
}

/* What one of them fails at keeps none of the others from being done. */
enum us_err signing_expire(struct site *site, int64_t now)
{
    enum us_err err = expire_rows(site, STATEMENT_PENDING_EXPIRE, now), next;
    next = forget_mailboxes(site, now);
    err = err ? err : next;
    next = expire_old(site, now);
    err = err ? err : next;
    next = destroy_keys(site, now);
    return err ? err : next;
}
