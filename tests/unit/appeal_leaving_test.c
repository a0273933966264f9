/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Who leaves by their own will leaves everywhere at once: the public letter, letters on their way,
 * every later edition; who was never listed stops nothing by leaving. And the mail that brings the
 * links to leave by, to whoever lost them.
 */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal_letters.h"
#include "appeal_signatory_rig.h"
#include "base/clock.h"
#include "base/mem.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JOINT(addressee) (&(struct letters_edition){addressee, EDITION_LETTER, FORM_JOINT})
#define SUPPLEMENT(addressee) (&(struct letters_edition){addressee, EDITION_SUPPLEMENT, FORM_JOINT})

static int setup(void **state)
{
    struct world *world = MEM_NEW(struct world);
    letters_make_world(world, "");
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    world_remove(*state);
    free(*state);
    return 0;
}

static void sign(struct world *world, const char *name, enum visibility visibility,
                 struct rig_signed *out)
{
    struct submission submission;
    world_fill(&submission, name, NULL);
    world_set(&submission, FIELD_VISIBILITY, visibility_name(visibility));
    world_set(&submission, FIELD_REPRESENTATIVE, "Head");
    rig_sign_submission(world, &submission, out);
}

static void assert_reads(struct world *world, const struct letters_edition *what,
                         const char *expected)
{
    struct edition_draft *draft;
    struct fault fault;
    char *said;
    assert_int_equal(letters_read(world, what, &said, &draft, &fault), US_OK);
    assert_string_equal(said, expected);
    edition_draft_free(draft);
    free(said);
}

struct asking {
    struct world *world;
    int64_t as_of;
    enum us_err err;
    char *path;
};

static void as_of_work(struct reader *reader, void *arg)
{
    struct asking *asking = arg;
    asking->err = public_letter_as_of(reader, &asking->as_of);
}

static void find_work(struct reader *reader, void *arg)
{
    struct asking *asking = arg;
    struct public_letter letter;
    asking->err =
        public_letter_find(reader, asking->world->site, asking->world->appeal->id, "en", &letter);
    asking->path = asking->err == US_OK ? letter.path : NULL;
}

static bool has_letter(struct world *world)
{
    struct asking asking = {.world = world};
    world_read(world, find_work, &asking);
    free(asking.path);
    return asking.err == US_OK;
}

static int64_t as_of(struct world *world)
{
    struct asking asking = {.world = world};
    world_read(world, as_of_work, &asking);
    assert_int_equal(asking.err, US_OK);
    return asking.as_of;
}

static enum us_err publish(struct world *world, int64_t named, int64_t seen)
{
    static const char file[] = "%PDF-1.7";
    struct fault fault = {.text = ""};
    return public_letter_publish(world->site,
                                 &(struct public_letter_params){
                                     .appeal = world->appeal,
                                     .language = "en",
                                     .file = file,
                                     .len = strlen(file),
                                     .pages = 1,
                                     .named = named,
                                     .now = world->now,
                                     .as_of = seen,
                                     .actor = "unix:test",
                                 },
                                 &fault);
}

static void test_public_letter(void **state)
{
    static const enum visibility chosen[] = {VISIBILITY_PUBLIC, VISIBILITY_COUNTED};
    struct world *world = *state;
    struct rig_signed stays;
    sign(world, "Stays", VISIBILITY_PUBLIC, &stays);
    for (size_t i = 0; i < 2; i++) {
        struct rig_signed leaves;
        sign(world, "Leaves", chosen[i], &leaves);
        int64_t seen = as_of(world), named = chosen[i] == VISIBILITY_PUBLIC ? 2 : 1;
        uint64_t removals = site_generation(world->site, world->appeal->id).removals;
        assert_int_equal(publish(world, named, seen), US_OK);
        assert_true(has_letter(world));
        assert_int_equal(rig_withdraw(world, leaves.token, NULL), US_OK);
        assert_false(has_letter(world));
        assert_int_equal(letters_count_files(world, "letters"), 0);
        assert_int_equal(world_number(world, "SELECT COUNT(*) FROM public_letter"), 0);
        assert_true(site_generation(world->site, world->appeal->id).removals > removals);
        /* What was drawn before it left is not put up after. */
        assert_int_equal(publish(world, named, seen), US_CONFLICT);
    }
    assert_int_equal(world_check(world), 3);
}

/* Where nobody decides before it is listed, nobody corrects what visitors saw: the mailbox is
 * there, the state forbids it. */
