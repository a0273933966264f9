/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The engine on SQLite. Every setting that matters is set here, whatever the distribution's build
 * has for defaults: WAL with synchronous=FULL (a commit is on disk when it returns), no checkpoints
 * but those that the writer asks for, since SQLite before 3.51.3 can corrupt a WAL database when
 * two connections checkpoint or write at once; nothing in the file is trusted to be code.
 */
#include "store/engine_sqlite.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENGINE_WRITER_WAIT_MS 10000 /* somebody with a database shell, never one of us */
#define ENGINE_READER_WAIT_MS 1000
#define ENGINE_ALONE_WAIT_MS 1000  /* for somebody who is just looking */
#define ENGINE_DEADLINE_STEPS 1000 /* virtual machine steps between two looks at the clock */
#define ENGINE_ASK_EACH (CLOCK_SECOND / 20)

struct engine_cursor {
    struct engine *engine;
    const char *name;
    sqlite3_stmt *stmt;
    bool is_open;   /* in use, between start and end */
    bool is_cached; /* kept after its end; not when the same statement was open already */
    int slots[];    /* of $1, $2, ...: SQLite numbers named parameters by first appearance */
};

/* Keeps the words of an error, without the statement's values. */
static void engine_keep_message(struct engine *engine, int rc, const char *what)
{
    int os = (rc & 0xff) == SQLITE_IOERR || (rc & 0xff) == SQLITE_CANTOPEN ? errno : 0;
    snprintf(engine->message, sizeof engine->message, "%s: %s (code %d)%s%s", what,
             sqlite3_errmsg(engine->db), rc, os ? ": " : "", os ? strerror(os) : "");
}

static enum us_err engine_err_io(struct engine *engine, int rc, int os)
{
    if (rc == SQLITE_IOERR_FSYNC || rc == SQLITE_IOERR_DIR_FSYNC) {
        engine->has_lost_sync = true;
        return US_IO;
    }
    /* SQLite knows ENOSPC from a write only. Its own sqlite3_system_errno() is not set by COMMIT,
     * so errno is cleared before each call and looked at behind it. */
    return os == ENOSPC || os == EDQUOT ? US_FULL : US_IO;
}

enum us_err engine_err(struct engine *engine, int rc, const char *what)
{
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return US_OK;
    default:
        break;
    }
    int os = errno;
    engine_keep_message(engine, rc, what);
    switch (rc & 0xff) {
    case SQLITE_CONSTRAINT:
        if (rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY ||
            rc == SQLITE_CONSTRAINT_ROWID)
            return US_DUPLICATE;
        return US_INVALID;
    case SQLITE_FULL:
        return US_FULL;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return US_BUSY;
    case SQLITE_INTERRUPT:
        return engine->is_stopped ? US_CANCELLED : US_BUSY;
    case SQLITE_IOERR:
        return engine_err_io(engine, rc, os);
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_NOMEM:
        return US_IO;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return US_CORRUPT;
    default: /* a statement that does not fit the schema, a value too large */
        return US_INVALID;
    }
}

static void engine_ask(struct engine *engine, int64_t now)
{
    if (!engine->goes_on || engine->is_stopped || now < engine->ask_at)
        return;
    engine->ask_at = now + ENGINE_ASK_EACH;
    engine->is_stopped = !engine->goes_on(engine->goes_on_arg);
}

static int engine_on_progress(void *arg)
{
    struct engine *engine = arg;
    int64_t now = clock_monotonic();
    engine_ask(engine, now);
    return engine->is_stopped || (engine->deadline && now > engine->deadline);
}

bool engine_goes_on(struct engine *engine)
{
    engine_ask(engine, clock_monotonic());
    return !engine->is_stopped;
}

void engine_watch(struct engine *engine, bool (*goes_on)(void *arg), void *arg)
{
    engine->goes_on = goes_on;
    engine->goes_on_arg = arg;
    engine->ask_at = 0;
    engine->is_stopped = false;
    if (engine->is_writer) /* a job of the writer's is never broken off */
        sqlite3_progress_handler(engine->db, goes_on ? ENGINE_DEADLINE_STEPS : 0,
                                 goes_on ? engine_on_progress : NULL, engine);
}

enum us_err engine_exec(struct engine *engine, const char *sql)
{
    errno = 0;
    return engine_err(engine, sqlite3_exec(engine->db, sql, NULL, NULL, NULL), sql);
}

