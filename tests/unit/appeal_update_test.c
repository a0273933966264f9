/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The organiser's news: what a file may be, what publishing and taking off do, and its mail: one
 * for each signature that asked, to the mailbox that signed and to no other.
 */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal/update_mail.h"
#include "appeal_world.h"
#include "base/clock.h"
#include "base/mem.h"
#include "crypto/organiser.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "---\ntitle: What is new\n---\n"

static int setup(void **state)
{
    struct world *world = MEM_NEW(struct world);
    world_make(world, "policy = after\n");
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    world_remove(*state);
    free(*state);
    return 0;
}

/* ---- files ---- */

static void test_good_file(void **state)
{
    static const char file[] =
        "\xef\xbb\xbf---\r\ntitle:  A  day in court \r\n---\r\n\r\n## One\n\n- two\n\n### Three\n";
    struct update_text text;
    struct fault fault = {.line = 0};
    struct markdown *body;
    char *plain;
    (void)state;
    assert_int_equal(update_parse_text("pt-BR.md", file, sizeof file - 1, &text, &fault), US_OK);
    assert_string_equal(text.language, "pt-BR");
    assert_string_equal(text.title, "A day in court");
    assert_int_equal(update_parse_body(&text, &body), US_OK);
    /* Below the titles of a page, and a list that is no demand. */
    assert_string_equal(markdown_html(body).markup,
                        "<h4>One</h4>\n<ul>\n<li>two</li>\n</ul>\n<h5>Three</h5>\n");
    assert_int_equal(markdown_demand_count(body), 0);
    plain = markdown_plain(body);
    assert_null(strstr(plain, "1."));
    assert_non_null(strstr(plain, "two"));
    free(plain);
    markdown_free(body);
    update_text_clear(&text);
}

