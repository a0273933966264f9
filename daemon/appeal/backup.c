/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Making one: copy, count and digest, pack. What the copy holds is told in the head, so the copy is
 * read twice: once for its digest, once to be packed. The audit entry is written before the first
 * byte leaves, so that nobody takes a backup unseen; it is not in that backup itself.
 */
#include "appeal/backup_folder.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "config.h"
#include "store/upkeep.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE ((size_t)65536)
#define SPARE (INT64_C(16) << 20) /* of room that the service itself needs meanwhile */
#define PASSES 3                  /* over the database's size: copying, its digest, packing */

struct making {
    struct site *site;
    const struct backup_params *params;
    struct fault *fault;
    struct organiser_public key;
    bool is_sealed;
    int64_t size; /* of the database, without its gaps */
    char *copy;
    int fd; /* the copy */
    struct backup_file file;
    bool is_file;
    int64_t bytes; /* of the backup, so far */
    struct backup_made made;
};

static bool tell(struct making *making, int64_t done, const char *what)
{
    return making->params->on_progress == NULL ||
           making->params->on_progress(done, PASSES * making->size, what, making->params->arg);
}

/* ---- before ---- */

static enum us_err choose_key(struct making *making)
{
    const char *path = site_config(making->site)->backup_seal_to;

    making->is_sealed = making->params->key != NULL || path != NULL;
    if (making->params->key == NULL && path != NULL)
        return organiser_read_public(path, &making->key, making->fault);
    if (making->is_sealed)
        making->key = *making->params->key;
    return US_OK;
}

static enum us_err check_room(struct making *making)
{
    const struct config *config = site_config(making->site);
    char *inside = mem_format("%s/x", config->backup_folder);
    int64_t beside = backup_room(config->store_path), there = backup_room(inside);
    /* In the same file system copy and backup stand side by side; a backup is never larger by more
     * than a little. A folder that is not there yet is made where there is room, or fails. */
    bool is_both = making->params->out == NULL && (there < 0 || there == beside);
    int64_t needed = (is_both ? 2 : 1) * making->size + SPARE;
    bool is_short = beside >= 0 && beside < needed;

    free(inside);
    if (!is_short && making->params->out == NULL && there >= 0 && there < making->size + SPARE) {
        beside = there;
        needed = making->size + SPARE;
        is_short = true;
    }
    if (!is_short)
        return US_OK;
    fault_set(making->fault, NULL, 0,
              "there is not enough room: a backup needs up to %lld MiB for a while, and %lld MiB "
              "are free; nothing was written",
              (long long)(needed >> 20) + 1, (long long)(beside >> 20));
    return US_FULL;
}

/* ---- the copy ---- */

static bool goes_on_copying(void *arg)
{
    struct making *making = arg;
    struct stat copy;
    int64_t done = stat(making->copy, &copy) == 0 ? (int64_t)copy.st_size : 0;

    return tell(making, done < making->size ? done : making->size, "bytes");
}

static void add_table(const char *name, int64_t rows, void *arg)
{
    struct backup_head *head = arg;

    head->tables = mem_resize(head->tables, head->count + 1, sizeof(*head->tables));
    head->tables[head->count++] = (struct backup_table){mem_string(name), rows};
}

static enum us_err look_at_copy(struct making *making)
{
    struct backup_head *head = &making->made.head;
    struct side *side;
    enum us_err err = side_open(making->copy, NULL, &side, making->fault);

    if (err != US_OK)
        return err;
    head->schema = store_schema_version(site_store(making->site));
    err = side_tables(side, add_table, head);
    side_free(side);
    return err;
}

/* Leaves the copy open and without a name. */
static enum us_err make_copy(struct making *making, struct side *side)
{
    struct stat copy;
    enum us_err err;

    making->copy = backup_copy_name(store_path(site_store(making->site)));
    side_watch(side, goes_on_copying, making);
    making->made.head.made_at = clock_now();
    err = side_copy(side, making->copy, making->fault);
    side_watch(side, NULL, NULL);
    if (err != US_OK)
        return err;
    err = look_at_copy(making);
    if (err == US_OK) {
        making->fd = open(making->copy, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (making->fd < 0 || fstat(making->fd, &copy) != 0) {
            fault_set(making->fault, making->copy, 0, "%s", strerror(errno));
            err = US_IO;
        } else {
            making->made.head.bytes = making->size = (int64_t)copy.st_size;
        }
    }
    if (unlink(making->copy) != 0)
        log_warning("backup: cannot remove %s: %s", making->copy, strerror(errno));
    return err;
}

/* Reads the copy from its beginning, piece by piece. */
static enum us_err walk_copy(struct making *making, int64_t before, vault_sink *sink, void *arg)
{
    uint8_t *piece = mem_alloc(PIECE);
    int64_t done = 0;
    enum us_err err = US_OK;

