/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Each key is one file of an id byte and 32 random bytes, read when first needed and kept in locked
 * memory, a few dozen at a time. Deleting the file destroys the key, so nothing else may hold it:
 * destroying also forgets what is kept.
 *
 * An appeal whose key was destroyed leaves an empty "appeal-ID.gone" behind: a confirmation that
 * comes a moment later must not make a new key, under which a signature would look like a first
 * one. The same holds of a key whose file somebody else took away: an appeal that was seen to have
 * one gets no other.
 */
#include "crypto/key_store.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/mem.h"
#include "crypto/key_file.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEPT_KEYS 64
#define NAME_SIZE 48
#define KEY_FILE_SIZE (1 + CIPHER_KEY_SIZE)
#define FIRST_ID 1

struct key_store {
    pthread_mutex_t lock;
    int folder;
    size_t next;      /* the place that is given up next */
    struct key *kept; /* KEPT_KEYS, locked in memory; the site's is the first and stays */
    int64_t *seen;    /* appeals that have, or had, a key */
    size_t seen_count;
};

static void name_key(enum key_kind kind, int64_t id, char name[NAME_SIZE])
{
    char day[16];

    switch (kind) {
    case KEY_DAY:
        clock_print_day(id, day);
        (void)snprintf(name, NAME_SIZE, "day-%s.key", day);
        break;
    case KEY_APPEAL:
        (void)snprintf(name, NAME_SIZE, "appeal-%" PRId64 ".key", id);
        break;
    default:
        (void)snprintf(name, NAME_SIZE, "site.key");
    }
}

static void log_fault(const struct fault *fault)
{
    log_error("key file %s: %s", fault->file, fault->text);
}

static enum us_err write_file(int folder, const char *name, const void *data, size_t len)
{
    struct fault fault;
    struct key_file file = {folder, name, .is_private = true, .fault = &fault};
    enum us_err err = key_file_write(&file, data, len);

    /* A file of that name from elsewhere is as good. */
    if (err == US_DUPLICATE)
        return US_OK;
    if (err != US_OK)
        log_fault(&fault);
    return err;
}

static enum us_err destroy_file(int folder, const char *name)
{
    struct fault fault;
    struct key_file file = {folder, name, .is_private = true, .fault = &fault};
    enum us_err err = key_file_destroy(&file);

    if (err != US_OK)
        log_fault(&fault);
    return err;
}

static enum us_err make_key(int folder, const char *name)
{
    uint8_t bytes[KEY_FILE_SIZE] = {FIRST_ID};
    enum us_err err;

    randombytes_buf(bytes + 1, CIPHER_KEY_SIZE);
    err = write_file(folder, name, bytes, sizeof(bytes));
    sodium_memzero(bytes, sizeof(bytes));
    return err;
}

static enum us_err read_key(int folder, const char *name, struct key *key)
{
    uint8_t bytes[KEY_FILE_SIZE];
    struct fault fault;
    struct key_file file = {folder, name, .is_private = true, .fault = &fault};
    enum us_err err;
    size_t len;

    err = key_file_read(&file, bytes, sizeof(bytes), &len);
    if (err == US_OK && len != sizeof(bytes)) {
        fault_set(&fault, name, 0, "is too short to hold a key");
        err = US_CORRUPT;
    }
    if (err == US_OK) {
        key->file_id = bytes[0];
        memcpy(key->bytes, bytes + 1, CIPHER_KEY_SIZE);
    } else if (err != US_NOT_FOUND) {
        log_fault(&fault);
    }
    sodium_memzero(bytes, sizeof(bytes));
    return err;
}

static struct key *find_kept(struct key_store *store, enum key_kind kind, int64_t id)
{
    for (size_t i = 0; i < KEPT_KEYS; i++) {
        if (store->kept[i].kind == kind && store->kept[i].id == id)
            return &store->kept[i];
    }
    return NULL;
}

static void forget(struct key_store *store, enum key_kind kind, int64_t id)
{
    struct key *key = find_kept(store, kind, id);

    if (key != NULL)
        sodium_memzero(key, sizeof(*key));
}

/* Whether a destroyed appeal's mark is there. */
static bool is_gone(struct key_store *store, int64_t appeal)
{
    char gone[NAME_SIZE];
    struct stat info;

    (void)snprintf(gone, sizeof(gone), "appeal-%" PRId64 ".gone", appeal);
    return fstatat(store->folder, gone, &info, 0) == 0;
}

static bool was_seen(const struct key_store *store, int64_t appeal)
{
    for (size_t i = 0; i < store->seen_count; i++) {
        if (store->seen[i] == appeal)
            return true;
    }
    return false;
}

