/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The way in, on a real store with real keys: a signature's whole life, and every guard on its way.
 */
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
#include <unistd.h>

#define BEFORE "policy = before\n"
#define AFTER "policy = after\n"

static int setup(void **state)
{
    struct world *world = MEM_NEW(struct world);
    world_make(world, BEFORE);
    *state = world;
    return 0;
}

static int setup_after(void **state)
{
    struct world *world = MEM_NEW(struct world);
    world_make(world, AFTER);
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    world_remove(*state);
    free(*state);
    return 0;
}

struct looked {
    int count;
    struct signature signature;
    char organisation[128], representative[128], country[8];
};

static bool on_look(const struct signature *signature, void *arg)
{
    struct looked *looked = arg;
    looked->count++;
    looked->signature = *signature;
    snprintf(looked->organisation, sizeof looked->organisation, "%s", signature->organisation);
    snprintf(looked->representative, sizeof looked->representative, "%s",
             signature->representative ? signature->representative : "");
    snprintf(looked->country, sizeof looked->country, "%s",
             signature->country ? signature->country : "");
    return true;
}

struct find {
    const char *id;
    struct looked looked;
    enum us_err err;
};

static void find_work(struct reader *reader, void *arg)
{
    struct find *find = arg;
    find->err = signature_find(reader, find->id, on_look, &find->looked);
}

/* The organiser opens what was sealed, on a machine of their own. */
static void assert_contact(struct world *world, const char *mailbox)
{
    struct organiser_secret secret;
    struct fault fault = {0};
    assert_int_equal(organiser_read_secret(world->organiser, &secret, &fault), US_OK);
    int64_t row = world_number(world, "SELECT id FROM signature");
    size_t len, plain_len;
    uint8_t *sealed = world_blob(world, "SELECT contact FROM signature", &len), *plain;
    assert_int_equal(
        organiser_unseal(&secret, world->appeal->id, row, sealed, len, &plain, &plain_len), US_OK);
    assert_int_equal(plain_len, strlen(mailbox));
    assert_memory_equal(plain, mailbox, plain_len);
    keyring_wipe_free(plain, plain_len);
    free(sealed);
    organiser_wipe(&secret);
}

static void test_whole_life(void **state)
{
    struct world *world = *state;
    struct outbox_mail mail;
    struct signing_request *request;
    struct signing_receipt receipt, again;
    world_sign(world, NULL, NULL);
    world_take_mail(world, &mail);
    assert_int_equal(mail.template, OUTBOX_CONFIRM);
    assert_string_equal(mail.recipient, "office@mayak.example");
    assert_string_equal(mail.language, "ru");
    assert_string_equal(mail.slug, "trial");
    assert_string_equal(mail.title, "О новом законе");
    assert_string_equal(mail.organisation, "Профсоюз «Маяк»");
    assert_int_equal(strlen(mail.token), TOKEN_TEXT_SIZE - 1);
    assert_int_equal(strlen(mail.code), TOKEN_CODE_SIZE - 1);

    /* Looking changes nothing, however often. */
    for (int i = 0; i < 3; i++) {
        assert_int_equal(world_find(world, mail.token, &request), US_OK);
        assert_int_equal(request->stage, STAGE_WAITING);
        assert_string_equal(request->submission.values[FIELD_ORGANISATION], "Профсоюз «Маяк»");
        assert_string_equal(request->submission.values[FIELD_EMAIL], "office@mayak.example");
        assert_int_equal(request->submission.members, 1200);
        assert_string_equal(request->appeal->slug, "trial");
        signing_request_free(request);
    }
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM signature"), 0);

    assert_int_equal(world_confirm(world, mail.token, &receipt), US_OK);
    assert_int_equal(receipt.state, SIGNATURE_CONFIRMED);
    assert_string_equal(receipt.slug, "trial");
    assert_string_equal(receipt.language, "ru");
    assert_int_equal(world_confirm(world, mail.token, &again), US_OK);
    assert_string_equal(receipt.public_id, again.public_id);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM signature"), 1);
    assert_int_equal(world_number(world, "SELECT length(data) FROM pending"), 0);
    assert_int_equal(world_number(world, "SELECT created_at FROM pending"), 0);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM audit WHERE act = "
                                         "'signature.confirm'"),
                     1);

    assert_int_equal(world_find(world, mail.token, &request), US_OK);
    assert_int_equal(request->stage, STAGE_CONFIRMED);
    assert_string_equal(request->public_id, receipt.public_id);
    assert_int_equal(request->state, SIGNATURE_CONFIRMED);
    assert_string_equal(request->submission.values[FIELD_REPRESENTATIVE], "Айгуль Представитель");
    assert_null(request->submission.values[FIELD_EMAIL]);
    signing_request_free(request);

    struct find find = {.id = receipt.public_id};
    world_read(world, find_work, &find);
    assert_int_equal(find.err, US_OK);
    assert_int_equal(find.looked.signature.signed_on, clock_day(world->now));
    assert_string_equal(find.looked.country, "KZ");
    assert_contact(world, "office@mayak.example");
    assert_int_equal(world_check(world), 1);
    outbox_mail_free(&mail);
}

