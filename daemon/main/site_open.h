/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Opening keys, store and domain together: for the running service, and for one request without it.
 */
#ifndef MAIN_SITE_OPEN_H
#define MAIN_SITE_OPEN_H

#include "appeal/domain_lists.h"
#include "appeal/site.h"
#include "control/session.h"

struct site_parts {
    struct keyring *keyring;
    struct store *store;
    struct site *site;
    struct domain_lists *domains;
};

/* Waits up to `lock_seconds` for another process that holds the site. On failure nothing stays
 * open. */
US_MUST_CHECK enum us_err site_open(const struct config *config, int lock_seconds,
                                    struct site_parts *out, struct fault *fault);
/* Takes whatever keys the folder has, or new ones, for the database's own from now on: for somebody
 * who has lost the keys. */
US_MUST_CHECK enum us_err site_adopt_keys(const struct config *config, struct fault *fault);
void site_close_store(struct site_parts *parts); /* the first half: no job or read runs after it */
void site_close(struct site_parts *parts);

/* The same for undersignd --stdio: one request at a time keeps its parts in `parts`, which outlives
 * it. */
struct session_opener site_opener(struct site_parts *parts);

#endif
