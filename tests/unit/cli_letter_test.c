/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What letters are made of on the command line's side: the service's rows taken apart and not
 * trusted, files and folders that are whole or not there, names of files, a command to type again.
 * The commands themselves are tested against the real programs in tests/cli.
 */
#include "base/mem.h"
#include "cli/ask.h"
#include "cli/letter_rows.h"
#include "cli/progress.h"
#include "cli/target.h"
#include "cli/upload.h"
#include "text/language.h"
#include "text/unicode.h"
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define COLUMNS ((size_t)64)

/* ---- rows ---- */

/* A letter's row with these texts by column name; the list ends with NULL. */
static enum us_err keep_letter(struct letter_rows *rows, struct fault *fault,
                               const char *const *pairs)
{
    struct row_value values[COLUMNS] = {{.is_set = false}};

    for (size_t i = 0; pairs[i] != NULL; i += 2) {
        for (size_t k = 0; k < row_letter.count; k++) {
            if (strcmp(row_letter.columns[k].name, pairs[i]) == 0)
                values[k] = row_text(pairs[i + 1]);
        }
    }
    return letter_rows_keep(rows, &row_letter, values, fault);
}

static enum us_err keep_line(struct letter_rows *rows, const char *part, const char *text)
{
    const struct row_value values[] = {row_text(part), row_number(0), row_text("en"),
                                       row_text(text)};
    struct fault fault = {.text = ""};

    return letter_rows_keep(rows, &row_line, values, &fault);
}

static enum us_err keep_totals(struct letter_rows *rows)
{
    const struct row_value values[] = {row_text("public"), row_number(1), row_number(3),
                                       row_number(2),      row_number(9), row_number(1)};
    struct fault fault = {.text = ""};

    return letter_rows_keep(rows, &row_totals, values, &fault);
}

#define PAIRS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_a_letter_is_put_together(void **state)
{
    struct letter_rows *rows = letter_rows_new();
    struct fault fault = {.text = ""};
    struct letter *letter;

    (void)state;
    assert_int_equal(keep_letter(rows, &fault,
                                 PAIRS("slug", "x", "language", "en", "body", "Words.",
                                       "addressee_kind", "international", "form", "individual",
                                       "edition", "accession", "procedure", "complaint")),
                     US_OK);
    assert_int_equal(keep_line(rows, "letterhead", "Head"), US_OK);
    assert_int_equal(keep_line(rows, "convention", "C087"), US_OK);
    assert_int_equal(keep_line(rows, "copy", "The Gazette"), US_OK);
    assert_int_equal(keep_line(rows, "signer-title", "Chair"), US_OK);
    assert_int_equal(keep_line(rows, "signer-name", "A. B."), US_OK);
    assert_int_equal(keep_line(rows, "signer-title", "Secretary"), US_OK);
    assert_int_equal(keep_line(rows, "signer-name", NULL), US_OK);
    assert_int_equal(keep_totals(rows), US_OK);
    assert_int_equal(letter_rows_end(rows, &letter, &fault), US_OK);
    assert_int_equal(letter->profile, LETTER_INTERNATIONAL);
    assert_int_equal(letter->edition, LETTER_ACCESSION);
    assert_int_equal(letter->procedure, LETTER_COMPLAINT);
    assert_true(letter->is_individual);
    assert_int_equal(letter->letterhead_count, 1);
    assert_string_equal(letter->conventions.texts[0], "C087");
    assert_string_equal(letter->copies.texts[0], "The Gazette");
    assert_int_equal(letter->signer_count, 2);
    assert_string_equal(letter->signers[0].name, "A. B.");
    assert_string_equal(letter->signers[1].titles[0], "Secretary");
    assert_null(letter->signers[1].name);
    assert_int_equal(letter->named, 3);
    letter_rows_free(rows);
}

static void test_an_unknown_kind_is_no_letter(void **state)
{
    static const char *const names[] = {"addressee_kind", "form", "edition", "procedure"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct letter_rows *rows = letter_rows_new();
        struct fault fault = {.text = ""};

        assert_int_equal(
            keep_letter(rows, &fault, PAIRS("language", "en", "body", "x", names[i], "new")),
            US_INVALID);
        assert_true(fault.text[0] != '\0');
        letter_rows_free(rows);
    }
}

