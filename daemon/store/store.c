/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Opening and closing: the lock first, then the one connection that writes (which migrates), then
 * readers. Closing goes the other way round: readers end before the last checkpoint, so that
 * nothing stands in its way, and the lock is let go when the files are closed.
 */
#include "base/log.h"
#include "base/mem.h"
#include "store/engine_file.h"
#include "store/job_step.h"
#include "store/lock.h"
#include "store/migrate.h"
#include "store/readers.h"
#include "store/thread.h"
#include "store/upkeep.h"
#include "store/writer.h"
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define STORE_READ_DEADLINE_MS 5000
#define STORE_EMPTY_TRIES 30
#define STORE_EMPTY_WAIT_NS 50000000

struct store {
    int lock, inside; /* inside: on the database itself */
    int version;
    char *path, *vfs;
    struct engine *engine;
    struct writer *writer;
    struct readers *readers;
};

/* A new file is only safe in a power cut when its name in the folder is. */
static bool store_sync_folder(const char *path)
{
    char *copy = mem_string(path);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_safe = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    free(copy);
    return is_safe;
}

/* Makes the file where it is missing, for its owner alone; SQLite gives its log the same mode. Done
 * before SQLite opens it: closing a descriptor of our own later would drop SQLite's locks. */
static enum us_err store_make_file(const char *path, struct fault *fault)
{
    struct stat status;
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0600);
    if (fd >= 0) {
        close(fd);
        if (store_sync_folder(path))
            return US_OK;
        fault_set(fault, path, 0, "the folder cannot be synchronised: %s", strerror(errno));
        return US_INVALID;
    }
    if (errno != EEXIST || stat(path, &status) != 0) {
        fault_set(fault, path, 0, "the database cannot be made: %s", strerror(errno));
        return US_INVALID;
    }
    if (!S_ISREG(status.st_mode)) {
        fault_set(fault, path, 0, "the database is not a file");
        return US_INVALID;
    }
    if (status.st_mode & 077)
        log_warning("store: the database can be read by others than its owner (chmod 600)");
    return US_OK;
}

static enum us_err store_open_engine(struct store *store, const struct store_params *params,
                                     struct fault *fault)
{
    const struct engine_params engine = {
        .path = params->path, .vfs = params->vfs, .is_writer = true, .is_weak = params->is_weak};
    enum us_err err = store_make_file(params->path, fault);
    if (!err)
        err = lock_take_database(params->path, params->lock_seconds, &store->inside, fault);
    if (!err)
        err = engine_open(&engine, &store->engine, fault);
    if (!err)
        err = migrate_run(store->engine, params->path, &store->version, fault);
    return err;
}

static enum us_err store_start_threads(struct store *store, const struct store_params *params,
                                       struct fault *fault)
{
    const struct readers_params readers = {
        .path = params->path,
        .vfs = params->vfs,
        .threads = params->readers,
        .queue = params->read_queue,
        .deadline_ms =
            params->read_deadline_ms > 0 ? params->read_deadline_ms : STORE_READ_DEADLINE_MS,
    };
    enum us_err err = readers_new(&readers, &store->readers, fault);
    if (err)
        return err;
    err = writer_new(store->engine, &store->writer);
    if (err)
        fault_set(fault, NULL, 0, "the system has no thread left for the store");
    return err;
}

enum us_err store_open(const struct store_params *params, struct store **out, struct fault *fault)
{
    struct store *store = MEM_NEW(struct store);
    store->lock = store->inside = -1;
    store->path = mem_string(params->path);
    store->vfs = mem_string(params->vfs);
    enum us_err err = lock_take(params->lock, params->lock_seconds, &store->lock, fault);
    if (!err)
        err = store_open_engine(store, params, fault);
    if (!err)
        err = store_start_threads(store, params, fault);
    if (err) {
        store_close(store);
        return err;
    }
    *out = store;
    return US_OK;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    bool was_running = store->writer;
    readers_close(store->readers);
    writer_free(store->writer);
    readers_free(store->readers);
    if (was_running) {
        struct engine_log log;
        if (engine_checkpoint(store->engine, true, &log))
            log_error("store: the last checkpoint fails (%s): the next start makes up for it",
                      engine_message(store->engine));
    }
    engine_close(store->engine);
    lock_release(store->inside); /* after all of SQLite's connections (lock.h) */
    lock_release(store->lock);
    free(store->path);
    free(store->vfs);
    free(store);
}

