/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What is printed: text that cannot act on a terminal, tables whose columns stand under each other
 * whatever the names, and rows in each format.
 */
#include "base/mem.h"
#include "cli/output.h"
#include "cli/screen.h"
#include "cli/table.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- terminals ---- */

static void assert_visible(const char *text, bool with_backslash, const char *expected)
{
    struct str out = STR_INIT;

    screen_make_visible(text, with_backslash, &out);
    assert_string_equal(str_text(&out), expected);
    str_free(&out);
}

static void test_a_terminal_is_not_commanded(void **state)
{
    (void)state;
    assert_visible("\x1b[31mred\x07", false, "\\u001b[31mred\\u0007");
    assert_visible("a\u202eb\u2066c\u200fd", false, "a\\u202eb\\u2066c\\u200fd");
    assert_visible("\xc2\x9b"
                   "2J",
                   false, "\\u009b2J");
    assert_visible("a\tb\nc\rd", false, "a\\tb\\nc\\rd");
    assert_visible("a\\b", false, "a\\b");
    assert_visible("a\\b", true, "a\\\\b");
    assert_visible("\U000e0041", false, "\\U000e0041");
    assert_visible("\xff\x1b", false, "\\xff\\x1b");
    /* What languages need stays. */
    assert_visible("Жаңарту 工会 اتحاد e\u0301 \u200c\u200d", false,
                   "Жаңарту 工会 اتحاد e\u0301 \u200c\u200d");
}

static void test_widths(void **state)
{
    (void)state;
    assert_int_equal(screen_width("abc"), 3);
    assert_int_equal(screen_width("工会"), 4);
    assert_int_equal(screen_width("ｱﾞ"), 2); /* halfwidth */
    assert_int_equal(screen_width("Ａ"), 2); /* fullwidth */
    assert_int_equal(screen_width("e\u0301"), 1);
    assert_int_equal(screen_width("\u1100\u1161\u11a8"), 2);
    assert_int_equal(screen_width("a\u200db"), 2);
    assert_int_equal(screen_width("\U0001f468\u200d\U0001f469\u200d\U0001f467"), 2);
    assert_int_equal(screen_width("\U0001f1f0\U0001f1ff"), 2);
    assert_int_equal(screen_width("اتحاد"), 5);
}

static void assert_isolated(const char *text, const char *expected)
{
    struct str out = STR_INIT;

    screen_isolate(text, &out);
    assert_string_equal(str_text(&out), expected);
    assert_int_equal(screen_width(expected), screen_width(text));
    str_free(&out);
}

static void test_right_to_left_stays_in_its_place(void **state)
{
    (void)state;
    assert_isolated("Жаңарту 工会", "Жаңарту 工会");
    assert_isolated("نقابة 12", "\u2068نقابة 12\u2069");
    assert_isolated("Union ב", "\u2068Union ב\u2069");
    assert_isolated("", "");
}

static void assert_cut(const char *text, size_t most, const char *expected, size_t width)
{
    struct str out = STR_INIT;

    assert_int_equal(screen_cut(text, most, &out), width);
    assert_string_equal(str_text(&out), expected);
    assert_int_equal(screen_width(expected), width);
    str_free(&out);
}

static void test_cutting(void **state)
{
    (void)state;
    assert_cut("abcdef", 6, "abcdef", 6);
    assert_cut("abcdef", 5, "abcd…", 5);
    assert_cut("工会工会", 8, "工会工会", 8);
    assert_cut("工会工会", 6, "工会…", 5); /* no half of a wide one */
    assert_cut("e\u0301e\u0301e\u0301", 2, "e\u0301…", 2);
    assert_cut("abc", 1, "…", 1);
    assert_cut("abc", 0, "", 0);
}

static const struct row_column columns[] = {
    {"id", ROW_TEXT, true},        {"name", ROW_TEXT, true}, {"secret", ROW_TEXT, false},
    {"members", ROW_NUMBER, true}, {"on", ROW_DAY, true},
};
static const struct row_schema schema = {"test", columns, 5};

static void fill(struct row_value values[5], const char *id, const char *name, int64_t members)
{
    values[0] = row_text(id);
    values[1] = row_text(name);
    values[2] = row_text("hidden");
    values[3] = row_number(members);
    values[4] = row_number(18999);
}