static void test_bad_files(void **state)
{
    static const struct {
        const char *name, *data;
        int line;
        const char *part;
    } bad[] = {
        {"english.md", HEAD "Text.\n", 0, "named by its language"},
        {"en.txt", HEAD "Text.\n", 0, "named by its language"},
        {"en.md", "Text.\n", 1, "begins with a head"},
        {"en.md", "---\n---\nText.\n", 1, "begins with a head"},
        {"en.md", "---\ntitle:\n---\nText.\n", 2, "empty"},
        {"en.md", "---\ntitle: A\ntitle: B\n---\nText.\n", 3, "once"},
        {"en.md", "---\ntitle: A\nkind: Letter\n---\nText.\n", 3, "only title"},
        {"en.md", "---\ntitle: A\n# to do\n---\nText.\n", 3, "comment"},
        {"en.md", HEAD "\nText.\n\n<!-- check -->\n", 7, "comment"},
        {"en.md", HEAD "\n\n", 4, "empty"},
        {"en.md", HEAD "Text <b>bold</b>.\n", 4, "HTML"},
        {"en.md", HEAD "\n\n[a](javascript:alert)\n", 6, "link"},
        {"en.md", HEAD "![a](https://x.example/a.png)\n", 4, "images"},
        {"en.md",
         HEAD "A\x01"
              "B\n",
         4, "control"},
        {"en.md", HEAD "\xff\n", 4, "UTF-8"},
        {"en.md", "---\ntitle: A\xe2\x80\xaeZ\n---\nText.\n", 2, "direction"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct update_text text;
        struct fault fault = {.line = 0};
        assert_int_equal(
            update_parse_text(bad[i].name, bad[i].data, strlen(bad[i].data), &text, &fault),
            US_INVALID);
        if (fault.line != bad[i].line || strstr(fault.text, bad[i].part) == NULL)
            fail_msg("%zu: %s:%d: %s", i, fault.file, fault.line, fault.text);
    }
}

static void test_bounds(void **state)
{
    struct update_text text;
    struct fault fault = {.line = 0};
    char *title = mem_zero(UPDATE_TITLE_MOST * 2 + 4), *body = mem_zero(UPDATE_BODY_MOST + 2);
    char *file;
    (void)state;
    for (size_t i = 0; i <= UPDATE_TITLE_MOST; i++)
        memcpy(title + 2 * i, "я", 2);
    memset(body, 'a', UPDATE_BODY_MOST + 1);
    for (size_t i = 0; i <= UPDATE_BODY_MOST; i += 60)
        body[i] = ' ';
    file = mem_format("---\ntitle: %s\n---\nText.\n", title);
    assert_int_equal(update_parse_text("ru.md", file, strlen(file), &text, &fault), US_INVALID);
    assert_non_null(strstr(fault.text, "200"));
    free(file);
    title[UPDATE_TITLE_MOST * 2] = '\0';
    file = mem_format("---\ntitle: %s\n---\nText.\n", title);
    assert_int_equal(update_parse_text("ru.md", file, strlen(file), &text, &fault), US_OK);
    update_text_clear(&text);
    free(file);
    file = mem_format(HEAD "%s", body);
    assert_int_equal(update_parse_text("ru.md", file, strlen(file), &text, &fault), US_INVALID);
    assert_int_equal(fault.line, 4);
    assert_non_null(strstr(fault.text, "32 KiB"));
    free(file);
    body[UPDATE_BODY_MOST] = '\0';
    file = mem_format(HEAD "%s", body);
    assert_int_equal(update_parse_text("ru.md", file, strlen(file), &text, &fault), US_OK);
    update_text_clear(&text);
    free(file);
    free(title);
    free(body);
}

/* ---- publishing ---- */

static enum us_err publish(struct world *world, const char *ru, const char *en, int64_t *number)
{
    struct appeal_file files[2];
    struct fault fault = {.line = 0};
    size_t count = 0;
    if (ru)
        files[count++] = (struct appeal_file){"ru.md", ru, strlen(ru)};
    if (en)
        files[count++] = (struct appeal_file){"en.md", en, strlen(en)};
    return update_publish(world->site,
                          &(struct update_publish){.appeal = world->appeal,
                                                   .files = files,
                                                   .count = count,
                                                   .actor = "unix:test",
                                                   .now = world->now},
                          number, &fault);
}

static enum us_err take_off(struct world *world, int64_t number)
{
    return update_remove(world->site, &(struct update_remove){.appeal = world->appeal,
                                                              .number = number,
                                                              .actor = "unix:test",
                                                              .reason = "a mistake",
                                                              .now = world->now});
}

struct finding {
    struct world *world;
    int64_t number;
    struct update update;
    char titles[256];
    struct update_mail_counts counts;
    int64_t count;
    enum us_err err;
};

static bool add_title(const struct update *update, void *arg)
{
    struct finding *finding = arg;
    size_t len = strlen(finding->titles);
    snprintf(finding->titles + len, sizeof finding->titles - len, "%lld:%s|",
             (long long)update->number, update_text_in(update, "ru", "ru")->title);
    return true;
}

static void find_work(struct reader *reader, void *arg)
{
    struct finding *finding = arg;
    int64_t appeal = finding->world->appeal->id;
    assert_int_equal(update_each(reader, appeal, INT64_MAX, 10, add_title, finding), US_OK);
    assert_int_equal(update_count(reader, appeal, &finding->count), US_OK);
    assert_int_equal(update_mail_count(reader, appeal, finding->number, &finding->counts), US_OK);
    finding->err = update_find(reader, appeal, finding->number, &finding->update);
}

static struct finding find(struct world *world, int64_t number)
{
    struct finding finding = {.world = world, .number = number};
    world_read(world, find_work, &finding);
    return finding;
}

static void test_publish_and_remove(void **state)
{
    struct world *world = *state;
    struct finding found;
    int64_t number = 0;
    struct site_generation before = site_generation(world->site, world->appeal->id);
    assert_int_equal(
        publish(world, "---\ntitle: Раз\n---\nА.\n", "---\ntitle: One\n---\nA.\n", &number), US_OK);
    assert_int_equal(number, 1);
    assert_int_not_equal(site_generation(world->site, world->appeal->id).changes, before.changes);
    /* The same once more is told, and another is not taken for it. */
    assert_int_equal(
        publish(world, "---\ntitle: Раз\n---\nА.\n", "---\ntitle: One\n---\nA.\n", &number),
        US_DUPLICATE);
    assert_int_equal(number, 1);
    assert_int_equal(publish(world, "---\ntitle: Раз\n---\nА.\n", NULL, &number), US_OK);
    assert_int_equal(publish(world, NULL, "---\ntitle: Three\n---\nB.\n", &number), US_OK);
    assert_int_equal(number, 3);
    found = find(world, 1);
    assert_int_equal(found.err, US_OK);
    assert_int_equal(found.count, 3);
    assert_string_equal(found.titles, "3:Three|2:Раз|1:Раз|");
    assert_string_equal(update_text_in(&found.update, "en", "ru")->title, "One");
    assert_string_equal(update_text_in(&found.update, "fr", "ru")->title, "Раз");
    assert_string_equal(update_text_in(&found.update, "fr", "de")->title, "One");
    update_clear(&found.update);

    before = site_generation(world->site, world->appeal->id);
    assert_int_equal(take_off(world, 3), US_OK);
    assert_int_not_equal(site_generation(world->site, world->appeal->id).removals, before.removals);
    assert_int_equal(take_off(world, 3), US_NOT_FOUND);
    assert_int_equal(take_off(world, 9), US_NOT_FOUND);
    found = find(world, 3);
    assert_int_equal(found.err, US_NOT_FOUND);
    assert_string_equal(found.titles, "2:Раз|1:Раз|");
    /* Its number is not given again, and its words are gone. */
    assert_int_equal(publish(world, NULL, "---\ntitle: Four\n---\nB.\n", &number), US_OK);
    assert_int_equal(number, 4);
    assert_int_equal(
        world_number(world, "SELECT COUNT(*) FROM appeal_update_text WHERE number = 3"), 0);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM audit WHERE act = 'update.publish'"),
                     4);
    assert_int_equal(
        world_number(
            world,
            "SELECT COUNT(*) FROM audit JOIN audit_detail USING (seq) WHERE act = 'update.remove' "
            "AND reason = 'update 3: a mistake' AND subject = 'trial'"),
        1);
}

