/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The filters of acts on many signatures: what each field and operator finds, what is refused and
 * with which words, that what cannot be known is found by nothing, and that the bounds for the
 * database never leave out what the filter finds.
 */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal/filter.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "text/unicode.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY 20526 /* 2026-03-14 */

static struct filter_facts sample(void)
{
    return (struct filter_facts){
        .state = SIGNATURE_CONFIRMED,
        .country = "VA",
        .day = DAY,
        .version = 2,
        .has_hour = true,
        .hour = DAY * 24 + 2,
        .has_members = true,
        .members = 1200,
        .domain = "mail.x.example",
        .affiliation = "ITUC; Öl-Arbeiter International",
        .organisation = "Union of Öl Workers №5",
        .organisation_latin = "Primer Union",
        .search = "union of ol workers no5 primer union",
        .burst = 50,
        .visibility = VISIBILITY_PUBLIC,
        .kind = SIGNATORY_UNION,
    };
}

static bool contains(const char *set, const char *word)
{
    char part[64];
    snprintf(part, sizeof part, "[%s]", word);
    return set[0] == '\0' || strstr(set, part) != NULL;
}

/* What the statement would let through: as sql/catalogue.sql, filter_page. */
static bool bounds_let(const struct filter *filter, const struct filter_facts *facts)
{
    struct filter_bounds b;
    filter_bounds(filter, &b);
    char *words = mem_format(" %s", facts->search);
    char *word =
        mem_string_part(b.word + (b.word[0] != '\0'), strlen(b.word) - (b.word[0] != '\0'));
    if (word[0])
        word[strlen(word) - 1] = '\0';
    bool has_word = strstr(words, word) != NULL;
    free(words);
    free(word);
    return contains(b.states, signature_state_name(facts->state)) &&
           contains(b.countries, facts->country) &&
           contains(b.kinds, signature_kind_name(facts->kind)) &&
           contains(b.visibilities, visibility_name(facts->visibility)) && has_word &&
           facts->day >= b.day_least && facts->day <= b.day_most &&
           facts->version >= b.version_least && facts->version <= b.version_most &&
           (!b.needs_hour ||
            (facts->has_hour && facts->hour >= b.hour_least && facts->hour <= b.hour_most)) &&
           (!b.needs_members || (facts->has_members && facts->members >= b.members_least &&
                                 facts->members <= b.members_most));
}

static enum filter_verdict ask(const char *text, const struct filter_facts *facts)
{
    struct filter *filter;
    struct fault fault = {.text = ""};
    if (filter_parse(text, &filter, &fault) != US_OK)
        fail_msg("%s: %s", text, fault.text);
    enum filter_verdict verdict = filter_match(filter, facts);
    if (verdict != FILTER_NO && !bounds_let(filter, facts))
        fail_msg("%s: the bounds leave out what it finds", text);
    filter_free(filter);
    return verdict;
}

static void assert_finds(const char *text)
{
    struct filter_facts facts = sample();
    if (ask(text, &facts) != FILTER_YES)
        fail_msg("%s does not find it", text);
}

static void assert_not(const char *text)
{
    struct filter_facts facts = sample();
    if (ask(text, &facts) != FILTER_NO)
        fail_msg("%s finds it", text);
}