/* Two awkward rows as a table; the caller's. */
static char *print_table(size_t width, bool is_painted)
{
    struct table *table = table_new(&schema, width, is_painted);
    struct row_value values[5];
    struct str out = STR_INIT;

    table_end(table, &out);
    assert_string_equal(str_text(&out), "");
    fill(values, "k3v9m0q2xw7ra", "工会", 7);
    table_add(table, values, &out);
    fill(values, "k3v9m0q2xw7rb", "\x1b[2J union of everything that there is", 1200);
    table_add(table, values, &out);
    assert_string_equal(str_text(&out), "");
    table_end(table, &out);
    table_free(table);
    return str_take(&out);
}

static void test_table(void **state)
{
    char *text = print_table(80, false);

    (void)state;
    assert_string_equal(
        text, "ID             NAME                                         MEMBERS  ON\n"
              "k3v9m0q2xw7ra  工会                                               7  2022-01-07\n"
              "k3v9m0q2xw7rb  \\u001b[2J union of everything that there is     1200  2022-01-07\n");
    free(text);
    text = print_table(60, false);
    assert_non_null(
        strstr(text, "k3v9m0q2xw7rb  \\u001b[2J union of ever…     1200  2022-01-07\n"));
    free(text);
    /* What is not cut has no room: the last columns go, and that is said. */
    text = print_table(40, false);
    assert_string_equal(text, "ID             NAME            MEMBERS …\n"
                              "k3v9m0q2xw7ra  工会                  7\n"
                              "k3v9m0q2xw7rb  \\u001b[2J uni…     1200\n");
    free(text);
    /* No line is wider than the terminal, and ids are whole. */
    for (size_t width = 1; width < 100; width++) {
        char *line, *rest = text = print_table(width, false);
        if (width >= 15)
            assert_non_null(strstr(text, "k3v9m0q2xw7rb"));
        while ((line = strsep(&rest, "\n")) != NULL)
            assert_true(screen_width(line) <= width);
        free(text);
    }
}

/* What a row is about keeps its room; what is the same in all rows, or typed again, does not cost
 * it. */
static void test_table_of_signatures(void **state)
{
    const struct row_schema *signatures = &row_signature;
    (void)state;
    for (int other = 0; other < 2; other++) {
        struct table *table = table_new(signatures, 80, false);
        struct row_value values[ROW_COLUMNS_MOST];
        struct str out = STR_INIT;
        for (int i = 0; i < 2; i++) {
            for (size_t k = 0; k < signatures->count; k++)
                values[k] = row_null();
            values[0] = row_text("k3v9m0q2xw7ra");
            values[1] = row_text(i == 1 && other == 1 ? "another-one" : "ardenia-oil-strike");
            values[2] = row_text("confirmed");
            values[3] = row_text("General Confederation of the Workers of Ardenia");
            values[5] = row_text("confederation");
            values[6] = row_text("AR");
            table_add(table, values, &out);
        }
        table_end(table, &out);
        assert_int_equal(strstr(str_text(&out), "APPEAL") != NULL, other == 1);
        assert_non_null(strstr(str_text(&out), "confirmed"));
        assert_non_null(strstr(str_text(&out), "General Confederation of"));
        assert_non_null(strstr(str_text(&out), "COUNTRY"));
        table_free(table);
        str_free(&out);
    }
}

