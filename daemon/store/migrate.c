/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Migrations are numbered from 1 and never edited once released: the database remembers each with
 * its checksum, and a difference stops the start, since nobody can say then what the schema is.
 * A database that a newer program has made is refused too. Each migration is one transaction with
 * its row in the list and the number in the file's header.
 */
#include "store/migrate.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "crypto/digest.h"
#include "store/engine_file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MIGRATE_APPLICATION 0x556e6473 /* "Unds" */

static int migrate_newest(void)
{
    int count = 0;
    while (statement_migrations[count].number)
        count++;
    return count;
}

static enum us_err migrate_check_identity(struct engine *engine, const char *path,
                                          struct engine_identity *found, struct fault *fault)
{
    enum us_err err = engine_identify(engine, found);
    if (err) {
        fault_set(fault, path, 0, "the database cannot be read: %s", engine_message(engine));
        return US_INVALID;
    }
    bool is_new = found->is_empty && found->application == 0 && found->schema == 0;
    if (found->application != MIGRATE_APPLICATION && !is_new) {
        fault_set(fault, path, 0, "this is a database of some other program");
        return US_INVALID;
    }
    if (found->schema > migrate_newest()) {
        fault_set(fault, path, 0,
                  "the database has schema %lld and this program knows %d: use a newer program, or "
                  "restore a backup made before the upgrade",
                  (long long)found->schema, migrate_newest());
        return US_INVALID;
    }
    return US_OK;
}

/* Compares one row of the list with the migration of its number. */
static bool migrate_is_unchanged(struct engine_cursor *cursor, int number)
{
    const struct statement_migration *known = &statement_migrations[number - 1];
    struct value name = engine_column(cursor, 1), checksum = engine_column(cursor, 2);
    uint8_t digest[DIGEST_SIZE];
    digest_sha256(known->sql, strlen(known->sql), digest);
    return engine_column(cursor, 0).number == number && name.type == VALUE_TEXT &&
           strcmp(name.data, known->name) == 0 && checksum.len == DIGEST_SIZE &&
           memcmp(checksum.data, digest, DIGEST_SIZE) == 0;
}

static enum us_err migrate_check_list(struct engine *engine, int64_t schema, const char *path,
                                      struct fault *fault)
{
    struct engine_cursor *cursor = NULL;
    int seen = 0;
    bool is_unchanged = true;
    enum us_err err = engine_start(engine, STATEMENT_MIGRATION_LIST, VALUES_NONE, &cursor);
    for (bool has_row = true; !err && has_row && is_unchanged;) {
        err = engine_step(cursor, &has_row);
        if (err || !has_row)
            break;
        is_unchanged = ++seen <= schema && migrate_is_unchanged(cursor, seen);
    }
    engine_end(cursor);
    if (err)
        fault_set(fault, path, 0, "the list of migrations cannot be read: %s",
                  engine_message(engine));
    else if (!is_unchanged)
        fault_set(fault, path, 0,
                  "migration %d is not the one that this database was made by: a released "
                  "migration is never edited",
                  seen);
    else if (seen != schema)
        fault_set(fault, path, 0, "the database says schema %lld and lists %d migrations",
                  (long long)schema, seen);
    else
        return US_OK;
    return US_INVALID;
}

/* Within a transaction: the migration's text, then its row and number. */
static enum us_err migrate_apply(struct engine *engine, const struct statement_migration *migration)
{
    uint8_t digest[DIGEST_SIZE];
    struct engine_cursor *cursor = NULL;
    bool has_row = false;
    digest_sha256(migration->sql, strlen(migration->sql), digest);
    enum us_err err = engine_script(engine, statement_bootstrap);
    if (!err)
        err = engine_script(engine, migration->sql);
    if (!err)
        err = engine_start(engine, STATEMENT_MIGRATION_INSERT,
                           VALUES(value_int(migration->number), value_text(migration->name),
                                  value_blob(digest, sizeof digest), value_int(clock_now())),
                           &cursor);
    if (!err)
        err = engine_step(cursor, &has_row);
    engine_end(cursor);
    if (!err)
        err = engine_set_identity(engine, MIGRATE_APPLICATION, migration->number);
    return err;
}

