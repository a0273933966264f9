/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The order in which things happen is what keeps the database whole when the plug is pulled. The
 * new one is complete and on the disk under another name; the old one's log is moved into it and
 * gone, since a log that is left would be played into the new database; the old one gets a second
 * name; then one rename puts the new one in its place. Before it all is as it was, after it all is
 * done.
 */
#include "appeal/backup_carry.h"
#include "appeal/backup_folder.h"
#include "appeal/backup_hold.h"
#include "appeal/backup_kept.h"
#include "appeal/backup_place_parts.h"
#include "appeal/site_mark.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "config.h"
#include "store/lock.h"
#include "store/upkeep.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PLACE_TRIES 100

struct backup_place *backup_place_new(int fd)
{
    struct backup_place *place = MEM_NEW(struct backup_place);

    place->fd = fd;
    place->lock = place->inside = place->unpacked = -1;
    return place;
}

void backup_place_remove(const char *path, const char *end)
{
    char *file = mem_format("%s%s", path, end);

    if (unlink(file) != 0 && errno != ENOENT)
        log_warning("backup: cannot remove %s: %s", file, strerror(errno));
    free(file);
}

void backup_place_remove_database(const char *path)
{
    backup_place_remove(path, "-wal");
    backup_place_remove(path, "-shm");
    backup_place_remove(path, "-journal");
    backup_place_remove(path, ".lock");
    backup_place_remove(path, "");
}

static void forget_unpacked(struct backup_place *place)
{
    if (place->path != NULL)
        backup_place_remove_database(place->path);
    if (place->unpacked >= 0)
        close(place->unpacked);
    free(place->path);
    place->path = NULL;
    place->unpacked = -1;
}

void backup_place_free(struct backup_place *place)
{
    if (place == NULL)
        return;
    side_free(place->side);
    forget_unpacked(place);
    lock_release(place->inside);
    lock_release(place->lock);
    vault_reader_free(place->vault);
    backup_head_clear(&place->head);
    free(place->database);
    free(place->keys);
    free(place);
}

const struct backup_head *backup_place_head(const struct backup_place *place)
{
    return &place->head;
}

const char *backup_place_sealed_to(const struct backup_place *place)
{
    return place->vault != NULL ? vault_sealed_to(place->vault) : NULL;
}

int64_t backup_place_bytes(const struct backup_place *place)
{
    return place->bytes;
}

/* ---- putting in place ---- */

/* A backup of a database that never was opened with keys goes with all. */
static enum us_err compare_keys(struct backup_place *place, struct backup_sides *sides)
{
    uint8_t wanted[KEYRING_HASH_SIZE], found[KEYRING_HASH_SIZE];
    struct site_mark_lost lost = {.slug = NULL};
    bool is_marked = false;
    enum us_err err = site_mark_read(side_begin(place->side), &is_marked, wanted);

    side_end(place->side);
    sides->has_keys = keyring_peek_mark(place->keys, found) == US_OK;
    if (err == US_OK)
        err = site_mark_find_lost(side_begin(place->side), place->keys, &lost);
    side_end(place->side);
    sides->lost_keys = (int64_t)lost.count;
    free(lost.slug);
    sides->keys_fit = !is_marked || (sides->has_keys && memcmp(wanted, found, sizeof(wanted)) == 0);
    return err;
}

enum us_err backup_place_compare(struct backup_place *place, backup_on_change *on_change, void *arg,
                                 struct backup_sides *out, struct fault *fault)
{
    struct backup_sides sides = {.has_now = false};
    struct fault ignored = {.text = ""};
    struct side *now = NULL;
    enum us_err err = backup_read_facts(place->side, &sides.backup);

    if (err == US_OK)
        err = compare_keys(place, &sides);
    if (err != US_OK) {
        fault_set(fault, NULL, 0, "what was unpacked cannot be read");
        return err;
    }
    /* A database that is damaged is a reason to restore, not to refuse. */
    if (access(place->database, F_OK) == 0 &&
        side_open(place->database, NULL, &now, &ignored) == US_OK) {
        sides.has_now = backup_read_facts(now, &sides.now) == US_OK &&
                        backup_compare(now, place->side, on_change, arg, &sides.loss) == US_OK;
        side_free(now);
    }
    *out = sides;
    return US_OK;
}

struct putting {
    const struct backup_place *place;
    const char *actor, *reason;
    struct backup_placed placed;
    struct fault *fault;
};

/* The mark of the log that this one takes the place of: it tells a mark that was noted before the
 * restore from one of a log that was cut off. Owned; NULL: there is none that can be read. */
