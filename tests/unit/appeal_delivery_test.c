/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Letters that go out by mail: which leave, which do not, and what becomes of their files. On a
 * real store with real keys and real files.
 */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal/outbox_hand.h"
#include "appeal_letters.h"
#include "base/clock.h"
#include "base/mem.h"
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void assert_state(struct world *world, int64_t number, enum edition_state state)
{
    struct edition edition;

    letters_find(world, number, &edition);
    assert_int_equal(edition.state, state);
    edition_clear(&edition);
}

static void assert_not_sent(struct world *world, int64_t number, enum us_err expected,
                            const char *part)
{
    struct fault fault;

    assert_int_equal(letters_send(world, number, &fault), expected);
    if (strstr(fault.text, part) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", part, fault.text);
}

/* ---- by mail ---- */

static void test_send(void **state)
{
    struct world *world = *state;
    struct outbox_mail *mails;
    struct edition edition;
    struct fault fault;
    struct stat file;
    char *content;
    int64_t number;

    letters_sign(world, "A", "KZ", VISIBILITY_PUBLIC, NULL);
    number = letters_draw(world, LETTERS_JOINT("ilo"));
    assert_int_equal(letters_send(world, number, &fault), US_OK);
    assert_state(world, number, EDITION_SENDING);
    assert_int_equal(world_mails(world, &mails), 1);
    const struct outbox_delivery *delivery = mails[0].delivery;
    assert_int_equal(mails[0].template, OUTBOX_DELIVERY);
    assert_string_equal(mails[0].recipient, "ilo@un.example");
    assert_string_equal(mails[0].language, "en");
    assert_string_equal(mails[0].title, "In English: О новом законе");
    assert_string_equal(delivery->addressee, "ILO");
    assert_string_equal(delivery->salutation, "Dear Director-General,");
    assert_int_equal(delivery->cover_count, 2);
    assert_string_equal(delivery->cover[1], "It is signed.");
    assert_string_equal(delivery->file_name, "trial-en-ilo.pdf");
    assert_string_equal(delivery->address, "https://appeals.example/en/trial");
    assert_int_equal(delivery->number, number);
    assert_int_equal(delivery->totals.named, 1);

    /* The file is what was drawn, and nobody else's to read. */
    content = letters_file(number);
    assert_int_equal(stat(delivery->path, &file), 0);
    assert_int_equal(file.st_size, strlen(content));
    assert_int_equal(file.st_mode & 0777, 0600);
    free(content);
    letters_find(world, number, &edition);
    assert_memory_equal(delivery->digest, edition.file_digest, DIGEST_SIZE);
    edition_clear(&edition);

    world->now += CLOCK_DAY; /* the relay was away for a day */
    assert_int_equal(outbox_accepted(world->site, &mails[0], world->now), US_OK);
    letters_find(world, number, &edition);
    assert_int_equal(edition.state, EDITION_DELIVERED);
    assert_true(edition.has_delivery && edition.has_way);
    assert_int_equal(edition.delivered_on, clock_day(world->now));
    assert_int_equal(edition.way, WAY_MAIL);
    edition_clear(&edition);
    assert_int_equal(stat(delivery->path, &file), -1);
    assert_int_equal(letters_count_files(world, "outgoing"), 0);
    world_mails_free(mails, 1);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM outbox"), 0);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM audit_detail WHERE reason = "
                                         "'edition 1, addressee ilo' AND actor = 'unix:test'"),
                     1);
    assert_not_sent(world, number, US_CONFLICT, "was delivered on");
}

static void test_refusals(void **state)
{
    struct world *world = *state;
    struct fault fault = {.text = ""};
    struct delivery_send what = {.appeal = world->appeal, .actor = "unix:test", .now = world->now};
    struct edition_draft *draft;
    char *said, *large;

    letters_sign(world, "A", "KZ", VISIBILITY_PUBLIC, NULL);
    assert_not_sent(world, 1, US_NOT_FOUND, "no edition 1");
    (void)letters_draw(world, LETTERS_JOINT("ituc"));
    what.number = 1;
    what.file = "%PDF-1.7 another\n";
    what.len = strlen(what.file);
    assert_int_equal(delivery_send(world->site, &what, &fault), US_INVALID);
    assert_non_null(strstr(fault.text, "not the one that was drawn"));
    what.file = "hello, world";
    assert_int_equal(delivery_send(world->site, &what, &fault), US_INVALID);
    assert_non_null(strstr(fault.text, "PDF"));
    large = mem_zero(DELIVERY_FILE_MOST + 1);
    memcpy(large, "%PDF-1.7\n", 9);
    what.file = large;
    what.len = DELIVERY_FILE_MOST + 1;
    assert_int_equal(delivery_send(world->site, &what, &fault), US_INVALID);
    assert_non_null(strstr(fault.text, "32 MiB"));
    free(large);

    /* Without a mailbox; and one that was never drawn to its end. */
    assert_int_equal(letters_draw(world, LETTERS_JOINT("plant")), 2);
    assert_not_sent(world, 2, US_INVALID, "[addressee.plant] has no email");
    assert_int_equal(letters_read(world, LETTERS_JOINT("ituc"), &said, &draft, &fault), US_OK);
    int64_t number;
    assert_int_equal(edition_store(world->site, draft, "unix:test", NULL, &number), US_OK);
    edition_draft_free(draft);
    free(said);
    assert_not_sent(world, number, US_INVALID, "not the one that was drawn");
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM outbox"), 0);
    assert_int_equal(letters_count_files(world, "outgoing"), 0);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM edition WHERE state <> 'made'"), 0);
}

