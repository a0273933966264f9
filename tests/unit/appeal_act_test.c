/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Acts on many signatures: what they change, leave alone and take back, what becomes of mails and
 * mailboxes, and that counters and rows are what they were. On a real store with real keys.
 */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal/act.h"
#include "appeal/review.h"
#include "appeal_world.h"
#include "base/clock.h"
#include "base/mem.h"
#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID_SIZE 32

static void make_world(void **state, const char *settings)
{
    struct world *world = MEM_NEW(struct world);
    world_make(world, settings);
    world->config.limits_mails_per_appeal = 1000;
    world->config.limits_mails_per_day = 1000;
    world->config.limits_organisations_per_mailbox = 1000;
    *state = world;
}

static int setup(void **state)
{
    make_world(state, "policy = before\n");
    return 0;
}

static int setup_after(void **state)
{
    make_world(state, "policy = after\n");
    return 0;
}

static int teardown(void **state)
{
    world_remove(*state);
    free(*state);
    return 0;
}

/* Signs and confirms; the id is put where it is wanted. */
static void sign(struct world *world, const char *name, const char *country, const char *mailbox,
                 char id[ID_SIZE])
{
    struct submission submission;
    struct signing_receipt receipt;
    struct outbox_mail mail;
    world_fill(&submission, name, mailbox);
    world_set(&submission, FIELD_COUNTRY, country);
    world_set(&submission, FIELD_VISIBILITY, "public");
    assert_int_equal(world_submit(world, &submission), US_OK);
    submission_clear(&submission);
    world_take_mail(world, &mail);
    assert_int_equal(world_confirm(world, mail.token, &receipt), US_OK);
    outbox_mail_free(&mail);
    if (id)
        memcpy(id, receipt.public_id, ID_SIZE);
}

static int64_t count(struct world *world, const char *state)
{
    char sql[96];
    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM signature WHERE state = '%s'", state);
    return world_number(world, sql);
}

static void choose(struct world *world, const char *text, int64_t as_of, struct act_choice *out)
{
    struct filter *filter;
    struct fault fault = {.text = ""};
    if (filter_parse(text, &filter, &fault) != US_OK)
        fail_msg("%s", fault.text);
    assert_int_equal(act_choose(world->site,
                                &(struct act_question){
                                    .appeal = world->appeal->id, .filter = filter, .as_of = as_of},
                                NULL, out),
                     US_OK);
    filter_free(filter);
}

static size_t found(struct world *world, const char *text)
{
    struct act_choice choice;
    choose(world, text, 0, &choice);
    size_t found = choice.count;
    act_choice_clear(&choice);
    return found;
}

struct order {
    enum decision decision;
    const char *filter;
    bool tells;
    const struct act_watch *watch;
};

static struct act_result run_on(struct world *world, const struct order *order,
                                const struct act_choice *choice)
{
    struct act_result result;
    struct fault fault = {.text = ""};
    assert_int_equal(act_run(world->site,
                             &(struct act_params){.appeal = world->appeal->id,
                                                  .slug = "trial",
                                                  .decision = order->decision,
                                                  .filter = order->filter,
                                                  .reason = "bots",
                                                  .actor = "unix:test",
                                                  .tells = order->tells},
                             choice, order->watch, &result, &fault),
                     US_OK);
    return result;
}

static struct act_result run(struct world *world, enum decision decision, const char *filter)
{
    struct act_choice choice;
    choose(world, filter, 0, &choice);
    struct act_result result =
        run_on(world, &(struct order){.decision = decision, .filter = filter}, &choice);
    act_choice_clear(&choice);
    return result;
}

static struct act_result undo_by(struct world *world, int64_t number, const struct act_watch *watch)
{
    struct act_result result;
    struct fault fault = {.text = ""};
    assert_int_equal(act_undo(world->site,
                              &(struct act_undo){.number = number, .actor = "unix:test"}, watch,
                              &result, &fault),
                     US_OK);
    return result;
}

static struct act_result undo(struct world *world, int64_t number)
{
    return undo_by(world, number, NULL);
}

