/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Which keys a database goes with. With others, links in mails lead nowhere, and who has signed can
 * sign again: so a database keeps the mark of the site's key that it began with, and is opened with
 * no other. A key is made only with a database that is new.
 */
#ifndef APPEAL_SITE_MARK_H
#define APPEAL_SITE_MARK_H

#include "base/config.h"
#include "base/fault.h"
#include "crypto/keyring.h"
#include "store/store.h"
#include <stdbool.h>

struct site;
struct reader;

/* *is_marked: the database has a mark, which is then in `out`. */
US_MUST_CHECK enum us_err site_mark_read(struct reader *reader, bool *is_marked,
                                         uint8_t out[KEYRING_HASH_SIZE]);
/* Before the keys are opened. US_CONFLICT with a fault that says what to do: the folder of keys has
 * not the key that this database began with. `adopts`: whatever it has is good, and what is missing
 * is made. */
US_MUST_CHECK enum us_err site_mark_check(const struct config *config, struct store *store,
                                          bool adopts, struct fault *fault);
/* After they are: a database that has no mark gets that of these keys; with `adopts` every one
 * does, and an entry in its audit log that says so. */
US_MUST_CHECK enum us_err site_mark_keep(struct store *store, struct keyring *keyring, bool adopts,
                                         struct fault *fault);
/* Whether the folder of keys still has the key that this site was opened with. */
bool site_mark_is_there(const struct site *site);

#endif
