/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What moderators decide, what the lists show of it to whom, and that counters and rows are what
 * they were. On a real store with real keys.
 */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal/signature_merge.h"
#include "appeal_world.h"
#include "base/clock.h"
#include "base/mem.h"
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BEFORE "policy = before\n"
#define ID_SIZE 32

static int setup(void **state)
{
    struct world *world = MEM_NEW(struct world);
    world_make(world, BEFORE);
    world->config.limits_mails_per_appeal = 1000;
    world->config.limits_mails_per_day = 1000;
    world->config.limits_organisations_per_mailbox = 1000;
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    world_remove(*state);
    free(*state);
    return 0;
}

struct entry {
    const char *name, *country, *kind;
    enum visibility visibility;
    const char *members;
};

static void submit_entry(struct world *world, const struct entry *entry)
{
    struct submission submission;
    world_fill(&submission, entry->name, NULL);
    if (entry->country)
        world_set(&submission, FIELD_COUNTRY, entry->country);
    if (entry->kind)
        world_set(&submission, FIELD_KIND, entry->kind);
    if (entry->members)
        world_set(&submission, FIELD_MEMBERS, entry->members);
    world_set(&submission, FIELD_VISIBILITY, visibility_name(entry->visibility));
    assert_int_equal(world_submit(world, &submission), US_OK);
    submission_clear(&submission);
}

/* Confirms all that was submitted; ids may be NULL. The ids come in no order. */
static void confirm_all(struct world *world, size_t count, char (*ids)[ID_SIZE])
{
    struct outbox_mail *mails;
    assert_int_equal(world_mails(world, &mails), count);
    for (size_t i = 0; i < count; i++) {
        struct signing_receipt receipt;
        assert_int_equal(world_confirm(world, mails[i].token, &receipt), US_OK);
        assert_int_equal(outbox_accepted(world->site, &mails[i], world->now), US_OK);
        if (ids)
            memcpy(ids[i], receipt.public_id, ID_SIZE);
    }
    world_mails_free(mails, count);
}

static void sign_entry(struct world *world, const struct entry *entry, char id[ID_SIZE])
{
    submit_entry(world, entry);
    confirm_all(world, 1, (char(*)[ID_SIZE])id);
}

struct state_of {
    const char *id;
    enum signature_state state;
    enum us_err err;
};

static bool on_state(const struct signature *signature, void *arg)
{
    ((struct state_of *)arg)->state = signature->state;
    return true;
}

static void state_work(struct reader *reader, void *arg)
{
    struct state_of *of = arg;
    of->err = signature_find(reader, of->id, on_state, of);
}

static enum signature_state state_of(struct world *world, const char *id)
{
    struct state_of of = {.id = id};
    world_read(world, state_work, &of);
    assert_int_equal(of.err, US_OK);
    return of.state;
}

/* Every decision in every state that a signature can be in. */
#define C SIGNATURE_CONFIRMED
#define H SIGNATURE_HELD
#define L SIGNATURE_LISTED
#define R SIGNATURE_REFUSED
#define S SIGNATURE_STRUCK
#define NO SIGNATURE_STATE_COUNT

static const enum signature_state targets[DECISION_COUNT][5] = {
    /* from           confirmed held listed refused struck */
    [DECISION_APPROVE] = {L, L, L, NO, NO}, [DECISION_HOLD] = {H, H, NO, NO, NO},
    [DECISION_REFUSE] = {R, R, NO, R, NO},  [DECISION_STRIKE] = {NO, NO, S, NO, S},
    [DECISION_RESTORE] = {C, C, L, C, L},   [DECISION_UNLIST] = {C, NO, C, NO, NO},
};

