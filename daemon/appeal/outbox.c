/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A row's fate: taken by the relay, it goes, and a confirmation's 72 hours begin; refused for now,
 * it waits longer each time; given up, it stays for people to see, without its payload.
 */
#include "appeal/outbox_delivery.h"
#include "appeal/pending.h"
#include "appeal/site_file.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_ROWS 64

static const int64_t delays[] = {
    1 * CLOCK_MINUTE, 5 * CLOCK_MINUTE, 15 * CLOCK_MINUTE, 1 * CLOCK_HOUR,
    2 * CLOCK_HOUR,   4 * CLOCK_HOUR,   8 * CLOCK_HOUR,
};
#define DELAYS (int)(sizeof delays / sizeof *delays)

struct next {
    int64_t at;
    enum us_err err;
};

static void read_next(struct reader *reader, void *arg)
{
    struct next *next = arg;
    struct query *query = query_start(reader, STATEMENT_OUTBOX_NEXT, VALUES_NONE);
    if (query_next(query))
        next->at = query_int(query, 0);
    next->err = query_end(query);
}

enum us_err outbox_next(struct site *site, int64_t *at)
{
    struct next next = {0};
    enum us_err err = store_read_wait(site_store(site), read_next, &next);
    if (!err)
        err = next.err;
    if (!err)
        *at = next.at;
    return err;
}

/* Delivered or not, its file has done what it was kept for; the page tells of it. */
static void end_delivery(struct site *site, const struct outbox_mail *mail)
{
    site_file_remove(mail->delivery->path);
    site_changed(site, mail->delivery->appeal, false);
}

/* The addressee has it, whatever became of the row meanwhile. */
static enum us_err accept_without_row(struct site *site, const struct outbox_mail *mail,
                                      int64_t now)
{
    struct job *job = job_new();
    outbox_delivery_accepted(job, mail, now);
    enum us_err err = store_run(site_store(site), job);
    job_free(job);
    if (!err)
        log_warning("%s: the relay took edition %" PRId64 ", whose mail had gone from the outbox",
                    mail->slug, mail->delivery->number);
    return err;
}

enum us_err outbox_accepted(struct site *site, const struct outbox_mail *mail, int64_t now)
{
    struct job *job = job_new();
    (void)job_expect(job, STATEMENT_OUTBOX_DELETE, US_NOT_FOUND, VALUES(value_int(mail->id)));
    if (mail->template == OUTBOX_CONFIRM)
        (void)job_add(job, STATEMENT_PENDING_START_TERM,
                      VALUES(value_int(mail->reference), value_int(now + PENDING_TERM)));
    /* Whose link was never sent waits for nothing. */
    if (mail->template == OUTBOX_ALREADY)
        (void)job_add(job, STATEMENT_PENDING_DELETE, VALUES(value_int(mail->reference)));
    if (mail->delivery)
        outbox_delivery_accepted(job, mail, now);
    enum us_err err = store_run(site_store(site), job);
    job_free(job);
    if (err == US_NOT_FOUND && mail->delivery)
        err = accept_without_row(site, mail, now);
    if (!err && mail->delivery)
        end_delivery(site, mail);
    return err;
}

enum us_err outbox_refused(struct site *site, const struct outbox_mail *mail, int64_t now,
                           bool is_permanent, const char *error)
{
    int attempts = mail->attempts < 0 ? 0 : mail->attempts;
    int64_t next = now + delays[attempts < DELAYS ? attempts : DELAYS - 1];
    struct job *job = job_new();
    bool is_given_up = is_permanent || next > mail->created_at + PENDING_MAIL_TERM;
    bool is_kept = is_permanent && !mail->delivery && now < mail->created_at + PENDING_MAIL_TERM;
    if (is_kept)
        (void)job_expect(job, STATEMENT_OUTBOX_SET_ASIDE, US_NOT_FOUND,
                         VALUES(value_int(mail->id), value_text(error), value_blob("", 0)));
    else if (is_given_up)
        (void)job_expect(job, STATEMENT_OUTBOX_GIVE_UP, US_NOT_FOUND,
                         VALUES(value_int(mail->id), value_text(error), value_blob("", 0)));
    else
        (void)job_expect(job, STATEMENT_OUTBOX_RETRY, US_NOT_FOUND,
                         VALUES(value_int(mail->id), value_int(next), value_text(error)));
    if (mail->delivery && is_given_up)
        outbox_delivery_failed(job, mail->reference, now);
    enum us_err err = store_run(site_store(site), job);
    job_free(job);
    if (!err && mail->delivery && is_given_up)
        end_delivery(site, mail);
    return err;
}

struct copied { /* a row to show, while no query is open */
    struct outbox_row row;
    char *texts[5];
};

static void copy_row(struct query *query, struct copied *out)
{
    static const int columns[5] = {1, 2, 3, 4, 8};
    for (size_t i = 0; i < 5; i++)
        out->texts[i] = mem_string(query_text(query, columns[i]));
    out->row = (struct outbox_row){
        .id = query_int(query, 0),
        .template = out->texts[0],
        .slug = out->texts[1],
        .language = out->texts[2],
        .state = out->texts[3],
        .attempts = (int)query_int(query, 5),
        .next_at = query_int(query, 6),
        .created_at = query_int(query, 7),
        .has_content = query_int(query, 9) != 0,
        .last_error = out->texts[4],
    };
}

static bool give_rows(struct copied *rows, size_t count,
                      bool (*on_row)(const struct outbox_row *row, void *arg), void *arg)
{
    bool goes_on = true;
    for (size_t i = 0; i < count; i++) {
        goes_on = goes_on && on_row(&rows[i].row, arg);
        for (size_t k = 0; k < 5; k++)
            free(rows[i].texts[k]);
    }
    return goes_on;
}

enum us_err outbox_each(struct reader *reader,
                        bool (*on_row)(const struct outbox_row *row, void *arg), void *arg)
{
    struct copied rows[PAGE_ROWS];
    int64_t at = INT64_MIN, id = INT64_MIN;
    bool goes_on = true, is_last = false;
    while (goes_on && !is_last) {
        size_t count = 0;
        struct query *query =
            query_start(reader, STATEMENT_OUTBOX_PAGE,
                        VALUES(value_int(at), value_int(id), value_int(PAGE_ROWS)));
        while (count < PAGE_ROWS && query_next(query)) {
            copy_row(query, &rows[count]);
            at = rows[count].row.created_at;
            id = rows[count].row.id;
            count++;
        }
        enum us_err err = query_end(query);
        if (!err)
            reader_refresh(reader);
        is_last = count < PAGE_ROWS;
        goes_on = give_rows(rows, count, on_row, arg);
        if (err)
            return err;
    }
    return US_OK;
}
