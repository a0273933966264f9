/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Compiled templates and their runtime: the templates in tests/unit/text go through the compiler of
 * the build and are run over values that try to break out of their place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "text/locale.h"
#include "text/mail/templates.h"
#include "text/pages/templates.h"
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define EVIL "\"><script>alert('1')</script>&amp;"
#define EVIL_OUT "&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;"

static const char *const items[] = {"a&b", "c"};

static struct golden_view make_view(void)
{
    return (struct golden_view){
        .evil = EVIL,
        .count = 2300000,
        .day = 18999,
        .link = template_url_link("https://a.example/?a=1&b='2'"),
        .body = {"<p>body</p>", 11},
        .items = items,
        .item_count = 2,
        .is_chosen = true,
    };
}

static int open_languages(void **state)
{
    (void)state;
    return language_open("tests/unit/text/locale") == US_OK ? 0 : -1;
}

static void page_is_escaped_everywhere(void **state)
{
    (void)state;
    struct golden_view view = make_view();
    struct str number = STR_INIT, date = STR_INIT, expected = STR_INIT;
    struct template t;
    template_open(&t, language_find("ru"));
    template_page_golden(&t, &view);
    locale_number(t.language, view.count, &number);
    locale_date(t.language, view.day, &date);
    /* The translation holds markup: a translator writes none either. */
    const char *const parts[] = {"<!DOCTYPE html>\n"
                                 "<html lang=\"ru\">\n"
                                 "<title>" EVIL_OUT "</title>\n"
                                 "<p class='a " EVIL_OUT "' title=\"" EVIL_OUT "\">" EVIL_OUT
                                 "</p>\n"
                                 "<a href=\"https://a.example/?a=1&amp;b=&#39;2&#39;#top\">"
                                 "https://a.example/?a=1&amp;b=&#39;2&#39;</a>\n"
                                 "<img src='/static/a-1.png' alt=\"Подписать\">\n"
                                 "",
                                 str_text(&number),
                                 " 2300000 ",
                                 str_text(&date),
                                 "\n"
                                 "<p>body</p>\n"
                                 "<p>if</p>\n"
                                 "<ul>\n"
                                 "<li>0: a&amp;b\n"
                                 "<li class=\"last\">1: c\n"
                                 "</ul>\n"
                                 "<option value=\"x\" selected>Знак</option>\n"
                                 "<p>№ ",
                                 str_text(&number),
                                 ": &lt;b&gt;" EVIL_OUT "&lt;/b&gt;</p>\n"
                                 "<p>2 организации</p>\n"
                                 "<pre>\n"
                                 "  " EVIL_OUT "\n"
                                 "\n"
                                 "</pre>\n"
                                 "<textarea>\n"
                                 " " EVIL_OUT "</textarea>\n"
                                 "<b>" EVIL_OUT " 7</b>\n"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        str_append_text(&expected, parts[i]);
    assert_string_equal(str_text(&t.out), str_text(&expected));
    str_free(&expected);
    str_free(&number);
    str_free(&date);
    template_free(&t);
}

static void page_takes_the_other_branches(void **state)
{
    (void)state;
    struct golden_view view = make_view();
    struct template t;
    template_open(&t, language_find("en"));
    view.count = 1;
    view.item_count = 0;
    view.is_chosen = false;
    template_page_golden(&t, &view);
    assert_non_null(
        strstr(str_text(&t.out), "<p>elif</p>\n<ul>\n</ul>\n<option value=\"x\" >Sign"));
    assert_null(strstr(str_text(&t.out), "<p>else</p>"));
    str_clear(&t.out);
    view.count = 2;
    template_page_golden(&t, &view);
    assert_non_null(strstr(str_text(&t.out), "<p>else</p>"));
    assert_null(strstr(str_text(&t.out), "if</p>"));
    template_free(&t);
}

static void mail_is_plain(void **state)
{
    (void)state;
    struct golden_view view = make_view();
    struct template t;
    template_open(&t, language_find("en"));
    view.count = 1;
    template_mail_golden_txt(&t, &view);
    assert_string_equal(str_text(&t.out), "Dear " EVIL ",\n"
                                          "\n"
                                          "  * a&b\n"
                                          "  * c\n"
                                          "\n"
                                          "<https://a.example/?a=1&b='2'>\n"
                                          "\n"
                                          "one organisation\n"
                                          "-- \n"
                                          "<end>\n");
    /* A page after a mail in the same buffer is escaped again. */
    template_page_part(&t, "<", 1);
    assert_non_null(strstr(str_text(&t.out), "<b>&lt; 1</b>"));
    template_free(&t);
}

static void link_is_checked(void **state)
{
    (void)state;
    static const char *const good[] = {"https://a.example/", "HTTP://a.example/?b=c&d#e",
                                       "mailto:a@b.example", "https://[::1]:80/"};
    static const char *const bad[] = {"",
                                      "javascript:alert(1)",
                                      "JAVASCRIPT:x",
                                      " https://a",
                                      "https://a b",
                                      "data:x",
                                      "//a.example",
                                      "/path",
                                      "https://",
                                      "https://a\"b",
                                      "mailto:",
                                      "https://a<b",
                                      "https://a\nb",
                                      "ftp://a",
                                      "https://a\\b",
                                      "https:/a",
                                      "https://\xd0\xb0",
                                      NULL};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_ptr_equal(template_url_link(good[i]).text, good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_string_equal(template_url_link(bad[i]).text, "");
    char longer[4096];
    memset(longer, 'a', sizeof longer);
    memcpy(longer, "https://", 8);
    longer[sizeof longer - 1] = '\0';
    assert_string_equal(template_url_link(longer).text, "");
}

/* Whether the program ends when our own code makes such a path. */
static bool ends_the_program(const char *path)
{
    int status = 0;
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        fclose(stderr);
        template_url_path(path);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void path_is_ours(void **state)
{
    (void)state;
    static const char *const good[] = {"/", "/ru/appeal/sign?page=2&kind=a%20b#form",
                                       "/c/A-b_c.~d"};
    static const char *const bad[] = {"",    "ru", "//evil.example", "/a b",
                                      "/\"", "/<", "/\\evil",        "/\n"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_ptr_equal(template_url_path(good[i]).text, good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_true(ends_the_program(bad[i]));
}

static void message_leaves_strange_braces_alone(void **state)
{
    (void)state;
    static const struct template_arg args[] = {{"a", TEMPLATE_ARG_TEXT, "{b}<", 0},
                                               {"b", TEMPLATE_ARG_PLAIN, NULL, 5},
                                               {"c", TEMPLATE_ARG_DATE, NULL, 0}};
    struct template t;
    template_open(&t, language_find("en"));
    template_message(&t, "{a} {b} {c} {d} {} {{a} } {", args, 3);
    assert_string_equal(str_text(&t.out), "{b}&lt; 5 1 January 1970 {d} {} {{b}&lt; } {");
    template_free(&t);
}

/* To services of a list, or to nobody by mail or message; with nothing but what was encoded. */
static void share_links_are_checked(void **state)
{
    static const char *const good[] = {
        "https://t.me/share/url?url=https%3A%2F%2Fa.example%2Fen%2Fx&text=A%20b",
        "https://wa.me/?text=A%20b",
        "https://vk.com/share.php?url=https%3A%2F%2Fa.example",
        "mailto:?subject=A&body=b%0D%0Ac",
        "sms:?&body=A~b-c_d.e",
    };
    static const char *const bad[] = {
        "",
        "https://t.me/",
        "https://t.me.example/share/url?url=x",
        "http://t.me/share/url?url=x",
        "https://wa.me/491234?text=x",
        "mailto:somebody@a.example?subject=A",
        "sms:+491234?body=A",
        "javascript:alert(1)",
        "sms:?&body=a b",
        "sms:?&body=\"",
        "mailto:?subject=a\r\nBcc:b@c.example",
        "mailto:?subject=a<b",
        "mailto:?subject=a#b",
        "https://t.me/share/url?url=\xd0\x90",
    };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_ptr_equal(template_url_share(good[i]).text, good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_string_equal(template_url_share(bad[i]).text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_is_escaped_everywhere),
        cmocka_unit_test(page_takes_the_other_branches),
        cmocka_unit_test(mail_is_plain),
        cmocka_unit_test(link_is_checked),
        cmocka_unit_test(path_is_ours),
        cmocka_unit_test(message_leaves_strange_braces_alone),
        cmocka_unit_test(share_links_are_checked),
    };
    return cmocka_run_group_tests(tests, open_languages, NULL);
}
