/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The program `undersign`: from its arguments to its exit status. */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "proto/command.h"
#include <stdbool.h>

int run_undersign(int argc, char *const *argv);
/* Something carries that command out: for a test, since a command without it could not be run. */
bool run_has(enum command_id command);

#endif
