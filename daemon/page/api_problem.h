/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the API answers where it cannot answer: RFC 9457's application/problem+json, never a page.
 */
#ifndef PAGE_API_PROBLEM_H
#define PAGE_API_PROBLEM_H

#include "base/err.h"
#include "http/exchange.h"
#include "http/response.h"
#include <stdbool.h>

struct api_problem {
    int status;            /* 400 and up */
    const char *parameter; /* of the query, which is wrong; NULL: none */
    const char *detail;    /* a sentence; NULL: the status's own */
};

/* One reference. */
struct http_response *api_problem_new(const struct api_problem *problem, bool is_tls);
void api_problem_reply(struct http_exchange *exchange, const struct api_problem *problem);
/* The status that a failed read of the store has. */
int api_problem_status(enum us_err err);

#endif
