/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the signing form takes and what it refuses, field by field; no store is needed for it. */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal/outbox_name.h"
#include "appeal/pack.h"
#include "appeal_world.h"
#include "base/mem.h"
#include "crypto/random.h"
#include "text/unicode.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TODAY INT64_C(20761) /* 2026-11-04 */

static char union_word[] = "union", branch_word[] = "branch", kz[] = "KZ";
static char *kinds[] = {union_word, branch_word}, *countries[] = {kz};

static struct settings open_settings;
static struct appeal open_appeal = {.settings = &open_settings};
static struct settings closed_settings = {
    .kinds = kinds, .kind_count = 2, .countries = countries, .country_count = 1};
static struct appeal closed_appeal = {.settings = &closed_settings};

static struct settings ilo_settings = {.asks_ilo = true};
static struct appeal ilo_appeal = {.settings = &ilo_settings};

/* The problem of one field when it alone is changed in a form that passes. */
static enum signing_problem problem_of(const struct appeal *appeal, enum signing_field field,
                                       const char *value)
{
    struct submission submission;
    enum signing_problem problems[FIELD_COUNT];
    world_fill(&submission, NULL, NULL);
    world_set(&submission, field, value);
    size_t count = signing_check(&submission, appeal, TODAY, problems);
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (i != field)
            assert_int_equal(problems[i], PROBLEM_NONE);
    assert_int_equal(count, problems[field] != PROBLEM_NONE);
    if (count && value) /* kept as typed */
        assert_string_equal(submission.values[field], value);
    submission_clear(&submission);
    return problems[field];
}

static char *repeat(const char *piece, size_t times)
{
    size_t len = strlen(piece);
    char *text = mem_alloc(len * times + 1);
    for (size_t i = 0; i < times; i++)
        memcpy(text + i * len, piece, len);
    text[len * times] = '\0';
    return text;
}

