/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A decision on all signatures of an appeal that a filter finds, as one act with a number that can
 * be looked at and undone. What it is about is frozen first, as ids in memory: who confirms later
 * is not touched, and what somebody decides meanwhile stands. It is carried out in batches, each
 * one job, so that signing goes on between them and whatever breaks leaves whole batches; running
 * it again goes on with what is left. Everything here waits, but what takes a reader.
 */
#ifndef APPEAL_ACT_H
#define APPEAL_ACT_H

#include "appeal/filter.h"
#include "appeal/moderation.h"

#define ACT_CHOSEN_MOST 5000000
#define ACT_SAMPLE 10

struct act_watch { /* what may look on; each may be NULL */
    void (*on_progress)(int64_t done, int64_t total, const char *what, void *arg);
    bool (*wants_stop)(void *arg);
    void *arg;
};

struct act_question {
    int64_t appeal;
    const struct filter *filter;
    int64_t as_of; /* act_choice.as_of of an earlier look: what changed since is left out; 0: now */
};

struct act_chosen {
    int64_t row;
    char country[4];  /* "": none */
    uint8_t state;    /* enum signature_state, when it was looked at */
    bool has_mailbox; /* its signatory can be told of a decision */
};

struct act_choice {            /* owned; act_choice_clear() */
    struct act_chosen *chosen; /* by row, ascending: in no order that anybody could tell */
    size_t count;
    int64_t unknown; /* left out because their domain is not known any more */
    int64_t as_of;
};

/* US_CANCELLED when it was to stop; US_LIMITED: more than ACT_CHOSEN_MOST. */
US_MUST_CHECK enum us_err act_choose(struct site *site, const struct act_question *question,
                                     const struct act_watch *watch, struct act_choice *out);
void act_choice_clear(struct act_choice *choice);
bool act_choice_has(const struct act_choice *choice, int64_t row);

struct act_params {
    int64_t appeal;
    const char *slug;
    enum decision decision;
    const char *filter; /* as it was typed */
    const char *reason; /* NULL: none; refuse and strike need one */
    const char *actor;
    bool tells; /* those refused; those listed are told always */
};

struct act_result {
    int64_t number; /* 0: there was nothing to do, so there is no act */
    int64_t chosen; /* that it applied to when it was looked at */
    int64_t done;
    int64_t skipped; /* changed meanwhile, or erased */
    bool is_stopped;
};
/* Also where it fails, *out says what was done till then. */
US_MUST_CHECK enum us_err act_run(struct site *site, const struct act_params *params,
                                  const struct act_choice *choice, const struct act_watch *watch,
                                  struct act_result *out, struct fault *fault);
/* Takes back what an act changed, as far as nobody has decided since: an act of its own.
 * US_NOT_FOUND; US_CONFLICT while it runs. */
struct act_undo {
    int64_t number;
    const char *reason, *actor;
    bool is_trial; /* only counts: done, skipped */
};
US_MUST_CHECK enum us_err act_undo(struct site *site, const struct act_undo *undo,
                                   const struct act_watch *watch, struct act_result *out,
                                   struct fault *fault);

struct act { /* borrowed strings while a callback runs */
    int64_t number, appeal;
    const char *slug, *decision, *filter, *actor, *reason, *state;
    bool is_undo, has_ended;
    int64_t undoes; /* is_undo: the act that it takes back */
    int64_t chosen, changed, undone;
    int64_t began_at, ended_at;
};
typedef bool act_callback(const struct act *act, void *arg);
/* Newest first; appeal 0: all. */
US_MUST_CHECK enum us_err act_each(struct reader *reader, int64_t appeal, act_callback *on_act,
                                   void *arg);
US_MUST_CHECK enum us_err act_find(struct reader *reader, int64_t number, act_callback *on_act,
                                   void *arg);

struct act_signature { /* that an act changed */
    int64_t row, decided_on, changed;
    const char *id, *organisation, *country;
    enum signature_state was, became, now;
    bool is_decided; /* before: decided_on */
    bool is_undone, can_undo;
};
typedef bool act_signature_callback(const struct act_signature *signature, void *arg);
/* By row, behind `after` (INT64_MIN: all). */
US_MUST_CHECK enum us_err act_each_signature(struct reader *reader, int64_t number, int64_t after,
                                             act_signature_callback *on_signature, void *arg);

/* When the store was opened: acts that were cut off are told to be stopped. */
US_MUST_CHECK enum us_err act_sweep(struct site *site);

#endif
