/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The head of a backup: it comes back as it was written, and what was not written so is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal/backup_head.h"
#include "base/mem.h"
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static struct backup_head make_head(void)
{
    struct backup_head head = {
        .site = mem_string("https://appeals.example"),
        .program = mem_string("undersign 0.1.0"),
        .made_at = INT64_C(1790000000000000),
        .schema = 3,
        .bytes = 4096,
        .digest = {1, 2, 255},
        .tables = mem_zero(2 * sizeof(struct backup_table)),
        .count = 2,
    };

    head.tables[0] = (struct backup_table){mem_string("audit"), 7};
    head.tables[1] = (struct backup_table){mem_string("signature"), 1000000};
    return head;
}

static void test_comes_back(void **state)
{
    struct backup_head head = make_head(), read;
    struct fault fault = {.text = ""};
    char *text = backup_head_print(&head);

    (void)state;
    assert_int_equal(backup_head_read(text, &read, &fault), US_OK);
    assert_string_equal(read.site, head.site);
    assert_string_equal(read.program, head.program);
    assert_int_equal(read.made_at, head.made_at);
    assert_int_equal(read.schema, 3);
    assert_int_equal(read.bytes, 4096);
    assert_memory_equal(read.digest, head.digest, sizeof(head.digest));
    assert_int_equal(read.count, 2);
    assert_int_equal(backup_head_rows(&read, "signature"), 1000000);
    assert_int_equal(backup_head_rows(&read, "audit"), 7);
    assert_int_equal(backup_head_rows(&read, "nothing"), -1);
    backup_head_clear(&read);
    backup_head_clear(&head);
    free(text);
}

static void refuse(const char *text)
{
    struct backup_head read = {.site = NULL};
    struct fault fault = {.text = ""};

    if (backup_head_read(text, &read, &fault) != US_INVALID)
        fail_msg("taken: %s", text);
    assert_true(fault.text[0] != '\0');
    assert_null(read.site);
}

/* The text with its first `old` replaced. */
static char *replace(const char *text, const char *old, const char *new)
{
    const char *at = strstr(text, old);

    assert_non_null(at);
    return mem_format("%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
}

static void test_what_is_no_head_is_refused(void **state)
{
    static const char *const changes[][2] = {
        {"site ", "sight "},
        {"site https://appeals.example\n", ""},
        {"site https://appeals.example\n", "site a\nsite b\n"},
        {"example", "ex\033mple"},
        {"example", "ex\u202eample"},
        {"example", "ex\xff"},
        {"schema 3", "schema 0"},
        {"schema 3", "schema -3"},
        {"schema 3", "schema 3x"},
        {"schema 3", "schema"},
        {"schema 3", "schema 9999999999999999999"},
        {"database 4096", "database 0"},
        {"sha256 01", "sha256 0"},
        {"sha256 01", "sha256 0g"},
        {"rows 7 audit", "rows audit"},
        {"rows 7 audit", "rows 7"},
        {"rows 7 audit", "rows 7 "},
        {"rows 7 audit\n", "rows 7 audit"},
        {"signature\n", "signature"},
    };
    struct backup_head head = make_head();
    char *text = backup_head_print(&head), *changed;

    (void)state;
    refuse("");
    refuse("\n");
    refuse("site");
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        changed = replace(text, changes[i][0], changes[i][1]);
        refuse(changed);
        free(changed);
    }
    changed = mem_string(text);
    for (int i = 0; i < 300; i++) { /* more tables than there can be */
        char *longer = mem_format("%srows 1 t%d\n", changed, i);
        free(changed);
        changed = longer;
    }
    refuse(changed);
    free(changed);
    free(text);
    backup_head_clear(&head);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_comes_back),
        cmocka_unit_test(test_what_is_no_head_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
