/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Opening a backup. What is only looked at never has a name on the disk: killed at any moment,
 * nothing of what was sealed is left in the clear. What goes in the database's place stands in the
 * site's own folder, and is swept at the service's start.
 */
#include "config.h"

#include "appeal/backup_folder.h"
#include "appeal/backup_place_parts.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/lock.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE ((size_t)65536)
#define PLACE_LOCK_SECONDS 2
#define TEMPORARY "/var/tmp" /* not /tmp, which is often memory */

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

static const char *temporary_folder(void)
{
    const char *named = getenv("TMPDIR");

    return named != NULL && *named != '\0' ? named : TEMPORARY;
}

/* A file that never had a name; where the file system knows no such, one that has lost it before
 * anything is in it. */
static enum us_err open_nameless(struct backup_place *place, struct fault *fault)
{
    const char *folder = temporary_folder();
    char *name;

    place->unpacked = open(folder, O_RDWR | O_TMPFILE | O_EXCL | O_CLOEXEC, 0600);
    if (place->unpacked < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
        name = mem_format("%s/undersign-XXXXXX", folder);
        place->unpacked = mkostemp(name, O_CLOEXEC);
        if (place->unpacked >= 0)
            (void)unlink(name);
        free(name);
    }
    if (place->unpacked >= 0)
        return US_OK;
    fault_set(fault, NULL, 0, "cannot make a temporary file in %s: %s; TMPDIR names another folder",
              folder, strerror(errno));
    return errno == ENOSPC || errno == EDQUOT ? US_FULL : US_IO;
}

static enum us_err take_lock(struct backup_place *place, const struct config *config,
                             struct fault *fault)
{
    char *lock = lock_name(config->store_path);
    enum us_err err = lock_take(lock, PLACE_LOCK_SECONDS, &place->lock, fault);

    free(lock);
    /* The other one too: the file may have been removed, as one that looks forgotten. */
    if (err == US_OK) {
        err = lock_take_database(config->store_path, PLACE_LOCK_SECONDS, &place->inside, fault);
        if (err == US_NOT_FOUND)
            err = US_OK; /* nothing is there yet to be put aside */
    }
    if (err == US_BUSY)
        fault_set(fault, NULL, 0,
                  "the site is in use: stop the service first (systemctl stop undersignd), "
                  "then run this again");
    return err;
}

static enum us_err choose_place(struct backup_place *place, const struct config *config,
                                struct fault *fault)
{
    enum us_err err = US_OK;

    if (config == NULL)
        return open_nameless(place, fault);
    if (place->lock < 0)
        err = take_lock(place, config, fault);
    if (err != US_OK)
        return err;
    /* The file that is meant, where its name is a link. */
    free(place->database);
    free(place->keys);
    place->keys = mem_string(config->keys_folder);
    place->database = realpath(config->store_path, NULL);
    if (place->database == NULL)
        place->database = mem_string(config->store_path);
    place->path = mem_format("%s" PLACE_NEW, place->database);
    backup_place_remove_database(place->path); /* of one that was cut off: nobody has the lock */
    return US_OK;
}

static enum us_err check_room(const struct backup_place *place, struct fault *fault)
{
    bool is_nameless = place->unpacked >= 0;
    char *path = is_nameless ? mem_format("%s/x", temporary_folder()) : mem_string(place->path);
    int64_t room = backup_room(path);
    enum us_err err = room < 0 || room > place->head.bytes ? US_OK : US_FULL;

    if (err != US_OK)
        fault_set(fault, NULL, 0,
                  "there is not enough room to unpack it: it needs %lld MiB %s %s, and %lld MiB "
                  "are free%s",
                  (long long)(place->head.bytes >> 20) + 1, is_nameless ? "in" : "beside",
                  is_nameless ? temporary_folder() : place->database, (long long)(room >> 20),
                  is_nameless ? "; TMPDIR names another folder" : "");
    free(path);
    return err;
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
    bool is_nameless = place->unpacked >= 0;
    int fd = is_nameless
                 ? place->unpacked
                 : open(place->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0600);
    enum us_err err;

    if (fd < 0) {
        fault_set(unpacking->fault, NULL, 0, "cannot write %s: %s", place->path, strerror(errno));
        return errno == ENOSPC || errno == EDQUOT ? US_FULL : US_IO;
    }
    err = write_content(unpacking, fd);
    if (err == US_OK && !is_nameless && fsync(fd) != 0)
        err = US_IO;
    if (!is_nameless)
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

static enum us_err open_side(struct backup_place *place, struct fault *fault)
{
    return place->unpacked >= 0 ? side_open_held(place->unpacked, &place->side, fault)
                                : side_open(place->path, NULL, &place->side, fault);
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
