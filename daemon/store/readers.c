/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A read runs in one transaction, so that all its queries see the same moment, and under one
 * deadline. Readers never write, not even a checkpoint: that is the store thread's alone.
 * Who reads on its own thread borrows a connection, or opens one where none is free; there are as
 * many as there are such threads: the control socket's few clients, and the service's own.
 */
#include "store/readers.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/schedule.h"
#include "store/engine.h"
#include "store/thread.h"
#include <assert.h>
#include <stdlib.h>

#define READERS_SPARE 2      /* connections that are kept open, each with a cache of megabytes */
#define READERS_TURN 1000    /* microseconds: somebody waits for the page, commands do not */
#define READERS_HERE_TIMES 4 /* deadlines: nobody stands behind a read here */

struct readers_work {
    void (*work)(struct reader *, void *arg);
    void *arg;
};

struct readers_thread {
    struct readers *readers;
    struct reader reader;
    pthread_t thread;
    bool is_started;
};

struct readers {
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    struct readers_work *ring;
    size_t size, first, waiting;
    bool is_closing;
    struct engine_params engine; /* owned */
    int64_t allowed_here;
    struct reader *spare[READERS_SPARE];
    size_t spares, here; /* here: reads on their callers' threads */
    pthread_cond_t left; /* the last of those has */
    size_t count;
    struct readers_thread threads[];
};

void readers_begin(struct reader *reader)
{
    assert(reader->open_queries == 0);
    engine_set_deadline(reader->engine, reader->allowed ? clock_monotonic() + reader->allowed : 0);
    reader->err = engine_act(reader->engine, ENGINE_BEGIN);
}

void readers_finish(struct reader *reader)
{
    assert(reader->open_queries == 0);
    engine_set_deadline(reader->engine, 0);
    if (engine_is_in_transaction(reader->engine) && engine_act(reader->engine, ENGINE_ROLLBACK))
        log_error("store: a read does not end: %s", engine_message(reader->engine));
}

static void *readers_run(void *arg)
{
    struct readers_thread *self = arg;
    struct readers *readers = self->readers;
    schedule_promptly(READERS_TURN);
    pthread_mutex_lock(&readers->mutex);
    for (;;) {
        while (!readers->waiting && !readers->is_closing)
            pthread_cond_wait(&readers->wake, &readers->mutex);
        if (!readers->waiting)
            break;
        struct readers_work next = readers->ring[readers->first];
        readers->first = (readers->first + 1) % readers->size;
        readers->waiting--;
        pthread_mutex_unlock(&readers->mutex);

        readers_begin(&self->reader);
        next.work(&self->reader, next.arg);
        readers_finish(&self->reader);

        pthread_mutex_lock(&readers->mutex);
    }
    pthread_mutex_unlock(&readers->mutex);
    return NULL;
}

/* ---- on the caller's thread ---- */

static enum us_err readers_open(struct readers *readers, struct reader **out, struct fault *fault)
{
    struct reader *reader = MEM_NEW(struct reader);
    enum us_err err = engine_open(&readers->engine, &reader->engine, fault);
    if (err) {
        free(reader);
        return err;
    }
    reader->allowed = readers->allowed_here;
    *out = reader;
    return US_OK;
}

static void readers_shut(struct reader *reader)
{
    if (!reader)
        return;
    engine_close(reader->engine);
    free(reader);
}

static enum us_err readers_borrow(struct readers *readers, struct reader **out)
{
    struct reader *reader = NULL;
    struct fault fault = {.text = ""};
    pthread_mutex_lock(&readers->mutex);
    bool is_closing = readers->is_closing;
    if (!is_closing) {
        readers->here++;
        if (readers->spares)
            reader = readers->spare[--readers->spares];
    }
    pthread_mutex_unlock(&readers->mutex);
    if (is_closing)
        return US_CANCELLED;
    *out = reader;
    if (reader || !readers_open(readers, out, &fault))
        return US_OK;
    log_error("store: no connection for reading: %s", fault.text);
    return US_BUSY;
}