static void bring_to(struct world *world, const char *id, enum signature_state state)
{
    if (state == H)
        assert_int_equal(world_decide(world, id, DECISION_HOLD, NULL, NULL), US_OK);
    if (state == L || state == S)
        assert_int_equal(world_decide(world, id, DECISION_APPROVE, NULL, NULL), US_OK);
    if (state == S)
        assert_int_equal(world_decide(world, id, DECISION_STRIKE, "false", NULL), US_OK);
    if (state == R)
        assert_int_equal(world_decide(world, id, DECISION_REFUSE, "false", NULL), US_OK);
    assert_int_equal(state_of(world, id), state);
}

static void test_every_transition(void **state)
{
    struct world *world = *state;
    int64_t rows = 0;
    for (int decision = 0; decision < DECISION_COUNT; decision++) {
        for (int from = 0; from < 5; from++) {
            char id[ID_SIZE], name[32];
            bool changed = false;
            snprintf(name, sizeof name, "Union %c%c", 'A' + decision, 'A' + from);
            world_sign(world, name, NULL);
            struct outbox_mail *mails;
            size_t count = world_mails(world, &mails);
            for (size_t i = 0; i < count; i++) {
                struct signing_receipt receipt;
                if (mails[i].template == OUTBOX_CONFIRM) {
                    assert_int_equal(world_confirm(world, mails[i].token, &receipt), US_OK);
                    memcpy(id, receipt.public_id, ID_SIZE);
                }
                assert_int_equal(outbox_accepted(world->site, &mails[i], world->now), US_OK);
            }
            world_mails_free(mails, count);
            rows++;
            bring_to(world, id, from);
            enum signature_state to = targets[decision][from];
            enum us_err err = world_decide(world, id, decision, "why", &changed);
            assert_int_equal(err, to == NO ? US_CONFLICT : US_OK);
            assert_int_equal(changed, to != NO && to != (enum signature_state)from);
            assert_int_equal(state_of(world, id), to == NO ? (enum signature_state)from : to);
        }
    }
    assert_int_equal(world_check(world), rows);
}

static void test_what_is_asked_for(void **state)
{
    struct world *world = *state;
    char id[ID_SIZE], *longest = mem_zero(1002);
    memset(longest, 'x', 1001);
    sign_entry(world, &(struct entry){.name = "Union"}, id);
    assert_int_equal(world_decide(world, id, DECISION_REFUSE, NULL, NULL), US_INVALID);
    assert_int_equal(world_decide(world, id, DECISION_REFUSE, "", NULL), US_INVALID);
    assert_int_equal(world_decide(world, id, DECISION_REFUSE, "a\x1b[31m", NULL), US_INVALID);
    assert_int_equal(world_decide(world, id, DECISION_REFUSE, "\xff", NULL), US_INVALID);
    assert_int_equal(world_decide(world, id, DECISION_REFUSE, longest, NULL), US_INVALID);
    assert_int_equal(world_decide(world, "nosuchsignature", DECISION_HOLD, NULL, NULL),
                     US_NOT_FOUND);
    assert_int_equal(state_of(world, id), SIGNATURE_CONFIRMED);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM audit WHERE act = "
                                         "'signature.refuse'"),
                     0);
    free(longest);
}

