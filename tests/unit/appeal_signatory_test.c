/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What a signatory does with its own signature: after each act the rows, digests and counters hold,
 * what had to go is gone, and nothing else is. On a real store with real keys.
 */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal_signatory_rig.h"
#include "base/clock.h"
#include "base/mem.h"
#include "crypto/random.h"
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is erased is erased in each state; what is kept holds; the place is free again, but for
 * those that were refused or struck. */
static void test_withdraw(void **state)
{
    static const struct {
        enum decision decisions[2];
        size_t count;
        const char *act, *name; /* of those that keep it */
    } ways[] = {
        {.count = 0, .act = "signature.withdraw-unlisted"},
        {{DECISION_HOLD}, 1, "signature.withdraw-unlisted"},
        {{DECISION_REFUSE}, 1, "signature.withdraw-unlisted", "Refused"},
        {{DECISION_APPROVE}, 1, "signature.withdraw"},
        {{DECISION_APPROVE, DECISION_STRIKE}, 2, "signature.withdraw-unlisted", "Struck"},
    };
    struct world *world = *state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct rig_signed signature;
        rig_sign(world, ways[i].name, NULL, &signature);
        for (size_t k = 0; k < ways[i].count; k++)
            assert_int_equal(
                world_decide(world, signature.id, ways[i].decisions[k], "because", NULL), US_OK);
        int64_t acts = rig_count_audit(world, ways[i].act);
        uint64_t removals = site_generation(world->site, world->appeal->id).removals;
        assert_int_equal(rig_withdraw(world, signature.token, "we left the federation"), US_OK);
        assert_int_equal(rig_count_audit(world, ways[i].act), acts + 1);
        assert_true((site_generation(world->site, world->appeal->id).removals > removals) ==
                    (strcmp(ways[i].act, "signature.withdraw") == 0));
        /* Once more is fine, and is nothing. */
        assert_int_equal(rig_withdraw(world, signature.token, NULL), US_OK);
        assert_int_equal(rig_count_audit(world, ways[i].act), acts + 1);
        assert_int_equal(world_check(world), (int64_t)i + 1);
    }
    assert_int_equal(
        world_number(world, "SELECT COUNT(*) FROM signature WHERE state = 'withdrawn' "
                            "AND organisation = 'Профсоюз «Маяк»' AND country = 'KZ' "
                            "AND members = 1200 AND representative IS NULL AND capacity IS NULL "
                            "AND town IS NULL AND affiliation IS NULL AND ilo IS NULL "
                            "AND length(contact) = 0 AND mailbox IS NULL AND mail_domain IS NULL "
                            "AND length(unique_hash) = 0 AND length(mailbox_hash) = 0 "
                            "AND updates = 0"),
        3);
    assert_int_equal(world_number(world, "SELECT signatures FROM counter "
                                         "WHERE state = 'withdrawn' AND country = 'KZ'"),
                     3);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM audit WHERE act LIKE "
                                         "'signature.withdraw%' AND at % 86400000000 <> 0"),
                     0);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM audit_detail WHERE actor = "
                                         "'signatory' AND reason = 'we left the federation'"),
                     5);
    world_close(world);
    assert_false(world_has_bytes(world, "Айгуль"));
    assert_false(world_has_bytes(world, "Председатель"));
    world_open(world);
}

/* Who was refused or struck is not rid of it: the rest goes, the place and what tells fakes stay.
 */