static void test_each_field(void **state)
{
    static const struct {
        enum signing_field field;
        const char *value;
        enum signing_problem problem;
    } cases[] = {
        {FIELD_ORGANISATION, "", PROBLEM_MISSING},
        {FIELD_ORGANISATION, NULL, PROBLEM_MISSING},
        {FIELD_ORGANISATION, "   \xC2\xA0 ", PROBLEM_MISSING},
        {FIELD_ORGANISATION, "12345 !", PROBLEM_MALFORMED},
        {FIELD_ORGANISATION, "全国総工会", PROBLEM_NONE},
        {FIELD_ORGANISATION, "bad\x01name", PROBLEM_FORBIDDEN},
        {FIELD_ORGANISATION, "bidi \xE2\x80\xAE name", PROBLEM_FORBIDDEN},
        {FIELD_ORGANISATION, "two\nlines", PROBLEM_FORBIDDEN},
        {FIELD_ORGANISATION, "not utf-8 \xC3\x28", PROBLEM_FORBIDDEN},
        {FIELD_ORGANISATION_LATIN, "", PROBLEM_NONE},
        {FIELD_ORGANISATION_LATIN, "Profsoyuz Mayak", PROBLEM_NONE},
        {FIELD_ORGANISATION_LATIN, "Profsoiuz \xCA\xBCMaiak\xCA\xBC", PROBLEM_NONE},
        {FIELD_ORGANISATION_LATIN, "Профсоюз", PROBLEM_MALFORMED},
        {FIELD_ORGANISATION_LATIN, "Prоfsoyuz" /* a Cyrillic o */, PROBLEM_MALFORMED},
        {FIELD_ORGANISATION_LATIN, "123", PROBLEM_MALFORMED},
        {FIELD_KIND, "", PROBLEM_MISSING},
        {FIELD_KIND, "party", PROBLEM_UNKNOWN},
        {FIELD_KIND, "national", PROBLEM_NONE},
        {FIELD_COUNTRY, "", PROBLEM_MISSING},
        {FIELD_COUNTRY, "de", PROBLEM_NONE},
        {FIELD_COUNTRY, "ZZ", PROBLEM_UNKNOWN},
        {FIELD_COUNTRY, "DEU", PROBLEM_TOO_LONG},
        {FIELD_TOWN, "Алма-Ата", PROBLEM_NONE},
        {FIELD_MEMBERS, "", PROBLEM_NONE},
        {FIELD_MEMBERS, "0", PROBLEM_MALFORMED},
        {FIELD_MEMBERS, "-5", PROBLEM_MALFORMED},
        {FIELD_MEMBERS, "many", PROBLEM_MALFORMED},
        {FIELD_MEMBERS, "1.5", PROBLEM_MALFORMED},
        {FIELD_MEMBERS, "1,50", PROBLEM_MALFORMED},
        {FIELD_MEMBERS, "1,,000", PROBLEM_MALFORMED},
        {FIELD_MEMBERS, ".500", PROBLEM_MALFORMED},
        {FIELD_MEMBERS, "500000000", PROBLEM_NONE},
        {FIELD_MEMBERS, "500000001", PROBLEM_MALFORMED},
        {FIELD_MEMBERS, "99999999999999999999", PROBLEM_MALFORMED},
        {FIELD_REPRESENTATIVE, "", PROBLEM_MISSING},
        {FIELD_REPRESENTATIVE, "--", PROBLEM_MALFORMED},
        {FIELD_CAPACITY, "", PROBLEM_MISSING},
        {FIELD_EMAIL, "", PROBLEM_MISSING},
        {FIELD_EMAIL, "nobody", PROBLEM_MALFORMED},
        {FIELD_EMAIL, "a@b@c.example", PROBLEM_MALFORMED},
        {FIELD_EMAIL, "a@b.example\r\nBcc: c@d.example", PROBLEM_FORBIDDEN},
        {FIELD_VISIBILITY, "", PROBLEM_MISSING},
        {FIELD_VISIBILITY, "secret", PROBLEM_UNKNOWN},
        {FIELD_VISIBILITY, "recipients", PROBLEM_NONE},
        {FIELD_CONSENT, "", PROBLEM_MISSING},
        {FIELD_CONSENT, "no", PROBLEM_UNKNOWN},
        {FIELD_CONSENT, "on", PROBLEM_NONE},
        {FIELD_CONSENT, SIGNING_CONSENT_VERSION, PROBLEM_NONE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum signing_problem problem = problem_of(&open_appeal, cases[i].field, cases[i].value);
        if (problem != cases[i].problem)
            fail_msg("%s \"%s\": %d, not %d", signing_field_name(cases[i].field), cases[i].value,
                     problem, cases[i].problem);
    }
}

/* The bound is the form's maxlength, in characters of any script. */
static void test_lengths(void **state)
{
    static const enum signing_field fields[] = {FIELD_ORGANISATION, FIELD_TOWN,
                                                FIELD_AFFILIATION,  FIELD_REPRESENTATIVE,
                                                FIELD_CAPACITY,     FIELD_ORGANISATION_LATIN};
    (void)state;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const char *letter = fields[i] == FIELD_ORGANISATION_LATIN ? "é" : "Ж";
        size_t most = signing_field_most(fields[i]);
        char *fits = repeat(letter, most), *over = repeat(letter, most + 1);
        char *huge = repeat("x", 100000);
        assert_int_equal(problem_of(&open_appeal, fields[i], fits), PROBLEM_NONE);
        assert_int_equal(problem_of(&open_appeal, fields[i], over), PROBLEM_TOO_LONG);
        assert_int_equal(problem_of(&open_appeal, fields[i], huge), PROBLEM_TOO_LONG);
        free(fits);
        free(over);
        free(huge);
    }
    char *decomposed = repeat("e\xCC\x81", 200); /* 400 code points as typed, 200 as kept */
    assert_int_equal(problem_of(&open_appeal, FIELD_ORGANISATION, decomposed), PROBLEM_NONE);
    free(decomposed);
}

static void test_allowed(void **state)
{
    (void)state;
    assert_int_equal(problem_of(&closed_appeal, FIELD_KIND, "union"), PROBLEM_NONE);
    assert_int_equal(problem_of(&closed_appeal, FIELD_KIND, "national"), PROBLEM_NOT_ALLOWED);
    assert_int_equal(problem_of(&closed_appeal, FIELD_COUNTRY, "kz"), PROBLEM_NONE);
    assert_int_equal(problem_of(&closed_appeal, FIELD_COUNTRY, "DE"), PROBLEM_NOT_ALLOWED);
}

