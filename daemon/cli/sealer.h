/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The site's seal, as the command line uses it: the key stays with the service, which is asked for
 * the seal's name before a letter is drawn and, when it is, to sign its digest.
 */
#ifndef CLI_SEALER_H
#define CLI_SEALER_H

#include "cli/client.h"
#include "render/finish.h"

struct sealer;

/* Asks the service whose seal it has. US_NOT_FOUND, without a fault, where it has none; an error
 * with a fault where it has one that cannot be used. Not while another request runs. The client is
 * borrowed as long as the sealer lives. */
US_MUST_CHECK enum us_err sealer_open(struct client *client, struct sealer **out,
                                      struct fault *fault);
/* Borrowed, for struct letter's sealer. Its sign() asks the service: not while another request
 * runs. */
const struct finish_sealer *sealer_finish(const struct sealer *sealer);
/* What there is to say about the last seal that was made (that it has no timestamp, and why);
 * NULL: nothing. Borrowed. */
const char *sealer_note(const struct sealer *sealer);
void sealer_free(struct sealer *sealer);

#endif