static void test_withdraw_refused(void **state)
{
    static const enum decision decisions[] = {DECISION_REFUSE, DECISION_STRIKE};
    struct world *world = *state;
    for (size_t i = 0; i < 2; i++) {
        struct rig_signed signature;
        struct submission submission;
        struct signatory *found;
        struct outbox_mail *mails;
        bool changed;
        const char *name = i == 0 ? "Refused" : "Struck";
        world_fill(&submission, name, NULL);
        world_set(&submission, FIELD_TOWN, "Жанаозен");
        world_set(&submission, FIELD_AFFILIATION, "IndustriALL");
        world_set(&submission, FIELD_UPDATES, "on");
        rig_sign_submission(world, &submission, &signature);
        assert_int_equal(
            rig_correct(world, signature.token, i == 0 ? "Refuset" : "Strucc", "", NULL), US_OK);
        assert_int_equal(rig_correct(world, signature.token, name, "", NULL), US_OK);
        if (decisions[i] == DECISION_STRIKE)
            assert_int_equal(world_decide(world, signature.id, DECISION_APPROVE, NULL, NULL),
                             US_OK);
        assert_int_equal(world_decide(world, signature.id, decisions[i], "because", NULL), US_OK);
        world_close(world);
        world_sql(world, "INSERT INTO logo SELECT id, appeal, x'00', x'01' FROM signature "
                         "WHERE town IS NOT NULL");
        world_sql(world, "UPDATE signature SET ilo = NULL, mail_domain = x'01'");
        world_open(world);
        assert_int_equal(rig_withdraw(world, signature.token, NULL), US_OK);
        assert_int_equal(world_check(world), (int64_t)i + 1);
        assert_int_equal(world_number(world, "SELECT COUNT(*) FROM logo"), 0);
        assert_int_equal(rig_find(world, signature.token, &found), US_OK);
        assert_true(found->is_erased);
        assert_int_equal(found->state, i == 0 ? SIGNATURE_REFUSED : SIGNATURE_STRUCK);
        assert_null(found->submission.values[FIELD_REPRESENTATIVE]);
        assert_false(found->can_correct || found->wants_updates || found->has_logo);
        signatory_free(found);
        /* Nobody lists it again, and it wants no news; nor does the decision's mail leave. */
        assert_int_equal(world_decide(world, signature.id, DECISION_RESTORE, NULL, &changed),
                         US_CONFLICT);
        assert_int_equal(rig_want(world, TOKEN_WITHDRAW, signature.token, true), US_CONFLICT);
        assert_int_equal(world_mails(world, &mails), 0);
        free(mails);
        /* The place is taken. */
        world_sign(world, name, NULL);
        assert_int_equal(world_mails(world, &mails), 1);
        assert_int_equal(mails[0].template, OUTBOX_ALREADY);
        assert_true(mails[0].is_ended);
        assert_int_equal(outbox_accepted(world->site, &mails[0], world->now), US_OK);
        world_mails_free(mails, 1);
    }
    assert_int_equal(
        world_number(world, "SELECT COUNT(*) FROM signature WHERE state IN ('refused', 'struck') "
                            "AND members = 1200 AND representative IS NULL AND capacity IS NULL "
                            "AND town IS NULL AND affiliation IS NULL AND ilo IS NULL "
                            "AND length(contact) = 0 AND mailbox IS NULL AND updates = 0 "
                            "AND organisation_was IS NULL AND mail_domain IS NOT NULL "
                            "AND length(unique_hash) > 0 AND length(mailbox_hash) > 0"),
        2);
    assert_int_equal(world_number(world, "SELECT SUM(signatures) FROM counter "
                                         "WHERE state IN ('refused', 'struck')"),
                     2);
    assert_int_equal(world_number(world, "SELECT SUM(members) FROM counter "
                                         "WHERE state IN ('refused', 'struck')"),
                     2400);
}

/* With all that a form can hold, and a logo. */
static void test_withdraw_everything(void **state)
{
    struct world *world = *state;
    struct rig_signed signature;
    struct submission submission;
    world_publish(world, "trial", "policy = before\nilo_block = yes\n", "О новом законе");
    world_fill(&submission, NULL, NULL);
    world_set(&submission, FIELD_TOWN, "Жанаозен");
    world_set(&submission, FIELD_AFFILIATION, "IndustriALL");
    world_set(&submission, FIELD_ORGANISATION_LATIN, "Mayak Union");
    world_set(&submission, FIELD_LEGAL_NAME, "Public association Mayak");
    world_set(&submission, FIELD_UPDATES, "on");
    rig_sign_submission(world, &submission, &signature);
    char *sql = mem_format("INSERT INTO logo SELECT id, appeal, x'00', x'01' FROM signature "
                           "WHERE public_id = '%s'",
                           signature.id);
    world_close(world);
    world_sql(world, sql);
    free(sql);
    world_open(world);
    struct signatory *found;
    assert_int_equal(rig_find(world, signature.token, &found), US_OK);
    assert_true(found->has_logo);
    assert_true(found->wants_updates);
    signatory_free(found);

    assert_int_equal(rig_withdraw(world, signature.token, NULL), US_OK);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM logo"), 0);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM signature WHERE ilo IS NULL "
                                         "AND town IS NULL AND affiliation IS NULL "
                                         "AND updates = 0 AND organisation_latin IS NOT NULL"),
                     1);
    assert_int_equal(world_check(world), 1);
    assert_int_equal(rig_find(world, signature.token, &found), US_OK);
    assert_int_equal(found->stage, STAGE_WITHDRAWN);
    assert_string_equal(found->public_id, signature.id);
    assert_null(found->submission.values[FIELD_REPRESENTATIVE]);
    assert_null(found->submission.values[FIELD_TOWN]);
    assert_false(found->can_correct || found->wants_updates || found->has_logo);
    signatory_free(found);
}

