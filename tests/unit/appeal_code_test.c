/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Typed codes, which may be guessed at, and many people at once: what the guards inside the jobs
 * are for. On a real store with real keys.
 */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal/pending.h"
#include "appeal_world.h"
#include "base/mem.h"
#include <cmocka.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int setup(void **state)
{
    struct world *world = MEM_NEW(struct world);
    world_make(world, "policy = before\n");
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    world_remove(*state);
    free(*state);
    return 0;
}

static void test_typed_code(void **state)
{
    struct world *world = *state;
    struct outbox_mail mail;
    struct signing_receipt receipt, again;
    char typed[192];
    world_sign(world, NULL, NULL);
    world_take_mail(world, &mail);
    snprintf(typed, sizeof typed, " %.5s-%s ", mail.code, mail.code + 5);
    for (char *c = typed; *c; c++)
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
    assert_int_equal(world_code(world, "nobody@mayak.example", mail.code, &receipt), US_NOT_FOUND);
    assert_int_equal(world_code(world, "no mailbox", mail.code, &receipt), US_NOT_FOUND);
    assert_int_equal(world_code(world, " OFFICE@mayak.example ", typed, &receipt), US_OK);
    assert_int_equal(world_code(world, "office@mayak.example", mail.code, &again), US_OK);
    assert_string_equal(receipt.public_id, again.public_id);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM signature"), 1);
    outbox_mail_free(&mail);
}

/* Ten wrong codes kill the codes of every row that waits for the mailbox, and no link. */
static void test_wrong_codes(void **state)
{
    struct world *world = *state;
    struct outbox_mail *mails;
    struct signing_receipt receipt;
    world_sign(world, "Union One", NULL);
    world_sign(world, "Union Two", NULL);
    world_sign(world, "Union Three", "third@mayak.example");
    assert_int_equal(world_mails(world, &mails), 3);
    size_t third = 0, first = 3, second = 3;
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(mails[i].recipient, "third@mayak.example") == 0)
            third = i;
        else if (first == 3)
            first = i;
        else
            second = i;
    }
    for (int i = 0; i < 9; i++)
        assert_int_equal(world_code(world, "office@mayak.example", "0000000000", &receipt),
                         US_NOT_FOUND);
    /* Nine are not ten. */
    assert_int_equal(world_code(world, "office@mayak.example", mails[first].code, &receipt), US_OK);
    assert_int_equal(world_code(world, "office@mayak.example", mails[third].code, &receipt),
                     US_NOT_FOUND);
    assert_int_equal(world_code(world, "office@mayak.example", mails[second].code, &receipt),
                     US_NOT_FOUND);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM signature"), 1);
    assert_int_equal(world_confirm(world, mails[second].token, &receipt), US_OK);
    /* The other mailbox's code lives. */
    assert_int_equal(world_code(world, "third@mayak.example", mails[third].code, &receipt), US_OK);
    world_mails_free(mails, 3);
}

/* Holds the store thread in a completion, so that what comes meanwhile is read before it is
 * written. */
struct stop {
    sem_t reached, go;
};

static void on_stopped(struct job *job, enum us_err err, void *arg)
{
    struct stop *stop = arg;
    (void)job;
    assert_int_equal(err, US_OK);
    sem_post(&stop->reached);
    sem_wait(&stop->go);
}

struct guess {
    struct world *world;
    const char *code;
    enum us_err err;
    sem_t done;
};

static void on_guessed(enum us_err err, const struct signing_receipt *receipt, void *arg)
{
    struct guess *guess = arg;
    (void)receipt;
    guess->err = err;
    sem_post(&guess->done);
}

static void guess_work(struct reader *reader, void *arg)
{
    struct guess *guess = arg;
    signing_confirm_code(reader, guess->world->site, "trial", "office@mayak.example", guess->code,
                         guess->world->now, on_guessed, guess);
}

/* Guesses that are all under way before the first is counted gain nothing: the right one comes
 * eleventh, and fails when it is written. */
static void test_wrong_codes_at_once(void **state)
{
    enum { GUESSES = 11 };
    struct world *world = *state;
    struct outbox_mail mail;
    struct guess guesses[GUESSES];
    struct stop stop;
    world_sign(world, NULL, NULL);
    world_take_mail(world, &mail);
    sem_init(&stop.reached, 0, 0);
    sem_init(&stop.go, 0, 0);
    struct job *job = job_new();
    (void)job_add(job, STATEMENT_QUOTA_EXPIRE, VALUES(value_int(0)));
    store_submit(world->store, job, on_stopped, &stop);
    sem_wait(&stop.reached);
    for (int i = 0; i < GUESSES; i++) {
        guesses[i] =
            (struct guess){.world = world, .code = i < GUESSES - 1 ? "0000000000" : mail.code};
        sem_init(&guesses[i].done, 0, 0);
        world_read(world, guess_work, &guesses[i]);
    }
    sem_post(&stop.go);
    for (int i = 0; i < GUESSES; i++) {
        sem_wait(&guesses[i].done);
        sem_destroy(&guesses[i].done);
        assert_int_equal(guesses[i].err, US_NOT_FOUND);
    }
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM signature"), 0);
    sem_destroy(&stop.reached);
    sem_destroy(&stop.go);
    outbox_mail_free(&mail);
}

