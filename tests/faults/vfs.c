/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* See vfs.h. */
#include "vfs.h"
#include "base/mem.h"
#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define VFS_SECTOR 512
#define VFS_FILES 8

/* A file's bytes as programs see them, and as the disk has them. */
struct image {
    char *name;
    enum vfs_file kind;
    unsigned char *now, *disk;
    bool *is_dirty; /* by sector: differs, perhaps, from the disk's */
    size_t size, disk_size, room;
};

struct handle {
    sqlite3_file base;
    struct image *image;
    sqlite3_file *real; /* for locks and shared memory; NULL for the log */
};

struct plan {
    enum vfs_act act;
    enum vfs_file file;
    long first, count, failures;
    int rc;
};

static struct {
    pthread_mutex_t mutex;
    sqlite3_vfs vfs, *parent;
    struct image images[VFS_FILES];
    bool is_cut, is_cutting;
    enum vfs_file cut_file;
    long cut_after;
    long acts[VFS_ACT_COUNT];
    struct plan plan;
    int os_error;
} disk = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static bool vfs_is_kind(enum vfs_file wanted, const struct image *image)
{
    return wanted == VFS_ANY || (image && image->kind == wanted);
}

/* Counts an act and says whether it fails; the mutex is held. */
static int vfs_enter(enum vfs_act act, const struct image *image)
{
    static const int errors[VFS_ACT_COUNT] = {
        [VFS_READ] = SQLITE_IOERR_READ,
        [VFS_WRITE] = SQLITE_IOERR_WRITE,
        /* Not SQLITE_IOERR_FSYNC: the store would end the process, here the test's. */
        [VFS_SYNC] = SQLITE_IOERR,
        [VFS_TRUNCATE] = SQLITE_IOERR_TRUNCATE,
        [VFS_DELETE] = SQLITE_IOERR_DELETE,
    };
    disk.acts[act]++;
    struct plan *plan = &disk.plan;
    if (plan->count > 0 && plan->act == act && vfs_is_kind(plan->file, image) &&
        --plan->first <= 0) {
        plan->count--;
        plan->failures++;
        errno = disk.os_error;
        return plan->rc;
    }
    if (act == VFS_READ)
        return SQLITE_OK;
    if (disk.is_cutting && vfs_is_kind(disk.cut_file, image) && disk.cut_after-- <= 0)
        disk.is_cut = true;
    if (!disk.is_cut)
        return SQLITE_OK;
    disk.os_error = EIO;
    return errors[act];
}

static struct image *vfs_find(const char *name)
{
    for (int i = 0; i < VFS_FILES; i++)
        if (disk.images[i].name && strcmp(disk.images[i].name, name) == 0)
            return &disk.images[i];
    return NULL;
}

static void vfs_forget(struct image *image)
{
    free(image->name);
    free(image->now);
    free(image->disk);
    free(image->is_dirty);
    memset(image, 0, sizeof *image);
}

static void vfs_make_room(struct image *image, size_t size)
{
    size_t room = image->room ? image->room : 1 << 16;
    while (room < size)
        room *= 2;
    if (room == image->room)
        return;
    image->now = mem_resize(image->now, room, 1);
    image->disk = mem_resize(image->disk, room, 1);
    image->is_dirty = mem_resize(image->is_dirty, room / VFS_SECTOR, sizeof *image->is_dirty);
    memset(image->now + image->room, 0, room - image->room);
    memset(image->disk + image->room, 0, room - image->room);
    memset(image->is_dirty + image->room / VFS_SECTOR, 0, (room - image->room) / VFS_SECTOR);
    image->room = room;
}

/* --- files --- */

static int file_close(sqlite3_file *file)
{
    struct handle *handle = (struct handle *)file;
    if (handle->real && handle->real->pMethods)
        handle->real->pMethods->xClose(handle->real);
    return SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *out, int len, sqlite3_int64 at)
{
    struct image *image = ((struct handle *)file)->image;
    pthread_mutex_lock(&disk.mutex);
    int rc = vfs_enter(VFS_READ, image);
    if (rc == SQLITE_OK) {
        size_t there = (size_t)at < image->size ? image->size - (size_t)at : 0;
        size_t copied = there < (size_t)len ? there : (size_t)len;
        if (copied)
            memcpy(out, image->now + at, copied);
        memset((char *)out + copied, 0, (size_t)len - copied);
        rc = copied < (size_t)len ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
    }
    pthread_mutex_unlock(&disk.mutex);
    return rc;
}

