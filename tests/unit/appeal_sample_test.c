/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The samples of the source are good, and, where they are at hand, the real statements that this
 * program must be able to carry. */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal_parse.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "crypto/digest.h"
#include "text/markdown.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static char *slurp(const char *path, size_t *len)
{
    struct str out = STR_INIT;
    char part[4096];
    FILE *file = fopen(path, "re");
    size_t got;

    if (file == NULL)
        fail_msg("%s cannot be opened", path);
    while ((got = fread(part, 1, sizeof(part), file)) > 0)
        str_append(&out, part, got);
    (void)fclose(file);
    *len = out.len;
    return str_take(&out);
}

static const char *source_folder(void)
{
    const char *folder = getenv("srcdir");

    return folder != NULL ? folder : ".";
}

static struct text *read_text(const char *folder, const char *name)
{
    char *path = mem_format("%s/%s", folder, name);
    size_t len;
    char *data = slurp(path, &len);
    struct text *text = text_of(name, data, len);

    free(data);
    free(path);
    return text;
}

static struct settings *read_settings(const char *folder)
{
    char *path = mem_format("%s/appeal.ini", folder);
    size_t len;
    char *data = slurp(path, &len);
    struct settings *settings = settings_of(data);

    free(data);
    free(path);
    return settings;
}

struct shape {
    size_t paragraphs, demands;
};

static struct shape shape_of(const struct text *text)
{
    struct shape shape = {0};
    struct markdown *markdown;
    struct fault fault;
    size_t count;
    const struct block *blocks;

    assert_int_equal(markdown_parse(text->body, strlen(text->body), &markdown, &fault), US_OK);
    blocks = markdown_blocks(markdown, &count);
    for (size_t i = 0; i < count; i++)
        shape.paragraphs += blocks[i].kind == BLOCK_PARAGRAPH ? 1 : 0;
    shape.demands = markdown_demand_count(markdown);
    markdown_free(markdown);
    return shape;
}

static void expect_statement(const struct text *text, const char *number, const char *date)
{
    struct shape shape = shape_of(text);
    char day[16];
    bool has_other = false, has_own = false;

    for (size_t i = 0; i < text->letterhead_count; i++) {
        bool is_own = strcmp(text->letterhead[i].language, text->language) == 0;

        has_own = has_own || is_own;
        has_other = has_other || !is_own;
    }
    assert_true(has_own && has_other);
    assert_string_equal(text->number, number);
    clock_print_day(text->date, day);
    assert_string_equal(day, date);
    assert_non_null(text->kind);
    assert_int_equal(text->title_count, 2);
    assert_int_equal(shape.paragraphs, 5);
    assert_int_equal(shape.demands, 4);
    assert_int_equal(text->signatory_count, 1);
    assert_int_equal(text->signatories[0].title_count, 2);
    assert_non_null(text->signatories[0].name);
}

static void expect_plea(const struct text *text)
{
    struct shape shape = shape_of(text);

    assert_int_equal(shape.paragraphs, 1);
    assert_int_equal(shape.demands, 0);
    assert_null(text->number);
    assert_int_equal(text->letterhead_count + text->title_count + text->signatory_count, 0);
}

static void test_samples_are_good(void **state)
{
    char *strike = mem_format("%s/contrib/appeals/ardenia-oil-strike", source_folder());
    char *law = mem_format("%s/contrib/appeals/ardenia-unions-law", source_folder());
    struct settings *settings = read_settings(strike);
    struct text *text = read_text(strike, "ru.md");

    (void)state;
    assert_int_equal(settings->addressee_count, 5);
    expect_statement(text, "14-26", "2026-10-30");
    text_free(text);
    text = read_text(strike, "en.md");
    expect_statement(text, "14-26", "2026-10-30");
    text_free(text);
    settings_free(settings);

    settings = read_settings(law);
    assert_int_equal(settings->addressee_count, 5);
    text = read_text(law, "ru.md");
    expect_plea(text);
    text_free(text);
    settings_free(settings);
    free(strike);
    free(law);
}

/* The two real statements, laid out by a script that knows nothing but their shape. */
static void test_statements_are_carried(void **state)
{
    char folder[] = "/tmp/undersign-statements-XXXXXX";
    char *command, *line;
    struct text *text;
    int status;

    (void)state;
    assert_non_null(mkdtemp(folder));
    command = mem_format("%s/tests/golden/statements.py layout %s >%s/list", source_folder(),
                         folder, folder);
    status = system(command);
    free(command);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        line = mem_format("%s/statement-2022-01-07", folder);
        text = read_text(line, "ru.md");
        expect_statement(text, "01-22", "2022-01-07");
        text_free(text);
        free(line);
        line = mem_format("%s/appeal-law-on-unions", folder);
        text = read_text(line, "ru.md");
        expect_plea(text);
        text_free(text);
        free(line);
    }
    command = mem_format("rm -r %s", folder);
    assert_int_equal(system(command), 0);
    free(command);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples_are_good),
        cmocka_unit_test(test_statements_are_carried),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
