/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What is wrong with the site, and what to type: from facts alone, so that each sentence can be
 * held against what brings it up.
 */
#ifndef CONTROL_STATUS_PROBLEM_H
#define CONTROL_STATUS_PROBLEM_H

#include "appeal/backup.h"
#include "appeal/site_check.h"
#include "appeal/status.h"

struct status_facts { /* borrowed */
    const struct status *status;
    const struct config *config;
    const struct backup_last *backup; /* NULL: none was made */
    int64_t configured_at;            /* when the configuration's file was changed last */
};

struct status_problem { /* borrowed while the callback runs */
    bool is_wrong;      /* else it is only to be known */
    const char *text, *command;
};
typedef void status_on_problem(const struct status_problem *problem, void *arg);

/* What is wrong first. */
void status_problem_each(const struct status_facts *facts, status_on_problem *on_problem,
                         void *arg);

#endif
