/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Where backups lie, and what stands beside the database while one is made. */
#ifndef APPEAL_BACKUP_FOLDER_H
#define APPEAL_BACKUP_FOLDER_H

#include "appeal/backup.h"

#define BACKUP_TIME_SIZE 24
/* "20261122T022153Z", for names of files. */
void backup_print_time(int64_t at, char out[BACKUP_TIME_SIZE]);
/* A backup's path in the folder by the time at which it was made. The caller's. */
char *backup_folder_name(const struct config *config, int64_t made_at);
/* The name of a plain copy beside the database, not there yet. The caller's. */
char *backup_copy_name(const char *database);

/* A file that appears under its name whole and on the disk, or not at all. */
struct backup_file {
    char *path, *temporary;
    int fd;
    int64_t bytes;
};
/* Makes the folder (0700) where it is missing. US_DUPLICATE: the name is taken. */
US_MUST_CHECK enum us_err backup_file_open(const char *path, struct backup_file *out,
                                           struct fault *fault);
enum us_err backup_file_sink(const void *data, size_t len, void *file); /* a vault_sink */
/* Puts it in place. Closes and frees in any case; where it fails nothing is left. */
US_MUST_CHECK enum us_err backup_file_finish(struct backup_file *file, struct fault *fault);
void backup_file_abandon(struct backup_file *file);

/* Removes the oldest of this site's beyond [backup] keep; gives how many. */
int backup_folder_prune(const struct config *config);
/* For backup_last(), whole and on the disk. What fails is logged. */
void backup_folder_note(const struct config *config, const struct backup_last *last);
/* So that a name that was made or removed stays so. False: errno says why. */
bool backup_sync_folder(const char *path);
/* Room in the folder that a file lies in; -1: nobody knows. */
int64_t backup_room(const char *path);

#endif
