/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A folder of its own for each test, with a fresh keyring in it; cmocka's set-up and tear-down. */
#ifndef TESTS_UNIT_CRYPTO_PLACE_H
#define TESTS_UNIT_CRYPTO_PLACE_H

#include "crypto/keyring.h"
#include <stdbool.h>

struct place {
    char *keys; /* the keyring's folder */
    struct keyring *keyring;
};

int place_make(void **state);
int place_remove(void **state);
/* Closes the keyring and opens it again, as a new start of the service would. */
void place_reopen(struct place *place);
/* The path of a file among the keys, to be freed; and whether it is there. */
char *place_path(const struct place *place, const char *name);
bool place_has(const struct place *place, const char *name);

#endif
