/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Token buckets in memory, by a 64-bit key that the caller made from an address prefix with a hash
 * whose key lives an hour. Bounded: when the table is full the fullest (least used) bucket goes.
 * Thread-safe.
 */
#ifndef BASE_LIMITER_H
#define BASE_LIMITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct limiter;

/* burst tokens at once, refilled evenly to `burst` an hour; at most `buckets` keys are kept. */
struct limiter *limiter_new(unsigned burst_per_hour, size_t buckets);
void limiter_free(struct limiter *limiter);
/* Takes a token; false when there is none. now is clock_monotonic(). burst 0 always allows. */
bool limiter_take(struct limiter *limiter, uint64_t key, int64_t now);

#endif