/* At 80 columns a moderator sees what to judge by; what is empty, and seconds, make room. */
static void test_table_of_a_queue(void **state)
{
    struct row_value values[ROW_COLUMNS_MOST];
    struct str out = STR_INIT;
    (void)state;
    struct table *table = table_new(&row_queue, 80, false);
    for (size_t k = 0; k < row_queue.count; k++)
        values[k] = row_null();
    values[0] = row_text("k3v9m0q2xw7ra");
    values[1] = row_text("ardenia-oil-strike");
    values[2] = row_text("confirmed");
    values[3] = row_text("General Confederation of the Workers of Ardenia");
    values[5] = row_text("federation");
    values[6] = row_text("AR");
    values[9] = row_number(1200);
    values[14] = row_number(20000);
    values[16] = row_text("confederation.example");
    table_add(table, values, &out);
    table_end(table, &out);
    static const char *const seen[] = {"k3v9m0q2xw7ra", "confirmed", "General Confeder", "AR",
                                       "MAIL DOMAIN"};
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
        assert_non_null(strstr(str_text(&out), seen[i]));
    table_free(table);
    str_clear(&out);
    table = table_new(&row_audit, 80, false);
    for (size_t k = 0; k < row_audit.count; k++)
        values[k] = row_null();
    values[0] = row_number(130);
    values[1] = row_number(INT64_C(1795363645) * 1000000);
    values[2] = row_text("unix:root");
    values[3] = row_text("signature.approve");
    values[4] = row_text("k3v9m0q2xw7ra");
    values[5] = row_text("nobody knows such a union");
    table_add(table, values, &out);
    table_end(table, &out);
    assert_non_null(strstr(str_text(&out), "REASON"));
    assert_non_null(strstr(str_text(&out), "nobody"));
    assert_non_null(strstr(str_text(&out), "2026-11-22 "));
    assert_null(strstr(str_text(&out), ":25Z"));
    table_free(table);
    str_free(&out);
}

static const struct row_column state_columns[] = {
    {"state", ROW_TEXT, true}, {"name", ROW_TEXT, true}, {"number", ROW_NUMBER, true}};
static const struct row_schema states = {"states", state_columns, 3};

/* Colour moves nothing: without it the table is the plain one. */
static void test_painted_table(void **state)
{
    static const char *const words[] = {"listed", "held", "refused", "other"};
    struct str plain = STR_INIT, painted = STR_INIT, bare = STR_INIT;

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct table *table = table_new(&states, 30, i == 1);
        for (size_t j = 0; j < 4; j++) {
            struct row_value values[] = {row_text(words[j]),
                                         row_text("a name that is cut, since it is long"),
                                         row_number(1)};
            table_add(table, values, i == 0 ? &plain : &painted);
        }
        table_end(table, i == 0 ? &plain : &painted);
        table_free(table);
    }
    assert_non_null(strstr(str_text(&painted), "\033[1mSTATE\033[0m"));
    assert_non_null(strstr(str_text(&painted), "\033[32mlisted\033[0m "));
    assert_non_null(strstr(str_text(&painted), "\033[33mheld\033[0m "));
    assert_non_null(strstr(str_text(&painted), "\033[31mrefused\033[0m "));
    assert_non_null(strstr(str_text(&painted), "\nother "));
    for (const char *at = str_text(&painted); *at != '\0'; at++) {
        if (*at == '\033')
            at = strchr(at, 'm');
        else
            str_append_char(&bare, *at);
    }
    assert_string_equal(str_text(&bare), str_text(&plain));
    str_free(&plain);
    str_free(&painted);
    str_free(&bare);
}

/* A long table is printed as it comes, and keeps the widths of its first rows. */
static void test_long_table(void **state)
{
    struct table *table = table_new(&schema, 80, false);
    struct row_value values[5];
    struct str out = STR_INIT;

    (void)state;
    for (size_t i = 1; i < TABLE_KEPT; i++) {
        fill(values, "k3v9m0q2xw7ra", "short", 7);
        table_add(table, values, &out);
        assert_int_equal(out.len, 0);
    }
    table_add(table, values, &out);
    assert_true(out.len > TABLE_KEPT * 40);
    str_clear(&out);
    fill(values, "k3v9m0q2xw7rb", "a name that is longer than all before", INT64_C(12345678901));
    table_add(table, values, &out);
    assert_string_equal(str_text(&out), "k3v9m0q2xw7rb  a name that is longer than all before"
                                        "         12345678901  2022-01-07\n");
    str_clear(&out);
    table_end(table, &out);
    assert_string_equal(str_text(&out), "");
    str_free(&out);
    table_free(table);
}

static void fill_queue(struct row_value *values, const char *appeal, const char *affiliation)
{
    for (size_t k = 0; k < row_queue.count; k++)
        values[k] = row_null();
    values[0] = row_text("k3v9m0q2xw7ra");
    values[1] = row_text(appeal);
    values[2] = row_text("confirmed");
    values[3] = row_text("Independent Union of Oil Workers of the Region of Ardenia");
    values[5] = row_text(affiliation);
    values[6] = row_text("AR");
    values[14] = row_number(20000);
    values[16] = row_text("confederation.example");
}

