/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/side.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/engine_file.h"
#include "store/migrate.h"
#include "store/readers.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct side {
    char *path;
    struct reader reader;
};

enum us_err side_open(const char *path, const char *vfs, struct side **out, struct fault *fault)
{
    const struct engine_params params = {.path = path, .vfs = vfs};
    struct side *side = MEM_NEW(struct side);
    enum us_err err = engine_open(&params, &side->reader.engine, fault);
    if (err) {
        free(side);
        return err;
    }
    side->path = mem_string(path);
    *out = side;
    return US_OK;
}

enum us_err side_open_held(int fd, struct side **out, struct fault *fault)
{
    struct side *side = MEM_NEW(struct side);
    enum us_err err = engine_open_held(fd, &side->reader.engine, fault);
    if (err) {
        free(side);
        return err;
    }
    side->path = mem_string("what was unpacked");
    *out = side;
    return US_OK;
}

void side_free(struct side *side)
{
    if (!side)
        return;
    engine_close(side->reader.engine);
    free(side->path);
    free(side);
}

void side_watch(struct side *side, bool (*goes_on)(void *arg), void *arg)
{
    engine_watch(side->reader.engine, goes_on, arg);
}

struct reader *side_begin(struct side *side)
{
    readers_begin(&side->reader);
    return &side->reader;
}

void side_end(struct side *side)
{
    readers_finish(&side->reader);
}

enum us_err side_copy(struct side *side, const char *path, struct fault *fault)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0600);
    if (fd < 0) {
        fault_set(fault, path, 0, "the copy cannot be made: %s", strerror(errno));
        return errno == ENOSPC || errno == EDQUOT ? US_FULL : US_IO;
    }
    close(fd); /* nobody has it open yet whose locks that could drop */
    enum us_err err = engine_copy(side->reader.engine, path);
    if (!err)
        return US_OK;
    if (unlink(path) != 0)
        log_error("store: a copy that failed cannot be removed: %s", strerror(errno));
    if (err == US_CANCELLED)
        return err;
    fault_set(fault, path, 0, "the copy cannot be written: %s",
              engine_message(side->reader.engine));
    return err;
}

enum us_err side_sizes(struct side *side, struct side_sizes *out)
{
    struct engine_sizes sizes;
    enum us_err err = engine_sizes(side->reader.engine, &sizes);
    if (err)
        return err;
    *out = (struct side_sizes){
        .bytes = sizes.pages * sizes.page_size,
        .free_bytes = sizes.free_pages * sizes.page_size,
        .page_size = sizes.page_size,
    };
    return US_OK;
}

enum us_err side_integrity(struct side *side, void (*on_damage)(const char *what, void *arg),
                           void *arg)
{
    return engine_integrity(side->reader.engine, on_damage, arg);
}

enum us_err side_tables(struct side *side,
                        void (*on_table)(const char *name, int64_t rows, void *arg), void *arg)
{
    return engine_tables(side->reader.engine, on_table, arg);
}

enum us_err side_schema(struct side *side, int *version, struct fault *fault)
{
    return migrate_check(side->reader.engine, side->path, version, fault);
}

const char *side_library(void)
{
    return engine_library();
}
