/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A letter may wait for the relay for days, and those it names may leave meanwhile. So each try
 * looks once more; and where somebody was taken off while it looked, it looks again.
 */
#include "appeal/edition_walk.h"
#include "appeal/outbox.h"

#define TRIES 16 /* how often others may come first */

struct looking {
    int64_t edition; /* its row */
    int64_t gone;
    enum us_err err; /* US_BUSY: somebody came between */
};

static enum us_err read_as_of(struct reader *reader, int64_t *out)
{
    struct query *query = query_start(reader, STATEMENT_AUDIT_LAST_SEQ, VALUES_NONE);

    *out = query_next(query) ? query_int(query, 0) : 0;
    return query_end(query);
}

/* What was read in more than one transaction holds if nobody was taken off meanwhile. */
static enum us_err read_holds(struct reader *reader, int64_t as_of)
{
    struct query *query;
    bool holds;
    enum us_err err;

    reader_refresh(reader);
    query = query_start(reader, STATEMENT_AUDIT_GUARD, VALUES(value_int(as_of), value_int(0)));
    holds = query_next(query);
    err = query_end(query);
    return err == US_OK && !holds ? US_BUSY : err;
}

static void read_look(struct reader *reader, void *arg)
{
    struct looking *looking = arg;
    struct edition_ids ids = {.count = 0};
    int64_t as_of;

    looking->err = read_as_of(reader, &as_of);
    if (looking->err == US_OK)
        looking->err = edition_read_ids(reader, looking->edition, &ids);
    if (looking->err == US_OK)
        looking->err = edition_count_gone(reader, &ids, &looking->gone);
    if (looking->err == US_OK && looking->gone == 0)
        looking->err = read_holds(reader, as_of);
    edition_ids_clear(&ids);
}

enum us_err outbox_look(struct site *site, const struct outbox_mail *mail)
{
    struct looking looking = {.edition = mail->reference};
    enum us_err err = US_BUSY;

    if (mail->delivery == NULL)
        return US_OK;
    for (int i = 0; i < TRIES && err == US_BUSY; i++) {
        err = store_read_wait(site_store(site), read_look, &looking);
        if (err == US_OK)
            err = looking.err;
    }
    if (err == US_OK && looking.gone > 0)
        err = US_CONFLICT;
    return err;
}
