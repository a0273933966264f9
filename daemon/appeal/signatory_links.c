/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Somebody lost the mail with the link. Whether that mailbox signed here is not asked before the
 * mail is composed: for every mailbox the same steps are taken now, and the mails count as those of
 * submissions do. For what is no mailbox, and over the quota, something is written all the same, so
 * that the answer takes its time (as in signing_submit.c).
 */
#include "appeal/outbox_queue.h"
#include "appeal/pack.h"
#include "appeal/pending.h"
#include "appeal/signatory.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "text/unicode.h"
#include <stdlib.h>
#include <string.h>

#define MAILBOX_TYPED_MOST 1024

struct links {
    struct site *site;
    signatory_done *on_done;
    void *arg;
};

static void links_end(struct links *links, enum us_err err)
{
    links->on_done(err, links->arg);
    free(links);
}

static void on_written(struct job *job, enum us_err err, void *arg)
{
    (void)job;
    links_end(arg, err);
}

static void write_even(struct links *links)
{
    struct job *even = job_new();
    (void)job_add(even, STATEMENT_QUOTA_COUNT,
                  VALUES(value_blob("", 0), value_int(0), value_int(0)));
    store_submit(site_store(links->site), even, on_written, links);
}

static void on_stored(struct job *job, enum us_err err, void *arg)
{
    struct links *links = arg;
    (void)job;
    if (err == US_LIMITED) {
        write_even(links);
        return;
    }
    if (!err)
        site_mail_queued(links->site);
    links_end(links, err);
}

static enum us_err make_job(struct site *site, const struct appeal *appeal, const char *mailbox,
                            const char *language, struct job **out)
{
    const struct outbox_letter letter = {
        .template = OUTBOX_LINKS,
        .appeal = appeal->id,
        .language = language,
        .recipient = mailbox,
        .now = clock_now(),
    };
    uint8_t hash[KEYRING_HASH_SIZE];
    enum us_err err = pending_hash_site(site, mailbox, hash);
    if (err)
        return err;
    struct job *job = job_new();
    outbox_queue_quotas(job, site_config(site), appeal->id, hash, clock_day(letter.now));
    err = outbox_queue(site, job, &letter);
    if (err)
        job_free(job);
    else
        *out = job;
    return err;
}

void signatory_mail_links(struct reader *reader, struct site *site, const struct appeal *appeal,
                          const char *mailbox, const char *language, signatory_done *on_done,
                          void *arg)
{
    size_t len = mailbox ? strlen(mailbox) : 0;
    char *clean = len > 0 && len <= MAILBOX_TYPED_MOST && utf8_is_valid(mailbox, len)
                      ? unicode_mailbox(mailbox)
                      : NULL;
    struct links *links = MEM_NEW(struct links);
    struct job *job;
    enum us_err err;
    (void)reader;
    *links = (struct links){.site = site, .on_done = on_done, .arg = arg};
    if (!clean) {
        write_even(links);
        return;
    }
    err = make_job(site, appeal, clean, language, &job);
    pack_wipe_text(clean);
    if (err)
        links_end(links, err);
    else
        store_submit(site_store(site), job, on_stored, links);
}
