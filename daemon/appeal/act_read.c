/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Acts as they stand in the store. A page is copied, the read ended, and only then handed out. */
#include "appeal/act.h"
#include "base/log.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

#define PAGE_ACTS 64
#define PAGE_SIGNATURES 256

/* ---- acts ---- */

#define ACT_TEXTS 6

struct act_copy {
    struct act act;
    char *texts[ACT_TEXTS];
};

static void copy_act(struct query *query, struct act_copy *out)
{
    static const int columns[ACT_TEXTS] = {1, 2, 3, 5, 6, 7};
    for (size_t i = 0; i < ACT_TEXTS; i++)
        out->texts[i] = mem_string(query_text(query, columns[i]));
    out->act = (struct act){
        .number = query_int(query, 0),
        .slug = out->texts[0],
        .decision = out->texts[1],
        .filter = out->texts[2],
        .is_undo = !query_is_null(query, 4),
        .undoes = query_int(query, 4),
        .actor = out->texts[3],
        .reason = out->texts[4],
        .state = out->texts[5],
        .chosen = query_int(query, 8),
        .changed = query_int(query, 9),
        .undone = query_int(query, 10),
        .began_at = query_int(query, 11),
        .has_ended = !query_is_null(query, 12),
        .ended_at = query_int(query, 12),
        .appeal = query_int(query, 13),
    };
}

static void free_act(struct act_copy *copy)
{
    for (size_t i = 0; i < ACT_TEXTS; i++)
        free(copy->texts[i]);
}

enum us_err act_find(struct reader *reader, int64_t number, act_callback *on_act, void *arg)
{
    struct act_copy copy;
    struct query *query = query_start(reader, STATEMENT_ACT_FIND, VALUES(value_int(number)));
    bool is_there = query_next(query);
    if (is_there)
        copy_act(query, &copy);
    enum us_err err = query_end(query);
    if (is_there && !err)
        (void)on_act(&copy.act, arg);
    if (is_there)
        free_act(&copy);
    return !err && !is_there ? US_NOT_FOUND : err;
}

enum us_err act_each(struct reader *reader, int64_t appeal, act_callback *on_act, void *arg)
{
    struct act_copy copies[PAGE_ACTS];
    int64_t before = INT64_MAX;
    bool goes_on = true, is_last = false;
    while (goes_on && !is_last) {
        size_t count = 0;
        struct query *query =
            query_start(reader, STATEMENT_ACT_PAGE,
                        VALUES(value_int(appeal), value_int(before), value_int(PAGE_ACTS)));
        while (count < PAGE_ACTS && query_next(query)) {
            copy_act(query, &copies[count]);
            before = copies[count++].act.number;
        }
        enum us_err err = query_end(query);
        is_last = err || count < PAGE_ACTS;
        if (!err)
            reader_refresh(reader);
        for (size_t i = 0; i < count; i++) {
            goes_on = goes_on && !err && on_act(&copies[i].act, arg);
            free_act(&copies[i]);
        }
        if (err)
            return err;
    }
    return US_OK;
}

/* ---- their signatures ---- */

#define SIGNATURE_TEXTS 3

struct signature_copy {
    struct act_signature signature;
    char *texts[SIGNATURE_TEXTS];
};

/* False: a word in it is none of ours; nothing was copied. */
static bool copy_signature(struct query *query, struct signature_copy *out)
{
    static const int columns[SIGNATURE_TEXTS] = {6, 7, 8};
    struct act_signature s = {
        .row = query_int(query, 0),
        .is_decided = !query_is_null(query, 3),
        .decided_on = query_int(query, 3),
        .changed = query_int(query, 4),
        .is_undone = query_int(query, 5) != 0,
        .can_undo = query_int(query, 10) != 0,
    };
    if (!signature_state_from_name(query_text(query, 1), &s.was) ||
        !signature_state_from_name(query_text(query, 2), &s.became) ||
        !signature_state_from_name(query_text(query, 9), &s.now))
        return false;
    for (size_t i = 0; i < SIGNATURE_TEXTS; i++)
        out->texts[i] = mem_string(query_text(query, columns[i]));
    s.id = out->texts[0];
    s.organisation = out->texts[1];
    s.country = out->texts[2];
    out->signature = s;
    return true;
}

static bool give(struct signature_copy *copies, size_t count, act_signature_callback *on_signature,
                 void *arg)
{
    bool goes_on = true;
    for (size_t i = 0; i < count; i++) {
        goes_on = goes_on && on_signature && on_signature(&copies[i].signature, arg);
        for (size_t k = 0; k < SIGNATURE_TEXTS; k++)
            free(copies[i].texts[k]);
    }
    return goes_on;
}

enum us_err act_each_signature(struct reader *reader, int64_t number, int64_t after,
                               act_signature_callback *on_signature, void *arg)
{
    struct signature_copy *copies = mem_alloc(PAGE_SIGNATURES * sizeof *copies);
    bool goes_on = true, is_last = false;
    enum us_err err = US_OK;
    while (goes_on && !is_last && !err) {
        size_t count = 0, seen = 0;
        struct query *query =
            query_start(reader, STATEMENT_ACT_SIGNATURE_PAGE,
                        VALUES(value_int(number), value_int(after), value_int(PAGE_SIGNATURES)));
        while (query_next(query)) {
            seen++;
            after = query_int(query, 0);
            count += copy_signature(query, &copies[count]);
        }
        err = query_end(query);
        if (!err)
            reader_refresh(reader);
        is_last = seen < PAGE_SIGNATURES;
        goes_on = give(copies, count, err ? NULL : on_signature, arg);
    }
    free(copies);
    return err;
}

/* ---- those that were cut off ---- */

struct cut {
    int64_t number;
    enum us_err err;
};

static void read_running(struct reader *reader, void *arg)
{
    struct cut *cut = arg;
    struct query *query = query_start(reader, STATEMENT_ACT_RUNNING, VALUES_NONE);
    if (query_next(query))
        cut->number = query_int(query, 0);
    cut->err = query_end(query);
}

enum us_err act_sweep(struct site *site)
{
    struct cut cut = {0};
    enum us_err err = store_read_wait(site_store(site), read_running, &cut);
    if (!err)
        err = cut.err;
    if (err || cut.number == 0)
        return err;
    log_warning("act %lld was cut off: what it did stands; run its command again to go on, or undo "
                "it",
                (long long)cut.number);
    struct job *job = job_new();
    (void)job_add(job, STATEMENT_ACT_STOP_ALL, VALUES_NONE);
    err = store_run(site_store(site), job);
    job_free(job);
    return err;
}