static int file_write(sqlite3_file *file, const void *data, int len, sqlite3_int64 at)
{
    struct image *image = ((struct handle *)file)->image;
    pthread_mutex_lock(&disk.mutex);
    int rc = vfs_enter(VFS_WRITE, image);
    if (rc == SQLITE_OK && len > 0) {
        size_t end = (size_t)at + (size_t)len;
        vfs_make_room(image, end);
        memcpy(image->now + at, data, (size_t)len);
        for (size_t i = (size_t)at / VFS_SECTOR; i <= (end - 1) / VFS_SECTOR; i++)
            image->is_dirty[i] = true;
        if (end > image->size)
            image->size = end;
    }
    pthread_mutex_unlock(&disk.mutex);
    return rc;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    struct image *image = ((struct handle *)file)->image;
    pthread_mutex_lock(&disk.mutex);
    int rc = vfs_enter(VFS_TRUNCATE, image);
    if (rc == SQLITE_OK && (size_t)size < image->size) {
        memset(image->now + size, 0, image->size - (size_t)size);
        for (size_t i = (size_t)size / VFS_SECTOR; i * VFS_SECTOR < image->size; i++)
            image->is_dirty[i] = true;
        image->size = (size_t)size;
    }
    pthread_mutex_unlock(&disk.mutex);
    return rc;
}

static int file_sync(sqlite3_file *file, int flags)
{
    struct image *image = ((struct handle *)file)->image;
    (void)flags;
    pthread_mutex_lock(&disk.mutex);
    int rc = vfs_enter(VFS_SYNC, image);
    for (size_t i = 0; rc == SQLITE_OK && i < image->room / VFS_SECTOR; i++) {
        if (!image->is_dirty[i])
            continue;
        memcpy(image->disk + i * VFS_SECTOR, image->now + i * VFS_SECTOR, VFS_SECTOR);
        image->is_dirty[i] = false;
    }
    if (rc == SQLITE_OK)
        image->disk_size = image->size;
    pthread_mutex_unlock(&disk.mutex);
    return rc;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *out)
{
    pthread_mutex_lock(&disk.mutex);
    *out = (sqlite3_int64)((struct handle *)file)->image->size;
    pthread_mutex_unlock(&disk.mutex);
    return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int act, void *arg)
{
    (void)file;
    (void)act;
    (void)arg;
    return SQLITE_NOTFOUND;
}

static int file_sector_size(sqlite3_file *file)
{
    (void)file;
    return 4096;
}

static int file_characteristics(sqlite3_file *file)
{
    (void)file;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE; /* as SQLite takes for granted on Unix */
}

#define REAL(file) (((struct handle *)(file))->real)

static int file_lock(sqlite3_file *file, int level)
{
    return REAL(file) ? REAL(file)->pMethods->xLock(REAL(file), level) : SQLITE_OK;
}

static int file_unlock(sqlite3_file *file, int level)
{
    return REAL(file) ? REAL(file)->pMethods->xUnlock(REAL(file), level) : SQLITE_OK;
}

static int file_check_lock(sqlite3_file *file, int *out)
{
    *out = 0;
    return REAL(file) ? REAL(file)->pMethods->xCheckReservedLock(REAL(file), out) : SQLITE_OK;
}

static int file_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
    return REAL(file)->pMethods->xShmMap(REAL(file), page, size, extend, out);
}

static int file_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return REAL(file)->pMethods->xShmLock(REAL(file), offset, count, flags);
}

static void file_shm_barrier(sqlite3_file *file)
{
    REAL(file)->pMethods->xShmBarrier(REAL(file));
}

static int file_shm_unmap(sqlite3_file *file, int is_deleting)
{
    return REAL(file)->pMethods->xShmUnmap(REAL(file), is_deleting);
}

static const sqlite3_io_methods file_methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

/* --- the file system --- */

static int vfs_open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                         int *out_flags)
{
    struct handle *handle = (struct handle *)file;
    (void)vfs;
    memset(handle, 0, sizeof *handle);
    if (!name) /* a temporary file: those are kept in memory */
        return SQLITE_CANTOPEN;
    if (flags & SQLITE_OPEN_MAIN_DB) {
        sqlite3_file *real = (sqlite3_file *)(handle + 1);
        int rc = disk.parent->xOpen(disk.parent, name, real, flags, out_flags);
        if (rc != SQLITE_OK)
            return rc;
        handle->real = real;
    } else if (out_flags) {
        *out_flags = flags;
    }
    pthread_mutex_lock(&disk.mutex);
    struct image *image = vfs_find(name);
    for (int i = 0; i < VFS_FILES && !image; i++) {
        if (disk.images[i].name)
            continue;
        image = &disk.images[i];
        image->name = mem_string(name);
        image->kind = flags & SQLITE_OPEN_MAIN_DB ? VFS_DATABASE : VFS_LOG;
        vfs_make_room(image, 1);
    }
    handle->image = image;
    pthread_mutex_unlock(&disk.mutex);
    file->pMethods = &file_methods;
    return image ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int is_syncing)
{
    (void)vfs;
    (void)is_syncing;
    pthread_mutex_lock(&disk.mutex);
    struct image *image = vfs_find(name);
    int rc = vfs_enter(VFS_DELETE, image);
    if (rc == SQLITE_OK && image)
        vfs_forget(image);
    pthread_mutex_unlock(&disk.mutex);
    return rc == SQLITE_OK && !image ? SQLITE_IOERR_DELETE_NOENT : rc;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
    (void)vfs;
    (void)flags;
    pthread_mutex_lock(&disk.mutex);
    *out = vfs_find(name) != NULL;
    pthread_mutex_unlock(&disk.mutex);
    return SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
    (void)vfs;
    return disk.parent->xFullPathname(disk.parent, name, size, out);
}

