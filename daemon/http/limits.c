/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One open-addressing table under one lock. It has twice as many places as there may be
 * connections, so it is never full. Prefixes stand in it as 64-bit SipHashes under a random key, so
 * that nobody can aim at one place of the table, and a core dump names nobody.
 */
#include "http/limits.h"
#include "base/clock.h"
#include "base/mem.h"
#include "crypto/random.h"
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

struct limits_place {
    uint64_t ticket; /* 0: free */
    int count;
};

struct limits {
    pthread_mutex_t lock;
    int most, most_per_prefix;
    int count;
    size_t mask;
    struct limits_place *places;
    uint8_t table_key[crypto_shorthash_KEYBYTES];
    uint8_t hour_key[crypto_shorthash_KEYBYTES];
    int64_t hour_end;
};

struct limits *limits_new(int connections, int per_prefix)
{
    struct limits *limits = MEM_NEW(struct limits);
    size_t size = 16;
    while (size < 2 * (size_t)connections)
        size *= 2;
    pthread_mutex_init(&limits->lock, NULL);
    limits->most = connections;
    limits->most_per_prefix = per_prefix;
    limits->mask = size - 1;
    limits->places = mem_zero(size * sizeof *limits->places);
    random_bytes(limits->table_key, sizeof limits->table_key);
    return limits;
}

void limits_free(struct limits *limits)
{
    if (limits == NULL)
        return;
    pthread_mutex_destroy(&limits->lock);
    sodium_memzero(limits->table_key, sizeof limits->table_key);
    sodium_memzero(limits->hour_key, sizeof limits->hour_key);
    free(limits->places);
    free(limits);
}

static uint64_t hash_prefix(const struct address *address, const uint8_t *key)
{
    uint8_t prefix[16], hash[crypto_shorthash_BYTES];
    size_t len = address_prefix(address, prefix);
    crypto_shorthash(hash, prefix, len, key);
    uint64_t value = 0;
    for (size_t i = 0; i < sizeof hash; i++)
        value = value << 8 | hash[i];
    return value == 0 ? 1 : value;
}

static size_t find_place(const struct limits *limits, uint64_t ticket)
{
    size_t at = (size_t)ticket & limits->mask;
    while (limits->places[at].ticket != 0 && limits->places[at].ticket != ticket)
        at = (at + 1) & limits->mask;
    return at;
}

/* Empties a place and moves up what stood behind it, so that no search stops short. */
static void clear_place(struct limits *limits, size_t hole)
{
    size_t at = hole;
    for (;;) {
        at = (at + 1) & limits->mask;
        if (limits->places[at].ticket == 0)
            break;
        size_t home = (size_t)limits->places[at].ticket & limits->mask;
        if (((at - home) & limits->mask) >= ((at - hole) & limits->mask)) {
            limits->places[hole] = limits->places[at];
            hole = at;
        }
    }
    limits->places[hole] = (struct limits_place){0, 0};
}

enum limits_verdict limits_enter(struct limits *limits, const struct address *address,
                                 bool is_exempt, uint64_t *ticket)
{
    uint64_t key = is_exempt ? 0 : hash_prefix(address, limits->table_key);
    enum limits_verdict verdict = LIMITS_OK;
    pthread_mutex_lock(&limits->lock);
    struct limits_place *place = key == 0 ? NULL : &limits->places[find_place(limits, key)];
    if (place != NULL && place->count >= limits->most_per_prefix) {
        verdict = LIMITS_FULL_PREFIX;
    } else if (limits->count >= limits->most) {
        verdict = LIMITS_FULL;
    } else {
        limits->count++;
        if (place != NULL) {
            place->ticket = key;
            place->count++;
        }
        *ticket = key;
    }
    pthread_mutex_unlock(&limits->lock);
    return verdict;
}

void limits_leave(struct limits *limits, uint64_t ticket)
{
    pthread_mutex_lock(&limits->lock);
    limits->count--;
    if (ticket != 0) {
        size_t at = find_place(limits, ticket);
        if (--limits->places[at].count == 0)
            clear_place(limits, at);
    }
    pthread_mutex_unlock(&limits->lock);
}

uint64_t limits_hash(struct limits *limits, const struct address *address, int64_t now)
{
    uint8_t key[crypto_shorthash_KEYBYTES];
    pthread_mutex_lock(&limits->lock);
    if (now >= limits->hour_end) {
        random_bytes(limits->hour_key, sizeof limits->hour_key);
        limits->hour_end = now + CLOCK_HOUR;
    }
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = limits->hour_key[i];
    pthread_mutex_unlock(&limits->lock);
    uint64_t hash = hash_prefix(address, key);
    sodium_memzero(key, sizeof key);
    return hash;
}
