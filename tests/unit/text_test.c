/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Languages, messages and what ICU says of countries, dates, numbers and order. The messages are of
 * a catalogue of the tests' own (tests/unit/text/locale), so that no translator can break these.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "text/language.h"
#include "text/locale.h"
#include "text/phrase.h"
#include "text/unicode.h"
#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static int open_languages(void **state)
{
    (void)state;
    /* What a careless environment would do to every lookup. */
    setenv("LANGUAGE", "de", 1);
    return language_open("tests/unit/text/locale") == US_OK ? 0 : -1;
}

static void language_table_is_sound(void **state)
{
    (void)state;
    for (const struct language *l = language_table; l->code; l++) {
        assert_ptr_equal(language_find(l->code), l);
        assert_int_equal(l->is_rtl, language_is_rtl(l->code));
        assert_true(l->own_name && l->locale);
    }
    assert_null(language_find("xx"));
    assert_null(language_find("EN"));
    assert_null(language_find(NULL));
}

static void language_negotiate_follows_weights(void **state)
{
    (void)state;
    static const struct {
        const char *accept, *fallback, *expected;
    } cases[] = {
        {NULL, NULL, "en"},
        {NULL, "ru", "ru"},
        {NULL, "xx", "en"},
        {"", "fr", "fr"},
        {"ru", "en", "ru"},
        {"RU", "en", "ru"},
        {"fr-CA", "en", "fr"},
        {"fr-CA;q=0.5, es;q=0.8", "en", "es"},
        {"sw, ka;q=0.9, ru;q=0.8, en;q=0.7", "en", "ru"},
        {"kk-Cyrl-KZ, ru;q=0.9", "en", "kk"},
        {"zh-CN,zh;q=0.9,en;q=0.8", "ru", "zh"},
        {"zh-Hans-SG", "en", "zh"},
        {"zh-TW", "en", "zh"},
        {"ZH-hant-hk", "en", "zh"},
        {"pt-BR,pt;q=0.8", "en", "pt"},
        {"ar-EG", "en", "ar"},
        {"tr-TR", "en", "tr"},
        {"de-CH-1996", "en", "de"},
        {"az, tr;q=0.5", "en", "tr"},
        {"z, zhx, x-zh, *-zh", "en", "en"},
        {"-zh, --, zh--CN;q=0.1", "en", "zh"},
        {"\x01\xff\xfe, %n%s, zh;q=0.5", "en", "zh"},
        {"ar;q=1.0000000000000, de;q=0.1", "en", "ar"},
        {"ar;q=0.0000000000001, de;q=0.1", "en", "de"},
        {";;;;;;;;;;;;q=1", "en", "en"},
        {"es;q=0, ru;q=0.001", "en", "ru"},
        {"es;q=0", "en", "en"},
        {"*", "es", "es"},
        {"sw, *;q=0.5, fr;q=0.2", "es", "es"},
        {" \tes ; q=0.5 ,ru;q=0.4", "en", "es"},
        {"ru;q=2, es;q=0.1", "en", "es"},
        {"ru;q=1.001, es;q=0.1", "en", "es"},
        {"ru;q=abc, es;q=0.1", "en", "es"},
        {"ru;level=1, es;q=0.1", "en", "es"},
        {",,,;;q=1,;q=,ru", "en", "ru"},
        {"frx", "en", "en"},
        {"f", "en", "en"},
        {"-", "en", "en"},
        {"en-US,en;q=0.9,ru;q=0.8", "fr", "en"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(language_negotiate(cases[i].accept, cases[i].fallback)->code,
                            cases[i].expected);
}

static void language_negotiate_is_bounded(void **state)
{
    (void)state;
    char far[2000];
    memset(far, ' ', sizeof far);
    memcpy(far + sizeof far - 4, "ru", 3);
    assert_string_equal(language_negotiate(far, "en")->code, "en");
    char many[200] = "";
    for (int i = 0; i < 40; i++)
        strcat(many, "xx,");
    strcat(many, "ru");
    assert_string_equal(language_negotiate(many, "en")->code, "en");
}

static void language_knows_direction(void **state)
{
    (void)state;
    assert_true(language_is_rtl("ar"));
    assert_true(language_is_rtl("fa"));
    assert_true(language_is_rtl("he"));
    assert_true(language_is_rtl("ur-PK"));
    assert_true(language_is_rtl("az-Arab"));
    assert_false(language_is_rtl("az"));
    assert_false(language_is_rtl("ru"));
    assert_false(language_is_rtl(""));
    assert_false(language_is_rtl("not a tag"));
}

static void message_is_translated(void **state)
{
    (void)state;
    const struct language *en = language_find("en"), *ru = language_find("ru");
    assert_string_equal(message_get(ru, "Sign"), "Подписать");
    assert_string_equal(message_get(en, "Sign"), "Sign");
    assert_string_equal(message_get(ru, "Unknown"), "Unknown");
    assert_string_equal(message_get(ru, ""), "");
    assert_string_equal(message_context(ru, "noun", "Sign"), "Знак");
    assert_string_equal(message_context(ru, "verb", "Sign"), "Sign");
    assert_string_equal(message_context(en, "noun", "Sign"), "Sign");
}

static void message_plural_follows_the_language(void **state)
{
    (void)state;
    const char *one = "one organisation", *many = "{count} organisations";
    const struct language *en = language_find("en"), *ru = language_find("ru");
    assert_string_equal(message_plural(en, one, many, 1), one);
    assert_string_equal(message_plural(en, one, many, 0), many);
    assert_string_equal(message_plural(ru, one, many, 21), "{count} организация");
    assert_string_equal(message_plural(ru, one, many, 3), "{count} организации");
    assert_string_equal(message_plural(ru, one, many, 11), "{count} организаций");
}

static void message_fill_fills_places(void **state)
{
    (void)state;
    static const char *const expected[] = {"a-b", "{x}-b", "{b", "1 {} 2"};
    char *filled[] = {
        message_fill("{one}-{two}", "one", "a", "two", "b", NULL),
        message_fill("{x}-{two}", "one", "a", "two", "b", NULL),
        message_fill("{{two}", "two", "b", NULL),
        message_fill("{a} {} {b}", "a", "1", "b", "2", NULL),
    };
    for (size_t i = 0; i < sizeof filled / sizeof *filled; i++) {
        assert_string_equal(filled[i], expected[i]);
        free(filled[i]);
    }
    /* A value is not read again for places. */
    char *inert = message_fill("{a}{b}", "a", "{b}", "b", "x", NULL);
    assert_string_equal(inert, "{b}x");
    free(inert);
}

/* ISO 3166-1 as of 2026, from the standard's own list. */
static const char official[] =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR "
    "BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ "
    "EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW "
    "GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY "
    "KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV "
    "MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY "
    "QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG "
    "TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM "
    "ZW";

static void locale_countries_are_the_standards(void **state)
{
    (void)state;
    size_t count = 0;
    for (char a = 'A'; a <= 'Z'; a++)
        for (char b = 'A'; b <= 'Z'; b++) {
            const char code[3] = {a, b, '\0'};
            const bool is_one = strstr(official, code) || strcmp(code, "XK") == 0;
            assert_int_equal(locale_is_country(code), is_one);
            count += is_one;
        }
    assert_int_equal(count, 250);
    static const char *const none[] = {"kz", "KAZ", "", "K", "AN", "CS", "SU", "DG", "EU", "001"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(locale_is_country(none[i]));
    assert_false(locale_is_country(NULL));
}

static void locale_countries_are_sorted_and_named(void **state)
{
    (void)state;
    for (const struct language *l = language_table; l->code; l++) {
        size_t count = 0;
        const struct country *countries = locale_countries(l, &count);
        assert_int_equal(count, 250);
        for (size_t i = 0; i < count; i++) {
            assert_string_not_equal(countries[i].name, countries[i].code);
            assert_string_equal(locale_country(l, countries[i].code), countries[i].name);
            if (i > 0)
                assert_true(locale_compare(l, countries[i - 1].name, countries[i].name) < 0);
        }
    }
    assert_string_equal(locale_country(language_find("ru"), "KZ"), "Казахстан");
    assert_string_equal(locale_country(language_find("en"), "GB"), "United Kingdom");
    assert_string_equal(locale_country(language_find("en"), "ZZ"), "ZZ");
    static const char *const own[][2] = {
        {"kk", "Қазақстан"},  {"ar", "كازاخستان"},   {"zh", "哈萨克斯坦"},
        {"de", "Kasachstan"}, {"pt", "Cazaquistão"}, {"tr", "Kazakistan"},
    };
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        assert_string_equal(locale_country(language_find(own[i][0]), "KZ"), own[i][1]);
}

/* Which kind of blank stands in a date or number changes between releases of CLDR. */
static char *take_with_plain_blanks(struct str *out)
{
    char *text = unicode_clean(str_text(out));
    str_free(out);
    return text;
}

static char *date_in(const char *code, int64_t day)
{
    struct str out = STR_INIT;
    locale_date(language_find(code), day, &out);
    return take_with_plain_blanks(&out);
}

static char *number_in(const char *code, int64_t number)
{
    struct str out = STR_INIT;
    locale_number(language_find(code), number, &out);
    return take_with_plain_blanks(&out);
}

static void locale_writes_dates_and_numbers(void **state)
{
    (void)state;
    char *got[] = {
        date_in("en", 18999),     date_in("ru", 18999),     date_in("fr", 18999),
        date_in("es", 18999),     date_in("en", 0),         date_in("en", -1),
        number_in("en", 2300000), number_in("ru", 2300000), number_in("en", INT64_MIN),
        number_in("en", 0),       date_in("kk", 18999),     date_in("ar", 18999),
        date_in("zh", 18999),     date_in("de", 18999),     date_in("pt", 18999),
        date_in("tr", 18999),     number_in("kk", 2300000), number_in("ar", 2300000),
        number_in("zh", 2300000), number_in("de", 2300000), number_in("pt", 2300000),
        number_in("tr", 2300000),
    };
    static const char *const expected[] = {
        "7 January 2022",
        "7 января 2022 г.",
        "7 janvier 2022",
        "7 de enero de 2022",
        "1 January 1970",
        "31 December 1969",
        "2,300,000",
        "2 300 000",
        "-9,223,372,036,854,775,808",
        "0",
        "2022 ж. 7 қаңтар",
        "7 يناير 2022", /* in digits that the rest of the page has */
        "2022年1月7日",
        "7. Januar 2022",
        "7 de janeiro de 2022",
        "7 Ocak 2022",
        "2 300 000",
        "2,300,000",
        "2,300,000",
        "2.300.000",
        "2 300 000",
        "2.300.000",
    };
    for (size_t i = 0; i < sizeof got / sizeof *got; i++) {
        assert_string_equal(got[i], expected[i]);
        free(got[i]);
    }
}

static void phrase_date_is_as_in_letters(void **state)
{
    (void)state;
    static const struct {
        const char *code;
        int64_t day;
        const char *expected;
    } cases[] = {
        {"fr", 18993, "1er janvier 2022"}, {"fr", 19003, "11 janvier 2022"},
        {"ru", 18993, "1 января 2022 г."}, {"kk", 18999, "2022 жылғы 7 қаңтар"},
        {"ar", 18999, "7 يناير 2022"},     {"zh", 18999, "2022年1月7日"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str out = STR_INIT;
        phrase_date(language_find(cases[i].code), cases[i].day, &out);
        char *got = take_with_plain_blanks(&out);
        assert_string_equal(got, cases[i].expected);
        free(got);
    }
}

static void locale_orders_by_language(void **state)
{
    (void)state;
    const struct language *en = language_find("en"), *ru = language_find("ru");
    /* Each puts its own script first. */
    assert_true(locale_compare(en, "Zebra", "Азбука") < 0);
    assert_true(locale_compare(ru, "Zebra", "Азбука") > 0);
    assert_true(locale_compare(ru, "Еж", "Ёлка") < 0);
    assert_true(locale_compare(en, "cote", "Côte") < 0);
    assert_int_equal(locale_compare(en, "x", "x"), 0);
    const struct language *kk = language_find("kk"), *tr = language_find("tr");
    const struct language *zh = language_find("zh"), *ar = language_find("ar");
    assert_true(locale_compare(kk, "Кяхта", "Қазақстан") < 0);
    assert_true(locale_compare(tr, "Cuma", "Çanakkale") < 0);
    assert_true(locale_compare(tr, "Isparta", "İzmir") < 0);
    assert_true(locale_compare(zh, "Zebra", "中国") > 0);
    assert_true(locale_compare(zh, "阿根廷", "中国") < 0); /* by sound */
    assert_true(locale_compare(ar, "Zebra", "العراق") > 0);
}

static void locale_key_orders_as_bytes(void **state)
{
    (void)state;
    static const char *const order[] = {"", "a", "A", "ab", "b", "Édouard", "Z", "Азбука", "中"};
    for (size_t i = 1; i < sizeof order / sizeof *order; i++) {
        size_t a_len = 0, b_len = 0;
        uint8_t *a = locale_key(order[i - 1], 64, &a_len), *b = locale_key(order[i], 64, &b_len);
        const size_t shorter = a_len < b_len ? a_len : b_len;
        const int first = memcmp(a, b, shorter);
        assert_true(first < 0 || (first == 0 && a_len < b_len));
        free(a);
        free(b);
    }
    size_t len = 0;
    uint8_t *cut = locale_key("a rather long name of an organisation", 10, &len);
    assert_int_equal(len, 10);
    free(cut);
}

/* What every thread must get, whatever the others do. */
static void *use_everything(void *failed)
{
    for (int i = 0; i < 200 && !*(bool *)failed; i++) {
        const struct language *l = &language_table[i % 10];
        char *date = date_in(l->code, 18999), *number = number_in(l->code, i);
        const char *one = message_plural(language_find("ru"), "one organisation",
                                         "{count} organisations", (unsigned long)i % 10 + 5);
        *(bool *)failed = !strstr(date, "2022") || atoi(number) != i ||
                          !strstr(one, "организаци") || !locale_is_country("KZ") ||
                          strcmp(locale_country(l, "FR"), "FR") == 0;
        free(date);
        free(number);
    }
    return NULL;
}

static void locale_serves_threads_at_once(void **state)
{
    (void)state;
    pthread_t threads[4];
    bool failed[4] = {false};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, use_everything, &failed[i]), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    for (size_t i = 0; i < 4; i++)
        assert_false(failed[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        /* First, so that its threads open the languages. */
        cmocka_unit_test(locale_serves_threads_at_once),
        cmocka_unit_test(language_table_is_sound),
        cmocka_unit_test(language_negotiate_follows_weights),
        cmocka_unit_test(language_negotiate_is_bounded),
        cmocka_unit_test(language_knows_direction),
        cmocka_unit_test(message_is_translated),
        cmocka_unit_test(message_plural_follows_the_language),
        cmocka_unit_test(message_fill_fills_places),
        cmocka_unit_test(locale_countries_are_the_standards),
        cmocka_unit_test(locale_countries_are_sorted_and_named),
        cmocka_unit_test(locale_writes_dates_and_numbers),
        cmocka_unit_test(phrase_date_is_as_in_letters),
        cmocka_unit_test(locale_orders_by_language),
        cmocka_unit_test(locale_key_orders_as_bytes),
    };
    return cmocka_run_group_tests(tests, open_languages, NULL);
}
