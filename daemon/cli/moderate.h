/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One run of `moderate` as the service sees it: the signature that is looked at and the one behind
 * it, both claimed; what was decided, to be undone; and what there is to say about the last thing
 * done. Who draws it, and where keys come from, is moderate_keys.c's and moderate_lines.c's.
 */
#ifndef CLI_MODERATE_H
#define CLI_MODERATE_H

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
    bool was_held, was_among_held; /* when it was done; when it was chosen */
    char *id;
};

struct moderate_left { /* as the service told it last */
    int64_t at, waiting, held, put_off, taken;
    bool is_of_held; /* the one that came with it was chosen among those held */
};

struct client;

struct moderate {
    const struct options *options;
    struct client *client;
    char session[MODERATE_SESSION_SIZE];
    bool is_trial; /* it looks, and has the service do nothing */
    char *last;    /* of a trial: the place behind which it goes on; NULL: the first */
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

/* What there is to say about the last thing done; "" for nothing. */
void moderate_say(struct moderate *moderate, bool is_bad, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
