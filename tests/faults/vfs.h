/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A disk for the store's tests that can lose power and fail. What is written stays in memory and
 * counts as written only once it has been synchronised; when the power is cut, each sector that was
 * not is kept or lost by chance, as on a disk whose cache reorders. Locks and shared memory are the
 * real ones, on the real file of the same name, which stays empty.
 */
#ifndef TESTS_FAULTS_VFS_H
#define TESTS_FAULTS_VFS_H

#include <stdbool.h>
#include <stdint.h>

#define VFS_NAME "undersign-trial"

enum vfs_act { VFS_READ, VFS_WRITE, VFS_SYNC, VFS_TRUNCATE, VFS_DELETE, VFS_ACT_COUNT };
enum vfs_file { VFS_ANY, VFS_DATABASE, VFS_LOG };

void vfs_register(void);
/* All files gone, power on, no faults. No connection may be open for this and for vfs_power_on().
 */
void vfs_reset(void);

/* After `acts` more writes, synchronisations, truncations and deletions of the kind of file the
 * power is gone: nothing changes the disk any more, and whoever tries gets an error. */
void vfs_cut_after(enum vfs_file file, long acts);
bool vfs_is_cut(void);
/* What the disk holds after the cut. chance: how many of 256 sectors that were not synchronised
 * are there nevertheless. */
void vfs_power_on(uint64_t seed, unsigned chance);

/* From the `first` such act on (1: the next), `count` of them fail with the SQLite error and errno.
 */
void vfs_fail(enum vfs_act act, enum vfs_file file, long first, long count, int rc, int os_error);
void vfs_fail_no_more(void);
long vfs_failures(void);         /* how many have failed since vfs_fail() */
long vfs_acts(enum vfs_act act); /* how many since vfs_reset() */

#endif
