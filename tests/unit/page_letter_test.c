/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Published letters in memory: one copy for all, only what was published, and never too much. */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "page/letters.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE 1000

struct place {
    char folder[64];
    struct public_letter one, two, three;
};

static void write_file(const char *path, const void *data, size_t len)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void make_letter(struct place *place, const char *name, int fill, struct public_letter *out)
{
    unsigned char bytes[SIZE];
    memset(bytes, fill, sizeof bytes);
    *out = (struct public_letter){
        .language = "ru",
        .version = 1,
        .size = SIZE,
        .path = mem_format("%s/%s.pdf", place->folder, name),
    };
    digest_sha256(bytes, sizeof bytes, out->digest);
    write_file(out->path, bytes, sizeof bytes);
}

static int set_up(void **state)
{
    struct place *place = MEM_NEW(struct place);
    strcpy(place->folder, "/tmp/undersign-letter-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    make_letter(place, "one", 1, &place->one);
    make_letter(place, "two", 2, &place->two);
    make_letter(place, "three", 3, &place->three);
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    char *command = mem_format("rm -rf %s", place->folder);
    assert_int_equal(system(command), 0);
    free(command);
    free(place->one.path);
    free(place->two.path);
    free(place->three.path);
    free(place);
    return 0;
}

/* The file is read once: whoever comes while somebody has it gets the same bytes. */
static void test_one_copy(void **state)
{
    struct place *place = *state;
    struct letters *letters = letters_new(SIZE);
    struct letter_file *first, *second;
    size_t len;
    assert_int_equal(letters_open(letters, &place->one, &first), US_OK);
    assert_int_equal(unlink(place->one.path), 0);
    assert_int_equal(letters_open(letters, &place->one, &second), US_OK);
    assert_ptr_equal(letter_file_data(first, &len), letter_file_data(second, &len));
    assert_int_equal(len, SIZE);
    assert_int_equal(((const char *)letter_file_data(first, &len))[SIZE - 1], 1);
    assert_int_equal(strlen(letter_file_tag(first)), 66);
    letter_file_unref(first);
    letter_file_unref(letter_file_ref(second));
    letter_file_unref(second);
    assert_int_equal(letters_open(letters, &place->one, &first), US_IO); /* nobody has it now */
    letters_free(letters);
}

/* What is being sent counts; a letter that has no room is asked for again later. */
static void test_bound(void **state)
{
    struct place *place = *state;
    struct letters *letters = letters_new(2 * SIZE + SIZE / 2);
    struct letter_file *one, *two, *three;
    assert_int_equal(letters_open(letters, &place->one, &one), US_OK);
    assert_int_equal(letters_open(letters, &place->two, &two), US_OK);
    assert_int_equal(letters_open(letters, &place->three, &three), US_BUSY);
    letter_file_unref(one);
    assert_int_equal(letters_open(letters, &place->three, &three), US_OK);
    letter_file_unref(two);
    letter_file_unref(three);
    letters_free(letters);
}

/* Nothing but the published bytes, and what could not be read takes no room. */
static void test_other_bytes(void **state)
{
    struct place *place = *state;
    struct letters *letters = letters_new(SIZE);
    struct letter_file *file;
    unsigned char bytes[SIZE + 1];
    memset(bytes, 1, sizeof bytes);
    bytes[SIZE / 2] = 0;
    write_file(place->one.path, bytes, SIZE);
    assert_int_equal(letters_open(letters, &place->one, &file), US_CORRUPT);
    bytes[SIZE / 2] = 1;
    write_file(place->one.path, bytes, SIZE + 1);
    assert_int_equal(letters_open(letters, &place->one, &file), US_CORRUPT);
    write_file(place->one.path, bytes, SIZE - 1);
    assert_int_equal(letters_open(letters, &place->one, &file), US_CORRUPT);
    assert_int_equal(unlink(place->one.path), 0);
    assert_int_equal(letters_open(letters, &place->one, &file), US_IO);
    assert_int_equal(mkdir(place->one.path, 0700), 0);
    assert_int_equal(letters_open(letters, &place->one, &file), US_CORRUPT);
    assert_int_equal(rmdir(place->one.path), 0);
    assert_int_equal(symlink(place->two.path, place->one.path), 0);
    assert_int_equal(letters_open(letters, &place->one, &file), US_IO);
    assert_int_equal(unlink(place->one.path), 0);
    assert_int_equal(mkfifo(place->one.path, 0600), 0); /* nor does anything wait at it */
    assert_int_equal(letters_open(letters, &place->one, &file), US_CORRUPT);
    place->two.size = (int64_t)DELIVERY_FILE_MOST + 1;
    assert_int_equal(letters_open(letters, &place->two, &file), US_CORRUPT);
    assert_int_equal(letters_open(letters, &place->three, &file), US_OK);
    letter_file_unref(file);
    letters_free(letters);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_copy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bound, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_other_bytes, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