/* Withdrawing frees the place: of that organisation, and of that mailbox. */
static void test_signing_again(void **state)
{
    struct world *world = *state;
    struct rig_signed signatures[3], again;
    static const char *const names[] = {"Docks", "Yards", "Ships"};
    for (size_t i = 0; i < 3; i++)
        rig_sign(world, names[i], NULL, &signatures[i]);
    assert_int_equal(rig_withdraw(world, signatures[1].token, NULL), US_OK);
    rig_sign(world, "Yards", NULL, &again);
    assert_string_not_equal(again.id, signatures[1].id);
    assert_int_equal(rig_withdraw(world, again.token, NULL), US_OK);
    rig_sign(world, "Ropes", NULL, &again);
    assert_int_equal(world_check(world), 5);
    /* The link of the first one leads to the first one still. */
    struct signatory *found;
    assert_int_equal(rig_find(world, signatures[1].token, &found), US_OK);
    assert_string_equal(found->public_id, signatures[1].id);
    signatory_free(found);
}

/* A reason is kept in one line of at most so many characters, and a bad one stops nobody. */
static void test_reasons(void **state)
{
    static const struct {
        const char *reason, *kept;
    } reasons[] = {
        {"two\nlines\tof it ", "two lines of it"},
        {"turned \xe2\x80\xae round", "turned round"},
        {"no \xff text", NULL},
        {" \n ", NULL},
        {"", NULL},
        {"x'); DROP TABLE signature; --", "x'); DROP TABLE signature; --"},
    };
    struct world *world = *state;
    world->config.limits_organisations_per_mailbox = 100;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        struct rig_signed signature;
        size_t len;
        rig_sign(world, NULL, NULL, &signature);
        assert_int_equal(rig_withdraw(world, signature.token, reasons[i].reason), US_OK);
        char *kept = (char *)world_blob(world,
                                        "SELECT COALESCE(reason, '-none-') || x'00' "
                                        "FROM audit_detail ORDER BY seq DESC LIMIT 1",
                                        &len);
        assert_string_equal(kept, reasons[i].kept ? reasons[i].kept : "-none-");
        free(kept);
    }
    static const size_t lens[] = {499, 500, 501, 3999, 4001, 100000};
    for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
        struct rig_signed signature;
        char *reason = mem_zero(2 * lens[i] + 1);
        for (size_t k = 0; k < lens[i]; k++)
            memcpy(reason + 2 * k, "ж", 2);
        rig_sign(world, NULL, NULL, &signature);
        assert_int_equal(rig_withdraw(world, signature.token, reason), US_OK);
        free(reason);
        assert_int_equal(world_number(world, "SELECT length(reason) FROM audit_detail "
                                             "ORDER BY seq DESC LIMIT 1"),
                         lens[i] < 500 ? (int64_t)lens[i] : 500);
    }
}

/* One that waits leaves nothing behind, and its mail does not leave. */
static void test_withdraw_waiting(void **state)
{
    struct world *world = *state;
    struct outbox_mail *mails;
    struct signatory *found;
    int64_t acts = world_number(world, "SELECT COUNT(*) FROM audit");
    world_sign(world, NULL, NULL);
    assert_int_equal(world_mails(world, &mails), 1);
    assert_int_equal(rig_find(world, mails[0].withdraw, &found), US_OK);
    assert_int_equal(found->stage, STAGE_WAITING);
    assert_string_equal(found->submission.values[FIELD_ORGANISATION], "Профсоюз «Маяк»");
    assert_null(found->submission.values[FIELD_EMAIL]);
    assert_string_equal(found->public_id, "");
    assert_false(found->can_correct);
    signatory_free(found);

    assert_int_equal(rig_withdraw(world, mails[0].withdraw, NULL), US_OK);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM pending"), 0);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM signature"), 0);
    assert_int_equal(rig_find(world, mails[0].withdraw, &found), US_NOT_FOUND);
    assert_int_equal(world_confirm(world, mails[0].token, NULL), US_NOT_FOUND);
    assert_int_equal(world_code(world, "office@mayak.example", mails[0].code, NULL), US_NOT_FOUND);
    assert_int_equal(rig_withdraw(world, mails[0].withdraw, NULL), US_OK);
    world_mails_free(mails, 1);
    assert_int_equal(world_mails(world, &mails), 0);
    free(mails);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM outbox"), 0);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM audit"), acts);
}

