/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What undersignd was asked on its command line. */
#ifndef MAIN_ARGUMENTS_H
#define MAIN_ARGUMENTS_H

#include <stdbool.h>

#define ARGUMENTS_BACKUP_FD 3

struct arguments {
    char config[4096]; /* the configuration's path */
    bool is_stdio, is_check;
    bool is_backup;   /* serves the backup on descriptor ARGUMENTS_BACKUP_FD */
    bool adopts_keys; /* takes the keys that are there for the database's, and ends */
    bool has_config;  /* it was named on the command line */
};

/* -1 to go on, else the process's exit status (help, version, or a mistake that was told). */
int arguments_read(int argc, char **argv, struct arguments *out);

#endif