/* Neither the edition nor, under another number, the same letter. */
static void test_not_twice(void **state)
{
    struct world *world = *state;
    struct fault fault;
    int64_t first, second, supplement, other;

    letters_sign(world, "A", "KZ", VISIBILITY_PUBLIC, NULL);
    first = letters_draw(world, LETTERS_JOINT("ituc"));
    second = letters_draw(world, LETTERS_JOINT("ituc"));
    assert_int_equal(letters_send(world, first, &fault), US_OK);
    assert_not_sent(world, first, US_CONFLICT, "is on its way");
    assert_not_sent(world, second, US_CONFLICT, "took the same organisations to ituc already");
    letters_accept(world);
    assert_not_sent(world, first, US_CONFLICT, "was delivered");
    assert_not_sent(world, second, US_CONFLICT, "not sent twice");
    /* To somebody else it may go, and with one more it is another letter. */
    (void)letters_deliver(world, LETTERS_JOINT("un"));
    letters_sign(world, "B", "KZ", VISIBILITY_PUBLIC, NULL);
    /* Two supplements made at the same time, the second with one more: B would get there twice. */
    supplement = letters_draw(world, LETTERS_SUPPLEMENT("ituc"));
    letters_sign(world, "C", "KZ", VISIBILITY_PUBLIC, NULL);
    other = letters_draw(world, LETTERS_SUPPLEMENT("ituc"));
    assert_int_equal(letters_send(world, supplement, &fault), US_OK);
    assert_not_sent(world, other, US_CONFLICT, "took some of these organisations");
    letters_accept(world);
    assert_not_sent(world, other, US_CONFLICT, "took some of these organisations");
    (void)letters_deliver(world, LETTERS_SUPPLEMENT("ituc"));
    (void)letters_deliver(world, LETTERS_JOINT("ituc"));
    assert_int_equal(letters_count_files(world, "outgoing"), 0);
}

struct sending {
    struct world *world;
    pthread_barrier_t *barrier;
    int64_t number;
    enum us_err err;
};

static void *send_one(void *arg)
{
    struct sending *sending = arg;
    struct fault fault;

    pthread_barrier_wait(sending->barrier);
    sending->err = letters_send(sending->world, sending->number, &fault);
    return NULL;
}

/* Two at once, of one edition and of two with the same signatories: one goes out, and its file is
 * there for it. */
static void test_double_send(void **state)
{
    enum { ROUNDS = 12 };
    struct world *world = *state;

    for (int round = 0; round < ROUNDS; round++) {
        char *name = mem_format("Union %d", round);
        struct sending sending[2];
        pthread_barrier_t barrier;
        pthread_t threads[2];
        struct outbox_mail *mails;

        letters_sign(world, name, "KZ", VISIBILITY_PUBLIC, NULL);
        free(name);
        pthread_barrier_init(&barrier, NULL, 2);
        sending[0] =
            (struct sending){world, &barrier, letters_draw(world, LETTERS_JOINT("ituc")), US_OK};
        sending[1] = sending[0];
        if (round % 2 != 0)
            sending[1].number = letters_draw(world, LETTERS_JOINT("ituc"));
        for (size_t i = 0; i < 2; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, send_one, &sending[i]), 0);
        for (size_t i = 0; i < 2; i++)
            pthread_join(threads[i], NULL);
        pthread_barrier_destroy(&barrier);
        assert_true((sending[0].err == US_OK) != (sending[1].err == US_OK));
        assert_true(sending[0].err == US_CONFLICT || sending[1].err == US_CONFLICT);
        assert_int_equal(letters_count_files(world, "outgoing"), 1);
        assert_int_equal(world_mails(world, &mails), 1); /* and its file is there */
        assert_int_equal(outbox_accepted(world->site, &mails[0], world->now), US_OK);
        world_mails_free(mails, 1);
    }
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM edition WHERE state = 'delivered'"),
                     ROUNDS);
}

