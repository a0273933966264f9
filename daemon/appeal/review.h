/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Who looks at which of the signatures that wait. A run of `moderate` is a session; what it is
 * shown it claims for ten minutes, and nobody else is shown it meanwhile. A claim decides nothing:
 * whoever decides is guarded by the state (appeal/moderation.h). All is kept in the store, so it
 * holds with a service and without one. Also moderators' notes.
 */
#ifndef APPEAL_REVIEW_H
#define APPEAL_REVIEW_H

#include "appeal/judge.h"

#define REVIEW_TERM (10 * CLOCK_MINUTE)
#define REVIEW_SESSION_LEAST 8 /* characters, a-z and 0-9 */
#define REVIEW_SESSION_MOST 32
#define REVIEW_NOTE_MOST 1000 /* characters */
#define REVIEW_REASONS_MOST 9

struct review_who { /* borrowed */
    const char *session, *actor;
    int64_t now;
};

/* How it stands for this session. */
struct review_left {
    int64_t waiting, held; /* confirmed and not looked at; held */
    int64_t put_off;       /* skipped by this session in this round, and still waiting */
    int64_t taken;         /* that others look at now */
    bool is_of_held;       /* the one that review_look() chose was held then */
};

struct review_choice {
    int64_t appeal; /* 0: any */
    int64_t since;  /* when this round began: what this session skipped since is not shown again */
};

struct review_place { /* of a look that claims nothing: behind this one */
    const char *id;   /* NULL: in front of all */
    bool is_of_held;  /* it was chosen among those held; what it is now does not matter */
};

bool review_is_session(const char *session);

/* Chooses the next and claims it: those confirmed, oldest day first; then those held; then those
 * that were skipped. *row is 0 where nothing is left. *left in any case. Waits. */
US_MUST_CHECK enum us_err review_next(struct site *site, const struct review_who *who,
                                      const struct review_choice *choice, int64_t *row,
                                      struct review_left *left);
/* The same without claiming: of all that wait, whoever looks at them or skipped them, the one
 * behind `after`. Writes nothing. US_NOT_FOUND: no such signature. */
US_MUST_CHECK enum us_err review_look(struct site *site, const struct review_who *who,
                                      const struct review_choice *choice,
                                      const struct review_place *after, int64_t *row,
                                      struct review_left *left);
/* Claims this one. US_CONFLICT: another session looks at it, or it waits no more. Waits. */
US_MUST_CHECK enum us_err review_claim(struct site *site, const struct review_who *who,
                                       int64_t row);
/* Another ten minutes for all that the session has claimed. Waits. */
US_MUST_CHECK enum us_err review_keep(struct site *site, const struct review_who *who);
/* Puts it off: it comes last, and others may take it. Waits. */
US_MUST_CHECK enum us_err review_skip(struct site *site, const struct review_who *who, int64_t row);
/* Gives up what the session has claimed (row 0), or one of it. Waits. */
US_MUST_CHECK enum us_err review_release(struct site *site, const struct review_who *who,
                                         int64_t row);
/* Of all sessions: where the service starts nobody looks at anything. Waits. */
US_MUST_CHECK enum us_err review_release_all(struct site *site);

/* Reasons that were given for refusals of late, each once, the newest first; each the caller's. */
US_MUST_CHECK enum us_err review_reasons(struct reader *reader, char *out[REVIEW_REASONS_MOST],
                                         size_t *count);

/* Keeps a note beside a signature, for moderators alone. US_INVALID with a fault where it is no
 * line of text. Waits. */
US_MUST_CHECK enum us_err review_note(struct site *site, const struct review_who *who, int64_t row,
                                      const char *text, struct fault *fault);

#endif
