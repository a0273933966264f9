/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The document's form: what a good file gives, and for each way to get one wrong the line that is
 * told and what is allowed there.
 */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal_parse.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "crypto/digest.h"
#include "text/markdown.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

struct bad {
    const char *data;
    int line;
    const char *says; /* a part of the sentence */
};

#define HEAD "[appeal]\nslug = a\nauthoritative = ru\n"
#define TO HEAD "[addressee.ilo]\nkind = international\nname = ILO\n"
#define LONG50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const struct bad bad_settings[] = {
    {"", 0, "[appeal] is missing"},
    {"slug = a\n", 1, "before any section"},
    {"[appeal]\nslug = a\n", 1, "must set authoritative"},
    {"[appeal]\nauthoritative = ru\n", 1, "must set slug"},
    {"# c\n\n[other]\nx = 1\n", 3, "no section [other]"},
    {HEAD "[addressee]\nkind = press\n", 4, "no section [addressee]"},
    {HEAD "[appeal]\n", 4, "stands on line 1 already"},
    {HEAD "slug = b\n", 4, "is set on line 2 already"},
    {HEAD "colour = red\n", 4, "it knows: slug, authoritative, policy"},
    {HEAD "name = x\n", 4, "knows no option"},
    {HEAD "nonsense\n", 4, "name = value"},
    {HEAD "= x\n", 4, "name has from 1"},
    {HEAD LONG50 " = x\n", 4, "name has from 1 to 48"},
    {"[appeal]\nslug = A\nauthoritative = ru\n", 2, "a-z, 0-9"},
    {"[appeal]\nslug = a--b\nauthoritative = ru\n", 2, "single hyphens"},
    {"[appeal]\nslug = -a\nauthoritative = ru\n", 2, "slug must be"},
    {"[appeal]\nslug = a-\nauthoritative = ru\n", 2, "slug must be"},
    {"[appeal]\nslug =\nauthoritative = ru\n", 2, "slug must be"},
    {"[appeal]\nslug = \xd0\xb0\nauthoritative = ru\n", 2, "slug must be"},
    {"[appeal]\nslug = " LONG50 LONG50 "\nauthoritative = ru\n", 2, "slug must be"},
    {"[appeal]\nslug = privacy\nauthoritative = ru\n", 2, "the site uses that address"},
    {"[appeal]\nslug = a\nauthoritative = Russian\n", 3, "language's tag"},
    {"[appeal]\nslug = a\nauthoritative = RU\n", 3, "language's tag"},
    {HEAD "policy = never\n", 4, "before, register, after"},
    {HEAD "form = both\n", 4, "joint, individual"},
    {HEAD "visibility = hidden\n", 4, "public, organisation, recipients, international, counted"},
    {HEAD "opens = 2026-02-30\n", 4, "a day that exists"},
    {HEAD "opens = 1.2.2026\n", 4, "YYYY-MM-DD"},
    {HEAD "closes = tomorrow\n", 4, "closes must be a day"},
    {HEAD "closes = 2026-01-01\nopens = 2026-01-02\n", 4, "before opens"},
    {HEAD "opens = 2026-01-02\n\ncloses = 2026-01-01\n", 6, "before opens"},
    {HEAD "kinds = union club\n", 4, "\"club\" is none of those"},
    {HEAD "kinds = union union\n", 4, "names union twice"},
    {HEAD "kinds =\n", 4, "leave it out"},
    {HEAD "countries = KZ kz\n", 4, "\"kz\" is none of those"},
    {HEAD "countries = ZZ\n", 4, "\"ZZ\" is none of those"},
    {HEAD "policy = before ; a remark\n", 4, "line of its own"},
    {HEAD "policy = be\x01"
          "fore\n",
     4, "control"},
    {HEAD "policy = be\xff"
          "fore\n",
     4, "UTF-8"},
    {HEAD "# \xff\n[x]\n", 5, "no section"}, /* comments are not read */
    {HEAD "policy = " LONG50 LONG50 LONG50 LONG50 "\n", 4, "199 bytes"},
    {HEAD "policy =\n  after\n", 5, "begin options at the margin"},
    {HEAD "\n  policy = after\n", 5, "begin options at the margin"},
    {"[appeal]\n  slug = a\nauthoritative = ru\n", 2, "begin options at the margin"},
    {HEAD "[addressee.]\nkind = press\nname = x\n", 4, "stand 1 to 32"},
    {HEAD "[addressee.Ilo]\nkind = press\nname = x\n", 4, "stand 1 to 32"},
    {HEAD "[addressee.x\nkind = press\nname = x\n", 4, "between \"[\" and \"]\""},
    {HEAD "[addressee.x] y\nkind = press\nname = x\n", 4, "between \"[\" and \"]\""},
    {HEAD "[addressee." LONG50 "]\nkind = press\nname = x\n", 4, "at most 48 bytes"},
    {HEAD "[addressee.x]\nname = x\n", 4, "[addressee.x] must set kind"},
    {HEAD "[addressee.x]\nkind = press\n", 4, "[addressee.x] must set name"},
    {HEAD "[addressee.x]\nkind = state\nname = x\n", 5,
     "government, company, international, federation, press"},
    {TO "role = from\n", 7, "to, via, copy"},
    {TO "language = english\n", 7, "language's tag"},
    {TO "slug = x\n", 7, "it knows: role, kind"},
    {TO "name.english = x\n", 7, "behind \"name.\""},
    {TO "name. = x\n", 7, "behind \"name.\""},
    {TO "name.en =\n", 7, "name.en is empty"},
    {TO "name.en = x\nname.en = y\n", 8, "is set on line 7 already"},
    {TO "email = nobody\n", 7, "one mailbox"},
    {TO "email = a@b.example, c@d.example\n", 7, "one mailbox"},
    {TO "address =\n", 7, "address is empty"},
    {TO "address =\n  Geneva\n  email = x@y.example\n", 9, "begin options at the margin"},
    {TO "salutation =\n", 7, "salutation is empty"},
    {TO "[addressee.ilo]\nkind = press\nname = x\n", 7, "stands on line 4 already"},
};

