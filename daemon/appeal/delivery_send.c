/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A letter goes out by mail. First it is read who is in it and what went before; then the file is
 * written; then one job queues it, and holds only while no signature was taken off and nothing else
 * was delivered since the reading began (the audit log says so). Otherwise it is read again: so of
 * two who send the same letter at once one sends it, and a name that was struck a moment ago does
 * not leave.
 */
#include "appeal/delivery.h"
#include "appeal/edition_walk.h"
#include "appeal/outbox_delivery.h"
#include "appeal/outbox_queue.h"
#include "appeal/site_file.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "crypto/random.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TRIES 16 /* how often others may come first */
#define TOKEN_BYTES 16
#define PDF_MAGIC "%PDF-"

struct check { /* what must hold, looked at on a reader thread */
    const struct delivery_send *what;
    uint8_t digest[DIGEST_SIZE]; /* of the file */
    int64_t as_of;
    struct edition edition;
    const struct addressee *addressee;
    enum us_err err;
    struct fault *fault;
};

static enum us_err read_as_of(struct reader *reader, int64_t *out)
{
    struct query *query = query_start(reader, STATEMENT_AUDIT_LAST_SEQ, VALUES_NONE);
    enum us_err err;

    *out = query_next(query) ? query_int(query, 0) : 0;
    err = query_end(query);
    return err;
}

static enum us_err check_state(struct check *check)
{
    const struct edition *edition = &check->edition;
    char day[16];

    if (edition->state == EDITION_SENDING) {
        fault_set(check->fault, NULL, 0, "edition %" PRId64 " is on its way already",
                  edition->number);
        return US_CONFLICT;
    }
    if (edition->state == EDITION_DELIVERED) {
        clock_print_day(edition->delivered_on, day);
        fault_set(check->fault, NULL, 0, "edition %" PRId64 " was delivered on %s already",
                  edition->number, day);
        return US_CONFLICT;
    }
    if (!edition->has_file || !digest_is_equal(edition->file_digest, check->digest, DIGEST_SIZE)) {
        fault_set(check->fault, NULL, 0,
                  "the file is not the one that was drawn for edition %" PRId64, edition->number);
        return US_INVALID;
    }
    return US_OK;
}

static enum us_err check_addressee(struct check *check)
{
    const struct edition *edition = &check->edition;

    check->addressee = settings_addressee(check->what->appeal->settings, edition->addressee);
    if (check->addressee == NULL || check->what->appeal->version != edition->version)
        fault_set(check->fault, NULL, 0,
                  "edition %" PRId64 " is for %s in version %" PRId64
                  " of the appeal, which has other addressees now",
                  edition->number, edition->addressee, edition->version);
    else if (check->addressee->email == NULL)
        fault_set(check->fault, NULL, 0,
                  "[addressee.%s] has no email in appeal.ini; add one, import and publish, or note "
                  "a delivery made by hand (`undersign delivery record`)",
                  edition->addressee);
    else
        return US_OK;
    return US_INVALID;
}

static enum us_err check_listed(struct check *check, struct reader *reader,
                                const struct edition_ids *ids)
{
    int64_t gone;
    enum us_err err = edition_count_gone(reader, ids, &gone);

    if (err != US_OK || gone == 0)
        return err;
    fault_set(check->fault, NULL, 0,
              "%" PRId64 " of the organisations in edition %" PRId64
              " %s not listed any more; make a new edition",
              gone, check->edition.number, gone == 1 ? "is" : "are");
    return US_CONFLICT;
}

/* Whether one that went before holds the same: all of it, or for what is to add to it, any. */
static bool is_again(const struct edition *edition, const char *kind, const struct edition_ids *ids,
                     const struct edition_ids *before)
{
    if (edition->kind != EDITION_LETTER)
        return edition_ids_meet(ids, before);
    return strcmp(kind, edition_kind_name(edition->kind)) == 0 &&
           edition_ids_are_equal(ids, before);
}

static enum us_err check_before(struct check *check, struct reader *reader,
                                const struct edition_ids *ids)
{
    const struct edition *edition = &check->edition;
    struct query *query =
        query_start(reader, STATEMENT_EDITION_SENT,
                    VALUES(value_int(edition->appeal), value_int(edition->version),
                           value_text(edition->addressee)));
    enum us_err err = US_OK, end;

    while (err == US_OK && query_next(query)) {
        struct edition_ids before = {.count = 0};
        const char *kind = query_text(query, 1), *state = query_text(query, 3);
        size_t len;
        const void *data = query_blob(query, 2, &len);

        err = edition_ids_read(&before, data, len);
        edition_ids_sort(&before);
        if (err == US_OK && state != NULL && strcmp(state, edition_state_name(EDITION_HELD)) == 0) {
            fault_set(check->fault, NULL, 0,
                      "edition %" PRId64 " (%s) was on its way to %s when the backup was made that "
                      "was restored; first note whether it arrived: `undersign delivery record %s "
                      "--edition %" PRId64 " --how mail --on DAY`, or --how none",
                      query_int(query, 0), kind != NULL ? kind : "", edition->addressee,
                      check->what->appeal->slug, query_int(query, 0));
            err = US_CONFLICT;
        } else if (err == US_OK && kind != NULL && is_again(edition, kind, ids, &before)) {
            fault_set(check->fault, NULL, 0,
                      "edition %" PRId64 " took %s organisations to %s already; the same letter is "
                      "not sent twice",
                      query_int(query, 0),
                      edition->kind == EDITION_LETTER ? "the same" : "some of these",
                      edition->addressee);
            err = US_CONFLICT;
        } else if (err == US_OK && state != NULL &&
                   strcmp(state, edition_state_name(EDITION_SENDING)) == 0) {
            fault_set(check->fault, NULL, 0,
                      "edition %" PRId64 " (%s) is still on its way to %s; wait until `undersign "
                      "delivery list` says that it was delivered, or that it failed",
                      query_int(query, 0), kind != NULL ? kind : "", edition->addressee);
            err = US_CONFLICT;
        }
        edition_ids_clear(&before);
    }
    end = query_end(query);
    return end != US_OK ? end : err;
}

