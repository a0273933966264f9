/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * From a command line to an answer: which site is meant, reaching it, sending the command as it was
 * typed. What fails is said on standard error; these give the exit status, 0 when all went well.
 */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include "cli/client.h"
#include "cli/options.h"
#include "cli/progress.h"

int ask_open(const struct options *options, struct client **out);

struct ask {                      /* borrowed; zero for what is as typed */
    enum command_id command;      /* instead of the one typed, which its options go with too, as
                                   * far as it takes them; 0 (a local one) is none */
    const char *const *arguments; /* instead of those typed */
    size_t argument_count;
    const struct frame_option *options; /* instead of those typed; value NULL: not sent at all */
    size_t option_count;
    const char *reason; /* instead of --reason */
    const struct client_blob *blobs;
    size_t blob_count;
    const char *folder;         /* that a fault's file lies in */
    struct progress **progress; /* ended, and set to NULL, before what failed is said */
};
/* What went wrong in the handler itself it has said already; then it gives US_CANCELLED, and
 * *status of the handler's making counts. */
int ask_send(struct client *client, const struct options *options, const struct ask *ask,
             const struct client_handler *handler);
/* Opens, sends, closes. */
int ask_once(const struct options *options, const struct ask *ask,
             const struct client_handler *handler);
/* The configuration file that the options, or else the environment, name; the installed one where
 * they name none. The caller's. */
char *ask_config_path(const struct options *options);
/* The words that name the site as it was named, for a hint: " --host HOST --site DIR", or "". The
 * caller's. */
char *ask_site_words(const struct options *options);
/* The whole command as it was typed, quoted for a shell, and one more word (NULL: none). The
 * caller's. */
char *ask_typed_words(const struct options *options, const char *more);

#endif
