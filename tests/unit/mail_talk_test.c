/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is told of a relay's words: the last answer, no mailbox, nothing that a terminal obeys. */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "mail/transport_talk.h"
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static void hear(struct transport_talk *talk, const char *line)
{
    transport_talk_hear(talk, line, strlen(line));
}

static void assert_told(struct transport_talk *talk, const char *error, const char *expected)
{
    char *told = transport_talk_tell(talk, error);

    assert_string_equal(told, expected);
    free(told);
    transport_talk_free(talk);
}

static void test_answers(void **state)
{
    struct transport_talk *talk = transport_talk_new();

    (void)state;
    hear(talk, "220 relay.example ESMTP\r\n");
    hear(talk, "250-relay.example\r\n250-SIZE 1000\r\n250 HELP\r\n");
    hear(talk, "250 2.0.0 Ok: queued as 4ABC\r\n");
    hear(talk, "221 bye\r\n"); /* to our goodbye */
    assert_told(talk, NULL, "250 2.0.0 Ok: queued as 4ABC");

    talk = transport_talk_new();
    hear(talk, "550-5.7.1 first line\r\n");
    hear(talk, "550-5.7.1  see https://relay.example/why\r\n550 end\r\n");
    assert_told(talk, "the relay answered 550",
                "550 5.7.1 first line 5.7.1 see https://relay.example/why end");

    /* What broke the connection counts, not the good answer before it. */
    talk = transport_talk_new();
    hear(talk, "220 relay.example\r\n");
    assert_told(talk, "Timeout was reached", "Timeout was reached");
    assert_told(transport_talk_new(), NULL, "");
}

static void test_mailboxes(void **state)
{
    struct transport_talk *talk = transport_talk_new();

    (void)state;
    hear(talk, "550 <office@union.example>: unknown; ask postmaster@relay.example.\r\n");
    assert_told(talk, "x", "550 [address] unknown; ask [address]");
}

static void test_hostile(void **state)
{
    struct transport_talk *talk = transport_talk_new();
    char longest[5000];

    (void)state;
    hear(talk, "550 \033[2J\x80\xff\x01 no\r\n");
    assert_told(talk, "x", "550 ?[2J??? no");
    talk = transport_talk_new();
    hear(talk, "no code\r\n");
    hear(talk, "55\r\n");
    hear(talk, "\r\n");
    assert_told(talk, "x", "x");
    talk = transport_talk_new();
    memset(longest, 'a', sizeof(longest));
    memcpy(longest, "550-", 4);
    for (int i = 0; i < 100; i++)
        transport_talk_hear(talk, longest, sizeof(longest));
    char *told = transport_talk_tell(talk, "x");
    assert_true(strlen(told) < 1000);
    free(told);
    transport_talk_free(talk);
}

static void test_encryption(void **state)
{
    struct transport_talk *talk = transport_talk_new();
    static const char note[] = "SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384\n",
                      other[] = "Connected to localhost\n";

    (void)state;
    transport_talk_note(talk, other, sizeof(other) - 1);
    transport_talk_note(talk, note, sizeof(note) - 1);
    hear(talk, "250 ok\r\n");
    assert_told(talk, NULL, "250 ok\nTLSv1.3 / TLS_AES_256_GCM_SHA384");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_mailboxes),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_encryption),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
