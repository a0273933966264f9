/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A typo in the organisation's name is put right by who made it, until a moderator has decided. A
 * slip and no more, however often it is corrected: what the moderator looked at is not to be
 * another organisation when they decide. Each is measured against the name that was confirmed.
 * What follows from the name follows: its order, its search words, the hash that keeps a mailbox
 * from signing twice for one organisation (for which the server's copy of the mailbox is opened),
 * and the row's digest. The audit keeps what the name was.
 */
#include "appeal/pending.h"
#include "appeal/signatory_task.h"
#include "appeal/signature_words.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "crypto/keyring.h"
#include "text/slip.h"
#include <stdlib.h>
#include <string.h>

#define CORRECTIONS_A_DAY 10 /* each leaves an audit row for good */

enum { TEXT_NAME, TEXT_LATIN };

static bool is_same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : !a && !b;
}

static enum us_err hash_name(struct site *site, const struct signatory_row *row, const char *name,
                             uint8_t hash[KEYRING_HASH_SIZE])
{
    const struct signature *s = &row->row.signature;
    uint8_t *mailbox;
    size_t len;
    enum us_err err = keyring_site_decrypt(site_keyring(site), "mailbox", s->row, row->mailbox,
                                           row->mailbox_len, &mailbox, &len);
    if (err) {
        log_warning("signatory: the mailbox of signature %s cannot be opened", s->id);
        return err;
    }
    err = pending_hash_unique(site, s->appeal, (const char *)mailbox, name, hash);
    keyring_wipe_free(mailbox, len);
    return err;
}

static void digest_corrected(const struct signatory_task *task, const struct signatory_row *row,
                             const uint8_t hash[KEYRING_HASH_SIZE], uint8_t digest[DIGEST_SIZE])
{
    struct signature corrected = row->row.signature;
    struct signature_facts facts = row->facts;
    corrected.organisation = task->texts[TEXT_NAME];
    corrected.organisation_latin = task->texts[TEXT_LATIN];
    facts.signature = &corrected;
    facts.unique_hash = (struct signature_blob){hash, KEYRING_HASH_SIZE};
    signature_row_digest(&facts, digest);
}

/* How often a signature is corrected in a day is counted as mails to a mailbox are. */
static enum us_err add_quota(struct job *job, const struct signatory_task *task)
{
    uint8_t hash[KEYRING_HASH_SIZE];
    enum us_err err =
        keyring_site_hash(site_keyring(task->site), "correct", &task->row, sizeof task->row, hash);
    if (!err)
        (void)job_expect(job, STATEMENT_QUOTA_TAKE, US_LIMITED,
                         VALUES(value_blob(hash, sizeof hash), value_int(0),
                                value_int(clock_day(task->now)), value_int(CORRECTIONS_A_DAY)));
    return err;
}

static enum us_err make_job(struct signatory_task *task, const struct signatory_row *row,
                            struct job **out)
{
    const struct signature *s = &row->row.signature;
    const char *name = task->texts[TEXT_NAME], *latin = task->texts[TEXT_LATIN];
    uint8_t hash[KEYRING_HASH_SIZE], digest[DIGEST_SIZE];
    struct signature_words words;
    enum us_err err = hash_name(task->site, row, name, hash);
    if (err)
        return err;
    struct job *job = job_new();
    err = add_quota(job, task);
    if (err) {
        job_free(job);
        return err;
    }
    digest_corrected(task, row, hash, digest);
    signature_words_make(name, latin, &words);
    /* US_DUPLICATE comes from the index that keeps two of them apart. */
    (void)job_expect(job, STATEMENT_SIGNATURE_CORRECT, US_CONFLICT,
                     VALUES(value_int(s->row), value_text(signature_state_name(s->state)),
                            value_blob(row->digest, DIGEST_SIZE), value_text(name),
                            value_text(latin), value_blob(words.collation, words.collation_len),
                            value_text(words.search), value_blob(hash, sizeof hash),
                            value_blob(digest, DIGEST_SIZE), value_text(words.name_key),
                            value_text(words.name_joined)));
    char *said = mem_format("it was: %s", s->organisation);
    job_add_audit(job, &(struct job_audit){
                           .at = clock_day(task->now) * CLOCK_DAY,
                           .actor = "signatory",
                           .act = "signature.correct",
                           .subject = s->id,
                           .reason = said,
                       });
    free(said);
    signature_words_clear(&words);
    *out = job;
    return US_OK;
}

static enum us_err make(struct reader *reader, struct signatory_task *task, struct job **job)
{
    struct signatory_row row;
    enum us_err err = signatory_row_find(reader, task->row, &row);
    if (err)
        return err;
    const struct signature *s = &row.row.signature;
    if (!signatory_row_can_correct(&row))
        err = US_CONFLICT;
    else if (!is_same(s->organisation, task->texts[TEXT_NAME]) ||
             !is_same(s->organisation_latin, task->texts[TEXT_LATIN]))
        err = make_job(task, &row, job);
    signatory_row_clear(&row);
    return err;
}

/* A Latin form may be left out: it claims nothing then. */
static size_t check_slips(const struct signatory_row *row, const struct submission *names,
                          enum signing_problem problems[FIELD_COUNT])
{
    const char *name = names->values[FIELD_ORGANISATION],
               *latin = names->values[FIELD_ORGANISATION_LATIN];
    size_t count = 0;
    if (!slip_is(row->confirmed, name)) {
        problems[FIELD_ORGANISATION] = PROBLEM_TOO_FAR;
        count++;
    }
    if (latin && *latin && (!row->confirmed_latin || !slip_is(row->confirmed_latin, latin))) {
        problems[FIELD_ORGANISATION_LATIN] = PROBLEM_TOO_FAR;
        count++;
    }
    return count;
}

/* What was confirmed never changes, so it is enough to look once. What cannot be corrected at all
 * is the task's to tell. */
static size_t check_row(struct reader *reader, int64_t id, const struct submission *names,
                        enum signing_problem problems[FIELD_COUNT])
{
    struct signatory_row row;
    size_t count = 0;
    if (signatory_row_find(reader, id, &row))
        return 0;
    if (signatory_row_can_correct(&row))
        count = check_slips(&row, names, problems);
    signatory_row_clear(&row);
    return count;
}

size_t signatory_correct(struct reader *reader, struct site *site, const char *token,
                         const char *organisation, const char *latin, int64_t now,
                         enum signing_problem problems[FIELD_COUNT], signatory_done *on_done,
                         void *arg)
{
    struct submission names = {.kind = SIGNATURE_KIND_COUNT};
    int64_t row;
    names.values[FIELD_ORGANISATION] = mem_string(organisation);
    names.values[FIELD_ORGANISATION_LATIN] = mem_string(latin);
    size_t count = signing_check_names(&names, problems);
    enum us_err err = count ? US_OK : signatory_task_row(site, TOKEN_WITHDRAW, token, &row);
    if (count == 0 && !err)
        count = check_row(reader, row, &names, problems);
    if (count == 0 && err) {
        on_done(err, arg);
    } else if (count == 0) {
        struct signatory_task *task = MEM_NEW(struct signatory_task);
        *task = (struct signatory_task){
            .site = site, .row = row, .now = now, .on_done = on_done, .arg = arg, .make = make};
        task->texts[TEXT_NAME] = names.values[FIELD_ORGANISATION];
        task->texts[TEXT_LATIN] = names.values[FIELD_ORGANISATION_LATIN];
        names.values[FIELD_ORGANISATION] = names.values[FIELD_ORGANISATION_LATIN] = NULL;
        signatory_task_run(reader, task);
    }
    submission_clear(&names);
    return count;
}
