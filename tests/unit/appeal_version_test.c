/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Versions and who signed them, on a real store with real signatures: addressees are part of what
 * was signed, what is imported waits for publication, older versions stay within reach, and each
 * signature counts under its own, also one confirmed by an old link.
 */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal_world.h"
#include "base/mem.h"
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "[appeal]\nslug = trial\nauthoritative = ru\n"
#define PRESIDENT                                                                                     \
    "[addressee.president]\nrole = to\nkind = government\nlanguage = ru\nname = Президент\n" \
    "address =\n    Дворец\n"
#define ILO "[addressee.ilo]\nkind = international\nname = ILO\n"
#define RU "---\nkind: Заявление\ntitle: О новом законе\n---\n\nТекст обращения.\n"
#define EN "---\nkind: Statement\ntitle: In English: О новом законе\n---\n\nThe text.\n"

static int set_up(void **state)
{
    struct world *world = MEM_NEW(struct world);

    world_make(world, "");
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_remove(*state);
    free(*state);
    return 0;
}

static struct appeal_import import(struct world *world, const char *ini, const char *ru)
{
    const struct appeal_file files[] = {
        {"appeal.ini", ini, strlen(ini)}, {"ru.md", ru, strlen(ru)}, {"en.md", EN, strlen(EN)}};
    struct appeal_import done;
    struct fault fault = {0};

    if (appeal_import(world->site, files, 3, "unix:test", &done, &fault) != US_OK)
        fail_msg("%s:%d: %s", fault.file, fault.line, fault.text);
    return done;
}

static void expect(struct world *world, const char *ini, enum appeal_imported what, int64_t version)
{
    const struct appeal_import done = import(world, ini, RU);

    assert_int_equal(done.what, what);
    assert_int_equal(done.version, version);
}

static int64_t publish(struct world *world)
{
    struct fault fault = {0};
    int64_t version;

    if (appeal_publish(world->site, "trial", "unix:test", &version, &fault) != US_OK)
        fail_msg("%s", fault.text);
    return version;
}

struct look {
    struct world *world;
    int64_t version; /* 0: the published one */
    enum us_err err;
    struct appeal *appeal;
    struct fault fault;
};

static void do_look(struct reader *reader, void *arg)
{
    struct look *look = arg;
    struct appeal *published;

    look->err = appeal_load(reader, look->world->site, "trial", &published);
    if (look->err != US_OK || look->version == 0) {
        look->appeal = published;
        return;
    }
    look->err = appeal_load_version(reader, look->world->site, published, look->version,
                                    &look->appeal, &look->fault);
    appeal_free(published);
}

static struct appeal *load(struct world *world, int64_t version)
{
    struct look look = {.world = world, .version = version};

    world_read(world, do_look, &look);
    assert_int_equal(look.err, US_OK);
    return look.appeal;
}

/* Signed by one who is already listed. */
static void list_one(struct world *world, const char *name, const char *mailbox)
{
    struct signing_receipt receipt;
    bool changed;

    world_signature(world, name, mailbox, &receipt);
    assert_int_equal(world_decide(world, receipt.public_id, DECISION_APPROVE, NULL, &changed),
                     US_OK);
}

static void test_addressees_are_part_of_what_was_signed(void **state)
{
    struct world *world = *state;
    struct appeal *appeal;

    list_one(world, NULL, NULL);
    /* One more makes a new version; the live one keeps its own. */
    expect(world, HEAD PRESIDENT ILO, IMPORT_NEW_VERSION, 2);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM appeal_text WHERE version = 2"), 2);
    appeal = load(world, 0);
    assert_int_equal(appeal->version, 1);
    assert_int_equal(appeal->settings->addressee_count, 1);
    appeal_free(appeal);
    /* That one nobody has seen, and it may change as it likes. */
    expect(world, HEAD ILO PRESIDENT, IMPORT_SETTINGS, 2);
    expect(world, HEAD ILO, IMPORT_SETTINGS, 2);
    assert_int_equal(publish(world), 2);
    /* What was signed goes to whom it was signed for. */
    appeal = load(world, 1);
    assert_int_equal(appeal->version, 1);
    assert_int_equal(appeal->settings->addressee_count, 1);
    assert_string_equal(appeal->settings->addressees[0].id, "president");
    appeal_free(appeal);
    appeal = load(world, 0);
    assert_string_equal(appeal->settings->addressees[0].id, "ilo");
    appeal_free(appeal);
}

