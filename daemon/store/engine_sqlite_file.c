/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The database file as a whole, on SQLite. A copy is made by VACUUM INTO: it reads in one read
 * transaction, so writing goes on, and what it writes is compact and holds nothing of what was
 * deleted. Copying pages (sqlite3_backup) is not much quicker, 7 s instead of 10 for the 1.6 GB of
 * a million signatures, and keeps the gaps.
 */
#include "base/log.h"
#include "store/engine_file.h"
#include "store/engine_sqlite.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FILE_DAMAGES "100"

enum us_err engine_sizes(struct engine *engine, struct engine_sizes *out)
{
    struct engine_sizes sizes = {0};
    enum us_err err = engine_pragma(engine, "PRAGMA page_size", &sizes.page_size);
    if (!err)
        err = engine_pragma(engine, "PRAGMA page_count", &sizes.pages);
    if (!err)
        err = engine_pragma(engine, "PRAGMA freelist_count", &sizes.free_pages);
    if (!err)
        *out = sizes;
    return err;
}

const char *engine_library(void)
{
    return sqlite3_libversion();
}

static enum us_err engine_prepare_text(struct engine *engine, const char *sql, sqlite3_stmt **out)
{
    errno = 0;
    return engine_err(engine, sqlite3_prepare_v2(engine->db, sql, -1, out, NULL), sql);
}

/* SQLite attaches what it writes to. */
static enum us_err engine_run_attaching(struct engine *engine, sqlite3_stmt *stmt, const char *what)
{
    sqlite3_limit(engine->db, SQLITE_LIMIT_ATTACHED, 1);
    errno = 0;
    int rc = sqlite3_step(stmt);
    enum us_err err = engine_err(engine, rc, what);
    sqlite3_limit(engine->db, SQLITE_LIMIT_ATTACHED, 0);
    return err;
}

enum us_err engine_copy(struct engine *engine, const char *path)
{
    sqlite3_stmt *stmt = NULL;
    /* A reader may write nothing at all: but here it writes to another file. */
    enum us_err err = engine_exec(engine, "PRAGMA query_only = OFF");
    if (!err)
        err = engine_prepare_text(engine, "VACUUM INTO ?1", &stmt);
    if (!err)
        err = engine_err(engine, sqlite3_bind_text(stmt, 1, path, -1, SQLITE_STATIC), "copy");
    if (!err)
        err = engine_run_attaching(engine, stmt, "copy");
    sqlite3_finalize(stmt);
    if (!engine->is_writer && engine_exec(engine, "PRAGMA query_only = ON"))
        log_error("store: a reader cannot be bound to reading again: %s", engine->message);
    return err;
}

enum us_err engine_vacuum(struct engine *engine)
{
    sqlite3_stmt *stmt = NULL;
    /* Else all of it would be written into memory first. */
    enum us_err err = engine_exec(engine, "PRAGMA temp_store = FILE");
    if (!err)
        err = engine_prepare_text(engine, "VACUUM", &stmt);
    if (!err)
        err = engine_run_attaching(engine, stmt, "vacuum");
    sqlite3_finalize(stmt);
    if (engine_exec(engine, "PRAGMA temp_store = MEMORY"))
        log_error("store: temporary tables do not go back to memory: %s", engine->message);
    return err;
}

/* Tells each row of a pragma that has a row for each damage. */
static enum us_err engine_tell_damages(struct engine *engine, const char *sql,
                                       void (*on_damage)(const char *what, void *arg), void *arg)
{
    sqlite3_stmt *stmt = NULL;
    enum us_err err = engine_prepare_text(engine, sql, &stmt);
    for (bool has_row = true; !err && has_row;) {
        errno = 0;
        int rc = sqlite3_step(stmt);
        has_row = rc == SQLITE_ROW;
        err = engine_err(engine, rc, sql);
        const char *what = has_row ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
        if (what && strcmp(what, "ok") != 0)
            on_damage(what, arg);
    }
    sqlite3_finalize(stmt);
    return err;
}

enum us_err engine_integrity(struct engine *engine, void (*on_damage)(const char *what, void *arg),
                             void *arg)
{
    enum us_err err =
        engine_tell_damages(engine, "PRAGMA integrity_check(" FILE_DAMAGES ")", on_damage, arg);
    if (!err)
        err = engine_tell_damages(engine, "PRAGMA foreign_key_check", on_damage, arg);
    return err;
}

static enum us_err engine_count(struct engine *engine, const char *table, int64_t *rows)
{
    char *sql = sqlite3_mprintf("SELECT COUNT(*) FROM \"%w\"", table);
    enum us_err err = sql ? engine_pragma(engine, sql, rows) : US_IO;
    sqlite3_free(sql);
    return err;
}

enum us_err engine_tables(struct engine *engine,
                          void (*on_table)(const char *name, int64_t rows, void *arg), void *arg)
{
    sqlite3_stmt *stmt = NULL;
    enum us_err err = engine_prepare_text(engine,
                                          "SELECT name FROM sqlite_schema WHERE type = 'table' AND "
                                          "name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
                                          &stmt);
    for (bool has_row = true; !err && has_row;) {
        int64_t rows = 0;
        errno = 0;
        int rc = sqlite3_step(stmt);
        has_row = rc == SQLITE_ROW;
        err = engine_err(engine, rc, "tables");
        const char *name = has_row ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
        if (!name)
            continue;
        err = engine_count(engine, name, &rows);
        if (!err)
            on_table(name, rows, arg);
    }
    sqlite3_finalize(stmt);
    return err;
}

enum us_err engine_shape(struct engine *engine, uint8_t out[DIGEST_SIZE])
{
    sqlite3_stmt *stmt = NULL;
    struct digest *digest = digest_new("undersign schema 1");
    enum us_err err = engine_prepare_text(
        engine, "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name", &stmt);
    for (bool has_row = true; !err && has_row;) {
        errno = 0;
        int rc = sqlite3_step(stmt);
        has_row = rc == SQLITE_ROW;
        err = engine_err(engine, rc, "schema");
        for (int i = 0; has_row && i < sqlite3_column_count(stmt); i++)
            digest_text(digest, (const char *)sqlite3_column_text(stmt, i));
    }
    sqlite3_finalize(stmt);
    digest_end(digest, out);
    return err;
}