static void test_what_is_missing_is_no_letter(void **state)
{
    struct fault fault = {.text = ""};
    struct letter *letter;

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct letter_rows *rows = letter_rows_new();

        if (i == 1)
            assert_int_equal(keep_letter(rows, &fault, PAIRS("language", "en", "body", "x")),
                             US_OK);
        if (i == 2) {
            assert_int_equal(keep_letter(rows, &fault, PAIRS("language", "en")), US_OK);
            assert_int_equal(keep_totals(rows), US_OK);
        }
        assert_int_equal(letter_rows_end(rows, &letter, &fault), US_INVALID);
        letter_rows_free(rows);
    }
}

static void test_lines_and_images_are_bounded(void **state)
{
    struct letter_rows *rows = letter_rows_new();
    struct row_value image[] = {row_text("letterhead.svg"), row_text("PHN2Zz4=")};
    struct fault fault = {.text = ""};
    struct letter *letter;
    enum us_err err = US_OK;

    (void)state;
    assert_int_equal(keep_letter(rows, &fault, PAIRS("language", "en", "body", "x")), US_OK);
    assert_int_equal(letter_rows_keep(rows, &row_image, image, &fault), US_OK);
    assert_int_equal(keep_totals(rows), US_OK);
    assert_int_equal(letter_rows_end(rows, &letter, &fault), US_OK);
    assert_true(letter->is_svg);
    assert_int_equal(letter->image_len, 5);
    assert_memory_equal(letter->image, "<svg>", 5);
    for (int i = 0; i <= 10000 && err == US_OK; i++)
        err = keep_line(rows, "copy", "again");
    assert_int_equal(err, US_INVALID);
    letter_rows_free(rows);

    rows = letter_rows_new();
    image[1] = row_text("no base64!");
    assert_int_equal(letter_rows_keep(rows, &row_image, image, &fault), US_INVALID);
    letter_rows_free(rows);
}

/* ---- files ---- */

static char folder[] = "/tmp/undersign-letter-XXXXXX";

static char *in_folder(const char *name)
{
    return mem_format("%s/%s", folder, name);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

static void test_a_file_takes_its_place_in_the_end(void **state)
{
    char *path = in_folder("letter.pdf"), *link = in_folder("link.pdf"), text[8] = "";
    struct fault fault = {.text = ""};
    struct target target;
    struct stat there;
    FILE *file;

    (void)state;
    write_file(path, "old");
    assert_int_equal(symlink(path, link), 0);
    assert_int_equal(target_open_file(link, &target, &fault), US_OK);
    assert_false(is_there(target.temporary));
    write_file(target.temporary, "half");
    target_abandon(&target);
    target_abandon(&target); /* again is fine */
    assert_int_equal(target_open_file(link, &target, &fault), US_OK);
    write_file(target.temporary, "new");
    assert_int_equal(target_finish(&target, &fault), US_OK);
    /* Through the link, which still is one. */
    assert_int_equal(lstat(link, &there), 0);
    assert_true(S_ISLNK(there.st_mode));
    file = fopen(path, "re");
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof(text), file));
    assert_string_equal(text, "new");
    fclose(file);
    unlink(link);
    unlink(path);
    assert_int_equal(target_open_file(folder, &target, &fault), US_DUPLICATE);
    assert_int_equal(target_open_file("/nonexistent/x", &target, &fault), US_IO);
    free(path);
    free(link);
}

static void test_a_folder_is_whole_or_not_there(void **state)
{
    char *path = in_folder("letters"), *inside = in_folder("letters/one.pdf"), *half;
    struct fault fault = {.text = ""};
    struct target target;
    struct stat there;

    (void)state;
    assert_int_equal(target_open_folder(path, &target, &fault), US_OK);
    half = mem_format("%s/half.pdf", target.temporary);
    write_file(half, "half");
    target_abandon(&target);
    assert_false(is_there(half));
    assert_false(is_there(path));
    free(half);
    /* An empty one may be there already. */
    assert_int_equal(mkdir(path, 0755), 0);
    assert_int_equal(target_open_folder(path, &target, &fault), US_OK);
    half = mem_format("%s/one.pdf", target.temporary);
    write_file(half, "whole");
    assert_int_equal(target_finish(&target, &fault), US_OK);
    assert_true(is_there(inside));
    assert_int_equal(stat(path, &there), 0);
    assert_int_equal(there.st_mode & 0777, 0700);
    assert_int_equal(target_open_folder(path, &target, &fault), US_DUPLICATE);
    assert_int_equal(target_open_folder(inside, &target, &fault), US_DUPLICATE);
    unlink(inside);
    rmdir(path);
    free(half);
    free(path);
    free(inside);
}