/* The mailbox moves into the mail that tells of the decision; the row keeps none. */
static void test_decision_is_mailed(void **state)
{
    static const struct {
        enum decision decision;
        enum outbox_template template;
        const char *reason;
    } cases[] = {{DECISION_APPROVE, OUTBOX_LISTED, NULL},
                 {DECISION_REFUSE, OUTBOX_REFUSED, "The congress knows nothing of it."}};
    struct world *world = *state;
    for (size_t i = 0; i < 2; i++) {
        char id[ID_SIZE];
        struct outbox_mail mail;
        sign_entry(world, &(struct entry){.name = i ? "Union Two" : "Union One"}, id);
        assert_int_equal(world_number(world, "SELECT COUNT(mailbox) FROM signature"), 1);
        assert_int_equal(world_decide(world, id, DECISION_HOLD, NULL, NULL), US_OK);
        assert_int_equal(world_number(world, "SELECT COUNT(mailbox) FROM signature"), 1);
        assert_int_equal(world_number(world, "SELECT COUNT(*) FROM outbox"), 0);
        assert_int_equal(world_decide(world, id, cases[i].decision, cases[i].reason, NULL), US_OK);
        assert_int_equal(world_number(world, "SELECT COUNT(mailbox) FROM signature"), 0);
        assert_int_equal(world_number(world, "SELECT COUNT(mail_domain) FROM signature"), i + 1);
        world_take_mail(world, &mail);
        assert_int_equal(mail.template, cases[i].template);
        assert_string_equal(mail.recipient, "office@mayak.example");
        assert_string_equal(mail.public_id, id);
        assert_string_equal(mail.organisation, i ? "Union Two" : "Union One");
        assert_string_equal(mail.title, "О новом законе");
        assert_string_equal(mail.token, "");
        if (cases[i].reason)
            assert_string_equal(mail.reason, cases[i].reason);
        else
            assert_null(mail.reason);
        outbox_mail_free(&mail);
    }
    /* Undone and done again, there is nobody to write to any more. */
    char id[ID_SIZE];
    sign_entry(world, &(struct entry){.name = "Union Three"}, id);
    assert_int_equal(world_decide(world, id, DECISION_REFUSE, "no", NULL), US_OK);
    assert_int_equal(world_decide(world, id, DECISION_RESTORE, NULL, NULL), US_OK);
    assert_int_equal(world_decide(world, id, DECISION_APPROVE, NULL, NULL), US_OK);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM outbox"), 1);
    /* The domain stays thirty days after the decision. */
    assert_int_equal(signing_expire(world->site, world->now + 29 * CLOCK_DAY), US_OK);
    assert_int_equal(world_number(world, "SELECT COUNT(mail_domain) FROM signature"), 3);
    assert_int_equal(signing_expire(world->site, world->now + 32 * CLOCK_DAY), US_OK);
    assert_int_equal(world_number(world, "SELECT COUNT(mail_domain) FROM signature"), 0);
    assert_int_equal(world_check(world), 3);
}

/* Told of a merge is who was shown then, and still is when the mail leaves. */
static void test_merge_tells_of_who_is_shown(void **state)
{
    static const struct {
        enum decision before, after; /* of the kept one; HOLD: it waits, or stays listed */
    } cases[] = {{DECISION_APPROVE, DECISION_HOLD},
                 {DECISION_APPROVE, DECISION_STRIKE},
                 {DECISION_HOLD, DECISION_APPROVE}};
    struct world *world = *state;
    for (size_t i = 0; i < 3; i++) {
        char keep[ID_SIZE], other[ID_SIZE], name[] = "Union A";
        struct signature_merged merged;
        struct fault fault = {0};
        struct outbox_mail mail, *mails;
        name[6] = 'A' + i;
        sign_entry(world, &(struct entry){.name = name}, keep);
        assert_int_equal(world_decide(world, keep, cases[i].before, NULL, NULL), US_OK);
        if (i < 2) {
            world_take_mail(world, &mail);
            outbox_mail_free(&mail);
        }
        name[6] = 'X' + i;
        sign_entry(world, &(struct entry){.name = name}, other);
        const struct signature_merge merge = {keep, other, "unix:test", "no", false};
        assert_int_equal(signature_merge(world->site, &merge, &merged, &fault), US_OK);
        signature_merged_clear(&merged);
        if (i > 0)
            assert_int_equal(world_decide(world, keep, cases[i].after, "no", NULL), US_OK);
        size_t count = world_mails(world, &mails), at = 0;
        while (at < count && mails[at].template != OUTBOX_REFUSED)
            at++;
        assert_true(at < count && strcmp(mails[at].public_id, other) == 0);
        assert_int_equal(mails[at].merged != NULL, i == 0);
        for (size_t k = 0; k < count; k++)
            assert_int_equal(outbox_accepted(world->site, &mails[k], world->now), US_OK);
        world_mails_free(mails, count);
    }
}

