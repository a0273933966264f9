/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Correcting the organisation's name: what follows from it follows, and it stays the organisation
 * that was confirmed. On a real store with real keys.
 */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal_signatory_rig.h"
#include "base/clock.h"
#include "base/mem.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_correct(void **state)
{
    struct world *world = *state;
    struct rig_signed signature, again;
    struct signatory *found;
    struct outbox_mail *mails;
    struct submission submission;
    world_fill(&submission, "Прафсоюз Маяк", NULL);
    world_set(&submission, FIELD_ORGANISATION_LATIN, "Mayack");
    rig_sign_submission(world, &submission, &signature);
    assert_int_equal(rig_correct(world, signature.token, "  Профсоюз   «Маяк» ", "Mayak", NULL),
                     US_OK);
    assert_int_equal(world_check(world), 1);
    assert_int_equal(rig_find(world, signature.token, &found), US_OK);
    assert_string_equal(found->submission.values[FIELD_ORGANISATION], "Профсоюз «Маяк»");
    assert_string_equal(found->submission.values[FIELD_ORGANISATION_LATIN], "Mayak");
    assert_true(found->can_correct);
    signatory_free(found);
    assert_int_equal(rig_count_audit(world, "signature.correct"), 1);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM audit_detail WHERE reason = "
                                         "'it was: Прафсоюз Маяк'"),
                     1);
    /* The same again is nothing. */
    assert_int_equal(rig_correct(world, signature.token, "Профсоюз «Маяк»", "Mayak", NULL), US_OK);
    assert_int_equal(rig_count_audit(world, "signature.correct"), 1);

    /* The place is the new name's. */
    world_sign(world, "профсоюз маяк", NULL);
    assert_int_equal(world_mails(world, &mails), 1);
    assert_int_equal(mails[0].template, OUTBOX_ALREADY);
    rig_assert_own_link(world, &mails[0], signature.id);
    assert_int_equal(outbox_accepted(world->site, &mails[0], world->now), US_OK);
    world_mails_free(mails, 1);
    rig_sign(world, "Прафсоюз Маяк", NULL, &again);

    /* Held, it can be corrected; the mail of the decision has the name as it is then. */
    assert_int_equal(world_decide(world, signature.id, DECISION_HOLD, NULL, NULL), US_OK);
    assert_int_equal(rig_correct(world, signature.token, "Профсоюз «Маяк-2»", NULL, NULL), US_OK);
    assert_int_equal(world_decide(world, signature.id, DECISION_APPROVE, NULL, NULL), US_OK);
    assert_int_equal(world_mails(world, &mails), 1);
    assert_int_equal(mails[0].template, OUTBOX_LISTED);
    assert_string_equal(mails[0].organisation, "Профсоюз «Маяк-2»");
    rig_assert_own_link(world, &mails[0], signature.id);
    world_mails_free(mails, 1);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM signature WHERE mailbox IS NULL "
                                         "AND organisation_latin IS NULL AND state = 'listed'"),
                     1);
    assert_int_equal(world_check(world), 2);
}

/* Bait and switch: by whatever steps, it stays what a moderator may have looked at. */
static void test_correct_slips_only(void **state)
{
    static const struct {
        const char *name, *latin;
        bool of_name, of_latin; /* too far */
    } tries[] = {
        {"Harbour Union", "", true, false},
        {"Dock Union Two", "Dokers", false, false},
        {"Docks Union", "Dockers", false, false},
        /* No further from the last correction than that, but from the first name. */
        {"Dock Union Twoooo", "", true, false},
        {"Dock Union", "Harbour", false, true},
        {"Harbour", "Harbour", true, true},
        {"Dock Union", "", false, false},
        {"Dock Union", "Dockers", false, false}, /* left out, and put back */
        {"DOCK «UNION»", "dockers", false, false},
    };
    struct world *world = *state;
    struct rig_signed signature, plain;
    struct submission submission;
    enum signing_problem problems[FIELD_COUNT];
    world_fill(&submission, "Dock Union", NULL);
    world_set(&submission, FIELD_ORGANISATION_LATIN, "Dockers");
    rig_sign_submission(world, &submission, &signature);
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        bool is_far = tries[i].of_name || tries[i].of_latin;
        enum us_err err =
            rig_correct(world, signature.token, tries[i].name, tries[i].latin, problems);
        if (err != (is_far ? US_INVALID : US_OK))
            fail_msg("%zu: %s", i, err_name(err));
        if (!is_far)
            continue;
        assert_int_equal(problems[FIELD_ORGANISATION],
                         tries[i].of_name ? PROBLEM_TOO_FAR : PROBLEM_NONE);
        assert_int_equal(problems[FIELD_ORGANISATION_LATIN],
                         tries[i].of_latin ? PROBLEM_TOO_FAR : PROBLEM_NONE);
    }
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM signature WHERE "
                                         "organisation_was = 'Dock Union' AND "
                                         "organisation_latin_was = 'Dockers' AND "
                                         "organisation = 'DOCK «UNION»'"),
                     1);
    /* Where there was no Latin form none is added, before or after the first correction. */
    rig_sign(world, "Plain", NULL, &plain);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(rig_correct(world, plain.token, "Plane", "Plane", problems), US_INVALID);
        assert_int_equal(problems[FIELD_ORGANISATION_LATIN], PROBLEM_TOO_FAR);
        assert_int_equal(rig_correct(world, plain.token, "Plane", "", NULL), US_OK);
    }
    assert_int_equal(world_check(world), 2);
    assert_int_equal(rig_withdraw(world, plain.token, NULL), US_OK);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM signature WHERE "
                                         "state = 'withdrawn' AND organisation_was IS NULL"),
                     1);
}