static void test_publish_refused(void **state)
{
    struct world *world = *state;
    struct fault fault = {.line = 0};
    const char *data = HEAD "Text.\n";
    const struct appeal_file twice[] = {{"en.md", data, strlen(data)},
                                        {"en.md", data, strlen(data)}};
    struct appeal draft = *world->appeal;
    struct update_publish what = {
        .appeal = world->appeal, .files = twice, .count = 2, .actor = "unix:test", .now = 1};
    int64_t number = 0;
    assert_int_equal(update_publish(world->site, &what, &number, &fault), US_INVALID);
    what.count = 0;
    assert_int_equal(update_publish(world->site, &what, &number, &fault), US_INVALID);
    draft.published_version = 0;
    what.count = 1;
    what.appeal = &draft;
    assert_int_equal(update_publish(world->site, &what, &number, &fault), US_CONFLICT);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM appeal_update"), 0);
}

/* ---- mail ---- */

/* Behind the store's back. */
static void sql(struct world *world, const char *statement)
{
    world_close(world);
    world_sql(world, statement);
    world_open(world);
}

struct contacts {
    struct world *world;
    struct organiser_secret secret;
    struct update_mailbox mailboxes[8];
    char ids[8][32], opened[8][64];
    size_t count;
};

static bool on_contact(const struct update_contact *contact, void *arg)
{
    struct contacts *contacts = arg;
    uint8_t *plain;
    size_t len, i = contacts->count++;
    assert_int_equal(organiser_unseal(&contacts->secret, contacts->world->appeal->id, contact->row,
                                      contact->sealed, contact->len, &plain, &len),
                     US_OK);
    snprintf(contacts->ids[i], sizeof contacts->ids[i], "%s", contact->id);
    snprintf(contacts->opened[i], sizeof contacts->opened[i], "%.*s", (int)len, (char *)plain);
    contacts->mailboxes[i] =
        (struct update_mailbox){.id = contacts->ids[i], .mailbox = contacts->opened[i]};
    free(plain);
    return true;
}

static void contacts_work(struct reader *reader, void *arg)
{
    struct contacts *contacts = arg;
    assert_int_equal(update_mail_each(reader, contacts->world->appeal->id, 1, on_contact, contacts),
                     US_OK);
}

/* As the organiser's program does. */
static void read_contacts(struct world *world, struct contacts *contacts)
{
    struct fault fault = {.line = 0};
    memset(contacts, 0, sizeof *contacts);
    contacts->world = world;
    assert_int_equal(organiser_read_secret(world->organiser, &contacts->secret, &fault), US_OK);
    world_read(world, contacts_work, contacts);
    organiser_wipe(&contacts->secret);
}

static enum us_err queue(struct world *world, struct update_mailbox *mailboxes, size_t count)
{
    return update_mail_queue(world->site, &(struct update_send){.appeal = world->appeal,
                                                                .number = 1,
                                                                .mailboxes = mailboxes,
                                                                .count = count,
                                                                .actor = "unix:test",
                                                                .now = world->now});
}

