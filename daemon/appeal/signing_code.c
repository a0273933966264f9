/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * For those who fear links: mailbox and code are typed. A wrong code is counted for the
 * mailbox, whether anything waits for it or not: an unknown mailbox and a wrong code read and write
 * the same, so the answer's time tells them apart no more than its words. Ten kill the codes (not
 * the links) of all that was submitted before, so guessing gains nothing from the mails one can
 * have sent to it, and who is locked out by a stranger's guesses has a new code mailed.
 */
#include "appeal/pack.h"
#include "appeal/signing_confirm.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "text/unicode.h"
#include <stdlib.h>
#include <string.h>

#define ROWS_MOST 128 /* of one mailbox and appeal; quotas allow fewer */
#define MAILBOX_TYPED_MOST 1024
#define NOBODY "nobody@nowhere.invalid"
#define NOBODYS_ROW 1

struct claim {
    int64_t appeal; /* 0: no such appeal */
    uint8_t mailbox_hash[KEYRING_HASH_SIZE];
};

static enum us_err read_claim(struct reader *reader, const struct confirm *confirm,
                              struct claim *out)
{
    const char *typed = confirm->texts[CONFIRM_MAILBOX];
    struct claim claim = {0};
    struct query *query = query_start(reader, STATEMENT_PENDING_APPEAL_BY_SLUG,
                                      VALUES(value_text(confirm->texts[CONFIRM_SLUG])));
    if (query_next(query))
        claim.appeal = query_int(query, 0);
    enum us_err err = query_end(query);
    if (err)
        return err;
    /* What is no mailbox goes on as one that nobody has. */
    size_t len = strlen(typed);
    char *mailbox =
        len <= MAILBOX_TYPED_MOST && utf8_is_valid(typed, len) ? unicode_mailbox(typed) : NULL;
    err = pending_hash_site(confirm->site, mailbox ? mailbox : NOBODY, claim.mailbox_hash);
    pack_wipe_text(mailbox);
    if (!err)
        *out = claim;
    return err;
}

/* The row that waits for the mailbox with that code, or 0: all are looked at, whichever it is, and
 * where there is none as much is computed. Only an index is read, so that the pages of rows that
 * wait take no time. */
static enum us_err find_id(struct reader *reader, const struct confirm *confirm,
                           const struct claim *claim, int64_t *out)
{
    struct keyring *keyring = site_keyring(confirm->site);
    const char *code = confirm->texts[CONFIRM_CODE];
    bool is_any = false;
    struct query *query = query_start(reader, STATEMENT_PENDING_CODES,
                                      VALUES(value_blob(claim->mailbox_hash, KEYRING_HASH_SIZE),
                                             value_int(claim->appeal), value_int(confirm->now),
                                             value_int(ROWS_MOST)));
    *out = 0;
    while (query_next(query)) {
        int64_t id = query_int(query, 0);
        bool is_code = token_code_check(keyring, id, code) == US_OK;
        is_any = true;
        if (is_code && query_int(query, 1) < PENDING_CODE_TRIES)
            *out = id;
    }
    if (!is_any && token_code_check(keyring, NOBODYS_ROW, code) == US_OK)
        *out = 0;
    return query_end(query);
}

/* US_NOT_FOUND where no row of the mailbox has that code. */
static enum us_err find_row(struct reader *reader, const struct confirm *confirm,
                            const struct claim *claim, struct pending *out)
{
    int64_t id;
    enum us_err err = find_id(reader, confirm, claim, &id);
    if (err)
        return err;
    return id != 0 ? pending_find(reader, id, out) : US_NOT_FOUND;
}

static void on_counted(struct job *job, enum us_err err, void *arg)
{
    (void)job;
    signing_confirm_end(arg, err ? err : US_NOT_FOUND);
}

/* For whatever mailbox was typed: one row, whether anything waits for it or not. */
static void count_wrong(struct confirm *confirm, const struct claim *claim)
{
    struct job *job = job_new();
    (void)job_add(job, STATEMENT_CODE_TRY_COUNT,
                  VALUES(value_blob(claim->mailbox_hash, KEYRING_HASH_SIZE),
                         value_int(claim->appeal), value_int(clock_day(confirm->now))));
    store_submit(site_store(confirm->site), job, on_counted, confirm);
}

static void find_by_code(struct reader *reader, struct confirm *confirm)
{
    struct claim claim;
    struct pending pending;
    enum us_err err = read_claim(reader, confirm, &claim);
    if (!err)
        err = find_row(reader, confirm, &claim, &pending);
    if (!err) {
        signing_confirm_row(reader, confirm, &pending);
        pending_clear(&pending);
    } else if (err == US_NOT_FOUND) {
        count_wrong(confirm, &claim);
    } else {
        signing_confirm_end(confirm, err);
    }
}

void signing_confirm_code(struct reader *reader, struct site *site, const char *slug,
                          const char *mailbox, const char *code, int64_t now,
                          signing_confirmed *on_done, void *arg)
{
    struct confirm *confirm = MEM_NEW(struct confirm);
    *confirm = (struct confirm){.site = site,
                                .now = now,
                                .on_done = on_done,
                                .arg = arg,
                                .find = find_by_code,
                                .code_tries_most = PENDING_CODE_TRIES};
    confirm->texts[CONFIRM_SLUG] = mem_string(slug);
    confirm->texts[CONFIRM_MAILBOX] = mem_string(mailbox);
    confirm->texts[CONFIRM_CODE] = mem_string(code);
    find_by_code(reader, confirm);
}
