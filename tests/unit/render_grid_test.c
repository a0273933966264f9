/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Lists as files: each format says the same of the same rows, as a reader that is not ours finds
 * them; no text becomes a formula; a spreadsheet goes on on further sheets; what cannot be written
 * is noticed wherever it happens.
 */
#include "base/mem.h"
#include "base/str.h"
#include "render/grid.h"
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const struct row_column columns[] = {
    {"name", ROW_TEXT, true}, {"members", ROW_NUMBER, true}, {"signed_on", ROW_DAY, true},
    {"at", ROW_TIME, true},   {"first", ROW_FLAG, true},     {"languages", ROW_TEXTS, true},
};
#define COLUMNS (sizeof columns / sizeof *columns)

static void write_row(struct grid *grid, const char *name, int64_t members)
{
    static const char *const languages[] = {"ru", "en"};
    const struct row_value values[COLUMNS] = {row_text(name),    row_number(members),
                                              row_number(20779), row_number(1795317300000000),
                                              row_flag(false),   row_texts(languages, 2)};
    struct fault fault = {.text = ""};

    if (grid_add(grid, values, &fault) != US_OK)
        fail_msg("%s", fault.text);
}

static void write_nothing(struct grid *grid)
{
    const struct row_value values[COLUMNS] = {{0}};
    struct fault fault = {.text = ""};

    assert_int_equal(grid_add(grid, values, &fault), US_OK);
}

static struct grid *start(enum grid_format format, FILE *file, size_t rows_per_sheet)
{
    const struct grid_params params = {.format = format,
                                       .file = file,
                                       .columns = columns,
                                       .count = COLUMNS,
                                       .title = "trial",
                                       .rows_per_sheet = rows_per_sheet};
    struct fault fault = {.text = ""};
    struct grid *grid;

    if (grid_begin(&params, &grid, &fault) != US_OK)
        fail_msg("%s", fault.text);
    return grid;
}

static void end(struct grid *grid)
{
    struct fault fault = {.text = ""};

    if (grid_end(grid, &fault) != US_OK)
        fail_msg("%s", fault.text);
}

/* What a format makes of two rows. */
static char *write_two(enum grid_format format)
{
    char *bytes = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&bytes, &len);
    struct grid *grid = start(format, file, 0);

    write_row(grid, "=Union \"1\"", 1200);
    write_nothing(grid);
    end(grid);
    fclose(file);
    return bytes;
}

static void test_csv(void **state)
{
    char *csv = write_two(GRID_CSV);

    (void)state;
    assert_string_equal(csv, "name,members,signed_on,at,first,languages\r\n"
                             "\"'=Union \"\"1\"\"\",1200,2026-11-22,2026-11-22T03:15:00Z,no,"
                             "\"ru, en\"\r\n,,,,,\r\n");
    free(csv);
}

static void test_json(void **state)
{
    const char *first = "{\"name\": \"=Union \\\"1\\\"\", \"members\": 1200, \"signed_on\": "
                        "\"2026-11-22\", \"at\": \"2026-11-22T03:15:00Z\", \"first\": false, "
                        "\"languages\": [\"ru\", \"en\"]}";
    const char *second = "{\"name\": null, \"members\": null, \"signed_on\": null, \"at\": null, "
                         "\"first\": null, \"languages\": null}";
    char *lines = write_two(GRID_JSONL), *array = write_two(GRID_JSON);
    char *expected = mem_format("%s\n%s\n", first, second);

    (void)state;
    assert_string_equal(lines, expected);
    free(expected);
    expected = mem_format("[\n%s,\n%s\n]\n", first, second);
    assert_string_equal(array, expected);
    free(expected);
    free(lines);
    free(array);
}

/* Nobody in it is no error. */
static void test_empty(void **state)
{
    static const struct {
        enum grid_format format;
        const char *text;
    } cases[] = {{GRID_CSV, "name,members,signed_on,at,first,languages\r\n"},
                 {GRID_JSON, "[]\n"},
                 {GRID_JSONL, ""}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *bytes = NULL;
        size_t len = 0;
        FILE *file = open_memstream(&bytes, &len);
        end(start(cases[i].format, file, 0));
        fclose(file);
        assert_string_equal(bytes, cases[i].text);
        free(bytes);
    }
}

