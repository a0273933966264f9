/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Lists and letters over the control socket: what an audience may not see does not leave the
 * service, whoever asks; mailboxes leave it sealed; what is taken is noted.
 */
#include "appeal/signature_merge.h"
#include "base/mem.h"
#include "control_talk.h"
#include "proto/command.h"
#include "store/query.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void sign_as(struct world *world, const char *name, const char *mailbox,
                    const char *visibility)
{
    struct submission submission;
    struct signing_receipt receipt;
    struct outbox_mail mail;

    world_fill(&submission, name, mailbox);
    world_set(&submission, FIELD_VISIBILITY, visibility);
    world_set(&submission, FIELD_REPRESENTATIVE, "Somebody Hidden");
    assert_int_equal(world_submit(world, &submission), US_OK);
    submission_clear(&submission);
    world_take_mail(world, &mail);
    assert_int_equal(world_confirm(world, mail.token, &receipt), US_OK);
    outbox_mail_free(&mail);
    bool changed;
    assert_int_equal(world_decide(world, receipt.public_id, DECISION_APPROVE, NULL, &changed),
                     US_OK);
    /* The mail of the decision, so that the next one taken is the only one. */
    world_take_mail(world, &mail);
    outbox_mail_free(&mail);
}

/* Every byte of an answer, whatever frame it is in. */
static char *read_raw(struct talk *talk, const char *command, const struct frame_option *options,
                      size_t count)
{
    struct str out = STR_INIT;
    struct frame frame;

    talk_ask(talk, command, "trial", options, count);
    do {
        assert_int_equal(frame_read(talk->reader, talk->fd, -1, NULL, &frame), US_OK);
        if (frame.type == FRAME_ERROR)
            fail_msg("unexpected error: %s", frame.text);
        for (size_t i = 0; frame.type == FRAME_ROW && i < frame.count; i++) {
            if (frame.values[i].is_set && frame.values[i].text != NULL)
                str_append_format(&out, "<%s>", frame.values[i].text);
        }
    } while (frame.type != FRAME_END);
    return str_take(&out);
}

static void test_exports_keep_the_table(void **state)
{
    struct world world;
    struct talk talk;
    char *all;

    (void)state;
    talk_make_world(&world);
    sign_as(&world, "Open Union", "a@union.example", "public");
    sign_as(&world, "Counted Union", "b@union.example", "counted");
    talk_begin(&talk, &world, NULL);

    talk_ask(&talk, "export csv", "trial", NULL, 0);
    talk_assert_answer(&talk, "list", "public|-|1|-|1|1|1200|1|-|\n");
    all = read_raw(&talk, "export csv", NULL, 0);
    assert_non_null(strstr(all, "Open Union"));
    assert_non_null(strstr(all, "Somebody Hidden"));
    assert_null(strstr(all, "Counted Union"));
    free(all);
    all = read_raw(&talk, "export letter", NULL, 0);
    assert_non_null(strstr(all, "Open Union"));
    assert_null(strstr(all, "Counted Union"));
    free(all);
    all = read_raw(&talk, "export csv", &(struct frame_option){"all", ""}, 1);
    assert_non_null(strstr(all, "Counted Union"));
    free(all);
    talk_ask(&talk, "export csv", "trial", (struct frame_option[]){{"all", ""}, {"for", "x"}}, 2);
    talk_assert_error(&talk, US_INVALID, "exclude");
    talk_ask(&talk, "export letter", "trial", &(struct frame_option){"lang", "xx"}, 1);
    talk_assert_error(&talk, US_INVALID, "it has: ru, en");
    talk_ask(&talk, "export letter", "trial", &(struct frame_option){"to", "nobody"}, 1);
    talk_assert_error(&talk, US_NOT_FOUND, "nobody");
    talk_ask(&talk, "export csv", "trial", &(struct frame_option){"for", "nobody"}, 1);
    talk_assert_error(&talk, US_NOT_FOUND, "nobody");
    talk_ask(&talk, "export csv", "trial", &(struct frame_option){"version", "9"}, 1);
    talk_assert_error(&talk, US_NOT_FOUND, "published: 1");
    talk_ask(&talk, "export csv", "trial", &(struct frame_option){"version", "0"}, 1);
    talk_assert_error(&talk, US_INVALID, "whole number");
    talk_end(&talk);
    world_remove(&world);
}

/* The command line knows the states by heart, which it must not know better than the service. */
static void test_states_are_known(void **state)
{
    const char *const *words = command_options[OPTION_STATE].words;
    enum signature_state found;
    size_t count = 0;

    (void)state;
    for (; words[count] != NULL; count++) {
        assert_true(signature_state_from_name(words[count], &found));
        assert_string_equal(signature_state_name(found), words[count]);
    }
    assert_int_equal(count, SIGNATURE_STATE_COUNT);
}

