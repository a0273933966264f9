/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One person's request (GDPR, article 17). What there is is read in one go: the row, the letters
 * that left with the person in them, those that could still leave. One job erases, guarded on the
 * row and on the audit log, so that no letter is queued or published in between; what was drawn and
 * did not leave cannot leave any more. A letter that is on its way is waited for.
 *
 * The key that signs the certificate is opened before anything is erased.
 */
#include "appeal/delivery.h"
#include "appeal/edition_walk.h"
#include "appeal/erasure.h"
#include "appeal/sealing.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/upkeep.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TRIES 16 /* how often others may come first */

struct erasing {
    struct site *site;
    const struct erasure_request *request;
    struct fault *fault;
    enum us_err err;
    /* As it was read. */
    bool has_row, is_left;
    struct signatory_row row;
    int64_t as_of;
    struct public_letter_files letters;
    struct erasure_letter *left;
    size_t left_count;
    int64_t *drawn; /* editions that were not delivered */
    size_t drawn_count;
    /* Of the walk over the editions. */
    struct reader *reader;
};

static void clear_read(struct erasing *erasing)
{
    if (erasing->has_row)
        signatory_row_clear(&erasing->row);
    erasing->has_row = false;
    public_letter_files_clear(&erasing->letters);
    for (size_t i = 0; i < erasing->left_count; i++) {
        free(erasing->left[i].addressee);
        free(erasing->left[i].how);
    }
    free(erasing->left);
    free(erasing->drawn);
    erasing->left = NULL;
    erasing->drawn = NULL;
    erasing->left_count = erasing->drawn_count = 0;
}

/* ---- reading ---- */

static bool on_signature(const struct signature *signature, void *arg)
{
    *(int64_t *)arg = signature->row;
    return true;
}

static enum us_err read_row(struct reader *reader, struct erasing *erasing)
{
    int64_t row = 0;
    enum us_err err = signature_find(reader, erasing->request->id, on_signature, &row);
    if (err == US_NOT_FOUND)
        fault_set(erasing->fault, NULL, 0, "there is no signature with this id");
    if (!err)
        err = signatory_row_find(reader, row, &erasing->row);
    erasing->has_row = !err;
    return err;
}

static enum us_err read_left(struct reader *reader, struct erasing *erasing)
{
    const struct signature *s = &erasing->row.row.signature;
    struct query *query =
        query_start(reader, STATEMENT_ERASURE_LEFT,
                    VALUES(value_int(s->row), value_text(s->id), value_blob("", 0)));
    erasing->is_left = query_next(query) && query_int(query, 0) != 0;
    return query_end(query);
}

static bool has_person(const struct erasing *erasing, const struct edition *edition, bool *out)
{
    const struct signature *s = &erasing->row.row.signature;
    struct edition_ids ids = {.count = 0};
    *out = false;
    if (visibility_shown(s->visibility, addressee_audience(edition->addressee_kind)) !=
        SHOWN_PERSON)
        return true;
    enum us_err err = edition_read_ids(erasing->reader, edition->row, &ids);
    *out = !err && edition_ids_has(&ids, s->row);
    edition_ids_clear(&ids);
    return !err;
}

static void keep_left(struct erasing *erasing, const struct edition *edition)
{
    erasing->left = mem_resize(erasing->left, erasing->left_count + 1, sizeof *erasing->left);
    erasing->left[erasing->left_count++] = (struct erasure_letter){
        .number = edition->number,
        .has_day = edition->has_delivery,
        .delivered_on = edition->delivered_on,
        .addressee = mem_string(edition->addressee),
        .how = mem_string(edition->has_way ? delivery_way_name(edition->way) : NULL),
    };
}

static bool on_edition(const struct edition *edition, void *arg)
{
    struct erasing *erasing = arg;
    bool holds;
    if (!has_person(erasing, edition, &holds)) {
        erasing->err = US_IO;
        return false;
    }
    if (!holds)
        return true;
    switch (edition->state) {
    case EDITION_SENDING:
        fault_set(erasing->fault, NULL, 0,
                  "edition %" PRId64 ", with this person in it, is on its way to %s just now; wait "
                  "until `undersign delivery list %s` says that it was delivered, or that it "
                  "failed, and erase then",
                  edition->number, edition->addressee, erasing->row.row.signature.slug);
        erasing->err = US_BUSY;
        return false;
    case EDITION_HELD:
        fault_set(erasing->fault, NULL, 0,
                  "edition %" PRId64 ", with this person in it, was on its way to %s when the "
                  "backup was made that was restored; note first whether it arrived (`undersign "
                  "delivery record %s --edition %" PRId64 "`, --how mail or --how none), and erase "
                  "then",
                  edition->number, edition->addressee, erasing->row.row.signature.slug,
                  edition->number);
        erasing->err = US_CONFLICT;
        return false;
    case EDITION_DELIVERED:
        keep_left(erasing, edition);
        break;
    case EDITION_MADE:
    case EDITION_FAILED:
        erasing->drawn =
            mem_resize(erasing->drawn, erasing->drawn_count + 1, sizeof *erasing->drawn);
        erasing->drawn[erasing->drawn_count++] = edition->row;
        break;
    }
    return true;
}

