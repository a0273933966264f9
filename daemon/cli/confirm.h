/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Asking before something is done. Each gives EX_OK to go on; else what it is has been said, and
 * nothing may be done: EX_NOPERM when the answer was no or another name, EX_USAGE when nobody is
 * there to ask, TALK_STATUS_INTERRUPTED. --yes goes on, and so does --dry-run, which changes
 * nothing anyway.
 */
#ifndef CLI_CONFIRM_H
#define CLI_CONFIRM_H

#include "cli/options.h"

/* For what cannot be undone: says `what`, a sentence or two ("This erases the person's name and
 * mailbox. It cannot be undone."), and goes on when `name` (a slug, an id, a file) is typed as it
 * stands. With no terminal it refuses and says the exact command with --yes. */
int confirm_name(const struct options *options, const char *what, const char *name);
/* For what can be undone, but is seldom meant by mistake: yes or no to `question` ("Refuse 12
 * signatures?"). With no terminal it refuses as above. */
int confirm_question(const struct options *options, const char *question);
/* The reason of an act that needs one: --reason, else what is typed as an answer to `question`.
 * *reason, the caller's, is what was typed; NULL: --reason counts, or with --dry-run none is
 * needed. With no terminal, or nothing typed, it refuses (EX_USAGE). */
int confirm_reason(const struct options *options, const char *question, char **reason);
/* EX_OK when the first two could go on or ask; else refuses as they do. For a command with
 * something costly to do before it can ask. */
int confirm_can_ask(const struct options *options);

#endif
