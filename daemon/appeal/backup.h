/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Backups of the database. A backup is made while everything goes on: SQLite writes a compact copy
 * from one read transaction into a file beside the database, which loses its name before it is
 * packed (crypto/vault.h). The service's keys are not in it, nor the letters' files: they lie
 * outside the database.
 */
#ifndef APPEAL_BACKUP_H
#define APPEAL_BACKUP_H

#include "appeal/backup_head.h"
#include "appeal/site.h"
#include "crypto/vault.h"

/* How far it is, in bytes; false: stop, with US_CANCELLED. May be asked often. */
typedef bool backup_progress(int64_t done, int64_t total, const char *what, void *arg);

struct backup_params {
    const char *actor, *reason;         /* for the audit log */
    const struct organiser_public *key; /* NULL: [backup] seal_to, or open where that is not set */
    backup_progress *on_progress;       /* NULL: nobody asks */
    void *arg;
    bool is_trial;   /* looks only whether it could be made; then nothing is written */
    vault_sink *out; /* takes it piece by piece; NULL: it goes into the folder [backup] folder */
    void *out_arg;
};

struct backup_made {
    char *path; /* in the folder; NULL: it was taken by `out` */
    struct backup_head head;
    int64_t bytes; /* of the backup */
    bool is_sealed;
    int removed; /* older ones that [backup] keep lets go */
};

/* Waits. US_FULL with a fault where there is not room for the copy. */
US_MUST_CHECK enum us_err backup_create(struct site *site, const struct backup_params *params,
                                        struct backup_made *out, struct fault *fault);
void backup_made_clear(struct backup_made *made);
/* At the service's start: what a backup that was cut off left behind. */
void backup_sweep(const struct config *config);

/* The backups in the folder, newest first. */
struct backup_seen {
    const char *path, *name;
    int64_t bytes;
    const struct backup_head *head; /* NULL: it cannot be read: */
    const char *problem;            /* why */
    bool is_sealed;
};
typedef bool backup_callback(const struct backup_seen *seen, void *arg); /* false: stop */
US_MUST_CHECK enum us_err backup_each(const struct config *config, backup_callback *on_backup,
                                      void *arg, struct fault *fault);

/* When the last backup of this site was made, whichever way, as a file beside the database says.
 * US_NOT_FOUND: none was. For status; no database is asked. */
struct backup_last {
    int64_t made_at, bytes;
    char to[256]; /* the file's path, or "unix:NAME" who took it away */
};
US_MUST_CHECK enum us_err backup_last(const struct config *config, struct backup_last *out);
/* [backup] every_hours have gone by since the last one. */
bool backup_is_due(const struct config *config, int64_t now);

#endif