/* A waiting signature's mailbox is kept until somebody decides. */
static void test_undecided_keep_their_mailbox(void **state)
{
    struct world *world = *state;
    char id[ID_SIZE];
    sign_entry(world, &(struct entry){.name = "Union"}, id);
    assert_int_equal(signing_expire(world->site, world->now + 90 * CLOCK_DAY), US_OK);
    assert_int_equal(world_number(world, "SELECT COUNT(mailbox) FROM signature"), 1);
}

static void test_pages_hear_of_it(void **state)
{
    struct world *world = *state;
    char id[ID_SIZE];
    int64_t appeal = world->appeal->id;
    sign_entry(world, &(struct entry){.name = "Union"}, id);
    struct site_generation g0 = site_generation(world->site, appeal), g;
    assert_int_equal(world_decide(world, id, DECISION_HOLD, NULL, NULL), US_OK);
    g = site_generation(world->site, appeal);
    assert_int_equal(g.changes, g0.changes);
    assert_int_equal(world_decide(world, id, DECISION_APPROVE, NULL, NULL), US_OK);
    g = site_generation(world->site, appeal);
    assert_int_equal(g.changes, g0.changes + 1);
    assert_int_equal(g.removals, g0.removals);
    assert_int_equal(world_decide(world, id, DECISION_STRIKE, "false", NULL), US_OK);
    g = site_generation(world->site, appeal);
    assert_int_equal(g.changes, g0.changes + 2);
    assert_int_equal(g.removals, g0.removals + 1);
    assert_int_equal(world_decide(world, id, DECISION_STRIKE, "false", NULL), US_OK);
    assert_int_equal(site_generation(world->site, appeal).changes, g.changes);
}

/* Refused and struck keep their place: the same organisation cannot come again by that mailbox. */
static void test_refused_keep_their_place(void **state)
{
    struct world *world = *state;
    char id[ID_SIZE];
    struct outbox_mail *mails;
    sign_entry(world, &(struct entry){.name = "Union"}, id);
    world_sign(world, "Union", NULL);
    assert_int_equal(world_decide(world, id, DECISION_REFUSE, "no", NULL), US_OK);
    size_t count = world_mails(world, &mails);
    assert_int_equal(count, 2);
    for (size_t i = 0; i < count; i++)
        assert_int_not_equal(mails[i].template, OUTBOX_CONFIRM);
    world_mails_free(mails, count);
}

static void test_random_walk(void **state)
{
    enum { ENTRIES = 12, STEPS = 400 };
    static const char *const countries[] = {"KZ", "DE", "FR"};
    struct world *world = *state;
    char ids[ENTRIES][ID_SIZE], name[32], members[16];
    for (int i = 0; i < ENTRIES; i++) {
        snprintf(name, sizeof name, "Union %c", 'A' + i);
        snprintf(members, sizeof members, "%d", 100 + i);
        submit_entry(world, &(struct entry){.name = name,
                                            .country = countries[i % 3],
                                            .members = i % 4 ? members : ""});
    }
    confirm_all(world, ENTRIES, ids);
    unsigned seed = 20261122;
    int changes = 0;
    for (int i = 0; i < STEPS; i++) {
        bool changed = false;
        enum us_err err = world_decide(world, ids[rand_r(&seed) % ENTRIES],
                                       (enum decision)(rand_r(&seed) % 5), "walk", &changed);
        assert_true(err == US_OK || err == US_CONFLICT);
        changes += changed;
        if (i % 50 == 0)
            assert_int_equal(world_check(world), ENTRIES);
    }
    assert_true(changes > 50);
    assert_int_equal(world_check(world), ENTRIES);
    assert_int_equal(world_number(world, "SELECT MIN(signatures) < 0 FROM counter"), 0);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM audit WHERE act LIKE "
                                         "'signature.%' AND act <> 'signature.confirm'"),
                     changes);
}

