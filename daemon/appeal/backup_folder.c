/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The folder of backups. A name tells when; whose a backup is its head says, so that a folder which
 * two sites share loses none of the one for the other.
 */
#include "appeal/backup_folder.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "crypto/random.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_BEGIN "undersign-"
#define FOLDER_END ".backup"
#define FOLDER_PART FOLDER_END ".part"
#define FOLDER_COPY ".copy-"
#define FOLDER_NOTE ".backed-up"

void backup_print_time(int64_t at, char out[BACKUP_TIME_SIZE])
{
    char text[BACKUP_TIME_SIZE];
    size_t len = 0;

    clock_print(at, text);
    for (const char *c = text; *c != '\0'; c++) {
        if (*c != '-' && *c != ':')
            out[len++] = *c;
    }
    out[len] = '\0';
}

char *backup_folder_name(const struct config *config, int64_t made_at)
{
    char made[BACKUP_TIME_SIZE];

    backup_print_time(made_at, made);
    return mem_format("%s/" FOLDER_BEGIN "%s" FOLDER_END, config->backup_folder, made);
}

char *backup_copy_name(const char *database)
{
    char id[RANDOM_PUBLIC_ID_SIZE];

    random_public_id(id);
    return mem_format("%s" FOLDER_COPY "%s", database, id);
}

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), ending = strlen(end);

    return len >= ending && strcmp(text + len - ending, end) == 0;
}

static bool is_backup(const char *name)
{
    return strncmp(name, FOLDER_BEGIN, strlen(FOLDER_BEGIN)) == 0 && ends_with(name, FOLDER_END);
}

/* ---- looking through it ---- */

struct names {
    char **items;
    size_t count;
};

static int compare_newest(const void *a, const void *b)
{
    return strcmp(*(char *const *)b, *(char *const *)a);
}

static enum us_err read_names(const struct config *config, struct names *out, struct fault *fault)
{
    DIR *folder = opendir(config->backup_folder);
    const struct dirent *entry;
    struct names names = {.items = NULL};

    if (folder == NULL && errno != ENOENT) {
        fault_set(fault, NULL, 0, "cannot read the folder %s: %s", config->backup_folder,
                  strerror(errno));
        return US_IO;
    }
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (!is_backup(entry->d_name))
            continue;
        names.items = mem_resize(names.items, names.count + 1, sizeof(*names.items));
        names.items[names.count++] = mem_string(entry->d_name);
    }
    if (folder != NULL)
        closedir(folder);
    if (names.count > 0)
        qsort(names.items, names.count, sizeof(*names.items), compare_newest);
    *out = names;
    return US_OK;
}

static void free_names(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->items[i]);
    free(names->items);
}

static enum us_err look_at(const char *path, struct backup_head *head, int64_t *bytes, bool *sealed,
                           struct fault *fault)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct vault_reader *reader = NULL;
    struct stat file;
    enum us_err err = US_OK;

    if (fd < 0 || fstat(fd, &file) != 0 || !S_ISREG(file.st_mode)) {
        fault_set(fault, NULL, 0, "%s", fd < 0 ? strerror(errno) : "it is no file");
        err = US_IO;
    } else {
        *bytes = (int64_t)file.st_size;
        err = vault_reader_new(fd, &reader, fault);
    }
    if (err == US_OK)
        err = backup_head_read(vault_head(reader), head, fault);
    if (err == US_OK)
        *sealed = vault_sealed_to(reader) != NULL;
    vault_reader_free(reader);
    if (fd >= 0)
        close(fd);
    return err;
}

enum us_err backup_each(const struct config *config, backup_callback *on_backup, void *arg,
                        struct fault *fault)
{
    struct names names;
    enum us_err err = read_names(config, &names, fault);
    bool goes_on = true;