/* What tells of a decision does not leave once it is withdrawn. */
static void test_mails_of_withdrawn(void **state)
{
    static const enum decision decisions[] = {DECISION_APPROVE, DECISION_REFUSE};
    struct world *world = *state;
    for (size_t i = 0; i < 2; i++) {
        struct rig_signed signature;
        struct outbox_mail *mails;
        rig_sign(world, NULL, NULL, &signature);
        assert_int_equal(world_decide(world, signature.id, decisions[i], "because", NULL), US_OK);
        assert_int_equal(world_mails(world, &mails), 1);
        rig_assert_own_link(world, &mails[0], signature.id);
        world_mails_free(mails, 1);
        assert_int_equal(rig_withdraw(world, signature.token, NULL), US_OK);
        assert_int_equal(world_mails(world, &mails), 0);
        free(mails);
        assert_int_equal(world_number(world, "SELECT COUNT(*) FROM outbox"), 0);
    }
}

/* A link for one thing does nothing else, and what is no link does nothing. */
static void test_tokens(void **state)
{
    struct world *world = *state;
    struct rig_signed signature;
    struct signatory *found;
    char token[TOKEN_TEXT_SIZE], *other;
    rig_sign(world, NULL, NULL, &signature);
    int64_t row = world_number(world, "SELECT id FROM signature");
    static const enum token_purpose wrong[] = {TOKEN_CONFIRM, TOKEN_UNSUBSCRIBE};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(token_make(world->keyring, wrong[i], row, token), US_OK);
        assert_int_equal(rig_find(world, token, &found), US_NOT_FOUND);
        assert_int_equal(rig_withdraw(world, token, NULL), US_NOT_FOUND);
        assert_int_equal(rig_correct(world, token, "Other", "", NULL), US_NOT_FOUND);
        assert_int_equal(rig_want(world, TOKEN_WITHDRAW, token, true), US_NOT_FOUND);
    }
    assert_int_equal(rig_want(world, TOKEN_UNSUBSCRIBE, signature.token, true), US_NOT_FOUND);
    other = mem_string(signature.token);
    other[20] = other[20] == 'A' ? 'B' : 'A';
    assert_int_equal(rig_find(world, other, &found), US_NOT_FOUND);
    assert_int_equal(rig_withdraw(world, other, NULL), US_NOT_FOUND);
    assert_int_equal(rig_withdraw(world, "", NULL), US_NOT_FOUND);
    free(other);
    /* A row that never was: its link is right, and there is nothing to withdraw. */
    assert_int_equal(token_make(world->keyring, TOKEN_WITHDRAW, 77, token), US_OK);
    assert_int_equal(rig_find(world, token, &found), US_NOT_FOUND);
    assert_int_equal(rig_withdraw(world, token, NULL), US_OK);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM signature WHERE state = "
                                         "'confirmed'"),
                     1);
    /* After its term one that waits is nothing any more, before it is swept out. */
    struct outbox_mail mail;
    world_sign(world, "Late", NULL);
    world_take_mail(world, &mail);
    /* Nor has what waits any news to end. */
    row = world_number(world, "SELECT id FROM pending WHERE state = 'pending'");
    assert_int_equal(token_make(world->keyring, TOKEN_UNSUBSCRIBE, row, token), US_OK);
    assert_int_equal(rig_find_subscribed(world, token, &found), US_NOT_FOUND);
    assert_int_equal(rig_want(world, TOKEN_UNSUBSCRIBE, token, false), US_NOT_FOUND);
    world->now += 4 * CLOCK_DAY;
    assert_int_equal(rig_find(world, mail.withdraw, &found), US_NOT_FOUND);
    outbox_mail_free(&mail);
}