/* A spreadsheet as Python's openpyxl reads it: each sheet's name, then its rows. */
static char *read_xlsx(const char *path)
{
    char *command = mem_format(
        "/usr/bin/python3 -c 'import sys, openpyxl\n"
        "for sheet in openpyxl.load_workbook(sys.argv[1]).worksheets:\n"
        "    print(\"sheet\", sheet.title)\n"
        "    for row in sheet.iter_rows():\n"
        "        print(\"|\".join(c.data_type + \":\" + str(c.value) for c in row))\n' %s",
        path);
    FILE *pipe = popen(command, "r");
    struct str out = STR_INIT;
    char bytes[4096];
    size_t n;

    assert_non_null(pipe);
    while ((n = fread(bytes, 1, sizeof bytes, pipe)) > 0)
        str_append(&out, bytes, n);
    assert_int_equal(pclose(pipe), 0);
    free(command);
    return str_take(&out);
}

static char *make_path(char folder[])
{
    assert_non_null(mkdtemp(folder));
    return mem_format("%s/list.xlsx", folder);
}

static void test_xlsx(void **state)
{
    char folder[] = "/tmp/undersign-grid.XXXXXX", *path = make_path(folder), *found;
    FILE *file = fopen(path, "w");
    struct grid *grid = start(GRID_XLSX, file, 0);

    (void)state;
    write_row(grid, "=HYPERLINK(\"http://x.example\",\"y\")", 1200);
    write_row(grid, "{=1+1}", 0);
    write_row(grid, "https://x.example", -5);
    write_nothing(grid);
    end(grid);
    fclose(file);
    found = read_xlsx(path);
    assert_string_equal(
        found,
        "sheet 1\n"
        "s:name|s:members|s:signed_on|s:at|s:first|s:languages\n"
        "s:=HYPERLINK(\"http://x.example\",\"y\")|n:1200|d:2026-11-22 00:00:00|"
        "s:2026-11-22T03:15:00Z|b:False|s:ru, en\n"
        "s:{=1+1}|n:0|d:2026-11-22 00:00:00|s:2026-11-22T03:15:00Z|b:False|s:ru, en\n"
        "s:https://x.example|n:-5|d:2026-11-22 00:00:00|s:2026-11-22T03:15:00Z|b:False|s:ru, en\n");
    free(found);
    unlink(path);
    rmdir(folder);
    free(path);
}

static void test_xlsx_goes_on_on_further_sheets(void **state)
{
    char folder[] = "/tmp/undersign-grid.XXXXXX", *path = make_path(folder), *found, name[16];
    struct str expected = STR_INIT;
    FILE *file = fopen(path, "w");
    struct grid *grid = start(GRID_XLSX, file, 3);

    (void)state;
    for (int i = 1; i <= 7; i++) {
        snprintf(name, sizeof name, "Union %d", i);
        write_row(grid, name, i);
        if (i % 3 == 1)
            str_append_format(&expected,
                              "sheet %d\ns:name|s:members|s:signed_on|s:at|s:first|s:languages\n",
                              i / 3 + 1);
        str_append_format(&expected,
                          "s:Union %d|n:%d|d:2026-11-22 00:00:00|s:2026-11-22T03:15:00Z|b:False|"
                          "s:ru, en\n",
                          i, i);
    }
    end(grid);
    fclose(file);
    found = read_xlsx(path);
    assert_string_equal(found, str_text(&expected));
    str_free(&expected);
    free(found);
    unlink(path);
    rmdir(folder);
    free(path);
}

