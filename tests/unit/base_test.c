/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The lowest layer: names of errors, memory, strings that stop at their limit, text that is
 * refused, and the calendar.
 */
#include "base/clock.h"
#include "base/err.h"
#include "base/fault.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void test_error_names(void **state)
{
    (void)state;
    for (int err = US_OK; err <= US_CANCELLED; err++) {
        assert_non_null(err_name((enum us_err)err));
        assert_int_equal(err_from_name(err_name((enum us_err)err)), err);
    }
    assert_string_equal(err_name(US_NOT_FOUND), "not-found");
    assert_int_equal(err_from_name("invented"), US_IO);
    assert_int_equal(err_from_name(NULL), US_IO);
}

static void test_fault(void **state)
{
    struct fault fault;
    char text[64], longer[2000], tiny[4];

    (void)state;
    fault_set(&fault, "site.conf", 3, "no %s", "option");
    fault_print(&fault, text, sizeof(text));
    assert_string_equal(text, "site.conf:3: no option");
    fault_set(&fault, "site.conf", 0, "no %s", "file");
    fault_print(&fault, text, sizeof(text));
    assert_string_equal(text, "site.conf: no file");
    fault_set(&fault, NULL, 0, "nothing");
    fault_print(&fault, text, sizeof(text));
    assert_string_equal(text, "nothing");

    /* 767 bytes fit, which is an odd number: the last letter of two bytes must go whole. */
    for (size_t i = 0; i + 2 < sizeof(longer); i += 2)
        memcpy(longer + i, "\xd0\xb6", 2);
    longer[sizeof(longer) - 2] = '\0';
    fault_set(&fault, longer, 1, "%s", longer);
    assert_int_equal(strlen(fault.text), sizeof(fault.text) - 2);
    assert_true(utf8_is_valid(fault.text, strlen(fault.text)));
    assert_int_equal(strlen(fault.file), sizeof(fault.file) - 2);
    fault_set(&fault, NULL, 0, "\xd0\xb6\xd0\xb6");
    fault_print(&fault, tiny, sizeof(tiny));
    assert_string_equal(tiny, "\xd0\xb6");
}

static void test_memory(void **state)
{
    char *text = mem_format("%0300d-%s", 7, "end");
    char *part = mem_string_part("abcdef", 3), *zeros = mem_zero(100);
    int status;
    pid_t child;

    (void)state;
    assert_int_equal(strlen(text), 304);
    assert_string_equal(text + 299, "7-end");
    assert_string_equal(part, "abc");
    assert_null(mem_string(NULL));
    for (int i = 0; i < 100; i++)
        assert_int_equal(zeros[i], 0);
    free(mem_copy(NULL, 0));
    free(text);
    free(part);
    free(zeros);

    /* A product that wraps must end the program, not give a small buffer. */
    child = fork();
    if (child == 0) {
        (void)close(STDERR_FILENO);
        free(mem_resize(NULL, SIZE_MAX / 2, 4));
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 71);
}

static void test_string(void **state)
{
    struct str str = STR_INIT;
    char *taken;

    (void)state;
    assert_string_equal(str_text(&str), "");
    for (int i = 0; i < 1000; i++)
        str_append_format(&str, "%03d", i);
    assert_int_equal(str.len, 3000);
    assert_int_equal(strlen(str_text(&str)), 3000);
    assert_memory_equal(str.data + 2997, "999", 3);
    str_append_format(&str, "%0500d", 0);
    assert_int_equal(str.len, 3500);
    assert_false(str.overflow);
    taken = str_take(&str);
    assert_int_equal(strlen(taken), 3500);
    free(taken);
    assert_int_equal(str.len, 0);
    taken = str_take(&str);
    assert_string_equal(taken, "");
    free(taken);
}