static void test_listed_is_not_corrected(void **state)
{
    struct world *world = *state;
    struct rig_signed signature;
    struct signatory *found;
    sign(world, "Listed", VISIBILITY_PUBLIC, &signature);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM signature WHERE mailbox IS NULL"),
                     0);
    assert_int_equal(rig_find(world, signature.token, &found), US_OK);
    assert_false(found->can_correct);
    signatory_free(found);
    assert_int_equal(rig_correct(world, signature.token, "Other", "", NULL), US_CONFLICT);
    assert_int_equal(world_check(world), 1);
}

/* Whoever was never listed takes nothing off, and stops no letter that was drawn before. */
static void test_unlisted_stop_nothing(void **state)
{
    struct world *world = *state;
    struct rig_signed listed, waits, refused;
    struct outbox_mail mail;
    sign(world, "Listed", VISIBILITY_PUBLIC, &listed);
    world_close(world);
    world_sql(world, "UPDATE appeal SET policy = 'before'");
    world_open(world);
    sign(world, "Waits", VISIBILITY_PUBLIC, &waits);
    sign(world, "Refused", VISIBILITY_PUBLIC, &refused);
    assert_int_equal(world_decide(world, refused.id, DECISION_REFUSE, "because", NULL), US_OK);
    world_take_mail(world, &mail);
    outbox_mail_free(&mail);
    int64_t seen = as_of(world), number = letters_draw(world, JOINT("ituc"));
    struct fault fault;
    assert_int_equal(publish(world, 1, seen), US_OK);
    assert_int_equal(rig_correct(world, waits.token, "Waited", "", NULL), US_OK);
    assert_int_equal(rig_withdraw(world, waits.token, NULL), US_OK);
    assert_int_equal(rig_withdraw(world, refused.token, NULL), US_OK);
    assert_true(has_letter(world));
    assert_int_equal(publish(world, 1, seen), US_OK);
    assert_int_equal(letters_send(world, number, &fault), US_OK);
    letters_accept(world);
    assert_int_equal(rig_withdraw(world, listed.token, NULL), US_OK);
    assert_false(has_letter(world));
}

struct relook { /* at what was delivered */
    struct world *world;
    struct edition edition;
    int64_t seen, gone;
    enum us_err err;
};

static bool count_one(const struct signature *signature, void *arg)
{
    struct relook *relook = arg;
    assert_string_equal(signature->organisation, "B");
    relook->seen++;
    return true;
}

static void relook_work(struct reader *reader, void *arg)
{
    struct relook *relook = arg;
    relook->err = edition_each_signature(reader, relook->world->site, &relook->edition, count_one,
                                         relook, &relook->gone);
}

/* A letter that waits for the relay does not leave with whoever left; nobody is in a later one. */
static void test_deliveries(void **state)
{
    struct world *world = *state;
    struct rig_signed a, b, c, d;
    struct outbox_mail *mails;
    struct fault fault;
    sign(world, "A", VISIBILITY_PUBLIC, &a);
    sign(world, "B", VISIBILITY_PUBLIC, &b);
    sign(world, "C", VISIBILITY_COUNTED, &c);
    int64_t delivered = letters_deliver(world, JOINT("ituc"));
    sign(world, "D", VISIBILITY_PUBLIC, &d);

    int64_t waiting = letters_draw(world, SUPPLEMENT("ituc"));
    assert_int_equal(letters_send(world, waiting, &fault), US_OK);
    assert_int_equal(world_mails(world, &mails), 1);
    /* Who is not in it may go. */
    assert_int_equal(rig_withdraw(world, a.token, NULL), US_OK);
    assert_int_equal(outbox_look(world->site, &mails[0]), US_OK);
    assert_int_equal(rig_withdraw(world, d.token, NULL), US_OK);
    assert_int_equal(outbox_look(world->site, &mails[0]), US_CONFLICT);
    assert_int_equal(outbox_refused(world->site, &mails[0], world->now, true, OUTBOX_SOMEBODY_LEFT),
                     US_OK);
    world_mails_free(mails, 1);

    /* One that was drawn before is not sent after. */
    int64_t drawn = letters_draw(world, JOINT("ilo"));
    assert_int_equal(rig_withdraw(world, c.token, NULL), US_OK);
    assert_int_equal(letters_send(world, drawn, &fault), US_CONFLICT);

    assert_reads(world, JOINT("ilo"), "B(Head);");
    sign(world, "A", VISIBILITY_PUBLIC, &a);
    assert_reads(world, SUPPLEMENT("ituc"), "A(Head);");
    struct relook relook = {.world = world};
    letters_find(world, delivered, &relook.edition);
    world_read(world, relook_work, &relook);
    assert_int_equal(relook.err, US_OK);
    assert_int_equal(relook.edition.totals.named, 2);
    assert_int_equal(relook.seen, 1);
    assert_int_equal(relook.gone, 2);
    edition_clear(&relook.edition);
    assert_int_equal(world_check(world), 5);
}

