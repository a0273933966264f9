/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The command line: undersign(1). */
#include "cli/run.h"

int main(int argc, char **argv)
{
    return run_undersign(argc, argv);
}
