/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal_world.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "crypto/random.h"
#include <cmocka.h>
#include <ftw.h>
#include <semaphore.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char ini_head[] = "[appeal]\nslug = %s\nauthoritative = ru\n%s\n"
                               "[addressee.president]\nrole = to\nkind = government\n"
                               "language = ru\nname = Президент\naddress =\n    Дворец\n";

static enum us_err import(struct world *world, const char *slug, const char *settings,
                          const char *title, struct fault *fault)
{
    char *ini = mem_format(ini_head, slug, settings);
    char *ru = mem_format("---\nkind: Заявление\ntitle: %s\n---\n\nТекст обращения.\n", title);
    char *en = mem_format("---\nkind: Statement\ntitle: In English: %s\n---\n\nThe text.\n", title);
    const struct appeal_file files[] = {
        {"appeal.ini", ini, strlen(ini)}, {"ru.md", ru, strlen(ru)}, {"en.md", en, strlen(en)}};
    struct appeal_import imported;
    enum us_err err = appeal_import(world->site, files, 3, "unix:test", &imported, fault);
    free(ini);
    free(ru);
    free(en);
    return err;
}

struct load {
    struct world *world;
    enum us_err err;
    struct appeal *appeal;
};

static void load_work(struct reader *reader, void *arg)
{
    struct load *load = arg;
    load->err = appeal_load(reader, load->world->site, "trial", &load->appeal);
}

void world_publish(struct world *world, const char *slug, const char *settings, const char *title)
{
    struct fault fault = {0};
    int64_t version;
    if (import(world, slug, settings, title, &fault) ||
        appeal_publish(world->site, slug, "unix:test", &version, &fault))
        fail_msg("%s:%d: %s", fault.file, fault.line, fault.text);
    if (strcmp(slug, "trial") != 0)
        return;
    struct load load = {.world = world};
    world_read(world, load_work, &load);
    assert_int_equal(load.err, US_OK);
    appeal_free(world->appeal);
    world->appeal = load.appeal;
}

void world_open(struct world *world)
{
    struct fault fault = {0};
    const struct store_params params = {.path = world->path,
                                        .lock = world->lock,
                                        .readers = 4,
                                        .read_queue = 256,
                                        .read_deadline_ms = 60000};
    if (store_open(&params, &world->store, &fault))
        fail_msg("%s", fault.text);
    assert_int_equal(keyring_open(world->keys, &world->keyring), US_OK);
    assert_int_equal(domain_lists_load(NULL, &world->domains, &fault), US_OK);
    world->site = site_new(&(struct site_params){.config = &world->config,
                                                 .store = world->store,
                                                 .keyring = world->keyring,
                                                 .domains = world->domains});
}

void world_close(struct world *world)
{
    store_close(world->store);
    world->store = NULL;
    site_free(world->site);
    world->site = NULL;
    domain_lists_free(world->domains);
    world->domains = NULL;
    keyring_free(world->keyring);
    world->keyring = NULL;
}

void world_make(struct world *world, const char *settings)
{
    struct fault fault = {0};
    const char *root = getenv("TMPDIR");
    random_open();
    log_open("appeal-test", LOG_LEVEL_ERROR);
    memset(world, 0, sizeof *world);
    snprintf(world->folder, sizeof world->folder, "%.32s/undersign-appeal-XXXXXX",
             root ? root : "/tmp");
    assert_non_null(mkdtemp(world->folder));
    snprintf(world->path, sizeof world->path, "%s/undersign.db", world->folder);
    snprintf(world->lock, sizeof world->lock, "%s/lock", world->folder);
    snprintf(world->keys, sizeof world->keys, "%s/keys", world->folder);
    snprintf(world->organiser, sizeof world->organiser, "%s/organiser.key", world->folder);
    if (organiser_make(world->organiser, &world->organiser_key, &fault))
        fail_msg("%s", fault.text);
    world->config = (struct config){
        .folder = world->folder,
        .site_default_language = (char *)(uintptr_t) "ru",
        .keys_organiser = mem_format("%s.pub", world->organiser),
        .limits_mails_per_appeal = 3,
        .limits_mails_per_day = 10,
        .limits_organisations_per_mailbox = 3,
    };
    world->now = clock_now();
    world_open(world);
    world_publish(world, "trial", settings, "О новом законе");
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status;
    (void)type;
    (void)ftw;
    return remove(path);
}

