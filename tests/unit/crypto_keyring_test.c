/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The keyring's files: nobody else can read them, what was destroyed is gone, and threads that ask
 * at once get the same key.
 */
#include "base/mem.h"
#include "crypto/keyring.h"
#include "crypto/random.h"
#include "tests/unit/crypto_place.h"
#include <dirent.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define DAY 20779 /* 2026-11-22 */

static void change_mode(const struct place *place, const char *name, mode_t mode)
{
    char *path = place_path(place, name);

    assert_int_equal(chmod(path, mode), 0);
    free(path);
}

static void test_files_are_private(void **state)
{
    struct place *place = *state;
    uint8_t hash[KEYRING_HASH_SIZE], *value;
    struct dirent *entry;
    struct stat info;
    size_t len;
    int files = 0;
    DIR *folder;
    mode_t was = umask(0);

    assert_int_equal(stat(place->keys, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0700);
    assert_int_equal(keyring_appeal_hash(place->keyring, 5, "a", 1, hash), US_OK);
    assert_int_equal(keyring_day_encrypt(place->keyring, DAY, "c", 1, "a", 1, &value, &len), US_OK);
    free(value);
    (void)umask(was);

    folder = opendir(place->keys);
    assert_non_null(folder);
    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        assert_int_equal(fstatat(dirfd(folder), entry->d_name, &info, 0), 0);
        assert_int_equal(info.st_mode & 07777, 0600);
        assert_int_equal(info.st_nlink, 1);
        files++;
    }
    (void)closedir(folder);
    assert_int_equal(files, 3); /* and no temporary file */
    assert_true(place_has(place, "site.key"));
    assert_true(place_has(place, "appeal-5.key"));
    assert_true(place_has(place, "day-2026-11-22.key"));
}

static void assert_open_fails(const struct place *place, enum us_err expected)
{
    struct keyring *keyring = NULL;

    assert_int_equal(keyring_open(place->keys, &keyring), expected);
    assert_null(keyring);
}

static void test_open_refuses(void **state)
{
    struct place *place = *state;
    uint8_t hash[KEYRING_HASH_SIZE];
    char *site = place_path(place, "site.key"),
         *stale = place_path(place, "day-2026-01-01.key.tmp");
    FILE *file;

    assert_int_equal(keyring_appeal_hash(place->keyring, 5, "a", 1, hash), US_OK);
    change_mode(place, "appeal-5.key", 0640);
    assert_open_fails(place, US_DENIED);
    change_mode(place, "appeal-5.key", 0602);
    assert_open_fails(place, US_DENIED);
    change_mode(place, "appeal-5.key", 0600);
    change_mode(place, "site.key", 0604);
    assert_open_fails(place, US_DENIED);
    change_mode(place, "site.key", 0600);
    assert_int_equal(chmod(place->keys, 0750), 0);
    assert_open_fails(place, US_DENIED);
    assert_int_equal(chmod(place->keys, 0700), 0);

    /* A file left by a crash goes; a key cut short is never replaced by a new one. */
    file = fopen(stale, "w");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
    place_reopen(place);
    assert_false(place_has(place, "day-2026-01-01.key.tmp"));
    assert_int_equal(truncate(site, 32), 0);
    assert_open_fails(place, US_CORRUPT);
    assert_int_equal(truncate(site, 34), 0);
    assert_open_fails(place, US_CORRUPT);
    assert_int_equal(truncate(site, 0), 0);
    assert_open_fails(place, US_CORRUPT);
    free(site);
    free(stale);
}

static void test_hashes(void **state)
{
    struct place *place = *state;
    uint8_t hash[6][KEYRING_HASH_SIZE], again[KEYRING_HASH_SIZE];

    assert_int_equal(keyring_site_hash(place->keyring, "mailbox", "a@b", 3, hash[0]), US_OK);
    assert_int_equal(keyring_site_hash(place->keyring, "mailbox", "a@c", 3, hash[1]), US_OK);
    assert_int_equal(keyring_site_hash(place->keyring, "mailboxx", "a@b", 3, hash[2]), US_OK);
    assert_int_equal(keyring_site_hash(place->keyring, "code", "a@b", 3, hash[3]), US_OK);
    assert_int_equal(keyring_appeal_hash(place->keyring, 1, "a@b", 3, hash[4]), US_OK);
    assert_int_equal(keyring_appeal_hash(place->keyring, 2, "a@b", 3, hash[5]), US_OK);
    for (int a = 0; a < 6; a++) {
        for (int b = 0; b < a; b++)
            assert_memory_not_equal(hash[a], hash[b], KEYRING_HASH_SIZE);
    }

    /* They outlive the process: the keys are in the files. */
    place_reopen(place);
    assert_int_equal(keyring_site_hash(place->keyring, "mailbox", "a@b", 3, again), US_OK);
    assert_memory_equal(again, hash[0], KEYRING_HASH_SIZE);
    assert_int_equal(keyring_appeal_hash(place->keyring, 2, "a@b", 3, again), US_OK);
    assert_memory_equal(again, hash[5], KEYRING_HASH_SIZE);
}

