/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Passphrases: typed on the terminal without being shown there, or for programs the first line of
 * the file that UNDERSIGN_PASSPHRASE_FILE names (a pipe will do). Never an option or a variable's
 * value: other users of the machine could read those.
 */
#ifndef CLI_PASSPHRASE_H
#define CLI_PASSPHRASE_H

#include "base/err.h"
#include "base/fault.h"
#include "crypto/organiser.h"

#define PASSPHRASE_SIZE (ORGANISER_PASSPHRASE_MOST + 1)
#define PASSPHRASE_LEAST 8 /* characters of a new one */

/* For organiser_open_secret(): asks for the passphrase of a key; arg is the key file's name. Says
 * why where it gives none. */
bool passphrase_ask(int attempt, char *out, void *arg);
/* A new one for that file, typed twice; wipe it. US_DENIED where there is no terminal and no file;
 * US_INVALID: it is too short or was not typed the same; US_CANCELLED: nothing was typed. */
US_MUST_CHECK enum us_err passphrase_choose(const char *file, char out[PASSPHRASE_SIZE],
                                            struct fault *fault);

#endif