static void test_an_upload_goes_in_blobs(void **state)
{
    char *path = in_folder("big");
    struct fault fault = {.text = ""};
    struct upload upload;
    size_t len = 0;

    (void)state;
    write_file(path, "");
    assert_int_equal(truncate(path, (off_t)UPLOAD_MOST), 0);
    assert_int_equal(upload_open(path, "letter.pdf", &upload, &fault), US_OK);
    for (size_t i = 0; i < upload.count; i++) {
        assert_true(upload.blobs[i].len <= FRAME_BLOB_MOST);
        assert_ptr_equal(upload.blobs[i].data, (const char *)upload.data + len);
        len += upload.blobs[i].len;
    }
    assert_int_equal(len, UPLOAD_MOST);
    assert_true(upload.count <= command_table[COMMAND_LETTER_PUBLISH].blobs);
    assert_true(upload.count <= command_table[COMMAND_DELIVERY_SEND].blobs);
    upload_close(&upload);
    assert_int_equal(truncate(path, (off_t)UPLOAD_MOST + 1), 0);
    assert_int_equal(upload_open(path, "letter.pdf", &upload, &fault), US_LIMITED);
    unlink(path);
    assert_int_equal(upload_open(path, "letter.pdf", &upload, &fault), US_IO);
    free(path);
}

/* ---- words ---- */

static void test_names_for_files(void **state)
{
    static const char *const pairs[][2] = {
        {"Независимый профсоюз «Пример»", "nezavisimyj-profsouz-primer"},
        {"Łódź & Größe", "lodz-grosse"},
        {"../../etc/passwd", "etc-passwd"},
        {"-rf *\n", "rf"},
        {"全国总工会", "quan-guo-zong-gong-hui"},
        {"!?", ""},
        {"", ""},
    };
    struct unicode_namer *namer = unicode_namer_new();
    char *name;

    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        name = unicode_namer_name(namer, pairs[i][0], 60);
        assert_string_equal(name, pairs[i][1]);
        free(name);
    }
    name = unicode_namer_name(namer, "one two three", 8);
    assert_string_equal(name, "one-two");
    free(name);
    unicode_namer_free(namer);
}

static void test_a_command_to_type_again(void **state)
{
    const char *arguments[] = {"unions-law"};
    struct options options = {
        .command = COMMAND_DELIVERY_SEND, .arguments = arguments, .argument_count = 1};
    char *words;

    (void)state;
    options.values[OPTION_REASON] = "it's time; rm -rf $HOME";
    options.values[OPTION_TO] = "ministry";
    options.values[OPTION_SUPPLEMENT] = "";
    words = ask_typed_words(&options, "--yes");
    assert_string_equal(words, "undersign delivery send unions-law --reason "
                               "'it'\\''s time; rm -rf $HOME' --to ministry --supplement --yes");
    free(words);
}

static void test_no_bar_without_a_terminal(void **state)
{
    int kept = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY | O_CLOEXEC);

    (void)state;
    assert_true(kept >= 0 && null >= 0);
    dup2(null, STDERR_FILENO);
    struct progress *progress = progress_new("Drawing", 10);
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(null);
    assert_null(progress);
    progress_show(progress, 3);
    progress_end(progress);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_letter_is_put_together),
        cmocka_unit_test(test_an_unknown_kind_is_no_letter),
        cmocka_unit_test(test_what_is_missing_is_no_letter),
        cmocka_unit_test(test_lines_and_images_are_bounded),
        cmocka_unit_test(test_a_file_takes_its_place_in_the_end),
        cmocka_unit_test(test_a_folder_is_whole_or_not_there),
        cmocka_unit_test(test_an_upload_goes_in_blobs),
        cmocka_unit_test(test_names_for_files),
        cmocka_unit_test(test_a_command_to_type_again),
        cmocka_unit_test(test_no_bar_without_a_terminal),
    };
    int failed;

    if (mkdtemp(folder) == NULL || language_open(NULL) != US_OK)
        return 77;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(folder);
    return failed;
}
