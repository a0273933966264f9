/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The program `undersign`: from its arguments to its exit status. */
#ifndef CLI_RUN_H
#define CLI_RUN_H

int run_undersign(int argc, char *const *argv);

#endif