static void sign_many(struct world *world, size_t many, const char *country)
{
    for (size_t i = 0; i < many; i++) {
        char name[32], mailbox[64];
        snprintf(name, sizeof name, "Union %s %zu", country, i);
        snprintf(mailbox, sizeof mailbox, "office%zu@%s.example", i, country);
        sign(world, name, country, mailbox, NULL);
    }
}

static int64_t undone_of(struct world *world, int act)
{
    char sql[96];
    snprintf(sql, sizeof sql, "SELECT SUM(is_undone) FROM act_signature WHERE act = %d", act);
    return world_number(world, sql);
}

static void test_strike_and_undo(void **state)
{
    struct world *world = *state;
    sign_many(world, 6, "KZ");
    sign_many(world, 4, "FR");
    struct act_result result = run(world, DECISION_APPROVE, "state = confirmed");
    assert_int_equal(result.number, 1);
    assert_int_equal(result.done, 10);
    assert_int_equal(count(world, "listed"), 10);
    result = run(world, DECISION_STRIKE, "country = KZ and domain = kz.example");
    assert_int_equal(result.number, 2);
    assert_int_equal(result.chosen, 6);
    assert_int_equal(result.done, 6);
    assert_int_equal(result.skipped, 0);
    assert_false(result.is_stopped);
    assert_int_equal(count(world, "struck"), 6);
    assert_int_equal(count(world, "listed"), 4);
    assert_int_equal(
        world_number(world, "SELECT COUNT(*) FROM audit WHERE act = 'signature.strike'"), 6);
    assert_int_equal(
        world_number(world, "SELECT COUNT(*) FROM audit_detail WHERE reason = 'bots; act 2'"), 6);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM audit WHERE act = 'act.strike'"), 1);
    assert_int_equal(world_check(world), 10);
    /* Again: there is nothing left, and no act of it. */
    result = run(world, DECISION_STRIKE, "country = KZ");
    assert_int_equal(result.number, 0);
    assert_int_equal(result.done, 0);

    result = undo(world, 2);
    assert_int_equal(result.number, 3);
    assert_int_equal(result.done, 6);
    assert_int_equal(count(world, "listed"), 10);
    assert_int_equal(world_number(world, "SELECT SUM(is_undone) FROM act_signature WHERE act = 2"),
                     6);
    assert_int_equal(world_check(world), 10);
    assert_int_equal(undo(world, 2).number, 0);
    /* The undoing undone. */
    result = undo(world, 3);
    assert_int_equal(result.done, 6);
    assert_int_equal(count(world, "struck"), 6);
    assert_int_equal(world_check(world), 10);
    /* So the first act holds again, and is undone as a whole; and so on. */
    assert_int_equal(undone_of(world, 2), 0);
    assert_int_equal(undone_of(world, 3), 6);
    assert_int_equal(undo(world, 2).done, 6);
    assert_int_equal(undo(world, 5).done, 6);
    assert_int_equal(undo(world, 6).done, 6);
    assert_int_equal(count(world, "listed"), 10);
    assert_int_equal(undone_of(world, 2), 6);
    assert_int_equal(undone_of(world, 5), 0);
}

/* A moderator is offered what people gave as a reason, not what an act wrote beside each. */
static void read_offered(struct reader *reader, void *arg)
{
    char *reasons[REVIEW_REASONS_MOST];
    (void)arg;
    size_t count;
    assert_int_equal(review_reasons(reader, reasons, &count), US_OK);
    assert_int_equal(count, 1);
    assert_string_equal(reasons[0], "bots");
    free(reasons[0]);
}

static void test_reasons_of_acts(void **state)
{
    sign_many(*state, 3, "KZ");
    assert_int_equal(run(*state, DECISION_REFUSE, "country = KZ").done, 3);
    assert_int_equal(undo(*state, 1).done, 3);
    assert_int_equal(undo(*state, 2).done, 3);
    world_read(*state, read_offered, NULL);
}

