/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Mail that is due: what it says, when it is tried again, and when it goes. */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal_world.h"
#include "base/clock.h"
#include "base/mem.h"
#include <cmocka.h>
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

static size_t due_at(struct world *world, int64_t now, size_t most)
{
    struct outbox_mail *mails;
    size_t count;
    assert_int_equal(outbox_due(world->site, now, most, &mails, &count), US_OK);
    world_mails_free(mails, count);
    return count;
}

static void test_when_due(void **state)
{
    struct world *world = *state;
    int64_t next = -1, created;
    assert_int_equal(outbox_next(world->site, &next), US_OK);
    assert_int_equal(next, 0);
    world_sign(world, NULL, "one@mayak.example");
    world_sign(world, NULL, "two@mayak.example");
    world_sign(world, NULL, "three@mayak.example");
    created = world_number(world, "SELECT MIN(created_at) FROM outbox");
    assert_int_equal(outbox_next(world->site, &next), US_OK);
    assert_int_equal(next, created);
    assert_int_equal(due_at(world, created - 1, 10), 0);
    assert_int_equal(due_at(world, created + CLOCK_MINUTE, 10), 3);
    assert_int_equal(due_at(world, created + CLOCK_MINUTE, 2), 2);
    /* The oldest come first. */
    struct outbox_mail *mails;
    size_t count;
    assert_int_equal(outbox_due(world->site, created + CLOCK_MINUTE, 3, &mails, &count), US_OK);
    assert_string_equal(mails[0].recipient, "one@mayak.example");
    assert_string_equal(mails[2].recipient, "three@mayak.example");
    world_mails_free(mails, count);
}

/* 1, 5, 15 minutes, 1, 2, 4, 8 hours, then every 8; given up, visibly, after five days. */
static void test_retries(void **state)
{
    static const int64_t minutes[] = {1, 5, 15, 60, 120, 240, 480, 480, 480};
    struct world *world = *state;
    struct outbox_mail *mails;
    size_t count;
    int tries = 0;
    world_sign(world, NULL, NULL);
    int64_t created = world_number(world, "SELECT created_at FROM outbox"), now = created;
    for (;;) {
        assert_int_equal(outbox_due(world->site, now, 10, &mails, &count), US_OK);
        if (count == 0)
            break;
        assert_int_equal(mails[0].attempts, tries);
        assert_int_equal(outbox_refused(world->site, &mails[0], now, false, "451 not now"), US_OK);
        world_mails_free(mails, count);
        int64_t next;
        assert_int_equal(outbox_next(world->site, &next), US_OK);
        if (next == 0)
            break;
        assert_int_equal(next - now, minutes[tries < 9 ? tries : 8] * CLOCK_MINUTE);
        assert_int_equal(due_at(world, next - 1, 10), 0);
        now = next;
        tries++;
    }
    assert_true(tries > 15);
    assert_true(now > created + 4 * CLOCK_DAY && now <= created + 5 * CLOCK_DAY);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM outbox WHERE state = 'failed' AND "
                                         "length(payload) = 0 AND last_error = '451 not now'"),
                     1);
    assert_int_equal(due_at(world, now + CLOCK_DAY, 10), 0);
    /* What was given up is seen for a month. */
    assert_int_equal(signing_expire(world->site, created + 29 * CLOCK_DAY), US_OK);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM outbox"), 1);
    assert_int_equal(signing_expire(world->site, created + 31 * CLOCK_DAY), US_OK);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM outbox"), 0);
}

static void test_refused_for_good(void **state)
{
    struct world *world = *state;
    struct outbox_mail *mails;
    world_sign(world, NULL, NULL);
    assert_int_equal(world_mails(world, &mails), 1);
    assert_int_equal(outbox_refused(world->site, &mails[0], world->now, true, "550 no such user"),
                     US_OK);
    assert_int_equal(outbox_refused(world->site, &mails[0], world->now, true, "again"),
                     US_NOT_FOUND);
    assert_int_equal(outbox_accepted(world->site, &mails[0], world->now), US_OK);
    assert_int_equal(outbox_accepted(world->site, &mails[0], world->now), US_NOT_FOUND);
    world_mails_free(mails, 1);
    assert_int_equal(due_at(world, world->now + CLOCK_DAY, 10), 0);
}