static char *old_mark(const struct putting *putting)
{
    struct fault ignored = {.text = ""};
    struct side *side = NULL;
    char *mark = NULL;

    if (access(putting->place->database, F_OK) == 0 &&
        side_open(putting->place->database, NULL, &side, &ignored) == US_OK) {
        mark = backup_read_mark(side);
        side_free(side);
    }
    return mark;
}

/* What was about to leave is stopped with the same job. */
static enum us_err write_entry(struct putting *putting, struct store *store)
{
    char made[24];
    struct job *job = job_new();
    char *mark = old_mark(putting), *reason = NULL;
    const char *given = putting->reason;
    enum us_err err;

    if (mark != NULL)
        reason = mem_format("%s%sthe log before went to %s", given != NULL ? given : "",
                            given != NULL ? "; " : "", mark);
    clock_print(putting->place->head.made_at, made);
    backup_hold_add(job);
    job_add_audit(job, &(struct job_audit){
                           .at = clock_now(),
                           .actor = putting->actor,
                           .act = "backup.restore",
                           .subject = made,
                           .reason = reason != NULL ? reason : given,
                       });
    err = store_run(store, job);
    job_free(job);
    free(reason);
    free(mark);
    return err;
}

static enum us_err carry_over(struct putting *putting, struct store *store)
{
    const char *old = putting->place->database;
    const struct backup_carry carry = {
        .now = clock_now(), .actor = putting->actor, .keys = putting->place->keys};
    struct fault ignored = {.text = ""};
    struct backup_carried carried = {.signatures = 0};
    struct side *side = NULL;
    bool is_there = access(old, F_OK) == 0;
    enum us_err err;

    if (is_there && side_open(old, NULL, &side, &ignored) != US_OK)
        side = NULL;
    err = backup_carry(side, store, &carry, &carried);
    putting->placed.carried = carried.signatures;
    putting->placed.appeals = carried.appeals;
    putting->placed.acts = carried.acts;
    putting->placed.is_whole = !is_there || carried.is_whole;
    if (err == US_OK && side != NULL)
        err = backup_hold_carry(side, store, &putting->placed.letters, &putting->placed.is_whole);
    side_free(side);
    return err;
}

/* Brings the new database up to this program's schema, says in it that it was restored, and does in
 * it what people asked for since. */
static enum us_err write_new(struct putting *putting)
{
    const char *path = putting->place->path;
    char *lock = mem_format("%s.lock", path);
    const struct store_params params = {.path = path, .lock = lock, .readers = 1, .read_queue = 1};
    struct store *store;
    enum us_err err = store_open(&params, &store, putting->fault);

    free(lock);
    if (err != US_OK)
        return err;
    err = write_entry(putting, store);
    if (err == US_OK)
        err = carry_over(putting, store);
    if (err == US_OK)
        err = backup_held_find(store, &putting->placed.held, &putting->placed.held_mails);
    store_close(store);
    if (err != US_OK)
        fault_set(putting->fault, path, 0, "cannot be written (%s); nothing was changed",
                  err_name(err));
    return err;
}

/* Closing emptied its log; what is still beside it must not stay, and all of it must be on disk. */
static enum us_err finish_new(const struct backup_place *place, struct fault *fault)
{
    char *log = mem_format("%s-wal", place->path), before[32];
    struct stat left;
    bool is_whole = stat(log, &left) != 0 || left.st_size == 0;
    int fd = open(place->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    /* Where it was brought up to a newer schema: what it was before, the backup is. */
    snprintf(before, sizeof(before), ".schema-%lld", (long long)place->head.schema);
    is_whole = is_whole && fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    backup_place_remove(place->path, "-wal");
    backup_place_remove(place->path, "-shm");
    backup_place_remove(place->path, ".lock");
    backup_place_remove(place->path, before);
    free(log);
    if (is_whole && backup_sync_folder(place->path))
        return US_OK;
    fault_set(fault, place->path, 0, "cannot be brought to the disk; nothing was changed");
    return US_IO;
}

/* Gives the old database its second name. */
static enum us_err keep_old(const struct backup_place *place, char **kept, struct fault *fault)
{
    char plain[BACKUP_TIME_SIZE];

    backup_print_time(clock_now(), plain);
    for (int i = 1; i <= PLACE_TRIES; i++) {
        char *name = i == 1 ? mem_format("%s" BACKUP_BEFORE "%s", place->database, plain)
                            : mem_format("%s" BACKUP_BEFORE "%s-%d", place->database, plain, i);
        if (link(place->database, name) == 0) {
            *kept = name;
            return US_OK;
        }
        free(name);
        if (errno != EEXIST)
            break;
    }
    fault_set(fault, NULL, 0,
              "the present database cannot be kept under another name: %s; nothing "
              "was changed",
              strerror(errno));
    return US_IO;
}

/* A log that could not be moved into its database goes with it, so that nobody plays it into the
 * new one. */
static enum us_err put_log_aside(const struct backup_place *place, const char *kept,
                                 struct fault *fault)
{
    char *log = mem_format("%s-wal", place->database), *aside = mem_format("%s-wal", kept);
    struct stat found;
    enum us_err err = US_OK;

