/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A letter's body as blocks, as HTML and as plain text, and what is refused in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"
#include "text/markdown.h"
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static struct markdown *parse(const char *text)
{
    struct markdown *markdown = NULL;
    struct fault fault = {0};
    if (markdown_parse(text, strlen(text), &markdown, &fault) != US_OK)
        fail_msg("line %d: %s", fault.line, fault.text);
    return markdown;
}

static const char letter[] =
    "# Heading\n"
    "\n"
    "We **demand** of *all* `code` and [them](https://a.example/x?a=1&b=2):\n"
    "soft,\\\nhard.\n"
    "\n"
    "- first\n"
    "- second\n"
    "\n"
    "  more\n"
    "\n"
    "  1. inner\n"
    "\n"
    "Between.\n"
    "\n"
    "7. third\n"
    "\n"
    "> quoted\n"
    "> - item\n"
    "\n"
    "***\n"
    "\n"
    "    code\n"
    "\n"
    "* \n";

static void blocks_are_flat_and_numbered(void **state)
{
    (void)state;
    static const struct {
        enum block_kind kind;
        int level, number;
        const char *first;
    } expected[] = {
        {BLOCK_HEADING, 1, 0, "Heading"},
        {BLOCK_PARAGRAPH, 0, 0, "We "},
        {BLOCK_DEMAND, 0, 1, "first"},
        {BLOCK_DEMAND, 0, 2, "second"},
        {BLOCK_MORE, 0, 0, "more"},
        {BLOCK_ITEM, 1, 1, "inner"},
        {BLOCK_PARAGRAPH, 0, 0, "Between."},
        {BLOCK_DEMAND, 0, 3, "third"},
        {BLOCK_QUOTE, 0, 0, "quoted"},
        {BLOCK_ITEM, 1, 0, "item"},
        {BLOCK_RULE, 0, 0, NULL},
        {BLOCK_CODE, 0, 0, "code\n"},
        {BLOCK_DEMAND, 0, 4, NULL},
    };
    struct markdown *markdown = parse(letter);
    size_t count = 0;
    const struct block *blocks = markdown_blocks(markdown, &count);
    assert_int_equal(count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(blocks[i].kind, expected[i].kind);
        assert_int_equal(blocks[i].level, expected[i].level);
        assert_int_equal(blocks[i].number, expected[i].number);
        assert_int_equal(blocks[i].span_count > 0, expected[i].first != NULL);
        if (expected[i].first)
            assert_string_equal(blocks[i].spans[0].text, expected[i].first);
    }
    assert_int_equal(markdown_demand_count(markdown), 4);
    markdown_free(markdown);
}

static void spans_carry_their_style(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_strong, is_emphasis, is_code;
        const char *link;
    } expected[] = {
        {.text = "We "},     {.text = "demand", .is_strong = true},
        {.text = " of "},    {.text = "all", .is_emphasis = true},
        {.text = " "},       {.text = "code", .is_code = true},
        {.text = " and "},   {.text = "them", .link = "https://a.example/x?a=1&b=2"},
        {.text = ": soft,"}, {.text = "\n"},
        {.text = "hard."},
    };
    struct markdown *markdown = parse(letter);
    size_t count = 0;
    const struct block *block = &markdown_blocks(markdown, &count)[1];
    assert_int_equal(block->span_count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < block->span_count; i++) {
        const struct span *span = &block->spans[i];
        assert_string_equal(span->text, expected[i].text);
        assert_int_equal(span->is_strong, expected[i].is_strong);
        assert_int_equal(span->is_emphasis, expected[i].is_emphasis);
        assert_int_equal(span->is_code, expected[i].is_code);
        assert_int_equal(span->link != NULL, expected[i].link != NULL);
        if (span->link)
            assert_string_equal(span->link, expected[i].link);
    }
    markdown_free(markdown);
}

static void html_is_numbered_and_escaped(void **state)
{
    (void)state;
    struct markdown *markdown =
        parse("# T\n\n###### S\n\n- a\n\np \\<b> & \"q\"\n\n- b\n- c\n\n~~~\n1\n~~~\n\n- d\n");
    struct html html = markdown_html(markdown);
    assert_string_equal(html.markup, "<h2>T</h2>\n<h6>S</h6>\n"
                                     "<ol>\n<li>a</li>\n</ol>\n"
                                     "<p>p &lt;b&gt; &amp; &quot;q&quot;</p>\n"
                                     "<ol start=\"2\">\n<li>b</li>\n<li>c</li>\n</ol>\n"
                                     "<pre><code>1\n</code></pre>\n"
                                     "<ol start=\"4\">\n<li>d</li>\n</ol>\n");
    assert_int_equal(html.len, strlen(html.markup));
    markdown_free(markdown);
}

static void check_plain(const char *from, const char *expected)
{
    struct markdown *markdown = parse(from);
    char *plain = markdown_plain(markdown);
    assert_string_equal(plain, expected);
    free(plain);
    markdown_free(markdown);
}