struct decider {
    struct world *world;
    const char *id;
    enum decision decision;
    bool changed;
    enum us_err err;
    pthread_t thread;
};

static void *decide(void *arg)
{
    struct decider *decider = arg;
    decider->err =
        world_decide(decider->world, decider->id, decider->decision, "race", &decider->changed);
    return NULL;
}

/* Of many moderators at once, one decides. */
static void test_moderators_at_once(void **state)
{
    enum { DECIDERS = 16 };
    struct world *world = *state;
    for (int round = 0; round < 5; round++) {
        struct decider deciders[DECIDERS];
        char id[ID_SIZE], name[32];
        int changed = 0;
        snprintf(name, sizeof name, "Union %c", 'A' + round);
        world_sign(world, name, NULL);
        struct outbox_mail *mails;
        size_t count = world_mails(world, &mails);
        for (size_t i = 0; i < count; i++) {
            struct signing_receipt receipt;
            if (mails[i].template != OUTBOX_CONFIRM)
                continue;
            assert_int_equal(world_confirm(world, mails[i].token, &receipt), US_OK);
            memcpy(id, receipt.public_id, ID_SIZE);
        }
        world_mails_free(mails, count);
        for (int i = 0; i < DECIDERS; i++) {
            deciders[i] = (struct decider){
                .world = world, .id = id, .decision = i % 2 ? DECISION_APPROVE : DECISION_REFUSE};
            pthread_create(&deciders[i].thread, NULL, decide, &deciders[i]);
        }
        for (int i = 0; i < DECIDERS; i++) {
            pthread_join(deciders[i].thread, NULL);
            changed += deciders[i].changed;
            assert_true(deciders[i].err == US_OK || deciders[i].err == US_CONFLICT);
        }
        assert_int_equal(changed, 1);
    }
    assert_int_equal(world_check(world), 5);
}

struct sight {
    enum audience audience;
    int64_t version;
    int organisations, persons;
    bool has_other_visibility, has_marks[VISIBILITY_COUNT];
    struct signature_totals totals;
    struct world *world;
    enum us_err err;
};

static bool on_shown(const struct signature *signature, void *arg)
{
    struct sight *shown = arg;
    shown->organisations++;
    shown->persons += signature->representative && signature->capacity;
    assert_true((signature->representative != NULL) == (signature->capacity != NULL));
    /* The organisation's name ends in the number of what it chose. */
    int chosen = signature->organisation[strlen(signature->organisation) - 1] - 'A';
    shown->has_marks[chosen] = true;
    shown->has_other_visibility =
        shown->has_other_visibility || (signature->visibility != VISIBILITY_PUBLIC &&
                                        signature->visibility != VISIBILITY_ORGANISATION);
    return true;
}

static void shown_work(struct reader *reader, void *arg)
{
    struct sight *shown = arg;
    shown->err = signature_each_shown(reader, shown->world->appeal->id, shown->version,
                                      shown->audience, on_shown, shown, &shown->totals);
}

#define X SHOWN_COUNTED
#define O SHOWN_ORGANISATION
#define P SHOWN_PERSON