/* Where more rows come than are kept, an appeal that was the same in these is left out too, and so
 * is what was empty; where a row has another one the columns are back. */
static void test_long_table_of_a_queue(void **state)
{
    static const size_t screens[] = {40, 80, 120, 200};

    (void)state;
    for (size_t screen = 0; screen < 4; screen++) {
        struct table *table = table_new(&row_queue, screens[screen], false);
        struct row_value values[ROW_COLUMNS_MOST];
        struct str out = STR_INIT;
        fill_queue(values, "ardenia-oil-strike", NULL);
        for (size_t i = 0; i <= TABLE_KEPT; i++)
            table_add(table, values, &out);
        *strchr(out.data, '\n') = '\0';
        const char *row = out.data + strlen(out.data) + 1;
        assert_int_equal(strstr(out.data, "APPEAL") != NULL, screens[screen] == 200);
        assert_true(screens[screen] == 40 || strstr(out.data, "COUNTRY  MAIL DOMAIN") != NULL);
        assert_true(screens[screen] < 120 || strstr(out.data, "SIGNED ON") != NULL);
        assert_true(screens[screen] < 120 ||
                    strstr(row, "Independent Union of Oil Workers of the") != NULL);
        assert_non_null(strstr(row, "Independent Un"));
        str_clear(&out);
        fill_queue(values, "another", NULL);
        table_add(table, values, &out);
        assert_int_equal(strstr(str_text(&out), "APPEAL") != NULL,
                         screens[screen] == 80 || screens[screen] == 120);
        str_clear(&out);
        table_add(table, values, &out);
        assert_null(strstr(str_text(&out), "APPEAL"));
        assert_int_equal(strstr(str_text(&out), "another") != NULL, screens[screen] != 40);
        table_free(table);
        str_free(&out);
    }
}

/* What is to spare is for longer names that may come, as far as two fifths of the line. */
static void test_spare_of_a_long_table(void **state)
{
    static const char longer[] = "Independent Union of Oil Workers";

    (void)state;
    for (size_t screen = 160; screen <= 250; screen += 90) {
        struct table *table = table_new(&row_queue, screen, false);
        struct row_value values[ROW_COLUMNS_MOST];
        struct str out = STR_INIT;
        fill_queue(values, "ardenia-oil-strike", NULL);
        values[3] = row_text("Bakers");
        values[16] = row_text("secretariat.of.bakers.example");
        for (size_t i = 0; i < TABLE_KEPT; i++)
            table_add(table, values, &out);
        assert_true(strcspn(str_text(&out), "\n") < (screen == 160 ? 161 : 240));
        str_clear(&out);
        values[3] = row_text(longer);
        table_add(table, values, &out);
        assert_non_null(strstr(str_text(&out), longer));
        table_free(table);
        str_free(&out);
    }
}

/* ---- formats ---- */

static char *print_rows(enum output_format format, enum output_shape shape, size_t rows)
{
    struct row_value values[5];
    struct options options = {.command = COMMAND_APPEAL_LIST};
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    struct output *output;

    options.values[OPTION_JSON] = format == OUTPUT_JSON || format == OUTPUT_JSONL ? "" : NULL;
    options.values[OPTION_JSONL] = format == OUTPUT_JSONL ? "" : NULL;
    output = output_new_to(file, &options, shape);

    output_columns(output, &schema);
    for (size_t i = 0; i < rows; i++) {
        fill(values, "k3v9m0q2xw7ra", i == 0 ? "a\tb\\\"c" : NULL, 7);
        values[1].is_set = i == 0;
        assert_true(output_row(output, &schema, values));
    }
    assert_true(output_end(output));
    fclose(file);
    return text;
}

static void assert_rows(enum output_format format, enum output_shape shape, size_t rows,
                        const char *expected)
{
    char *text = print_rows(format, shape, rows);

    assert_string_equal(text, expected);
    free(text);
}

