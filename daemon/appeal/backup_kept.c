/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "appeal/backup_kept.h"
#include "appeal/backup_folder.h"
#include "base/mem.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

/* By the time in the name: that of the file is when it was written last. */
static bool is_older(const char *name, const char *stem, const char *limit)
{
    size_t len = strlen(stem), end = strlen(name);

    if (strncmp(name, stem, len) != 0 || name[len] < '0' || name[len] > '9')
        return false;
    if (end > 4 && strcmp(name + end - 4, "-wal") == 0)
        return false; /* goes with its database */
    return strncmp(name + len, limit, strlen(limit)) < 0;
}

void backup_kept_find(const struct config *config, int64_t before, struct backup_kept *out)
{
    char *path = realpath(config->store_path, NULL), limit[BACKUP_TIME_SIZE], *slash, *stem;
    char *oldest = NULL;
    const struct dirent *entry;
    DIR *folder;

    *out = (struct backup_kept){.oldest = NULL};
    slash = path != NULL ? strrchr(path, '/') : NULL;
    if (slash == NULL) {
        free(path);
        return;
    }
    backup_print_time(before, limit);
    stem = mem_format("%s" BACKUP_BEFORE, slash + 1);
    slash[1] = '\0';
    folder = opendir(path);
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (!is_older(entry->d_name, stem, limit))
            continue;
        out->count++;
        if (oldest == NULL || strcmp(entry->d_name, oldest) < 0) {
            free(oldest);
            oldest = mem_string(entry->d_name);
        }
    }
    if (folder != NULL)
        closedir(folder);
    if (oldest != NULL)
        out->oldest = mem_format("%s%s", path, oldest);
    free(oldest);
    free(stem);
    free(path);
}

void backup_kept_clear(struct backup_kept *kept)
{
    free(kept->oldest);
    *kept = (struct backup_kept){.oldest = NULL};
}