/* All cells of the table: one signature of each visibility, seen by each audience. */
static void test_every_cell(void **state)
{
    static const enum shown table[VISIBILITY_COUNT][AUDIENCE_COUNT] = {
        /* public, government, company, federation, international */
        [VISIBILITY_PUBLIC] = {P, P, P, P, P},     [VISIBILITY_ORGANISATION] = {O, O, O, O, P},
        [VISIBILITY_RECIPIENTS] = {X, P, P, P, P}, [VISIBILITY_INTERNATIONAL] = {X, X, X, P, P},
        [VISIBILITY_COUNTED] = {X, X, X, X, X},
    };
    struct world *world = *state;
    char ids[VISIBILITY_COUNT + 1][ID_SIZE], name[32];
    for (int v = 0; v < VISIBILITY_COUNT; v++) {
        snprintf(name, sizeof name, "Union %c", 'A' + v);
        submit_entry(world, &(struct entry){.name = name, .visibility = (enum visibility)v});
    }
    confirm_all(world, VISIBILITY_COUNT, ids);
    for (int v = 0; v < VISIBILITY_COUNT; v++)
        assert_int_equal(world_decide(world, ids[v], DECISION_APPROVE, NULL, NULL), US_OK);
    for (int a = 0; a < AUDIENCE_COUNT; a++) {
        struct sight shown = {.world = world, .audience = (enum audience)a, .version = 1};
        int organisations = 0, persons = 0;
        world_read(world, shown_work, &shown);
        assert_int_equal(shown.err, US_OK);
        for (int v = 0; v < VISIBILITY_COUNT; v++) {
            organisations += table[v][a] != X;
            persons += table[v][a] == P;
            assert_int_equal(shown.has_marks[v], table[v][a] != X);
        }
        assert_int_equal(shown.organisations, organisations);
        assert_int_equal(shown.persons, persons);
        assert_int_equal(shown.totals.named, organisations);
        assert_int_equal(shown.totals.counted, VISIBILITY_COUNT - organisations);
        assert_int_equal(shown.totals.members, 1200 * organisations);
        assert_int_equal(shown.totals.countries, 1);
        assert_false(shown.has_other_visibility);
    }
    /* Who is not listed, or signed another version, is not even counted. */
    struct sight none = {.world = world, .version = 2};
    world_read(world, shown_work, &none);
    assert_int_equal(none.totals.named + none.totals.counted, 0);
    assert_int_equal(world_decide(world, ids[0], DECISION_STRIKE, "false", NULL), US_OK);
    struct sight less = {.world = world, .audience = AUDIENCE_INTERNATIONAL, .version = 1};
    world_read(world, shown_work, &less);
    assert_int_equal(less.totals.named + less.totals.counted, VISIBILITY_COUNT - 1);
}

struct walk {
    struct signature_filter filter;
    bool is_queue;
    int stop_after, count;
    char last_country[8], last_name[64];
    int64_t last_day;
    bool is_ordered;
    enum us_err err;
};

static bool on_walk(const struct signature *signature, void *arg)
{
    struct walk *walk = arg;
    const char *country = signature->country ? signature->country : "";
    int by_country = strcmp(walk->last_country, country);
    /* The names here are such that bytes and root collation agree. */
    if (!walk->is_queue &&
        (by_country > 0 ||
         (by_country == 0 && strcmp(walk->last_name, signature->organisation) >= 0)))
        walk->is_ordered = false;
    if (walk->is_queue && signature->signed_on < walk->last_day)
        walk->is_ordered = false;
    snprintf(walk->last_country, sizeof walk->last_country, "%s", country);
    snprintf(walk->last_name, sizeof walk->last_name, "%s", signature->organisation);
    walk->last_day = signature->signed_on;
    return ++walk->count != walk->stop_after;
}

static void walk_work(struct reader *reader, void *arg)
{
    struct walk *walk = arg;
    walk->is_ordered = true;
    walk->last_day = INT64_MIN;
    walk->err = walk->is_queue ? signature_queue(reader, walk->filter.appeal, on_walk, walk)
                               : signature_each(reader, &walk->filter, on_walk, walk);
    assert_int_equal(walk->err, US_OK);
    assert_true(walk->is_ordered);
}