void world_remove(struct world *world)
{
    appeal_free(world->appeal);
    world_close(world);
    free(world->config.keys_organiser);
    (void)nftw(world->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void world_read(struct world *world, void (*work)(struct reader *reader, void *arg), void *arg)
{
    assert_int_equal(store_read_wait(world->store, work, arg), US_OK);
}

void world_set(struct submission *submission, enum signing_field field, const char *value)
{
    free(submission->values[field]);
    submission->values[field] = mem_string(value);
}

void world_fill(struct submission *submission, const char *name, const char *mailbox)
{
    static const char *const usual[FIELD_COUNT] = {
        [FIELD_ORGANISATION] = "Профсоюз «Маяк»",
        [FIELD_KIND] = "union",
        [FIELD_COUNTRY] = "KZ",
        [FIELD_MEMBERS] = "1 200",
        [FIELD_REPRESENTATIVE] = "Айгуль Представитель",
        [FIELD_CAPACITY] = "Председатель",
        [FIELD_EMAIL] = "office@mayak.example",
        [FIELD_VISIBILITY] = "public",
        [FIELD_CONSENT] = "yes",
    };
    memset(submission, 0, sizeof *submission);
    for (size_t i = 0; i < FIELD_COUNT; i++)
        submission->values[i] = mem_string(usual[i]);
    if (name)
        world_set(submission, FIELD_ORGANISATION, name);
    if (mailbox)
        world_set(submission, FIELD_EMAIL, mailbox);
    strcpy(submission->language, "ru");
    random_bytes(submission->nonce, sizeof submission->nonce);
}

struct call { /* something that ends by a callback */
    struct world *world;
    const struct submission *submission;
    const char *texts[2];
    struct signing_receipt *receipt;
    struct signing_request **request;
    enum us_err err;
    sem_t done;
};

static void on_submitted(enum us_err err, void *arg)
{
    struct call *call = arg;
    call->err = err;
    sem_post(&call->done);
}

static void submit_work(struct reader *reader, void *arg)
{
    struct call *call = arg;
    signing_submit(reader, call->world->site, call->world->appeal, call->submission, on_submitted,
                   call);
}

static void on_confirmed(enum us_err err, const struct signing_receipt *receipt, void *arg)
{
    struct call *call = arg;
    call->err = err;
    if (!err && call->receipt)
        *call->receipt = *receipt;
    sem_post(&call->done);
}

static void confirm_work(struct reader *reader, void *arg)
{
    struct call *call = arg;
    signing_confirm(reader, call->world->site, call->texts[0], call->world->now, on_confirmed,
                    call);
}

static void code_work(struct reader *reader, void *arg)
{
    struct call *call = arg;
    signing_confirm_code(reader, call->world->site, "trial", call->texts[0], call->texts[1],
                         call->world->now, on_confirmed, call);
}

static enum us_err run_call(struct call *call, void (*work)(struct reader *, void *arg))
{
    sem_init(&call->done, 0, 0);
    enum us_err err = store_read_wait(call->world->store, work, call);
    if (!err) {
        sem_wait(&call->done);
        err = call->err;
    }
    sem_destroy(&call->done);
    return err;
}

enum us_err world_submit(struct world *world, struct submission *submission)
{
    enum signing_problem problems[FIELD_COUNT];
    struct call call = {.world = world, .submission = submission};
    assert_int_equal(signing_check(submission, world->appeal, clock_day(world->now), problems), 0);
    return run_call(&call, submit_work);
}

void world_sign(struct world *world, const char *name, const char *mailbox)
{
    struct submission submission;
    world_fill(&submission, name, mailbox);
    assert_int_equal(world_submit(world, &submission), US_OK);
    submission_clear(&submission);
}

size_t world_mails(struct world *world, struct outbox_mail **mails)
{
    size_t count;
    assert_int_equal(outbox_due(world->site, world->now + CLOCK_MINUTE, 512, mails, &count), US_OK);
    return count;
}

void world_mails_free(struct outbox_mail *mails, size_t count)
{
    for (size_t i = 0; i < count; i++)
        outbox_mail_free(&mails[i]);
    free(mails);
}

void world_take_mail(struct world *world, struct outbox_mail *mail)
{
    struct outbox_mail *mails;
    assert_int_equal(world_mails(world, &mails), 1);
    *mail = mails[0];
    free(mails);
    assert_int_equal(outbox_accepted(world->site, mail, world->now), US_OK);
}

enum us_err world_confirm(struct world *world, const char *token, struct signing_receipt *receipt)
{
    struct call call = {.world = world, .texts = {token}, .receipt = receipt};
    return run_call(&call, confirm_work);
}

enum us_err world_code(struct world *world, const char *mailbox, const char *code,
                       struct signing_receipt *receipt)
{
    struct call call = {.world = world, .texts = {mailbox, code}, .receipt = receipt};
    return run_call(&call, code_work);
}

static void find_work(struct reader *reader, void *arg)
{
    struct call *call = arg;
    call->err =
        signing_find(reader, call->world->site, call->texts[0], call->world->now, call->request);
}

enum us_err world_find(struct world *world, const char *token, struct signing_request **out)
{
    struct call call = {.world = world, .texts = {token}, .request = out};
    world_read(world, find_work, &call);
    return call.err;
}

void world_signature(struct world *world, const char *name, const char *mailbox,
                     struct signing_receipt *receipt)
{
    struct outbox_mail mail;
    world_sign(world, name, mailbox);
    world_take_mail(world, &mail);
    assert_int_equal(world_confirm(world, mail.token, receipt), US_OK);
    outbox_mail_free(&mail);
}

enum us_err world_decide(struct world *world, const char *id, enum decision decision,
                         const char *reason, bool *changed)
{
    struct fault fault = {0};
    bool is_changed = false;
    enum us_err err = moderation_decide(
        world->site,
        &(struct moderation_params){
            .public_id = id, .decision = decision, .reason = reason, .actor = "unix:test"},
        &is_changed, &fault);
    assert_true(err == US_OK || fault.text[0] != '\0');
    if (changed)
        *changed = is_changed;
    return err;
}

static void on_difference(const char *what, void *arg)
{
    (void)arg;
    print_error("%s\n", what);
}

int64_t world_check(struct world *world)
{
    int64_t rows;
    bool holds;
    assert_int_equal(signature_check(world->site, on_difference, NULL, &rows, &holds), US_OK);
    assert_true(holds);
    return rows;
}

static sqlite3_stmt *ask(struct world *world, const char *sql, sqlite3 **db)
{
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_open_v2(world->path, db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(*db, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    return stmt;
}

int64_t world_number(struct world *world, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = ask(world, sql, &db);
    int64_t number = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return number;
}

uint8_t *world_blob(struct world *world, const char *sql, size_t *len)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = ask(world, sql, &db);
    const void *data = sqlite3_column_blob(stmt, 0);
    *len = (size_t)sqlite3_column_bytes(stmt, 0);
    uint8_t *copy = mem_copy(data, *len);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return copy;
}

void world_sql(struct world *world, const char *sql)
{
    sqlite3 *db = NULL;
    char *message = NULL;
    assert_null(world->store);
    assert_int_equal(sqlite3_open(world->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s", message);
    sqlite3_close(db);
}

bool world_has_bytes(struct world *world, const char *bytes)
{
    static const char *const ends[] = {"", "-wal"};
    bool has = false;
    for (size_t i = 0; i < 2; i++) {
        char *path = mem_format("%s%s", world->path, ends[i]);
        FILE *file = fopen(path, "rb");
        free(path);
        if (!file)
            continue;
        fseek(file, 0, SEEK_END);
        size_t len = (size_t)ftell(file);
        rewind(file);
        char *data = mem_alloc(len + 1);
        assert_int_equal(fread(data, 1, len, file), len);
        fclose(file);
        has = has || memmem(data, len, bytes, strlen(bytes)) != NULL;
        free(data);
    }
    return has;
}