/* Three that asked and one that did not; update 1. */
static void make_world_with_news(struct world *world, struct signing_receipt receipts[4])
{
    int64_t number;
    world_signature(world, "Union A", "a@union.example", &receipts[0]);
    world_signature(world, "Union B", "b@union.example", &receipts[1]);
    world_signature(world, "Union C", "c@union.example", &receipts[2]);
    world_signature(world, "Union D", "d@union.example", &receipts[3]);
    sql(world, "UPDATE signature SET updates = 1 WHERE organisation <> 'Union D'");
    assert_int_equal(publish(world, "---\ntitle: Суд отложен\n---\nДо *мая*.\n", NULL, &number),
                     US_OK);
    assert_int_equal(number, 1);
}

static void test_each_once(void **state)
{
    struct world *world = *state;
    struct signing_receipt receipts[4];
    struct contacts contacts, none;
    struct outbox_mail *mails;
    size_t count;
    make_world_with_news(world, receipts);
    read_contacts(world, &contacts);
    assert_int_equal(contacts.count, 3);
    assert_int_equal(find(world, 9).counts.left, 3);
    assert_int_equal(queue(world, contacts.mailboxes, 3), US_OK);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(contacts.mailboxes[i].err, US_OK);
    /* Again, by whom ever: nobody is left, and those who were sent it are not sent it twice. */
    read_contacts(world, &none);
    assert_int_equal(none.count, 0);
    assert_int_equal(queue(world, contacts.mailboxes, 3), US_OK);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(contacts.mailboxes[i].err, US_CONFLICT);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM outbox"), 3);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM appeal_update_mail"), 3);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM audit WHERE act = 'update.send'"),
                     2);
    struct finding found = find(world, 1);
    assert_int_equal(found.counts.wanted, 3);
    assert_int_equal(found.counts.queued, 3);
    assert_int_equal(found.counts.left, 0);
    update_clear(&found.update);
    /* No mailbox lies there in the clear. */
    assert_false(world_has_bytes(world, "@union.example"));

    count = world_mails(world, &mails);
    assert_int_equal(count, 3);
    for (size_t i = 0; i < count; i++) {
        int64_t row;
        assert_int_equal(mails[i].template, OUTBOX_UPDATE);
        assert_string_equal(mails[i].update->title, "Суд отложен");
        assert_string_equal(mails[i].update->plain, "До мая.\n");
        assert_string_equal(mails[i].update->language, "ru");
        assert_non_null(strstr(mails[i].recipient, "@union.example"));
        /* The link ends the news of that signature, and is none to withdraw it by. */
        assert_int_equal(token_read(world->keyring, TOKEN_UNSUBSCRIBE, mails[i].unsubscribe, &row),
                         US_OK);
        assert_int_equal(row, mails[i].reference);
        assert_int_equal(token_read(world->keyring, TOKEN_WITHDRAW, mails[i].unsubscribe, &row),
                         US_INVALID);
        assert_int_equal(outbox_accepted(world->site, &mails[i], world->now), US_OK);
    }
    world_mails_free(mails, count);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM outbox"), 0);
}

static void test_only_who_signed(void **state)
{
    struct world *world = *state;
    struct signing_receipt receipts[4];
    make_world_with_news(world, receipts);
    struct update_mailbox tries[] = {
        {.id = receipts[0].public_id, .mailbox = "victim@other.example"},
        {.id = receipts[0].public_id, .mailbox = "b@union.example"}, /* another's */
        {.id = receipts[0].public_id, .mailbox = "no mailbox"},
        {.id = receipts[0].public_id, .mailbox = "a@union.example\r\nBcc: x@y.example"},
        {.id = receipts[0].public_id, .mailbox = "\xff@union.example"},
        {.id = receipts[0].public_id, .mailbox = ""},
        {.id = "nobody", .mailbox = "a@union.example"},
        {.id = receipts[3].public_id, .mailbox = "d@union.example"}, /* did not ask */
        {.id = receipts[1].public_id, .mailbox = "b@union.example"},
        {.id = receipts[1].public_id, .mailbox = "b@union.example"},
    };
    assert_int_equal(queue(world, tries, 10), US_OK);
    for (size_t i = 0; i < 10; i++) /* all in one word: nothing is learnt of anybody's mailbox */
        if (tries[i].err != (i == 8 ? US_OK : US_CONFLICT))
            fail_msg("%zu: %s", i, err_name(tries[i].err));
    /* The tenth was refused when it came to be written, after the entry. */
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM audit_detail WHERE "
                                         "reason = 'update 1, for 10 signatories, refused 8'"),
                     1);
    /* Of those it was queued for, or who did not ask, none is compared: right and wrong are one. */
    struct update_mailbox guesses[] = {
        {.id = receipts[1].public_id, .mailbox = "b@union.example"},
        {.id = receipts[1].public_id, .mailbox = "c@union.example"},
        {.id = receipts[3].public_id, .mailbox = "d@union.example"},
        {.id = receipts[3].public_id, .mailbox = "c@union.example"},
    };
    assert_int_equal(queue(world, guesses, 4), US_OK);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(guesses[i].err, US_CONFLICT);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM audit_detail WHERE "
                                         "reason = 'update 1, for 4 signatories, refused 4'"),
                     1);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM outbox"), 1);
}

