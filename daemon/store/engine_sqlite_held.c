/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A database that is a descriptor and has no name: what was sealed must not stand in the clear
 * where a killed program would leave it. SQLite opens names only (it follows /proc/self/fd/N to the
 * one that is gone), so it gets a file of its own kind: read at an offset, never written or locked.
 * The name holds the descriptor's number. All else, such as files to sort in, which lose their name
 * at once, is the system's.
 */
#include "store/engine_file.h"
#include "store/engine_sqlite.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HELD_NAME "unpacked:"
#define HELD_SECTOR 4096

struct held {
    sqlite3_file file; /* first: what SQLite has of it */
    int fd;
};

static int held_close(sqlite3_file *file)
{
    (void)file; /* the descriptor is the caller's */
    return SQLITE_OK;
}

static int held_read(sqlite3_file *file, void *out, int len, sqlite3_int64 at)
{
    const struct held *held = (const struct held *)file;
    char *bytes = out;
    while (len > 0) {
        ssize_t n = pread(held->fd, bytes, (size_t)len, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return SQLITE_IOERR_READ;
        if (n == 0) {
            memset(bytes, 0, (size_t)len); /* as SQLite wants it */
            return SQLITE_IOERR_SHORT_READ;
        }
        bytes += n;
        at += n;
        len -= (int)n;
    }
    return SQLITE_OK;
}

static int held_write(sqlite3_file *file, const void *data, int len, sqlite3_int64 at)
{
    (void)file, (void)data, (void)len, (void)at;
    return SQLITE_READONLY;
}

static int held_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    (void)file, (void)size;
    return SQLITE_READONLY;
}

static int held_size(sqlite3_file *file, sqlite3_int64 *out)
{
    struct stat found;
    if (fstat(((const struct held *)file)->fd, &found) != 0)
        return SQLITE_IOERR_FSTAT;
    *out = found.st_size;
    return SQLITE_OK;
}

static int held_flag(sqlite3_file *file, int flag) /* sync, lock, unlock: nobody else has it */
{
    (void)file, (void)flag;
    return SQLITE_OK;
}

static int held_is_reserved(sqlite3_file *file, int *out)
{
    (void)file;
    *out = 0;
    return SQLITE_OK;
}

static int held_control(sqlite3_file *file, int what, void *arg)
{
    (void)file, (void)what, (void)arg;
    return SQLITE_NOTFOUND;
}

static int held_sector(sqlite3_file *file)
{
    (void)file;
    return HELD_SECTOR;
}

static int held_device(sqlite3_file *file)
{
    (void)file;
    return SQLITE_IOCAP_IMMUTABLE;
}

static const sqlite3_io_methods held_methods = {
    .iVersion = 1,
    .xClose = held_close,
    .xRead = held_read,
    .xWrite = held_write,
    .xTruncate = held_truncate,
    .xSync = held_flag,
    .xFileSize = held_size,
    .xLock = held_flag,
    .xUnlock = held_flag,
    .xCheckReservedLock = held_is_reserved,
    .xFileControl = held_control,
    .xSectorSize = held_sector,
    .xDeviceCharacteristics = held_device,
};

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *given)
{
    sqlite3_vfs *system = vfs->pAppData;
    struct held *held = (struct held *)file;
    if (!(flags & SQLITE_OPEN_MAIN_DB))
        return system->xOpen(system, name, file, flags, given);
    held->file.pMethods = NULL;
    if (!name || strncmp(name, HELD_NAME, strlen(HELD_NAME)) != 0)
        return SQLITE_CANTOPEN;
    held->fd = (int)strtol(name + strlen(HELD_NAME), NULL, 10);
    held->file.pMethods = &held_methods;
    if (given)
        *given = SQLITE_OPEN_READONLY;
    return SQLITE_OK;
}

static int vfs_full_name(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
    (void)vfs;
    return snprintf(out, (size_t)size, "%s", name) < size ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
    (void)vfs, (void)name, (void)flags;
    *out = 0; /* no journal and no log stand beside it */
    return SQLITE_OK;
}

/* The one that SQLite knows by now; made where it knows none. */
static sqlite3_vfs *held_vfs(void)
{
    static const char name[] = "undersign-held";
    sqlite3_vfs *system = sqlite3_vfs_find(NULL), *known = sqlite3_vfs_find(name), *vfs;
    if (known || !system)
        return known;
    vfs = sqlite3_malloc(sizeof *vfs);
    if (!vfs)
        return NULL;
    *vfs = *system;
    vfs->pNext = NULL;
    vfs->zName = name;
    vfs->pAppData = system;
    if (vfs->szOsFile < (int)sizeof(struct held))
        vfs->szOsFile = (int)sizeof(struct held);
    vfs->xOpen = vfs_open;
    vfs->xFullPathname = vfs_full_name;
    vfs->xAccess = vfs_access;
    return sqlite3_vfs_register(vfs, 0) == SQLITE_OK ? vfs : NULL;
}

enum us_err engine_open_held(int fd, struct engine **out, struct fault *fault)
{
    char path[32];
    const sqlite3_vfs *vfs = held_vfs();
    if (!vfs) {
        fault_set(fault, NULL, 0, "SQLite cannot be made to read a file without a name");
        return US_INVALID;
    }
    snprintf(path, sizeof path, HELD_NAME "%d", fd);
    return engine_open(&(struct engine_params){.path = path, .vfs = vfs->zName}, out, fault);
}
