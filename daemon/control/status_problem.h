/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What is wrong with the site, and what to type: from facts alone, so that each sentence can be
 * held against what brings it up.
 */
#ifndef CONTROL_STATUS_PROBLEM_H
#define CONTROL_STATUS_PROBLEM_H

#include "appeal/backup.h"
#include "appeal/backup_kept.h"
#include "appeal/site_check.h"
#include "appeal/site_mark.h"
#include "appeal/status.h"

struct status_facts { /* borrowed */
    const struct status *status;
    const struct config *config;
    const struct backup_last *backup; /* NULL: none was made */
    const struct backup_kept *kept;   /* databases from before a restore, older than a week; NULL */
    bool lacks_keys;                  /* the folder of keys has not the site's key any more */
    const struct site_mark_lost *lost; /* nor those of appeals; NULL: it has */
    int64_t configured_at;             /* when the configuration's file was changed last */
    int64_t tls_end, tls_file_end;     /* of the certificate in use, of that in the file; 0: none */
    int64_t seal_end;                  /* 0: none */
    bool is_shut_out;                  /* nothing can be made in the database's folder any more */
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