/* Known answers, from another implementation of BLAKE2b, for a site key of bytes 0, 1, 2...: were
 * the derivation to change, every link that was mailed would be dead. */
static void test_hash_vectors(void **state)
{
    struct place *place = *state;
    char *site = place_path(place, "site.key"), *appeal = place_path(place, "appeal-77.key");
    uint8_t bytes[33] = {1}, hash[KEYRING_HASH_SIZE];
    const char *paths[] = {site, appeal};

    for (uint8_t i = 0; i < 32; i++)
        bytes[1 + i] = i;
    for (int i = 0; i < 2; i++) {
        FILE *file = fopen(paths[i], "w");

        assert_non_null(file);
        assert_int_equal(fwrite(bytes, 1, sizeof(bytes), file), sizeof(bytes));
        assert_int_equal(fclose(file), 0);
        assert_int_equal(chmod(paths[i], 0600), 0);
    }
    place_reopen(place);
    assert_int_equal(keyring_site_hash(place->keyring, "mailbox", "a@b", 3, hash), US_OK);
    assert_memory_equal(hash, "\x0f\xff\xff\x3a\xfa\x79\xf2\x56\x09\x10\xe0\x82\x12\x85\x3a\x71",
                        sizeof(hash));
    assert_int_equal(keyring_appeal_hash(place->keyring, 77, "a@b", 3, hash), US_OK);
    assert_memory_equal(hash, "\xef\x83\xfb\x58\xb6\x85\x22\xdc\x17\x0e\x73\x89\xc7\xcf\xd4\x1e",
                        sizeof(hash));
    free(site);
    free(appeal);
}

static void test_appeal_destroyed(void **state)
{
    struct place *place = *state;
    uint8_t before[KEYRING_HASH_SIZE], hash[KEYRING_HASH_SIZE];

    assert_int_equal(keyring_appeal_hash(place->keyring, 1, "a", 1, before), US_OK);
    assert_int_equal(keyring_appeal_hash(place->keyring, 12, "a", 1, before), US_OK);
    assert_int_equal(keyring_appeal_destroy(place->keyring, 1), US_OK);
    assert_false(place_has(place, "appeal-1.key"));
    assert_int_equal(keyring_appeal_hash(place->keyring, 1, "a", 1, hash), US_EXPIRED);
    place_reopen(place);
    assert_int_equal(keyring_appeal_hash(place->keyring, 1, "a", 1, hash), US_EXPIRED);
    assert_int_equal(keyring_appeal_destroy(place->keyring, 1), US_OK);
    assert_int_equal(keyring_appeal_hash(place->keyring, 12, "a", 1, hash), US_OK);
    assert_memory_equal(hash, before, sizeof(hash));
}

/* One that somebody took away is not made anew, while the service runs; nor does a look make one.
 */
static void test_appeal_lost(void **state)
{
    struct place *place = *state;
    uint8_t before[KEYRING_HASH_SIZE], hash[KEYRING_HASH_SIZE];
    char *key, *away;

    assert_int_equal(keyring_peek_appeal(place->keys, 5), US_NOT_FOUND);
    assert_false(place_has(place, "appeal-5.key"));
    assert_int_equal(keyring_appeal_hash(place->keyring, 5, "a", 1, before), US_OK);
    assert_int_equal(keyring_peek_appeal(place->keys, 5), US_OK);
    place_reopen(place); /* so that it is not in memory */
    key = place_path(place, "appeal-5.key");
    away = place_path(place, "away");
    assert_int_equal(rename(key, away), 0);
    assert_int_equal(keyring_appeal_hash(place->keyring, 5, "a", 1, hash), US_IO);
    assert_false(place_has(place, "appeal-5.key"));
    assert_int_equal(keyring_peek_appeal(place->keys, 5), US_NOT_FOUND);
    assert_int_equal(rename(away, key), 0);
    assert_int_equal(keyring_appeal_hash(place->keyring, 5, "a", 1, hash), US_OK);
    assert_memory_equal(hash, before, sizeof(hash));
    assert_int_equal(keyring_appeal_destroy(place->keyring, 5), US_OK);
    assert_int_equal(keyring_peek_appeal(place->keys, 5), US_OK);
    assert_int_equal(keyring_peek_appeal("/nowhere", 5), US_NOT_FOUND);
    free(key);
    free(away);
}

/* Destroying overwrites: whoever holds the file open sees zeros, not the key. */
static void test_destroyed_is_overwritten(void **state)
{
    struct place *place = *state;
    char *path = place_path(place, "appeal-1.key");
    uint8_t hash[KEYRING_HASH_SIZE], bytes[64];
    FILE *file;

    assert_int_equal(keyring_appeal_hash(place->keyring, 1, "a", 1, hash), US_OK);
    file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(keyring_appeal_destroy(place->keyring, 1), US_OK);
    assert_int_equal(fread(bytes, 1, sizeof(bytes), file), 33);
    for (int i = 0; i < 33; i++)
        assert_int_equal(bytes[i], 0);
    assert_int_equal(fclose(file), 0);
    free(path);
}

