/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The head of a backup: it comes back as it was written, and what was not written so is refused.
 * What of the time since a restore does again. Which databases from before are old.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal/backup_head.h"
#include "appeal/backup_kept.h"
#include "appeal/backup_since.h"
#include "base/clock.h"
#include "base/mem.h"
#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* ---- what is done again ---- */

static void test_what_takes_off_is_done_again(void **state)
{
    static const struct {
        enum signature_state then, now;
        char done; /* m: moved, w: withdrawn, u: undone, -: nothing */
    } cases[] = {
        {SIGNATURE_LISTED, SIGNATURE_LISTED, '-'},
        {SIGNATURE_LISTED, SIGNATURE_STRUCK, 'm'},
        {SIGNATURE_LISTED, SIGNATURE_REFUSED, 'm'},
        {SIGNATURE_LISTED, SIGNATURE_HELD, 'm'},
        {SIGNATURE_LISTED, SIGNATURE_CONFIRMED, 'm'},
        {SIGNATURE_LISTED, SIGNATURE_WITHDRAWN, 'w'},
        {SIGNATURE_CONFIRMED, SIGNATURE_HELD, 'm'},
        {SIGNATURE_CONFIRMED, SIGNATURE_REFUSED, 'm'},
        {SIGNATURE_HELD, SIGNATURE_STRUCK, 'm'},
        {SIGNATURE_REFUSED, SIGNATURE_STRUCK, 'm'},
        {SIGNATURE_STRUCK, SIGNATURE_WITHDRAWN, 'w'},
        {SIGNATURE_CONFIRMED, SIGNATURE_LISTED, 'u'},
        {SIGNATURE_STRUCK, SIGNATURE_LISTED, 'u'},
        {SIGNATURE_HELD, SIGNATURE_CONFIRMED, 'u'},
        {SIGNATURE_WITHDRAWN, SIGNATURE_LISTED, '-'},
        {SIGNATURE_WITHDRAWN, SIGNATURE_STRUCK, '-'},
        {SIGNATURE_REFUSED, SIGNATURE_CONFIRMED, 'u'},
        {SIGNATURE_WITHDRAWN, SIGNATURE_HELD, '-'},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct backup_known then = {.state = cases[i].then}, now = {.state = cases[i].now};
        struct backup_since since = backup_since_compare(&now, &then);
        if (since.moves != (cases[i].done == 'm') || since.withdraws != (cases[i].done == 'w') ||
            since.is_undone != (cases[i].done == 'u'))
            fail_msg("%s, now %s", signature_state_name(cases[i].then),
                     signature_state_name(cases[i].now));
        assert_int_equal(backup_since_is_carried(&since),
                         cases[i].done == 'm' || cases[i].done == 'w');
        now.is_absent = true; /* only remembered: nobody decided anything of it since */
        assert_false(backup_since_compare(&now, &then).is_undone);
    }
}

static void test_wishes_are_kept(void **state)
{
    struct backup_known then = {
        .state = SIGNATURE_LISTED, .wants_news = true, .has_logo = true, .logo = {1}};
    struct backup_known now = then;

    (void)state;
    assert_false(backup_since_compare(&now, &then).drops_news);
    assert_false(backup_since_compare(&now, &then).drops_logo);
    now.wants_news = false;
    assert_true(backup_since_compare(&now, &then).drops_news);
    now.logo[0] = 2;
    assert_true(backup_since_compare(&now, &then).drops_logo);
    now = (struct backup_known){.state = SIGNATURE_LISTED};
    assert_true(backup_since_compare(&now, &then).drops_logo);
    /* What was asked for since is not taken from whoever is not asked. */
    assert_false(backup_since_compare(&then, &now).drops_news);
    assert_false(backup_since_compare(&then, &now).drops_logo);

    now.is_erased = true;
    assert_true(backup_since_compare(&now, &then).erases);
    assert_false(backup_since_ends_form(&then));
    assert_true(backup_since_ends_form(&now));
    then.is_erased = true;
    assert_false(backup_since_compare(&now, &then).erases);
    /* Of a struck one more is erased than of a listed one. */
    now.state = SIGNATURE_STRUCK;
    assert_true(backup_since_compare(&now, &then).erases);
    then.is_erased = now.is_erased = false;
    assert_false(backup_since_compare(&now, &then).erases);
    assert_true(backup_since_ends_form(&now));
}

/* ---- databases from before ---- */

static void touch(const char *folder, const char *name)
{
    char *path = mem_format("%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    close(fd);
    free(path);
}

static void test_old_databases(void **state)
{
    static const char *const names[] = {
        "a.db",
        "a.db.before-20260101T000000Z",
        "a.db.before-20260101T000000Z-2",
        "a.db.before-20260101T000000Z-wal",
        "a.db.before-20260103T000000Z",
        "a.db.before-mine",
        "b.db.before-20200101T000000Z",
        "a.db.schema-1",
    };
    char folder[] = "/tmp/undersign-kept-XXXXXX";
    struct config config = {.store_path = NULL};
    int64_t second = INT64_C(1767312000) * CLOCK_SECOND; /* 2026-01-02 */
    struct backup_kept kept;

    (void)state;
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        touch(folder, names[i]);
    config.store_path = mem_format("%s/a.db", folder);
    backup_kept_find(&config, second, &kept);
    assert_int_equal(kept.count, 2);
    assert_string_equal(strrchr(kept.oldest, '/') + 1, names[1]);
    backup_kept_clear(&kept);
    backup_kept_find(&config, second - 2 * CLOCK_DAY, &kept);
    assert_int_equal(kept.count, 0);
    assert_null(kept.oldest);
    backup_kept_clear(&kept);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char *path = mem_format("%s/%s", folder, names[i]);
        assert_int_equal(unlink(path), 0);
        free(path);
    }
    assert_int_equal(rmdir(folder), 0);
    backup_kept_find(&config, second, &kept); /* nothing to look into */
    assert_int_equal(kept.count, 0);
    free(config.store_path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_comes_back),
        cmocka_unit_test(test_what_is_no_head_is_refused),
        cmocka_unit_test(test_what_takes_off_is_done_again),
        cmocka_unit_test(test_wishes_are_kept),
        cmocka_unit_test(test_old_databases),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