/* Somebody signs again by the same mailbox: the site says the same, the mail does not ask. */
static void test_already(void **state)
{
    struct world *world = *state;
    struct outbox_mail mail;
    struct signing_receipt receipt;
    world_signature(world, "Union of Workers", NULL, &receipt);
    world_sign(world, "union of workers", "OFFICE@mayak.example");
    world_sign(world, "Union of Miners", "miners@mayak.example");
    struct outbox_mail *mails;
    assert_int_equal(world_mails(world, &mails), 2);
    size_t already = strcmp(mails[0].recipient, "miners@mayak.example") == 0;
    assert_int_equal(mails[already].template, OUTBOX_ALREADY);
    assert_false(mails[already].is_ended);
    assert_string_equal(mails[already].public_id, receipt.public_id);
    assert_string_equal(mails[already].token, "");
    assert_string_equal(mails[already].code, "");
    assert_int_equal(mails[1 - already].template, OUTBOX_CONFIRM);
    assert_string_equal(mails[1 - already].public_id, "");
    mail = mails[already];
    assert_int_equal(outbox_accepted(world->site, &mail, world->now), US_OK);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM pending WHERE state = 'pending'"),
                     1);
    world_mails_free(mails, 2);
}

/* Confirmed by a mail that was thought lost: the second one is not sent, and nobody is warned. */
static void test_confirmed_meanwhile(void **state)
{
    struct world *world = *state;
    struct outbox_mail *mails;
    world_sign(world, NULL, NULL);
    assert_int_equal(world_mails(world, &mails), 1);
    assert_int_equal(world_confirm(world, mails[0].token, NULL), US_OK);
    world_mails_free(mails, 1);
    assert_int_equal(due_at(world, world->now + CLOCK_MINUTE, 10), 0);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM outbox"), 0);
}

/* A mail that waits keeps its day's key, also when nothing else of that day does. */
static void test_waiting_mail_keeps_its_key(void **state)
{
    struct world *world = *state;
    struct signing_receipt receipt;
    world_signature(world, NULL, NULL, &receipt);
    assert_int_equal(world_decide(world, receipt.public_id, DECISION_APPROVE, NULL, NULL), US_OK);
    world->now += 4 * CLOCK_DAY;
    assert_int_equal(signing_expire(world->site, world->now), US_OK);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM pending"), 0);
    assert_int_equal(due_at(world, world->now, 10), 1);
}

static void assert_dropped(struct world *world)
{
    assert_int_equal(due_at(world, world->now + CLOCK_MINUTE, 10), 0);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM outbox"), 0);
}

static void test_dropped(void **state)
{
    struct world *world = *state;
    /* Its day's key is gone. */
    world_sign(world, NULL, NULL);
    assert_int_equal(keyring_day_destroy_before(world->keyring, clock_day(world->now) + 2), US_OK);
    assert_dropped(world);
    /* What it is about is gone. */
    world_sign(world, NULL, NULL);
    world_close(world);
    world_sql(world, "DELETE FROM pending");
    world_open(world);
    assert_dropped(world);
    /* Its bytes are damaged; another one beside it is not held up. */
    world_sign(world, NULL, "one@mayak.example");
    world_close(world);
    world_sql(world, "UPDATE outbox SET payload = CAST(substr(payload, 1, 40) || x'00' || "
                     "substr(payload, 42) AS BLOB)");
    world_open(world);
    world_sign(world, NULL, "two@mayak.example");
    assert_int_equal(due_at(world, world->now + CLOCK_MINUTE, 10), 1);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM outbox"), 1);
}

/* An appeal whose files cannot be read today is no reason to lose its mails. */
static void test_deferred(void **state)
{
    struct world *world = *state;
    world_sign(world, NULL, NULL);
    world_close(world);
    world_sql(world, "CREATE TABLE spare AS SELECT settings FROM publication;"
                     "UPDATE publication SET settings = x'5b5b5b'");
    world_open(world);
    assert_int_equal(due_at(world, world->now + CLOCK_MINUTE, 10), 0);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM outbox WHERE state = 'waiting' AND "
                                         "last_error IS NOT NULL"),
                     1);
    world_close(world);
    world_sql(world, "UPDATE publication SET settings = (SELECT settings FROM spare)");
    world_open(world);
    assert_int_equal(due_at(world, world->now + CLOCK_MINUTE, 10), 0);
    assert_int_equal(due_at(world, world->now + 2 * CLOCK_HOUR, 10), 1);
}