static void test_updates(void **state)
{
    struct world *world = *state;
    struct rig_signed signature, other;
    struct submission submission;
    struct signatory *found;
    char token[TOKEN_TEXT_SIZE];
    world_fill(&submission, NULL, NULL);
    world_set(&submission, FIELD_UPDATES, "1");
    rig_sign_submission(world, &submission, &signature);
    int64_t row = world_number(world, "SELECT id FROM signature WHERE updates = 1");
    rig_sign(world, "Other", NULL, &other);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM signature WHERE updates = 1"), 1);
    assert_int_equal(token_make(world->keyring, TOKEN_UNSUBSCRIBE, row, token), US_OK);
    assert_int_equal(rig_find_subscribed(world, token, &found), US_OK);
    assert_true(found->wants_updates);
    assert_string_equal(found->submission.values[FIELD_UPDATES], "yes");
    assert_string_equal(found->public_id, signature.id);
    signatory_free(found);
    assert_int_equal(rig_find_subscribed(world, signature.token, &found), US_NOT_FOUND);

    for (int i = 0; i < 2; i++) {
        assert_int_equal(rig_want(world, TOKEN_UNSUBSCRIBE, token, false), US_OK);
        assert_int_equal(world_number(world, "SELECT SUM(updates) FROM signature"), 0);
    }
    assert_int_equal(rig_want(world, TOKEN_WITHDRAW, signature.token, true), US_OK);
    assert_int_equal(world_number(world, "SELECT SUM(updates) FROM signature"), 1);
    assert_int_equal(world_number(world, "SELECT updates FROM signature WHERE organisation = "
                                         "'Other'"),
                     0);
    assert_int_equal(world_check(world), 2);
    /* Who withdrew wants none, whoever asks. */
    assert_int_equal(rig_withdraw(world, signature.token, NULL), US_OK);
    assert_int_equal(rig_want(world, TOKEN_UNSUBSCRIBE, token, false), US_OK);
    assert_int_equal(rig_want(world, TOKEN_WITHDRAW, signature.token, true), US_CONFLICT);
    assert_int_equal(world_number(world, "SELECT SUM(updates) FROM signature"), 0);
    assert_int_equal(world_check(world), 2);
}

/* ---- at the same moment ---- */

struct racer {
    struct world *world;
    pthread_barrier_t *start;
    const struct rig_signed *signature;
    int what;
    enum us_err err;
    bool changed;
};

static void *run_racer(void *arg)
{
    struct racer *racer = arg;
    pthread_barrier_wait(racer->start);
    if (racer->what == 0)
        racer->err = rig_withdraw(racer->world, racer->signature->token, NULL);
    else if (racer->what == 1)
        racer->err = world_decide(racer->world, racer->signature->id, DECISION_APPROVE, NULL,
                                  &racer->changed);
    else if (racer->what == 2)
        racer->err =
            rig_correct(racer->world, racer->signature->token, "Профсоюз «Майак»", "", NULL);
    else
        racer->err = rig_want(racer->world, TOKEN_WITHDRAW, racer->signature->token, true);
    return NULL;
}

static void race(struct world *world, const struct rig_signed *signature, struct racer *racers,
                 size_t count)
{
    pthread_barrier_t start;
    pthread_t threads[8];
    pthread_barrier_init(&start, NULL, (unsigned)count);
    for (size_t i = 0; i < count; i++) {
        racers[i].world = world;
        racers[i].start = &start;
        racers[i].signature = signature;
        assert_int_equal(pthread_create(&threads[i], NULL, run_racer, &racers[i]), 0);
    }
    for (size_t i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&start);
}

/* Whoever comes first, it is withdrawn in the end, once, and nobody is told that it is listed. */
static void test_withdraw_while_decided(void **state)
{
    enum { ROUNDS = 60 };
    struct world *world = *state;
    int approved = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct racer racers[5] = {{.what = 0}, {.what = 1}, {.what = 0}, {.what = 2}, {.what = 3}};
        struct rig_signed signature;
        struct outbox_mail *mails;
        rig_sign(world, NULL, NULL, &signature);
        race(world, &signature, racers, 5);
        assert_int_equal(racers[0].err, US_OK);
        assert_int_equal(racers[2].err, US_OK);
        assert_true(racers[1].err == (racers[1].changed ? US_OK : US_CONFLICT));
        assert_true(racers[3].err == US_OK || racers[3].err == US_CONFLICT);
        assert_true(racers[4].err == US_OK || racers[4].err == US_CONFLICT);
        approved += racers[1].changed;
        assert_int_equal(world_mails(world, &mails), 0);
        free(mails);
    }
    assert_int_equal(world_check(world), ROUNDS);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM signature "
                                         "WHERE state <> 'withdrawn' OR length(contact) > 0 "
                                         "OR updates <> 0"),
                     0);
    assert_int_equal(rig_count_audit(world, "signature.withdraw"), approved);
    assert_int_equal(rig_count_audit(world, "signature.withdraw-unlisted"), ROUNDS - approved);
    print_message("approved first: %d of %d\n", approved, ROUNDS);
}

