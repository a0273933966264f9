/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Updates over the control socket, asked for by a program that means no good: mailboxes leave the
 * service sealed, and none but the one that signed is taken.
 */
#include "base/mem.h"
#include "control_talk.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void ask(struct talk *talk, const char *command, const char *const *arguments, size_t count)
{
    struct str bytes = STR_INIT;

    assert_int_equal(frame_put_request(&bytes,
                                       &(struct frame_request_params){
                                           .command = command,
                                           .arguments = arguments,
                                           .argument_count = count,
                                       }),
                     US_OK);
    talk_send(talk, &bytes);
}

static void publish(struct talk *talk, const char *name, const char *text)
{
    static const char *const arguments[] = {"trial", "folder"};
    struct str bytes = STR_INIT;

    assert_int_equal(frame_put_request(&bytes,
                                       &(struct frame_request_params){
                                           .command = "update publish",
                                           .arguments = arguments,
                                           .argument_count = 2,
                                           .blobs = 1,
                                       }),
                     US_OK);
    assert_int_equal(frame_put_blob(&bytes, name, text, strlen(text)), US_OK);
    talk_send(talk, &bytes);
}

#define ASK(talk, command, ...)                                                                    \
    ask(talk, command, (const char *const[]){__VA_ARGS__},                                         \
        sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static void test_update(void **state)
{
    struct world world;
    struct talk talk;
    struct signing_receipt receipt;
    struct outbox_mail mail;
    char *contacts, *result, *expected;

    (void)state;
    talk_make_world(&world);
    world_signature(&world, "Union", "office@union.example", &receipt);
    assert_int_equal(world_decide(&world, receipt.public_id, DECISION_APPROVE, NULL, NULL), US_OK);
    world_take_mail(&world, &mail);
    outbox_mail_free(&mail);
    world_close(&world);
    world_sql(&world, "UPDATE signature SET updates = 1");
    world_open(&world);
    talk_begin(&talk, &world, NULL);

    publish(&talk, "ru.md", "Текст.\n");
    talk_assert_error(&talk, US_INVALID, "title");
    publish(&talk, "../ru.md", "---\ntitle: A\n---\nТекст.\n");
    talk_assert_error(&talk, US_INVALID, "language");
    publish(&talk, "ru.md", "---\ntitle: Суд\n---\nТекст.\n");
    free(talk_read_answer(&talk, "update"));
    publish(&talk, "ru.md", "---\ntitle: Суд\n---\nТекст.\n");
    talk_assert_error(&talk, US_DUPLICATE, "update 1 says the same");

    /* Sealed. */
    ASK(&talk, "update send", "trial", "2");
    talk_assert_error(&talk, US_NOT_FOUND, "no update 2");
    ASK(&talk, "update send", "trial", "1");
    contacts = talk_read_answer(&talk, "update_contact");
    assert_non_null(strstr(contacts, receipt.public_id));
    assert_null(strstr(contacts, "@"));
    free(contacts);
    assert_int_equal(
        world_number(&world, "SELECT COUNT(*) FROM audit WHERE act = 'update.contacts'"), 1);

    ASK(&talk, "mailboxes give", "trial", "1", receipt.public_id, "victim@other.example",
        receipt.public_id, "x", "nobody", "office@union.example");
    result = talk_read_answer(&talk, "update_mail");
    expected = mem_format("%s|0|refused|\n%s|0|refused|\nnobody|0|refused|\n", receipt.public_id,
                          receipt.public_id);
    assert_string_equal(result, expected);
    free(result);
    free(expected);
    assert_int_equal(world_number(&world, "SELECT COUNT(*) FROM outbox"), 0);
    ASK(&talk, "mailboxes give", "trial", "1", receipt.public_id, "office@union.example", "odd");
    talk_assert_error(&talk, US_INVALID, "each id has its mailbox");
    ASK(&talk, "mailboxes give", "trial", "1", receipt.public_id, "office@union.example",
        receipt.public_id, "office@union.example");
    result = talk_read_answer(&talk, "update_mail");
    /* Which of the two comes first is the store's affair. */
    assert_non_null(strstr(result, "|1|-|\n"));
    assert_non_null(strstr(result, "|0|refused|\n"));
    free(result);
    assert_int_equal(world_number(&world, "SELECT COUNT(*) FROM outbox"), 1);

    ASK(&talk, "update remove", "trial", "1");
    free(talk_read_answer(&talk, ""));
    ASK(&talk, "update remove", "trial", "1");
    talk_assert_error(&talk, US_NOT_FOUND, "no update 1");
    talk_end(&talk);
    world_remove(&world);
}

static void test_too_many(void **state)
{
    struct world world;
    struct talk talk;
    const char **arguments = mem_zero(1100 * sizeof(*arguments));

    (void)state;
    talk_make_world(&world);
    talk_begin(&talk, &world, NULL);
    arguments[0] = "trial";
    arguments[1] = "1";
    for (size_t i = 2; i < 1100; i++)
        arguments[i] = "a@b.example";
    ask(&talk, "mailboxes give", arguments, 1004);
    talk_assert_error(&talk, US_INVALID, "other arguments");
    ask(&talk, "mailboxes give", arguments, 1002);
    talk_assert_error(&talk, US_NOT_FOUND, "no update 1");
    talk_end(&talk);
    world_remove(&world);
    free(arguments);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_update),
        cmocka_unit_test(test_too_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