/* Struck between drawing and sending, named or counted: the letter does not leave. */
static void test_struck_before(void **state)
{
    struct world *world = *state;
    char id[LETTERS_ID_SIZE], hidden[LETTERS_ID_SIZE];
    int64_t first, second;
    bool changed;

    letters_sign(world, "A", "KZ", VISIBILITY_PUBLIC, id);
    letters_sign(world, "B", "KZ", VISIBILITY_PUBLIC, NULL);
    letters_sign(world, "C", "KZ", VISIBILITY_COUNTED, hidden);
    first = letters_draw(world, LETTERS_JOINT("ituc"));
    letters_strike(world, id);
    assert_not_sent(world, first, US_CONFLICT, "1 of the organisations in edition 1 is not listed");
    second = letters_draw(world, LETTERS_JOINT("ituc"));
    letters_strike(world, hidden);
    assert_not_sent(world, second, US_CONFLICT, "not listed any more");
    assert_int_equal(letters_count_files(world, "outgoing"), 0);
    /* Found to be right after all. */
    assert_int_equal(world_decide(world, hidden, DECISION_RESTORE, NULL, &changed), US_OK);
    (void)letters_deliver(world, LETTERS_JOINT("ituc"));
}

struct striking {
    struct world *world;
    pthread_barrier_t *barrier;
    const char *id;
};

static void *strike_one(void *arg)
{
    struct striking *striking = arg;
    bool changed;

    pthread_barrier_wait(striking->barrier);
    (void)world_decide(striking->world, striking->id, DECISION_STRIKE, "found false", &changed);
    return NULL;
}

/* Struck while it is being sent: what left, left before the strike. The audit log has the order. */
static void test_struck_meanwhile(void **state)
{
    enum { ROUNDS = 40 };
    struct world *world = *state;

    for (int round = 0; round < ROUNDS; round++) {
        char id[LETTERS_ID_SIZE], *name = mem_format("Union %d", round);
        pthread_barrier_t barrier;
        pthread_t threads[2];
        struct outbox_mail *mails;

        letters_sign(world, name, "KZ", VISIBILITY_PUBLIC, id);
        free(name);
        pthread_barrier_init(&barrier, NULL, 2);
        struct sending sending = {world, &barrier, letters_draw(world, LETTERS_JOINT("ituc")),
                                  US_OK};
        struct striking striking = {world, &barrier, id};
        assert_int_equal(pthread_create(&threads[0], NULL, send_one, &sending), 0);
        assert_int_equal(pthread_create(&threads[1], NULL, strike_one, &striking), 0);
        for (size_t i = 0; i < 2; i++)
            pthread_join(threads[i], NULL);
        pthread_barrier_destroy(&barrier);
        if (sending.err == US_OK) {
            assert_int_equal(world_number(world, "SELECT (SELECT MAX(seq) FROM audit WHERE act = "
                                                 "'delivery.send') < (SELECT MAX(seq) FROM audit "
                                                 "WHERE act = 'signature.strike')"),
                             1);
            assert_int_equal(world_mails(world, &mails), 1);
            assert_int_equal(outbox_accepted(world->site, &mails[0], world->now), US_OK);
            world_mails_free(mails, 1);
        } else {
            assert_int_equal(sending.err, US_CONFLICT);
        }
        assert_int_equal(letters_count_files(world, "outgoing"), 0);
    }
}

