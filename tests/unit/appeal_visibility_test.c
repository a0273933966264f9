/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Who may see what: the design's table, cell by cell as it stands there, against the code's. A line
 * here is a promise made in the form to the union that signs; nobody changes one without changing
 * it there too.
 */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal/document.h"
#include "appeal/visibility.h"
#include <cmocka.h>
#include <string.h>

static const struct {
    const char *chosen, *web_press, *government_company, *federation, *international;
} table[] = {
    {"public", "organisation and person", "organisation and person", "organisation and person",
     "organisation and person"},
    {"organisation", "organisation", "organisation", "organisation", "organisation and person"},
    {"recipients", "counted", "organisation and person", "organisation and person",
     "organisation and person"},
    {"international", "counted", "counted", "organisation and person", "organisation and person"},
    {"counted", "counted", "counted", "counted", "counted"},
};

static const char *const words[] = {[SHOWN_COUNTED] = "counted",
                                    [SHOWN_ORGANISATION] = "organisation",
                                    [SHOWN_PERSON] = "organisation and person"};

static void test_table_is_the_designs(void **state)
{
    (void)state;
    assert_int_equal(sizeof(table) / sizeof(table[0]), VISIBILITY_COUNT);
    for (int i = 0; i < VISIBILITY_COUNT; i++) {
        enum visibility chosen;

        assert_true(visibility_from_name(table[i].chosen, &chosen));
        assert_int_equal(chosen, i);
        assert_string_equal(visibility_name(chosen), table[i].chosen);
        assert_string_equal(words[visibility_shown(chosen, AUDIENCE_PUBLIC)], table[i].web_press);
        assert_string_equal(words[visibility_shown(chosen, AUDIENCE_GOVERNMENT)],
                            table[i].government_company);
        assert_string_equal(words[visibility_shown(chosen, AUDIENCE_COMPANY)],
                            table[i].government_company);
        assert_string_equal(words[visibility_shown(chosen, AUDIENCE_FEDERATION)],
                            table[i].federation);
        assert_string_equal(words[visibility_shown(chosen, AUDIENCE_INTERNATIONAL)],
                            table[i].international);
    }
}

static void test_other_words_are_no_visibility(void **state)
{
    static const char *const others[] = {"", "Public", "publi", "publics", "person"};
    enum visibility visibility;

    (void)state;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_false(visibility_from_name(others[i], &visibility));
}

static void test_each_addressee_has_its_audience(void **state)
{
    static const struct {
        enum addressee_kind kind;
        const char *name;
        enum audience audience;
    } kinds[] = {
        {KIND_GOVERNMENT, "government", AUDIENCE_GOVERNMENT},
        {KIND_COMPANY, "company", AUDIENCE_COMPANY},
        {KIND_INTERNATIONAL, "international", AUDIENCE_INTERNATIONAL},
        {KIND_FEDERATION, "federation", AUDIENCE_FEDERATION},
        {KIND_PRESS, "press", AUDIENCE_PUBLIC},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        assert_int_equal(addressee_audience(kinds[i].kind), kinds[i].audience);
        assert_string_equal(addressee_kind_name(kinds[i].kind), kinds[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_is_the_designs),
        cmocka_unit_test(test_other_words_are_no_visibility),
        cmocka_unit_test(test_each_addressee_has_its_audience),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
