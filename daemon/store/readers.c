/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A read runs in one transaction, so that all its queries see the same moment, and under one
 * deadline. Readers never write, not even a checkpoint: that is the store thread's alone.
 */
#include "store/readers.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/engine.h"
#include "store/thread.h"
#include <assert.h>
#include <stdlib.h>

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
    const struct engine_params engine = {.path = params->path, .vfs = params->vfs};
    enum us_err err = US_OK;
    for (size_t i = 0; i < count && !err; i++) {
        struct readers_thread *self = &readers->threads[i];
        self->readers = readers;
        self->reader.allowed = params->deadline_ms * (CLOCK_SECOND / 1000);
        err = engine_open(&engine, &self->reader.engine, fault);
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
    pthread_mutex_unlock(&readers->mutex);
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
    pthread_mutex_destroy(&readers->mutex);
    free(readers->ring);
    free(readers);
}
