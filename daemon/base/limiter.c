/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A bucket is one number: the moment at which it will be full again. Taking a token moves that
 * moment by one interval; there is none left when it lies further ahead than all tokens but one. As
 * nothing changes while time passes, the order by fullness is the order of these moments, and a
 * heap over them finds the bucket to give up when the table is full. That is the one that forgets
 * least, so a flood of new keys pushes out its own buckets before those of anyone who used theirs
 * up.
 */
#include "base/limiter.h"
#include "base/clock.h"
#include "base/mem.h"
#include <pthread.h>
#include <stdlib.h>

#define NONE UINT32_MAX

struct bucket {
    uint64_t key;
    int64_t full_at;
    uint32_t next;  /* in its hash chain */
    uint32_t place; /* in the heap */
};

struct limiter {
    pthread_mutex_t lock;
    int64_t interval;  /* microseconds a token takes to come back */
    int64_t tolerance; /* how far ahead full_at may lie when a token is taken */
    uint32_t count, most;
    uint32_t mask;          /* chains - 1 */
    uint32_t *chains;       /* first bucket of each, or NONE */
    uint32_t *heap;         /* bucket indexes, the fullest first */
    struct bucket *buckets; /* the first `count` are in use */
};

struct limiter *limiter_new(unsigned burst_per_hour, size_t buckets)
{
    struct limiter *limiter = MEM_NEW(struct limiter);
    uint32_t chains = 1;

    limiter->most = buckets == 0 ? 1 : buckets > INT32_MAX ? INT32_MAX : (uint32_t)buckets;
    (void)pthread_mutex_init(&limiter->lock, NULL);
    if (burst_per_hour == 0)
        return limiter;

    limiter->interval = CLOCK_HOUR / burst_per_hour;
    if (limiter->interval == 0)
        limiter->interval = 1;
    limiter->tolerance = (int64_t)(burst_per_hour - 1) * limiter->interval;
    while (chains < limiter->most)
        chains *= 2;
    limiter->mask = chains - 1;
    limiter->chains = mem_resize(NULL, chains, sizeof(uint32_t));
    for (uint32_t i = 0; i < chains; i++)
        limiter->chains[i] = NONE;
    limiter->heap = mem_resize(NULL, limiter->most, sizeof(uint32_t));
    limiter->buckets = mem_resize(NULL, limiter->most, sizeof(struct bucket));
    return limiter;
}

void limiter_free(struct limiter *limiter)
{
    if (limiter == NULL)
        return;
    (void)pthread_mutex_destroy(&limiter->lock);
    free(limiter->chains);
    free(limiter->heap);
    free(limiter->buckets);
    free(limiter);
}

/* Where the chain of a key begins; the key's low half alone need not be evenly spread. */
static uint32_t *chain_of(struct limiter *limiter, uint64_t key)
{
    return &limiter->chains[(uint32_t)(key ^ key >> 32) & limiter->mask];
}

static void put(struct limiter *limiter, uint32_t place, uint32_t index)
{
    limiter->heap[place] = index;
    limiter->buckets[index].place = place;
}

static int64_t moment(const struct limiter *limiter, uint32_t place)
{
    return limiter->buckets[limiter->heap[place]].full_at;
}

/* Moves the bucket at a place to where its moment belongs, down or up the heap. */
static void sift(struct limiter *limiter, uint32_t place)
{
    uint32_t index = limiter->heap[place];
    int64_t own = limiter->buckets[index].full_at;

    while (place > 0 && moment(limiter, (place - 1) / 2) > own) {
        put(limiter, place, limiter->heap[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    for (uint32_t child = 2 * place + 1; child < limiter->count; child = 2 * place + 1) {
        if (child + 1 < limiter->count && moment(limiter, child + 1) < moment(limiter, child))
            child++;
        if (moment(limiter, child) >= own)
            break;
        put(limiter, place, limiter->heap[child]);
        place = child;
    }
    put(limiter, place, index);
}

static uint32_t find(struct limiter *limiter, uint64_t key)
{
    uint32_t index = *chain_of(limiter, key);

    while (index != NONE && limiter->buckets[index].key != key)
        index = limiter->buckets[index].next;
    return index;
}

static void unchain(struct limiter *limiter, uint32_t index)
{
    uint32_t *link = chain_of(limiter, limiter->buckets[index].key);

    while (*link != index)
        link = &limiter->buckets[*link].next;
    *link = limiter->buckets[index].next;
}

/* A full bucket for a new key: an unused one, or else the fullest of all. */
static uint32_t add(struct limiter *limiter, uint64_t key, int64_t now)
{
    uint32_t *chain = chain_of(limiter, key);
    uint32_t index;

    if (limiter->count < limiter->most) {
        index = limiter->count++;
        put(limiter, index, index);
    } else {
        index = limiter->heap[0];
        unchain(limiter, index);
    }
    limiter->buckets[index].key = key;
    limiter->buckets[index].full_at = now;
    limiter->buckets[index].next = *chain;
    *chain = index;
    sift(limiter, limiter->buckets[index].place);
    return index;
}

bool limiter_take(struct limiter *limiter, uint64_t key, int64_t now)
{
    struct bucket *bucket;
    uint32_t index;
    bool allowed;

    if (limiter->interval == 0)
        return true;

    (void)pthread_mutex_lock(&limiter->lock);
    index = find(limiter, key);
    if (index == NONE)
        index = add(limiter, key, now);
    bucket = &limiter->buckets[index];
    if (bucket->full_at < now)
        bucket->full_at = now;
    allowed = bucket->full_at - now <= limiter->tolerance;
    if (allowed)
        bucket->full_at += limiter->interval;
    sift(limiter, bucket->place);
    (void)pthread_mutex_unlock(&limiter->lock);
    return allowed;
}