static void test_string_limit(void **state)
{
    struct str str = {.limit = 5};

    (void)state;
    str_append_text(&str, "abcde");
    assert_false(str.overflow);
    str_append(&str, "", 0);
    assert_false(str.overflow);
    str_append_char(&str, 'f');
    assert_true(str.overflow);
    assert_string_equal(str_text(&str), "abcde");

    /* What was cut stays cut: a shorter piece must not slip in behind it. */
    str_clear(&str);
    assert_false(str.overflow);
    str_append_text(&str, "abcdefgh");
    assert_string_equal(str_text(&str), "abcde");
    str.limit = 10;
    str_append_text(&str, "x");
    assert_string_equal(str_text(&str), "abcde");
    assert_true(str.overflow);
    str_free(&str);
    assert_false(str.overflow);
    assert_int_equal(str.limit, 10);
}

#define BYTES(text) (text), sizeof(text) - 1

static void test_utf8_valid(void **state)
{
    (void)state;
    assert_true(utf8_is_valid(BYTES("")));
    assert_true(utf8_is_valid(BYTES("a\xd0\xb6\xe2\x82\xac\xf0\x9f\x98\x80")));
    assert_true(utf8_is_valid(BYTES("\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf")));
    assert_false(utf8_is_valid(BYTES("a\0b")));
    assert_false(utf8_is_valid(BYTES("\x80")));
    assert_false(utf8_is_valid(BYTES("\xc0\x80")));         /* overlong NUL */
    assert_false(utf8_is_valid(BYTES("\xc1\xbf")));         /* overlong */
    assert_false(utf8_is_valid(BYTES("\xe0\x9f\xbf")));     /* overlong */
    assert_false(utf8_is_valid(BYTES("\xf0\x8f\xbf\xbf"))); /* overlong */
    assert_false(utf8_is_valid(BYTES("\xed\xa0\x80")));     /* a surrogate */
    assert_false(utf8_is_valid(BYTES("\xf4\x90\x80\x80"))); /* above U+10FFFF */
    assert_false(utf8_is_valid(BYTES("\xf5\x80\x80\x80")));
    assert_false(utf8_is_valid("\xe2\x82\xac", 2)); /* the rest is not ours */
    assert_false(utf8_is_valid(BYTES("\xe2\x28\xa1")));
}

static void test_utf8_walk(void **state)
{
    const char text[] = "a\xd0\xb6\xe2\x82\xac\xf0\x9f\x98\x80";
    const uint32_t points[] = {'a', 0x436, 0x20ac, 0x1f600};
    size_t len = sizeof(text) - 1, pos = 0;

    (void)state;
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(utf8_next(text, len, &pos), points[i]);
    assert_int_equal(pos, len);
    assert_int_equal(utf8_length(text, len), 4);
    assert_int_equal(utf8_cut(text, len, 0), 0);
    assert_int_equal(utf8_cut(text, len, 2), 1);
    assert_int_equal(utf8_cut(text, len, 3), 3);
    assert_int_equal(utf8_cut(text, len, 5), 3);
    assert_int_equal(utf8_cut(text, len, 9), 6);
    assert_int_equal(utf8_cut(text, len, 10), 10);
    assert_int_equal(utf8_cut(text, len, 99), 10);

    /* Text that nobody checked must not be read past its end, nor hold the walker up. */
    pos = 0;
    assert_int_equal(utf8_next("\xe2\x82", 2, &pos), 0xfffd);
    assert_int_equal(pos, 1);
}

static void append_point(struct str *str, uint32_t point)
{
    if (point < 0x80) {
        str_append_char(str, (char)point);
    } else if (point < 0x800) {
        str_append_char(str, (char)(0xc0 | point >> 6));
    } else if (point < 0x10000) {
        str_append_char(str, (char)(0xe0 | point >> 12));
        str_append_char(str, (char)(0x80 | (point >> 6 & 0x3f)));
    } else {
        str_append_char(str, (char)(0xf0 | point >> 18));
        str_append_char(str, (char)(0x80 | (point >> 12 & 0x3f)));
        str_append_char(str, (char)(0x80 | (point >> 6 & 0x3f)));
    }
    if (point >= 0x80)
        str_append_char(str, (char)(0x80 | (point & 0x3f)));
}

