/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Work on bytes that strangers made, or with libraries that the service does without, in a process
 * of its own: it gets its three streams and nothing else of ours (no descriptor, no environment but
 * PATH, LC_ALL and the fonts' folders), limits on time, memory and files, and may not gain
 * privileges. Blocks; never on a web or the store thread. Thread-safe.
 */
#ifndef BASE_CHILD_H
#define BASE_CHILD_H

#include "base/err.h"
#include "base/fault.h"
#include <stddef.h>

struct child_task {
    const char *program;          /* path */
    const char *const *arguments; /* behind the program's name, ended by NULL */
    const void *input;            /* on its standard input */
    size_t input_len;
    size_t output_most; /* bytes of its standard output */
    size_t memory_most; /* bytes of its address space */
    int seconds;        /* until it is killed; of CPU time too */
};

/* *out (free()) is what it wrote. US_INVALID: it ended with another status than 0, and the fault
 * says its first line of standard error; US_LIMITED: it wrote more; US_EXPIRED: it took too long;
 * US_IO: it could not be started. */
US_MUST_CHECK enum us_err child_run(const struct child_task *task, void **out, size_t *len,
                                    struct fault *fault);

#endif