static void read_all(struct reader *reader, void *arg)
{
    struct erasing *erasing = arg;
    enum us_err err;
    clear_read(erasing);
    erasing->reader = reader;
    erasing->err = US_OK;
    err = public_letter_as_of(reader, &erasing->as_of);
    if (!err)
        err = read_row(reader, erasing);
    if (!err)
        err = read_left(reader, erasing);
    if (!err)
        err = public_letter_files_read(reader, erasing->site, erasing->row.row.signature.appeal,
                                       &erasing->letters);
    if (!err)
        err = edition_each(reader, erasing->row.row.signature.appeal, on_edition, erasing);
    if (err)
        erasing->err = err;
}

static enum us_err look(struct erasing *erasing)
{
    enum us_err err = store_read_wait(site_store(erasing->site), read_all, erasing);
    return err ? err : erasing->err;
}

/* ---- erasing ---- */

static enum us_err write_job(struct erasing *erasing)
{
    const struct erasure_request *request = erasing->request;
    const struct signature *s = &erasing->row.row.signature;
    const struct erasure_words words = {request->now, request->actor, request->reason};
    bool is_listed = s->state == SIGNATURE_LISTED;
    struct job *job = job_new();
    (void)job_expect(job, STATEMENT_AUDIT_GUARD, US_CONFLICT,
                     VALUES(value_int(erasing->as_of), value_int(1)));
    erasure_add(job, &erasing->row, &words);
    for (size_t i = 0; i < erasing->drawn_count; i++)
        (void)job_add(job, STATEMENT_ERASURE_EDITION, VALUES(value_int(erasing->drawn[i])));
    if (is_listed)
        public_letter_withdraw(job, s->appeal);
    if (erasure_target(s->state) == s->state)
        job_add_audit(job, &(struct job_audit){
                               .at = request->now,
                               .actor = request->actor,
                               .act = is_listed ? "signature.erase" : "signature.erase-unlisted",
                               .subject = s->id,
                               .reason = request->reason,
                           });
    enum us_err err = store_run(site_store(erasing->site), job);
    job_free(job);
    /* Before anybody is told that it is done. */
    if (!err && store_empty_log(site_store(erasing->site)) != US_OK)
        log_warning("what was erased stands in the database's log until nobody reads there");
    if (!err && is_listed) {
        site_changed(erasing->site, s->appeal, true);
        public_letter_files_remove(&erasing->letters);
    }
    return err;
}

/* Looks, erases; and looks again when somebody came between. */
static enum us_err erase(struct erasing *erasing)
{
    enum us_err err = look(erasing);
    for (int i = 0; !err && erasing->is_left && !erasing->request->is_trial && i < TRIES; i++) {
        err = write_job(erasing);
        if (err != US_CONFLICT)
            return err;
        err = look(erasing);
        if (!err && i == TRIES - 1)
            err = US_BUSY;
    }
    return err;
}

static enum us_err certify(const struct erasing *erasing, const struct minisign_secret *secret,
                           struct erasure_made *out)
{
    const struct config *config = site_config(erasing->site);
    const struct signature *s = &erasing->row.row.signature;
    uint8_t hash[MINISIGN_HASH_SIZE];
    struct minisign_public key;
    char key_id[MINISIGN_ID_SIZE], comment[MINISIGN_COMMENT_MOST];
    minisign_public_of(secret, &key);
    minisign_print_id(&key, key_id);
    out->certificate = erasure_certificate(&(struct erasure_facts){
        .site = config->site_name,
        .url = config->site_url,
        .slug = s->slug,
        .id = s->id,
        .actor = erasing->request->actor,
        .key_id = key_id,
        .was = out->was,
        .state = out->state,
        .now = erasing->request->now,
        .changed = out->changed,
        .letters = erasing->left,
        .letter_count = erasing->left_count,
    });
    minisign_hash(out->certificate, strlen(out->certificate), hash);
    (void)snprintf(comment, sizeof comment, "certificate of erasure, signature %s", s->id);
    return minisign_sign(secret, hash, comment, &out->signature);
}

enum us_err erasure_request_run(struct site *site, const struct erasure_request *request,
                                struct erasure_made *out, struct fault *fault)
{
    struct erasing erasing = {.site = site, .request = request, .fault = fault};
    struct minisign_secret *secret = NULL;
    struct erasure_made made = {.changed = false};
    enum us_err err = request->is_trial ? US_OK : sealing_open_key(site, &secret, fault);
    if (!err)
        err = erase(&erasing);
    if (!err) {
        made.was = erasing.row.row.signature.state;
        made.changed = erasing.is_left;
        made.state = erasing.is_left ? erasure_target(made.was) : made.was;
        if (made.changed && !request->is_trial)
            err = certify(&erasing, secret, &made);
    }
    if (!err)
        *out = made;
    else
        erasure_made_clear(&made);
    clear_read(&erasing);
    minisign_free(secret);
    return err;
}

void erasure_made_clear(struct erasure_made *made)
{
    free(made->certificate);
    free(made->signature);
    made->certificate = made->signature = NULL;
}
