/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How far one name is from another, and what still counts as a slip. */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "text/slip.h"
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static void test_distance(void **state)
{
    static const struct {
        const char *a, *b;
        size_t steps;
    } pairs[] = {
        {"", "", 0},           {"", "abc", 3},
        {"abc", "abc", 0},     {"abc", "abd", 1},
        {"abc", "ab", 1},      {"abc", "xabc", 1},
        {"ab", "ba", 2},       {"kitten", "sitting", 3},
        {"маяк", "майак", 2},  {"маяк", "моряк", 2},
        {"ab", "cd", 2},       {"flaw", "lawn", 2},
        {"工会", "工業会", 1}, {"a\xf0\x9f\x9a\xa2z", "az", 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        assert_int_equal(slip_distance(pairs[i].a, pairs[i].b), pairs[i].steps);
        assert_int_equal(slip_distance(pairs[i].b, pairs[i].a), pairs[i].steps);
    }
}

static void test_slips(void **state)
{
    static const struct {
        const char *was, *now;
        bool is;
    } pairs[] = {
        {"Независимый прафсоюз «Пример»", "Независимый профсоюз «Пример»", true},
        {"Profsoyuz Mayack", "PROFSOYUZ, «Mayak»", true},
        {"Union A", "Union BCD", true},                  /* three steps of eight */
        {"Union A", "Union BCDE", false},                /* four of nine */
        {"aaaaaaaaaaaaaaaa", "aaaaaaaaaaaabbbb", true},  /* four of sixteen */
        {"aaaaaaaaaaaaaaaa", "aaaaaaaaaaabbbbb", false}, /* five */
        {"Docks", "Harbour", false},
        {"Profsoyuz Mayak", "Профсоюз «Маяк»", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        assert_true(slip_is(pairs[i].was, pairs[i].now) == pairs[i].is);
        assert_true(slip_is(pairs[i].now, pairs[i].was) == pairs[i].is);
    }
}

static void test_bounds(void **state)
{
    char *a = mem_zero(2 * SLIP_LENGTH_MOST + 8), *b;
    (void)state;
    for (size_t i = 0; i < SLIP_LENGTH_MOST; i++)
        memcpy(a + 2 * i, "ж", 2);
    b = mem_string(a);
    b[2 * SLIP_LENGTH_MOST - 2] = '\0';
    assert_int_equal(slip_distance(a, b), 1);
    assert_int_equal(slip_distance(a, ""), SLIP_LENGTH_MOST);
    memcpy(a + 2 * SLIP_LENGTH_MOST, "z", 2);
    assert_true(slip_distance(a, b) == SIZE_MAX);
    assert_true(slip_distance(b, a) == SIZE_MAX);
    assert_false(slip_is(a, b));
    assert_true(slip_is(a, a));
    free(a);
    free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distance),
        cmocka_unit_test(test_slips),
        cmocka_unit_test(test_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