/* A client that is not ours gets no more than ours would ask for. */
static void test_lists_are_refused(void **state)
{
    static const struct {
        struct frame_option options[2];
        size_t count;
        const char *part;
    } cases[] = {
        {{{"contacts", ""}}, 1, "--all"},
        {{{"contacts", ""}, {"for", "x"}}, 2, "--all"},
        {{{"state", "held"}}, 1, "--all"},
        {{{"state", "lost"}, {"all", ""}}, 2, "not a state"},
        {{{"edition", "1"}, {"all", ""}}, 2, "exclude"},
        {{{"edition", "1"}, {"version", "1"}}, 2, "exclude"},
        {{{"edition", "1"}, {"state", "listed"}}, 2, "exclude"},
        {{{"edition", "1"}, {"contacts", ""}}, 2, "exclude"},
        {{{"edition", "0"}}, 1, "number"},
        {{{"edition", "99999999999999999999"}}, 1, "number"},
    };
    static const char *const commands[] = {"export csv", "export xlsx", "export json",
                                           "export jsonl"};
    struct world world;
    struct talk talk;

    (void)state;
    talk_make_world(&world);
    sign_as(&world, "Counted Union", "b@union.example", "counted");
    talk_begin(&talk, &world, NULL);
    for (size_t k = 0; k < sizeof(commands) / sizeof(commands[0]); k++) {
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
            talk_ask(&talk, commands[k], "trial", cases[i].options, cases[i].count);
            talk_assert_error(&talk, US_INVALID, cases[i].part);
        }
    }
    assert_int_equal(world_number(&world, "SELECT COUNT(*) FROM audit WHERE act LIKE 'export.%'"),
                     0);
    talk_end(&talk);
    world_remove(&world);
}

/* A mailbox leaves the service as it lies there: sealed, and noted as what it is. */
static void test_contacts_stay_sealed(void **state)
{
    static const struct frame_option options[] = {{"all", ""}, {"contacts", ""}};
    struct world world;
    struct talk talk;
    char *all;
    size_t len;

    (void)state;
    talk_make_world(&world);
    sign_as(&world, "Open Union", "a@union.example", "public");
    talk_begin(&talk, &world, NULL);
    all = read_raw(&talk, "export jsonl", options, 2);
    assert_non_null(strstr(all, "Open Union"));
    assert_null(strstr(all, "union.example"));
    len = strlen(all);
    free(all);
    all = read_raw(&talk, "export jsonl", options, 1);
    assert_true(len > strlen(all) + 100); /* something sealed was there */
    free(all);
    assert_int_equal(
        world_number(&world, "SELECT COUNT(*) FROM audit WHERE act = 'export.contacts'"), 1);
    assert_int_equal(world_number(&world, "SELECT COUNT(*) FROM audit WHERE act = 'export.jsonl'"),
                     1);
    talk_end(&talk);
    world_remove(&world);
}

/* What is noted, the tests of the command line read. */
static void test_exports_are_noted(void **state)
{
    struct world world;
    struct talk talk;

    (void)state;
    talk_make_world(&world);
    talk_begin(&talk, &world, NULL);
    free(read_raw(&talk, "export csv", &(struct frame_option){"version", "1"}, 1));
    assert_int_equal(world_number(&world, "SELECT COUNT(*) FROM audit WHERE act = 'export.csv'"),
                     1);
    talk_ask(&talk, "export csv", "trial", &(struct frame_option){"version", "1x"}, 1);
    talk_assert_error(&talk, US_INVALID, "whole number");
    talk_end(&talk);
    world_remove(&world);
}

/* ---- looking for duplicates ---- */

struct looking {
    struct world *world;
    int told;
    bool is_gone;
    enum us_err err;
};

static bool goes_on(void *arg)
{
    return !((struct looking *)arg)->is_gone;
}

static bool on_duplicate(const struct signature_duplicate *duplicate, void *arg)
{
    struct looking *looking = arg;

    (void)duplicate;
    looking->told++;
    return true;
}

static void look(struct reader *reader, void *arg)
{
    struct looking *looking = arg;

    reader_watch(reader, goes_on, looking);
    looking->err = signature_duplicates(reader, looking->world->site, looking->world->appeal->id,
                                        on_duplicate, looking);
}

/* Between its queries too: comparing is what takes long. */
static void test_nobody_is_compared_for_who_is_gone(void **state)
{
    struct signing_receipt receipts[2];
    struct world world;
    struct looking looking = {.world = &world}, gone = {.world = &world, .is_gone = true};

    (void)state;
    world_make(&world, "");
    world_signature(&world, "Union of Oil Workers", "a@one.example", &receipts[0]);
    world_signature(&world, "Union of Oil Worker", "b@two.example", &receipts[1]);
    world_read(&world, look, &looking);
    assert_int_equal(looking.err, US_OK);
    assert_int_equal(looking.told, 2);
    world_read(&world, look, &gone);
    assert_int_equal(gone.err, US_CANCELLED);
    assert_int_equal(gone.told, 0);
    world_remove(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exports_keep_the_table),
        cmocka_unit_test(test_states_are_known),
        cmocka_unit_test(test_lists_are_refused),
        cmocka_unit_test(test_contacts_stay_sealed),
        cmocka_unit_test(test_exports_are_noted),
        cmocka_unit_test(test_nobody_is_compared_for_who_is_gone),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