/* Each state goes back to what it was, not to what the decision's opposite would make of it. */
static void test_undo_gives_each_its_own_state(void **state)
{
    struct world *world = *state;
    char held[ID_SIZE], waiting[ID_SIZE];
    sign(world, "Held", "KZ", "a@kz.example", held);
    sign(world, "Waiting", "KZ", "b@kz.example", waiting);
    assert_int_equal(world_decide(world, held, DECISION_HOLD, NULL, NULL), US_OK);
    assert_int_equal(run(world, DECISION_REFUSE, "country = KZ").done, 2);
    assert_int_equal(count(world, "refused"), 2);
    assert_int_equal(undo(world, 1).done, 2);
    assert_int_equal(count(world, "held"), 1);
    assert_int_equal(count(world, "confirmed"), 1);
    assert_int_equal(world_number(world, "SELECT COUNT(decided_on) FROM signature"), 0);
    assert_int_equal(world_check(world), 2);
    /* What takes them off the list has the name that deliveries are guarded by. */
    assert_int_equal(run(world, DECISION_APPROVE, "country = KZ").done, 2);
    assert_int_equal(undo(world, 3).done, 2);
    assert_int_equal(count(world, "held"), 1);
    assert_int_equal(
        world_number(world, "SELECT COUNT(*) FROM audit WHERE act = 'signature.unlist'"), 2);
}

/* Somebody decides, or signs, between the look and the act, or between the act and its undoing. */
static void test_others_decide_meanwhile(void **state)
{
    struct world *world = *state;
    struct act_choice choice, later;
    char ids[4][ID_SIZE];
    for (int i = 0; i < 4; i++) {
        char name[16];
        snprintf(name, sizeof name, "Union %d", i);
        sign(world, name, "KZ", NULL, ids[i]);
    }
    choose(world, "country = KZ", 0, &choice);
    assert_int_equal(choice.count, 4);
    assert_int_equal(world_decide(world, ids[0], DECISION_HOLD, NULL, NULL), US_OK);
    /* Away and back: in the state that was looked at, but somebody decided. */
    assert_int_equal(world_decide(world, ids[1], DECISION_HOLD, NULL, NULL), US_OK);
    assert_int_equal(world_decide(world, ids[1], DECISION_RESTORE, NULL, NULL), US_OK);
    sign(world, "Union new", "KZ", NULL, NULL);
    /* As the command line does: looked at again, as of then. */
    choose(world, "country = KZ", choice.as_of, &later);
    assert_int_equal(later.count, 2);
    act_choice_clear(&later);
    /* The same where it happens while the act runs: its ids are those of the first look. */
    struct act_result result =
        run_on(world, &(struct order){.decision = DECISION_REFUSE, .filter = "x"}, &choice);
    act_choice_clear(&choice);
    assert_int_equal(result.chosen, 4);
    assert_int_equal(result.done, 2);
    assert_int_equal(result.skipped, 2);
    assert_int_equal(count(world, "refused"), 2);

    assert_int_equal(world_decide(world, ids[2], DECISION_RESTORE, NULL, NULL), US_OK);
    assert_int_equal(world_decide(world, ids[2], DECISION_REFUSE, "by hand", NULL), US_OK);
    result = undo(world, 1);
    assert_int_equal(result.done, 1);
    assert_int_equal(result.skipped, 1);
    assert_int_equal(count(world, "refused"), 1);
    assert_int_equal(world_check(world), 5);
}

struct flipper {
    struct world *world;
    char ids[8][ID_SIZE];
    atomic_bool is_over;
};

static void *flip(void *arg)
{
    struct flipper *flipper = arg;
    for (size_t i = 0; !atomic_load(&flipper->is_over); i++) {
        const char *id = flipper->ids[i % 8];
        enum decision decision = i / 8 % 2 ? DECISION_RESTORE : DECISION_HOLD;
        struct fault fault = {0};
        bool changed;
        enum us_err err = moderation_decide(
            flipper->world->site,
            &(struct moderation_params){.public_id = id, .decision = decision, .actor = "unix:x"},
            &changed, &fault);
        assert_true(err == US_OK || err == US_CONFLICT);
    }
    return NULL;
}

