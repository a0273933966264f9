/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "appeal/database.h"
#include "appeal/backup_folder.h"
#include "base/mem.h"
#include "store/upkeep.h"
#include <stdlib.h>
#include <sys/stat.h>

#define SPARE (INT64_C(16) << 20)

static int64_t file_size(const char *path, const char *end)
{
    char *file = mem_format("%s%s", path, end);
    struct stat found;
    int64_t bytes = stat(file, &found) == 0 ? (int64_t)found.st_size : 0;

    free(file);
    return bytes;
}

enum us_err database_look(struct site *site, struct database_look *out, struct fault *fault)
{
    struct store *store = site_store(site);
    struct side_sizes sizes = {0};
    struct side *side;
    enum us_err err = store_open_side(store, &side, fault);

    if (err != US_OK)
        return err;
    err = side_sizes(side, &sizes);
    side_free(side);
    if (err != US_OK)
        return err;
    *out = (struct database_look){
        .bytes = sizes.bytes,
        .free_bytes = sizes.free_bytes,
        .page_bytes = sizes.page_size,
        .log_bytes = file_size(store_path(store), "-wal"),
        .room_bytes = backup_room(store_path(store)),
        .schema = store_schema_version(store),
        .library = side_library(),
        .is_failing = store_is_failing(store),
    };
    return US_OK;
}

enum us_err database_check(struct site *site, const struct backup_check_params *params, bool *holds,
                           struct fault *fault)
{
    struct side *side;
    enum us_err err = store_open_side(site_store(site), &side, fault);

    if (err != US_OK)
        return err;
    err = backup_check(side, NULL, params, holds);
    side_free(side);
    return err;
}

static bool goes_on(void *arg)
{
    const struct database_vacuum *params = arg;

    return params->on_progress == NULL || params->on_progress(0, 0, "", params->arg);
}

enum us_err database_vacuum(struct site *site, const struct database_vacuum *params,
                            int64_t *before, int64_t *after, struct fault *fault)
{
    struct database_look look;
    enum us_err err = database_look(site, &look, fault);
    int64_t used;

    if (err != US_OK)
        return err;
    *before = look.bytes;
    used = look.bytes - look.free_bytes;
    if (look.room_bytes >= 0 && look.room_bytes < 2 * used + SPARE) {
        fault_set(fault, NULL, 0,
                  "there is not enough room: writing it anew needs %lld MiB for a while, and %lld "
                  "MiB are free; nothing was done",
                  (long long)((2 * used + SPARE) >> 20), (long long)(look.room_bytes >> 20));
        return US_FULL;
    }
    *after = used;
    if (params->is_trial)
        return US_OK;
    err = site_note(site, params->actor, "db.vacuum", NULL, params->reason);
    if (err == US_OK)
        err = store_vacuum(site_store(site), goes_on, (void *)(uintptr_t)params);
    if (err == US_OK)
        err = database_look(site, &look, fault);
    if (err == US_OK)
        *after = look.bytes;
    return err;
}
