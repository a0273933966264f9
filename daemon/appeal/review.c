/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "appeal/review.h"
#include "appeal/moderation.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "crypto/random.h"
#include "store/job.h"
#include <stdlib.h>
#include <string.h>

#define LOOK 16 /* candidates that are read at a time: as many as others may take before us */
#define APPEALS_MOST 1000
#define TRIES 20 /* looks, while others are faster every time */
#define SWEEP_MOST 500
#define REASON_ENTRIES 5000 /* of the audit log that are looked at */
#define REASON_ACTS 50

bool review_is_session(const char *session)
{
    size_t len = strlen(session);
    return len >= REVIEW_SESSION_LEAST && len <= REVIEW_SESSION_MOST &&
           strspn(session, "abcdefghijklmnopqrstuvwxyz0123456789") == len;
}

struct candidate {
    int64_t row, day;
};

struct look {
    const struct review_who *who;
    const struct review_choice *choice;
    struct review_place after; /* of a look that claims nothing */
    bool is_trial;
    struct candidate behind; /* those up to it are not looked for */
    struct review_left left;
    struct candidate found[LOOK]; /* in the order of days; of one day, of rows */
    size_t count;
    enum us_err err;
};

/* Puts it in its place, where it is among the first. */
static void add_candidate(struct look *look, struct candidate one)
{
    size_t at = look->count;
    while (at > 0 && (look->found[at - 1].day > one.day ||
                      (look->found[at - 1].day == one.day && look->found[at - 1].row > one.row)))
        at--;
    if (at == LOOK)
        return;
    size_t behind = (look->count < LOOK ? look->count : LOOK - 1) - at;
    memmove(look->found + at + 1, look->found + at, behind * sizeof *look->found);
    look->found[at] = one;
    if (look->count < LOOK)
        look->count++;
}

static enum us_err look_in(struct reader *reader, struct look *look, int64_t appeal,
                           enum signature_state state)
{
    const struct value name = value_text(signature_state_name(state));
    struct query *query =
        look->is_trial ? query_start(reader, STATEMENT_REVIEW_AHEAD,
                                     VALUES(value_int(appeal), name, value_int(look->behind.day),
                                            value_int(look->behind.row), value_int(LOOK)))
                       : query_start(reader, STATEMENT_REVIEW_FRESH,
                                     VALUES(value_int(appeal), name, value_int(look->who->now),
                                            value_int(LOOK)));
    while (query_next(query))
        add_candidate(look, (struct candidate){query_int(query, 0), query_int(query, 1)});
    return query_end(query);
}

/* The appeals that have some in that state. */
static enum us_err look_for(struct reader *reader, struct look *look, enum signature_state state)
{
    int64_t appeals[APPEALS_MOST];
    size_t count = 0;
    if (look->choice->appeal)
        return look_in(reader, look, look->choice->appeal, state);
    struct query *query =
        query_start(reader, STATEMENT_REVIEW_APPEALS,
                    VALUES(value_text(signature_state_name(state)), value_int(APPEALS_MOST)));
    while (query_next(query) && count < APPEALS_MOST)
        appeals[count++] = query_int(query, 0);
    enum us_err err = query_end(query);
    for (size_t i = 0; !err && i < count; i++)
        err = look_in(reader, look, appeals[i], state);
    return err;
}

static enum us_err look_for_skipped(struct reader *reader, struct look *look)
{
    struct query *query = query_start(
        reader, STATEMENT_REVIEW_SKIPPED,
        VALUES(value_int(look->who->now), value_int(look->choice->appeal),
               value_text(look->who->session), value_int(look->choice->since), value_int(LOOK)));
    while (query_next(query) && look->count < LOOK)
        look->found[look->count++] = (struct candidate){.row = query_int(query, 0)};
    return query_end(query);
}

static enum us_err read_count(struct query *query, int64_t *out)
{
    if (query_next(query))
        *out = query_int(query, 0);
    return query_end(query);
}