static const char *const finds[] = {
    "state = confirmed",
    "state != listed",
    "state in (held, confirmed)",
    "state not in (held, listed)",
    "country = VA",
    "country = va",
    "COUNTRY = 'VA'",
    "country != KZ",
    "country in (KZ, VA)",
    "country not in (KZ)",
    "country != none",
    "not country = KZ",
    "not country != VA",
    "day = 2026-03-14",
    "day != 2026-03-15",
    "day < 2026-03-15",
    "day <= 2026-03-14",
    "day > 2026-03-13",
    "day >= 2026-03-14",
    "day in (2026-03-01, 2026-03-14)",
    "not day < 2026-03-14",
    "not day > 2026-03-14",
    "not day <= 2026-03-13",
    "not day >= 2026-03-15",
    "hour = 2026-03-14T02",
    "hour >= 2026-03-14T02 and hour < 2026-03-14T03",
    "hour != none",
    "hour in (2026-03-14T01, 2026-03-14T02)",
    "domain = mail.x.example",
    "domain = MAIL.X.EXAMPLE",
    "domain = @mail.x.example",
    "domain != x.example",
    "domain like '*.x.example'",
    "domain like 'mail.*'",
    "domain like '*x.ex*'",
    "domain like *.x.example",
    "domain not like '*.y.example'",
    "domain in (a.example, mail.x.example)",
    "domain != none",
    "affiliation = ituc",
    "affiliation = 'ÖL arbeiter, International'",
    "affiliation like 'öl*'",
    "affiliation like '*international'",
    "affiliation != ETUC",
    "affiliation in (ETUC, ITUC)",
    "affiliation != none",
    "name like workers",
    "name like 'work*'",
    "name like 'WORKERS ol un*'",
    "name like 'Öl'",
    "name not like 'dockers'",
    "name like 'primer'",
    "name = 'union of ol workers no5'",
    "name = 'Primer Union'",
    "name != 'Primer'",
    "burst >= 50",
    "burst = 50",
    "burst < 51",
    "burst in (49, 50)",
    "visibility = public",
    "visibility in (counted, public)",
    "kind = union",
    "kind != branch",
    "version = 2",
    "version > 1",
    "members = 1200",
    "members >= 1000 and members <= 2000",
    "members in (1, 1200)",
    "members != 5",
    "members != none",
    "country=VA and domain=mail.x.example and burst>=50",
};
static const char *const passes_by[] = {
    "state = listed",
    "state != confirmed",
    "state not in (confirmed)",
    "country = KZ",
    "country = none",
    "country != VA",
    "country not in (KZ, VA)",
    "not country = VA",
    "day = 2026-03-13",
    "day < 2026-03-14",
    "day > 2026-03-14",
    "not day >= 2026-03-14",
    "hour = 2026-03-14T03",
    "hour < 2026-03-14T02",
    "hour = none",
    "domain = x.example",
    "domain like '*.example.org'",
    "domain like 'x.example'",
    "domain like '*x'",
    "domain = none",
    "affiliation = IT",
    "affiliation like 'tuc*'",
    "affiliation != ITUC",
    "affiliation = none",
    "name like worker",
    "name like 'orkers*'",
    "name like 'workers dockers'",
    "name = workers",
    "burst > 50",
    "burst != 50",
    "visibility = counted",
    "kind in (branch, other)",
    "version >= 3",
    "members < 1200",
    "members = none",
    "country = VA and country = KZ",
    "country in (KZ) and country = VA",
};

static void test_every_field_and_operator(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof finds / sizeof *finds; i++)
        assert_finds(finds[i]);
    for (size_t i = 0; i < sizeof passes_by / sizeof *passes_by; i++)
        assert_not(passes_by[i]);
}

/* What is not known any more is no reason to act, whichever way it is asked. */
static void test_what_is_not_known(void **state)
{
    struct filter_facts facts = sample();
    (void)state;
    facts.domain = NULL;
    facts.has_hour = facts.has_members = false;
    facts.affiliation = NULL;
    facts.country = "";
    assert_int_equal(ask("domain = x.example", &facts), FILTER_UNKNOWN);
    assert_int_equal(ask("domain != x.example", &facts), FILTER_UNKNOWN);
    assert_int_equal(ask("domain not like '*.example'", &facts), FILTER_UNKNOWN);
    assert_int_equal(ask("domain = none", &facts), FILTER_YES);
    assert_int_equal(ask("domain != none", &facts), FILTER_NO);
    assert_int_equal(ask("domain in (none, x.example)", &facts), FILTER_YES);
    assert_int_equal(ask("domain = x.example and country = KZ", &facts), FILTER_NO);
    assert_int_equal(ask("hour = 2026-03-14T02", &facts), FILTER_NO);
    assert_int_equal(ask("hour != 2026-03-14T02", &facts), FILTER_NO);
    assert_int_equal(ask("not hour > 2026-03-14T02", &facts), FILTER_NO);
    assert_int_equal(ask("hour = none", &facts), FILTER_YES);
    assert_int_equal(ask("hour != none", &facts), FILTER_NO);
    assert_int_equal(ask("members < 10", &facts), FILTER_NO);
    assert_int_equal(ask("not members < 10", &facts), FILTER_NO);
    assert_int_equal(ask("members != 10", &facts), FILTER_YES);
    assert_int_equal(ask("members = none", &facts), FILTER_YES);
    assert_int_equal(ask("members in (none, 4)", &facts), FILTER_YES);
    assert_int_equal(ask("country = none", &facts), FILTER_YES);
    assert_int_equal(ask("country in (VA, none)", &facts), FILTER_YES);
    assert_int_equal(ask("affiliation = none", &facts), FILTER_YES);
    assert_int_equal(ask("affiliation != ITUC", &facts), FILTER_YES);
    facts.affiliation = " ; , ";
    assert_int_equal(ask("affiliation = none", &facts), FILTER_YES);
}