static enum us_err migrate_one(struct engine *engine, const struct statement_migration *migration,
                               const char *path, struct fault *fault)
{
    enum us_err err = engine_act(engine, ENGINE_BEGIN);
    if (!err)
        err = migrate_apply(engine, migration);
    if (!err)
        err = engine_act(engine, ENGINE_COMMIT);
    if (!err) {
        log_info("store: migration %d (%s) is done", migration->number, migration->name);
        return US_OK;
    }
    fault_set(fault, path, 0, "migration %d (%s) fails: %s", migration->number, migration->name,
              engine_message(engine));
    if (engine_is_in_transaction(engine) && engine_act(engine, ENGINE_ROLLBACK))
        log_error("store: rolling back fails: %s", engine_message(engine));
    return US_INVALID;
}

/* A migration is not undone: what was there before it stays beside the database. One of the same
 * schema that was kept before is of a start that failed. */
static enum us_err migrate_keep_copy(struct engine *engine, const char *path, int64_t schema,
                                     struct fault *fault)
{
    char *copy = mem_format("%s.schema-%lld", path, (long long)schema);
    enum us_err err = US_INVALID;
    int fd = unlink(copy) == 0 || errno == ENOENT
                 ? open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0600)
                 : -1;
    if (fd < 0) {
        fault_set(fault, copy, 0, "the copy before a migration cannot be made: %s",
                  strerror(errno));
    } else {
        close(fd);
        if (engine_copy(engine, copy)) {
            fault_set(fault, copy, 0,
                      "the copy before a migration cannot be written (%s); nothing was changed",
                      engine_message(engine));
            (void)unlink(copy);
        } else {
            log_info("store: the database as it is before the migration is kept as %s", copy);
            err = US_OK;
        }
    }
    free(copy);
    return err;
}

enum us_err migrate_run(struct engine *engine, const char *path, int *version, struct fault *fault)
{
    struct engine_identity found = {0};
    enum us_err err = migrate_check_identity(engine, path, &found, fault);
    if (err)
        return err;
    if (engine_prepare_writing(engine)) {
        fault_set(fault, path, 0, "the database cannot be written: %s", engine_message(engine));
        return US_INVALID;
    }
    if (found.schema > 0)
        err = migrate_check_list(engine, found.schema, path, fault);
    int newest = migrate_newest();
    if (!err && found.schema > 0 && found.schema < newest)
        err = migrate_keep_copy(engine, path, found.schema, fault);
    for (int i = (int)found.schema; i < newest && !err; i++)
        err = migrate_one(engine, &statement_migrations[i], path, fault);
    if (err)
        return err;
    *version = newest;
    return US_OK;
}

/* The shape of a database that only these migrations made. */
static enum us_err migrate_find_shape(int version, uint8_t out[DIGEST_SIZE], struct fault *fault)
{
    const struct engine_params params = {.path = ":memory:", .is_writer = true};
    struct engine *engine = NULL;
    if (engine_open(&params, &engine, fault))
        return US_INVALID;
    enum us_err err = engine_script(engine, statement_bootstrap);
    for (int i = 0; i < version && !err; i++)
        err = engine_script(engine, statement_migrations[i].sql);
    if (!err)
        err = engine_shape(engine, out);
    if (err)
        fault_set(fault, NULL, 0, "a fresh schema cannot be made: %s", engine_message(engine));
    engine_close(engine);
    return err;
}

enum us_err migrate_check(struct engine *engine, const char *path, int *version,
                          struct fault *fault)
{
    struct engine_identity found = {0};
    uint8_t meant[DIGEST_SIZE], is[DIGEST_SIZE];
    enum us_err err = migrate_check_identity(engine, path, &found, fault);
    if (!err && found.schema == 0) {
        fault_set(fault, path, 0, "this is an empty database");
        err = US_INVALID;
    }
    if (!err)
        err = migrate_check_list(engine, found.schema, path, fault);
    if (!err)
        err = migrate_find_shape((int)found.schema, meant, fault);
    if (err)
        return err;
    if (engine_shape(engine, is) || !digest_is_equal(is, meant, sizeof is)) {
        fault_set(fault, path, 0,
                  "the tables are not those that schema %lld has: something was added or changed",
                  (long long)found.schema);
        return US_INVALID;
    }
    *version = (int)found.schema;
    return US_OK;
}
