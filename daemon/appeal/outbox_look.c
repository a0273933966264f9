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

struct standing {
    int64_t id;
    bool is_there;
    enum us_err err;
};

static void read_standing(struct reader *reader, void *arg)
{
    struct standing *standing = arg;
    struct query *query =
        query_start(reader, STATEMENT_OUTBOX_STANDS, VALUES(value_int(standing->id)));

    standing->is_there = query_next(query);
    standing->err = query_end(query);
}

enum us_err outbox_leave(struct site *site, const struct outbox_mail *mail)
{
    struct standing standing = {.id = mail->id};
    enum us_err err;

    site_mail_gate_close(site);
    err = store_read_wait(site_store(site), read_standing, &standing);
    if (err == US_OK)
        err = standing.err;
    if (err == US_OK && !standing.is_there)
        err = US_NOT_FOUND;
    if (err == US_OK)
        site_mail_leave(site, mail->id);
    site_mail_gate_open(site);
    return err;
}

void outbox_left(struct site *site, const struct outbox_mail *mail)
{
    site_mail_left(site, mail->id);
}
