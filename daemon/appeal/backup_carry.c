/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * In jobs of so many rows, each of which counters, lists and public letters go with, as where a
 * signatory or a moderator does it. What the restored one lacks, it is made to remember.
 */
#include "appeal/backup_carry.h"
#include "appeal/backup_carry_parts.h"
#include "appeal/backup_since.h"
#include "appeal/erasure.h"
#include "appeal/signature_change.h"
#include "base/log.h"
#include "base/mem.h"
#include <stdlib.h>

struct change { /* of one that the restored one has */
    struct backup_known now;
    struct backup_since since;
    struct signatory_row row;
};

struct carrying {
    const struct backup_carry *carry;
    struct store *restored;
    struct backup_known known[BACKUP_CARRY_ROWS]; /* as the present database says */
    size_t count;
    struct change changes[BACKUP_CARRY_ROWS]; /* their `now` is borrowed from those */
    size_t change_count;
    const struct backup_known *missing[BACKUP_CARRY_ROWS];
    size_t missing_count;
    enum us_err err;
};

static void clear(struct carrying *carrying)
{
    for (size_t i = 0; i < carrying->count; i++)
        backup_known_clear(&carrying->known[i]);
    for (size_t i = 0; i < carrying->change_count; i++)
        signatory_row_clear(&carrying->changes[i].row);
    carrying->count = carrying->change_count = carrying->missing_count = 0;
}

/* ---- what the restored one has of them ---- */

static enum us_err find_row(struct reader *reader, struct carrying *carrying,
                            const struct backup_known *now)
{
    struct change *change = &carrying->changes[carrying->change_count];
    struct backup_known then;
    enum us_err err = backup_known_find(reader, now, &then);

    if (err == US_NOT_FOUND) {
        carrying->missing[carrying->missing_count++] = now;
        return US_OK;
    }
    if (err != US_OK)
        return err;
    *change = (struct change){.now = *now, .since = backup_since_compare(now, &then)};
    if (backup_since_is_carried(&change->since)) {
        err = signatory_row_find(reader, then.row, &change->row);
        if (err == US_OK)
            carrying->change_count++;
    }
    backup_known_clear(&then);
    return err;
}

static void find_rows(struct reader *reader, void *arg)
{
    struct carrying *carrying = arg;

    carrying->err = US_OK;
    for (size_t i = 0; carrying->err == US_OK && i < carrying->count; i++)
        carrying->err = find_row(reader, carrying, &carrying->known[i]);
}

/* ---- doing it again ---- */

static void add_change(struct job *job, const struct backup_carry *carry,
                       const struct signature *signature, enum signature_state to, const char *act)
{
    signature_change_add(job, &(struct signature_change){
                                  .signature = signature,
                                  .to = to,
                                  .at = backup_carry_day(carry),
                                  .actor = carry->actor,
                                  .act = act,
                                  .reason = BACKUP_CARRY_REASON,
                              });
}

static void add_withdrawal(struct job *job, const struct backup_carry *carry,
                           const struct signatory_row *row)
{
    const struct signature *s = &row->row.signature;

    erasure_add_withdrawal(job, row, SIGNATURE_WITHDRAWN);
    add_change(job, carry, s, SIGNATURE_WITHDRAWN,
               s->state == SIGNATURE_LISTED ? "signature.withdraw" : "signature.withdraw-unlisted");
}

static const char *act_to(enum signature_state to)
{
    switch (to) {
    case SIGNATURE_STRUCK:
        return "signature.strike";
    case SIGNATURE_REFUSED:
        return "signature.refuse";
    case SIGNATURE_HELD:
        return "signature.hold";
    default:
        return "signature.unlist";
    }
}

/* Nobody is mailed: whoever was to be told has been. */
static void add_move(struct job *job, const struct backup_carry *carry, struct change *change)
{
    struct signature *s = &change->row.row.signature;
    enum signature_state to = change->now.state;

    (void)job_expect(
        job, STATEMENT_SIGNATURE_DECIDE, US_CONFLICT,
        VALUES(value_int(s->row), value_text(signature_state_name(s->state)),
               value_text(signature_state_name(to)),
               change->now.has_decision ? value_int(change->now.decided_on) : value_null(),
               value_blob(change->row.digest, DIGEST_SIZE), value_null(), value_int(1),
               value_audit_seq(), value_int(-1)));
    /* What takes a listed one off stops letters, and has an act that says so. */
    if (s->state == SIGNATURE_LISTED && to != SIGNATURE_STRUCK && to != SIGNATURE_CONFIRMED)
        backup_carry_audit(job, carry, "signature.unlist", s->id);
    add_change(job, carry, s, to, act_to(to));
    s->state = to;
}

