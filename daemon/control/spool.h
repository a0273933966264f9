/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Where rows wait between the reader thread that makes them and the client that takes them: in
 * memory up to 1 MiB, beyond that in a file without a name beside the database. So a client that
 * does not read, a pager say, never holds up a thread that the site's pages need.
 */
#ifndef CONTROL_SPOOL_H
#define CONTROL_SPOOL_H

#include "base/err.h"
#include "base/str.h"

#define SPOOL_MEMORY ((size_t)1 << 20)

struct spool {
    struct str memory; /* append here, then call spool_settle() */
    char *folder;
    int fd;    /* -1: all is in memory */
    int cause; /* the errno for which the file could not be had; 0: none */
};

/* folder: copied; it must be one that the service may write to. */
void spool_init(struct spool *spool, const char *folder);
void spool_free(struct spool *spool);
/* Moves what is in memory to the file when it has become much. US_FULL, US_IO. */
US_MUST_CHECK enum us_err spool_settle(struct spool *spool);
/* Writes all of it to a descriptor, in order; as frame_write(). */
US_MUST_CHECK enum us_err spool_send(struct spool *spool, int fd, int timeout_ms);

#endif