static void test_scripts_without_blanks(void **state)
{
    struct filter_facts facts = sample();
    (void)state;
    facts.search = "北京石油工会";
    assert_int_equal(ask("name like 石油", &facts), FILTER_YES);
    assert_int_equal(ask("name like 煤", &facts), FILTER_NO);
}

struct refusal {
    const char *text, *says;
    int caret; /* characters before it */
};

static void test_refusals(void **state)
{
    static const struct refusal refusals[] = {
        {"contry = VA", "there is no field contry; did you mean country?", 0},
        {"country = VA and colour = red", "there is no field colour; there are state, country,",
         17},
        {"", "a field is due here", 0},
        {"   ", "a field is due here", 3},
        {"country", "behind country stands =, != or in (...)", 7},
        {"country < VA", "behind country stands =, != or in (...)", 8},
        {"country like 'V*'", "behind country stands =, != or in (...)", 8},
        {"day like '2026*'", "behind day stands =, !=, <, <=, >, >= or in (...)", 4},
        {"name > a", "behind name stands =, !=, like or in (...)", 5},
        {"country not = VA", "behind country stands", 12},
        {"country == VA", "write =", 9},
        {"country = XX", "there is no country XX", 10},
        {"country = VAX", "a country is its two letters, such as VA", 10},
        {"country =", "a value is due here: a country is its two letters", 9},
        {"country = Vatican", "a country is its two letters, such as VA, or none", 10},
        {"country = XX", "a country is its two letters", 10},
        {"country = V\xc3\x84", "a country is its two letters", 10},
        {"state = open", "a state is confirmed, held,", 8},
        {"day = 2026-02-30", "a day is YYYY-MM-DD", 6},
        {"hour = 2026-03-14T24", "an hour is YYYY-MM-DDTHH", 7},
        {"hour = 2026-03-14", "an hour is YYYY-MM-DDTHH", 7},
        {"domain = office@x.example", "a domain is what stands behind", 9},
        {"domain like '*'", "a domain is what stands behind", 13},
        {"domain like 'a*b'", "a domain is what stands behind", 13},
        {"domain like '*%_*'", "a domain is what stands behind", 13},
        {"domain like none and", "a field is due here", 20},
        {"affiliation = '-'", "an affiliation is a name with letters", 15},
        {"name like 'a*b'", "a name has letters or digits", 11},
        {"name like '*'", "a name has letters or digits", 11},
        {"burst >= many", "burst is a whole number, 0 or more", 9},
        {"burst >= -1", "burst is a whole number, 0 or more", 9},
        {"members = 9999999999999999", "members is a whole number, 0 or more", 10},
        {"and country = VA", "a field is due here", 0},
        {"id = 3", "there is no field id: ids are given as they are, without --where; there are",
         0},
        {"dy = 2026-03-14", "did you mean day?", 0},
        {"visibility = none", "visibility is public,", 13},
        {"country = 'VA", "this quote has no end", 10},
        {"country in VA", "behind in stands a list", 11},
        {"country in (VA", "a list goes on with a comma or ends with )", 14},
        {"country in (VA KZ)", "a list goes on with a comma or ends with )", 15},
        {"country in ()", "a value is due here", 12},
        {"country = VA or country = KZ", "of one field, in (...) takes several values", 13},
        {"country = VA name like x", "terms are joined by and", 13},
        {"name = Union of Workers", "a value with blanks stands in quotes", 13},
        {"(country = VA)", "a field is due here", 0},
        /* What somebody types who would rather type SQL. */
        {"country = VA; DROP TABLE signature", "a country is its two letters", 10},
        {"country = VA' OR '1'='1", "terms are joined by and", 13},
        {"1 = 1", "there is no field 1", 0},
        {"state = listed -- x", "terms are joined by and", 15},
        {"signature.mailbox = x", "there is no field signature.mailbox", 0},
        {"name like 'x%' and mailbox = y", "there is no field mailbox", 19},
    };
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        const struct refusal *refusal = &refusals[i];
        struct filter *filter = NULL;
        struct fault fault = {.text = ""};
        assert_int_equal(filter_parse(refusal->text, &filter, &fault), US_INVALID);
        assert_null(filter);
        if (!strstr(fault.text, refusal->says))
            fail_msg("%s: %s", refusal->text, fault.text);
        const char *caret = strrchr(fault.text, '\n');
        assert_non_null(caret);
        if ((int)strlen(caret) != 1 + 2 + refusal->caret + 1)
            fail_msg("%s: the caret stands elsewhere:\n%s", refusal->text, fault.text);
    }
}