static void test_kind_and_role_are_part_of_it(void **state)
{
    struct world *world = *state;

    list_one(world, NULL, NULL);
    expect(world, HEAD "[addressee.president]\nrole = copy\nkind = government\nname = Президент\n",
           IMPORT_NEW_VERSION, 2);
    assert_int_equal(publish(world), 2);
    expect(world, HEAD "[addressee.president]\nrole = copy\nkind = company\nname = Президент\n",
           IMPORT_NEW_VERSION, 3);
    assert_int_equal(publish(world), 3);
    expect(world, HEAD "[addressee.king]\nrole = copy\nkind = company\nname = Президент\n",
           IMPORT_NEW_VERSION, 4);
}

/* How it is written to may change in place; so may days and policy. All of it when published. */
static void test_the_rest_changes_in_place(void **state)
{
    struct world *world = *state;
    struct appeal *appeal;
    const char *ini = HEAD "policy = after\ncloses = 2099-01-01\n"
                           "[addressee.president]\nrole = to\nkind = government\nlanguage = en\n"
                           "name = The President\nname.ru = Господин Президент\n"
                           "email = office@state.example\nsalutation = Sir,\n"
                           "address =\n    Another palace\n";

    list_one(world, NULL, NULL);
    assert_true(import(world, ini, RU).waits);
    assert_int_equal(import(world, ini, RU).what, IMPORT_UNCHANGED);
    assert_true(import(world, ini, RU).waits); /* the same again, and still not published */
    appeal = load(world, 0);
    assert_string_equal(appeal->settings->addressees[0].name, "Президент");
    assert_int_equal(appeal->settings->policy, POLICY_BEFORE);
    appeal_free(appeal);
    assert_int_equal(publish(world), 1);
    appeal = load(world, 0);
    assert_string_equal(appeal->settings->addressees[0].name, "The President");
    assert_int_equal(appeal->settings->policy, POLICY_AFTER);
    appeal_free(appeal);
    assert_false(import(world, ini, RU).waits);
}

/* A policy that was imported decides nothing before it is published. */
static void test_confirmations_go_by_the_live_policy(void **state)
{
    struct world *world = *state;
    struct signing_receipt receipt;

    expect(world, HEAD "policy = after\n" PRESIDENT, IMPORT_SETTINGS, 1);
    world_signature(world, "One", "one@union.example", &receipt);
    assert_int_equal(receipt.state, SIGNATURE_CONFIRMED);
    assert_int_equal(publish(world), 1);
    world_signature(world, "Two", "two@union.example", &receipt);
    assert_int_equal(receipt.state, SIGNATURE_LISTED);
}

/* Nor does a closing day. */
static void test_submissions_go_by_the_live_days(void **state)
{
    struct world *world = *state;
    struct submission submission;

    expect(world, HEAD "closes = 2001-01-01\n" PRESIDENT, IMPORT_SETTINGS, 1);
    world_sign(world, "One", "one@union.example");
    assert_int_equal(publish(world), 1);
    world_fill(&submission, "Two", "two@union.example");
    assert_int_equal(world_submit(world, &submission), US_EXPIRED);
    submission_clear(&submission);
}

struct counts {
    struct world *world;
    struct appeal_counts now;
    int64_t earlier;
};

static void do_count(struct reader *reader, void *arg)
{
    struct counts *counts = arg;
    int64_t id = counts->world->appeal->id;

    assert_int_equal(appeal_count(reader, id, 2, &counts->now), US_OK);
    assert_int_equal(appeal_count_earlier(reader, id, 2, &counts->earlier), US_OK);
}

