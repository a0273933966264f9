/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Open addressing over (country, day or hour): at most a few for each day of each country. */
#include "appeal/act_burst.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

struct slot {
    uint64_t key; /* 0: free */
    int64_t count;
};

struct act_bursts {
    struct slot *slots;
    size_t size, used; /* size: a power of two */
};

struct act_bursts *act_bursts_new(void)
{
    struct act_bursts *bursts = MEM_NEW(struct act_bursts);
    bursts->size = 1024;
    bursts->slots = mem_zero(bursts->size * sizeof *bursts->slots);
    return bursts;
}

void act_bursts_free(struct act_bursts *bursts)
{
    if (!bursts)
        return;
    free(bursts->slots);
    free(bursts);
}

static uint64_t make_key(const char *country, int64_t time, bool is_hour)
{
    uint64_t letters = 0;
    if (country && country[0])
        letters = ((uint64_t)(uint8_t)country[0] << 8) | (uint8_t)country[1];
    return ((uint64_t)time << 20) | (letters << 4) | (is_hour ? 3U : 1U);
}

static size_t find_slot(const struct act_bursts *bursts, uint64_t key)
{
    size_t at = (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (bursts->size - 1);
    while (bursts->slots[at].key != 0 && bursts->slots[at].key != key)
        at = (at + 1) & (bursts->size - 1);
    return at;
}

static void grow(struct act_bursts *bursts)
{
    struct slot *old = bursts->slots;
    size_t size = bursts->size;
    bursts->size *= 2;
    bursts->slots = mem_zero(bursts->size * sizeof *bursts->slots);
    for (size_t i = 0; i < size; i++) {
        if (old[i].key != 0)
            bursts->slots[find_slot(bursts, old[i].key)] = old[i];
    }
    free(old);
}

static void count_key(struct act_bursts *bursts, uint64_t key, int64_t count)
{
    size_t at = find_slot(bursts, key);
    bursts->used += bursts->slots[at].key == 0;
    bursts->slots[at].key = key;
    bursts->slots[at].count += count;
    if (2 * bursts->used > bursts->size)
        grow(bursts);
}

void act_bursts_add(struct act_bursts *bursts, const struct act_burst *burst)
{
    count_key(bursts, make_key(burst->country, burst->day, false), burst->count);
    if (burst->has_hour)
        count_key(bursts, make_key(burst->country, burst->hour, true), burst->count);
}

int64_t act_bursts_find(const struct act_bursts *bursts, const struct act_burst *burst)
{
    int64_t time = burst->has_hour ? burst->hour : burst->day;
    return bursts->slots[find_slot(bursts, make_key(burst->country, time, burst->has_hour))].count;
}
