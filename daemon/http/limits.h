/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * How many connections are open, in all and per address prefix, shared by the web threads; and the
 * hashes by which prefixes are known. Thread-safe. No address is kept.
 */
#ifndef HTTP_LIMITS_H
#define HTTP_LIMITS_H

#include "http/address.h"
#include <stdbool.h>
#include <stdint.h>

struct limits;

enum limits_verdict { LIMITS_OK, LIMITS_FULL, LIMITS_FULL_PREFIX };

struct limits *limits_new(int connections, int per_prefix);
void limits_free(struct limits *limits);
/* Counts a connection. *ticket, set with LIMITS_OK, goes back with limits_leave(). An exempt one (a
 * trusted proxy's) counts in all only. */
enum limits_verdict limits_enter(struct limits *limits, const struct address *address,
                                 bool is_exempt, uint64_t *ticket);
void limits_leave(struct limits *limits, uint64_t ticket);
/* The prefix under a key that lives an hour; now is clock_monotonic(). */
uint64_t limits_hash(struct limits *limits, const struct address *address, int64_t now);

#endif
