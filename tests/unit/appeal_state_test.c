/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Whether an appeal takes signatures is said by hand: each step from the states that allow it, the
 * others refused with what to type; the days a pause took, and that publishing does not lose them;
 * that whoever was mailed a link before signs all the same.
 */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal/appeal_state.h"
#include "appeal_signatory_rig.h"
#include "base/clock.h"
#include "base/mem.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLOSING "closes = 2096-03-31\n"

static int setup(void **state)
{
    struct world *world = MEM_NEW(struct world);
    world_make(world, CLOSING);
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    world_remove(*state);
    free(*state);
    return 0;
}

static enum us_err turn(struct world *world, enum appeal_turn turn, int64_t days_later,
                        struct appeal_turned *out, struct fault *fault)
{
    const struct appeal_turning what = {.slug = "trial",
                                        .actor = "unix:test",
                                        .reason = "said by the test",
                                        .now = world->now + days_later * CLOCK_DAY};
    *fault = (struct fault){.line = 0};
    *out = (struct appeal_turned){.changed = false};
    return appeal_state_turn(world->site, turn, &what, out, fault);
}

static void must(struct world *world, enum appeal_turn which, int64_t days_later,
                 enum appeal_state state)
{
    struct appeal_turned out;
    struct fault fault;
    enum us_err err = turn(world, which, days_later, &out, &fault);
    if (err)
        fail_msg("turn %d: %s", which, fault.text);
    assert_true(out.changed);
    assert_int_equal(out.state, state);
}

struct load {
    struct world *world;
    struct appeal *appeal;
    enum us_err err;
};

static void load_work(struct reader *reader, void *arg)
{
    struct load *load = arg;
    load->err = appeal_load(reader, load->world->site, "trial", &load->appeal);
}

static struct appeal *load(struct world *world)
{
    struct load load = {.world = world};
    world_read(world, load_work, &load);
    assert_int_equal(load.err, US_OK);
    return load.appeal;
}

static enum appeal_state state_of(struct world *world)
{
    struct appeal *appeal = load(world);
    enum appeal_state state = appeal->state;
    appeal_free(appeal);
    return state;
}

static void go_to(struct world *world, enum appeal_state state)
{
    switch (state) {
    case APPEAL_PAUSED:
        must(world, TURN_PAUSE, 0, state);
        break;
    case APPEAL_CLOSED:
        must(world, TURN_CLOSE, 0, state);
        break;
    case APPEAL_ARCHIVED:
        must(world, TURN_ARCHIVE, 0, state);
        break;
    case APPEAL_OPEN:
    case APPEAL_DRAFT:
        break;
    }
}

/* ---- the table ---- */

static void test_steps(void **state)
{
    enum { NO = -1, SAME = -2 };
    static const int expected[][5] = {
        /* pause, resume, close, reopen, archive */
        [APPEAL_OPEN] = {APPEAL_PAUSED, SAME, APPEAL_CLOSED, SAME, APPEAL_ARCHIVED},
        [APPEAL_PAUSED] = {SAME, APPEAL_OPEN, APPEAL_CLOSED, NO, APPEAL_ARCHIVED},
        [APPEAL_CLOSED] = {NO, NO, SAME, APPEAL_OPEN, APPEAL_ARCHIVED},
        [APPEAL_ARCHIVED] = {NO, NO, NO, APPEAL_OPEN, SAME},
    };
    struct world *world = *state;
    for (int from = APPEAL_OPEN; from <= APPEAL_ARCHIVED; from++) {
        for (int t = TURN_PAUSE; t <= TURN_ARCHIVE; t++) {
            struct appeal_turned out;
            struct fault fault;
            int want = expected[from][t];
            int64_t audits = world_number(world, "SELECT COUNT(*) FROM audit");
            go_to(world, (enum appeal_state)from);
            audits += from != APPEAL_OPEN;
            enum us_err err = turn(world, (enum appeal_turn)t, 0, &out, &fault);
            assert_int_equal(err, want == NO ? US_CONFLICT : US_OK);
            assert_int_equal(out.changed, want >= 0);
            assert_int_equal(state_of(world), want >= 0 ? want : from);
            assert_int_equal(world_number(world, "SELECT COUNT(*) FROM audit"),
                             audits + (want >= 0));
            if (want == NO)
                assert_non_null(strstr(fault.text, "undersign appeal re"));
            world_close(world);
            world_sql(world, "UPDATE appeal SET state = 'open', paused_on = NULL, closed_on = NULL,"
                             " archived_on = NULL");
            world_open(world);
        }
    }
    assert_int_equal(rig_count_audit(world, "appeal.reopen"), 2);
}