/* Two at once: each signature is decided by one of them, and every number holds. */
static void test_two_at_once(void **state)
{
    struct world *world = *state;
    struct flipper flipper = {.world = world};
    pthread_t thread;
    int64_t done = 0;
    for (int i = 0; i < 8; i++) {
        char name[16];
        snprintf(name, sizeof name, "Union %d", i);
        sign(world, name, "KZ", NULL, flipper.ids[i]);
    }
    assert_int_equal(pthread_create(&thread, NULL, flip, &flipper), 0);
    for (int i = 0; i < 60; i++) {
        struct act_result result = run(world, DECISION_REFUSE, "state in (confirmed, held)");
        assert_int_equal(result.done + result.skipped, result.chosen);
        done += result.done;
        if (result.number != 0) {
            struct act_result undone = undo(world, result.number);
            assert_int_equal(undone.done + undone.skipped, result.done);
        }
    }
    atomic_store(&flipper.is_over, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(done > 0);
    assert_int_equal(world_number(world,
                                  "SELECT COUNT(*) FROM act_signature JOIN act ON number = act "
                                  "WHERE decision = 'refuse'"),
                     done);
    assert_int_equal(world_check(world), 8);
}

static bool stop_at_once(void *arg)
{
    (void)arg;
    return true;
}

struct told {
    int64_t done, total;
    size_t times;
};

static void on_progress(int64_t done, int64_t total, const char *what, void *arg)
{
    struct told *told = arg;
    assert_true(done >= told->done && done <= total);
    assert_string_equal(what, "signatures");
    told->done = done;
    told->total = total;
    told->times++;
}

static bool stop_later(void *arg)
{
    return ((struct told *)arg)->times > 0;
}

/* Copies of one signature, with ids and hashes of their own: quicker than signing 600 times. */
static void multiply(struct world *world, int times)
{
    char sql[2000];
    snprintf(
        sql, sizeof sql,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
        "INSERT INTO signature SELECT i * 1000, 'copy' || i, appeal, version, language, "
        "text_digest, state, organisation, organisation_latin, kind, country, town, affiliation, "
        "members, representative, capacity, visibility, consent, signed_on, "
        "CAST('u' || i AS BLOB), CAST('m' || i AS BLOB), contact, NULL, NULL, NULL, decided_on, "
        "collation, search, ilo, updates, digest, spoken, hour, changed, name_key, name_joined, "
        "organisation_was, organisation_latin_was, is_gone FROM signature, n",
        times);
    world_close(world);
    world_sql(world, sql);
    world_sql(world, "UPDATE counter SET signatures = (SELECT COUNT(*) FROM signature), "
                     "members = (SELECT SUM(members) FROM signature)");
    world_open(world);
}

/* Stopped, it leaves whole batches; the same again goes on, and each part is undone by itself. */
static void test_stopping(void **state)
{
    struct world *world = *state;
    struct told told = {0};
    struct act_watch watch = {on_progress, stop_later, &told};
    struct act_choice choice;
    sign(world, "Union", "KZ", NULL, NULL);
    multiply(world, 599);
    choose(world, "country = KZ", 0, &choice);
    assert_int_equal(choice.count, 600);
    struct act_result result = run_on(
        world, &(struct order){.decision = DECISION_HOLD, .filter = "f", .watch = &watch}, &choice);
    assert_true(result.is_stopped);
    assert_int_equal(result.done, 256);
    assert_int_equal(told.total, 600);
    assert_int_equal(count(world, "held"), 256);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM act WHERE state = 'stopped' AND "
                                         "ended_at IS NOT NULL"),
                     1);
    act_choice_clear(&choice);
    result = run(world, DECISION_HOLD, "country = KZ");
    assert_int_equal(result.number, 2);
    assert_int_equal(result.done, 344);
    assert_int_equal(count(world, "held"), 600);

    told = (struct told){0};
    result = undo_by(world, 2, &watch);
    assert_true(result.is_stopped);
    assert_int_equal(result.done, 256);
    result = undo(world, 2);
    assert_int_equal(result.done, 88);
    assert_int_equal(undo(world, 1).done, 256);
    assert_int_equal(count(world, "confirmed"), 600);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM counter WHERE state = 'confirmed' "
                                         "AND signatures = 600"),
                     1);
}

