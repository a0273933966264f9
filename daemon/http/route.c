/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Patterns are few and short, so they are tried in turn. Segments are compared decoded, so that
 * "/%73ign" and "/sign" are one page; a decoded "/", "." or ".." fits nothing, so that no part can
 * ever climb out of where it is used.
 */
#include "http/route.h"
#include "http/percent.h"
#include <string.h>

static struct http_span next_segment(const char **at, const char *end)
{
    const char *from = ++*at; /* behind the slash */
    while (*at < end && **at != '/')
        ++*at;
    return (struct http_span){from, (size_t)(*at - from)};
}

static bool is_segment(const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '/' || (unsigned char)*c < ' ' || *c == 0x7f)
            return false;
    }
    return text[0] != '\0' && strcmp(text, ".") != 0 && strcmp(text, "..") != 0;
}

static bool route_fits(const char *pattern, struct http_span path, struct route_match *match)
{
    const char *p = pattern, *p_end = pattern + strlen(pattern);
    const char *t = path.data, *t_end = path.data + path.len;
    match->part_count = 0;
    while (p < p_end && t < t_end) {
        struct http_span want = next_segment(&p, p_end);
        struct http_span have = next_segment(&t, t_end);
        if (want.len == 0 || have.len == 0) {
            /* An empty segment is good only as the slash that ends both. */
            if (want.len != have.len || p != p_end || t != t_end)
                return false;
            continue;
        }
        char text[ROUTE_PART_SIZE];
        if (!percent_decode(have, false, text, sizeof text) || !is_segment(text))
            return false;
        if (want.len == 2 && memcmp(want.data, "{}", 2) == 0) {
            if (match->part_count == ROUTE_PARTS_MOST)
                return false;
            memcpy(match->parts[match->part_count++], text, strlen(text) + 1);
        } else if (!http_span_is(want, text)) {
            return false;
        }
    }
    return p == p_end && t == t_end;
}

bool route_find(const char *const *patterns, struct http_span path, struct route_match *match)
{
    if (path.len == 0 || path.data[0] != '/')
        return false;
    for (int i = 0; patterns[i] != NULL; i++) {
        if (route_fits(patterns[i], path, match)) {
            match->route = i;
            return true;
        }
    }
    return false;
}
