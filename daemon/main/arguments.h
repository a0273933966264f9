/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What undersignd was asked on its command line. */
#ifndef MAIN_ARGUMENTS_H
#define MAIN_ARGUMENTS_H

#include <stdbool.h>

struct arguments {
    char config[4096]; /* the configuration's path */
    bool is_stdio, is_check;
};

/* -1 to go on, else the process's exit status (help, version, or a mistake that was told). */
int arguments_read(int argc, char **argv, struct arguments *out);

#endif
