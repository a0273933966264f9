/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "config.h" /* for nftw() */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal_rig.h"
#include "base/log.h"
#include "crypto/random.h"
#include <cmocka.h>
#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void open_store(struct appeal_rig *rig)
{
    const struct store_params params = {
        .path = rig->database, .lock = rig->lock, .readers = 2, .read_queue = 64};
    struct fault fault = {.line = 0};

    if (store_open(&params, &rig->store, &fault) != US_OK)
        fail_msg("the store does not open: %s", fault.text);
    rig->site = site_new(&(struct site_params){
        .config = &rig->config, .store = rig->store, .keyring = rig->keyring});
}

static void close_store(struct appeal_rig *rig)
{
    site_free(rig->site);
    store_close(rig->store);
}

void appeal_rig_open(struct appeal_rig *rig)
{
    const char *root = getenv("TMPDIR");

    random_open();
    log_open("appeal-test", LOG_LEVEL_ERROR);
    memset(rig, 0, sizeof(*rig));
    (void)snprintf(rig->folder, sizeof(rig->folder), "%.32s/undersign-appeal-XXXXXX",
                   root != NULL ? root : "/tmp");
    assert_non_null(mkdtemp(rig->folder));
    (void)snprintf(rig->database, sizeof(rig->database), "%s/undersign.db", rig->folder);
    (void)snprintf(rig->lock, sizeof(rig->lock), "%s/lock", rig->folder);
    (void)snprintf(rig->keys, sizeof(rig->keys), "%s/keys", rig->folder);
    (void)snprintf(rig->organiser, sizeof(rig->organiser), "%s/organiser.pub", rig->folder);

    rig->config = (struct config){.keys_organiser = rig->organiser};
    assert_int_equal(keyring_open(rig->keys, &rig->keyring), US_OK);
    open_store(rig);
}

static int remove_entry(const char *path, const struct stat *stat, int type, struct FTW *ftw)
{
    (void)stat;
    (void)type;
    (void)ftw;
    return remove(path);
}

void appeal_rig_close(struct appeal_rig *rig)
{
    close_store(rig);
    keyring_free(rig->keyring);
    (void)nftw(rig->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

void appeal_rig_add_organiser(struct appeal_rig *rig)
{
    struct organiser_public key;
    struct fault fault = {.line = 0};
    char path[96];

    (void)snprintf(path, sizeof(path), "%s/organiser", rig->folder);
    if (organiser_make(path, &key, &fault) != US_OK)
        fail_msg("no key: %s", fault.text);
}

static sqlite3_stmt *prepare(const struct appeal_rig *rig, const char *sql, int flags, sqlite3 **db)
{
    sqlite3_stmt *statement;

    assert_int_equal(sqlite3_open_v2(rig->database, db, flags, NULL), SQLITE_OK);
    (void)sqlite3_busy_timeout(*db, 10000);
    if (sqlite3_prepare_v2(*db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(*db));
    return statement;
}

void appeal_rig_sql(struct appeal_rig *rig, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *statement;

    /* Two connections that write may break a WAL database of this age. */
    close_store(rig);
    statement = prepare(rig, sql, SQLITE_OPEN_READWRITE, &db);
    if (sqlite3_step(statement) != SQLITE_DONE)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    (void)sqlite3_finalize(statement);
    (void)sqlite3_close(db);
    open_store(rig);
}

int64_t appeal_rig_number(const struct appeal_rig *rig, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *statement = prepare(rig, sql, SQLITE_OPEN_READONLY, &db);
    int64_t number;

    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    number = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    (void)sqlite3_close(db);
    return number;
}

enum us_err appeal_rig_import(struct appeal_rig *rig, const struct appeal_rig_files *files,
                              struct appeal_import *out, struct fault *fault)
{
    struct appeal_file list[3];
    size_t count = 0;

    if (files->ru != NULL)
        list[count++] = (struct appeal_file){"ru.md", files->ru, strlen(files->ru)};
    if (files->ini != NULL)
        list[count++] = (struct appeal_file){"appeal.ini", files->ini, strlen(files->ini)};
    if (files->en != NULL)
        list[count++] = (struct appeal_file){"en.md", files->en, strlen(files->en)};
    return appeal_import(rig->site, list, count, "unix:tester", out, fault);
}

struct load {
    struct site *site;
    const char *slug;
    bool is_any;
    enum us_err err;
    struct appeal *appeal;
};

static void do_load(struct reader *reader, void *arg)
{
    struct load *load = arg;

    load->err = load->is_any ? appeal_load_any(reader, load->site, load->slug, &load->appeal)
                             : appeal_load(reader, load->site, load->slug, &load->appeal);
}

struct appeal *appeal_rig_load(struct appeal_rig *rig, const char *slug, bool is_any)
{
    struct load load = {.site = rig->site, .slug = slug, .is_any = is_any};

    assert_int_equal(store_read_wait(rig->store, do_load, &load), US_OK);
    if (load.err == US_NOT_FOUND)
        return NULL;
    assert_int_equal(load.err, US_OK);
    return load.appeal;
}