static void test_correct_refusals(void **state)
{
    static const struct {
        const char *name, *latin;
        enum signing_problem of_name, of_latin;
    } wrong[] = {
        {"", "", PROBLEM_MISSING, PROBLEM_NONE},
        {NULL, NULL, PROBLEM_MISSING, PROBLEM_NONE},
        {"12345", "", PROBLEM_MALFORMED, PROBLEM_NONE},
        {"Union\xe2\x80\xae", "", PROBLEM_FORBIDDEN, PROBLEM_NONE},
        {"Union", "Маяк", PROBLEM_NONE, PROBLEM_MALFORMED},
        {"", "Маяк", PROBLEM_MISSING, PROBLEM_MALFORMED},
    };
    static const enum decision decisions[] = {DECISION_APPROVE, DECISION_STRIKE};
    struct world *world = *state;
    struct rig_signed signature, other;
    struct signatory *found;
    enum signing_problem problems[FIELD_COUNT];
    rig_sign(world, "Union A", NULL, &signature);
    rig_sign(world, "Union B", NULL, &other);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(
            rig_correct(world, signature.token, wrong[i].name, wrong[i].latin, problems),
            US_INVALID);
        for (enum signing_field field = 0; field < FIELD_COUNT; field++)
            assert_int_equal(problems[field], field == FIELD_ORGANISATION ? wrong[i].of_name
                                              : field == FIELD_ORGANISATION_LATIN
                                                  ? wrong[i].of_latin
                                                  : PROBLEM_NONE);
    }
    assert_int_equal(rig_correct(world, signature.token, "UNION «B»", "", NULL), US_DUPLICATE);
    /* Another spelling of its own name is no other name. */
    assert_int_equal(rig_correct(world, signature.token, "UNION «A»", "", NULL), US_OK);
    assert_int_equal(rig_correct(world, signature.token, "Union A", "", NULL), US_OK);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(world_decide(world, signature.id, decisions[i], "because", NULL), US_OK);
        assert_int_equal(rig_correct(world, signature.token, "Union C", "", NULL), US_CONFLICT);
        assert_int_equal(rig_find(world, signature.token, &found), US_OK);
        assert_false(found->can_correct);
        signatory_free(found);
    }
    /* Refused and taken back it waits again, but its mailbox went with the mail. */
    assert_int_equal(world_decide(world, other.id, DECISION_REFUSE, "because", NULL), US_OK);
    assert_int_equal(world_decide(world, other.id, DECISION_RESTORE, NULL, NULL), US_OK);
    assert_int_equal(rig_correct(world, other.token, "Union C", "", NULL), US_CONFLICT);
    assert_int_equal(rig_withdraw(world, other.token, NULL), US_OK);
    assert_int_equal(rig_correct(world, other.token, "Union C", "", NULL), US_CONFLICT);
    /* One that waits is not corrected: it is signed anew. */
    struct outbox_mail *mails;
    world_sign(world, "Union D", "d@mayak.example");
    size_t count = world_mails(world, &mails);
    for (size_t i = 0; i < count; i++)
        if (mails[i].template == OUTBOX_CONFIRM)
            assert_int_equal(rig_correct(world, mails[i].withdraw, "Union C", "", NULL),
                             US_NOT_FOUND);
    world_mails_free(mails, count);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM signature WHERE organisation IN "
                                         "('Union A', 'Union B')"),
                     2);
    assert_int_equal(world_check(world), 2);
}

/* Each correction leaves an audit row: there is an end to them, and tomorrow it is another day. */
static void test_correct_quota(void **state)
{
    struct world *world = *state;
    struct rig_signed signature, other;
    rig_sign(world, "Union", NULL, &signature);
    rig_sign(world, "Other", NULL, &other);
    for (int i = 0; i < 12; i++) {
        char *name = mem_format("Union %c", 'A' + i);
        assert_int_equal(rig_correct(world, signature.token, name, "", NULL),
                         i < 10 ? US_OK : US_LIMITED);
        free(name);
    }
    assert_int_equal(rig_count_audit(world, "signature.correct"), 10);
    assert_int_equal(rig_correct(world, other.token, "Other Z", "", NULL), US_OK);
    world->now += CLOCK_DAY;
    assert_int_equal(rig_correct(world, signature.token, "Union Y", "", NULL), US_OK);
    assert_int_equal(world_check(world), 2);
}

#define ON_A_WORLD(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_WORLD(test_correct),
        ON_A_WORLD(test_correct_slips_only),
        ON_A_WORLD(test_correct_refusals),
        ON_A_WORLD(test_correct_quota),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