/* More than two pages of rows, in order, each once; and what the filters leave. */
static void test_lists(void **state)
{
    enum { ENTRIES = 300 };
    static const char *const countries[] = {"KZ", "", "FR"};
    struct world *world = *state;
    static char ids[ENTRIES][ID_SIZE];
    int64_t start = world->now;
    char name[32];
    for (int i = 0; i < ENTRIES; i++) {
        snprintf(name, sizeof name, "union %c%c%c", 'a' + i % 10, 'a' + i / 10 % 10, 'a' + i / 100);
        submit_entry(world, &(struct entry){.name = name,
                                            .country = countries[i % 3],
                                            .kind = i % 3 == 1 ? "international" : "union"});
        if (i % 100 == 99) {
            world->now = start - (i / 100) * CLOCK_DAY + 2 * CLOCK_DAY;
            confirm_all(world, 100, ids + i - 99);
        }
    }
    int64_t appeal = world->appeal->id;
    struct walk all = {.filter = {.appeal = appeal}};
    world_read(world, walk_work, &all);
    assert_int_equal(all.count, ENTRIES);
    struct walk stopped = {.filter = {.appeal = appeal}, .stop_after = 130};
    world_read(world, walk_work, &stopped);
    assert_int_equal(stopped.count, 130);
    struct walk every = {.filter = {0}};
    world_read(world, walk_work, &every);
    assert_int_equal(every.count, ENTRIES);
    struct walk version = {.filter = {.appeal = appeal, .version = 2}};
    world_read(world, walk_work, &version);
    assert_int_equal(version.count, 0);
    struct walk waiting = {.filter = {.appeal = appeal}, .is_queue = true};
    world_read(world, walk_work, &waiting);
    assert_int_equal(waiting.count, ENTRIES);

    for (int i = 0; i < 20; i++)
        assert_int_equal(
            world_decide(world, ids[7 * i], i % 2 ? DECISION_APPROVE : DECISION_HOLD, NULL, NULL),
            US_OK);
    struct walk listed = {
        .filter = {.appeal = appeal, .has_state = true, .state = SIGNATURE_LISTED}};
    world_read(world, walk_work, &listed);
    assert_int_equal(listed.count, 10);
    struct walk left = {.is_queue = true};
    world_read(world, walk_work, &left);
    assert_int_equal(left.count, ENTRIES - 10);
    struct walk other = {.is_queue = true, .filter = {.appeal = appeal + 1}};
    world_read(world, walk_work, &other);
    assert_int_equal(other.count, 0);
    assert_int_equal(world_check(world), ENTRIES);
}

static void on_found(const char *what, void *arg)
{
    assert_true(what[0] != '\0');
    (*(int *)arg)++;
}

/* How many differences the check tells after one change behind the store's back. */
static int differences_after(struct world *world, const char *sql)
{
    int64_t rows;
    bool holds;
    int found = 0;
    world_close(world);
    world_sql(world, sql);
    world_open(world);
    assert_int_equal(signature_check(world->site, on_found, &found, &rows, &holds), US_OK);
    assert_int_equal(holds, found == 0);
    return found;
}