static void note_seen(struct key_store *store, int64_t appeal)
{
    if (was_seen(store, appeal))
        return;
    store->seen = mem_resize(store->seen, store->seen_count + 1, sizeof(*store->seen));
    store->seen[store->seen_count++] = appeal;
}

/* Reads a key from its file, which is made when it is missing and may be made. */
static enum us_err load_key(struct key_store *store, bool make, struct key *key)
{
    char name[NAME_SIZE];
    enum us_err err;

    name_key(key->kind, key->id, name);
    err = read_key(store->folder, name, key);
    if (err == US_OK && key->kind == KEY_APPEAL)
        note_seen(store, key->id);
    if (err != US_NOT_FOUND)
        return err;
    if (!make || (key->kind == KEY_APPEAL && is_gone(store, key->id)))
        return US_EXPIRED;
    if (key->kind == KEY_APPEAL && was_seen(store, key->id)) {
        log_error("key file %s: is gone; put it back, for no other is made in its place", name);
        return US_IO;
    }
    if (key->kind == KEY_APPEAL)
        note_seen(store, key->id);
    err = make_key(store->folder, name);
    return err == US_OK ? read_key(store->folder, name, key) : err;
}

enum us_err key_store_take(struct key_store *store, enum key_kind kind, int64_t id, bool make,
                           struct key *out)
{
    struct key *kept, key = {.kind = kind, .id = id};
    enum us_err err = US_OK;

    (void)pthread_mutex_lock(&store->lock);
    kept = find_kept(store, kind, id);
    if (kept == NULL) {
        err = load_key(store, make, &key);
        if (err == US_OK) {
            kept = &store->kept[store->next];
            store->next = store->next % (KEPT_KEYS - 1) + 1;
            *kept = key;
        }
    }
    if (err == US_OK)
        *out = *kept;
    (void)pthread_mutex_unlock(&store->lock);
    sodium_memzero(&key, sizeof(key));
    return err;
}

/* Calls back for each name in the folder, failures notwithstanding; gives the last failure. */
static enum us_err each_file(struct key_store *store,
                             enum us_err (*on_name)(struct key_store *store, const char *name,
                                                    int64_t arg),
                             int64_t arg)
{
    int fd = openat(store->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
    enum us_err err = US_OK;
    struct dirent *entry;

    if (folder == NULL) {
        log_error("the keys' folder cannot be listed: %s", strerror(errno));
        if (fd >= 0)
            (void)close(fd);
        return US_IO;
    }
    while ((entry = readdir(folder)) != NULL) {
        enum us_err one = on_name(store, entry->d_name, arg);

        if (one != US_OK)
            err = one;
    }
    (void)closedir(folder);
    return err;
}

static bool has_end(const char *name, const char *end)
{
    size_t len = strlen(name), end_len = strlen(end);

    return len >= end_len && strcmp(name + len - end_len, end) == 0;
}

/* The folder holds other keys too (the seal's, the signing key), which have their own form and are
 * checked by who opens them. */
static bool is_ours(const char *name)
{
    return has_end(name, ".key") &&
           (strcmp(name, "site.key") == 0 || strncmp(name, "day-", 4) == 0 ||
            strncmp(name, "appeal-", 7) == 0);
}

static enum us_err on_check(struct key_store *store, const char *name, int64_t arg)
{
    struct key key = {0};
    enum us_err err = US_OK;
    char again[NAME_SIZE];
    int64_t appeal;

    (void)arg;
    if (sscanf(name, "appeal-%" SCNd64 ".key", &appeal) == 1) {
        name_key(KEY_APPEAL, appeal, again);
        if (strcmp(name, again) == 0)
            note_seen(store, appeal);
    }
    if (has_end(name, ".key.tmp")) {
        err = destroy_file(store->folder, name);
    } else if (is_ours(name)) {
        err = read_key(store->folder, name, &key);
        sodium_memzero(&key, sizeof(key));
    }
    return err;
}

/* Opens the folder itself, which is made when it is missing (its parent is not). */
static enum us_err open_folder(const char *path, int *out)
{
    struct stat info;
    int fd;

    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        log_error("the keys' folder %s cannot be made: %s", path, strerror(errno));
        return errno == EACCES ? US_DENIED : US_IO;
    }
    fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info) != 0) {
        log_error("the keys' folder %s cannot be opened: %s", path, strerror(errno));
        if (fd >= 0)
            (void)close(fd);
        return fd < 0 && errno == EACCES ? US_DENIED : US_IO;
    }
    if ((info.st_mode & 077) != 0) {
        log_error("the keys' folder %s can be read by others than its owner: set its mode to 0700",
                  path);
        (void)close(fd);
        return US_DENIED;
    }
    *out = fd;
    return US_OK;
}