static void test_bad_settings_tell_line_and_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(bad_settings) / sizeof(bad_settings[0]); i++) {
        const struct bad *bad = &bad_settings[i];
        struct fault fault = {.line = -1};
        struct settings *settings = NULL;
        enum us_err err = document_parse_settings(bad->data, strlen(bad->data), &settings, &fault);

        if (err != US_INVALID || fault.line != bad->line || strcmp(fault.file, "appeal.ini") != 0 ||
            strstr(fault.text, bad->says) == NULL)
            fail_msg("%zu: not line %d, \"%s\" but %s:%d: %s for\n%s", i, bad->line, bad->says,
                     fault.file, fault.line, fault.text, bad->data);
        assert_null(settings);
    }
}

static void test_settings_have_defaults(void **state)
{
    struct settings *settings = settings_of(TO);

    (void)state;
    assert_string_equal(settings->slug, "a");
    assert_string_equal(settings->authoritative, "ru");
    assert_int_equal(settings->authoritative_line, 3);
    assert_int_equal(settings->policy, POLICY_BEFORE);
    assert_int_equal(settings->form, FORM_JOINT);
    assert_int_equal(settings->visibility, VISIBILITY_PUBLIC);
    assert_false(settings->has_opening || settings->has_closing);
    assert_int_equal(settings->kind_count + settings->country_count, 0);
    assert_int_equal(settings->addressee_count, 1);
    assert_int_equal(settings->addressees[0].role, ROLE_TO);
    assert_string_equal(settings->addressees[0].language, "ru");
    assert_int_equal(settings->addressees[0].line, 4);
    assert_null(settings->addressees[0].email);
    settings_free(settings);
}

