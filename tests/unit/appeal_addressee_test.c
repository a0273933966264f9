/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What appeal.ini says of letters: what a letter to the ILO is, whose names stand first. */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal/document.h"
#include "base/str.h"
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "[appeal]\nslug = a\nauthoritative = en\n"
#define ILO HEAD "[addressee.ilo]\nname = ILO\nkind = international\n" /* seven lines */

static struct settings *parse(const char *ini)
{
    struct settings *settings = NULL;
    struct fault fault = {.text = ""};

    if (document_parse_settings(ini, strlen(ini), &settings, &fault) != US_OK)
        fail_msg("line %d: %s", fault.line, fault.text);
    return settings;
}

static void test_procedure(void **state)
{
    struct settings *settings = parse(ILO "procedure = complaint\ngovernment = KZ\n"
                                          "conventions = C087\n  C098\ncase = 3283\n"
                                          "cover =\n  One.\n  Two.\n");
    const struct addressee *ilo = settings_addressee(settings, "ilo");

    (void)state;
    assert_int_equal(ilo->procedure, PROCEDURE_COMPLAINT);
    assert_string_equal(procedure_name(ilo->procedure), "complaint");
    assert_string_equal(ilo->government, "KZ");
    assert_int_equal(ilo->convention_count, 2);
    assert_string_equal(ilo->conventions[1], "C098");
    assert_string_equal(ilo->case_number, "3283");
    assert_int_equal(ilo->cover_count, 2);
    assert_string_equal(ilo->cover[0], "One.");
    assert_null(settings_addressee(settings, "un"));
    settings_free(settings);

    settings = parse(ILO "procedure = representation\ngovernment = FR\n");
    assert_int_equal(settings->addressees[0].procedure, PROCEDURE_REPRESENTATION);
    settings_free(settings);
    settings = parse(ILO "procedure = information\ngovernment = FR\n");
    assert_int_equal(settings->addressees[0].procedure, PROCEDURE_INFORMATION);
    settings_free(settings);
    /* It may be about a country that has no code, or about none. */
    settings = parse(ILO "procedure = information\ncase = 3283\n");
    assert_int_equal(settings->addressees[0].procedure, PROCEDURE_INFORMATION);
    assert_string_equal(settings->addressees[0].government, "");
    settings_free(settings);
    settings = parse(ILO "conventions = C190\n");
    assert_int_equal(settings->addressees[0].procedure, PROCEDURE_NONE);
    assert_string_equal(procedure_name(PROCEDURE_NONE), "");
    settings_free(settings);
}

static void test_appeal_options(void **state)
{
    struct settings *settings =
        parse(HEAD "ilo_block = yes\ninitiators = 0123456789abc\n  00000zzzzzzzz\n");

    (void)state;
    assert_true(settings->asks_ilo);
    assert_int_equal(settings->initiator_count, 2);
    assert_string_equal(settings->initiators[1], "00000zzzzzzzz");
    settings_free(settings);
    settings = parse(HEAD "ilo_block = no\n");
    assert_false(settings->asks_ilo);
    settings_free(settings);
    settings = parse(HEAD);
    assert_false(settings->asks_ilo);
    assert_int_equal(settings->initiator_count, 0);
    settings_free(settings);
}

static void test_faults(void **state)
{
#define GOVERNMENT HEAD "[addressee.gov]\nname = G\nkind = government\n"
    static const struct {
        const char *ini;
        int line;
        const char *part;
    } cases[] = {
        {ILO "procedure = article26\ngovernment = KZ\n", 7, "not open to unions"},
        {ILO "procedure = article 26\ngovernment = KZ\n", 7, "not open to unions"},
        {ILO "procedure = petition\ngovernment = KZ\n", 7,
         "complaint, representation, information"},
        {ILO "procedure =\ngovernment = KZ\n", 7, "must be one of"},
        {ILO "procedure = complaint\n", 7, "needs government"},
        {ILO "procedure = representation\n", 7, "needs government"},
        {ILO "government = KZ\n", 7, "goes with procedure only"},
        {ILO "procedure = complaint\ngovernment = Kazakhstan\n", 8, "two-letter"},
        {ILO "procedure = complaint\ngovernment = QQ\n", 8, "two-letter"},
        {ILO "procedure = complaint\ngovernment = KZ\nconventions = 87\n", 9, "C087"},
        {ILO "conventions = C87\n", 7, "C087"},
        {ILO "conventions = C000\n", 7, "C087"},
        {ILO "conventions = C087 C087\n", 7, "twice"},
        {ILO "conventions =\n", 7, "leave it out"},
        {ILO "case = 3283\n", 7, "goes with procedure only"},
        {ILO "procedure = complaint\ngovernment = KZ\ncase = No. 3283\n", 9, "number alone"},
        {ILO "procedure = complaint\ngovernment = KZ\ncase =\n", 9, "number alone"},
        {ILO "cover =\n", 7, "empty"},
        {GOVERNMENT "procedure = complaint\ngovernment = KZ\n", 7, "must be international"},
        {GOVERNMENT "conventions = C087\n", 7, "of the kind international only"},
        {HEAD "ilo_block = maybe\n", 4, "no, yes"},
        {HEAD "initiators = 12\n", 4, "signature list"},
        {HEAD "initiators = 0123456789ABC\n", 4, "signature list"},
        {HEAD "initiators =\n", 4, "leave it out"},
        {HEAD "initiators = 0123456789abc 0123456789abc\n", 4, "twice"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct settings *settings = NULL;
        struct fault fault = {.text = ""};

        if (document_parse_settings(cases[i].ini, strlen(cases[i].ini), &settings, &fault) !=
            US_INVALID)
            fail_msg("taken: %s", cases[i].ini);
        assert_string_equal(fault.file, "appeal.ini");
        if (fault.line != cases[i].line || strstr(fault.text, cases[i].part) == NULL)
            fail_msg("%s: line %d: %s", cases[i].ini, fault.line, fault.text);
    }
}

static void test_bounds(void **state)
{
    struct str ini = STR_INIT;
    struct settings *settings = NULL;
    struct fault fault = {.text = ""};

    (void)state;
    str_append_text(&ini, HEAD "initiators =\n");
    for (int i = 0; i < 61; i++)
        str_append_format(&ini, "  0000000000%03d 1000000000%03d\n", i, i);
    assert_int_equal(document_parse_settings(str_text(&ini), ini.len, &settings, &fault),
                     US_INVALID);
    assert_non_null(strstr(fault.text, "at most 100"));
    str_free(&ini);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_procedure),
        cmocka_unit_test(test_appeal_options),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