static enum us_err count_left(struct reader *reader, struct look *look)
{
    const struct value appeal = value_int(look->choice->appeal);
    const struct value session = value_text(look->who->session);
    enum us_err err = read_count(
        query_start(reader, STATEMENT_REVIEW_WAITING, VALUES(value_text("confirmed"), appeal)),
        &look->left.waiting);
    if (!err)
        err = read_count(
            query_start(reader, STATEMENT_REVIEW_WAITING, VALUES(value_text("held"), appeal)),
            &look->left.held);
    if (!err)
        err = read_count(query_start(reader, STATEMENT_REVIEW_PUT_OFF,
                                     VALUES(session, value_int(look->choice->since), appeal)),
                         &look->left.put_off);
    if (!err)
        err = read_count(query_start(reader, STATEMENT_REVIEW_TAKEN,
                                     VALUES(session, value_int(look->who->now), appeal)),
                         &look->left.taken);
    return err;
}

static void look_work(struct reader *reader, void *arg)
{
    struct look *look = arg;
    look->count = 0;
    look->err = look_for(reader, look, SIGNATURE_CONFIRMED);
    if (!look->err && look->count == 0)
        look->err = look_for(reader, look, SIGNATURE_HELD);
    if (!look->err && look->count == 0)
        look->err = look_for_skipped(reader, look);
    if (!look->err)
        look->err = count_left(reader, look);
}

static bool keep_place(const struct signature *signature, void *arg)
{
    *(struct candidate *)arg = (struct candidate){signature->row, signature->signed_on};
    return true;
}

static void look_behind_work(struct reader *reader, void *arg)
{
    static const struct candidate first = {INT64_MIN, INT64_MIN};
    struct look *look = arg;
    look->behind = first;
    look->err =
        look->after.id ? signature_find(reader, look->after.id, keep_place, &look->behind) : US_OK;
    if (!look->err && !look->after.is_of_held) {
        look->err = look_for(reader, look, SIGNATURE_CONFIRMED);
        look->behind = first;
    }
    look->left.is_of_held = look->count == 0;
    if (!look->err && look->count == 0)
        look->err = look_for(reader, look, SIGNATURE_HELD);
    if (!look->err)
        look->err = count_left(reader, look);
}

enum us_err review_look(struct site *site, const struct review_who *who,
                        const struct review_choice *choice, const struct review_place *after,
                        int64_t *row, struct review_left *left)
{
    struct look look = {.who = who, .choice = choice, .after = *after, .is_trial = true};
    enum us_err err = store_read_wait(site_store(site), look_behind_work, &look);
    if (!err)
        err = look.err;
    if (err)
        return err;
    *left = look.left;
    *row = look.count > 0 ? look.found[0].row : 0;
    return US_OK;
}

enum us_err review_next(struct site *site, const struct review_who *who,
                        const struct review_choice *choice, int64_t *row, struct review_left *left)
{
    struct look look = {.who = who, .choice = choice};
    for (int i = 0; i < TRIES; i++) {
        enum us_err err = store_read_wait(site_store(site), look_work, &look);
        if (!err)
            err = look.err;
        if (err)
            return err;
        *left = look.left;
        *row = 0;
        if (look.count == 0)
            return US_OK;
        /* Each candidate may have been claimed since it was read. */
        for (size_t at = 0; at < look.count; at++) {
            err = review_claim(site, who, look.found[at].row);
            if (err == US_OK)
                *row = look.found[at].row;
            if (err != US_CONFLICT)
                return err;
        }
    }
    return US_BUSY;
}

static enum us_err run(struct site *site, struct job *job)
{
    enum us_err err = store_run(site_store(site), job);
    job_free(job);
    return err;
}

enum us_err review_claim(struct site *site, const struct review_who *who, int64_t row)
{
    struct job *job = job_new();
    (void)job_expect(job, STATEMENT_REVIEW_CLAIM, US_CONFLICT,
                     VALUES(value_int(row), value_text(who->session), value_text(who->actor),
                            value_int(who->now + REVIEW_TERM), value_int(who->now)));
    return run(site, job);
}

enum us_err review_keep(struct site *site, const struct review_who *who)
{
    struct job *job = job_new();
    (void)job_add(job, STATEMENT_REVIEW_KEEP,
                  VALUES(value_text(who->session), value_int(who->now + REVIEW_TERM)));
    return run(site, job);
}

