/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is done to typed text: normal forms, folding, lengths, mailboxes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "text/unicode.h"
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

struct pair {
    const char *from, *to; /* to NULL: refused */
};

static void check_pairs(char *(*function)(const char *), const struct pair *pairs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *got = function(pairs[i].from);
        if (!got || !pairs[i].to) {
            if (got || pairs[i].to)
                fail_msg("\"%s\" gave %s", pairs[i].from, got ? got : "nothing");
            continue;
        }
        assert_string_equal(got, pairs[i].to);
        char *again = function(got);
        assert_string_equal(again, got); /* what was done once needs no doing again */
        free(again);
        free(got);
    }
}
#define CHECK_PAIRS(function, pairs) check_pairs(function, pairs, sizeof pairs / sizeof *pairs)

static void clean_keeps_letters(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"", ""},
        {"   ", ""},
        {"  a \t\r\n b\u00a0\u2003c ", "a b c"},
        {"e\u0301", "\u00e9"},
        {"и\u0306", "й"},
        {"Жаңартy «Профсоюз»", "Жаңартy «Профсоюз»"},
        {"ﬁ ½", "ﬁ ½"}, /* compatibility characters stay */
        {"می\u200cخواهم", "می\u200cخواهم"},
    };
    CHECK_PAIRS(unicode_clean, pairs);
}

static void clean_lines_keeps_lines(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"", ""},
        {"a\r\nb\rc\nd", "a\nb\nc\nd"},
        {"\r\r\n\n", "\n\n\n"},
        {"  e\u0301  \n", "  \u00e9  \n"},
    };
    CHECK_PAIRS(unicode_clean_lines, pairs);
}

static void fold_makes_spellings_meet(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"Профсоюз «Жанарту»", "профсоюзжанарту"},
        {"ПРОФСОЮЗ - Жанарту", "профсоюзжанарту"},
        {"Straße", "strasse"},
        {"ＵＮＩＯＮ", "union"}, /* full width */
        {"L'Union\u200b ﬁ", "lunionfi"},
        {"Côte", "côte"}, /* accents stay */
        {"Cote", "cote"},
        {"e-\u0301", "é"},
        {"...", ""},
    };
    CHECK_PAIRS(unicode_fold, pairs);
}

static void search_key_has_plain_words(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"L'Union Générale (C.G.T.)", "l union generale c g t"},
        {"Ёлка-Палка", "елка палка"},
        {"  № 1 ", "no 1"},
        {"Straße", "strasse"},
        {"!!", ""},
        {"IĞDIR ışık", "igdir isik"},
        {"Łódź Øresund Đà", "lodz oresund da"},
        {"Қазақстан Мұнай Әділет", "казакстан мунаи адилет"},
    };
    CHECK_PAIRS(unicode_search_key, pairs);
}

static void length_counts_what_people_see(void **state)
{
    (void)state;
    assert_int_equal(unicode_length(""), 0);
    assert_int_equal(unicode_length("abc"), 3);
    assert_int_equal(unicode_length("e\u0301"), 1);
    assert_int_equal(unicode_length("👩‍👩‍👧"), 1);
    assert_int_equal(unicode_length("中文"), 2);
}

static void shorten_cuts_between_characters(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t most;
        const char *expected;
    } cases[] = {
        {"abc", 3, "abc"},
        {"abcd", 3, "ab…"},
        {"abcd", 1, "…"},
        {"abcd", 0, ""},
        {"", 5, ""},
        {"a", 1, "a"},
        {"", 0, ""},
        {"e\u0301xyz", 3, "e\u0301x…"},
        {"👩‍👩‍👧ab", 2, "👩‍👩‍👧…"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *got = unicode_shorten(cases[i].text, cases[i].most);
        assert_string_equal(got, cases[i].expected);
        assert_true(unicode_length(got) <= cases[i].most);
        free(got);
    }
}