static void test_settings_are_all_taken(void **state)
{
    static const char data[] = "\xef\xbb\xbf# with a mark, and ends as other systems write them\r\n"
                               "[addressee.embassy]\r\n"
                               "kind = government\r\n"
                               "role = via\r\n"
                               "language = en\r\n"
                               "name = Embassy\r\n"
                               "  of Ardenia\r\n"
                               "name.zh-Hant-TW = x\r\n"
                               "address = 1 Quay; second floor = left\r\n"
                               "# between\r\n"
                               "    Lindholm\r\n"
                               "\r\n"
                               "    Ardenia\r\n"
                               "email = Office@Ardenia.example\r\n"
                               "salutation = Excellency,\r\n"
                               "[appeal]\r\n"
                               "slug: a-1-b\r\n"
                               "authoritative = pt-BR\r\n"
                               "policy = after\r\n"
                               "form = individual\r\n"
                               "visibility = counted\r\n"
                               "opens = 2026-01-02\r\n"
                               "closes = 2026-01-02\r\n"
                               "kinds = union\r\n"
                               "  branch\r\n"
                               "countries = KZ XK FR";
    struct settings *settings = settings_of(data);
    const struct addressee *embassy = settings->addressees;

    (void)state;
    assert_int_equal(embassy->role, ROLE_VIA);
    assert_int_equal(embassy->kind, KIND_GOVERNMENT);
    assert_string_equal(embassy->id, "embassy");
    assert_string_equal(embassy->language, "en");
    assert_string_equal(embassy->name, "Embassy of Ardenia");
    assert_string_equal(addressee_name_in(embassy, "zh-Hant-TW"), "x");
    assert_string_equal(addressee_name_in(embassy, "zh"), "Embassy of Ardenia");
    assert_int_equal(embassy->address_count, 3);
    assert_string_equal(embassy->address[0], "1 Quay; second floor = left");
    assert_string_equal(embassy->address[2], "Ardenia");
    assert_string_equal(embassy->email, "Office@Ardenia.example");
    assert_string_equal(embassy->salutation, "Excellency,");
    assert_string_equal(settings->slug, "a-1-b");
    assert_string_equal(settings->authoritative, "pt-BR");
    assert_string_equal(policy_name(settings->policy), "after");
    assert_string_equal(letter_form_name(settings->form), "individual");
    assert_string_equal(visibility_name(settings->visibility), "counted");
    assert_true(settings->has_opening && settings->has_closing);
    assert_int_equal(settings->opens_on, settings->closes_on);
    assert_int_equal(settings->kind_count, 2);
    assert_string_equal(settings->kinds[1], "branch");
    assert_int_equal(settings->country_count, 3);
    assert_string_equal(settings->countries[2], "FR");
    settings_free(settings);
}

#define BODY "---\nText.\n"

#define HEX63 "123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEX64 "0" HEX63

static const struct bad bad_texts[] = {
    {"", 1, "the body is empty"},
    {" \n\t\r\n", 1, "the body is empty"},
    {"---\nnumber: 1\n---\n\n \n", 4, "the body is empty"},
    {"---\nnumber: 1\n", 2, "never ended"},
    {"\n---\nnumber: 1\n" BODY, 2, "on the file's first line"},
    {"---\nnumber 1\n" BODY, 2, "key: value"},
    {"---\n number: 1\n" BODY, 2, "begin at the margin"},
    {"---\ncolour: red\n" BODY, 2, "it knows letterhead"},
    {"---\nNumber: 1\n" BODY, 2, "knows no \"Number\""},
    {"---\nnumber:\n" BODY, 2, "number is empty"},
    {"---\ntitle: \t \n" BODY, 2, "title is empty"},
    {"---\nkind: a\n\nkind: b\n" BODY, 4, "kind stands on an earlier line"},
    {"---\ndate: 2026-01-01\ndate: 2026-01-01\n" BODY, 3, "date stands on an earlier line"},
    {"---\ndate: 2026-13-01\n" BODY, 2, "a day that exists"},
    {"---\ndate: 1 May\n" BODY, 2, "YYYY-MM-DD"},
    {"---\nletterhead[xx1]: a\n" BODY, 2, "between the brackets"},
    {"---\nletterhead[]: a\n" BODY, 2, "between the brackets"},
    {"---\nletterhead[en: a\n" BODY, 2, "it knows letterhead"},
    {"---\nsignatory.name:\n" BODY, 2, "behind title lines"},
    {"---\nsignatory.name: A\nsignatory.name:\n" BODY, 3, "behind title lines"},
    {"---\nnumber: 1\n---\nOne\x02\n", 4, "control characters"},
    {"One\x7f\n", 1, "control characters"},
    {"One\n\nTwo \xd0\n", 3, "UTF-8"},
    {"---\ntitle: a\xe2\x80\xae"
     "b\n" BODY,
     2, "direction characters"},
    {"---\nnumber: 1\n---\n\nOne\n\n<b>two</b>\n", 7, "HTML"},
    {"One\n\n<div>\n", 3, "HTML"},
    {"---\n# a\n #number: 1\n" BODY, 3, "begin at the margin"},
    {"---\n# a\u202e\n" BODY, 2, "direction characters"},
    {"---\noriginal: 00\n" BODY, 2, "original must be sha256:"},
    {"---\noriginal: md5sum:" HEX64 "\n" BODY, 2, "original must be sha256:"},
    {"---\noriginal: sha256:" HEX64 "0\n" BODY, 2, "original must be sha256:"},
    {"---\noriginal: sha256:G" HEX63 "\n" BODY, 2, "original must be sha256:"},
    {"---\noriginal: sha256:" HEX64 "\noriginal: sha256:" HEX64 "\n" BODY, 3, "comes once"},
    {"---\n# a\n---\n\n<!-- b -->\n", 4, "nothing that would be printed"},
    {"One\n\n<!-- two\n\nthree\n", 3, "never ends"},
};