static void test_refuses_strangers_and_drafts(void **state)
{
    struct world *world = *state;
    struct appeal_turning what = {.slug = "nowhere", .actor = "unix:test", .now = world->now};
    struct appeal_turned out;
    struct fault fault = {.line = 0};
    assert_int_equal(appeal_state_turn(world->site, TURN_PAUSE, &what, &out, &fault), US_NOT_FOUND);
    world_close(world);
    world_sql(world, "UPDATE appeal SET state = 'draft', published_version = NULL");
    world_open(world);
    what.slug = "trial";
    assert_int_equal(appeal_state_turn(world->site, TURN_ARCHIVE, &what, &out, &fault),
                     US_CONFLICT);
    assert_non_null(strstr(fault.text, "appeal publish trial"));
    assert_int_equal(appeal_state_shield(world->site, true, &what, &out, &fault), US_CONFLICT);
}

static void test_trial_changes_nothing(void **state)
{
    struct world *world = *state;
    const struct appeal_turning what = {
        .slug = "trial", .actor = "unix:test", .now = world->now, .is_trial = true};
    struct appeal_turned out;
    struct fault fault = {.line = 0};
    int64_t audits = world_number(world, "SELECT COUNT(*) FROM audit");
    assert_int_equal(appeal_state_turn(world->site, TURN_CLOSE, &what, &out, &fault), US_OK);
    assert_true(out.changed);
    assert_int_equal(out.state, APPEAL_CLOSED);
    assert_int_equal(out.closing, clock_day(world->now));
    assert_int_equal(appeal_state_shield(world->site, true, &what, &out, &fault), US_OK);
    assert_true(out.changed && out.is_shielded);
    assert_int_equal(state_of(world), APPEAL_OPEN);
    assert_int_equal(world_number(world, "SELECT is_shielded FROM appeal"), 0);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM audit"), audits);
}

/* ---- days ---- */

static void test_pause_moves_closing(void **state)
{
    struct world *world = *state;
    struct appeal_turned out;
    struct fault fault;
    int64_t closing = world->appeal->settings->closes_on;
    must(world, TURN_PAUSE, 0, APPEAL_PAUSED);
    assert_int_equal(turn(world, TURN_RESUME, 9, &out, &fault), US_OK);
    assert_int_equal(out.days_lost, 9);
    assert_int_equal(out.closing, closing + 9);
    must(world, TURN_PAUSE, 10, APPEAL_PAUSED);
    must(world, TURN_RESUME, 12, APPEAL_OPEN);

    struct appeal *appeal = load(world);
    assert_int_equal(appeal->settings->closes_on, closing + 11);
    assert_int_equal(appeal->days_lost, 11);
    assert_true(appeal_is_open(appeal, closing + 11));
    assert_false(appeal_is_open(appeal, closing + 12));
    appeal_free(appeal);
    assert_int_equal(world_number(world, "SELECT closes_on FROM appeal"), closing + 11);

    /* Published again, with another title: the file names the same day, and the days still count.
     */
    world_publish(world, "trial", CLOSING, "Другое");
    assert_int_equal(world->appeal->settings->closes_on, closing + 11);
    assert_int_equal(world_number(world, "SELECT closes_on FROM appeal"), closing + 11);
    /* Another day is taken as it stands, and the row is as the pages are. */
    world_publish(world, "trial", "closes = 2097-01-01\n", "Другое");
    assert_int_equal(world->appeal->days_lost, 0);
    assert_int_equal(world_number(world, "SELECT closes_on FROM appeal"),
                     world->appeal->settings->closes_on);
}

static void test_pause_before_opening_loses_nothing(void **state)
{
    struct world *world = *state;
    struct appeal_turned out;
    struct fault fault;
    world_publish(world, "trial", "opens = 2096-03-01\n" CLOSING, "Обращение");
    int64_t opening = world->appeal->settings->opens_on - clock_day(world->now);
    must(world, TURN_PAUSE, 0, APPEAL_PAUSED);
    assert_int_equal(turn(world, TURN_RESUME, opening + 4, &out, &fault), US_OK);
    assert_int_equal(out.days_lost, 4);
}

static void test_closing_day_that_is_past(void **state)
{
    struct world *world = *state;
    struct appeal_turned out;
    struct fault fault;
    int64_t past = world->appeal->settings->closes_on - clock_day(world->now) + 5;
    /* A pause goes over the closing day: nothing of the days before it is lost. */
    must(world, TURN_PAUSE, past - 7, APPEAL_PAUSED);
    assert_int_equal(turn(world, TURN_RESUME, past, &out, &fault), US_OK);
    assert_int_equal(out.closing, clock_day(world->now) + past + 2);
    /* Past its day it is closed whatever is said. */
    assert_int_equal(turn(world, TURN_PAUSE, past + 3, &out, &fault), US_CONFLICT);
    must(world, TURN_CLOSE, past + 3, APPEAL_CLOSED);
    assert_int_equal(turn(world, TURN_REOPEN, past + 3, &out, &fault), US_CONFLICT);
    assert_non_null(strstr(fault.text, "closes"));
    world_publish(world, "trial", "closes = 2099-01-01\n", "Обращение");
    assert_int_equal(state_of(world), APPEAL_CLOSED);
    must(world, TURN_REOPEN, past + 3, APPEAL_OPEN);
}

