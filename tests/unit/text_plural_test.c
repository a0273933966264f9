/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Each catalogue's Plural-Forms say what CLDR says of the language. The tests' catalogues (made by
 * tests/unit/text.am) have the real ones' headers and one message whose forms are their own
 * numbers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "text/icu.h"
#include "text/language.h"
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/upluralrules.h>
#include <unicode/ustring.h>

#define NUMBERS_MOST 1200 /* beyond which no language of ours has a rule of its own for counts */

static const UChar *const order[] = {u"zero", u"one", u"two", u"few", u"many", u"other"};
#define FORMS (sizeof order / sizeof *order)

static size_t form_of(const UPluralRules *rules, int n)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar word[16];
    uplrules_select(rules, n, word, 16, &status);
    icu_check(status, "uplrules_select");
    for (size_t i = 0; i < FORMS; i++)
        if (u_strcmp(word, order[i]) == 0)
            return i;
    fail_msg("CLDR has a form that gettext has not");
    return FORMS;
}

/* The forms that whole numbers have, counted through: gettext numbers those. */
static void check_language(const struct language *l)
{
    UErrorCode status = U_ZERO_ERROR;
    UPluralRules *rules = uplrules_open(l->code[0] == 'p' ? "pt_PT" : l->code, &status);
    icu_check(status, "uplrules_open");
    bool is_used[FORMS] = {false};
    for (int n = 0; n <= NUMBERS_MOST; n++)
        is_used[form_of(rules, n)] = true;
    for (int n = 0; n <= NUMBERS_MOST; n++) {
        char wanted[2] = "0";
        const size_t form = form_of(rules, n);
        for (size_t i = 0; i < form; i++)
            wanted[0] = (char)(wanted[0] + is_used[i]);
        const char *got = message_plural(l, "one", "many", (unsigned long)n);
        if (strcmp(got, wanted) != 0)
            fail_msg("%s: %d has form %s, not %s", l->code, n, got, wanted);
    }
    uplrules_close(rules);
}

static void plural_forms_are_those_of_cldr(void **state)
{
    (void)state;
    for (const struct language *l = language_table; l->code; l++)
        if (strcmp(l->code, "en") != 0) /* which has no catalogue */
            check_language(l);
}

static void arabic_has_all_six(void **state)
{
    (void)state;
    static const struct {
        unsigned long n;
        const char *form;
    } cases[] = {{0, "0"},  {1, "1"},  {2, "2"},   {3, "3"},   {5, "3"},   {10, "3"},  {11, "4"},
                 {21, "4"}, {99, "4"}, {100, "5"}, {101, "5"}, {102, "5"}, {103, "3"}, {111, "4"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(message_plural(language_find("ar"), "one", "many", cases[i].n),
                            cases[i].form);
}

static int open_languages(void **state)
{
    (void)state;
    return language_open("tests/unit/text/plural") == US_OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plural_forms_are_those_of_cldr),
        cmocka_unit_test(arabic_has_all_six),
    };
    return cmocka_run_group_tests(tests, open_languages, NULL);
}