static void test_international_needs_no_country(void **state)
{
    struct submission submission;
    enum signing_problem problems[FIELD_COUNT];
    (void)state;
    world_fill(&submission, NULL, NULL);
    world_set(&submission, FIELD_KIND, "international");
    world_set(&submission, FIELD_COUNTRY, "");
    assert_int_equal(signing_check(&submission, &open_appeal, TODAY, problems), 0);
    assert_int_equal(submission.kind, SIGNATORY_INTERNATIONAL);
    submission_clear(&submission);
}

static void test_clean_values(void **state)
{
    struct submission submission;
    enum signing_problem problems[FIELD_COUNT];
    (void)state;
    world_fill(&submission, "  Cafe\xCC\x81  workers ", "  Office@MAYAK.Example ");
    world_set(&submission, FIELD_MEMBERS,
              "12\xC2\xA0"
              "345,678");
    world_set(&submission, FIELD_COUNTRY, "kz");
    world_set(&submission, FIELD_VISIBILITY, "international");
    assert_int_equal(signing_check(&submission, &open_appeal, TODAY, problems), 0);
    assert_string_equal(submission.values[FIELD_ORGANISATION], "Caf\xC3\xA9 workers");
    assert_string_equal(submission.values[FIELD_EMAIL], "Office@mayak.example");
    assert_string_equal(submission.values[FIELD_MEMBERS], "12345678");
    assert_string_equal(submission.values[FIELD_COUNTRY], "KZ");
    assert_string_equal(submission.values[FIELD_CONSENT], SIGNING_CONSENT_VERSION);
    assert_true(submission.has_members);
    assert_int_equal(submission.members, 12345678);
    assert_int_equal(submission.visibility, VISIBILITY_INTERNATIONAL);
    assert_null(submission.values[FIELD_TOWN]);
    /* What is clean passes again and stays the same. */
    assert_int_equal(signing_check(&submission, &open_appeal, TODAY, problems), 0);
    assert_int_equal(submission.members, 12345678);
    submission_clear(&submission);
}

static void test_members_of_the_world(void **state)
{
    static const struct {
        const char *typed;
        int64_t members;
    } cases[] = {{"2.300.000", 2300000},
                 {"2,300,000", 2300000},
                 {"2 300 000", 2300000},
                 {"12,34,567", 1234567},
                 {"\xD9\xA1\xD9\xA2\xD9\xA0\xD9\xA0", 1200}, /* Arabic-Indic digits */
                 {"7", 7}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct submission submission;
        enum signing_problem problems[FIELD_COUNT];
        world_fill(&submission, NULL, NULL);
        world_set(&submission, FIELD_MEMBERS, cases[i].typed);
        assert_int_equal(signing_check(&submission, &open_appeal, TODAY, problems), 0);
        assert_int_equal(submission.members, cases[i].members);
        submission_clear(&submission);
    }
}