static void plain_text_shows_structure(void **state)
{
    (void)state;
    check_plain(letter, "Heading\n"
                        "\n"
                        "We demand of all code and them <https://a.example/x?a=1&b=2>: soft,\n"
                        "hard.\n"
                        "\n"
                        "1. first\n"
                        "\n"
                        "2. second\n"
                        "\n"
                        "   more\n"
                        "\n"
                        "   1. inner\n"
                        "\n"
                        "Between.\n"
                        "\n"
                        "3. third\n"
                        "\n"
                        "> quoted\n"
                        "\n"
                        "   - item\n"
                        "\n"
                        "* * *\n"
                        "\n"
                        "    code\n"
                        "\n"
                        "4.\n");
    check_plain("", "");
    check_plain("<https://a.example> [b@c.org](mailto:b@c.org) [w **x**](http://y.z)",
                "https://a.example b@c.org w x <http://y.z>\n");
}

static void plain_text_is_wrapped(void **state)
{
    (void)state;
    check_plain("12345678 12345678 12345678 12345678 12345678 12345678 12345678 12345678 end",
                "12345678 12345678 12345678 12345678 12345678 12345678 12345678 12345678\nend\n");
    check_plain("12345678 12345678 12345678 12345678 12345678 12345678 12345678 123456789",
                "12345678 12345678 12345678 12345678 12345678 12345678 12345678 123456789\n");
    check_plain("12345678 12345678 12345678 12345678 12345678 12345678 12345678 1234567890",
                "12345678 12345678 12345678 12345678 12345678 12345678 12345678\n1234567890\n");
    check_plain(
        "- aaaaaaaaaaaa aaaaaaaaaaaa aaaaaaaaaaaa aaaaaaaaaaaa aaaaaaaaaaaa aaaaaaaaaaaa",
        "1. aaaaaaaaaaaa aaaaaaaaaaaa aaaaaaaaaaaa aaaaaaaaaaaa aaaaaaaaaaaa\n   aaaaaaaaaaaa\n");
    check_plain(
        "> aaaaaaaaaaaa aaaaaaaaaaaa aaaaaaaaaaaa aaaaaaaaaaaa aaaaaaaaaaaa aaaaaaaaaaaa",
        "> aaaaaaaaaaaa aaaaaaaaaaaa aaaaaaaaaaaa aaaaaaaaaaaa aaaaaaaaaaaa\n> aaaaaaaaaaaa\n");
    /* Twice as wide, without blanks. */
    check_plain("中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文",
                "中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文\n中文\n");
    /* An address stays whole, however long. */
    check_plain("see "
                "https://a.example/aaaaaaaaaa/aaaaaaaaaa/aaaaaaaaaa/aaaaaaaaaa/"
                "aaaaaaaaaa-aaaaaaaaaa?b=c now",
                "see\nhttps://a.example/aaaaaaaaaa/aaaaaaaaaa/aaaaaaaaaa/aaaaaaaaaa/"
                "aaaaaaaaaa-aaaaaaaaaa?b=c\nnow\n");
}

static void check_refused(const char *text, size_t len, int line)
{
    struct markdown *markdown = NULL;
    struct fault fault = {0};
    assert_int_equal(markdown_parse(text, len, &markdown, &fault), US_INVALID);
    assert_null(markdown);
    assert_int_equal(fault.line, line);
    assert_string_not_equal(fault.text, "");
}