static bool is_refused(const char *text, const char *says)
{
    struct filter *filter = NULL;
    struct fault fault = {.text = ""};
    bool is = filter_parse(text, &filter, &fault) == US_INVALID && strstr(fault.text, says);
    filter_free(filter);
    return is;
}

static char *repeat(const char *first, const char *more, size_t times, const char *last)
{
    struct str text = STR_INIT;
    str_append_text(&text, first);
    for (size_t i = 0; i < times; i++)
        str_append_text(&text, more);
    str_append_text(&text, last);
    return str_take(&text);
}

static void assert_bound(char *text, const char *says)
{
    bool is = is_refused(text, says);
    if (is != (says[0] != '\0'))
        fail_msg("%.80s...", text);
    free(text);
}

static void test_sizes(void **state)
{
    (void)state;
    assert_bound(repeat("burst > 1", " and burst > 1", FILTER_TERMS_MOST - 1, ""), "");
    assert_bound(repeat("burst > 1", " and burst > 1", FILTER_TERMS_MOST, ""), "at most 16 terms");
    assert_bound(repeat("burst in (1", ", 1", FILTER_VALUES_MOST - 1, ")"), "");
    assert_bound(repeat("burst in (1", ", 1", FILTER_VALUES_MOST, ")"), "at most 64 values");
    assert_bound(repeat("name = '", "x", FILTER_VALUE_MOST, "'"), "");
    assert_bound(repeat("name = '", "x", FILTER_VALUE_MOST + 1, "'"), "at most 800 bytes");
    assert_bound(repeat("burst > 1", " ", FILTER_LENGTH_MOST - 9, ""), "");
    assert_bound(repeat("burst > 1", " ", FILTER_LENGTH_MOST - 8, ""), "at most 2000 bytes");
    assert_true(is_refused("burst > 1\n", "one line of text"));
    assert_true(is_refused("name = '\x1b[31m'", "one line of text"));
    assert_true(is_refused("name = '\xff'", "one line of text"));
    assert_true(is_refused("name = '\xe2\x80\xae'", "one line of text"));
}

/* Any words in any order are read or refused, and what is read has bounds that hold. */
static void test_any_words(void **state)
{
    static const char *const words[] = {
        "country",    "hour",        "domain",
        "name",       "members",     "and",
        "not",        "in",          "like",
        "=",          "!=",          "<",
        ">=",         "(",           ")",
        ",",          "none",        "VA",
        "'a* b'",     "\"",          "'",
        "12",         "burst",       "*x*",
        "x.y",        "or",          "2026-03-14T02",
        "state",      "held",        "%",
        "\xc3\xb6l*", "affiliation", "*",
    };
    uint32_t random = 12345;
    size_t read = 0;
    (void)state;
    for (int i = 0; i < 200000; i++) {
        struct str text = STR_INIT;
        struct filter *filter;
        struct fault fault = {.text = ""};
        size_t count = 1 + (random >> 16) % 8;
        for (size_t k = 0; k < count; k++) {
            random = random * 1664525 + 1013904223;
            str_append_format(&text, "%s ", words[(random >> 8) % (sizeof words / sizeof *words)]);
        }
        if (filter_parse(str_text(&text), &filter, &fault) == US_OK) {
            struct filter_facts facts = sample();
            read++;
            if (filter_match(filter, &facts) != FILTER_NO && !bounds_let(filter, &facts))
                fail_msg("%s: the bounds leave out what it finds", str_text(&text));
            filter_free(filter);
        } else {
            assert_true(fault.text[0] != '\0');
        }
        str_free(&text);
    }
    assert_true(read > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_field_and_operator),
        cmocka_unit_test(test_what_is_not_known),
        cmocka_unit_test(test_scripts_without_blanks),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_any_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