static void test_stopping_while_looking(void **state)
{
    struct world *world = *state;
    struct filter *filter;
    struct fault fault = {.text = ""};
    struct act_choice choice;
    const struct act_watch watch = {.wants_stop = stop_at_once};
    sign_many(world, 2, "KZ");
    assert_int_equal(filter_parse("country = KZ", &filter, &fault), US_OK);
    assert_int_equal(
        act_choose(world->site,
                   &(struct act_question){.appeal = world->appeal->id, .filter = filter}, &watch,
                   &choice),
        US_CANCELLED);
    filter_free(filter);
}

/* The service ended in the middle of one. */
static void test_cut_off(void **state)
{
    struct world *world = *state;
    sign_many(world, 3, "KZ");
    assert_int_equal(run(world, DECISION_HOLD, "country = KZ").done, 3);
    world_close(world);
    world_sql(world, "UPDATE act SET state = 'running', ended_at = NULL");
    world_open(world);
    struct act_result result;
    struct fault fault = {.text = ""};
    const struct act_undo first = {.number = 1, .actor = "unix:test"};
    assert_int_equal(act_undo(world->site, &first, NULL, &result, &fault), US_CONFLICT);
    assert_non_null(strstr(fault.text, "still running"));
    assert_int_equal(act_sweep(world->site), US_OK);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM act WHERE state = 'stopped'"), 1);
    assert_int_equal(act_undo(world->site, &first, NULL, &result, &fault), US_OK);
    assert_int_equal(result.done, 3);
    const struct act_undo none = {.number = 77, .actor = "unix:test"};
    assert_int_equal(act_undo(world->site, &none, NULL, &result, &fault), US_NOT_FOUND);
    assert_non_null(strstr(fault.text, "no act 77"));
}

/* ---- mails and mailboxes ---- */

static int64_t mails(struct world *world)
{
    return world_number(world, "SELECT COUNT(*) FROM outbox");
}

static int64_t mailboxes(struct world *world)
{
    return world_number(world, "SELECT COUNT(mailbox) FROM signature");
}

static void assert_mailed(struct world *world, enum outbox_template template, const char *recipient)
{
    struct outbox_mail mail;
    int64_t now = world->now;
    world->now = clock_now() + CLOCK_HOUR;
    world_take_mail(world, &mail);
    world->now = now;
    assert_int_equal(mail.template, template);
    assert_string_equal(mail.recipient, recipient);
    outbox_mail_free(&mail);
}

/* While the mail waits, nobody was told: going back takes it back. */
static void test_grace_of_single_decisions(void **state)
{
    struct world *world = *state;
    char id[ID_SIZE];
    sign(world, "Union", "KZ", "a@kz.example", id);
    world->config.mail_decision_minutes = 10;
    assert_int_equal(world_decide(world, id, DECISION_APPROVE, NULL, NULL), US_OK);
    assert_int_equal(mails(world), 1);
    assert_int_equal(mailboxes(world), 0);
    assert_int_equal(world_number(world, "SELECT (next_at - created_at) / 60000000 FROM outbox"),
                     10);
    assert_int_equal(world_decide(world, id, DECISION_UNLIST, NULL, NULL), US_OK);
    assert_int_equal(mails(world), 0);
    assert_int_equal(mailboxes(world), 1);
    assert_int_equal(world_decide(world, id, DECISION_REFUSE, "no", NULL), US_OK);
    assert_int_equal(world_decide(world, id, DECISION_RESTORE, NULL, NULL), US_OK);
    assert_int_equal(mails(world), 0);
    /* Struck and restored while it waits, it still goes out; struck when it is due, it does not. */
    assert_int_equal(world_decide(world, id, DECISION_APPROVE, NULL, NULL), US_OK);
    assert_int_equal(world_decide(world, id, DECISION_STRIKE, "x", NULL), US_OK);
    assert_int_equal(world_decide(world, id, DECISION_RESTORE, NULL, NULL), US_OK);
    assert_mailed(world, OUTBOX_LISTED, "a@kz.example");
    assert_int_equal(mails(world), 0);

    sign(world, "Union two", "KZ", "b@kz.example", id);
    assert_int_equal(world_decide(world, id, DECISION_APPROVE, NULL, NULL), US_OK);
    assert_int_equal(world_decide(world, id, DECISION_STRIKE, "x", NULL), US_OK);
    world->now = clock_now() + CLOCK_HOUR;
    struct outbox_mail *due;
    assert_int_equal(world_mails(world, &due), 0);
    world_mails_free(due, 0);
    assert_int_equal(mails(world), 0);
}