enum us_err engine_pragma(struct engine *engine, const char *sql, int64_t *out)
{
    sqlite3_stmt *stmt = NULL;
    errno = 0;
    int rc = sqlite3_prepare_v2(engine->db, sql, -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    enum us_err err = engine_err(engine, rc, sql);
    if (!err)
        *out = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return err;
}

/* Whoever could write into the file must not get code run by it, nor a statement of ours reach
 * farther than it has to. */
static enum us_err engine_restrict(struct engine *engine)
{
    const struct {
        int option, value;
    } options[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
        {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
        {SQLITE_DBCONFIG_DQS_DML, 0}, /* "text" in double quotes is a column or an error */
        {SQLITE_DBCONFIG_DQS_DDL, 0},
        {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !engine->is_writer},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        int now = -1;
        int rc = sqlite3_db_config(engine->db, options[i].option, options[i].value, &now);
        if (rc != SQLITE_OK || now != options[i].value) {
            snprintf(engine->message, sizeof engine->message,
                     "this SQLite does not take the setting %d", options[i].option);
            return US_INVALID;
        }
    }
    sqlite3_limit(engine->db, SQLITE_LIMIT_LENGTH, 64 << 20);
    sqlite3_limit(engine->db, SQLITE_LIMIT_SQL_LENGTH, 256 << 10);
    sqlite3_limit(engine->db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(engine->db, SQLITE_LIMIT_WORKER_THREADS, 0);
    sqlite3_limit(engine->db, SQLITE_LIMIT_VARIABLE_NUMBER, 64);
    return engine_exec(engine, "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;"
                               "PRAGMA secure_delete = ON; PRAGMA mmap_size = 0;"
                               "PRAGMA wal_autocheckpoint = 0;");
}

enum us_err engine_open(const struct engine_params *params, struct engine **out,
                        struct fault *fault)
{
    struct engine *engine = MEM_NEW(struct engine);
    enum us_err err = US_INVALID;
    engine->is_writer = params->is_writer;
    engine->is_weak = params->is_weak;
    int flags = SQLITE_OPEN_NOMUTEX;
    flags |= params->is_writer ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    int rc = sqlite3_open_v2(params->path, &engine->db, flags, params->vfs);
    if (!engine->db || rc != SQLITE_OK) {
        fault_set(fault, params->path, 0, "the database cannot be opened: %s",
                  engine->db ? sqlite3_errmsg(engine->db) : "out of memory");
        goto err;
    }
    sqlite3_extended_result_codes(engine->db, 1);
    sqlite3_busy_timeout(engine->db, params->is_alone    ? ENGINE_ALONE_WAIT_MS
                                     : params->is_writer ? ENGINE_WRITER_WAIT_MS
                                                         : ENGINE_READER_WAIT_MS);
    err = engine_restrict(engine);
    /* Before the first that is read: only then SQLite locks the file itself, against connections
     * that do nothing at the moment too, and not the log alone. */
    if (!err && params->is_alone)
        err = engine_exec(engine, "PRAGMA locking_mode = EXCLUSIVE");
    /* Room for the upper pages of a tree of millions: a list in the order of names reads rows from
     * everywhere, and each page that has to be read again is checked again. */
    if (!err && !params->is_writer)
        err = engine_exec(engine, "PRAGMA query_only = ON; PRAGMA cache_size = -8192;");
    /* And for all that one job touches: what does not fit is written twice. */
    if (!err && params->is_writer)
        err = engine_exec(engine, "PRAGMA cache_size = -32768;");
    int64_t ignored = 0;
    if (!err) /* the first thing that reads the file */
        err = engine_pragma(engine, "PRAGMA schema_version", &ignored);
    if (err) {
        fault_set(fault, params->path, 0, "the database cannot be used: %s", engine->message);
        goto err;
    }
    if (!params->is_writer)
        sqlite3_progress_handler(engine->db, ENGINE_DEADLINE_STEPS, engine_on_progress, engine);
    *out = engine;
    return US_OK;
err:
    engine_close(engine);
    return err == US_BUSY ? err : US_INVALID;
}

static void engine_cursor_free(struct engine_cursor *cursor)
{
    if (cursor)
        sqlite3_finalize(cursor->stmt);
    free(cursor);
}

void engine_close(struct engine *engine)
{
    if (!engine)
        return;
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        engine_cursor_free(engine->cache[i]);
    for (size_t i = 0; i < ENGINE_ACT_COUNT; i++)
        sqlite3_finalize(engine->acts[i]);
    if (sqlite3_close(engine->db) != SQLITE_OK)
        log_error("store: a statement is still open at the end");
    free(engine);
}

enum us_err engine_identify(struct engine *engine, struct engine_identity *out)
{
    struct engine_identity found = {0};
    int64_t cookie = 0;
    enum us_err err = engine_pragma(engine, "PRAGMA application_id", &found.application);
    if (!err)
        err = engine_pragma(engine, "PRAGMA user_version", &found.schema);
    if (!err)
        err = engine_pragma(engine, "PRAGMA schema_version", &cookie);
    if (err)
        return err;
    found.is_empty = cookie == 0;
    *out = found;
    return US_OK;
}

enum us_err engine_prepare_writing(struct engine *engine)
{
    sqlite3_stmt *stmt = NULL;
    errno = 0;
    int rc = sqlite3_prepare_v2(engine->db, "PRAGMA journal_mode = WAL", -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    enum us_err err = engine_err(engine, rc, "journal_mode");
    if (!err && strcmp((const char *)sqlite3_column_text(stmt, 0), "wal") != 0) {
        snprintf(engine->message, sizeof engine->message,
                 "the file system does not do write-ahead logging");
        err = US_INVALID;
    }
    sqlite3_finalize(stmt);
    if (err)
        return err;
    return engine_exec(engine, engine->is_weak ? "PRAGMA synchronous = NORMAL"
                                               : "PRAGMA synchronous = FULL");
}

enum us_err engine_set_identity(struct engine *engine, int64_t application, int64_t schema)
{
    char sql[128];
    snprintf(sql, sizeof sql, "PRAGMA application_id = %lld; PRAGMA user_version = %lld;",
             (long long)application, (long long)schema);
    return engine_exec(engine, sql);
}

enum us_err engine_act(struct engine *engine, enum engine_act act)
{
    static const char *const reading = "BEGIN";
    static const char *const texts[ENGINE_ACT_COUNT] = {
        [ENGINE_BEGIN] = "BEGIN IMMEDIATE", [ENGINE_COMMIT] = "COMMIT",
        [ENGINE_ROLLBACK] = "ROLLBACK",     [ENGINE_SAVEPOINT] = "SAVEPOINT job",
        [ENGINE_RELEASE] = "RELEASE job",   [ENGINE_UNDO] = "ROLLBACK TO job",
    };
    const char *sql = act == ENGINE_BEGIN && !engine->is_writer ? reading : texts[act];
    int rc = SQLITE_OK;
    errno = 0;
    if (!engine->acts[act])
        rc = sqlite3_prepare_v3(engine->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &engine->acts[act],
                                NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(engine->acts[act]);
    enum us_err err = engine_err(engine, rc, sql);
    sqlite3_reset(engine->acts[act]);
    if (!err && act == ENGINE_UNDO) /* ROLLBACK TO leaves the savepoint standing */
        return engine_act(engine, ENGINE_RELEASE);
    return err;
}

bool engine_is_in_transaction(const struct engine *engine)
{
    return !sqlite3_get_autocommit(engine->db);
}

enum us_err engine_script(struct engine *engine, const char *sql)
{
    errno = 0;
    return engine_err(engine, sqlite3_exec(engine->db, sql, NULL, NULL, NULL), "script");
}

/* Prepares a statement and finds where its parameters are. */
static enum us_err engine_prepare(struct engine *engine, enum statement statement,
                                  struct engine_cursor **out)
{
    const struct statement_entry *entry = &statement_table[statement];
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v3(engine->db, entry->sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
    if (rc != SQLITE_OK)
        return engine_err(engine, rc, entry->name);
    size_t size = sizeof(struct engine_cursor) + (size_t)entry->parameters * sizeof(int);
    struct engine_cursor *cursor = mem_zero(size);
    cursor->engine = engine;
    cursor->name = entry->name;
    cursor->stmt = stmt;
    assert(sqlite3_bind_parameter_count(stmt) == entry->parameters);
    for (int i = 0; i < entry->parameters; i++) {
        char name[16];
        snprintf(name, sizeof name, "$%d", i + 1);
        cursor->slots[i] = sqlite3_bind_parameter_index(stmt, name);
    }
    *out = cursor;
    return US_OK;
}

static int engine_bind(struct engine_cursor *cursor, int slot, const struct value *value)
{
    /* A writer's values belong to a job that outlives the statement; a reader's may be gone. */
    sqlite3_destructor_type keep = cursor->engine->is_writer ? SQLITE_STATIC : SQLITE_TRANSIENT;
    switch (value->type) {
    case VALUE_INT:
        return sqlite3_bind_int64(cursor->stmt, slot, value->number);
    case VALUE_TEXT:
        return sqlite3_bind_text64(cursor->stmt, slot, value->data, value->len, keep, SQLITE_UTF8);
    case VALUE_BLOB:
        return sqlite3_bind_blob64(cursor->stmt, slot, value->len ? value->data : "", value->len,
                                   keep);
    case VALUE_NULL:
        return sqlite3_bind_null(cursor->stmt, slot);
    default: /* the writer has put numbers in the place of the audit chain's markers */
        assert(!"a marker of the audit chain cannot be bound");
        return SQLITE_MISUSE;
    }
}

enum us_err engine_start(struct engine *engine, enum statement statement,
                         const struct value *values, size_t count, struct engine_cursor **out)
{
    assert(statement < STATEMENT_COUNT);
    assert(count == (size_t)statement_table[statement].parameters);
    struct engine_cursor *cursor = engine->cache[statement];
    if (!cursor || cursor->is_open) {
        enum us_err err = engine_prepare(engine, statement, &cursor);
        if (err)
            return err;
        cursor->is_cached = !engine->cache[statement];
        if (cursor->is_cached)
            engine->cache[statement] = cursor;
    }
    cursor->is_open = true;
    int rc = SQLITE_OK;
    for (size_t i = 0; i < count && rc == SQLITE_OK; i++)
        rc = engine_bind(cursor, cursor->slots[i], &values[i]);
    enum us_err err = engine_err(engine, rc, statement_table[statement].name);
    if (err) {
        engine_end(cursor);
        return err;
    }
    *out = cursor;
    return US_OK;
}

enum us_err engine_step(struct engine_cursor *cursor, bool *has_row)
{
    errno = 0;
    int rc = sqlite3_step(cursor->stmt);
    *has_row = rc == SQLITE_ROW;
    return engine_err(cursor->engine, rc, cursor->name);
}

int engine_columns(const struct engine_cursor *cursor)
{
    return sqlite3_column_count(cursor->stmt);
}

struct value engine_column(struct engine_cursor *cursor, int column)
{
    assert(column >= 0 && column < sqlite3_column_count(cursor->stmt));
    struct value value = {.type = VALUE_NULL};
    switch (sqlite3_column_type(cursor->stmt, column)) {
    case SQLITE_NULL:
        break;
    case SQLITE_INTEGER:
        value.type = VALUE_INT;
        value.number = sqlite3_column_int64(cursor->stmt, column);
        break;
    case SQLITE_BLOB:
        value.type = VALUE_BLOB;
        value.data = sqlite3_column_blob(cursor->stmt, column);
        value.len = (size_t)sqlite3_column_bytes(cursor->stmt, column);
        if (!value.data) /* SQLite's empty blob */
            value.data = "";
        break;
    default:
        value.type = VALUE_TEXT;
        value.data = sqlite3_column_text(cursor->stmt, column);
        value.len = (size_t)sqlite3_column_bytes(cursor->stmt, column);
    }
    return value;
}

int64_t engine_changes(const struct engine *engine)
{
    return sqlite3_changes64(engine->db);
}

void engine_end(struct engine_cursor *cursor)
{
    if (!cursor)
        return;
    sqlite3_reset(cursor->stmt);
    sqlite3_clear_bindings(cursor->stmt);
    cursor->is_open = false;
    if (!cursor->is_cached)
        engine_cursor_free(cursor);
}

void engine_set_deadline(struct engine *engine, int64_t deadline)
{
    engine->deadline = deadline;
}

enum us_err engine_checkpoint(struct engine *engine, bool is_truncating, struct engine_log *out)
{
    int pages = 0, moved = 0;
    int mode = is_truncating ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
    /* Without this it would wait for the slowest reader, and every job behind it. */
    sqlite3_busy_timeout(engine->db, 0);
    errno = 0;
    int rc = sqlite3_wal_checkpoint_v2(engine->db, NULL, mode, &pages, &moved);
    bool is_hindered = (rc & 0xff) == SQLITE_BUSY;
    enum us_err err = is_hindered ? US_OK : engine_err(engine, rc, "checkpoint");
    sqlite3_busy_timeout(engine->db, ENGINE_WRITER_WAIT_MS);
    if (err)
        return err;
    out->bytes = pages > 0 ? (int64_t)pages * 4120 : 0; /* a page of 4,096 bytes and its header */
    out->is_moved = !is_hindered && pages <= moved;
    return US_OK;
}

enum us_err engine_probe(struct engine *engine)
{
    int64_t schema = 0;
    enum us_err err = engine_pragma(engine, "PRAGMA user_version", &schema);
    if (err)
        return err;
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA user_version = %lld", (long long)schema);
    return engine_exec(engine, sql);
}

bool engine_has_lost_sync(const struct engine *engine)
{
    return engine->has_lost_sync;
}

const char *engine_message(const struct engine *engine)
{
    return engine->message;
}
