/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Looking after the store's file while it is open. */
#ifndef STORE_UPKEEP_H
#define STORE_UPKEEP_H

#include "store/side.h"
#include "store/store.h"

const char *store_path(const struct store *store);
/* A connection of one's own to the same file. */
US_MUST_CHECK enum us_err store_open_side(const struct store *store, struct side **out,
                                          struct fault *fault);
/* Writes the file anew without its gaps, on the store's thread: nothing is written meanwhile,
 * reading goes on. It takes the room of the database twice more, in its folder. goes_on as
 * side_watch(). Waits. US_CANCELLED, US_FULL, US_IO: all is as it was. */
US_MUST_CHECK enum us_err store_vacuum(struct store *store, bool (*goes_on)(void *arg), void *arg);
/* Moves the log into the database and empties it, so that what was deleted stands in no file any
 * more. Waits, a second and some for readers that are in the way: US_BUSY then, and the store does
 * it by itself as soon as they are gone. */
US_MUST_CHECK enum us_err store_empty_log(struct store *store);
/* Of a database that no service has open, the caller having its lock: moves its log into it, so
 * that the one file is all of it. US_BUSY: somebody who does not keep to the lock has it open, and
 * has read or written in it, be they idle now (SQLite knows nothing of those who have not). Nothing
 * of this process may have it open. US_INVALID, US_IO with a fault. */
US_MUST_CHECK enum us_err store_settle(const char *path, struct fault *fault);

#endif
