/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Whether an appeal takes signatures, as said by hand: open <-> paused; open, paused -> closed;
 * whatever was published -> archived; closed, archived -> open. Links that were mailed before stay
 * good through all of it. A pause moves the closing by the days it took. And the shield, for a
 * night under attack.
 */
#ifndef APPEAL_APPEAL_STATE_H
#define APPEAL_APPEAL_STATE_H

#include "appeal/appeal.h"

enum appeal_turn { TURN_PAUSE, TURN_RESUME, TURN_CLOSE, TURN_REOPEN, TURN_ARCHIVE };

struct appeal_turning { /* borrowed */
    const char *slug;
    const char *actor, *reason; /* of the audit row; reason NULL: none given */
    int64_t now;
    bool is_trial; /* says what would be done, and does nothing */
};

struct appeal_turned {
    bool changed; /* or would, in a trial; else it was so before */
    enum appeal_state state;
    bool is_shielded;
    int64_t days_lost; /* what its closing moved by just now */
    int64_t closing;   /* the day it closed or will; 0: none */
};

/* Each waits, and writes an audit row where it changes something. US_NOT_FOUND, and US_CONFLICT
 * where the state does not allow it: the fault says what to do instead. */
US_MUST_CHECK enum us_err appeal_state_turn(struct site *site, enum appeal_turn turn,
                                            const struct appeal_turning *what,
                                            struct appeal_turned *out, struct fault *fault);
US_MUST_CHECK enum us_err appeal_state_shield(struct site *site, bool is_shielded,
                                              const struct appeal_turning *what,
                                              struct appeal_turned *out, struct fault *fault);

#endif
