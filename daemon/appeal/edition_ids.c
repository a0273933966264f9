/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "appeal/edition_ids.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

#define ID_BYTES 8

void edition_ids_add(struct edition_ids *set, int64_t id)
{
    if (set->count == set->capacity) {
        set->capacity = set->capacity > 0 ? 2 * set->capacity : 64;
        set->ids = mem_resize(set->ids, set->capacity, sizeof(*set->ids));
    }
    set->ids[set->count++] = id;
}

static int compare_ids(const void *a, const void *b)
{
    const int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;

    return (one > other) - (one < other);
}

void edition_ids_sort(struct edition_ids *set)
{
    size_t kept = 0;

    if (set->count > 0)
        qsort(set->ids, set->count, sizeof(*set->ids), compare_ids);
    for (size_t i = 0; i < set->count; i++) {
        if (kept == 0 || set->ids[i] != set->ids[kept - 1])
            set->ids[kept++] = set->ids[i];
    }
    set->count = kept;
}

bool edition_ids_has(const struct edition_ids *set, int64_t id)
{
    return set->count > 0 &&
           bsearch(&id, set->ids, set->count, sizeof(*set->ids), compare_ids) != NULL;
}

bool edition_ids_meet(const struct edition_ids *one, const struct edition_ids *other)
{
    for (size_t i = 0, k = 0; i < one->count && k < other->count;) {
        if (one->ids[i] == other->ids[k])
            return true;
        if (one->ids[i] < other->ids[k])
            i++;
        else
            k++;
    }
    return false;
}

bool edition_ids_are_equal(const struct edition_ids *one, const struct edition_ids *other)
{
    return one->count == other->count &&
           (one->count == 0 || memcmp(one->ids, other->ids, one->count * sizeof(*one->ids)) == 0);
}

uint8_t *edition_ids_pack(const struct edition_ids *set, size_t *len)
{
    uint8_t *data = mem_alloc(set->count * ID_BYTES + 1);

    for (size_t i = 0; i < set->count; i++) {
        uint64_t id = (uint64_t)set->ids[i];
        for (size_t k = 0; k < ID_BYTES; k++)
            data[i * ID_BYTES + k] = (uint8_t)(id >> (8 * (ID_BYTES - 1 - k)));
    }
    *len = set->count * ID_BYTES;
    return data;
}

enum us_err edition_ids_read(struct edition_ids *set, const void *data, size_t len)
{
    const uint8_t *bytes = data;

    if (len % ID_BYTES != 0)
        return US_CORRUPT;
    for (size_t i = 0; i < len; i += ID_BYTES) {
        uint64_t id = 0;
        for (size_t k = 0; k < ID_BYTES; k++)
            id = id << 8 | bytes[i + k];
        edition_ids_add(set, (int64_t)id);
    }
    return US_OK;
}

void edition_ids_clear(struct edition_ids *set)
{
    free(set->ids);
    *set = (struct edition_ids){.count = 0};
}