/* Struck or withdrawn while the relay was away: each try looks, and the mail is given up. */
static void test_struck_while_waiting(void **state)
{
    struct world *world = *state;
    char id[LETTERS_ID_SIZE], hidden[LETTERS_ID_SIZE], outside[2][LETTERS_ID_SIZE];
    const char *const taken[] = {hidden, id};
    struct outbox_mail *mails;
    struct fault fault;

    letters_sign(world, "A", "KZ", VISIBILITY_PUBLIC, id);
    letters_sign(world, "B", "KZ", VISIBILITY_PUBLIC, NULL);
    letters_sign(world, "C", "KZ", VISIBILITY_COUNTED, hidden);
    for (size_t i = 0; i < 2; i++) {
        int64_t number = letters_draw(world, LETTERS_JOINT("ituc"));

        letters_sign(world, i == 0 ? "D" : "E", "KZ", VISIBILITY_PUBLIC, outside[i]);
        assert_int_equal(letters_send(world, number, &fault), US_OK);
        /* Who is not in it may go. */
        letters_strike(world, outside[i]);
        assert_int_equal(world_mails(world, &mails), 1);
        assert_int_equal(outbox_look(world->site, &mails[0]), US_OK);
        assert_int_equal(outbox_refused(world->site, &mails[0], world->now, false, "away"), US_OK);
        assert_int_equal(outbox_look(world->site, &mails[0]), US_OK);
        letters_strike(world, taken[i]);
        assert_int_equal(outbox_look(world->site, &mails[0]), US_CONFLICT);
        assert_int_equal(
            outbox_refused(world->site, &mails[0], world->now, true, OUTBOX_SOMEBODY_LEFT), US_OK);
        world_mails_free(mails, 1);
        assert_state(world, number, EDITION_FAILED);
        assert_int_equal(letters_count_files(world, "outgoing"), 0);
        assert_not_sent(world, number, US_CONFLICT, "not listed any more");
    }
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM outbox WHERE state = 'failed'"), 2);
    (void)letters_deliver(world, LETTERS_JOINT("ituc"));
}

/* Nothing follows a letter that may yet fail. */
static void test_one_on_its_way(void **state)
{
    struct world *world = *state;
    struct fault fault;
    int64_t first, number;

    letters_sign(world, "A", "KZ", VISIBILITY_PUBLIC, NULL);
    first = letters_draw(world, LETTERS_JOINT("ituc"));
    letters_sign(world, "B", "KZ", VISIBILITY_PUBLIC, NULL);
    number = letters_draw(world, LETTERS_JOINT("ituc"));
    assert_int_equal(letters_send(world, first, &fault), US_OK);
    assert_not_sent(world, number, US_CONFLICT, "edition 1 (letter) is still on its way to ituc");
    letters_accept(world);
    assert_int_equal(letters_send(world, number, &fault), US_OK);
    letters_accept(world);
}

/* Later is no failure; given up is one, and then it may be sent again. */
static void test_relay_refuses(void **state)
{
    struct world *world = *state;
    struct outbox_mail *mails;
    struct fault fault;
    int64_t number;

    letters_sign(world, "A", "KZ", VISIBILITY_PUBLIC, NULL);
    number = letters_draw(world, LETTERS_JOINT("ituc"));
    assert_int_equal(letters_send(world, number, &fault), US_OK);
    assert_int_equal(world_mails(world, &mails), 1);
    assert_int_equal(outbox_refused(world->site, &mails[0], world->now, false, "450 later"), US_OK);
    assert_state(world, number, EDITION_SENDING);
    assert_int_equal(letters_count_files(world, "outgoing"), 1);
    assert_int_equal(outbox_refused(world->site, &mails[0], world->now, true, "550 no"), US_OK);
    world_mails_free(mails, 1);
    assert_state(world, number, EDITION_FAILED);
    assert_int_equal(letters_count_files(world, "outgoing"), 0);

    assert_int_equal(letters_send(world, number, &fault), US_OK);
    assert_state(world, number, EDITION_SENDING);
    assert_int_equal(world_mails(world, &mails), 1);
    /* Five days are enough. */
    assert_int_equal(
        outbox_refused(world->site, &mails[0], world->now + 6 * CLOCK_DAY, false, "450 later"),
        US_OK);
    world_mails_free(mails, 1);
    assert_state(world, number, EDITION_FAILED);
    assert_int_equal(letters_count_files(world, "outgoing"), 0);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM edition WHERE delivered_on IS NOT "
                                         "NULL OR how IS NOT NULL"),
                     0);
}

/* By hand: a letter that waits can be hurried or dropped; one that was given up has to be made
 * anew. */
