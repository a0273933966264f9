/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How many signatures were confirmed in the same hour from the same country: a table in memory. */
#ifndef APPEAL_ACT_BURST_H
#define APPEAL_ACT_BURST_H

#include <stdbool.h>
#include <stdint.h>

struct act_bursts;

struct act_burst {
    const char *country; /* two letters or "" */
    int64_t day, hour;
    bool has_hour;
    int64_t count;
};

struct act_bursts *act_bursts_new(void);
void act_bursts_free(struct act_bursts *bursts);
/* Counts under its day, and under its hour where that is known. */
void act_bursts_add(struct act_bursts *bursts, const struct act_burst *burst);
/* Of its hour, or where that is not known any more, of its day. */
int64_t act_bursts_find(const struct act_bursts *bursts, const struct act_burst *burst);

#endif