static void test_nothing_readable_lies_in_the_file(void **state)
{
    struct world *world = *state;
    struct outbox_mail mail;
    struct submission submission;
    struct signing_receipt receipt;
    world_fill(&submission, "Waiting Union", "waiting-mailbox@needle.example");
    world_set(&submission, FIELD_REPRESENTATIVE, "Waiting Representative");
    assert_int_equal(world_submit(world, &submission), US_OK);
    submission_clear(&submission);
    world_take_mail(world, &mail);
    assert_false(world_has_bytes(world, "waiting-mailbox"));
    assert_false(world_has_bytes(world, "needle.example"));
    assert_false(world_has_bytes(world, "Waiting Representative"));
    assert_false(world_has_bytes(world, "Waiting Union"));
    assert_false(world_has_bytes(world, mail.token));
    assert_false(world_has_bytes(world, mail.token + 12));
    assert_false(world_has_bytes(world, mail.code));
    /* The search does find what stands there. */
    assert_true(world_has_bytes(world, "confirm"));

    assert_int_equal(world_confirm(world, mail.token, &receipt), US_OK);
    assert_false(world_has_bytes(world, "waiting-mailbox"));
    assert_false(world_has_bytes(world, "needle.example"));
    assert_true(world_has_bytes(world, "Waiting Union"));
    world_close(world);
    assert_false(world_has_bytes(world, "waiting-mailbox"));
    assert_false(world_has_bytes(world, mail.token));
    world_open(world);
    outbox_mail_free(&mail);
}

static void test_double_click_signs_once(void **state)
{
    struct world *world = *state;
    struct submission submission;
    world_fill(&submission, NULL, NULL);
    assert_int_equal(world_submit(world, &submission), US_OK);
    assert_int_equal(world_submit(world, &submission), US_OK);
    submission_clear(&submission);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM pending"), 1);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM outbox"), 1);
    assert_int_equal(world_number(world, "SELECT SUM(mails) FROM quota WHERE appeal = 0 "
                                         "AND length(mailbox_hash) > 0"),
                     1);
    /* What was dropped wrote something all the same: its answer came no sooner. */
    assert_int_equal(world_number(world, "SELECT mails FROM quota WHERE length(mailbox_hash) = 0"),
                     1);
}

/* The fourth is told the same, and nothing of it is kept. */
static void test_quota_of_an_appeal(void **state)
{
    struct world *world = *state;
    for (int i = 0; i < 5; i++)
        world_sign(world, NULL, i % 2 ? "OFFICE@mayak.example" : NULL);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM pending"), 3);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM outbox"), 3);
    world_sign(world, NULL, "another@mayak.example");
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM pending"), 4);
}

