/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Letters that do not come to be, and long ones on their way to the disk: wrong counts, paths that
 * cannot be written, disks that fill up at every stage. None leaves a file behind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "render/finish.h"
#include "render/letter.h"
#include "render_rig.h"
#include "render_sample.h"
#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static off_t size_of_only_file(const struct rig *rig)
{
    char *said = rig_run("stat -c %%s %s/*", rig->folder);
    off_t size = atol(said);
    free(said);
    return size;
}

static void long_lists_are_streamed(void **state)
{
    struct rig *rig = *state;
    struct fault fault = {.text = ""};
    char *body = sample_body(&sample_documents[0]);
    struct letter letter = sample_letter(&sample_documents[0], body);
    struct letter_writer *writer;
    int pages;
    letter.named = 3000;
    assert_int_equal(letter_begin(&letter, rig->path, &writer, &fault), US_OK);
    off_t before = 0;
    for (int i = 0; i < 3000; i++) {
        char name[32];
        snprintf(name, sizeof name, "Профсоюз-%d", i);
        const struct letter_signatory signatory = {.organisation = name, .country = "KZ"};
        assert_int_equal(letter_add(writer, &signatory, &fault), US_OK);
        if (i % 1000 == 999) { /* on its way to the disk */
            assert_true(size_of_only_file(rig) > before);
            before = size_of_only_file(rig);
        }
    }
    assert_int_equal(letter_end(writer, &pages, &fault), US_OK);
    assert_true(pages > 50);
    assert_int_equal(rig_count_files(rig), 1);
    char *text = rig_text(rig, "");
    const char *const parts[] = {"Профсоюз-0", "Профсоюз-1499", "Профсоюз-2999"};
    rig_assert_in_order(text, parts, 3);
    char *foot = message_fill(message_get(letter.language, "Page {page}"), "page", "7", NULL);
    assert_non_null(strstr(text, foot));
    free(foot);
    free(text);
    free(body);
}

static void wrong_counts_are_refused(void **state)
{
    struct rig *rig = *state;
    char *body = sample_body(&sample_documents[1]);
    static const int64_t announced[] = {0, 3, 2500};
    for (size_t i = 0; i < sizeof announced / sizeof *announced; i++)
        for (int64_t off = -1; off <= 1; off += 2) {
            struct fault fault = {.text = ""};
            struct letter letter = sample_letter(&sample_documents[1], body);
            struct letter_writer *writer;
            enum us_err err = US_OK;
            int pages;
            letter.named = announced[i];
            if (letter.named + off < 0)
                continue;
            assert_int_equal(letter_begin(&letter, rig->path, &writer, &fault), US_OK);
            for (int64_t n = 0; n < letter.named + off && err == US_OK; n++)
                err = letter_add(writer, &sample_named[0], &fault);
            if (off > 0) {
                assert_int_equal(err, US_CORRUPT);
                letter_abandon(writer);
            } else {
                assert_int_equal(err, US_OK);
                assert_int_equal(letter_end(writer, &pages, &fault), US_CORRUPT);
            }
            assert_true(fault.text[0] != '\0');
            assert_int_equal(rig_count_files(rig), 0);
        }
    free(body);
}

static void abandoned_letters_leave_no_file(void **state)
{
    struct rig *rig = *state;
    char *body = sample_body(&sample_documents[1]);
    for (int64_t count = 5; count < 5000; count += 4000) {
        struct fault fault = {.text = ""};
        struct letter letter = sample_letter(&sample_documents[1], body);
        struct letter_writer *writer;
        letter.named = count;
        assert_int_equal(letter_begin(&letter, rig->path, &writer, &fault), US_OK);
        for (int64_t i = 0; i < count / 2; i++)
            assert_int_equal(letter_add(writer, &sample_named[0], &fault), US_OK);
        letter_abandon(writer);
        assert_int_equal(rig_count_files(rig), 0);
    }
    letter_abandon(NULL);
    /* What was there before stays. */
    free(rig_run("echo before > %s", rig->path));
    struct fault fault = {.text = ""};
    struct letter letter = sample_letter(&sample_documents[1], body);
    struct letter_writer *writer;
    assert_int_equal(letter_begin(&letter, rig->path, &writer, &fault), US_OK);
    letter_abandon(writer);
    free(rig_run("grep -qx before %s", rig->path));
    sample_write_well(&letter, rig->path);
    free(rig_run("qpdf --check %s 2>&1", rig->path));
    free(body);
}

