/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The order in which things happen is what keeps the database whole when the plug is pulled. The
 * new one is complete and on the disk under another name; the old one's log is moved into it and
 * gone, since a log that is left would be played into the new database; the old one gets a second
 * name; then one rename puts the new one in its place. Before it all is as it was, after it all is
 * done.
 */
#include "appeal/backup_place.h"
#include "appeal/backup_folder.h"
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

#define PIECE ((size_t)65536)
#define PLACE_NEW ".restoring"
#define PLACE_LOCK_SECONDS 2
#define PLACE_TRIES 100
#define TEMPORARY "/var/tmp" /* not /tmp, which is often memory */

struct backup_place {
    int fd, lock;
    struct vault_reader *vault;
    struct backup_head head;
    int64_t bytes;  /* of the backup's file */
    char *database; /* in whose place it goes; NULL: it is only looked at */
    char *path;     /* of what was unpacked; NULL: it has no name any more */
    char *folder;   /* made for it */
    struct side *side;
};

struct backup_place *backup_place_new(int fd)
{
    struct backup_place *place = MEM_NEW(struct backup_place);

    place->fd = fd;
    place->lock = -1;
    return place;
}

static void remove_file(const char *path, const char *end)
{
    char *file = mem_format("%s%s", path, end);

    if (unlink(file) != 0 && errno != ENOENT)
        log_warning("backup: cannot remove %s: %s", file, strerror(errno));
    free(file);
}

/* A database with what SQLite and the store put beside it. */
static void remove_database(const char *path)
{
    remove_file(path, "-wal");
    remove_file(path, "-shm");
    remove_file(path, "-journal");
    remove_file(path, ".lock");
    remove_file(path, "");
}

static void forget_unpacked(struct backup_place *place)
{
    if (place->path != NULL)
        remove_database(place->path);
    if (place->folder != NULL)
        (void)rmdir(place->folder);
    free(place->path);
    free(place->folder);
    place->path = place->folder = NULL;
}