static void test_quota_of_a_day(void **state)
{
    struct world *world = *state;
    world->config.limits_mails_per_appeal = 100;
    for (int i = 0; i < 13; i++)
        world_sign(world, NULL, NULL);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM pending"), 10);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM outbox"), 10);
    assert_int_equal(world_number(world, "SELECT MAX(mails) FROM quota"), 10);
}

/* Spellings of one mailbox and of one name meet; another name or another mailbox does not. */
static void test_duplicates(void **state)
{
    struct world *world = *state;
    struct outbox_mail *mails;
    struct signing_receipt receipt;
    world->config.limits_mails_per_appeal = 100;
    world_sign(world, "Union of  Workers", "Office@Mayak.example");
    world_sign(world, "UNION, of workers!", "office@mayak.EXAMPLE");
    world_sign(world, "Union of Miners", "office@mayak.example");
    world_sign(world, "Union of Workers", "second@mayak.example");
    assert_int_equal(world_mails(world, &mails), 4);
    enum us_err errs[4];
    for (size_t i = 0; i < 4; i++)
        errs[i] = world_confirm(world, mails[i].token, &receipt);
    int duplicates = 0, signed_by = 0;
    for (size_t i = 0; i < 4; i++) {
        duplicates += errs[i] == US_DUPLICATE;
        signed_by += errs[i] == US_OK;
    }
    assert_int_equal(duplicates, 1);
    assert_int_equal(signed_by, 3);
    assert_int_equal(world_check(world), 3);
    world_mails_free(mails, 4);
}

static void test_three_organisations_a_mailbox(void **state)
{
    static const char *const names[] = {"Union One", "Union Two", "Union Three", "Union Four"};
    struct world *world = *state;
    struct outbox_mail *mails;
    struct signing_receipt receipt;
    int limited = 0;
    world->config.limits_mails_per_appeal = 100;
    for (size_t i = 0; i < 4; i++)
        world_sign(world, names[i], NULL);
    assert_int_equal(world_mails(world, &mails), 4);
    for (size_t i = 0; i < 4; i++) {
        enum us_err err = world_confirm(world, mails[i].token, &receipt);
        assert_int_equal(err, i < 3 ? US_OK : US_LIMITED);
        limited += err == US_LIMITED;
        /* Having signed is told also to the one who is at the limit. */
        if (i == 3)
            assert_int_equal(world_confirm(world, mails[0].token, &receipt), US_OK);
    }
    assert_int_equal(limited, 1);
    assert_int_equal(world_check(world), 3);
    world_mails_free(mails, 4);
}

static void test_term(void **state)
{
    struct world *world = *state;
    struct outbox_mail mail;
    struct signing_request *request;
    struct signing_receipt receipt;
    int64_t start = world->now;
    world_sign(world, NULL, NULL);
    /* The relay was away for two days: the term begins when it takes the mail. */
    world->now = start + 2 * CLOCK_DAY;
    world_take_mail(world, &mail);
    world->now = start + 2 * CLOCK_DAY + 72 * CLOCK_HOUR - CLOCK_SECOND;
    assert_int_equal(signing_expire(world->site, world->now), US_OK);
    assert_int_equal(world_find(world, mail.token, &request), US_OK);
    signing_request_free(request);
    world->now += CLOCK_SECOND;
    assert_int_equal(world_find(world, mail.token, &request), US_EXPIRED);
    assert_int_equal(world_confirm(world, mail.token, &receipt), US_EXPIRED);
    assert_int_equal(world_code(world, "office@mayak.example", mail.code, &receipt), US_NOT_FOUND);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM signature"), 0);
    assert_int_equal(signing_expire(world->site, world->now), US_OK);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM pending"), 0);
    assert_int_equal(world_find(world, mail.token, &request), US_NOT_FOUND);
    outbox_mail_free(&mail);
}