/* ---- the mail of links ---- */

/* The only mail of that kind. */
static void take_links(struct world *world, struct outbox_mail *out)
{
    struct outbox_mail *mails;
    size_t count = world_mails(world, &mails), found = 0;
    for (size_t i = 0; i < count; i++) {
        if (mails[i].template == OUTBOX_LINKS) {
            found++;
            *out = mails[i];
            mails[i] = (struct outbox_mail){.id = 0};
        }
    }
    world_mails_free(mails, count);
    assert_int_equal(found, 1);
    assert_int_equal(outbox_accepted(world->site, out, world->now), US_OK);
}

static void ask_links(struct world *world, const char *mailbox, struct outbox_mail *out)
{
    assert_int_equal(rig_mail_links(world, mailbox), US_OK);
    take_links(world, out);
}

static void test_links(void **state)
{
    struct world *world = *state;
    struct outbox_mail mail;
    struct rig_signed signature;
    struct signing_request *request;
    struct signatory *found;
    /* Nothing. */
    ask_links(world, "office@mayak.example", &mail);
    assert_int_equal(mail.link_count, 0);
    assert_string_equal(mail.recipient, "office@mayak.example");
    assert_string_equal(mail.slug, "trial");
    assert_string_equal(mail.language, "ru");
    assert_string_equal(mail.withdraw, "");
    outbox_mail_free(&mail);

    /* One signed, in another spelling of the mailbox; one that waits, twice; one of another. */
    sign(world, "Signed", VISIBILITY_COUNTED, &signature);
    world_sign(world, "SIGNED", NULL);
    world_sign(world, "Waits", NULL);
    world_sign(world, "«Waits»", NULL);
    world_sign(world, "Foreign", "other@mayak.example");
    ask_links(world, "OFFICE@Mayak.example ", &mail);
    assert_int_equal(mail.link_count, 2);
    assert_string_equal(mail.links[0].organisation, "Signed");
    assert_string_equal(mail.links[0].public_id, signature.id);
    assert_string_equal(mail.links[0].token, "");
    assert_string_equal(mail.links[0].code, "");
    assert_string_equal(mail.links[0].withdraw, signature.token);
    assert_string_equal(mail.links[1].organisation, "«Waits»");
    assert_string_equal(mail.links[1].public_id, "");
    assert_int_equal(world_find(world, mail.links[1].token, &request), US_OK);
    signing_request_free(request);
    assert_int_equal(rig_find(world, mail.links[1].withdraw, &found), US_OK);
    assert_string_equal(found->submission.values[FIELD_ORGANISATION], "«Waits»");
    signatory_free(found);
    assert_int_equal(world_code(world, "office@mayak.example", mail.links[1].code, NULL), US_OK);
    assert_false(mail.links[0].is_ended || mail.links[1].is_ended);
    outbox_mail_free(&mail);

    /* Taken off the list, and put back. */
    assert_int_equal(world_decide(world, signature.id, DECISION_STRIKE, "because", NULL), US_OK);
    ask_links(world, "office@mayak.example", &mail);
    for (size_t i = 0; i < mail.link_count; i++)
        assert_true(mail.links[i].is_ended == (strcmp(mail.links[i].public_id, signature.id) == 0));
    assert_int_equal(mail.link_count, 2);
    outbox_mail_free(&mail);
    assert_int_equal(world_decide(world, signature.id, DECISION_RESTORE, NULL, NULL), US_OK);

    /* Under another appeal there is nothing. */
    int64_t appeal = world->appeal->id;
    world_publish(world, "other", "", "О другом");
    world->appeal->id = world_number(world, "SELECT id FROM appeal WHERE slug = 'other'");
    ask_links(world, "office@mayak.example", &mail);
    assert_int_equal(mail.link_count, 0);
    assert_string_equal(mail.slug, "other");
    outbox_mail_free(&mail);
    world->appeal->id = appeal;

    /* What was withdrawn is nothing. */
    ask_links(world, "office@mayak.example", &mail);
    assert_int_equal(mail.link_count, 2);
    assert_string_equal(mail.links[0].token, "");
    assert_string_equal(mail.links[1].token, "");
    assert_int_equal(rig_withdraw(world, mail.links[0].withdraw, NULL), US_OK);
    assert_int_equal(rig_withdraw(world, mail.links[1].withdraw, NULL), US_OK);
    outbox_mail_free(&mail);
    ask_links(world, "office@mayak.example", &mail);
    /* What waited for the organisations that had signed waits still. */
    for (size_t i = 0; i < mail.link_count; i++)
        assert_string_equal(mail.links[i].public_id, "");
    outbox_mail_free(&mail);
}