void backup_place_free(struct backup_place *place)
{
    if (place == NULL)
        return;
    side_free(place->side);
    forget_unpacked(place);
    lock_release(place->lock);
    vault_reader_free(place->vault);
    backup_head_clear(&place->head);
    free(place->database);
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

/* ---- unpacking ---- */

struct unpacking {
    struct backup_place *place;
    const struct backup_check_params *params;
    struct fault *fault;
    bool is_good; /* the file itself */
};

static void tell_file(struct unpacking *unpacking, bool holds, char *found)
{
    unpacking->is_good = holds;
    if (unpacking->params->on_verdict != NULL)
        unpacking->params->on_verdict("file", holds, found, unpacking->params->arg);
    free(found);
}

/* What is not as it was written is a finding, not an error. */
static enum us_err take_damage(struct unpacking *unpacking, enum us_err err)
{
    if (err != US_CORRUPT)
        return err;
    tell_file(unpacking, false, mem_string("damaged: changed or cut off since it was made"));
    return US_OK;
}

static enum us_err open_vault(struct backup_place *place, struct fault *fault)
{
    vault_reader_free(place->vault);
    place->vault = NULL;
    if (lseek(place->fd, 0, SEEK_SET) != 0) {
        fault_set(fault, NULL, 0, "the backup cannot be read twice: %s", strerror(errno));
        return US_IO;
    }
    return vault_reader_new(place->fd, &place->vault, fault);
}

static enum us_err choose_place(struct backup_place *place, const struct config *config,
                                struct fault *fault)
{
    const char *temporary = getenv("TMPDIR");
    char *lock;
    enum us_err err;

    if (config == NULL) {
        place->folder = mem_format("%s/undersign-XXXXXX",
                                   temporary != NULL && *temporary != '\0' ? temporary : TEMPORARY);
        if (mkdtemp(place->folder) != NULL) {
            place->path = mem_format("%s/copy", place->folder);
            return US_OK;
        }
        fault_set(fault, NULL, 0, "cannot make a temporary folder (%s): %s; TMPDIR names another",
                  place->folder, strerror(errno));
        free(place->folder);
        place->folder = NULL;
        return US_IO;
    }
    if (place->lock < 0) {
        lock = mem_format("%s.lock", config->store_path);
        err = lock_take(lock, PLACE_LOCK_SECONDS, &place->lock, fault);
        free(lock);
        if (err == US_BUSY)
            fault_set(fault, NULL, 0,
                      "the site is in use: stop the service first (systemctl stop undersignd), "
                      "then run this again");
        if (err != US_OK)
            return err;
    }
    /* The file that is meant, where its name is a link. */
    free(place->database);
    place->database = realpath(config->store_path, NULL);
    if (place->database == NULL)
        place->database = mem_string(config->store_path);
    place->path = mem_format("%s" PLACE_NEW, place->database);
    remove_database(place->path); /* of one that was cut off: nobody else has the lock */
    return US_OK;
}

static enum us_err check_room(const struct backup_place *place, struct fault *fault)
{
    int64_t room = backup_room(place->path);

    if (room < 0 || room > place->head.bytes)
        return US_OK;
    fault_set(fault, NULL, 0,
              "there is not enough room to unpack it: it needs %lld MiB beside %s, and %lld MiB "
              "are free%s",
              (long long)(place->head.bytes >> 20) + 1, place->path, (long long)(room >> 20),
              place->folder != NULL ? "; TMPDIR names another folder" : "");
    return US_FULL;
}

static bool tell_progress(const struct unpacking *unpacking, int64_t done)
{
    const struct backup_check_params *params = unpacking->params;

    return params->on_progress == NULL ||
           params->on_progress(done, unpacking->place->head.bytes, "bytes", params->arg);
}

/* Writes the content; US_CORRUPT too where it is not what the head says. */
static enum us_err write_content(struct unpacking *unpacking, int fd)
{
    struct backup_place *place = unpacking->place;
    struct backup_file file = {.fd = fd};
    uint8_t *piece = mem_alloc(PIECE), digest[DIGEST_SIZE];
    crypto_hash_sha256_state state;
    size_t len = 1;
    enum us_err err = US_OK;

    crypto_hash_sha256_init(&state);
    while (err == US_OK && len > 0) {
        err = vault_read(place->vault, piece, PIECE, &len);
        if (err == US_OK && file.bytes + (int64_t)len > place->head.bytes)
            err = US_CORRUPT;
        if (err == US_OK) {
            crypto_hash_sha256_update(&state, piece, len);
            err = backup_file_sink(piece, len, &file);
        }
        if (err == US_OK && !tell_progress(unpacking, file.bytes))
            err = US_CANCELLED;
    }
    crypto_hash_sha256_final(&state, digest);
    free(piece);
    if (err == US_OK && (file.bytes != place->head.bytes ||
                         !digest_is_equal(digest, place->head.digest, sizeof(digest))))
        err = US_CORRUPT;
    return err;
}

static enum us_err unpack(struct unpacking *unpacking)
{
    struct backup_place *place = unpacking->place;
    int fd = open(place->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0600);
    enum us_err err;

    if (fd < 0) {
        fault_set(unpacking->fault, NULL, 0, "cannot write %s: %s", place->path, strerror(errno));
        return errno == ENOSPC || errno == EDQUOT ? US_FULL : US_IO;
    }
    err = write_content(unpacking, fd);
    if (err == US_OK && place->database != NULL && fsync(fd) != 0)
        err = US_IO;
    close(fd);
    if (err == US_FULL)
        fault_set(unpacking->fault, NULL, 0, "the disk is full; nothing was changed");
    if (err == US_OK)
        tell_file(
            unpacking, true,
            mem_format("its checksum agrees%s%s",
                       vault_sealed_to(place->vault) != NULL ? "; it was sealed to " : "",
                       vault_sealed_to(place->vault) != NULL ? vault_sealed_to(place->vault) : ""));
    return take_damage(unpacking, err);
}

static enum us_err open_key(struct backup_place *place, const struct organiser_secret *key,
                            struct fault *fault)
{
    const char *name = vault_sealed_to(place->vault);
    enum us_err err;

    if (name == NULL)
        return US_OK;
    err = key != NULL ? vault_open(place->vault, key) : US_DENIED;
    if (err != US_OK)
        fault_set(fault, NULL, 0,
                  key != NULL ? "it is sealed to another key (%s)"
                              : "it is sealed (to %s): name the private key with --key FILE",
                  name);
    return err;
}

/* The checks need a name no longer than until the file is open. */
static enum us_err open_side(struct backup_place *place, struct fault *fault)
{
    enum us_err err = side_open(place->path, NULL, &place->side, fault);

    if (place->folder != NULL)
        forget_unpacked(place);
    return err;
}

static enum us_err check_side(struct unpacking *unpacking, bool *holds)
{
    struct backup_place *place = unpacking->place;
    struct fault fault = {.text = ""};

    if (open_side(place, &fault) == US_OK)
        return backup_check(place->side, &place->head, unpacking->params, holds);
    if (unpacking->params->on_verdict != NULL)
        unpacking->params->on_verdict("structure", false, fault.text, unpacking->params->arg);
    *holds = false;
    return US_OK;
}

enum us_err backup_place_unpack(struct backup_place *place, const struct config *config,
                                const struct organiser_secret *key,
                                const struct backup_check_params *params, bool *holds,
                                struct fault *fault)
{
    struct unpacking unpacking = {place, params, fault, true};
    struct stat file;
    enum us_err err = open_vault(place, fault);

    if (err == US_OK && fstat(place->fd, &file) == 0)
        place->bytes = (int64_t)file.st_size;
    if (err == US_OK) /* before anything in it is believed */
        err = take_damage(&unpacking, vault_check(place->vault));
    if (err == US_OK && unpacking.is_good)
        err = open_vault(place, fault);
    if (err == US_OK && unpacking.is_good)
        err = backup_head_read(vault_head(place->vault), &place->head, fault);
    if (err == US_OK && unpacking.is_good)
        err = open_key(place, key, fault);
    if (err == US_OK && unpacking.is_good)
        err = choose_place(place, config, fault);
    if (err == US_OK && unpacking.is_good)
        err = check_room(place, fault);
    if (err == US_OK && unpacking.is_good)
        err = unpack(&unpacking);
    *holds = unpacking.is_good;
    if (err == US_OK && unpacking.is_good)
        err = check_side(&unpacking, holds);
    return err;
}

/* ---- putting in place ---- */

enum us_err backup_place_compare(struct backup_place *place,
                                 void (*on_signature)(const char *id, const char *state, void *arg),
                                 void *arg, struct backup_sides *out, struct fault *fault)
{
    struct backup_sides sides = {.has_now = false};
    struct fault ignored = {.text = ""};
    struct side *now = NULL;
    enum us_err err = backup_read_facts(place->side, &sides.backup);

    if (err != US_OK) {
        fault_set(fault, NULL, 0, "what was unpacked cannot be read");
        return err;
    }
    /* A database that is damaged is a reason to restore, not to refuse. */
    if (access(place->database, F_OK) == 0 &&
        side_open(place->database, NULL, &now, &ignored) == US_OK) {
        sides.has_now = backup_read_facts(now, &sides.now) == US_OK &&
                        backup_compare(now, place->side, on_signature, arg, &sides.loss) == US_OK;
        side_free(now);
    }
    *out = sides;
    return US_OK;
}

/* Brings the new database up to this program's schema, and says in it that it was restored. */
static enum us_err write_entry(const struct backup_place *place, const char *actor,
                               const char *reason, struct fault *fault)
{
    char *lock = mem_format("%s.lock", place->path), made[24];
    const struct store_params params = {
        .path = place->path, .lock = lock, .readers = 1, .read_queue = 1};
    struct store *store;
    struct job *job;
    enum us_err err = store_open(&params, &store, fault);

    free(lock);
    if (err != US_OK)
        return err;
    clock_print(place->head.made_at, made);
    job = job_new();
    job_add_audit(job, &(struct job_audit){
                           .at = clock_now(),
                           .actor = actor,
                           .act = "backup.restore",
                           .subject = made,
                           .reason = reason,
                       });
    err = store_run(store, job);
    job_free(job);
    store_close(store);
    if (err != US_OK)
        fault_set(fault, place->path, 0, "cannot be written (%s); nothing was changed",
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
    remove_file(place->path, "-wal");
    remove_file(place->path, "-shm");
    remove_file(place->path, ".lock");
    remove_file(place->path, before);
    free(log);
    if (is_whole && backup_sync_folder(place->path))
        return US_OK;
    fault_set(fault, place->path, 0, "cannot be brought to the disk; nothing was changed");
    return US_IO;
}

/* Gives the old database its second name. */
static enum us_err keep_old(const struct backup_place *place, char **kept, struct fault *fault)
{
    char text[24], plain[24];
    size_t len = 0;

    clock_print(clock_now(), text);
    for (const char *c = text; *c != '\0'; c++) {
        if (*c != '-' && *c != ':')
            plain[len++] = *c;
    }
    plain[len] = '\0';
    for (int i = 1; i <= PLACE_TRIES; i++) {
        char *name = i == 1 ? mem_format("%s.before-%s", place->database, plain)
                            : mem_format("%s.before-%s-%d", place->database, plain, i);
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
        remove_file(place->database, "-wal");
        remove_file(place->database, "-shm");
    }
    free(log);
    free(aside);
    return err;
}

/* Its log is moved into it where it is a database at all; what is left of another is kept as it is,
 * with its log, for whoever can make something of it. */
static void settle_old(const struct backup_place *place)
{
    struct fault ignored = {.text = ""};
    struct side *side;

    if (side_open(place->database, NULL, &side, &ignored) == US_OK) {
        side_free(side);
        if (store_settle(place->database, &ignored) == US_OK)
            return;
    }
    log_warning("backup: the present database is damaged; it is kept as it is");
}

static enum us_err swap(const struct backup_place *place, char **kept, struct fault *fault)
{
    bool has_old = access(place->database, F_OK) == 0;
    enum us_err err = US_OK;

    *kept = NULL;
    if (has_old)
        settle_old(place);
    if (has_old)
        err = keep_old(place, kept, fault);
    if (err == US_OK)
        err = put_log_aside(place, has_old ? *kept : place->database, fault);
    if (err == US_OK && !backup_sync_folder(place->database))
        err = US_IO;
    if (err == US_OK && rename(place->path, place->database) != 0)
        err = US_IO;
    if (err == US_OK && !backup_sync_folder(place->database))
        log_warning("backup: the folder cannot be synchronised: %s", strerror(errno));
    if (err == US_IO && fault->text[0] == '\0')
        fault_set(fault, NULL, 0, "cannot put it in place: %s", strerror(errno));
    return err;
}

enum us_err backup_place_put(struct backup_place *place, const char *actor, const char *reason,
                             char **kept, struct fault *fault)
{
    char *old = NULL;
    enum us_err err;

    side_free(place->side);
    place->side = NULL;
    err = write_entry(place, actor, reason, fault);
    if (err == US_OK)
        err = finish_new(place, fault);
    if (err == US_OK)
        err = swap(place, &old, fault);
    if (err != US_OK) {
        if (old != NULL)
            remove_file(old, ""); /* its second name alone */
        free(old);
        return err;
    }
    free(place->path);
    place->path = NULL;
    *kept = old;
    return US_OK;
}

void backup_place_sweep(const struct config *config)
{
    char *real = realpath(config->store_path, NULL);
    char *path = mem_format("%s" PLACE_NEW, real != NULL ? real : config->store_path);

    if (access(path, F_OK) == 0) {
        log_info("backup: removed what a restore that was cut off left behind");
        remove_database(path);
    }
    free(path);
    free(real);
}