    if (err != US_OK)
        return err;
    for (size_t i = 0; i < names.count && goes_on; i++) {
        char *path = mem_format("%s/%s", config->backup_folder, names.items[i]);
        struct backup_head head = {.site = NULL};
        struct fault problem = {.text = ""};
        int64_t bytes = 0;
        bool sealed = false;
        err = look_at(path, &head, &bytes, &sealed, &problem);
        goes_on = on_backup(
            &(struct backup_seen){
                .path = path,
                .name = names.items[i],
                .bytes = bytes,
                .head = err == US_OK ? &head : NULL,
                .is_sealed = sealed,
                .problem = err == US_OK ? NULL : problem.text,
            },
            arg);
        backup_head_clear(&head);
        free(path);
    }
    free_names(&names);
    return US_OK;
}

/* ---- tidying ---- */

struct prune {
    const struct config *config;
    int64_t seen;
    int removed;
};

static bool prune_one(const struct backup_seen *seen, void *arg)
{
    struct prune *prune = arg;

    if (seen->head == NULL || strcmp(seen->head->site, prune->config->site_url) != 0 ||
        ++prune->seen <= prune->config->backup_keep)
        return true;
    if (unlink(seen->path) == 0)
        prune->removed++;
    else
        log_warning("backup: cannot remove %s: %s", seen->path, strerror(errno));
    return true;
}

int backup_folder_prune(const struct config *config)
{
    struct prune prune = {.config = config};
    struct fault fault = {.text = ""};

    if (config->backup_keep > 0 && backup_each(config, prune_one, &prune, &fault) != US_OK)
        log_warning("backup: %s", fault.text);
    return prune.removed;
}

static void sweep(const char *path, const char *begin, const char *end)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;

    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (strncmp(entry->d_name, begin, strlen(begin)) != 0 || !ends_with(entry->d_name, end))
            continue;
        if (unlinkat(dirfd(folder), entry->d_name, 0) == 0)
            log_info("backup: removed what one that was cut off left behind");
        else
            log_warning("backup: cannot remove %s/%s: %s", path, entry->d_name, strerror(errno));
    }
    if (folder != NULL)
        closedir(folder);
}

void backup_sweep(const struct config *config)
{
    char *path = mem_string(config->store_path), *name = mem_string(config->store_path);
    char *begin = mem_format("%s" FOLDER_COPY, basename(name));

    sweep(dirname(path), begin, "");
    sweep(config->backup_folder, FOLDER_BEGIN, FOLDER_PART);
    free(begin);
    free(name);
    free(path);
}

/* ---- the last one ---- */

static char *note_path(const struct config *config)
{
    return mem_format("%s" FOLDER_NOTE, config->store_path);
}

void backup_folder_note(const struct config *config, const struct backup_last *last)
{
    char *path = note_path(config), *temporary = mem_format("%s.new", path);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0600);

    if (fd < 0 ||
        dprintf(fd, "%" PRId64 " %" PRId64 " %s\n", last->made_at, last->bytes, last->to) < 0 ||
        fsync(fd) != 0 || rename(temporary, path) != 0 || !backup_sync_folder(path))
        log_warning("backup: cannot write %s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    free(temporary);
    free(path);
}

enum us_err backup_last(const struct config *config, struct backup_last *out)
{
    char *path = note_path(config);
    FILE *file = fopen(path, "re");
    struct backup_last last = {.made_at = 0};
    int found = 0;

    free(path);
    if (file != NULL) {
        found =
            fscanf(file, "%" SCNd64 " %" SCNd64 " %255[^\n]", &last.made_at, &last.bytes, last.to);
        fclose(file);
    }
    if (found != 3)
        return US_NOT_FOUND;
    *out = last;
    return US_OK;
}

bool backup_is_due(const struct config *config, int64_t now)
{
    struct backup_last last;

    if (config->backup_every_hours == 0)
        return false;
    /* A clock that was set back must not put it off for years. */
    return backup_last(config, &last) != US_OK || last.made_at > now ||
           now - last.made_at >= config->backup_every_hours * CLOCK_HOUR;
}