/* A folder's own name must be on the disk before anything is encrypted with the keys in it. */
static bool sync_parent(int folder)
{
    int fd = openat(folder, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        (void)close(fd);
    return done;
}

/* Reads the site's key; a folder that has none is a new one. */
static enum us_err load_site_key(int folder, struct key *key)
{
    enum us_err err = read_key(folder, "site.key", key);

    if (err != US_NOT_FOUND)
        return err;
    log_info("there is no site.key yet; a new one is made");
    if (!sync_parent(folder)) {
        log_error("the keys' folder cannot be synced: %s", strerror(errno));
        return US_IO;
    }
    err = make_key(folder, "site.key");
    return err == US_OK ? read_key(folder, "site.key", key) : err;
}

enum us_err key_store_peek_site(const char *folder, struct key *out)
{
    struct key key = {.kind = KEY_SITE};
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum us_err err;

    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? US_NOT_FOUND
               : errno == EACCES                   ? US_DENIED
                                                   : US_IO;
    err = read_key(fd, "site.key", &key);
    (void)close(fd);
    if (err == US_OK)
        *out = key;
    sodium_memzero(&key, sizeof(key));
    return err;
}

enum us_err key_store_peek_appeal(const char *folder, int64_t appeal)
{
    static const char *const ends[] = {"key", "gone"};
    enum us_err err = US_NOT_FOUND;

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]) && err == US_NOT_FOUND; i++) {
        char *path = mem_format("%s/appeal-%" PRId64 ".%s", folder, appeal, ends[i]);
        struct stat info;
        if (stat(path, &info) == 0)
            err = US_OK;
        else if (errno != ENOENT && errno != ENOTDIR)
            err = errno == EACCES ? US_DENIED : US_IO;
        free(path);
    }
    return err;
}

bool key_store_peek_destroyed(const char *folder, int64_t appeal)
{
    char *path = mem_format("%s/appeal-%" PRId64 ".gone", folder, appeal);
    struct stat info;
    bool is_there = stat(path, &info) == 0;

    free(path);
    return is_there;
}

enum us_err key_store_open(const char *folder, struct key_store **out)
{
    struct key_store *store;
    struct key site = {.kind = KEY_SITE};
    enum us_err err;
    int fd;

    err = open_folder(folder, &fd);
    if (err != US_OK)
        return err;

    store = MEM_NEW(struct key_store);
    (void)pthread_mutex_init(&store->lock, NULL);
    store->folder = fd;
    store->next = 1;
    store->kept = sodium_allocarray(KEPT_KEYS, sizeof(struct key));
    if (store->kept == NULL) {
        log_error("there is no memory for keys");
        err = US_IO;
        goto out;
    }
    memset(store->kept, 0, KEPT_KEYS * sizeof(struct key));

    err = each_file(store, on_check, 0);
    if (err != US_OK)
        goto out;
    err = load_site_key(fd, &site);
    if (err != US_OK)
        goto out;
    store->kept[0] = site;
    *out = store;
    store = NULL;

out:
    sodium_memzero(&site, sizeof(site));
    key_store_free(store);
    return err;
}

void key_store_free(struct key_store *store)
{
    if (store == NULL)
        return;
    sodium_free(store->kept); /* wipes */
    free(store->seen);
    (void)close(store->folder);
    (void)pthread_mutex_destroy(&store->lock);
    free(store);
}

enum us_err key_store_destroy_appeal(struct key_store *store, int64_t appeal)
{
    char name[NAME_SIZE], gone[NAME_SIZE];
    enum us_err err;

    name_key(KEY_APPEAL, appeal, name);
    (void)snprintf(gone, sizeof(gone), "appeal-%" PRId64 ".gone", appeal);

    (void)pthread_mutex_lock(&store->lock);
    err = write_file(store->folder, gone, "", 0);
    if (err == US_OK) {
        forget(store, KEY_APPEAL, appeal);
        err = destroy_file(store->folder, name);
    }
    (void)pthread_mutex_unlock(&store->lock);
    return err;
}

static enum us_err on_old_day(struct key_store *store, const char *name, int64_t before)
{
    char date[11] = "";
    int64_t day;

    if (strncmp(name, "day-", 4) != 0 || !has_end(name, ".key") || strlen(name) != 18)
        return US_OK;
    memcpy(date, name + 4, 10);
    if (!clock_parse_day(date, &day) || day >= before)
        return US_OK;
    forget(store, KEY_DAY, day);
    return destroy_file(store->folder, name);
}

enum us_err key_store_destroy_days(struct key_store *store, int64_t day)
{
    enum us_err err;

    (void)pthread_mutex_lock(&store->lock);
    err = each_file(store, on_old_day, day);
    (void)pthread_mutex_unlock(&store->lock);
    return err;
}
