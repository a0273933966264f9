/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A file is on the disk before its row, and goes after it: what has no row is nobody's. */
#include "appeal/delivery.h"
#include "appeal/outbox_delivery.h"
#include "appeal/outbox_queue.h"
#include "appeal/site_file.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

struct sweep {
    struct site *site;
    struct public_letter_files letters, outgoing; /* in use */
    enum us_err err;
};

/* A payload that cannot be opened leads to no file: its mail will be dropped. */
static enum us_err read_outgoing(struct reader *reader, struct sweep *sweep)
{
    struct public_letter_files *files = &sweep->outgoing;
    struct query *query = query_start(reader, STATEMENT_OUTBOX_DELIVERIES, VALUES_NONE);

    while (query_next(query)) {
        struct outbox_payload payload;
        size_t len;
        const void *data = query_blob(query, 1, &len);

        if (data == NULL ||
            outbox_payload_open(sweep->site, query_int(query, 0), data, len, &payload) != US_OK)
            continue;
        if (payload.file != NULL) {
            files->paths = mem_resize(files->paths, files->count + 1, sizeof(*files->paths));
            files->paths[files->count++] = outbox_delivery_path(sweep->site, payload.file);
        }
        outbox_payload_clear(&payload);
    }
    return query_end(query);
}

static void read_sweep(struct reader *reader, void *arg)
{
    struct sweep *sweep = arg;

    sweep->err = public_letter_files_read(reader, sweep->site, 0, &sweep->letters);
    if (sweep->err == US_OK)
        sweep->err = read_outgoing(reader, sweep);
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sweep_folder(const struct site *site, const char *folder,
                         struct public_letter_files *keep)
{
    if (keep->count > 0)
        qsort(keep->paths, keep->count, sizeof(*keep->paths), compare_paths);
    site_file_sweep(site, folder, keep->paths, keep->count);
}

enum us_err delivery_sweep(struct site *site)
{
    struct sweep sweep = {.site = site};
    enum us_err err = store_read_wait(site_store(site), read_sweep, &sweep);

    if (err == US_OK)
        err = sweep.err;
    if (err == US_OK) {
        sweep_folder(site, SITE_FILE_LETTERS, &sweep.letters);
        sweep_folder(site, SITE_FILE_OUTGOING, &sweep.outgoing);
    }
    public_letter_files_clear(&sweep.letters);
    public_letter_files_clear(&sweep.outgoing);
    return err;
}