static void read_check(struct reader *reader, void *arg)
{
    struct check *check = arg;
    struct edition_ids ids = {.count = 0};

    edition_clear(&check->edition);
    check->err = read_as_of(reader, &check->as_of);
    if (check->err == US_OK)
        check->err =
            edition_find(reader, check->what->appeal->id, check->what->number, &check->edition);
    if (check->err == US_NOT_FOUND)
        fault_set(check->fault, NULL, 0, "the appeal %s has no edition %" PRId64,
                  check->what->appeal->slug, check->what->number);
    if (check->err == US_OK)
        check->err = check_state(check);
    if (check->err == US_OK)
        check->err = check_addressee(check);
    if (check->err == US_OK)
        check->err = edition_read_ids(reader, check->edition.row, &ids);
    if (check->err == US_OK)
        check->err = check_before(check, reader, &ids);
    if (check->err == US_OK)
        check->err = check_listed(check, reader, &ids);
    edition_ids_clear(&ids);
}

static enum us_err look(struct site *site, struct check *check)
{
    enum us_err err = store_read_wait(site_store(site), read_check, check);

    return err != US_OK ? err : check->err;
}

static enum us_err queue(struct site *site, const struct check *check, const char *token)
{
    const struct delivery_send *what = check->what;
    const struct edition *edition = &check->edition;
    struct str said = STR_INIT;
    struct job *job = job_new();
    enum us_err err;

    (void)job_expect(job, STATEMENT_AUDIT_GUARD, US_CONFLICT,
                     VALUES(value_int(check->as_of), value_int(1)));
    (void)job_expect(job, STATEMENT_EDITION_SEND, US_CONFLICT,
                     VALUES(value_int(edition->row), value_blob(check->digest, DIGEST_SIZE)));
    err = outbox_queue(site, job,
                       &(struct outbox_letter){
                           .template = OUTBOX_DELIVERY,
                           .appeal = edition->appeal,
                           .reference = edition->row,
                           .language = edition->language,
                           .recipient = check->addressee->email,
                           .file = token,
                           .now = what->now,
                       });
    str_append_format(&said, "edition %" PRId64 ", addressee %s", edition->number,
                      edition->addressee);
    if (what->reason != NULL)
        str_append_format(&said, ": %s", what->reason);
    job_add_audit(job, &(struct job_audit){
                           .at = what->now,
                           .actor = what->actor,
                           .act = "delivery.send",
                           .subject = what->appeal->slug,
                           .reason = str_text(&said),
                       });
    if (err == US_OK)
        err = store_run(site_store(site), job);
    job_free(job);
    str_free(&said);
    return err;
}

static void make_token(char token[2 * TOKEN_BYTES + 1])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[TOKEN_BYTES];

    random_bytes(bytes, sizeof(bytes));
    for (size_t i = 0; i < TOKEN_BYTES; i++) {
        token[2 * i] = digits[bytes[i] >> 4];
        token[2 * i + 1] = digits[bytes[i] & 15];
    }
    token[2 * TOKEN_BYTES] = '\0';
}

/* Looks, queues; and looks again when somebody came between. */
static enum us_err send_written(struct site *site, struct check *check, const char *token)
{
    enum us_err err = queue(site, check, token);

    for (int i = 1; i < TRIES && err == US_CONFLICT; i++) {
        err = look(site, check);
        if (err != US_OK)
            return err;
        err = queue(site, check, token);
    }
    if (err == US_CONFLICT) {
        fault_set(check->fault, NULL, 0,
                  "signatures are being taken off just now; try again in a moment");
        err = US_BUSY;
    }
    return err;
}

enum us_err delivery_send(struct site *site, const struct delivery_send *what, struct fault *fault)
{
    struct check check = {.what = what, .fault = fault};
    char token[2 * TOKEN_BYTES + 1], *path;
    enum us_err err;

    if (what->len < strlen(PDF_MAGIC) || what->len > DELIVERY_FILE_MOST ||
        memcmp(what->file, PDF_MAGIC, strlen(PDF_MAGIC)) != 0) {
        fault_set(fault, NULL, 0, "a letter is a PDF of at most %zu MiB",
                  DELIVERY_FILE_MOST / 1024 / 1024);
        return US_INVALID;
    }
    digest_sha256(what->file, what->len, check.digest);
    err = look(site, &check);
    if (err == US_OK) {
        make_token(token);
        path = outbox_delivery_path(site, token);
        err = site_file_write(path, what->file, what->len, fault);
        if (err == US_OK)
            err = send_written(site, &check, token);
        if (err != US_OK)
            site_file_remove(path);
        free(path);
    }
    edition_clear(&check.edition);
    if (err == US_OK)
        site_mail_queued(site);
    return err;
}
