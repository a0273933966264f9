/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One process at a time has the store open. A lock belongs to the open file, not to the process,
 * and goes with it however the process ends; the file itself stays. There are two: one on a file
 * beside the database, which can be had before there is a database and while another takes its
 * place; and one on the database itself, which holds whatever name it is opened by, and which
 * nobody can remove as a file that looks forgotten.
 */
#ifndef STORE_LOCK_H
#define STORE_LOCK_H

#include "base/err.h"
#include "base/fault.h"

/* Takes the lock, waiting up to `seconds` for whoever has it. *out is a descriptor for
 * lock_release(). US_BUSY when it stays taken, US_INVALID when the file cannot be made; both with a
 * fault. */
US_MUST_CHECK enum us_err lock_take(const char *path, int seconds, int *out, struct fault *fault);
/* The file to lock for that database: beside the one that is meant, where its name is a link. */
char *lock_name(const char *database);
/* The second lock, on a byte far behind what a database can have. *out is for lock_release(), but
 * neither before nor while this process has the database open otherwise: closing any descriptor of
 * a file drops all locks of SQLite's that the process has on it. So it is taken before SQLite opens
 * the file, and released after. US_NOT_FOUND: there is no such database; else as lock_take(). */
US_MUST_CHECK enum us_err lock_take_database(const char *path, int seconds, int *out,
                                             struct fault *fault);
void lock_release(int lock); /* -1 is fine */

#endif
