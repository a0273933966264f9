/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One command being carried out: what it was asked, by whom, and where its answer goes. */
#ifndef CONTROL_CALL_H
#define CONTROL_CALL_H

#include "appeal/appeal.h"
#include "appeal/site.h"
#include "base/config.h"
#include "base/fault.h"
#include "control/answer.h"
#include "control/role.h"
#include "proto/request.h"

struct call {
    struct site *site; /* NULL for a command that needs no database */
    const struct config *config;
    const char *actor; /* "unix:NAME" */
    enum role_rank rank;
    const struct request *request;
    const struct appeal_file *files; /* blobs that came with the request */
    size_t file_count;
    struct answer *answer;
    struct backup_place *place; /* undersignd --backup: the one at hand; else NULL */
    struct fault fault;         /* what went wrong, when something did */
};

typedef enum us_err call_reading(struct reader *reader, struct call *call, void *arg);

/* Runs a function on a reader thread, in one short transaction, and waits for it. */
US_MUST_CHECK enum us_err call_read(struct call *call, call_reading *reading, void *arg);
/* Loads an appeal by the slug that the first argument gives; the fault says so where there is none.
 */
US_MUST_CHECK enum us_err call_load_appeal(struct reader *reader, struct call *call,
                                           struct appeal **out);
/* --reason, which goes into the audit log: one line, or none. */
US_MUST_CHECK enum us_err call_check_reason(struct call *call);

#endif