static void mailbox_is_checked(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"anna@example.org", "anna@example.org"},
        {"  Anna.B+c@Example.ORG\t", "Anna.B+c@example.org"},
        {"профсоюз@пример.рф", "профсоюз@xn--e1afmkfd.xn--p1ai"},
        {"a@faß.de", "a@xn--fa-hia.de"},
        {"o'neil@x.org", "o'neil@x.org"},
        {"a@1.example.org", "a@1.example.org"},
        {"", NULL},
        {"@", NULL},
        {"a", NULL},
        {"a@", NULL},
        {"@x.org", NULL},
        {"a@b@x.org", NULL},
        {"a@localhost", NULL},
        {"a@.org", NULL},
        {"a@x.org.", NULL},
        {"a@x..org", NULL},
        {"a@-x.org", NULL},
        {"a@x_y.org", NULL},
        {"a@1.2.3.4", NULL},
        {"a@[1.2.3.4]", NULL},
        {".a@x.org", NULL},
        {"a.@x.org", NULL},
        {"a..b@x.org", NULL},
        {"a b@x.org", NULL},
        {"a@x .org", NULL},
        {"\"a\"@x.org", NULL},
        {"a(b)@x.org", NULL},
        {"a,b@x.org", NULL},
        {"a<b>@x.org", NULL},
        {"a@x.org\r\nBcc: b@x.org", NULL},
        {"a\001@x.org", NULL},
        {"a\u202e@x.org", NULL},
        {"a\u200b@x.org", NULL},
        {"a@x.org, b@y.org", NULL},
        {"a@x\ufeff.org", NULL},
    };
    CHECK_PAIRS(unicode_mailbox, pairs);
}

static char *mailbox_of(size_t local, size_t domain)
{
    char *text = mem_alloc(local + 1 + domain + 1);
    memset(text, 'a', local + 1 + domain);
    text[local] = '@';
    /* Labels of at most 63 letters, the last two of them "a.a". */
    for (size_t i = 60; i < domain - 2; i += 61)
        text[local + 1 + i] = '.';
    text[local + 1 + domain - 2] = '.';
    text[local + 1 + domain] = '\0';
    return text;
}

static void mailbox_is_bounded(void **state)
{
    (void)state;
    char *far = mem_format("%2000s", "a@x.org");
    assert_null(unicode_mailbox(far));
    free(far);
    static const struct {
        size_t local, domain;
        bool is_good;
    } cases[] = {
        {64, 100, true}, {65, 100, false}, {64, 189, true},   {64, 190, false},
        {1, 252, true},  {1, 253, false},  {600, 600, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *typed = mailbox_of(cases[i].local, cases[i].domain);
        char *got = unicode_mailbox(typed);
        assert_int_equal(got != NULL, cases[i].is_good);
        free(got);
        free(typed);
    }
}

static void mailbox_key_is_in_small_letters(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"Anna@example.org", "anna@example.org"},
        {"ПРОФСОЮЗ@xn--e1afmkfd.xn--p1ai", "профсоюз@xn--e1afmkfd.xn--p1ai"},
        /* Other mailboxes than "strasse" and "massstab": who has one must not get the other's mail.
         */
        {"Straße@x.org", "straße@x.org"},
        {"Ma\u017f\u017fstab@x.org", "ma\u017f\u017fstab@x.org"},
    };
    CHECK_PAIRS(unicode_mailbox_key, pairs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clean_keeps_letters),
        cmocka_unit_test(clean_lines_keeps_lines),
        cmocka_unit_test(fold_makes_spellings_meet),
        cmocka_unit_test(search_key_has_plain_words),
        cmocka_unit_test(length_counts_what_people_see),
        cmocka_unit_test(shorten_cuts_between_characters),
        cmocka_unit_test(mailbox_is_checked),
        cmocka_unit_test(mailbox_is_bounded),
        cmocka_unit_test(mailbox_key_is_in_small_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