static void test_language(void **state)
{
    struct world *world = *state;
    struct submission submission;
    struct outbox_mail mail;
    world_fill(&submission, NULL, NULL);
    strcpy(submission.language, "en");
    assert_int_equal(world_submit(world, &submission), US_OK);
    world_take_mail(world, &mail);
    assert_string_equal(mail.language, "en");
    assert_string_equal(mail.title, "In English: О новом законе");
    outbox_mail_free(&mail);
    submission_clear(&submission);

    /* The interface speaks it, the appeal does not: the authoritative text is what was read. */
    world_fill(&submission, NULL, "fr@mayak.example");
    strcpy(submission.language, "fr");
    assert_int_equal(world_submit(world, &submission), US_OK);
    world_take_mail(world, &mail);
    assert_string_equal(mail.language, "fr");
    assert_string_equal(mail.title, "О новом законе");
    assert_int_equal(world_number(world, "SELECT language = 'ru' FROM pending ORDER BY created_at "
                                         "DESC LIMIT 1"),
                     1);
    outbox_mail_free(&mail);
    submission_clear(&submission);
}

static void test_a_link_for_a_name(void **state)
{
    struct world *world = *state;
    struct outbox_mail mail;
    world_sign(world, "Win now: https://evil.example/ or www.evil.example", NULL);
    world_take_mail(world, &mail);
    assert_null(strstr(mail.organisation, "://"));
    assert_null(strstr(mail.organisation, "evil.example"));
    assert_null(strstr(mail.organisation, "www.e"));
    outbox_mail_free(&mail);
}

struct rows {
    int count, failed;
};

static bool on_row(const struct outbox_row *row, void *arg)
{
    struct rows *rows = arg;
    rows->count++;
    rows->failed += strcmp(row->state, "failed") == 0;
    assert_string_equal(row->template, "confirm");
    assert_string_equal(row->slug, "trial");
    assert_string_equal(row->language, "ru");
    return true;
}

static void each_work(struct reader *reader, void *arg)
{
    assert_int_equal(outbox_each(reader, on_row, arg), US_OK);
}

static void test_each(void **state)
{
    struct world *world = *state;
    struct rows rows = {0};
    char mailbox[64];
    for (int i = 0; i < 150; i++) {
        snprintf(mailbox, sizeof mailbox, "m%d@mayak.example", i);
        world_sign(world, NULL, mailbox);
    }
    struct outbox_mail *mails;
    size_t count = world_mails(world, &mails);
    assert_int_equal(outbox_refused(world->site, &mails[0], world->now, true, "550"), US_OK);
    world_mails_free(mails, count);
    world_read(world, each_work, &rows);
    assert_int_equal(rows.count, 150);
    assert_int_equal(rows.failed, 1);
}

static void on_mail(void *arg)
{
    __atomic_add_fetch((int *)arg, 1, __ATOMIC_SEQ_CST);
}

/* The runner is woken when a mail is durable, and not for what was dropped. */
static void test_runner_is_woken(void **state)
{
    struct world *world = *state;
    struct submission submission;
    int woken = 0;
    site_watch_mail(world->site, on_mail, &woken);
    world_fill(&submission, NULL, NULL);
    assert_int_equal(world_submit(world, &submission), US_OK);
    assert_int_equal(woken, 1);
    assert_int_equal(world_submit(world, &submission), US_OK);
    assert_int_equal(woken, 1);
    submission_clear(&submission);
    site_watch_mail(world->site, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_when_due, setup, teardown),
        cmocka_unit_test_setup_teardown(test_retries, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refused_for_good, setup, teardown),
        cmocka_unit_test_setup_teardown(test_already, setup, teardown),
        cmocka_unit_test_setup_teardown(test_confirmed_meanwhile, setup, teardown),
        cmocka_unit_test_setup_teardown(test_waiting_mail_keeps_its_key, setup, teardown),
        cmocka_unit_test_setup_teardown(test_dropped, setup, teardown),
        cmocka_unit_test_setup_teardown(test_deferred, setup, teardown),
        cmocka_unit_test_setup_teardown(test_language, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_link_for_a_name, setup, teardown),
        cmocka_unit_test_setup_teardown(test_each, setup, teardown),
        cmocka_unit_test_setup_teardown(test_runner_is_woken, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