/* A link that is confirmed while it is withdrawn ends as one or the other, never as both. */
static void *confirm_racer(void *arg)
{
    struct racer *racer = arg;
    pthread_barrier_wait(racer->start);
    racer->err = world_confirm(racer->world, racer->signature->confirm, NULL);
    return NULL;
}

static void test_withdraw_while_confirmed(void **state)
{
    enum { ROUNDS = 60 };
    struct world *world = *state;
    int64_t confirmed = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct racer racers[2] = {{.what = 0}, {.what = 0}};
        struct rig_signed signature;
        struct outbox_mail mail;
        pthread_barrier_t start;
        pthread_t threads[2];
        world_sign(world, NULL, NULL);
        world_take_mail(world, &mail);
        memcpy(signature.token, mail.withdraw, sizeof signature.token);
        memcpy(signature.confirm, mail.token, sizeof signature.confirm);
        outbox_mail_free(&mail);
        pthread_barrier_init(&start, NULL, 2);
        for (size_t i = 0; i < 2; i++) {
            racers[i] = (struct racer){.world = world, .start = &start, .signature = &signature};
            assert_int_equal(
                pthread_create(&threads[i], NULL, i ? run_racer : confirm_racer, &racers[i]), 0);
        }
        for (size_t i = 0; i < 2; i++)
            pthread_join(threads[i], NULL);
        pthread_barrier_destroy(&start);
        assert_int_equal(racers[1].err, US_OK);
        assert_true(racers[0].err == US_OK || racers[0].err == US_NOT_FOUND);
        confirmed += racers[0].err == US_OK;
    }
    assert_int_equal(world_check(world), confirmed);
    assert_int_equal(
        world_number(world, "SELECT COUNT(*) FROM signature WHERE state <> 'withdrawn'"), 0);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM pending WHERE state = 'pending'"),
                     0);
}

/* A signature has its pending row's id: no mail about it that was given up keeps that id beside the
 * second at which it was asked for. */
static void test_given_up(void **state)
{
    struct world *world = *state;
    struct outbox_mail *mails;
    world_sign(world, NULL, NULL);
    assert_int_equal(world_mails(world, &mails), 1);
    assert_int_equal(outbox_refused(world->site, &mails[0], world->now, true, "no such user"),
                     US_OK);
    assert_int_equal(world_confirm(world, mails[0].token, NULL), US_OK);
    world_mails_free(mails, 1);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM outbox WHERE state = 'failed'"), 1);
    assert_int_equal(
        world_number(world,
                     "SELECT COUNT(*) FROM outbox JOIN signature ON reference = signature.id"),
        0);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM pending WHERE created_at <> 0"), 0);
}

static bool count_one(const struct signature *signature, void *arg)
{
    struct signature_filter *filter = arg;
    filter->version += signature->state == SIGNATURE_WITHDRAWN && !signature->representative;
    return true;
}

static void list_withdrawn(struct reader *reader, void *arg)
{
    const struct signature_filter filter = {.has_state = true, .state = SIGNATURE_WITHDRAWN};
    assert_int_equal(signature_each(reader, &filter, count_one, arg), US_OK);
}

static void test_list(void **state)
{
    struct world *world = *state;
    struct rig_signed signature, other;
    struct signature_filter seen = {.version = 0};
    rig_sign(world, "A", NULL, &signature);
    rig_sign(world, "B", NULL, &other);
    assert_int_equal(rig_withdraw(world, signature.token, NULL), US_OK);
    world_read(world, list_withdrawn, &seen);
    assert_int_equal(seen.version, 1);
}

#define ON_A_WORLD(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_WORLD(test_withdraw),
        ON_A_WORLD(test_withdraw_refused),
        ON_A_WORLD(test_withdraw_everything),
        ON_A_WORLD(test_signing_again),
        ON_A_WORLD(test_reasons),
        ON_A_WORLD(test_withdraw_waiting),
        ON_A_WORLD(test_mails_of_withdrawn),
        ON_A_WORLD(test_tokens),
        ON_A_WORLD(test_updates),
        ON_A_WORLD(test_withdraw_while_decided),
        ON_A_WORLD(test_withdraw_while_confirmed),
        ON_A_WORLD(test_given_up),
        ON_A_WORLD(test_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
