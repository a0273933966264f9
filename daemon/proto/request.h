/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A request as the service keeps it: checked against the command table, owning what it holds. */
#ifndef PROTO_REQUEST_H
#define PROTO_REQUEST_H

#include "base/err.h"
#include "base/fault.h"
#include "proto/command.h"
#include "proto/frame.h"

struct request {
    enum command_id command;
    char **arguments;
    size_t argument_count;
    char *options[OPTION_COUNT]; /* NULL: not given; "" where the option takes no value */
    size_t blobs;                /* that follow it */
};

/* Takes a FRAME_REQUEST. US_INVALID with a fault for an unknown command, or arguments or options
 * that it does not take. */
US_MUST_CHECK enum us_err request_read(const struct frame *frame, struct request *out,
                                       struct fault *fault);
void request_clear(struct request *request);

#endif