/* Before any relay took it, a row lives as long as its mail is tried, and a term longer. */
static void test_term_without_a_relay(void **state)
{
    struct world *world = *state;
    int64_t created;
    world_sign(world, NULL, NULL);
    created = world_number(world, "SELECT created_at FROM pending");
    assert_int_equal(signing_expire(world->site, created + 8 * CLOCK_DAY - 1), US_OK);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM pending"), 1);
    assert_int_equal(signing_expire(world->site, created + 8 * CLOCK_DAY), US_OK);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM pending"), 0);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM quota"), 0);
}

static bool has_day_key(struct world *world, int64_t day)
{
    char path[160], name[16];
    snprintf(path, sizeof path, "%s/day-%lld.key", world->keys, (long long)day);
    if (access(path, F_OK) == 0)
        return true;
    clock_print_day(day, name);
    snprintf(path, sizeof path, "%s/day-%s.key", world->keys, name);
    return access(path, F_OK) == 0;
}

/* A day's key lives as long as a row is encrypted under it, and goes then. */
static void test_day_keys(void **state)
{
    struct world *world = *state;
    struct outbox_mail mail;
    world_sign(world, NULL, NULL);
    int64_t day = clock_day(world_number(world, "SELECT created_at FROM pending"));
    world->now += 4 * CLOCK_DAY;
    world_take_mail(world, &mail);
    assert_int_equal(signing_expire(world->site, world->now + 2 * CLOCK_DAY), US_OK);
    assert_true(has_day_key(world, day));
    assert_int_equal(signing_expire(world->site, world->now + 3 * CLOCK_DAY), US_OK);
    assert_false(has_day_key(world, day));
    outbox_mail_free(&mail);
}

static void test_wrong_tokens(void **state)
{
    struct world *world = *state;
    struct outbox_mail mail;
    struct signing_request *request;
    struct signing_receipt receipt;
    char wrong[TOKEN_TEXT_SIZE];
    world_sign(world, NULL, NULL);
    world_take_mail(world, &mail);
    for (size_t i = 0; i < TOKEN_TEXT_SIZE - 1; i++) {
        memcpy(wrong, mail.token, sizeof wrong);
        wrong[i] = wrong[i] == 'A' ? 'B' : 'A';
        assert_int_equal(world_find(world, wrong, &request), US_NOT_FOUND);
        assert_int_equal(world_confirm(world, wrong, &receipt), US_NOT_FOUND);
    }
    assert_int_equal(world_find(world, "", &request), US_NOT_FOUND);
    assert_int_equal(world_find(world, "../../etc/passwd", &request), US_NOT_FOUND);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM signature"), 0);
    assert_int_equal(world_confirm(world, mail.token, &receipt), US_OK);
    outbox_mail_free(&mail);
}

/* The appeal closed between loading it for the form and storing; a link mailed before stays good.
 */
static void test_closing(void **state)
{
    struct world *world = *state;
    struct outbox_mail mail;
    struct submission submission;
    struct signing_receipt receipt;
    struct appeal *open = world->appeal;
    world_sign(world, NULL, NULL);
    world_take_mail(world, &mail);
    world->appeal = NULL;
    world_publish(world, "trial", BEFORE "closes = 2026-01-02\n", "О новом законе");
    struct appeal *closed = world->appeal;

    world_fill(&submission, NULL, "late@mayak.example");
    assert_int_equal(world_submit(world, &submission), US_EXPIRED);
    world->appeal = open; /* as it was loaded before */
    assert_int_equal(world_submit(world, &submission), US_EXPIRED);
    submission_clear(&submission);
    world->appeal = closed;
    appeal_free(open);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM pending"), 1);
    assert_int_equal(world_confirm(world, mail.token, &receipt), US_OK);
    outbox_mail_free(&mail);
}

