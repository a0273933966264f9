/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One run of `moderate` as the service sees it: the signature that is looked at and the one behind
 * it, both claimed; what was decided, to be undone; and what there is to say about the last thing
 * done. Who draws it, and where keys come from, is moderate_keys.c's and moderate_lines.c's.
 */
#ifndef CLI_MODERATE_SESSION_H
#define CLI_MODERATE_SESSION_H

#include "base/err.h"
#include "base/str.h"
#include "cli/moderate_review.h"
#include "cli/options.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum moderate_act { MODERATE_LIST, MODERATE_REFUSE, MODERATE_HOLD, MODERATE_SKIP, MODERATE_ACTS };

#define MODERATE_AHEAD 2 /* signatures that are claimed: the one looked at, and the next */
#define MODERATE_REASONS 9
#define MODERATE_SESSION_SIZE 17

struct moderate_undo {
    enum moderate_act act;
    bool was_held;
    char *id;
};

struct moderate_left { /* as the service told it last */
    int64_t at, waiting, held, put_off, taken;
};

struct client;

struct moderate {
    const struct options *options;
    struct client *client;
    char session[MODERATE_SESSION_SIZE];
    bool is_trial; /* it looks, and has the service do nothing */
    char *last;    /* of a trial: the id behind which it goes on; NULL: the first */
    int64_t since; /* when this round began, by the service's clock; 0: not yet known */
    struct review *queue[MODERATE_AHEAD + 1]; /* one more after something was undone */
    size_t queue_count;
    bool is_over; /* nothing is left to be fetched in this round */
    struct moderate_left left;
    struct moderate_undo *undos;
    size_t undo_count;
    size_t done[MODERATE_ACTS], undone, noted, failed;
    char *reasons[MODERATE_REASONS]; /* used last, the newest first; NULL behind them */
    struct str said;                 /* about the last thing done; "" for nothing */
    bool is_bad;                     /* it was not done */
    json_t *result;                  /* the same for programs; NULL */
    int status;                      /* EX_OK, or why it cannot go on, which has been said */
    struct str broken;               /* how that was put */
};

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
void moderate_say(struct moderate *moderate, bool is_bad, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
