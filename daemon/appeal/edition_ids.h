/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A set of signatures' internal ids, as an edition freezes it: ascending, 8 bytes each in the
 * store, big-endian. */
#ifndef APPEAL_EDITION_IDS_H
#define APPEAL_EDITION_IDS_H

#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct edition_ids {
    int64_t *ids;
    size_t count, capacity;
};

void edition_ids_add(struct edition_ids *set, int64_t id);
/* After adding, before asking or packing. Each id stays once. */
void edition_ids_sort(struct edition_ids *set);
bool edition_ids_has(const struct edition_ids *set, int64_t id);
/* Whether the two sorted sets have any id in common. */
bool edition_ids_meet(const struct edition_ids *one, const struct edition_ids *other);
bool edition_ids_are_equal(const struct edition_ids *one, const struct edition_ids *other);
/* The caller's (free()); never NULL. */
uint8_t *edition_ids_pack(const struct edition_ids *set, size_t *len);
/* Adds what was packed; US_CORRUPT, with nothing added, for what was not. Sort afterwards. */
US_MUST_CHECK enum us_err edition_ids_read(struct edition_ids *set, const void *data, size_t len);
void edition_ids_clear(struct edition_ids *set);

#endif