static bool is_forbidden(uint32_t point, bool lines_allowed)
{
    struct str str = STR_INIT;
    bool forbidden;

    append_point(&str, point);
    forbidden = utf8_has_forbidden(str.data, str.len, lines_allowed);
    str_free(&str);
    return forbidden;
}

static void test_utf8_forbidden(void **state)
{
    static const uint32_t forbidden[] = {
        0x115f, 0x1160, 0x3164, 0xffa0, 0xe000,  0xf8ff,  0xf0000, 0x10fffd,
        0x01,   0x1b,   0x7f,   0x80,   0x9f,    0x2028,  0x2029,  0x202a,
        0x202e, 0x2066, 0x2069, 0xfeff, 0xfff9,  0xfffb,  0xe0001, 0xe007f,
        0xfdd0, 0xfdef, 0xfffe, 0xffff, 0x1fffe, 0x1ffff, 0x10ffff};
    static const uint32_t allowed[] = {' ',    '~',    0xa0,   0x200c,  0x200d,  0x200e,
                                       0x200f, 0x061c, 0x2027, 0x202f,  0x2065,  0x206a,
                                       0xfffd, 0xfdcf, 0xfdf0, 0xe0080, 0xdfffd, 0x1f600};

    (void)state;
    for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++) {
        assert_true(is_forbidden(forbidden[i], true));
        assert_true(is_forbidden(forbidden[i], false));
    }
    for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
        assert_false(is_forbidden(allowed[i], false));
    for (const char *line = "\t\n\r"; *line != '\0'; line++) {
        assert_true(is_forbidden((unsigned char)*line, false));
        assert_false(is_forbidden((unsigned char)*line, true));
    }
    assert_true(utf8_has_forbidden(BYTES("\xff"), true));
}

static void test_calendar(void **state)
{
    static const struct {
        const char *text;
        int64_t day;
    } days[] = {{"1970-01-01", 0},     {"1969-12-31", -1},      {"2000-02-29", 11016},
                {"2026-11-22", 20779}, {"0000-01-01", -719528}, {"9999-12-31", 2932896}};
    static const char *const wrong[] = {"",           "2026-11-2",  "2026-11-222", "2026-02-30",
                                        "2023-02-29", "2026-13-01", "2026-00-10",  "2026-01-00",
                                        "2026/01/01", " 2026-1-01", "2026-01-0x",  "-001-01-01"};
    char out[16], time[24];
    int64_t day = 77;

    (void)state;
    for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
        clock_print_day(days[i].day, out);
        assert_string_equal(out, days[i].text);
        assert_true(clock_parse_day(days[i].text, &day));
        assert_int_equal(day, days[i].day);
    }
    day = 77;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(clock_parse_day(wrong[i], &day));
    assert_int_equal(day, 77);

    assert_int_equal(clock_day(0), 0);
    assert_int_equal(clock_day(CLOCK_DAY - 1), 0);
    assert_int_equal(clock_day(-1), -1);
    assert_int_equal(clock_day(-CLOCK_DAY), -1);
    clock_print(INT64_C(1795314113) * CLOCK_SECOND + 999999, time);
    assert_string_equal(time, "2026-11-22T02:21:53Z");
    clock_print(-1, time);
    assert_string_equal(time, "1969-12-31T23:59:59Z");
    clock_print(INT64_MAX, time);
    assert_string_equal(time, "9999-12-31T23:59:59Z");
    clock_print_day(INT64_MIN, out);
    assert_string_equal(out, "0000-01-01");
    assert_true(clock_now() > INT64_C(1700000000) * CLOCK_SECOND);
    assert_true(clock_monotonic() <= clock_monotonic());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_error_names),  cmocka_unit_test(test_fault),
        cmocka_unit_test(test_memory),       cmocka_unit_test(test_string),
        cmocka_unit_test(test_string_limit), cmocka_unit_test(test_utf8_valid),
        cmocka_unit_test(test_utf8_walk),    cmocka_unit_test(test_utf8_forbidden),
        cmocka_unit_test(test_calendar),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