/* Once it may have left nothing is taken back, and nobody is told twice. */
static void test_after_the_grace(void **state)
{
    struct world *world = *state;
    char id[ID_SIZE];
    sign(world, "Union", "KZ", "a@kz.example", id);
    assert_int_equal(world_decide(world, id, DECISION_APPROVE, NULL, NULL), US_OK);
    assert_int_equal(world_decide(world, id, DECISION_UNLIST, NULL, NULL), US_OK);
    assert_int_equal(mails(world), 1);
    assert_int_equal(mailboxes(world), 0);
    assert_int_equal(world_decide(world, id, DECISION_APPROVE, NULL, NULL), US_OK);
    assert_int_equal(mails(world), 1);
    assert_int_equal(world_check(world), 1);
}

/* With the relay it cannot be taken back, whatever the clock says: the mailbox stays gone. */
static void test_leaving_is_not_taken_back(void **state)
{
    struct world *world = *state;
    char id[ID_SIZE];
    sign(world, "Union", "KZ", "a@kz.example", id);
    world->config.mail_decision_minutes = 10;
    assert_int_equal(world_decide(world, id, DECISION_APPROVE, NULL, NULL), US_OK);
    int64_t mail = world_number(world, "SELECT id FROM outbox");
    site_mail_gate_close(world->site);
    site_mail_leave(world->site, mail);
    site_mail_gate_open(world->site);
    assert_int_equal(world_decide(world, id, DECISION_UNLIST, NULL, NULL), US_OK);
    assert_int_equal(mails(world), 1);
    assert_int_equal(mailboxes(world), 0);
    /* Nor told a second time. */
    assert_int_equal(world_decide(world, id, DECISION_APPROVE, NULL, NULL), US_OK);
    assert_int_equal(mails(world), 1);
    site_mail_left(world->site, mail);
    assert_int_equal(world_number(world, "SELECT id FROM outbox"), mail);
}

static void test_mails_of_acts(void **state)
{
    struct world *world = *state;
    struct act_choice choice;
    world->config.mail_decision_minutes = 10;
    sign(world, "Union", "KZ", "a@kz.example", NULL);
    /* Listed: told, and with the undoing not told. Undone again: told. */
    assert_int_equal(run(world, DECISION_APPROVE, "country = KZ").done, 1);
    assert_int_equal(mails(world), 1);
    assert_int_equal(undo(world, 1).done, 1);
    assert_int_equal(mails(world), 0);
    assert_int_equal(mailboxes(world), 1);
    assert_int_equal(undo(world, 2).done, 1);
    assert_int_equal(mails(world), 1);
    assert_int_equal(undo(world, 3).done, 1);
    /* Refused: nobody is told, and the mailbox stays till retention takes it. */
    assert_int_equal(run(world, DECISION_REFUSE, "country = KZ").done, 1);
    assert_int_equal(mails(world), 0);
    assert_int_equal(mailboxes(world), 1);
    assert_int_equal(undo(world, 5).done, 1);
    assert_int_equal(mailboxes(world), 1);
    /* Unless it was asked for. */
    choose(world, "country = KZ", 0, &choice);
    struct act_result result = run_on(
        world, &(struct order){.decision = DECISION_REFUSE, .filter = "f", .tells = true}, &choice);
    act_choice_clear(&choice);
    assert_int_equal(result.done, 1);
    assert_int_equal(mailboxes(world), 0);
    assert_mailed(world, OUTBOX_REFUSED, "a@kz.example");
    assert_int_equal(signing_expire(world->site, world->now + 32 * CLOCK_DAY), US_OK);
    assert_int_equal(world_check(world), 1);
}