/* Each column that was signed, changed by the least there is, is found; so is a counter. */
static void test_check_finds_damage(void **state)
{
    static const char *const texts[] = {
        "public_id",  "language", "organisation", "organisation_latin", "kind",
        "country",    "town",     "affiliation",  "representative",     "capacity",
        "visibility", "consent",  "search"};
    static const char *const blobs[] = {"text_digest", "unique_hash", "mailbox_hash",
                                        "contact",     "collation",   "digest"};
    static const char *const numbers[] = {"version", "members", "signed_on", "appeal"};
    struct world *world = *state;
    struct submission submission;
    struct signing_receipt receipt;
    char sql[256], keep[256];
    world_fill(&submission, NULL, NULL);
    world_set(&submission, FIELD_ORGANISATION_LATIN, "Profsoyuz");
    world_set(&submission, FIELD_TOWN, "Aktau");
    world_set(&submission, FIELD_AFFILIATION, "None");
    assert_int_equal(world_submit(world, &submission), US_OK);
    submission_clear(&submission);
    confirm_all(world, 1, NULL);
    (void)receipt;
    assert_int_equal(differences_after(world, "CREATE TABLE spare AS SELECT * FROM signature"), 0);
    snprintf(keep, sizeof keep, "DELETE FROM signature; INSERT INTO signature SELECT * FROM spare");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        snprintf(sql, sizeof sql,
                 "UPDATE signature SET %s = char(unicode(%s) + 1) || substr(%s, 2)", texts[i],
                 texts[i], texts[i]);
        if (differences_after(world, sql) == 0)
            fail_msg("a changed %s is not found", texts[i]);
        assert_int_equal(differences_after(world, keep), 0);
    }
    for (size_t i = 0; i < sizeof blobs / sizeof *blobs; i++) {
        snprintf(sql, sizeof sql,
                 "UPDATE signature SET %s = CAST(substr(%s, 1, length(%s) - 1) || CASE "
                 "substr(%s, -1) WHEN x'5a' THEN x'5b' ELSE x'5a' END AS BLOB)",
                 blobs[i], blobs[i], blobs[i], blobs[i]);
        if (differences_after(world, sql) == 0)
            fail_msg("a changed %s is not found", blobs[i]);
        assert_int_equal(differences_after(world, keep), 0);
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        snprintf(sql, sizeof sql, "UPDATE signature SET %s = %s + 1", numbers[i], numbers[i]);
        if (differences_after(world, sql) == 0)
            fail_msg("a changed %s is not found", numbers[i]);
        assert_int_equal(differences_after(world, keep), 0);
    }
    assert_true(differences_after(world, "UPDATE signature SET state = 'listed'") > 0);
    assert_int_equal(differences_after(world, keep), 0);
    assert_true(differences_after(world, "UPDATE counter SET signatures = signatures + 1") > 0);
    assert_int_equal(differences_after(world, "UPDATE counter SET signatures = signatures - 1"), 0);
    assert_true(differences_after(world, "UPDATE counter SET members = members - 1") > 0);
    assert_int_equal(differences_after(world, "UPDATE counter SET members = members + 1"), 0);
    assert_true(differences_after(world, "INSERT INTO counter VALUES (1, 1, 'held', 'DE', 1, 0)") >
                0);
    assert_int_equal(differences_after(world, "DELETE FROM counter WHERE state = 'held'"), 0);
    assert_true(differences_after(world, "DELETE FROM signature") > 0);
}

/* One damaged row is left out of the list; the others still come. */
static void test_damage_spoils_no_list(void **state)
{
    struct world *world = *state;
    submit_entry(world, &(struct entry){.name = "union a"});
    submit_entry(world, &(struct entry){.name = "union b"});
    confirm_all(world, 2, NULL);
    world_close(world);
    world_sql(world, "UPDATE signature SET kind = 'unioo' WHERE organisation = 'union a'");
    world_open(world);
    struct walk walk = {.filter = {.appeal = world->appeal->id}};
    world_read(world, walk_work, &walk);
    assert_int_equal(walk.count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_transition, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_is_asked_for, setup, teardown),
        cmocka_unit_test_setup_teardown(test_decision_is_mailed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_merge_tells_of_who_is_shown, setup, teardown),
        cmocka_unit_test_setup_teardown(test_undecided_keep_their_mailbox, setup, teardown),
        cmocka_unit_test_setup_teardown(test_pages_hear_of_it, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refused_keep_their_place, setup, teardown),
        cmocka_unit_test_setup_teardown(test_random_walk, setup, teardown),
        cmocka_unit_test_setup_teardown(test_moderators_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_cell, setup, teardown),
        cmocka_unit_test_setup_teardown(test_lists, setup, teardown),
        cmocka_unit_test_setup_teardown(test_check_finds_damage, setup, teardown),
        cmocka_unit_test_setup_teardown(test_damage_spoils_no_list, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
