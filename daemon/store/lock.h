/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One process at a time has the store open. The lock belongs to the open file, not to the process,
 * and goes with it however the process ends; the file itself stays.
 */
#ifndef STORE_LOCK_H
#define STORE_LOCK_H

#include "base/err.h"
#include "base/fault.h"

/* Takes the lock, waiting up to `seconds` for whoever has it. *out is a descriptor for
 * lock_release(). US_BUSY when it stays taken, US_INVALID when the file cannot be made; both with a
 * fault. */
US_MUST_CHECK enum us_err lock_take(const char *path, int seconds, int *out, struct fault *fault);
void lock_release(int lock); /* -1 is fine */

#endif
