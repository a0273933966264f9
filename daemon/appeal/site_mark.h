/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Which keys a database goes with. With others, links in mails lead nowhere, and who has signed can
 * sign again: so a database keeps the mark of the site's key that it began with, and is opened with
 * no other. A key is made only with a database that is new. An appeal's own key tells which mailbox
 * has signed it: with a new one everybody could sign once more, so it is made only for an appeal
 * that nobody signed.
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
struct site_mark_lost { /* appeals that were signed and whose key is not in the folder */
    char *slug;         /* of the first, the caller's; NULL: none */
    int64_t appeal;     /* its id, after which the file is named */
    size_t count;
};
US_MUST_CHECK enum us_err site_mark_find_lost(struct reader *reader, const char *keys_folder,
                                              struct site_mark_lost *out);
/* Before the keys are opened. US_MISFIT with a fault that says what to do: the folder of keys has
 * not the key that this database began with, or lacks an appeal's. `adopts`: whatever it has is
 * good, and what is missing is made. */
US_MUST_CHECK enum us_err site_mark_check(const struct config *config, struct store *store,
                                          bool adopts, struct fault *fault);
/* After they are: a database that has no mark gets that of these keys; with `adopts` every one
 * does, appeals get the keys that are missing, and entries in the audit log say so. */
US_MUST_CHECK enum us_err site_mark_keep(const struct config *config, struct store *store,
                                         struct keyring *keyring, bool adopts, struct fault *fault);
/* Whether the folder of keys still has the key that this site was opened with. */
bool site_mark_is_there(const struct site *site);
/* site_mark_find_lost() of a running site. Waits. */
US_MUST_CHECK enum us_err site_mark_look(struct site *site, struct site_mark_lost *out);

#endif