static void expect_counts(struct world *world, int64_t now, int64_t earlier)
{
    struct counts counts = {.world = world};

    world_read(world, do_count, &counts);
    assert_int_equal(counts.now.signatures, now);
    assert_int_equal(counts.earlier, earlier);
}

/* A link mailed for the first version, clicked when the second is out. */
static void test_old_links_count_under_their_version(void **state)
{
    struct world *world = *state;
    struct signing_receipt receipt;
    struct outbox_mail *mails;
    size_t count, asking = 0;
    bool changed;

    list_one(world, "One", "one@union.example");
    world_sign(world, "Late", "late@union.example");
    /* Another one told of the decision. */
    count = world_mails(world, &mails);
    for (size_t i = 0; i < count; i++) {
        if (mails[i].template == OUTBOX_CONFIRM)
            asking = i;
    }
    assert_int_equal(import(world, HEAD PRESIDENT, RU "Ещё.\n").version, 2);
    assert_int_equal(publish(world), 2);
    expect_counts(world, 0, 1);
    assert_int_equal(world_confirm(world, mails[asking].token, &receipt), US_OK);
    assert_int_equal(world_decide(world, receipt.public_id, DECISION_APPROVE, NULL, &changed),
                     US_OK);
    expect_counts(world, 0, 2);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM signature WHERE version = 1 "
                                         "AND state = 'listed'"),
                     2);
    world_mails_free(mails, count);
    (void)world_check(world);
}

static void test_versions_there_are_not_are_named(void **state)
{
    struct world *world = *state;
    struct look look = {.world = world, .version = 2};

    assert_int_equal(import(world, HEAD PRESIDENT, RU "Ещё.\n").version, 2);
    world_read(world, do_look, &look); /* imported, never published */
    assert_int_equal(look.err, US_NOT_FOUND);
    assert_non_null(strstr(look.fault.text, "published: 1"));
    assert_null(strstr(look.fault.text, "2"));
    assert_int_equal(publish(world), 2);
    appeal_free(load(world, 2));
    look.version = 7;
    world_read(world, do_look, &look);
    assert_int_equal(look.err, US_NOT_FOUND);
    assert_non_null(strstr(look.fault.text, "published: 1, 2"));
}

static void test_exports_are_noted(void **state)
{
    struct world *world = *state;
    const struct appeal_export what = {.act = "export.letter",
                                       .slug = "trial",
                                       .actor = "unix:test",
                                       .reason = "for the meeting",
                                       .audience = "government",
                                       .addressee = "president",
                                       .version = 1,
                                       .named = 12};

    assert_int_equal(appeal_note_export(world->site, &what), US_OK);
    assert_int_equal(
        world_number(world, "SELECT COUNT(*) FROM audit JOIN audit_detail USING (seq) "
                            "WHERE act = 'export.letter' AND actor = 'unix:test' "
                            "AND subject = 'trial' AND reason = 'audience government, addressee "
                            "president, version 1, 12 named: for the meeting'"),
        1);
}

static void test_addresses(void **state)
{
    struct world *world = *state;
    char *address = appeal_address(world->site, world->appeal, "ru");

    assert_non_null(strstr(address, "/ru/trial"));
    free(address);
    /* A language that the interface does not speak has no pages. */
    address = appeal_address(world->site, world->appeal, "tlh");
    assert_null(strstr(address, "tlh"));
    assert_non_null(strstr(address, "/trial"));
    free(address);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_WORLD(test_addressees_are_part_of_what_was_signed),
        IN_A_WORLD(test_kind_and_role_are_part_of_it),
        IN_A_WORLD(test_the_rest_changes_in_place),
        IN_A_WORLD(test_confirmations_go_by_the_live_policy),
        IN_A_WORLD(test_submissions_go_by_the_live_days),
        IN_A_WORLD(test_old_links_count_under_their_version),
        IN_A_WORLD(test_versions_there_are_not_are_named),
        IN_A_WORLD(test_exports_are_noted),
        IN_A_WORLD(test_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