static void test_retention_takes_the_mailbox(void **state)
{
    struct world *world = *state;
    sign(world, "Union", "KZ", "a@kz.example", NULL);
    assert_int_equal(run(world, DECISION_REFUSE, "country = KZ").done, 1);
    assert_int_equal(signing_expire(world->site, world->now + 29 * CLOCK_DAY), US_OK);
    assert_int_equal(mailboxes(world), 1);
    assert_int_equal(signing_expire(world->site, world->now + 32 * CLOCK_DAY), US_OK);
    assert_int_equal(mailboxes(world), 0);
    struct act_choice choice;
    choose(world, "domain = kz.example", 0, &choice);
    assert_int_equal(choice.count, 0);
    assert_int_equal(choice.unknown, 1);
    act_choice_clear(&choice);
}

/* Listed without a decision, then struck by an act: undone, its mailbox is where it was. */
static void test_listed_at_once(void **state)
{
    struct world *world = *state;
    sign(world, "Union", "KZ", "a@kz.example", NULL);
    assert_int_equal(count(world, "listed"), 1);
    assert_int_equal(run(world, DECISION_STRIKE, "country = KZ").done, 1);
    assert_int_equal(mailboxes(world), 1);
    assert_int_equal(undo(world, 1).done, 1);
    assert_int_equal(mailboxes(world), 1);
    assert_int_equal(mails(world), 0);
    assert_int_equal(world_number(world, "SELECT COUNT(decided_on) FROM signature"), 0);
}

/* ---- what filters find ---- */

static void test_found_in_the_store(void **state)
{
    struct world *world = *state;
    sign_many(world, 5, "KZ");
    sign_many(world, 3, "FR");
    assert_int_equal(found(world, "domain = kz.example"), 5);
    assert_int_equal(found(world, "domain = KZ.example"), 5);
    assert_int_equal(found(world, "domain like '*.example'"), 8);
    assert_int_equal(found(world, "domain != kz.example"), 3);
    assert_int_equal(found(world, "domain in (kz.example, fr.example)"), 8);
    assert_int_equal(found(world, "burst >= 5"), 5);
    assert_int_equal(found(world, "burst < 5"), 3);
    assert_int_equal(found(world, "burst = 8"), 0);
    assert_int_equal(found(world, "name like 'union fr*'"), 3);
    assert_int_equal(found(world, "hour = none"), 0);
    assert_int_equal(found(world, "country = FR and not name like 1"), 2);
    /* Listed, the hour is gone; a burst is then the day's. */
    assert_int_equal(run(world, DECISION_APPROVE, "country = KZ and name like 'KZ 1'").done, 1);
    assert_int_equal(found(world, "hour = none"), 1);
    assert_int_equal(found(world, "burst = 4"), 4);
    assert_int_equal(found(world, "burst = 5"), 1);
    /* Another appeal's are nobody's here. */
    world_publish(world, "other", "policy = before\n", "Other");
    world_close(world);
    world_sql(world, "UPDATE signature SET appeal = (SELECT id FROM appeal WHERE slug = 'other') "
                     "WHERE country = 'FR'");
    world_open(world);
    assert_int_equal(found(world, "state in (confirmed, listed)"), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_strike_and_undo, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reasons_of_acts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_undo_gives_each_its_own_state, setup, teardown),
        cmocka_unit_test_setup_teardown(test_others_decide_meanwhile, setup, teardown),
        cmocka_unit_test_setup_teardown(test_two_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_stopping, setup, teardown),
        cmocka_unit_test_setup_teardown(test_stopping_while_looking, setup, teardown),
        cmocka_unit_test_setup_teardown(test_cut_off, setup, teardown),
        cmocka_unit_test_setup_teardown(test_grace_of_single_decisions, setup, teardown),
        cmocka_unit_test_setup_teardown(test_after_the_grace, setup, teardown),
        cmocka_unit_test_setup_teardown(test_leaving_is_not_taken_back, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mails_of_acts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_retention_takes_the_mailbox, setup, teardown),
        cmocka_unit_test_setup_teardown(test_listed_at_once, setup_after, teardown),
        cmocka_unit_test_setup_teardown(test_found_in_the_store, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
