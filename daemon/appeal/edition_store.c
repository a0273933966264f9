/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Writing editions. Numbers grow by one and are never given twice: paper in a drawer is called by
 * its number. So the newest of an appeal is not forgotten, however old it is.
 */
#include "appeal/edition_walk.h"
#include "base/clock.h"
#include "base/str.h"
#include "crypto/random.h"
#include "store/job.h"
#include <inttypes.h>
#include <stdlib.h>

#define TRIES 16 /* how often others may come first */

struct last {
    int64_t appeal, number;
    enum us_err err;
};

static void read_last(struct reader *reader, void *arg)
{
    struct last *last = arg;
    struct query *query =
        query_start(reader, STATEMENT_EDITION_LAST_NUMBER, VALUES(value_int(last->appeal)));

    if (query_next(query))
        last->number = query_int(query, 0);
    last->err = query_end(query);
}

static void add_insert(struct job *job, const struct edition_draft *draft, int64_t number,
                       int64_t now)
{
    const struct edition *edition = &draft->edition;
    size_t len;
    uint8_t *ids = edition_ids_pack(&draft->ids, &len);

    (void)job_expect(
        job, STATEMENT_EDITION_INSERT, US_CONFLICT,
        VALUES(value_int(random_id()), value_int(edition->appeal), value_int(number),
               value_int(edition->version), value_text(edition->addressee),
               value_text(addressee_kind_name(edition->addressee_kind)),
               value_text(edition->language), value_text(edition_kind_name(edition->kind)),
               value_text(letter_form_name(edition->form)),
               edition->supplement_of != 0 ? value_int(edition->supplement_of) : value_null(),
               value_blob(ids, len), value_int(edition->totals.named),
               value_int(edition->totals.counted), value_int(edition->totals.members),
               value_int(edition->totals.countries), value_int(now)));
    free(ids);
}

static enum us_err try_store(struct site *site, const struct edition_draft *draft,
                             const char *actor, const char *reason, int64_t number)
{
    const struct edition *edition = &draft->edition;
    int64_t now = clock_now();
    struct str said = STR_INIT;
    struct job *job = job_new();
    enum us_err err;

    str_append_format(&said,
                      "edition %" PRId64 ", %s, addressee %s, version %" PRId64 ", %" PRId64
                      " named, %" PRId64 " counted",
                      number, edition_kind_name(edition->kind), edition->addressee,
                      edition->version, edition->totals.named, edition->totals.counted);
    if (reason != NULL)
        str_append_format(&said, ": %s", reason);
    add_insert(job, draft, number, now);
    job_add_audit(job, &(struct job_audit){
                           .at = now,
                           .actor = actor,
                           .act = "export.letter",
                           .subject = draft->slug,
                           .reason = str_text(&said),
                       });
    err = store_run(site_store(site), job);
    job_free(job);
    str_free(&said);
    return err;
}

enum us_err edition_store(struct site *site, const struct edition_draft *draft, const char *actor,
                          const char *reason, int64_t *number)
{
    struct last last = {.appeal = draft->edition.appeal};
    enum us_err err = US_CONFLICT;

    if (draft->is_stopped)
        return US_CANCELLED; /* it does not hold all it should */
    for (int i = 0; i < TRIES && err == US_CONFLICT; i++) {
        err = store_read_wait(site_store(site), read_last, &last);
        if (err == US_OK)
            err = last.err;
        if (err == US_OK)
            err = try_store(site, draft, actor, reason, last.number + 1);
    }
    if (err == US_OK)
        *number = last.number + 1;
    return err == US_CONFLICT ? US_BUSY : err;
}

enum us_err edition_drawn(struct site *site, int64_t appeal, int64_t number,
                          const uint8_t digest[DIGEST_SIZE])
{
    struct job *job = job_new();
    enum us_err err;

    (void)job_expect(job, STATEMENT_EDITION_EXISTS, US_NOT_FOUND,
                     VALUES(value_int(appeal), value_int(number)));
    (void)job_expect(job, STATEMENT_EDITION_DRAW, US_CONFLICT,
                     VALUES(value_int(appeal), value_int(number), value_blob(digest, DIGEST_SIZE)));
    err = store_run(site_store(site), job);
    job_free(job);
    return err;
}

enum us_err edition_forget(struct site *site, int64_t now)
{
    struct job *job = job_new();
    enum us_err err;

    (void)job_add(job, STATEMENT_EDITION_FORGET,
                  VALUES(value_int(now - EDITION_FORGET_DAYS * CLOCK_DAY)));
    err = store_run(site_store(site), job);
    job_free(job);
    return err;
}
