/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What people note of letters: deliveries made by hand, answers; and what is told of them since, to
 * organisers and on the page. On a real store with real keys.
 */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal_letters.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include <cmocka.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- by hand ---- */

static enum us_err record(struct world *world, int64_t number, int64_t day, struct fault *fault)
{
    *fault = (struct fault){.text = ""};
    return delivery_record(world->site,
                           &(struct delivery_record){.appeal = world->appeal,
                                                     .number = number,
                                                     .way = WAY_REGISTERED,
                                                     .delivered_on = day,
                                                     .reference = "RR 123 456 789 KZ",
                                                     .note = "handed in\nby two of us",
                                                     .actor = "unix:test",
                                                     .reason = "done"},
                           fault);
}

static void test_record(void **state)
{
    struct world *world = *state;
    int64_t today = clock_day(clock_now()), number;
    struct edition_draft *draft;
    struct edition edition;
    struct fault fault;
    char *said, id[LETTERS_ID_SIZE];

    letters_sign(world, "A", "KZ", VISIBILITY_PUBLIC, id);
    assert_int_equal(record(world, 1, today, &fault), US_NOT_FOUND);
    assert_int_equal(letters_read(world, LETTERS_JOINT("plant"), &said, &draft, &fault), US_OK);
    assert_int_equal(edition_store(world->site, draft, "unix:test", NULL, &number), US_OK);
    edition_draft_free(draft);
    free(said);
    assert_int_equal(record(world, number, today, &fault), US_CONFLICT);
    assert_non_null(strstr(fault.text, "never drawn"));

    number = letters_draw(world, LETTERS_JOINT("plant"));
    assert_int_equal(record(world, number, today + 2, &fault), US_INVALID);
    assert_non_null(strstr(fault.text, "still to come"));
    assert_int_equal(record(world, number, today - 2, &fault), US_INVALID);
    assert_non_null(strstr(fault.text, "before the letter was made"));
    /* Also with somebody struck since: it is what happened. */
    letters_strike(world, id);
    assert_int_equal(record(world, number, today, &fault), US_OK);
    letters_find(world, number, &edition);
    assert_int_equal(edition.state, EDITION_DELIVERED);
    assert_int_equal(edition.way, WAY_REGISTERED);
    assert_int_equal(edition.delivered_on, today);
    assert_string_equal(edition.reference, "RR 123 456 789 KZ");
    assert_string_equal(edition.note, "handed in\nby two of us");
    edition_clear(&edition);
    assert_int_equal(record(world, number, today, &fault), US_CONFLICT);
    assert_non_null(strstr(fault.text, "was delivered on"));
    assert_int_equal(
        world_number(world, "SELECT COUNT(*) FROM audit WHERE act = 'delivery.record'"), 1);

    /* What is on its way by mail is not noted by hand; what failed may be. */
    letters_sign(world, "B", "KZ", VISIBILITY_PUBLIC, NULL);
    number = letters_draw(world, LETTERS_JOINT("ituc"));
    assert_int_equal(letters_send(world, number, &fault), US_OK);
    assert_int_equal(record(world, number, today, &fault), US_CONFLICT);
    assert_non_null(strstr(fault.text, "on its way"));
    struct outbox_mail *mails;
    assert_int_equal(world_mails(world, &mails), 1);
    assert_int_equal(outbox_refused(world->site, &mails[0], world->now, true, "550"), US_OK);
    world_mails_free(mails, 1);
    assert_int_equal(record(world, number, today, &fault), US_OK);
}

struct recording {
    struct world *world;
    pthread_barrier_t *barrier;
    int64_t number;
    enum us_err err;
};

static void *record_one(void *arg)
{
    struct recording *recording = arg;
    struct fault fault;

    pthread_barrier_wait(recording->barrier);
    recording->err = record(recording->world, recording->number, clock_day(clock_now()), &fault);
    return NULL;
}