static void what_would_be_dropped_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int line;
    } cases[] = {
        {"a\n\nb <b>c</b>", 3},
        {"<div>\n", 1},
        {"a\n\n<!-- b --> c\n", 3},
        {"a\n\n<!-- b --><i>c</i>\n", 3},
        {"a\n\n<!-- b\n\nc\n", 3},
        {"a\n\n<!-->\n\nb\n", 3},
        {"a\n\nb <!-- c\n", 3},
        {"a\n\nb <!-- c -- d -->\n", 3},
        {"a\n\nb *<!-- c -- d -->*\n", 3},
        {"a\n\n    <!-- b -->\n", 3},
        {"a\n\n\t<!-- b -->\n", 3},
        {"a\n\n```\n<!-- b -->\n```\n", 3},
        {"a\n\n``` <!--b-->\nc\n```\n", 3},
        {"a\n\nb `<!-- c -->`\n", 3},
        {"a\n\n[b](https://c.example \"<!-- d -->\")\n", 3},
        {"1. a\n\n       <!-- b -->\n", 3},
        {"<!DOCTYPE html>\n", 1},
        {"<?php ?>\n", 1},
        {"- a\n- <script>alert(1)</script>\n", 2},
        {"a\n\n![b](https://c.example/d.png)", 3},
        {"[a](javascript:alert(1))", 1},
        {"[a](JaVaScRiPt:alert(1))", 1},
        {"[a](data:text/html,b)", 1},
        {"[a](//b.example)", 1},
        {"[a](/b)", 1},
        {"[a](<https://b c>)", 1},
        {"[a][b]\n\n[b]: ftp://c\n", 1},
        {"<ftp://a.example>", 1},
        {"a\xff", 0},
        {"a\xc0\xaf", 0},
        {"a\xed\xa0\x80", 0},
        {"a\xe4\xb8", 0},
        {"a\u202e", 0},
        {"a\001", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_refused(cases[i].text, strlen(cases[i].text), cases[i].line);
    check_refused("a\0b", 3, 0);
}

/* What a text without its comments gives: the same in each form. */
static void check_same(const char *text, const char *without)
{
    struct markdown *markdown = parse(text), *bare = parse(without);
    char *plain = markdown_plain(markdown), *bare_plain = markdown_plain(bare);
    size_t count = 0, bare_count = 0;
    const struct block *blocks = markdown_blocks(markdown, &count);
    const struct block *bare_blocks = markdown_blocks(bare, &bare_count);

    assert_string_equal(markdown_html(markdown).markup, markdown_html(bare).markup);
    assert_string_equal(plain, bare_plain);
    assert_int_equal(count, bare_count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(blocks[i].kind, bare_blocks[i].kind);
        assert_int_equal(blocks[i].number, bare_blocks[i].number);
        assert_int_equal(blocks[i].span_count, bare_blocks[i].span_count);
        for (size_t k = 0; k < blocks[i].span_count; k++)
            assert_string_equal(blocks[i].spans[k].text, bare_blocks[i].spans[k].text);
    }
    free(plain);
    free(bare_plain);
    markdown_free(markdown);
    markdown_free(bare);
}

static void comments_leave_no_trace(void **state)
{
    (void)state;
    check_same("<!-- a -->\n\nOne.\n\n<!-- b\n\n-- c\n-->\nTwo.\n<!-- d -->\n", "One.\n\nTwo.\n");
    check_same("One <!-- a --> two.\n", "One two.\n");
    check_same("One<!-- a --> two <!-- b -->\nthree <!-- c -->\n", "One two\nthree\n");
    check_same("One *two <!-- a\nb --> three*\n", "One *two three*\n");
    check_same("1. a\n   <!-- x -->\n2. b\n   <!-- y --> <!-- z -->\n", "1. a\n2. b\n");
    check_same("- a\n\n<!-- x -->\n\n- b\n\nc\n\n- d\n", "- a\n\n\n1) b\n\nc\n\n- d\n");
    check_same("<!-- a -->\n", "");
    check_same("`<b>` and \\<b>\n", "`<b>` and \\<b>\n");
}

static void comments_are_counted(void **state)
{
    static const struct {
        const char *text;
        size_t count;
        int line;
    } cases[] = {
        {"One `--`.\n", 0, 0},
        {"One.\n\n<!-- a\nb -->\n<!-- c --> <!-- d -->\n", 3, 3},
        {"One.\n\n- two <!-- a -->\n", 1, 3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct markdown *markdown = parse(cases[i].text);

        assert_int_equal(markdown_comments(markdown).count, cases[i].count);
        assert_int_equal(markdown_comments(markdown).line, cases[i].line);
        markdown_free(markdown);
    }
}

static void size_is_bounded(void **state)
{
    (void)state;
    char *text = mem_alloc(MARKDOWN_BODY_MOST + 1);
    memset(text, 'a', MARKDOWN_BODY_MOST + 1);
    struct markdown *markdown = NULL;
    struct fault fault = {0};
    assert_int_equal(markdown_parse(text, MARKDOWN_BODY_MOST, &markdown, &fault), US_OK);
    markdown_free(markdown);
    check_refused(text, MARKDOWN_BODY_MOST + 1, 0);
    free(text);
}

/* As deep and as finely cut as the size allows: neither the stack nor the patience ends. */
static void hostile_shapes_are_taken(void **state)
{
    (void)state;
    static const char *const shapes[] = {">", "- ",     "a\n",   "*a* ",        "*_",
                                         "[", "1. a\n", "a\\\n", "a <!--b--> ", "<!--b-->\n\n"};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct str text = STR_INIT;
        while (text.len + 8 < MARKDOWN_BODY_MOST)
            str_append_text(&text, shapes[i]);
        struct markdown *markdown = parse(str_text(&text));
        char *plain = markdown_plain(markdown);
        free(plain);
        markdown_free(markdown);
        str_free(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_flat_and_numbered),
        cmocka_unit_test(spans_carry_their_style),
        cmocka_unit_test(html_is_numbered_and_escaped),
        cmocka_unit_test(plain_text_shows_structure),
        cmocka_unit_test(plain_text_is_wrapped),
        cmocka_unit_test(what_would_be_dropped_is_refused),
        cmocka_unit_test(comments_leave_no_trace),
        cmocka_unit_test(comments_are_counted),
        cmocka_unit_test(size_is_bounded),
        cmocka_unit_test(hostile_shapes_are_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