/* A wrong code and an unknown mailbox cost the same commit. */
static void test_wrong_codes_write_alike(void **state)
{
    struct world *world = *state;
    struct signing_receipt receipt;
    const char *wrong = "SELECT COALESCE(SUM(tries), 0) FROM code_try";
    world_sign(world, NULL, NULL);
    assert_int_equal(world_code(world, "office@mayak.example", "0000000000", &receipt),
                     US_NOT_FOUND);
    assert_int_equal(world_number(world, wrong), 1);
    assert_int_equal(world_code(world, "unknown@mayak.example", "0000000000", &receipt),
                     US_NOT_FOUND);
    assert_int_equal(world_number(world, wrong), 2);
    assert_int_equal(world_code(world, "unknown@mayak.example", "x", &receipt), US_NOT_FOUND);
    assert_int_equal(world_number(world, wrong), 3);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM code_try"), 2);
}

/* Who guesses kills what waits, and not what is submitted after. */
static void test_new_code_after_guesses(void **state)
{
    struct world *world = *state;
    struct outbox_mail first, second;
    struct signing_receipt receipt;
    world_sign(world, NULL, NULL);
    world_take_mail(world, &first);
    for (int i = 0; i < PENDING_CODE_TRIES; i++)
        assert_int_equal(world_code(world, "office@mayak.example", "0000000000", &receipt),
                         US_NOT_FOUND);
    assert_int_equal(world_code(world, "office@mayak.example", first.code, &receipt), US_NOT_FOUND);
    world_sign(world, NULL, NULL);
    world_take_mail(world, &second);
    assert_int_equal(world_code(world, "office@mayak.example", first.code, &receipt), US_NOT_FOUND);
    assert_int_equal(world_code(world, "office@mayak.example", second.code, &receipt), US_OK);
    outbox_mail_free(&first);
    outbox_mail_free(&second);
}

#define THREADS 64

struct racer {
    struct world *world;
    const char *token; /* NULL: submit */
    int number;
    enum us_err err;
    struct signing_receipt receipt;
    pthread_t thread;
    pthread_barrier_t *start;
};

static void *race(void *arg)
{
    struct racer *racer = arg;
    char mailbox[64];
    pthread_barrier_wait(racer->start);
    if (racer->token) {
        racer->err = world_confirm(racer->world, racer->token, &racer->receipt);
        return NULL;
    }
    struct submission submission;
    snprintf(mailbox, sizeof mailbox, "racer-%d@mayak.example", racer->number);
    world_fill(&submission, NULL, mailbox);
    racer->err = world_submit(racer->world, &submission);
    submission_clear(&submission);
    return NULL;
}

static void run_race(struct world *world, const char *token, struct racer racers[THREADS])
{
    pthread_barrier_t start;
    pthread_barrier_init(&start, NULL, THREADS);
    for (int i = 0; i < THREADS; i++) {
        racers[i] = (struct racer){.world = world, .token = token, .number = i, .start = &start};
        assert_int_equal(pthread_create(&racers[i].thread, NULL, race, &racers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(racers[i].thread, NULL);
    pthread_barrier_destroy(&start);
}

static void test_many_at_once(void **state)
{
    struct world *world = *state;
    struct racer racers[THREADS];
    run_race(world, NULL, racers);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(racers[i].err, US_OK);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM pending"), THREADS);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM outbox"), THREADS);

    struct outbox_mail *mails;
    assert_int_equal(world_mails(world, &mails), THREADS);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(world_confirm(world, mails[i].token, NULL), US_OK);
    assert_int_equal(world_check(world), THREADS);
    world_mails_free(mails, THREADS);
}

/* One link, pressed by many at once: one signature, and the same receipt for all. */
static void test_one_link_many_at_once(void **state)
{
    struct world *world = *state;
    struct racer racers[THREADS];
    struct outbox_mail mail;
    world_sign(world, NULL, NULL);
    world_take_mail(world, &mail);
    run_race(world, mail.token, racers);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(racers[i].err, US_OK);
        assert_string_equal(racers[i].receipt.public_id, racers[0].receipt.public_id);
    }
    assert_int_equal(world_check(world), 1);
    outbox_mail_free(&mail);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_typed_code, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrong_codes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrong_codes_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrong_codes_write_alike, setup, teardown),
        cmocka_unit_test_setup_teardown(test_new_code_after_guesses, setup, teardown),
        cmocka_unit_test_setup_teardown(test_many_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_one_link_many_at_once, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