static void test_bad_texts_tell_line_and_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(bad_texts) / sizeof(bad_texts[0]); i++) {
        const struct bad *bad = &bad_texts[i];
        struct fault fault = {.line = -1};
        struct text *text = NULL;
        enum us_err err = document_parse_text("ru.md", bad->data, strlen(bad->data), &text, &fault);

        if (err != US_INVALID || fault.line != bad->line || strcmp(fault.file, "ru.md") != 0 ||
            strstr(fault.text, bad->says) == NULL)
            fail_msg("%zu: not line %d, \"%s\" but %s:%d: %s for\n%s", i, bad->line, bad->says,
                     fault.file, fault.line, fault.text, bad->data);
        assert_null(text);
    }
}

static void test_texts_are_named_by_language(void **state)
{
    static const char *const good[] = {"ru.md",      "fil.md",        "pt-BR.md",
                                       "zh-Hant.md", "zh-Hant-TW.md", "es-419.md"};
    static const char *const bad[] = {"RU.md",    "r.md",       "russ.md",  "ru.txt",
                                      "ru",       ".md",        "ru.md.md", "pt-br.md",
                                      "../ru.md", "zh-hant.md", "es-41.md", "zh-Hant-TW-x.md"};

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        struct fault fault;
        struct text *text;

        assert_int_equal(document_parse_text(good[i], "One.", 4, &text, &fault), US_OK);
        assert_int_equal(strlen(text->language), strlen(good[i]) - 3);
        assert_memory_equal(text->language, good[i], strlen(text->language));
        text_free(text);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct fault fault;
        struct text *text;

        assert_int_equal(document_parse_text(bad[i], "One.", 4, &text, &fault), US_INVALID);
        assert_non_null(strstr(fault.text, "ru.md, en.md"));
    }
}

