/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The tear-down fails when a temporary file stayed, which no key file may leave behind.
 */
#include "tests/unit/crypto_place.h"
#include "base/log.h"
#include "base/mem.h"
#include "crypto/random.h"
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

int place_make(void **state)
{
    char template[] = "/tmp/undersign-crypto-XXXXXX";
    struct place *place = MEM_NEW(struct place);

    random_open();
    log_open("crypto_test", LOG_LEVEL_ERROR);
    if (mkdtemp(template) == NULL || rmdir(template) != 0)
        return -1;
    place->keys = mem_string(template);
    *state = place;
    return keyring_open(place->keys, &place->keyring) == US_OK ? 0 : -1;
}

int place_remove(void **state)
{
    struct place *place = *state;
    DIR *folder = opendir(place->keys);
    struct dirent *entry;
    int leftovers = 0;

    keyring_free(place->keyring);
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (strstr(entry->d_name, ".tmp") != NULL)
            leftovers++;
        if (entry->d_name[0] != '.')
            (void)unlinkat(dirfd(folder), entry->d_name, 0);
    }
    if (folder != NULL)
        (void)closedir(folder);
    (void)rmdir(place->keys);
    free(place->keys);
    free(place);
    return leftovers == 0 ? 0 : -1;
}

void place_reopen(struct place *place)
{
    keyring_free(place->keyring);
    place->keyring = NULL;
    assert_int_equal(keyring_open(place->keys, &place->keyring), US_OK);
}

char *place_path(const struct place *place, const char *name)
{
    return mem_format("%s/%s", place->keys, name);
}

bool place_has(const struct place *place, const char *name)
{
    char *path = place_path(place, name);
    bool there = access(path, F_OK) == 0;

    free(path);
    return there;
}
