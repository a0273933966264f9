/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "config.h" /* syscall() is an extension */

#include "base/schedule.h"
#include <sched.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As linux/sched/types.h has it, which cannot be included beside libc's sched.h. */
struct attributes {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period; /* nanoseconds; of an ordinary thread runtime is its turn */
};

void schedule_promptly(int microseconds)
{
    struct attributes attributes = {.size = sizeof attributes};
    if (syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0)
        return;
    attributes.size = sizeof attributes;
    attributes.runtime = (uint64_t)microseconds * 1000;
    /* It is a courtesy, and what a sandbox forbids is no reason not to serve. */
    (void)!syscall(SYS_sched_setattr, 0, &attributes, 0);
}

void schedule_give_way(void)
{
    (void)sched_yield();
}