static int vfs_last_error(sqlite3_vfs *vfs, int size, char *out)
{
    (void)vfs;
    (void)size;
    (void)out;
    return disk.os_error;
}

void vfs_register(void)
{
    disk.parent = sqlite3_vfs_find(NULL);
    disk.vfs = *disk.parent;
    disk.vfs.szOsFile = (int)sizeof(struct handle) + disk.parent->szOsFile;
    disk.vfs.pNext = NULL;
    disk.vfs.zName = VFS_NAME;
    disk.vfs.xOpen = vfs_open_file;
    disk.vfs.xDelete = vfs_delete;
    disk.vfs.xAccess = vfs_access;
    disk.vfs.xFullPathname = vfs_full_path;
    disk.vfs.xGetLastError = vfs_last_error;
    sqlite3_vfs_register(&disk.vfs, 0);
}

/* --- what tests do to the disk --- */

void vfs_reset(void)
{
    pthread_mutex_lock(&disk.mutex);
    for (int i = 0; i < VFS_FILES; i++)
        vfs_forget(&disk.images[i]);
    disk.is_cut = disk.is_cutting = false;
    disk.plan = (struct plan){0};
    memset(disk.acts, 0, sizeof disk.acts);
    pthread_mutex_unlock(&disk.mutex);
}

void vfs_cut_after(enum vfs_file file, long acts)
{
    pthread_mutex_lock(&disk.mutex);
    disk.is_cutting = true;
    disk.cut_file = file;
    disk.cut_after = acts;
    pthread_mutex_unlock(&disk.mutex);
}

bool vfs_is_cut(void)
{
    pthread_mutex_lock(&disk.mutex);
    bool is_cut = disk.is_cut;
    pthread_mutex_unlock(&disk.mutex);
    return is_cut;
}

/* xorshift64*: any reproducible chance will do. */
static unsigned vfs_chance(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (unsigned)((*state * UINT64_C(2685821657736338717)) >> 56);
}

void vfs_power_on(uint64_t seed, unsigned chance)
{
    uint64_t state = seed * 2654435761 + 88172645463325252;
    pthread_mutex_lock(&disk.mutex);
    for (int i = 0; i < VFS_FILES; i++) {
        struct image *image = &disk.images[i];
        if (!image->name)
            continue;
        if (vfs_chance(&state) < chance)
            image->disk_size = image->size;
        for (size_t j = 0; j < image->room / VFS_SECTOR; j++) {
            unsigned char *sector = image->disk + j * VFS_SECTOR;
            if (image->is_dirty[j] && vfs_chance(&state) < chance)
                memcpy(sector, image->now + j * VFS_SECTOR, VFS_SECTOR);
            image->is_dirty[j] = false;
        }
        memset(image->disk + image->disk_size, 0, image->room - image->disk_size);
        memcpy(image->now, image->disk, image->room);
        image->size = image->disk_size;
    }
    disk.is_cut = disk.is_cutting = false;
    pthread_mutex_unlock(&disk.mutex);
}

void vfs_fail(enum vfs_act act, enum vfs_file file, long first, long count, int rc, int os_error)
{
    pthread_mutex_lock(&disk.mutex);
    disk.plan = (struct plan){.act = act, .file = file, .first = first, .count = count, .rc = rc};
    disk.os_error = os_error;
    pthread_mutex_unlock(&disk.mutex);
}

void vfs_fail_no_more(void)
{
    pthread_mutex_lock(&disk.mutex);
    disk.plan.count = 0;
    pthread_mutex_unlock(&disk.mutex);
}

long vfs_failures(void)
{
    pthread_mutex_lock(&disk.mutex);
    long failures = disk.plan.failures;
    pthread_mutex_unlock(&disk.mutex);
    return failures;
}

long vfs_acts(enum vfs_act act)
{
    pthread_mutex_lock(&disk.mutex);
    long acts = disk.acts[act];
    pthread_mutex_unlock(&disk.mutex);
    return acts;
}