/* Another text was published meanwhile: what was read is not what would be signed. */
static void test_another_version(void **state)
{
    struct world *world = *state;
    struct submission submission;
    struct signing_receipt receipt;
    world_signature(world, NULL, NULL, &receipt);
    struct appeal *first = world->appeal;
    world->appeal = NULL;
    world_publish(world, "trial", BEFORE, "О другом законе");
    struct appeal *second = world->appeal;
    assert_int_equal(second->version, first->version + 1);
    world->appeal = first;
    world_fill(&submission, "Union Two", NULL);
    assert_int_equal(world_submit(world, &submission), US_EXPIRED);
    submission_clear(&submission);
    world->appeal = second;
    appeal_free(first);
    world_sign(world, "Union Two", NULL);
    assert_int_equal(world_number(world, "SELECT version FROM pending WHERE state = 'pending'"), 2);
}

static void test_policy_after(void **state)
{
    struct world *world = *state;
    struct signing_receipt receipt;
    struct site_generation before = site_generation(world->site, world->appeal->id), after;
    world_sign(world, NULL, NULL);
    after = site_generation(world->site, world->appeal->id);
    assert_int_equal(after.changes, before.changes);
    struct outbox_mail mail;
    world_take_mail(world, &mail);
    assert_int_equal(world_confirm(world, mail.token, &receipt), US_OK);
    outbox_mail_free(&mail);
    after = site_generation(world->site, world->appeal->id);
    assert_int_equal(receipt.state, SIGNATURE_LISTED);
    assert_int_equal(after.changes, before.changes + 1);
    assert_int_equal(after.removals, before.removals);
    assert_int_equal(world_number(world, "SELECT signatures FROM counter WHERE state = 'listed' "
                                         "AND country = 'KZ' AND members = 1200"),
                     1);
    /* The server's own copy of the mailbox goes after thirty days. */
    assert_int_equal(signing_expire(world->site, world->now + 30 * CLOCK_DAY), US_OK);
    assert_int_equal(world_number(world, "SELECT COUNT(mailbox) FROM signature"), 1);
    assert_int_equal(signing_expire(world->site, world->now + 31 * CLOCK_DAY), US_OK);
    assert_int_equal(world_number(world, "SELECT COUNT(mailbox) FROM signature"), 0);
    assert_int_equal(world_number(world, "SELECT COUNT(mail_domain) FROM signature"), 0);
    assert_int_equal(world_check(world), 1);
}

/* A key that is gone makes the link expire; nothing crashes on it. */
static void test_key_gone(void **state)
{
    struct world *world = *state;
    struct outbox_mail mail;
    struct signing_request *request;
    struct signing_receipt receipt;
    world_sign(world, NULL, NULL);
    world_take_mail(world, &mail);
    assert_int_equal(keyring_day_destroy_before(world->keyring, clock_day(world->now) + 2), US_OK);
    assert_int_equal(world_find(world, mail.token, &request), US_EXPIRED);
    assert_int_equal(world_confirm(world, mail.token, &receipt), US_EXPIRED);
    outbox_mail_free(&mail);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_whole_life, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nothing_readable_lies_in_the_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_double_click_signs_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_quota_of_an_appeal, setup, teardown),
        cmocka_unit_test_setup_teardown(test_quota_of_a_day, setup, teardown),
        cmocka_unit_test_setup_teardown(test_duplicates, setup, teardown),
        cmocka_unit_test_setup_teardown(test_three_organisations_a_mailbox, setup, teardown),
        cmocka_unit_test_setup_teardown(test_term, setup, teardown),
        cmocka_unit_test_setup_teardown(test_term_without_a_relay, setup, teardown),
        cmocka_unit_test_setup_teardown(test_day_keys, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrong_tokens, setup, teardown),
        cmocka_unit_test_setup_teardown(test_closing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_another_version, setup, teardown),
        cmocka_unit_test_setup_teardown(test_policy_after, setup_after, teardown),
        cmocka_unit_test_setup_teardown(test_key_gone, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