void store_submit(struct store *store, struct job *job,
                  void (*on_done)(struct job *job, enum us_err err, void *arg), void *arg)
{
    writer_submit(store->writer, job, false, on_done, arg);
}

static void store_on_done(struct job *job, enum us_err err, void *arg)
{
    (void)job;
    (void)err; /* the job has it */
    thread_gate_open(arg);
}

enum us_err store_run(struct store *store, struct job *job)
{
    struct thread_gate gate = THREAD_GATE_INIT;
    writer_submit(store->writer, job, true, store_on_done, &gate);
    thread_gate_wait(&gate);
    return job->err;
}

enum us_err store_read(struct store *store, void (*work)(struct reader *, void *arg), void *arg)
{
    return readers_submit(store->readers, work, arg);
}

enum us_err store_read_wait(struct store *store, void (*work)(struct reader *, void *arg),
                            void *arg)
{
    return readers_run_here(store->readers, work, arg);
}

int store_schema_version(const struct store *store)
{
    return store->version;
}

bool store_is_failing(const struct store *store)
{
    return writer_is_failing(store->writer);
}

enum us_err store_open_side(const struct store *store, struct side **out, struct fault *fault)
{
    return side_open(store->path, store->vfs, out, fault);
}

struct store_vacuum {
    bool (*goes_on)(void *arg);
    void *arg;
};

static enum us_err store_do_vacuum(struct engine *engine, void *arg)
{
    const struct store_vacuum *vacuum = arg;
    engine_watch(engine, vacuum->goes_on, vacuum->arg);
    enum us_err err = engine_vacuum(engine);
    if (err && err != US_CANCELLED)
        log_error("store: writing the database anew fails: %s", engine_message(engine));
    engine_watch(engine, NULL, NULL);
    return err;
}

enum us_err store_vacuum(struct store *store, bool (*goes_on)(void *arg), void *arg)
{
    struct store_vacuum vacuum = {goes_on, arg};
    return writer_run_act(store->writer, store_do_vacuum, &vacuum);
}

static enum us_err store_do_empty_log(struct engine *engine, void *arg)
{
    struct engine_log log = {.is_moved = false};
    (void)arg;
    enum us_err err = engine_checkpoint(engine, true, &log);
    return err || log.is_moved ? err : US_BUSY;
}

enum us_err store_empty_log(struct store *store)
{
    enum us_err err = writer_run_act(store->writer, store_do_empty_log, NULL);
    for (int i = 0; err == US_BUSY && i < STORE_EMPTY_TRIES; i++) {
        nanosleep(&(struct timespec){.tv_nsec = STORE_EMPTY_WAIT_NS}, NULL);
        err = writer_run_act(store->writer, store_do_empty_log, NULL);
    }
    return err;
}

const char *store_path(const struct store *store)
{
    return store->path;
}

enum us_err store_settle(const char *path, struct fault *fault)
{
    const struct engine_params params = {.path = path, .is_writer = true, .is_alone = true};
    struct engine *engine = NULL;
    struct engine_log log = {0};
    enum us_err err = engine_open(&params, &engine, fault);
    if (err)
        return err;
    err = engine_checkpoint(engine, true, &log);
    if (!err && !log.is_moved)
        err = US_BUSY;
    if (err)
        fault_set(fault, path, 0, "its log cannot be moved: %s", engine_message(engine));
    engine_close(engine);
    return err;
}