static void test_not_any_more(void **state)
{
    struct world *world = *state;
    struct signing_receipt receipts[4];
    struct contacts contacts;
    bool changed;
    make_world_with_news(world, receipts);
    read_contacts(world, &contacts);
    /* Between the reading and the sending. */
    assert_int_equal(world_decide(world, contacts.ids[0], DECISION_STRIKE, "false", &changed),
                     US_OK);
    assert_int_equal(queue(world, contacts.mailboxes, 1), US_OK);
    assert_int_equal(contacts.mailboxes[0].err, US_CONFLICT);
    char *statement =
        mem_format("UPDATE signature SET updates = 0 WHERE public_id = '%s'", contacts.ids[1]);
    sql(world, statement);
    free(statement);
    assert_int_equal(queue(world, contacts.mailboxes, 3), US_OK);
    assert_int_equal(contacts.mailboxes[1].err, US_CONFLICT);
    assert_int_equal(contacts.mailboxes[2].err, US_OK);
    assert_int_equal(take_off(world, 1), US_OK);
    assert_int_equal(queue(world, contacts.mailboxes, 3), US_NOT_FOUND);
}

/* Who waits for a confirmation does not wait behind news to thousands. */
static void test_news_waits(void **state)
{
    struct world *world = *state;
    struct signing_receipt receipts[4];
    struct contacts contacts;
    struct outbox_mail *mails;
    size_t count;
    int64_t next = 0;
    make_world_with_news(world, receipts);
    read_contacts(world, &contacts);
    assert_int_equal(queue(world, contacts.mailboxes, 3), US_OK);
    world->now += CLOCK_SECOND;
    world_sign(world, "Union E", "e@union.example");
    assert_int_equal(outbox_due(world->site, world->now + CLOCK_MINUTE, 2, &mails, &count), US_OK);
    assert_int_equal(count, 2);
    assert_int_equal(mails[0].template, OUTBOX_CONFIRM);
    assert_int_equal(mails[1].template, OUTBOX_UPDATE);
    assert_int_equal(outbox_next(world->site, &next), US_OK);
    assert_int_equal(next, world_number(world, "SELECT MIN(next_at) FROM outbox"));
    world_mails_free(mails, count);
}

/* Queued, and then it is not to be sent any more: the row goes, nothing leaves. */
static void due_after(struct world *world, const char *statement, bool is_removed)
{
    struct signing_receipt receipts[4];
    struct contacts contacts;
    struct outbox_mail *mails;
    make_world_with_news(world, receipts);
    read_contacts(world, &contacts);
    assert_int_equal(queue(world, contacts.mailboxes, 3), US_OK);
    if (statement)
        sql(world, statement);
    if (is_removed)
        assert_int_equal(take_off(world, 1), US_OK);
    assert_int_equal(world_mails(world, &mails), 0);
    free(mails);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM outbox"), 0);
}

static void test_unsubscribed_before_it_left(void **state)
{
    due_after(*state, "UPDATE signature SET updates = 0", false);
}

static void test_struck_before_it_left(void **state)
{
    due_after(*state, "UPDATE signature SET state = 'struck'", false);
}

static void test_removed_before_it_left(void **state)
{
    due_after(*state, NULL, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_file),
        cmocka_unit_test(test_bad_files),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test_setup_teardown(test_publish_and_remove, setup, teardown),
        cmocka_unit_test_setup_teardown(test_publish_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_each_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_only_who_signed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_not_any_more, setup, teardown),
        cmocka_unit_test_setup_teardown(test_news_waits, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unsubscribed_before_it_left, setup, teardown),
        cmocka_unit_test_setup_teardown(test_struck_before_it_left, setup, teardown),
        cmocka_unit_test_setup_teardown(test_removed_before_it_left, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