static void test_day_of_closing(void **state)
{
    struct world *world = *state;
    int64_t today = clock_day(world->now);
    must(world, TURN_CLOSE, 3, APPEAL_CLOSED);
    struct appeal *appeal = load(world);
    assert_int_equal(appeal_closing(appeal), today + 3);
    appeal_free(appeal);
    must(world, TURN_ARCHIVE, 7, APPEAL_ARCHIVED);
    appeal = load(world);
    assert_int_equal(appeal_closing(appeal), today + 3);
    assert_int_equal(appeal->archived_on, today + 7);
    appeal_free(appeal);
    must(world, TURN_REOPEN, 8, APPEAL_OPEN);
    appeal = load(world);
    assert_int_equal(appeal->archived_on, 0);
    assert_int_equal(appeal_closing(appeal), world->appeal->settings->closes_on);
    appeal_free(appeal);
}

/* ---- what it is for ---- */

static void test_publishing_opens_drafts_alone(void **state)
{
    struct world *world = *state;
    static const enum appeal_state states[] = {APPEAL_PAUSED, APPEAL_CLOSED, APPEAL_ARCHIVED};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        char title[32];
        (void)snprintf(title, sizeof title, "Текст %zu", i);
        go_to(world, states[i]);
        world_publish(world, "trial", CLOSING, title);
        assert_int_equal(state_of(world), states[i]);
        must(world, states[i] == APPEAL_PAUSED ? TURN_RESUME : TURN_REOPEN, 0, APPEAL_OPEN);
    }
}

static void test_mailed_links_stay_good(void **state)
{
    struct world *world = *state;
    static const enum appeal_state states[] = {APPEAL_PAUSED, APPEAL_CLOSED, APPEAL_ARCHIVED};
    static const char *const names[] = {"Союз А", "Союз Б", "Союз В"};
    for (size_t i = 0; i < 3; i++) {
        struct outbox_mail mail;
        struct signing_receipt receipt;
        struct submission submission;
        world_sign(world, names[i], NULL);
        world_take_mail(world, &mail);
        go_to(world, states[i]);
        /* Nobody new, and who was on the way arrives. world->appeal is as it was before. */
        world_fill(&submission, "Опоздавший союз", "late@late.example");
        assert_int_equal(world_submit(world, &submission), US_EXPIRED);
        submission_clear(&submission);
        assert_int_equal(world_confirm(world, mail.token, &receipt), US_OK);
        assert_int_equal(receipt.state, SIGNATURE_CONFIRMED);
        outbox_mail_free(&mail);
        must(world, states[i] == APPEAL_PAUSED ? TURN_RESUME : TURN_REOPEN, 0, APPEAL_OPEN);
    }
    assert_int_equal(world_check(world), 3);
}

static void test_shield_lists_nobody(void **state)
{
    struct world *world = *state;
    const struct appeal_turning what = {.slug = "trial", .actor = "unix:test", .now = world->now};
    struct signing_receipt receipt;
    struct appeal_turned out;
    struct fault fault = {.line = 0};
    world_publish(world, "trial", "policy = after\n", "Обращение");
    assert_int_equal(appeal_state_shield(world->site, true, &what, &out, &fault), US_OK);
    assert_true(out.changed);
    assert_int_equal(appeal_state_shield(world->site, true, &what, &out, &fault), US_OK);
    assert_false(out.changed);
    world_signature(world, "Союз А", "a@a.example", &receipt);
    assert_int_equal(receipt.state, SIGNATURE_CONFIRMED);
    assert_int_equal(appeal_state_shield(world->site, false, &what, &out, &fault), US_OK);
    assert_true(out.changed);
    world_signature(world, "Союз Б", "b@b.example", &receipt);
    assert_int_equal(receipt.state, SIGNATURE_LISTED);
    assert_int_equal(rig_count_audit(world, "appeal.shield"), 1);
    assert_int_equal(rig_count_audit(world, "appeal.unshield"), 1);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_steps),
        TEST(test_refuses_strangers_and_drafts),
        TEST(test_trial_changes_nothing),
        TEST(test_pause_moves_closing),
        TEST(test_pause_before_opening_loses_nothing),
        TEST(test_closing_day_that_is_past),
        TEST(test_day_of_closing),
        TEST(test_publishing_opens_drafts_alone),
        TEST(test_mailed_links_stay_good),
        TEST(test_shield_lists_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
