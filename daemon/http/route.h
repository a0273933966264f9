/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Matching a path against a table of patterns: "/{}/{}/sign" with "{}" for one segment, which is
 * percent-decoded, checked as UTF-8 and bounded to 128 bytes. A path with an empty segment, "." or
 * ".." matches nothing.
 */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "http/exchange.h"
#include <stdbool.h>

#define ROUTE_PARTS_MOST 4
#define ROUTE_PART_SIZE 129

struct route_match {
    int route; /* index into the table */
    int part_count;
    char parts[ROUTE_PARTS_MOST][ROUTE_PART_SIZE];
};

/* patterns ends with NULL; the first that fits wins. */
bool route_find(const char *const *patterns, struct http_span path, struct route_match *match);

#endif
