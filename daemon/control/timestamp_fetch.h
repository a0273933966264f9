/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Asking a timestamp authority over HTTP (RFC 3161, section 3.4). */
#ifndef CONTROL_TIMESTAMP_FETCH_H
#define CONTROL_TIMESTAMP_FETCH_H

#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

struct timestamp_fetch {
    const char *url;   /* http or https */
    char problem[160]; /* why it did not come; "" when it did */
};

/* Posts the query and takes what comes, at most 64 KiB within fifteen seconds; follows nothing. A
 * seal_ask_time: arg is a struct timestamp_fetch, *reply the caller's. Waits. */
US_MUST_CHECK enum us_err timestamp_fetch_ask(const uint8_t *query, size_t len, uint8_t **reply,
                                              size_t *reply_len, void *arg);

#endif
