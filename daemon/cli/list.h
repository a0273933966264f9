/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Writing lists: asks the service for signatories and writes them as they come, in constant memory.
 * For the export commands and for bundles.
 */
#ifndef CLI_LIST_H
#define CLI_LIST_H

#include "cli/ask.h"

enum list_format { LIST_CSV, LIST_XLSX, LIST_JSON, LIST_JSONL };

struct list_params {               /* borrowed */
    const struct options *options; /* the site, --for, --all, --state, --fields, ... */
    const char *slug;
    enum list_format format;
    int64_t edition;  /* exactly those of that edition; 0: by the options */
    const char *path; /* NULL: standard output */
};

/* Gives the exit status; what failed has been said, and no file is left then. */
int list_write(struct client *client, const struct list_params *params, int64_t *rows);

#endif