enum us_err review_skip(struct site *site, const struct review_who *who, int64_t row)
{
    struct job *job = job_new();
    (void)job_add(job, STATEMENT_REVIEW_SKIP,
                  VALUES(value_int(row), value_text(who->session), value_int(who->now)));
    return run(site, job);
}

enum us_err review_release(struct site *site, const struct review_who *who, int64_t row)
{
    struct job *job = job_new();
    (void)job_add(job, STATEMENT_REVIEW_RELEASE, VALUES(value_text(who->session), value_int(row)));
    (void)job_add(job, STATEMENT_REVIEW_SWEEP, VALUES(value_int(who->now), value_int(SWEEP_MOST)));
    return run(site, job);
}

enum us_err review_release_all(struct site *site)
{
    struct job *job = job_new();
    (void)job_add(job, STATEMENT_REVIEW_RELEASE_ALL, VALUES_NONE);
    return run(site, job);
}

/* The service's own words, which a person's are glued to where an act or a merge wrote the entry:
 * nobody gave them as a reason, and no signatory is to be mailed them. An act keeps its own apart.
 */
static bool is_of_service(const char *reason)
{
    const char *end = reason + strlen(reason), *at = end;
    if (strncmp(reason, MODERATION_MERGED, strlen(MODERATION_MERGED)) == 0)
        return true;
    while (at > reason && at[-1] >= '0' && at[-1] <= '9')
        at--;
    if (at == end || at - reason < 4 || strncmp(at - 4, "act ", 4) != 0)
        return false;
    at -= 4;
    return at == reason || (at - reason >= 2 && strncmp(at - 2, "; ", 2) == 0);
}

static void offer(char *out[REVIEW_REASONS_MOST], size_t *count, const char *reason)
{
    bool is_there = !*reason || *count == REVIEW_REASONS_MOST;
    for (size_t i = 0; i < *count; i++)
        is_there = is_there || strcmp(out[i], reason) == 0;
    if (!is_there)
        out[(*count)++] = mem_string(reason);
}

/* The acts' and the single decisions' reasons, the newest of both first. */
enum us_err review_reasons(struct reader *reader, char *out[REVIEW_REASONS_MOST], size_t *count)
{
    char *of_acts[REVIEW_REASONS_MOST];
    int64_t began[REVIEW_REASONS_MOST];
    size_t acts = 0, next = 0, n = 0;
    struct query *query =
        query_start(reader, STATEMENT_REVIEW_ACT_REASONS, VALUES(value_int(REASON_ACTS)));
    while (query_next(query)) {
        size_t before = acts;
        int64_t at = query_int(query, 0);
        offer(of_acts, &acts, query_text(query, 1));
        if (acts > before)
            began[before] = at;
    }
    enum us_err err = query_end(query);
    if (!err) {
        query = query_start(reader, STATEMENT_REVIEW_REASONS, VALUES(value_int(REASON_ENTRIES)));
        while (n < REVIEW_REASONS_MOST && query_next(query)) {
            while (next < acts && began[next] > query_int(query, 0))
                offer(out, &n, of_acts[next++]);
            if (!is_of_service(query_text(query, 1)))
                offer(out, &n, query_text(query, 1));
        }
        err = query_end(query);
    }
    while (!err && next < acts)
        offer(out, &n, of_acts[next++]);
    while (acts > 0)
        free(of_acts[--acts]);
    while (err && n > 0)
        free(out[--n]);
    *count = n;
    return err;
}

enum us_err review_note(struct site *site, const struct review_who *who, int64_t row,
                        const char *text, struct fault *fault)
{
    size_t len = strlen(text);
    if (len == 0 || len > 4 * REVIEW_NOTE_MOST || !utf8_is_valid(text, len) ||
        utf8_has_forbidden(text, len, false) || utf8_length(text, len) > REVIEW_NOTE_MOST) {
        fault_set(fault, NULL, 0,
                  "a note is one line of at most %d characters, without control characters",
                  REVIEW_NOTE_MOST);
        return US_INVALID;
    }
    struct job *job = job_new();
    (void)job_expect(job, STATEMENT_MODERATOR_NOTE_INSERT, US_NOT_FOUND,
                     VALUES(value_int(random_id()), value_int(row), value_int(who->now),
                            value_text(who->actor), value_text(text)));
    return run(site, job);
}