/* The block for the ILO: nothing in it is needed, and days are days that have come. */
static void test_ilo_fields(void **state)
{
    static const struct {
        enum signing_field field;
        const char *value;
        enum signing_problem problem;
    } cases[] = {
        {FIELD_LEGAL_NAME, "", PROBLEM_NONE},
        {FIELD_LEGAL_NAME, "Общественное объединение «Маяк»", PROBLEM_NONE},
        {FIELD_LEGAL_NAME, "---", PROBLEM_MALFORMED},
        {FIELD_LEGAL_NAME, "a\x01", PROBLEM_FORBIDDEN},
        {FIELD_ADDRESS, "12 Quay Street, P.O. Box 4", PROBLEM_NONE},
        {FIELD_ADDRESS, "two\nlines", PROBLEM_FORBIDDEN},
        {FIELD_ADDRESS, "12345", PROBLEM_MALFORMED},
        {FIELD_COVERAGE, "\xE2\x80\xAE", PROBLEM_FORBIDDEN},
        {FIELD_REGISTRATION, "", PROBLEM_NONE},
        {FIELD_REGISTRATION, "refused", PROBLEM_NONE},
        {FIELD_REGISTRATION, "unknown", PROBLEM_UNKNOWN},
        {FIELD_MANDATE, "Executive committee", PROBLEM_NONE},
        {FIELD_MANDATE_DATE, "", PROBLEM_NONE},
        {FIELD_MANDATE_DATE, "2026-02-28", PROBLEM_NONE},
        {FIELD_MANDATE_DATE, "2026-02-29", PROBLEM_MALFORMED},
        {FIELD_MANDATE_DATE, "2024-02-29", PROBLEM_NONE},
        {FIELD_MANDATE_DATE, "2026-13-01", PROBLEM_MALFORMED},
        {FIELD_MANDATE_DATE, "2026-00-01", PROBLEM_MALFORMED},
        {FIELD_MANDATE_DATE, "2026-1-0", PROBLEM_MALFORMED},
        {FIELD_MANDATE_DATE, "20260228", PROBLEM_MALFORMED},
        {FIELD_MANDATE_DATE, "28/02/2026", PROBLEM_MALFORMED}, /* or is it month first? */
        {FIELD_MANDATE_DATE, "28.02.26", PROBLEM_MALFORMED},
        {FIELD_MANDATE_DATE, "2026-02.28", PROBLEM_MALFORMED},
        {FIELD_MANDATE_DATE, "2026-02-28-", PROBLEM_MALFORMED},
        {FIELD_MANDATE_DATE, "-2026-02-28", PROBLEM_MALFORMED},
        {FIELD_MANDATE_DATE, "in spring", PROBLEM_MALFORMED},
        {FIELD_MANDATE_DATE, "0206-02-28", PROBLEM_MALFORMED},
        {FIELD_MANDATE_DATE, "99999-01-01", PROBLEM_MALFORMED},
        {FIELD_MANDATE_DATE, "2026-11-05", PROBLEM_NONE}, /* today, where the sun rises first */
        {FIELD_MANDATE_DATE, "2026-11-06", PROBLEM_AHEAD},
        {FIELD_MEMBERS_DATE, "2027-01-01", PROBLEM_AHEAD},
        {FIELD_MEMBERS_DATE, "2025-12-31", PROBLEM_NONE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum signing_problem problem = problem_of(&ilo_appeal, cases[i].field, cases[i].value);
        if (problem != cases[i].problem)
            fail_msg("%s \"%s\": %d, not %d", signing_field_name(cases[i].field), cases[i].value,
                     problem, cases[i].problem);
    }
    for (enum signing_field field = FIELD_LEGAL_NAME; field <= FIELD_MANDATE; field++) {
        char *over = repeat("Ж", signing_field_most(field) + 1);
        assert_int_equal(problem_of(&ilo_appeal, field, over), PROBLEM_TOO_LONG);
        free(over);
    }
}

static void fill_ilo(struct submission *submission)
{
    world_fill(submission, NULL, NULL);
    world_set(submission, FIELD_LEGAL_NAME, "  Union  in full ");
    world_set(submission, FIELD_REGISTRATION, "exile");
    world_set(submission, FIELD_MANDATE_DATE, "7.3.2026");
    world_set(submission, FIELD_MEMBERS_DATE,
              "\xD9\xA2\xD9\xA0\xD9\xA2\xD9\xA5/\xD9\xA1\xD9\xA2/\xD9\xA3\xD9\xA1");
}

static void test_ilo_values(void **state)
{
    struct submission submission;
    enum signing_problem problems[FIELD_COUNT];
    struct signature_ilo ilo;
    (void)state;
    fill_ilo(&submission);
    for (int times = 0; times < 2; times++) { /* what is clean passes again */
        assert_int_equal(signing_check(&submission, &ilo_appeal, TODAY, problems), 0);
        assert_true(signing_has_ilo(&submission, &ilo));
        assert_string_equal(ilo.legal_name, "Union in full");
        assert_null(ilo.address);
        assert_null(ilo.mandate);
        assert_int_equal(ilo.registration, REGISTRATION_EXILE);
        assert_string_equal(submission.values[FIELD_MANDATE_DATE], "2026-03-07");
        assert_string_equal(submission.values[FIELD_MEMBERS_DATE], "2025-12-31");
        assert_true(ilo.has_mandate_date && ilo.has_members_date);
        assert_int_equal(ilo.mandate_date, 20519);
    }
    submission_clear(&submission);
    world_fill(&submission, NULL, NULL);
    assert_int_equal(signing_check(&submission, &ilo_appeal, TODAY, problems), 0);
    assert_false(signing_has_ilo(&submission, &ilo));
    submission_clear(&submission);
}

/* Nobody would ever read it: it is not even looked at. */
static void test_ilo_is_dropped(void **state)
{
    struct submission submission;
    enum signing_problem problems[FIELD_COUNT];
    struct signature_ilo ilo;
    (void)state;
    for (int counted = 0; counted < 2; counted++) {
        fill_ilo(&submission);
        world_set(&submission, FIELD_MANDATE_DATE, "no day");
        world_set(&submission, FIELD_VISIBILITY, counted ? "counted" : "public");
        const struct appeal *appeal = counted ? &ilo_appeal : &open_appeal;
        assert_int_equal(signing_check(&submission, appeal, TODAY, problems), 0);
        for (enum signing_field field = FIELD_LEGAL_NAME; field <= FIELD_MEMBERS_DATE; field++)
            assert_null(submission.values[field]);
        assert_false(signing_has_ilo(&submission, &ilo));
        submission_clear(&submission);
    }
}

static void test_pack(void **state)
{
    const char *const texts[] = {"", NULL, "Профсоюз", "x"};
    char *back[4];
    struct pack *pack;
    (void)state;
    assert_int_equal(pack_make(texts, 4, &pack), US_OK);
    assert_int_equal(pack_read(pack->data, pack->len, back, 4), US_OK);
    assert_string_equal(back[0], "");
    assert_null(back[1]);
    assert_string_equal(back[2], "Профсоюз");
    for (size_t i = 0; i < 4; i++)
        pack_wipe_text(back[i]);
    /* Another count, a cut, something behind it, another type: never read as ours. */
    assert_int_equal(pack_read(pack->data, pack->len, back, 3), US_CORRUPT);
    for (size_t cut = 0; cut < pack->len; cut++)
        assert_int_equal(pack_read(pack->data, cut, back, 4), US_CORRUPT);
    assert_int_equal(pack_read(pack->data, pack->len + 1, back, 4), US_CORRUPT);
    assert_int_equal(pack_read("\x95\x01\x01\x01\x01\x01", 6, back, 4), US_CORRUPT);
    assert_int_equal(pack_read("\x95\x02\xC0\xC0\xC0\xC0", 6, back, 4), US_CORRUPT);
    pack_free(pack);

    char *huge = repeat("x", PACK_MOST);
    const char *const too_much[] = {huge};
    assert_int_equal(pack_make(too_much, 1, &pack), US_INVALID);
    free(huge);
}

/* No mail program finds a link in what is left; people can still read it. */
static void test_names_in_mails(void **state)
{
    static const struct {
        const char *typed, *shown;
    } cases[] = {
        {"Профсоюз «Маяк»", "Профсоюз «Маяк»"},
        {"Win at example.com now", "Win at example. com now"},
        {"https://evil.example/x", "https: / /evil. example/x"},
        {"www.evil.example", "www. evil. example"},
        {"mailto:a@b.example", "mailto: a @ b. example"},
        {"S.A.T., Local 5.", "S. A. T., Local 5."},
        {"evil。example", "evil。 example"},
        {"//evil.example", "/ /evil. example"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *name = outbox_name_make(cases[i].typed);
        assert_string_equal(name, cases[i].shown);
        free(name);
    }
    char *longest = repeat("e\xCC\x81.", 100), *name = outbox_name_make(longest);
    assert_true(unicode_length(name) <= 80);
    free(longest);
    free(name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_field),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_allowed),
        cmocka_unit_test(test_international_needs_no_country),
        cmocka_unit_test(test_clean_values),
        cmocka_unit_test(test_members_of_the_world),
        cmocka_unit_test(test_ilo_fields),
        cmocka_unit_test(test_ilo_values),
        cmocka_unit_test(test_ilo_is_dropped),
        cmocka_unit_test(test_pack),
        cmocka_unit_test(test_names_in_mails),
    };
    random_open();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