/* Two who note the same delivery at once: it is noted once. */
static void test_double_record(void **state)
{
    enum { ROUNDS = 12 };
    struct world *world = *state;

    letters_sign(world, "A", "KZ", VISIBILITY_PUBLIC, NULL);
    for (int round = 0; round < ROUNDS; round++) {
        struct recording recording[2];
        pthread_barrier_t barrier;
        pthread_t threads[2];

        pthread_barrier_init(&barrier, NULL, 2);
        recording[0] =
            (struct recording){world, &barrier, letters_draw(world, LETTERS_JOINT("plant")), US_OK};
        recording[1] = recording[0];
        for (size_t i = 0; i < 2; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, record_one, &recording[i]), 0);
        for (size_t i = 0; i < 2; i++)
            pthread_join(threads[i], NULL);
        pthread_barrier_destroy(&barrier);
        assert_true((recording[0].err == US_OK) != (recording[1].err == US_OK));
        assert_true(recording[0].err == US_CONFLICT || recording[1].err == US_CONFLICT);
    }
    assert_int_equal(
        world_number(world, "SELECT COUNT(*) FROM audit WHERE act = 'delivery.record'"), ROUNDS);
}

static bool say_response(const struct delivery_response *response, void *arg)
{
    struct str *said = arg;

    str_append_format(said, "%" PRId64 ":%s:%s:%02x;", response->number, response->note,
                      response->attachment != NULL ? response->attachment : "-",
                      response->attachment_digest[0]);
    return true;
}

struct talk {
    struct world *world;
    struct str said;
    int64_t number;
    struct delivery_since since;
    enum us_err err;
};

static void responses_work(struct reader *reader, void *arg)
{
    struct talk *talk = arg;

    talk->err = delivery_each_response(reader, talk->world->appeal->id, talk->number, say_response,
                                       &talk->said);
}

static void test_respond(void **state)
{
    struct world *world = *state;
    int64_t today = clock_day(clock_now());
    struct fault fault = {.text = ""};
    struct talk talk = {.world = world};
    struct delivery_response what = {.appeal = world->appeal,
                                     .number = 1,
                                     .received_on = today,
                                     .note = "We have read it.",
                                     .actor = "unix:test"};

    letters_sign(world, "A", "KZ", VISIBILITY_PUBLIC, NULL);
    (void)letters_draw(world, LETTERS_JOINT("ituc"));
    assert_int_equal(delivery_respond(world->site, &what, &fault), US_CONFLICT);
    assert_non_null(strstr(fault.text, "has not been delivered"));
    assert_int_equal(letters_send(world, 1, &fault), US_OK);
    assert_int_equal(delivery_respond(world->site, &what, &fault), US_CONFLICT);
    letters_accept(world);
    what.note = " \n";
    assert_int_equal(delivery_respond(world->site, &what, &fault), US_INVALID);
    what.note = "a\x1b[2J";
    assert_int_equal(delivery_respond(world->site, &what, &fault), US_INVALID);
    what.note = "We have read it.";
    what.received_on = today - 1;
    assert_int_equal(delivery_respond(world->site, &what, &fault), US_INVALID);
    assert_non_null(strstr(fault.text, "before the letter was delivered"));
    what.received_on = today + 1;
    assert_int_equal(delivery_respond(world->site, &what, &fault), US_OK);
    what.received_on = today;
    what.note = "Come and see us.";
    what.attachment = "answer.pdf";
    what.attachment_digest[0] = 0xab;
    assert_int_equal(delivery_respond(world->site, &what, &fault), US_OK);
    talk.number = 1;
    world_read(world, responses_work, &talk);
    assert_int_equal(talk.err, US_OK);
    assert_string_equal(str_text(&talk.said),
                        "1:Come and see us.:answer.pdf:ab;1:We have read it.:-:00;");
    str_free(&talk.said);
    talk.number = 2;
    world_read(world, responses_work, &talk);
    assert_int_equal(talk.said.len, 0);
    what.number = 7;
    assert_int_equal(delivery_respond(world->site, &what, &fault), US_NOT_FOUND);
}

/* ---- since ---- */

static void look_work(struct reader *reader, void *arg)
{
    struct talk *talk = arg;
    struct edition edition;

    assert_int_equal(edition_find(reader, talk->world->appeal->id, talk->number, &edition), US_OK);
    talk->err = delivery_look(reader, &edition, &talk->since);
    edition_clear(&edition);
}