static void readers_return(struct readers *readers, struct reader *reader)
{
    pthread_mutex_lock(&readers->mutex);
    if (reader && readers->spares < READERS_SPARE) {
        readers->spare[readers->spares++] = reader;
        reader = NULL;
    }
    pthread_mutex_unlock(&readers->mutex);
    readers_shut(reader);
    /* Last: the one who closes may take all of it away then. */
    pthread_mutex_lock(&readers->mutex);
    if (--readers->here == 0)
        pthread_cond_broadcast(&readers->left);
    pthread_mutex_unlock(&readers->mutex);
}

enum us_err readers_run_here(struct readers *readers, void (*work)(struct reader *, void *arg),
                             void *arg)
{
    struct reader *reader = NULL;
    enum us_err err = readers_borrow(readers, &reader);
    if (err == US_CANCELLED)
        return err;
    if (!err) {
        readers_begin(reader);
        work(reader, arg);
        engine_watch(reader->engine, NULL, NULL);
        readers_finish(reader);
    }
    readers_return(readers, reader);
    return err;
}

/* ---- all of them ---- */

enum us_err readers_new(const struct readers_params *params, struct readers **out,
                        struct fault *fault)
{
    size_t count = params->threads > 0 ? (size_t)params->threads : 1;
    struct readers *readers = mem_zero(sizeof *readers + count * sizeof *readers->threads);
    readers->size = params->queue > 0 ? (size_t)params->queue : 1;
    readers->ring = mem_alloc(readers->size * sizeof *readers->ring);
    readers->count = count;
    pthread_mutex_init(&readers->mutex, NULL);
    pthread_cond_init(&readers->wake, NULL);
    pthread_cond_init(&readers->left, NULL);
    readers->engine = (struct engine_params){
        .path = mem_string(params->path),
        .vfs = mem_string(params->vfs),
    };
    readers->allowed_here = READERS_HERE_TIMES * params->deadline_ms * (CLOCK_SECOND / 1000);
    /* One is there from the beginning: a disk that fails later does not keep it from opening. */
    enum us_err err = readers_open(readers, &readers->spare[0], fault);
    readers->spares = !err;
    for (size_t i = 0; i < count && !err; i++) {
        struct readers_thread *self = &readers->threads[i];
        self->readers = readers;
        self->reader.allowed = params->deadline_ms * (CLOCK_SECOND / 1000);
        err = engine_open(&readers->engine, &self->reader.engine, fault);
        if (err)
            break;
        err = thread_start(&self->thread, readers_run, self);
        if (err)
            fault_set(fault, NULL, 0, "the system has no thread left for reading");
        self->is_started = !err;
    }
    if (err) {
        readers_free(readers);
        return err;
    }
    *out = readers;
    return US_OK;
}

enum us_err readers_submit(struct readers *readers, void (*work)(struct reader *, void *arg),
                           void *arg)
{
    enum us_err err = US_OK;
    pthread_mutex_lock(&readers->mutex);
    if (readers->is_closing)
        err = US_CANCELLED;
    else if (readers->waiting == readers->size)
        err = US_BUSY;
    if (!err) {
        size_t place = (readers->first + readers->waiting) % readers->size;
        readers->ring[place] = (struct readers_work){.work = work, .arg = arg};
        readers->waiting++;
        pthread_cond_signal(&readers->wake);
    }
    pthread_mutex_unlock(&readers->mutex);
    return err;
}

void readers_close(struct readers *readers)
{
    if (!readers)
        return;
    pthread_mutex_lock(&readers->mutex);
    readers->is_closing = true;
    pthread_cond_broadcast(&readers->wake);
    while (readers->here)
        pthread_cond_wait(&readers->left, &readers->mutex);
    pthread_mutex_unlock(&readers->mutex);
    while (readers->spares)
        readers_shut(readers->spare[--readers->spares]);
    for (size_t i = 0; i < readers->count; i++) {
        struct readers_thread *self = &readers->threads[i];
        if (self->is_started)
            pthread_join(self->thread, NULL);
        self->is_started = false;
        engine_close(self->reader.engine);
        self->reader.engine = NULL;
    }
}

void readers_free(struct readers *readers)
{
    if (!readers)
        return;
    readers_close(readers);
    pthread_cond_destroy(&readers->wake);
    pthread_cond_destroy(&readers->left);
    pthread_mutex_destroy(&readers->mutex);
    free((char *)(uintptr_t)readers->engine.path);
    free((char *)(uintptr_t)readers->engine.vfs);
    free(readers->ring);
    free(readers);
}