    if (stat(log, &found) == 0 && found.st_size > 0 && rename(log, aside) != 0) {
        fault_set(fault, NULL, 0, "the present database's log cannot be put aside: %s",
                  strerror(errno));
        err = US_IO;
    }
    if (err == US_OK) {
        backup_place_remove(place->database, "-wal");
        backup_place_remove(place->database, "-shm");
    }
    free(log);
    free(aside);
    return err;
}

/* Its log is moved into it where it is a database at all; what is left of another is kept as it is,
 * with its log, for whoever can make something of it. One that somebody has open, idle or not, is
 * not damaged: what they write next would be lost. */
static enum us_err settle_old(const struct backup_place *place, struct fault *fault)
{
    struct fault ignored = {.text = ""};
    struct side *side;
    enum us_err err = side_open(place->database, NULL, &side, &ignored);

    if (err == US_OK) {
        side_free(side);
        err = store_settle(place->database, &ignored);
    }
    if (err == US_BUSY)
        fault_set(fault, NULL, 0,
                  "another program has the present database open; close it, then run this again: "
                  "nothing was changed");
    else if (err != US_OK)
        log_warning("backup: the present database is damaged; it is kept as it is");
    return err == US_BUSY ? err : US_OK;
}

/* Takes back what was done to the old one, which is still the one in its place. Its second name
 * goes only once its log is where it was: without it the last that was written is lost. */
static void put_back_old(const struct backup_place *place, const char *kept)
{
    char *log = mem_format("%s-wal", place->database), *aside = mem_format("%s-wal", kept);

    if (rename(aside, log) != 0 && errno != ENOENT)
        log_error("backup: the present database's log must be moved back by hand, from %s to %s, "
                  "before the service starts: %s",
                  aside, log, strerror(errno));
    else
        backup_place_remove(kept, ""); /* the name alone */
    if (!backup_sync_folder(place->database))
        log_warning("backup: the folder cannot be synchronised: %s", strerror(errno));
    free(log);
    free(aside);
}

static enum us_err swap(const struct backup_place *place, char **kept, struct fault *fault)
{
    bool has_old = access(place->database, F_OK) == 0;
    char *old = NULL;
    enum us_err err = US_OK;

    if (has_old)
        err = settle_old(place, fault);
    if (err == US_OK && has_old)
        err = keep_old(place, &old, fault);
    if (err == US_OK)
        err = put_log_aside(place, has_old ? old : place->database, fault);
    if (err == US_OK && !backup_sync_folder(place->database))
        err = US_IO;
    if (err == US_OK && rename(place->path, place->database) != 0)
        err = US_IO;
    if (err != US_OK && fault->text[0] == '\0')
        fault_set(fault, NULL, 0, "cannot put it in place: %s; nothing was changed",
                  strerror(errno));
    if (err != US_OK && old != NULL)
        put_back_old(place, old);
    if (err == US_OK && !backup_sync_folder(place->database))
        log_warning("backup: the folder cannot be synchronised: %s", strerror(errno));
    if (err != US_OK) {
        free(old);
        return err;
    }
    *kept = old;
    return US_OK;
}

void backup_placed_clear(struct backup_placed *placed)
{
    free(placed->kept);
    backup_held_clear(&placed->held);
    *placed = (struct backup_placed){.kept = NULL};
}

enum us_err backup_place_put(struct backup_place *place, const char *actor, const char *reason,
                             struct backup_placed *out, struct fault *fault)
{
    struct putting putting = {
        .place = place, .actor = actor, .reason = reason, .fault = fault, .placed = {.kept = NULL}};
    enum us_err err;

    side_free(place->side);
    place->side = NULL;
    err = write_new(&putting);
    if (err == US_OK)
        err = finish_new(place, fault);
    if (err == US_OK)
        err = swap(place, &putting.placed.kept, fault);
    if (err != US_OK) {
        backup_held_clear(&putting.placed.held);
        return err;
    }
    free(place->path);
    place->path = NULL;
    *out = putting.placed;
    return US_OK;
}

void backup_place_sweep(const struct config *config)
{
    char *real = realpath(config->store_path, NULL);
    char *path = mem_format("%s" PLACE_NEW, real != NULL ? real : config->store_path);

    if (access(path, F_OK) == 0) {
        log_info("backup: removed what a restore that was cut off left behind");
        backup_place_remove_database(path);
    }
    free(path);
    free(real);
}