static void test_by_hand(void **state)
{
    struct world *world = *state;
    struct outbox_act act = {.actor = "unix:test", .reason = "no", .now = world->now};
    struct outbox_mail *mails;
    struct fault fault;
    bool changed;
    int64_t number;

    letters_sign(world, "A", "KZ", VISIBILITY_PUBLIC, NULL);
    number = letters_draw(world, LETTERS_JOINT("ituc"));
    assert_int_equal(letters_send(world, number, &fault), US_OK);
    assert_int_equal(world_mails(world, &mails), 1);
    act.id = mails[0].id;
    assert_int_equal(outbox_refused(world->site, &mails[0], world->now, false, "450 later"), US_OK);
    assert_int_equal(outbox_retry(world->site, &act, &changed, &fault), US_OK);
    assert_true(changed);
    assert_int_equal(outbox_retry(world->site, &act, &changed, &fault), US_OK);
    assert_false(changed);

    act.is_try = true;
    assert_int_equal(outbox_drop(world->site, &act, &changed, &fault), US_OK);
    assert_state(world, number, EDITION_SENDING);
    act.is_try = false;
    assert_int_equal(outbox_drop(world->site, &act, &changed, &fault), US_OK);
    assert_state(world, number, EDITION_FAILED);
    assert_int_equal(letters_count_files(world, "outgoing"), 0);
    assert_int_equal(outbox_drop(world->site, &act, &changed, &fault), US_NOT_FOUND);
    world_mails_free(mails, 1);

    assert_int_equal(letters_send(world, number, &fault), US_OK);
    assert_int_equal(world_mails(world, &mails), 1);
    act.id = mails[0].id;
    assert_int_equal(outbox_refused(world->site, &mails[0], world->now, true, "550 no"), US_OK);
    world_mails_free(mails, 1);
    assert_int_equal(outbox_retry(world->site, &act, &changed, &fault), US_CONFLICT);
    assert_non_null(strstr(fault.text, "undersign delivery send"));
    assert_int_equal(outbox_drop(world->site, &act, &changed, &fault), US_OK);
    assert_state(world, number, EDITION_FAILED);
}

/* A mail whose file is gone cannot be composed: it is dropped, and the letter has failed. */
static void test_file_gone(void **state)
{
    struct world *world = *state;
    struct outbox_mail *mails;
    struct fault fault;
    int64_t number;

    letters_sign(world, "A", "KZ", VISIBILITY_PUBLIC, NULL);
    number = letters_draw(world, LETTERS_JOINT("ituc"));
    assert_int_equal(letters_send(world, number, &fault), US_OK);
    assert_int_equal(world_mails(world, &mails), 1);
    assert_int_equal(unlink(mails[0].delivery->path), 0);
    world_mails_free(mails, 1);
    assert_int_equal(world_mails(world, &mails), 0);
    world_mails_free(mails, 0);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM outbox"), 0);
    assert_state(world, number, EDITION_FAILED);
    (void)letters_send(world, number, &fault);
    assert_state(world, number, EDITION_SENDING);
}

/* Where the file cannot be written nothing has happened. */
static void test_no_place(void **state)
{
    struct world *world = *state;
    char *outgoing = mem_format("%s/outgoing", world->folder);
    FILE *file;

    letters_sign(world, "A", "KZ", VISIBILITY_PUBLIC, NULL);
    (void)letters_draw(world, LETTERS_JOINT("ituc"));
    file = fopen(outgoing, "we"); /* where the folder should be */
    assert_non_null(file);
    fclose(file);
    assert_not_sent(world, 1, US_IO, "could not be written");
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM outbox"), 0);
    assert_state(world, 1, EDITION_MADE);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM audit WHERE act LIKE 'delivery.%'"),
                     0);
    assert_int_equal(unlink(outgoing), 0);
    (void)letters_deliver(world, LETTERS_JOINT("ituc"));
    free(outgoing);
}

static void make_file(const struct world *world, const char *name)
{
    char *path = mem_format("%s/%s", world->folder, name);
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    fclose(file);
    free(path);
}

/* What a pulled plug left behind goes, what waits stays. */
static void test_sweep(void **state)
{
    struct world *world = *state;
    struct outbox_mail *mails;
    struct fault fault;

    assert_int_equal(delivery_sweep(world->site), US_OK); /* no folders yet */
    letters_sign(world, "A", "KZ", VISIBILITY_PUBLIC, NULL);
    assert_int_equal(letters_send(world, letters_draw(world, LETTERS_JOINT("ituc")), &fault),
                     US_OK);
    make_file(world, "outgoing/0123456789abcdef0123456789abcdef.pdf");
    make_file(world, "outgoing/0123456789abcdef0123456789abcdef.pdf.new");
    assert_int_equal(letters_count_files(world, "outgoing"), 3);
    assert_int_equal(delivery_sweep(world->site), US_OK);
    assert_int_equal(letters_count_files(world, "outgoing"), 1);
    assert_int_equal(world_mails(world, &mails), 1);
    assert_int_equal(access(mails[0].delivery->path, R_OK), 0);
    world_mails_free(mails, 1);
    letters_accept(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_send, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_refusals, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_not_twice, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_double_send, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_struck_before, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_struck_meanwhile, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_struck_while_waiting, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_one_on_its_way, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_relay_refuses, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_by_hand, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_file_gone, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_no_place, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_sweep, letters_setup, letters_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