static void test_text_is_all_taken_as_it_was_written(void **state)
{
    static const char data[] = "--- \r\n"
                               "letterhead[en]:   Northern  Bureau \t\r\n"
                               "letterhead:\r\n"
                               "letterhead: Бюро: протesta –то\r\n"
                               "\r\n"
                               "kind: Заявление\r\n"
                               "number: № 01-22: x\r\n"
                               "date: 2022-01-07\r\n"
                               "place: Город\r\n"
                               "title: Первая\r\n"
                               "title: вторая\r\n"
                               "salutation: Уважаемые!\r\n"
                               "closing: С уважением,\r\n"
                               "signatory: Директор\r\n"
                               "signatory: Бюро\r\n"
                               "signatory.name: А.А. Первый\r\n"
                               "signatory.name: Второй\r\n"
                               "signatory: Секретариат\r\n"
                               "signatory.name:\r\n"
                               "signatory: Казначей\r\n"
                               "---\r\n"
                               "\r\n"
                               "Один.\r\n"
                               "---";
    struct text *text = text_of("ru.md", data, sizeof(data) - 1);
    uint8_t digest[DIGEST_SIZE];
    char day[16];

    (void)state;
    assert_int_equal(text->letterhead_count, 3);
    assert_string_equal(text->letterhead[0].language, "en");
    assert_string_equal(text->letterhead[0].text, "Northern  Bureau");
    assert_string_equal(text->letterhead[1].text, "");
    assert_string_equal(text->letterhead[2].language, "ru");
    assert_string_equal(text->letterhead[2].text, "Бюро: протesta –то");
    assert_string_equal(text->kind, "Заявление");
    assert_string_equal(text->number, "№ 01-22: x");
    assert_true(text->has_date);
    clock_print_day(text->date, day);
    assert_string_equal(day, "2022-01-07");
    assert_string_equal(text->place, "Город");
    assert_int_equal(text->title_count, 2);
    assert_string_equal(text->titles[1], "вторая");
    assert_string_equal(text->salutation, "Уважаемые!");
    assert_string_equal(text->closing, "С уважением,");
    assert_int_equal(text->signatory_count, 4);
    assert_int_equal(text->signatories[0].title_count, 2);
    assert_string_equal(text->signatories[0].name, "А.А. Первый");
    assert_int_equal(text->signatories[1].title_count, 0);
    assert_string_equal(text->signatories[1].name, "Второй");
    assert_null(text->signatories[2].name);
    assert_string_equal(text->signatories[3].titles[0], "Казначей");
    assert_int_equal(text->body_line, 22);
    assert_string_equal(text->body, "\r\nОдин.\r\n---");
    digest_sha256(data, sizeof(data) - 1, digest);
    assert_memory_equal(text->digest, digest, sizeof(digest));
    text_free(text);
}

static void test_comments_and_original_stand_in_a_head(void **state)
{
    static const char data[] = "---\n# kind: Wrong\n#\noriginal: sha256:" HEX64 "\n"
                               "kind: Right\n---\n<!-- a -->\nOne.\n";
    struct text *text = text_of("en.md", data, strlen(data));

    (void)state;
    assert_string_equal(text->kind, "Right");
    assert_string_equal(text->original, "sha256:" HEX64);
    assert_string_equal(text->body, "<!-- a -->\nOne.\n");
    assert_int_equal(text->body_line, 7);
    text_free(text);
}

static void test_plea_needs_no_head(void **state)
{
    static const char data[] = "\n\nnumber: this is a sentence.\n\n---\n";
    struct text *text = text_of("ru.md", data, sizeof(data) - 1);

    (void)state;
    assert_string_equal(text->body, data);
    assert_int_equal(text->body_line, 1);
    assert_null(text->number);
    assert_int_equal(text->letterhead_count + text->title_count + text->signatory_count, 0);
    assert_false(text->has_date);
    text_free(text);
}

/* A head of so many lines, one of them so long, then a body. */
static char *make_text(size_t lines, size_t line_len, size_t body_len)
{
    struct str out = STR_INIT;

    str_append_text(&out, "---\nclosing: ");
    while (out.len < 4 + line_len)
        str_append_char(&out, 'x');
    str_append_char(&out, '\n');
    for (size_t i = 1; i < lines; i++)
        str_append_text(&out, "title: x\n");
    str_append_text(&out, "---\n");
    for (size_t i = 0; i < body_len; i++)
        str_append_char(&out, i % 64 == 63 ? '\n' : 'b');
    return str_take(&out);
}

static void expect_bound(size_t lines, size_t line_len, size_t body_len, int line)
{
    char *data = make_text(lines, line_len, body_len);
    struct fault fault = {.line = 0};
    struct text *text = NULL;
    enum us_err err = document_parse_text("ru.md", data, strlen(data), &text, &fault);

    assert_int_equal(err, line == 0 ? US_OK : US_INVALID);
    assert_int_equal(fault.line, line);
    text_free(text);
    free(data);
}

static void test_texts_are_bounded(void **state)
{
    (void)state;
    expect_bound(200, 2000, 256 * 1024, 0);
    expect_bound(201, 2000, 100, 202);
    expect_bound(200, 2001, 100, 2);
    expect_bound(1, 100, 256 * 1024 + 1, 4);
}