/* Withdrawn or struck after a delivery: told of that letter, and in no later one of any kind. */
static void test_gone_since(void **state)
{
    struct world *world = *state;
    char withdrawn[LETTERS_ID_SIZE], struck[LETTERS_ID_SIZE], *sql;
    struct talk talk = {.world = world};
    struct edition_draft *draft;
    struct fault fault;
    char *said;

    letters_sign(world, "A", "KZ", VISIBILITY_PUBLIC, NULL);
    letters_sign(world, "B", "KZ", VISIBILITY_PUBLIC, withdrawn);
    letters_sign(world, "C", "KZ", VISIBILITY_COUNTED, struck);
    talk.number = letters_deliver(world, LETTERS_JOINT("ituc"));
    world_read(world, look_work, &talk);
    assert_int_equal(talk.err, US_OK);
    assert_int_equal(talk.since.withdrawn + talk.since.struck, 0);
    letters_strike(world, struck);
    world_close(world);
    sql = mem_format("UPDATE signature SET state = 'withdrawn' WHERE public_id = '%s'", withdrawn);
    world_sql(world, sql);
    free(sql);
    world_open(world);
    world_read(world, look_work, &talk);
    assert_int_equal(talk.since.withdrawn, 1);
    assert_int_equal(talk.since.struck, 1);

    letters_sign(world, "D", "KZ", VISIBILITY_PUBLIC, NULL);
    for (int kind = EDITION_LETTER; kind <= EDITION_ACCESSION; kind++) {
        for (int form = FORM_JOINT; form <= FORM_INDIVIDUAL; form++) {
            const struct letters_edition what = {"ituc", (enum edition_kind)kind,
                                                 (enum letter_form)form};
            assert_int_equal(letters_read(world, &what, &said, &draft, &fault), US_OK);
            assert_null(strstr(said, "B"));
            assert_non_null(strstr(said, "D"));
            assert_int_equal(edition_draft_totals(draft)->counted, 0);
            edition_draft_free(draft);
            free(said);
        }
    }
}

/* ---- the timeline ---- */

static bool say_event(const struct delivery_event *event, void *arg)
{
    static const char *const kinds[] = {
        [EVENT_OPENED] = "opened", [EVENT_DELIVERED] = "delivered", [EVENT_ANSWERED] = "answered"};

    str_append_format(arg, "%s %" PRId64 " %s %s %" PRId64 ";", kinds[event->kind],
                      event->day - clock_day(clock_now()),
                      event->addressee != NULL ? event->addressee->name : "-",
                      edition_kind_name(event->edition), event->organisations);
    return true;
}

static void events_work(struct reader *reader, void *arg)
{
    struct talk *talk = arg;

    talk->err = delivery_each_event(reader, talk->world->appeal, say_event, &talk->said);
}

static void assert_events(struct world *world, const char *expected)
{
    struct talk talk = {.world = world};

    world_read(world, events_work, &talk);
    assert_int_equal(talk.err, US_OK);
    assert_string_equal(str_text(&talk.said), expected);
    str_free(&talk.said);
}

static void test_events(void **state)
{
    struct world *world = *state;
    int64_t today = clock_day(clock_now());
    struct fault fault;
    const struct delivery_response what = {.appeal = world->appeal,
                                           .number = 1,
                                           .received_on = today + 1,
                                           .note = "secret",
                                           .actor = "unix:test"};

    assert_events(world, "opened 0 - letter 0;");
    letters_sign(world, "A", "KZ", VISIBILITY_PUBLIC, NULL);
    letters_sign(world, "B", "KZ", VISIBILITY_COUNTED, NULL);
    (void)letters_deliver(world, LETTERS_JOINT("ituc"));
    (void)letters_draw(world, LETTERS_JOINT("plant"));
    assert_int_equal(delivery_respond(world->site, &what, &fault), US_OK);
    assert_int_equal(record(world, 2, today + 1, &fault), US_OK);
    assert_events(world, "opened 0 - letter 0;delivered 0 ITUC letter 2;"
                         "delivered 1 The plant letter 2;answered 1 ITUC letter 0;");
    /* Who is no addressee any more is named as it was when it got its letter. */
    world_publish(world, "trial", "policy = after\nopens = 2020-01-01\n", "О новом законе");
    assert_null(settings_addressee(world->appeal->settings, "plant"));
    assert_events(world, "opened 0 - letter 0;delivered 0 ITUC letter 2;"
                         "delivered 1 The plant letter 2;answered 1 ITUC letter 0;");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_record, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_double_record, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_respond, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_gone_since, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_events, letters_setup, letters_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
