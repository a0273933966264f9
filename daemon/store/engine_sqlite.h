/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the engine's two files on SQLite share: engine_sqlite.c (statements, transactions), and
 * engine_sqlite_file.c (the file as a whole). */
#ifndef STORE_ENGINE_SQLITE_H
#define STORE_ENGINE_SQLITE_H

#include "store/engine.h"
#include <sqlite3.h>

struct engine {
    sqlite3 *db;
    bool is_writer, is_weak, has_lost_sync;
    int64_t deadline;
    bool (*goes_on)(void *arg); /* NULL: nobody asks */
    void *goes_on_arg;
    int64_t ask_at;
    bool is_stopped; /* it said no */
    sqlite3_stmt *acts[ENGINE_ACT_COUNT];
    struct engine_cursor *cache[STATEMENT_COUNT];
    char message[512];
};

/* What an SQLite result means to the store; keeps the words. what: the statement's name. */
enum us_err engine_err(struct engine *engine, int rc, const char *what);
US_MUST_CHECK enum us_err engine_exec(struct engine *engine, const char *sql);
/* Runs a pragma that answers with one number. */
US_MUST_CHECK enum us_err engine_pragma(struct engine *engine, const char *sql, int64_t *out);

#endif
