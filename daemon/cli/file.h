/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A file that is there whole or not at all: written under a temporary name beside it, renamed at
 * the end. What is no regular file (a pipe, /dev/null) is written straight; "-" is standard output.
 * Only its owner can read it, also where one of that name could be read by others: lists say who is
 * in a union.
 */
#ifndef CLI_FILE_H
#define CLI_FILE_H

#include "base/err.h"
#include "base/fault.h"
#include <stdbool.h>
#include <stdio.h>

struct file {
    FILE *stream;
    char *path, *temporary; /* NULL: written straight */
    bool is_new;            /* nothing is replaced, also where it came meanwhile */
};

US_MUST_CHECK enum us_err file_open(const char *path, struct file *out, struct fault *fault);
/* The same for what is kept as evidence. US_DUPLICATE: there is such a file already. */
US_MUST_CHECK enum us_err file_open_new(const char *path, struct file *out, struct fault *fault);
/* Only looks: before something is done whose result would find no place. */
US_MUST_CHECK enum us_err file_check_new(const char *path, struct fault *fault);
/* Puts it in place. Frees in any case; on an error the old file, if any, is still there. */
US_MUST_CHECK enum us_err file_finish(struct file *file, struct fault *fault);
void file_abandon(struct file *file);

#endif
