/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A backup's file at hand, with its key where it is sealed, and an undersignd of its own that
 * unpacks it and looks through it: this program knows no database. Each gives the exit status; what
 * failed has been said.
 */
#ifndef CLI_SEALED_FILE_H
#define CLI_SEALED_FILE_H

#include "cli/client.h"
#include "cli/options.h"
#include "cli/survey.h"
#include "crypto/organiser.h"
#include <stdbool.h>

struct sealed_file {
    int fd;
    bool is_sealed;
    struct organiser_secret key;
};

/* Opens it, and the key that --key names, with its passphrase asked for. A sealed one without --key
 * is only told to be whole or not. */
int sealed_file_open(const struct options *options, const char *path, struct sealed_file *out);
void sealed_file_close(struct sealed_file *file); /* wipes */
/* config: of the site it is for; NULL: none. */
int sealed_file_start(const struct sealed_file *file, const char *config, struct client **out);
/* Has it looked through; what: "restore", or NULL. */
int sealed_file_examine(const struct sealed_file *file, struct client *client,
                        const struct options *options, const char *what, struct survey *survey);

#endif
