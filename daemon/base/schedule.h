/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Whose turn it is on the processor. Of two threads of one weight Linux runs on the one that is
 * running until its turn is over, some milliseconds, ten times what a page takes; unless the other
 * asks for shorter turns (6.12 and later). A thread's share stays what it is: nobody starves.
 */
#ifndef BASE_SCHEDULE_H
#define BASE_SCHEDULE_H

/* The calling thread has somebody waiting for it: turns of so many microseconds, 100 to 100000. An
 * older kernel takes no notice. */
void schedule_promptly(int microseconds);
/* Lets whoever waits for this processor have it, if anybody does: in a long run of work that asks
 * the kernel for nothing, which may otherwise go on until the clock's next tick. */
void schedule_give_way(void);

#endif