static void test_formats(void **state)
{
    char *text;
    json_t *json;

    (void)state;
    assert_rows(OUTPUT_TSV, OUTPUT_LIST, 2,
                "k3v9m0q2xw7ra\ta\\tb\\\\\"c\thidden\t7\t2022-01-07\n"
                "k3v9m0q2xw7ra\t\thidden\t7\t2022-01-07\n");
    assert_rows(OUTPUT_TSV, OUTPUT_LIST, 0, "");
    assert_rows(OUTPUT_JSON, OUTPUT_LIST, 0, "[]\n");
    assert_rows(
        OUTPUT_TSV, OUTPUT_ITEM, 1,
        "id\tk3v9m0q2xw7ra\nname\ta\\tb\\\\\"c\nsecret\thidden\nmembers\t7\non\t2022-01-07\n");

    text = print_rows(OUTPUT_JSON, OUTPUT_LIST, 2);
    json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_int_equal(json_array_size(json), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(json, 0), "name")),
                        "a\tb\\\"c");
    assert_true(json_is_null(json_object_get(json_array_get(json, 1), "name")));
    assert_int_equal(json_integer_value(json_object_get(json_array_get(json, 1), "members")), 7);
    assert_string_equal(json_string_value(json_object_get(json_array_get(json, 1), "on")),
                        "2022-01-07");
    json_decref(json);
    free(text);

    assert_rows(OUTPUT_JSONL, OUTPUT_LIST, 1,
                "{\"id\":\"k3v9m0q2xw7ra\",\"name\":\"a\\tb\\\\\\\"c\",\"secret\":\"hidden\","
                "\"members\":7,\"on\":\"2022-01-07\"}\n");
    assert_rows(OUTPUT_JSONL, OUTPUT_ITEMS, 0, "");

    text = print_rows(OUTPUT_JSON, OUTPUT_ITEM, 1);
    json = json_loads(text, 0, NULL);
    assert_true(json_is_object(json));
    json_decref(json);
    free(text);
    text = print_rows(OUTPUT_JSON, OUTPUT_ITEMS, 1);
    json = json_loads(text, 0, NULL);
    assert_int_equal(json_array_size(json), 1);
    json_decref(json);
    free(text);
}

/* An item with its list: one object, or lines. */
static void test_item_with_list(void **state)
{
    static const struct row_column item_columns[] = {{"a", ROW_TEXT, true}};
    static const struct row_column list_columns[] = {{"b", ROW_NUMBER, true}};
    static const struct row_schema item = {"item", item_columns, 1},
                                   list = {"list", list_columns, 1};
    static const struct {
        bool is_json, is_lines;
        size_t rows;
        const char *expected;
    } cases[] = {
        {true, false, 0, "{\n  \"a\": \"x\",\n  \"bs\": []\n}\n"},
        {true, false, 2, "{\n  \"a\": \"x\",\n  \"bs\": [\n{\"b\": 0},\n{\"b\": 1}\n  ]\n}\n"},
        {true, true, 2, "{\"a\":\"x\"}\n{\"b\":0}\n{\"b\":1}\n"},
        {false, false, 2, "a\tx\n\n0\n1\n"},
        {false, false, 0, "a\tx\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct options options = {.command = COMMAND_APPEAL_SHOW};
        struct row_value value = row_text("x");
        char *text = NULL;
        size_t size;
        FILE *file = open_memstream(&text, &size);
        struct output *output;

        options.values[OPTION_JSON] = cases[i].is_json ? "" : NULL;
        options.values[OPTION_JSONL] = cases[i].is_lines ? "" : NULL;
        output = output_new_to(file, &options, OUTPUT_ITEM);
        output_with_list(output, "bs");
        output_columns(output, &item);
        assert_true(output_row(output, &item, &value));
        for (size_t row = 0; row < cases[i].rows; row++) {
            value = row_number((int64_t)row);
            output_columns(output, &list);
            assert_true(output_row(output, &list, &value));
        }
        assert_true(output_end(output));
        fclose(file);
        assert_string_equal(text, cases[i].expected);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_terminal_is_not_commanded),
        cmocka_unit_test(test_widths),
        cmocka_unit_test(test_right_to_left_stays_in_its_place),
        cmocka_unit_test(test_cutting),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_table_of_signatures),
        cmocka_unit_test(test_table_of_a_queue),
        cmocka_unit_test(test_painted_table),
        cmocka_unit_test(test_long_table),
        cmocka_unit_test(test_long_table_of_a_queue),
        cmocka_unit_test(test_spare_of_a_long_table),
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_item_with_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
