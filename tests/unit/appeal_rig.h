/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the tests of appeals share: a site with a real store and real keys in a folder of its own.
 */
#ifndef TESTS_APPEAL_RIG_H
#define TESTS_APPEAL_RIG_H

#include "appeal/appeal.h"

struct appeal_rig {
    char folder[64];
    char database[96], lock[96], keys[96], organiser[96];
    struct config config;
    struct store *store;
    struct keyring *keyring;
    struct site *site;
};

/* A site without an organiser's key. */
void appeal_rig_open(struct appeal_rig *rig);
void appeal_rig_close(struct appeal_rig *rig);
/* Makes the organiser's pair, so that appeals can be published. */
void appeal_rig_add_organiser(struct appeal_rig *rig);
/* One statement on the database, behind the back of the store, which is closed meanwhile:
 * rig->store and rig->site are new ones then. */
void appeal_rig_sql(struct appeal_rig *rig, const char *sql);
/* The first column of the first row that a query gives. */
int64_t appeal_rig_number(const struct appeal_rig *rig, const char *sql);

/* The files of an appeal; one that is NULL is not among them. */
struct appeal_rig_files {
    const char *ini, *ru, *en;
};
enum us_err appeal_rig_import(struct appeal_rig *rig, const struct appeal_rig_files *files,
                              struct appeal_import *out, struct fault *fault);

/* Loads as the pages do (is_any: as the command line does); NULL: US_NOT_FOUND. Any other error
 * fails the test. */
struct appeal *appeal_rig_load(struct appeal_rig *rig, const char *slug, bool is_any);

#endif
