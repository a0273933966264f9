/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What opening a backup (backup_unpack.c) and putting it in place (backup_place.c) share. */
#ifndef APPEAL_BACKUP_PLACE_PARTS_H
#define APPEAL_BACKUP_PLACE_PARTS_H

#include "appeal/backup_place.h"
#include "crypto/vault.h"

#define PLACE_NEW ".restoring" /* behind the database's name */

struct backup_place {
    int fd;
    int lock, inside; /* lock.h: both; inside: -1 too where there is no database */
    struct vault_reader *vault;
    struct backup_head head;
    int64_t bytes;  /* of the backup's file */
    char *keys;     /* that site's folder of them */
    char *database; /* in whose place it goes; NULL: it is only looked at */
    char *path;     /* of what was unpacked for that; NULL: it has no name, or not any more */
    int unpacked;   /* it has no name; -1: it has */
    struct side *side;
};

/* Where errno is not ENOENT, that is logged. */
void backup_place_remove(const char *path, const char *end);
/* A database with what SQLite and the store put beside it. */
void backup_place_remove_database(const char *path);

#endif
