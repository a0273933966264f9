/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One request of a run of `moderate`, and telling what of its failing ends the run. */
#ifndef CLI_MODERATE_REQUEST_H
#define CLI_MODERATE_REQUEST_H

#include "cli/moderate.h"

#define MODERATE_WORDS 3

struct moderate_words {
    const char *words[MODERATE_WORDS]; /* behind the session, or alone where it is bare */
    size_t count;
    bool is_bare;
    const char *reason; /* --reason; NULL: none */
    bool (*on_row)(const struct row_schema *schema, const struct row_value *values, void *arg);
    void *arg;
};

/* False when it was not done: then `said` tells why, or `broken` and status do where the run cannot
 * go on. */
bool moderate_request(struct moderate *moderate, enum command_id command,
                      const struct moderate_words *words);

#endif