/* A word without a place to break, n times a piece; the line that is told, 0: it is taken. */
static void expect_word(const char *before, const char *piece, size_t n, int line)
{
    struct str data = STR_INIT;
    struct fault fault = {.line = 0};
    struct text *text = NULL;

    str_append_text(&data, before);
    for (size_t i = 0; i < n; i++)
        str_append_text(&data, piece);
    str_append_text(&data, " end.\n");
    assert_int_equal(document_parse_text("ru.md", data.data, data.len, &text, &fault),
                     line == 0 ? US_OK : US_INVALID);
    assert_int_equal(fault.line, line);
    text_free(text);
    text = NULL;
    /* What was kept before is read in any case. */
    assert_int_equal(document_read_text("ru.md", data.data, data.len, &text, &fault), US_OK);
    text_free(text);
    str_free(&data);
}

static void test_words_without_end_are_refused(void **state)
{
    (void)state;
    expect_word("---\ntitle: x\n---\n\nOne.\n\n", "w", 500, 0);
    expect_word("---\ntitle: x\n---\n\nOne.\n\n", "w", 501, 7);
    expect_word("One.\nTwo ", "\xd1\x89", 501, 2);
    expect_word("One ", "w ", 2000, 0);
    expect_word("One ", "\xe5\xb7\xa5", 2000, 0);            /* Han breaks anywhere */
    expect_word("One ", "\xe0\xb8\x81\xe0\xb8\xb2", 600, 0); /* and Thai, by its words */
    expect_word("One ", "**w**", 600, 1);
    expect_word("One ", "www<!-- x -->", 200, 1); /* printed without what parted it */
}

static void test_settings_are_bounded(void **state)
{
    struct str data = STR_INIT;
    struct settings *settings;
    struct fault fault = {.line = 0};

    (void)state;
    for (int i = 0; i < 81; i++)
        str_append_format(&data, "[addressee.x%d]\n", i);
    assert_int_equal(document_parse_settings(data.data, data.len, &settings, &fault), US_INVALID);
    assert_int_equal(fault.line, 81);
    str_clear(&data);
    str_append_text(&data, TO "address =\n");
    for (int i = 0; i < 64; i++)
        str_append_text(&data, "  x\n");
    assert_int_equal(document_parse_settings(data.data, data.len, &settings, &fault), US_INVALID);
    assert_int_equal(fault.line, 7 + 64);
    str_clear(&data);
    while (data.len <= 64 * 1024)
        str_append_text(&data, "# nothing\n");
    str_append_text(&data, TO);
    assert_int_equal(document_parse_settings(data.data, data.len, &settings, &fault), US_INVALID);
    assert_non_null(strstr(fault.text, "64 KiB"));
    str_free(&data);
}

/* Every prefix of a good file is good or refused; with the sanitizers nothing is read past its end.
 */
static void test_cut_files_are_refused_or_good(void **state)
{
    static const char ini[] = TO "address = a\n  b\nemail = a@b.example\nname.en = x\n";
    static const char md[] = "---\nletterhead[en]: a\ndate: 2026-01-01\nsignatory: x\n"
                             "signatory.name: y\n---\n\n1. One\n2. Two\n";

    (void)state;
    for (size_t len = 0; len < sizeof(ini); len++) {
        char *data = mem_copy(ini, len);
        struct settings *settings = NULL;
        struct fault fault;

        if (document_parse_settings(data, len, &settings, &fault) != US_OK)
            assert_null(settings);
        settings_free(settings);
        free(data);
    }
    for (size_t len = 0; len < sizeof(md); len++) {
        char *data = mem_copy(md, len);
        struct text *text = NULL;
        struct fault fault;

        if (document_parse_text("ru.md", data, len, &text, &fault) != US_OK)
            assert_null(text);
        text_free(text);
        free(data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_settings_tell_line_and_rule),
        cmocka_unit_test(test_settings_have_defaults),
        cmocka_unit_test(test_settings_are_all_taken),
        cmocka_unit_test(test_bad_texts_tell_line_and_rule),
        cmocka_unit_test(test_texts_are_named_by_language),
        cmocka_unit_test(test_text_is_all_taken_as_it_was_written),
        cmocka_unit_test(test_comments_and_original_stand_in_a_head),
        cmocka_unit_test(test_plea_needs_no_head),
        cmocka_unit_test(test_texts_are_bounded),
        cmocka_unit_test(test_words_without_end_are_refused),
        cmocka_unit_test(test_settings_are_bounded),
        cmocka_unit_test(test_cut_files_are_refused_or_good),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
