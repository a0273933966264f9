/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is done in a run of `moderate`: fetching, deciding, taking back, noting. */
#ifndef CLI_MODERATE_SESSION_H
#define CLI_MODERATE_SESSION_H

#include "cli/moderate.h"

/* Reaches the service. Gives the exit status; what failed has been said. */
int moderate_open(const struct options *options, struct moderate *out);
/* Gives up what is claimed, and hangs up. */
void moderate_close(struct moderate *moderate);

/* Fetches until the queue is full or nothing is left. False: it cannot go on (status). */
bool moderate_fill(struct moderate *moderate);
/* The one that is looked at; NULL: none. */
struct review *moderate_now(const struct moderate *moderate);
/* It leaves the queue: decided on, by moderate_send(). */
struct review *moderate_take(struct moderate *moderate);
/* Has the service do it, and says in `said` what became of it; takes the review. What could not be
 * done for want of a service that can write comes back as the one that is looked at. */
bool moderate_send(struct moderate *moderate, struct review *review, enum moderate_act act,
                   const char *reason);
/* What a typed reason means: of digits alone it is one of those that were offered. NULL: it is
 * none, which has been said. Borrowed till the next decision. */
const char *moderate_reason(struct moderate *moderate, const char *typed, bool is_offered);
/* Takes back the last of what this run did; that signature is the one that is looked at again. */
bool moderate_undo(struct moderate *moderate);
/* Keeps a note beside the one that is looked at, and asks for it anew. */
bool moderate_note(struct moderate *moderate, const char *text);
/* Keeps the claims; also for the connection's sake. */
bool moderate_keep(struct moderate *moderate);
/* What this run put off comes again. */
void moderate_again(struct moderate *moderate);
/* "41 listed, 3 refused, ..." */
void moderate_summary(const struct moderate *moderate, struct str *out);
json_t *moderate_summary_json(const struct moderate *moderate);

#endif
