/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The commands, each from its options to its exit status. What failed has been said on standard
 * error by then.
 */
#ifndef CLI_PERFORM_H
#define CLI_PERFORM_H

#include "cli/options.h"

typedef int perform_function(const struct options *options);

perform_function perform_list;                                    /* rows as they come */
perform_function perform_item;                                    /* one row */
perform_function perform_import, perform_publish, perform_appeal; /* perform_appeal.c */
perform_function perform_signatures, perform_decision;            /* perform_signature.c */
perform_function perform_csv;                                     /* perform_csv.c */
perform_function perform_letter;                                  /* perform_letter.c */
perform_function perform_key, perform_counts, perform_config;     /* perform_check.c */

/* Says that standard output could not be written; gives the exit status. */
int perform_broken_output(void);

#endif