/* A text that is too long for a cell is not cut in silence. */
static void test_xlsx_refuses_what_it_cannot_hold(void **state)
{
    struct row_value values[COLUMNS] = {{0}};
    struct fault fault = {.text = ""};
    char *text = mem_alloc(40000);
    FILE *file = tmpfile();
    struct grid *grid = start(GRID_XLSX, file, 0);

    (void)state;
    memset(text, 'x', 39999);
    text[39999] = '\0';
    values[0] = row_text(text);
    assert_int_equal(grid_add(grid, values, &fault), US_INVALID);
    assert_non_null(strstr(fault.text, "name"));
    grid_abandon(grid);
    fclose(file);
    free(text);
}

static void test_full_output(void **state)
{
    static const enum grid_format formats[] = {GRID_CSV, GRID_JSON, GRID_JSONL, GRID_XLSX};
    static const char *const languages[] = {"ru"};
    const struct row_value values[COLUMNS] = {row_text("Union"), row_number(1),
                                              row_number(1),     row_number(1),
                                              row_flag(true),    row_texts(languages, 1)};

    (void)state;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        FILE *file = fopen("/dev/full", "w");
        struct grid *grid = start(formats[i], file, 0);
        struct fault fault = {.text = ""};
        enum us_err err = US_OK;

        for (int k = 0; k < 5000 && err == US_OK; k++)
            err = grid_add(grid, values, &fault);
        if (err != US_OK)
            grid_abandon(grid);
        else
            err = grid_end(grid, &fault);
        if (err == US_OK && fflush(file) != 0)
            err = US_FULL; /* the last bytes are the caller's to flush */
        assert_int_equal(err, US_FULL);
        fclose(file);
    }
}

/* The library does not look whether its own files could be written. */
static void test_full_place_for_sheets(void **state)
{
    struct rlimit before, less;
    struct row_value values[COLUMNS] = {{0}};
    struct fault fault = {.text = ""};
    FILE *file = tmpfile();
    struct grid *grid = start(GRID_XLSX, file, 0);
    enum us_err err = US_OK;

    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    less = before;
    less.rlim_cur = 200000; /* the finished file would have room enough */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &less), 0);
    values[0] = row_text("One and the same union, which packs well");
    for (int i = 0; i < 4000 && err == US_OK; i++)
        err = grid_add(grid, values, &fault);
    if (err == US_OK)
        err = grid_end(grid, &fault);
    else
        grid_abandon(grid);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(err, US_IO);
    assert_non_null(strstr(fault.text, "spreadsheet"));
    fclose(file);
}

/* Where there is no place for temporary files, it is said where one was looked for. */
static void test_no_place_for_sheets(void **state)
{
    const struct grid_params params = {
        .format = GRID_XLSX, .file = stdout, .columns = columns, .count = COLUMNS, .title = "x"};
    struct fault fault = {.text = ""};
    struct grid *grid;

    (void)state;
    setenv("TMPDIR", "/nowhere-at-all", 1);
    assert_int_equal(grid_begin(&params, &grid, &fault), US_IO);
    assert_non_null(strstr(fault.text, "/nowhere-at-all"));
    unsetenv("TMPDIR");
}

/* Whatever happens, no list stays behind in a folder that is everybody's. */
static void test_xlsx_leaves_nothing_behind(void **state)
{
    char folder[] = "/tmp/undersign-grid.XXXXXX";
    FILE *file = tmpfile();

    (void)state;
    assert_non_null(mkdtemp(folder));
    setenv("TMPDIR", folder, 1);
    struct grid *grid = start(GRID_XLSX, file, 0);
    for (int i = 0; i < 2000; i++)
        write_row(grid, "Union", i);
    assert_int_equal(rmdir(folder), 0); /* already while it is being made */
    grid_abandon(grid);
    unsetenv("TMPDIR");
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_xlsx),
        cmocka_unit_test(test_xlsx_goes_on_on_further_sheets),
        cmocka_unit_test(test_xlsx_refuses_what_it_cannot_hold),
        cmocka_unit_test(test_full_output),
        cmocka_unit_test(test_full_place_for_sheets),
        cmocka_unit_test(test_no_place_for_sheets),
        cmocka_unit_test(test_xlsx_leaves_nothing_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
