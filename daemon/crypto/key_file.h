/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Small files that hold keys: they appear whole or not at all, are never overwritten, and are
 * refused when others can read them. A failure's cause is put into the fault, not logged: the
 * daemon logs it, the command line prints it.
 */
#ifndef CRYPTO_KEY_FILE_H
#define CRYPTO_KEY_FILE_H

#include "base/err.h"
#include "base/fault.h"
#include <stdbool.h>
#include <stddef.h>

struct key_file {
    int folder;       /* the descriptor of the folder it lies in */
    const char *name; /* relative to that folder */
    bool is_private;  /* mode 0600, and refused when its group or others have any right; or 0644 */
    struct fault *fault;
};

/* Writes a new file, synced with its folder. US_DUPLICATE when the name is taken, US_FULL,
 * US_DENIED, US_IO. */
US_MUST_CHECK enum us_err key_file_write(const struct key_file *file, const void *data, size_t len);
/* Reads a file of at most `size` bytes. US_NOT_FOUND; US_DENIED when others can read it or we
 * cannot; US_CORRUPT when it is longer or no file; US_IO. */
US_MUST_CHECK enum us_err key_file_read(const struct key_file *file, void *data, size_t size,
                                        size_t *len);
/* Overwrites with zeros what can be, removes the name and syncs the folder; no such file is fine.
 */
US_MUST_CHECK enum us_err key_file_destroy(const struct key_file *file);

#endif
