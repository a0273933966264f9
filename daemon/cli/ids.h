/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Ids from the command line, and from standard input where "-" stands for them. */
#ifndef CLI_IDS_H
#define CLI_IDS_H

#include "cli/options.h"
#include <stdio.h>

#define IDS_MOST 1000000
#define IDS_LENGTH_MOST 64

struct ids {
    char **items; /* in the order given, each once */
    size_t count;
};

/* Gives the exit status; what is wrong has then been said. Words are separated by any blanks
 * or NUL bytes. */
int ids_read(const struct options *options, FILE *input, struct ids *out);
void ids_clear(struct ids *ids);

#endif
