/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What the service says of a database or a backup that it looks through, gathered: "backup" (an
 * object), "checks" and "damages" (lists), and for a restore "databases", "loss", "back".
 */
#ifndef CLI_SURVEY_H
#define CLI_SURVEY_H

#include "cli/client.h"
#include "cli/progress.h"
#include <jansson.h>
#include <stdbool.h>

struct survey {
    json_t *found;
    char *phase; /* as the service calls it */
    struct progress *progress;
};

void survey_init(struct survey *survey);
void survey_free(struct survey *survey);
/* For a request; the survey is its argument. */
struct client_handler survey_handler(struct survey *survey);
/* For other handlers: shows how far it is; the argument is a survey. */
void survey_on_progress(int64_t done, int64_t total, const char *what, void *survey);
/* Ends the bar. */
void survey_settle(struct survey *survey);
/* Every check that there was held, and there were some. */
bool survey_holds(const struct survey *survey);
/* For people, on standard output: each check on a line, each damage before its own. */
void survey_print(const struct survey *survey);
/* "590.2 MiB". The caller's. */
char *survey_size(int64_t bytes);

#endif