static void unwritable_paths_are_told(void **state)
{
    struct rig *rig = *state;
    char *body = sample_body(&sample_documents[1]);
    struct letter letter = sample_letter(&sample_documents[1], body);
    char *nowhere = mem_format("%s/none/letter.pdf", rig->folder);
    char *link = mem_format("%s/link", rig->folder);
    assert_int_equal(symlink("/dev/full", link), 0);
    /* A device would be replaced by the letter. */
    const char *const paths[] = {nowhere, rig->folder, "/dev/full", link};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct fault fault = {.text = ""};
        struct letter_writer *writer;
        assert_int_equal(letter_begin(&letter, paths[i], &writer, &fault), US_IO);
        assert_true(fault.text[0] != '\0');
    }
    struct stat found;
    assert_int_equal(stat("/dev/full", &found), 0);
    assert_true(S_ISCHR(found.st_mode));
    assert_int_equal(rig_count_files(rig), 1);
    letter.body = "<b>no letter</b>";
    struct fault fault = {.text = ""};
    struct letter_writer *writer;
    assert_int_equal(letter_begin(&letter, rig->path, &writer, &fault), US_INVALID);
    free(link);
    free(nowhere);
    free(body);
}

static off_t size_of(const char *path)
{
    struct stat found;
    assert_int_equal(stat(path, &found), 0);
    return found.st_size;
}

/* -1: as large as they like. */
static void limit_files(off_t most)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = most < 0 ? limit.rlim_max : (rlim_t)most;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* A limit on the size of files is a disk that fills up there, at every stage of the work. */
static void full_disks_leave_no_file(void **state)
{
    struct rig *rig = *state;
    char *body = sample_body(&sample_documents[0]);
    int failed = 0;
    signal(SIGXFSZ, SIG_IGN);
    for (int64_t count = 40; count < 5000; count += 2500) {
        struct letter letter = sample_letter(&sample_documents[0], body);
        letter.named = count;
        sample_write_well(&letter, rig->path);
        const off_t size = size_of(rig->path);
        unlink(rig->path);
        const off_t limits[] = {0, 100, 20000, size / 2, size - 4000, size - 1, size * 8};
        for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
            struct fault fault = {.text = ""};
            int pages;
            limit_files(limits[i]);
            enum us_err err = sample_write(&letter, rig->path, &pages, &fault);
            limit_files(-1);
            if (err == US_OK) {
                assert_true(limits[i] >= size);
                free(rig_run("qpdf --check %s 2>&1", rig->path));
                unlink(rig->path);
            } else {
                assert_int_equal(err, US_IO);
                assert_true(fault.text[0] != '\0');
                failed++;
            }
            assert_int_equal(rig_count_files(rig), 0);
        }
    }
    assert_int_equal(failed, 2 * 6);
    signal(SIGXFSZ, SIG_DFL);
    free(body);
}

/* The finished file is smaller than what is drawn, so the disks above are full before it is begun.
 */
static void finishing_fails_on_full_disks(void **state)
{
    struct rig *rig = *state;
    char *body = sample_body(&sample_documents[0]),
         *finished = mem_format("%s/finished", rig->folder);
    struct letter letter = sample_letter(&sample_documents[0], body);
    sample_write_well(&letter, rig->path);
    struct fault fault = {.text = ""};
    const struct finish_params params = {.from = rig->path, .to = finished, .language = "ru"};
    assert_int_equal(finish_pdf(&params, &fault), US_OK);
    const off_t limits[] = {0, 100, 4096, size_of(finished) - 1};
    signal(SIGXFSZ, SIG_IGN);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        limit_files(limits[i]);
        enum us_err err = finish_pdf(&params, &fault);
        limit_files(-1);
        assert_int_equal(err, US_IO);
        assert_non_null(strstr(fault.text, strerror(EFBIG)));
    }
    signal(SIGXFSZ, SIG_DFL);
    /* Nor is what is no PDF finished. */
    free(rig_run("head -c 500 /dev/zero > %s", rig->path));
    assert_int_equal(finish_pdf(&params, &fault), US_IO);
    free(finished);
    free(body);
}

/* Something comes into the way after the letter was begun. */
static void late_hindrances_leave_no_file(void **state)
{
    struct rig *rig = *state;
    char *body = sample_body(&sample_documents[0]);
    struct fault fault = {.text = ""};
    struct letter letter = sample_letter(&sample_documents[0], body);
    struct letter_writer *writer;
    int pages;
    letter.named = 1;
    assert_int_equal(letter_begin(&letter, rig->path, &writer, &fault), US_OK);
    assert_int_equal(letter_add(writer, &sample_named[0], &fault), US_OK);
    assert_int_equal(mkdir(rig->path, 0700), 0);
    assert_int_equal(letter_end(writer, &pages, &fault), US_IO);
    assert_true(fault.text[0] != '\0');
    assert_int_equal(rig_count_files(rig), 1);
    free(body);
}

#define FAULT_TEST(test) cmocka_unit_test_setup_teardown(test, rig_open, rig_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAULT_TEST(long_lists_are_streamed),         FAULT_TEST(wrong_counts_are_refused),
        FAULT_TEST(abandoned_letters_leave_no_file), FAULT_TEST(unwritable_paths_are_told),
        FAULT_TEST(full_disks_leave_no_file),        FAULT_TEST(finishing_fails_on_full_disks),
        FAULT_TEST(late_hindrances_leave_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
