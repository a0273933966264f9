/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Days folded into what fits, bars that hide nothing, and text laid out to a width. */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "cli/bars.h"
#include "cli/lay.h"
#include "cli/screen.h"
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static int64_t day(const char *text)
{
    int64_t found = 0;

    assert_true(clock_parse_day(text, &found));
    return found;
}

static void assert_span(enum bars_unit unit, const struct bars_span *span, const char *label,
                        int64_t confirmed)
{
    char text[16];

    bars_print_span(unit, span->begins, text);
    assert_string_equal(text, label);
    assert_int_equal(span->confirmed, confirmed);
}

static void test_fold(void **state)
{
    /* A leap day, the end of a year, and a Sunday beside a Monday. */
    const struct bars_day days[] = {
        {day("2023-12-31"), 1, 1}, {day("2024-01-01"), 2, 1},  {day("2024-02-29"), 4, 0},
        {day("2024-03-01"), 8, 8}, {day("2024-12-31"), 16, 2},
    };
    enum bars_unit unit;
    struct bars_span *spans;
    size_t count;

    (void)state;
    assert_int_equal(bars_fold(days, 0, 10, &unit, &spans), 0);
    assert_null(spans);

    count = bars_fold(days, 2, 2, &unit, &spans);
    assert_int_equal(count, 2);
    assert_int_equal(unit, BARS_DAY);
    assert_span(unit, &spans[0], "2023-12-31", 1);
    assert_span(unit, &spans[1], "2024-01-01", 2);
    free(spans);

    /* Days without any are there; one fewer fits, and it is weeks, from the Monday on. */
    count = bars_fold(days, 4, 62, &unit, &spans);
    assert_int_equal(count, 62);
    assert_span(unit, &spans[59], "2024-02-28", 0);
    assert_span(unit, &spans[60], "2024-02-29", 4);
    free(spans);
    count = bars_fold(days, 4, 61, &unit, &spans);
    assert_int_equal(unit, BARS_WEEK);
    assert_int_equal(count, 10);
    assert_span(unit, &spans[0], "2023-12-25", 1);
    assert_span(unit, &spans[1], "2024-01-01", 2);
    assert_span(unit, &spans[9], "2024-02-26", 12);
    assert_int_equal(spans[9].listed, 8);
    free(spans);

    count = bars_fold(days, 5, 13, &unit, &spans);
    assert_int_equal(unit, BARS_MONTH);
    assert_int_equal(count, 13);
    assert_span(unit, &spans[0], "2023-12", 1);
    assert_span(unit, &spans[2], "2024-02", 4);
    assert_span(unit, &spans[3], "2024-03", 8);
    assert_span(unit, &spans[12], "2024-12", 16);
    free(spans);
    count = bars_fold(days, 5, 1, &unit, &spans);
    assert_int_equal(unit, BARS_YEAR);
    assert_int_equal(count, 2);
    assert_span(unit, &spans[0], "2023", 1);
    assert_span(unit, &spans[1], "2024", 30);
    free(spans);
}

static void assert_bar(int64_t full, int64_t rest, int64_t most, const char *expected)
{
    const struct bar bar = {full, rest, most, 10, false};
    struct str out = STR_INIT;

    bars_append(&bar, &out);
    assert_string_equal(str_text(&out), expected);
    str_free(&out);
}

static void test_bars(void **state)
{
    (void)state;
    assert_bar(10, 0, 10, "##########");
    assert_bar(5, 5, 10, "#####-----");
    assert_bar(0, 10, 10, "----------");
    assert_bar(0, 0, 10, "");
    assert_bar(0, 0, 0, "");
    /* What there is can be seen, however little. */
    assert_bar(1, 0, 1000000, "#");
    assert_bar(999999, 1, 1000000, "#########-");
    assert_bar(0, 1, 1000000, "-");
}

static void test_numbers(void **state)
{
    char out[LAY_NUMBER];

    (void)state;
    lay_number(0, out);
    assert_string_equal(out, "0");
    lay_number(999, out);
    assert_string_equal(out, "999");
    lay_number(-1234567, out);
    assert_string_equal(out, "-1,234,567");
    lay_bytes(812, out);
    assert_string_equal(out, "812 B");
    lay_bytes(41200000000, out);
    assert_string_equal(out, "38.4 GiB");
    lay_span(CLOCK_DAY + 4 * CLOCK_HOUR, out);
    assert_string_equal(out, "1 day 4 h");
    lay_span(59 * CLOCK_SECOND, out);
    assert_string_equal(out, "59 s");
}

static void assert_wrapped(size_t columns, const char *text, const char *expected)
{
    struct str out = STR_INIT;
    const struct lay lay = {&out, columns, false};

    lay_wrap(&lay, 2, 0, PAINT_PLAIN, text);
    assert_string_equal(str_text(&out), expected);
    str_free(&out);
}

static void test_wrap(void **state)
{
    (void)state;
    assert_wrapped(20, "", "\n");
    assert_wrapped(20, "one two", "one two\n");
    assert_wrapped(12, "one two three four", "one two\n  three four\n");
    assert_wrapped(12, "/a/path/that/is/long and more", "/a/path/that\n  /is/long\n  and more\n");
    assert_wrapped(12, "全国建設交運一般 労働", "全国建設交運\n  一般 労働\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fold),
        cmocka_unit_test(test_bars),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_wrap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