    while (err == US_OK) {
        ssize_t n = pread(making->fd, piece, PIECE, (off_t)done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n == 0)
            break;
        err = n < 0 ? US_IO : sink(piece, (size_t)n, arg);
        done += n > 0 ? n : 0;
        if (err == US_OK && !tell(making, before + done, "bytes"))
            err = US_CANCELLED;
    }
    free(piece);
    return err;
}

static enum us_err add_digest(const void *data, size_t len, void *arg)
{
    crypto_hash_sha256_update(arg, data, len);
    return US_OK;
}

static enum us_err digest_copy(struct making *making)
{
    crypto_hash_sha256_state state;
    enum us_err err;

    crypto_hash_sha256_init(&state);
    err = walk_copy(making, making->size, add_digest, &state);
    crypto_hash_sha256_final(&state, making->made.head.digest);
    return err;
}

/* ---- packing ---- */

static enum us_err open_file(struct making *making)
{
    char *path;
    enum us_err err;

    if (making->params->out != NULL)
        return US_OK;
    path = backup_folder_name(site_config(making->site), making->made.head.made_at);
    err = backup_file_open(path, &making->file, making->fault);
    if (err == US_OK) {
        making->is_file = true;
        making->made.path = path;
        return US_OK;
    }
    if (err == US_DUPLICATE)
        fault_set(making->fault, NULL, 0,
                  "another backup was begun in the same second; try again in a moment");
    free(path);
    return err;
}

static enum us_err sink_out(const void *data, size_t len, void *arg)
{
    struct making *making = arg;

    making->bytes += (int64_t)len;
    return making->is_file ? backup_file_sink(data, len, &making->file)
                           : making->params->out(data, len, making->params->out_arg);
}

static enum us_err sink_pack(const void *data, size_t len, void *arg)
{
    return vault_write(arg, data, len);
}

static enum us_err pack(struct making *making)
{
    char *head = backup_head_print(&making->made.head);
    struct vault_writer *writer = NULL;
    enum us_err err =
        vault_writer_new(head, making->is_sealed ? &making->key : NULL, sink_out, making, &writer);

    if (err == US_OK)
        err = walk_copy(making, 2 * making->size, sink_pack, writer);
    if (err == US_OK)
        err = vault_finish(writer);
    vault_writer_free(writer);
    free(head);
    making->made.bytes = making->bytes;
    if (!making->is_file)
        return err;
    making->is_file = false;
    if (err == US_OK)
        return backup_file_finish(&making->file, making->fault);
    backup_file_abandon(&making->file);
    return err;
}

static enum us_err note_audit(struct making *making)
{
    const char *name = making->made.path != NULL ? strrchr(making->made.path, '/') + 1 : NULL;

    return site_note(making->site, making->params->actor,
                     name != NULL ? "backup.create" : "backup.send", name, making->params->reason);
}

static void note_last(struct making *making)
{
    struct backup_last last = {.made_at = making->made.head.made_at, .bytes = making->bytes};

    snprintf(last.to, sizeof(last.to), "%s",
             making->made.path != NULL ? making->made.path : making->params->actor);
    backup_folder_note(site_config(making->site), &last);
}

static enum us_err make(struct making *making)
{
    enum us_err err = digest_copy(making);

    if (err == US_OK)
        err = open_file(making);
    if (err == US_OK)
        err = note_audit(making);
    if (err == US_OK)
        err = pack(making);
    if (making->is_file)
        backup_file_abandon(&making->file);
    if (err != US_OK)
        return err;
    note_last(making);
    if (making->made.path != NULL)
        making->made.removed = backup_folder_prune(site_config(making->site));
    return US_OK;
}

enum us_err backup_create(struct site *site, const struct backup_params *params,
                          struct backup_made *out, struct fault *fault)
{
    struct making making = {.site = site, .params = params, .fault = fault, .fd = -1};
    struct side_sizes sizes;
    struct side *side = NULL;
    enum us_err err = choose_key(&making);

    making.made.head.site = mem_string(site_config(site)->site_url);
    making.made.head.program = mem_string(PACKAGE_STRING);
    if (err == US_OK)
        err = store_open_side(site_store(site), &side, fault);
    if (err == US_OK)
        err = side_sizes(side, &sizes);
    if (err == US_OK) {
        making.size = making.made.head.bytes = sizes.bytes - sizes.free_bytes;
        err = check_room(&making);
    }
    if (err == US_OK && !params->is_trial)
        err = make_copy(&making, side);
    side_free(side); /* its log is no longer held */
    if (err == US_OK && !params->is_trial)
        err = make(&making);
    if (making.fd >= 0)
        close(making.fd);
    free(making.copy);
    making.made.is_sealed = making.is_sealed;
    if (err != US_OK) {
        backup_made_clear(&making.made);
        return err;
    }
    *out = making.made;
    return US_OK;
}

void backup_made_clear(struct backup_made *made)
{
    backup_head_clear(&made->head);
    free(made->path);
    made->path = NULL;
}