static void test_days_destroyed(void **state)
{
    struct place *place = *state;
    uint8_t *value[3], *plain = NULL;
    size_t len[3], plain_len = 0;

    for (int i = 0; i < 3; i++)
        assert_int_equal(
            keyring_day_encrypt(place->keyring, DAY + i, "c", 1, "text", 4, &value[i], &len[i]),
            US_OK);
    assert_int_equal(keyring_day_destroy_before(place->keyring, DAY + 2), US_OK);
    assert_false(place_has(place, "day-2026-11-22.key"));
    assert_false(place_has(place, "day-2026-11-23.key"));
    assert_true(place_has(place, "day-2026-11-24.key"));
    assert_true(place_has(place, "site.key"));

    /* Neither memory nor disk has them. */
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 2; i++)
            assert_int_equal(
                keyring_day_decrypt(place->keyring, "c", 1, value[i], len[i], &plain, &plain_len),
                US_EXPIRED);
        assert_null(plain);
        assert_int_equal(
            keyring_day_decrypt(place->keyring, "c", 1, value[2], len[2], &plain, &plain_len),
            US_OK);
        assert_string_equal((char *)plain, "text");
        keyring_wipe_free(plain, plain_len);
        plain = NULL;
        place_reopen(place);
    }
    for (int i = 0; i < 3; i++)
        free(value[i]);
}

/* More keys than are kept in memory: those given up are read again, and the site's stays. */
static void test_many_keys(void **state)
{
    struct place *place = *state;
    uint8_t first[200][KEYRING_HASH_SIZE], hash[KEYRING_HASH_SIZE], site[KEYRING_HASH_SIZE];
    char *path = place_path(place, "site.key");

    assert_int_equal(keyring_site_hash(place->keyring, "mailbox", "a", 1, site), US_OK);
    for (int i = 0; i < 200; i++)
        assert_int_equal(keyring_appeal_hash(place->keyring, i + 1, "a", 1, first[i]), US_OK);
    for (int i = 0; i < 200; i++) {
        assert_int_equal(keyring_appeal_hash(place->keyring, i + 1, "a", 1, hash), US_OK);
        assert_memory_equal(hash, first[i], sizeof(hash));
    }
    assert_int_equal(unlink(path), 0);
    free(path);
    assert_int_equal(keyring_site_hash(place->keyring, "mailbox", "a", 1, hash), US_OK);
    assert_memory_equal(hash, site, sizeof(hash));
}

static void *ask(void *arg)
{
    struct keyring *keyring = arg;
    uint8_t(*hashes)[KEYRING_HASH_SIZE] = mem_resize(NULL, 100, KEYRING_HASH_SIZE);

    for (int i = 0; i < 100; i++) {
        uint8_t *value, *plain;
        size_t len, plain_len;

        if (keyring_appeal_hash(keyring, i + 1, "a", 1, hashes[i]) != US_OK ||
            keyring_day_encrypt(keyring, DAY + i, "c", i, "text", 4, &value, &len) != US_OK)
            abort();
        if (keyring_day_decrypt(keyring, "c", i, value, len, &plain, &plain_len) != US_OK)
            abort();
        keyring_wipe_free(plain, plain_len);
        free(value);
    }
    return hashes;
}

/* Threads that ask for a key which is not there yet must all get the same one. */
static void test_threads(void **state)
{
    struct place *place = *state;
    pthread_t threads[4];
    void *hashes[4];

    for (int t = 0; t < 4; t++)
        assert_int_equal(pthread_create(&threads[t], NULL, ask, place->keyring), 0);
    for (int t = 0; t < 4; t++)
        assert_int_equal(pthread_join(threads[t], &hashes[t]), 0);
    for (int t = 1; t < 4; t++) {
        assert_memory_equal(hashes[t], hashes[0], 100 * KEYRING_HASH_SIZE);
        free(hashes[t]);
    }
    free(hashes[0]);
}

/* What a database keeps of a key: the same read without opening, and nothing is made by looking. */
static void test_mark(void **state)
{
    struct place *place = *state;
    uint8_t mark[KEYRING_HASH_SIZE], found[KEYRING_HASH_SIZE];
    char *missing = mem_format("%s-not", place->keys), *file = place_path(place, "site.key");

    assert_int_equal(keyring_mark(place->keyring, mark), US_OK);
    assert_int_equal(keyring_peek_mark(place->keys, found), US_OK);
    assert_memory_equal(mark, found, sizeof(mark));
    assert_int_equal(keyring_peek_mark(missing, found), US_NOT_FOUND);
    assert_int_not_equal(access(missing, F_OK), 0);
    assert_int_equal(unlink(file), 0);
    assert_int_equal(keyring_peek_mark(place->keys, found), US_NOT_FOUND);
    assert_false(place_has(place, "site.key"));
    free(missing);
    free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_files_are_private, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_open_refuses, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_mark, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_hashes, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_hash_vectors, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_appeal_destroyed, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_appeal_lost, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_destroyed_is_overwritten, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_days_destroyed, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_many_keys, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_threads, place_make, place_remove),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