static void add_steps(struct job *job, const struct backup_carry *carry, struct change *change)
{
    const struct backup_since *since = &change->since;
    const struct signature *s = &change->row.row.signature;

    if (since->drops_logo) {
        (void)job_add(job, STATEMENT_LOGO_DELETE, VALUES(value_int(s->row)));
        backup_carry_audit(job, carry, "logo.remove", s->id);
    }
    if (since->drops_news)
        (void)job_add(job, STATEMENT_SIGNATURE_SET_UPDATES,
                      VALUES(value_int(s->row), value_int(0)));
    if (since->withdraws)
        add_withdrawal(job, carry, &change->row);
    if (since->moves)
        add_move(job, carry, change);
    if (since->erases)
        backup_carry_erase(job, carry, &change->row);
}

static void add_missing(struct job *job, const struct backup_known *known)
{
    (void)job_add(job, STATEMENT_SINCE_KEEP,
                  VALUES(value_int(known->row), value_text(known->id),
                         value_text(signature_state_name(known->state)),
                         value_int(known->is_erased),
                         known->has_decision ? value_int(known->decided_on) : value_null(),
                         value_int(known->wants_news),
                         value_blob(known->has_logo ? known->logo : NULL, DIGEST_SIZE),
                         known->has_end ? value_int(known->until) : value_null()));
    if (!backup_since_ends_form(known))
        return;
    (void)job_add(job, STATEMENT_PENDING_DELETE, VALUES(value_int(known->row)));
    (void)job_add(job, STATEMENT_OUTBOX_FORGET, VALUES(value_int(known->row)));
}

static enum us_err write_rows(struct carrying *carrying)
{
    struct job *job = job_new();
    int64_t appeal = 0;
    enum us_err err;

    for (size_t i = 0; i < carrying->change_count; i++) {
        struct change *change = &carrying->changes[i];
        const struct signature *s = &change->row.row.signature;
        add_steps(job, carrying->carry, change);
        /* What was drawn with it, and did not leave, cannot leave any more. */
        if (s->appeal != appeal)
            (void)job_add(job, STATEMENT_RETENTION_EDITIONS, VALUES(value_int(s->appeal)));
        appeal = s->appeal;
    }
    for (size_t i = 0; i < carrying->missing_count; i++)
        add_missing(job, carrying->missing[i]);
    err = store_run(carrying->restored, job);
    job_free(job);
    return err;
}

static enum us_err carry_some(struct carrying *carrying, int64_t *carried)
{
    enum us_err err = store_read_wait(carrying->restored, find_rows, carrying);

    if (err == US_OK)
        err = carrying->err;
    if (err == US_OK && carrying->change_count + carrying->missing_count > 0)
        err = write_rows(carrying);
    if (err == US_OK)
        *carried += (int64_t)carrying->change_count;
    return err;
}

static enum us_err carry_signatures(struct reader *old, struct store *restored,
                                    const struct backup_carry *carry, int64_t *carried,
                                    enum us_err *read)
{
    struct carrying *carrying = MEM_NEW(struct carrying);
    struct backup_known_place place = {.has_begun = false};
    enum us_err err = US_OK;

    carrying->carry = carry;
    carrying->restored = restored;
    while (err == US_OK && *read == US_OK && !place.is_over) {
        *read =
            backup_known_page(old, &place, carrying->known, BACKUP_CARRY_ROWS, &carrying->count);
        err = carry_some(carrying, carried);
        clear(carrying);
    }
    free(carrying);
    return err;
}

enum us_err backup_carry(struct side *old, struct store *restored, const struct backup_carry *carry,
                         struct backup_carried *out)
{
    struct backup_carried carried = {.signatures = 0};
    enum us_err err = US_OK, read = US_OK;

    if (old != NULL) {
        struct reader *reader = side_begin(old);
        err = carry_signatures(reader, restored, carry, &carried.signatures, &read);
        if (err == US_OK && read == US_OK)
            err = backup_carry_acts(reader, restored, &carried.acts, &read);
        if (err == US_OK)
            err = backup_carry_appeals(reader, restored, carry, &carried, &read);
        side_end(old);
    }
    if (err == US_OK)
        err = backup_carry_destroyed(restored, carry, &carried);
    if (read != US_OK)
        log_warning("backup: the present database cannot be read to its end (%s)", err_name(read));
    carried.is_whole = old != NULL && read == US_OK;
    *out = carried;
    return err;
}