/* Three of a kind at most, the newest; a killed code is not told. */
static void test_links_bounds(void **state)
{
    struct world *world = *state;
    struct rig_signed signature;
    struct outbox_mail mail;
    for (int i = 0; i < 5; i++) {
        char *name = mem_format("Signed %c", 'A' + i);
        sign(world, name, VISIBILITY_COUNTED, &signature);
        free(name);
    }
    for (int i = 0; i < 5; i++) {
        char *name = mem_format("Waits %c", 'A' + i);
        world_sign(world, name, NULL);
        free(name);
    }
    ask_links(world, "office@mayak.example", &mail);
    assert_int_equal(mail.link_count, 6);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(mail.links[i].token[0] != '\0', i >= 3);
        assert_int_equal(mail.links[i].code[0] != '\0', i >= 3);
        assert_int_equal(mail.links[i].public_id[0] != '\0', i < 3);
        assert_int_equal(strlen(mail.links[i].withdraw), 32);
        if (i >= 3)
            assert_int_equal(mail.links[i].organisation[6], 'E' - (i - 3));
    }
    outbox_mail_free(&mail);
    for (int i = 0; i < 5; i++) {
        char *name = mem_format("Waits %c", 'A' + i);
        world_sign(world, name, "other@mayak.example");
        free(name);
    }
    ask_links(world, "other@mayak.example", &mail);
    assert_int_equal(mail.link_count, 3);
    outbox_mail_free(&mail);
    for (int i = 0; i < 10; i++)
        assert_int_equal(world_code(world, "office@mayak.example", "AAAAAAAAAA", NULL),
                         US_NOT_FOUND);
    ask_links(world, "office@mayak.example", &mail);
    assert_int_equal(mail.link_count, 6);
    assert_string_equal(mail.links[3].code, "");
    assert_int_equal(strlen(mail.links[3].token), 32);
    outbox_mail_free(&mail);
}

/* Known or not, over its quota or no mailbox at all: it is answered alike, and something is
 * written. A submission's mails and these are counted together. */
static void test_links_quota(void **state)
{
    struct world *world = *state;
    struct rig_signed signature;
    static const char *const mailboxes[] = {"office@mayak.example", "nobody@else.example"};
    world->config.limits_mails_per_appeal = 3;
    world->config.limits_mails_per_day = 10;
    sign(world, "Signed", VISIBILITY_COUNTED, &signature);
    for (size_t i = 0; i < 2; i++)
        for (int k = 0; k < 4; k++)
            assert_int_equal(rig_mail_links(world, mailboxes[i]), US_OK);
    /* The first had its confirmation already. */
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM outbox WHERE template = 'links'"),
                     2 + 3);
    assert_int_equal(world_number(world, "SELECT mails FROM quota "
                                         "WHERE length(mailbox_hash) = 0 AND day = 0"),
                     2 + 1);
    struct submission submission;
    world_fill(&submission, "More", NULL);
    assert_int_equal(world_submit(world, &submission), US_OK);
    submission_clear(&submission);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM pending WHERE state = 'pending'"),
                     0);
    static const char *const none[] = {"", "no mailbox", "\xff@mayak.example",
                                       "a@b@mayak.example\r\nBcc: x@y.example"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(rig_mail_links(world, none[i]), US_OK);
    char *long_one = mem_zero(70000);
    memset(long_one, 'a', 69999);
    assert_int_equal(rig_mail_links(world, long_one), US_OK);
    free(long_one);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM outbox WHERE template = 'links'"),
                     5);
    assert_int_equal(world_number(world, "SELECT mails FROM quota "
                                         "WHERE length(mailbox_hash) = 0 AND day = 0"),
                     3 + 1 + 5);
    assert_false(world_has_bytes(world, "nobody@else.example"));
}

#define ON_A_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_WORLD(test_public_letter),
        ON_A_WORLD(test_unlisted_stop_nothing),
        ON_A_WORLD(test_listed_is_not_corrected),
        ON_A_WORLD(test_deliveries),
        ON_A_WORLD(test_links),
        ON_A_WORLD(test_links_bounds),
        ON_A_WORLD(test_links_quota),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
